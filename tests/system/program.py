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

    def run(self, *arguments: str, stdin: str = "", expect: int = 0) -> str:
        """What a command prints; its errors are part of what a failing test shows."""
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
        assert done.returncode == expect, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout if expect == 0 else done.stderr

    def json(self, *arguments: str) -> Any:
        return json.loads(self.run(*arguments, "--json"))

    @contextmanager
    def serving(self, *options: str) -> Iterator[subprocess.Popen[str]]:
        """The server, from when it answers until it has stopped."""
        process = subprocess.Popen(
            tethered((*LVDA, "serve", *options)),
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            self.wait_until_ready(process)
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            printed, _ = process.communicate(timeout=60)
            sys.stdout.write(printed)

    def wait_until_ready(self, process: subprocess.Popen[str] | None = None) -> None:
        deadline = time.monotonic() + READY_S
        while True:
            try:
                with urlopen(f"{self.url}/readyz", timeout=2) as response:
                    assert response.status == 200
                    return
            except (URLError, OSError):
                assert process is None or process.poll() is None, process.stdout and process.stdout.read()
                assert time.monotonic() < deadline, "the server did not get ready"
                time.sleep(0.1)


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
