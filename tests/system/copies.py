"""The command `lvda` in copies of one process that has imported it.

A copy reads its settings, opens its stores and ends as a process of its own does; only that it does not import the
program anew, which takes many times as long as most commands themselves.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import Any

from campaigns.tether import tethered, tie_to_parent

ROOT = Path(__file__).parents[2]
PROGRAM = (sys.executable, "-X", "utf8", "-c", "from system.copies import make_copies; make_copies()")
STREAMS = ("stdin", "stdout", "stderr")
PATIENCE_S = 120


class Copies:
    """Started with the first command, and ended by `stop`."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def run(
        self, arguments: tuple[str, ...], folder: Path, environment: Mapping[str, str], stdin: str
    ) -> subprocess.CompletedProcess[str]:
        """What `subprocess.run` gives, of ``lvda ARGUMENTS``."""
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        with ExitStack() as files:
            streams = {name: files.enter_context(tempfile.NamedTemporaryFile("w+")) for name in STREAMS}
            streams["stdin"].write(stdin)
            streams["stdin"].flush()
            asked = {
                "arguments": arguments,
                "folder": str(folder),
                "environment": dict(environment),
                **{name: stream.name for name, stream in streams.items()},
            }
            process.stdin.write(f"{json.dumps(asked)}\n")
            process.stdin.flush()
            if not select.select([process.stdout], [], [], PATIENCE_S)[0]:
                self.stop()
                raise TimeoutError(f"{arguments} did not end")
            code = int(process.stdout.readline())
            printed, complained = (Path(streams[name].name).read_text("utf-8") for name in STREAMS[1:])
            return subprocess.CompletedProcess(arguments, code, printed, complained)

    def stop(self) -> None:
        """A command that runs ends with it."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _started(self) -> subprocess.Popen[str]:
        if self._process is None:
            inherited = {name: value for name, value in os.environ.items() if not name.startswith("LVDA_")}
            self._process = subprocess.Popen(
                tethered(PROGRAM),
                env=inherited | {"PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests")))},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        return self._process


def make_copies() -> None:
    """Fork for every line of stdin, and tell the exit code of each copy before the next is made."""
    cli: Any = import_module("cli")
    for target in cli.COMMANDS.values():
        import_module(target.partition(":")[0])
    import_module("sqlalchemy.orm").configure_mappers()
    original = os.getpid()
    for line in sys.stdin:
        copy = os.fork()
        if copy == 0:
            tie_to_parent(original)
            _be(json.loads(line), cli.main)
        print(os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1]), flush=True)


def _be(asked: Mapping[str, Any], main: Any) -> None:
    """Never returns."""
    for number, name in enumerate(STREAMS):
        opened = os.open(asked[name], os.O_RDWR)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115 — for as long as it lives
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.argv = ["lvda", *asked["arguments"]]
    code: object = 1
    try:
        main()
    except SystemExit as ended:
        code = ended.code
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 1)


COPIES = Copies()
