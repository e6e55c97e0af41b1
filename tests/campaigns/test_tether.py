from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from campaigns.tether import tethered

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can tie a child to its parent")


def test_the_process_becomes_the_command_itself() -> None:
    child = subprocess.Popen(tethered(["/bin/sh", "-c", "echo $$ $0", "named"]), stdout=subprocess.PIPE, text=True)
    said, _ = child.communicate()
    assert said == f"{child.pid} named\n"


def test_a_command_that_cannot_be_run_is_named() -> None:
    done = subprocess.run(tethered(["/nowhere/server"]), capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "/nowhere/server cannot be run: No such file or directory.\n"


@pytest.mark.parametrize("death_signal", [signal.SIGKILL, signal.SIGTERM])
def test_a_child_ends_when_its_parent_is_killed(death_signal: signal.Signals) -> None:
    # The child holds the pipe's other end: it reads as ended only when the child has ended too.
    reader, writer = os.pipe()
    parent = (
        "import os, signal, subprocess; from campaigns.tether import tethered; "
        f"child = subprocess.Popen(tethered(['/bin/sleep', '60'], signal.Signals({int(death_signal)})), "
        f"pass_fds=[{writer}], start_new_session=True); "
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run([sys.executable, "-c", parent], cwd=ROOT, pass_fds=[writer], check=False)
    os.close(writer)
    assert killed.returncode == -signal.SIGKILL
    with open(reader, "rb") as held:
        assert held.read() == b""


@pytest.mark.skipif(os.getuid() != 0, reason="only root may become another user")
def test_a_command_may_run_as_another_user() -> None:
    done = subprocess.run(tethered(["id", "-un"], user="nobody"), capture_output=True, text=True, check=True)
    assert done.stdout == "nobody\n"
