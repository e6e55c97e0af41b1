"""Keep child processes running: one that ends is started again, at once or, if it keeps ending, after a pause."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

STEADY_S = 10.0
"""A child that lived this long has not failed to start."""
LONGEST_PAUSE_S = 2.0
"""Short, since what was only unlucky should be back before people notice; trying costs little."""
REPORTED_EVERY = 30
"""Of a child that keeps ending, after the pauses have grown to their longest: about once a minute."""
REPORTED_FROM = 2
"""From this many quick ends in a row on, a child counts as one that keeps ending."""
POLL_S = 0.02


@dataclass
class Child:
    """Something to keep running. Started from the thread that lives longest, since the child is tied to it."""

    name: str
    """As people read it: ``网页服务``."""
    launch: Callable[[], subprocess.Popen[bytes]]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    """Seconds, of the clock that the caller of `keep` uses."""
    quick_ends: int = 0
    due: float | None = None
    """When it is to be started; None while it runs."""

    def __post_init__(self) -> None:
        if self.process is None:
            self.due = self.started

    def start(self, now: float) -> None:
        self.process, self.started, self.due = self.launch(), now, None


def pause_s(quick_ends: int) -> float:
    """How long to wait before the next start, after so many quick ends in a row: 0, 0, 0.5, 1, 2, 2 … seconds."""
    return 0.0 if quick_ends <= 1 else min(2.0 ** (quick_ends - 3), LONGEST_PAUSE_S)


def ending(status: int) -> str:
    """How a process ended, in words, from what `Popen.returncode` says."""
    return f"信号 {signal.Signals(-status).name}" if status < 0 else f"退出码 {status}"


def keep(child: Child, now: float, say: Callable[[str], None]) -> None:
    """Look after one child: start it the first time, and again when it has ended. To be called often.

    What a person should know is said in a sentence.
    """
    if child.due is not None:
        if now >= child.due:
            child.start(now)
        return
    status = child.process.poll() if child.process else None
    if status is None:
        return
    child.quick_ends = child.quick_ends + 1 if now - child.started < STEADY_S else 0
    pause = pause_s(child.quick_ends)
    child.due = now + pause
    if pause < LONGEST_PAUSE_S or pause_s(child.quick_ends - 1) < pause or child.quick_ends % REPORTED_EVERY == 0:
        say(_report(child, status, pause))
    keep(child, now, say)


def _report(child: Child, status: int, pause: float) -> str:
    if child.quick_ends < REPORTED_FROM:
        return f"{child.name}意外退出（{ending(status)}），正在重新启动。"
    return (
        f"{child.name}连续 {child.quick_ends} 次启动后很快退出（{ending(status)}），{pause:g} 秒后再试："
        "原因见上面的输出；也可以按 Ctrl-C 停止，改好再启动。"
    )


def stop(children: Sequence[Child], grace_s: float, hurried: Callable[[], bool] = lambda: False) -> None:
    """Ask all of them to end what they are doing; those not done after the grace, or once hurried, are killed.

    A child started in a session of its own is killed with all that it started.
    """
    running = [child.process for child in children if child.process and child.process.poll() is None]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + grace_s
    while any(process.poll() is None for process in running):
        if time.monotonic() > deadline or hurried():
            for process in running:
                _kill(process)
        time.sleep(POLL_S)


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:  # it leads no group of its own, or has just ended
            process.kill()
