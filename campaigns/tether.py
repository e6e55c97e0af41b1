"""Child processes that cannot outlive their parent.

    subprocess.Popen(tethered(["valkey-server", "--port", "0"]))

On Linux the kernel signals the child when its parent ends, however that ends. The child must ask for this itself,
between fork and exec, where a program with threads may not run Python; so the child is first this file, run as a
program of its own, which asks and then becomes the command. Elsewhere the command runs as it is: only a parent that
ends in good order stops its children there.

What the kernel watches is the *thread* that started the child: start children from one that lasts.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import sys
from collections.abc import Sequence

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


def tethered(command: Sequence[str], death_signal: signal.Signals = signal.SIGKILL, user: str = "") -> list[str]:
    """The command line that runs a command tied to the process calling this; as another user, if one is named."""
    if sys.platform != "linux":
        return list(command)
    program = shutil.which(command[0]) or command[0]
    tie = (sys.executable, "-IS", __file__, str(os.getpid()), str(int(death_signal)), user)
    return [*tie, program, *command]


def tie_to_parent(parent: int, death_signal: int = signal.SIGKILL) -> None:
    """Ask the kernel to signal this process when its parent ends; ends at once if that is no longer `parent`."""
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:
        sys.exit(1)


def _become_user(name: str) -> None:
    entry = pwd.getpwnam(name)
    os.initgroups(name, entry.pw_gid)
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


def _main(parent: str, death_signal: str, user: str, program: str, *command: str) -> None:
    if user:
        _become_user(user)  # first, since a change of user takes back what was asked of the kernel
    tie_to_parent(int(parent), int(death_signal))
    try:
        os.execv(program, command)
    except OSError as error:
        sys.exit(f"{program} cannot be run: {error.strerror}.")


if __name__ == "__main__":
    _main(*sys.argv[1:])
