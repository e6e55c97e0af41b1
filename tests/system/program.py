"""The program as its users run it: the command, and a server in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from system.copies import COPIES

from campaigns.tether import tethered

LVDA = (sys.executable, "-c", "from cli import main; main()")
READY_S = 60


@dataclass(frozen=True)
class Program:
    """One installation: a folder, and the environment that says its settings."""

    folder: Path
    environment: dict[str, str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.environment['LVDA_PORT']}"

    @property
    def log(self) -> Path:
        """What its server says."""
        return self.folder / "log"

    def run(self, *arguments: str, stdin: str = "", expect: int = 0) -> str:
        """What a command prints; its errors are part of what a failing test shows."""
        return _printed(self.done(*arguments, stdin=stdin), expect)

    def done(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """A command that has ended, well or not."""
        return COPIES.run(arguments, self.folder, self.environment, stdin)

    def run_anew(self, *arguments: str, stdin: str = "", expect: int = 0) -> str:
        """The same, of a process that imports the program as a user's does."""
        done = subprocess.run(
            (*LVDA, *arguments),
            cwd=self.folder,
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return _printed(done, expect)

    def json(self, *arguments: str) -> Any:
        return json.loads(self.run(*arguments, "--json"))

    @contextmanager
    def serving(self, *options: str) -> Iterator[subprocess.Popen[bytes]]:
        """The server, from when it answers until it has stopped."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                tethered((*LVDA, "serve", *options)),
                cwd=self.folder,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        try:
            self.wait_until_ready(process)
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.wait(60)
            sys.stdout.write(self.log.read_text()[-20_000:])

    def wait_until_ready(self, process: subprocess.Popen[bytes] | None = None) -> None:
        deadline = time.monotonic() + READY_S
        while True:
            try:
                with urlopen(f"{self.url}/readyz", timeout=2) as response:
                    assert response.status == 200
                    return
            except (URLError, OSError):
                assert process is None or process.poll() is None, self.log.read_text()
                assert time.monotonic() < deadline, "the server did not get ready"
                time.sleep(0.1)


def _printed(done: subprocess.CompletedProcess[str], expect: int) -> str:
    assert done.returncode == expect, f"{done.args}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout if expect == 0 else done.stderr


def installed(folder: Path, **settings: str) -> Program:
    """A program with a folder and a port of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LVDA_")}
    return Program(
        folder,
        environment
        | {"PYTHONPATH": str(Path(__file__).parents[2]), "LVDA_PORT": str(free_port()), "PYTHONUTF8": "1"}
        | {f"LVDA_{name.upper()}": value for name, value in settings.items()},
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
