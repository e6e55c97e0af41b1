from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field

import pytest

from admin.operations.supervision import LONGEST_PAUSE_S, STEADY_S, Child, ending, keep, pause_s, stop


@dataclass
class Script:
    """A fake of processes that end as they are told."""

    launched: list[FakeProcess] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def launch(self) -> FakeProcess:
        self.launched.append(FakeProcess())
        return self.launched[-1]

    def child(self) -> Child:
        return Child("网页服务", self.launch)  # type: ignore[arg-type]

    def end(self, status: int = 1) -> None:
        self.launched[-1].returncode = status


@dataclass
class FakeProcess:
    returncode: int | None = None

    def poll(self) -> int | None:
        return self.returncode


def test_a_child_is_started_once_and_then_left_alone() -> None:
    script = Script()
    child = script.child()
    for now in (0.0, 1.0, 2.0):
        keep(child, now, script.said.append)
    assert len(script.launched) == 1
    assert script.said == []


def test_a_child_that_ends_is_replaced_at_once_and_that_is_said() -> None:
    script = Script()
    child = script.child()
    keep(child, 0.0, script.said.append)
    script.end(-9)
    keep(child, 1.0, script.said.append)
    assert len(script.launched) == 2
    assert script.said == ["网页服务意外退出（信号 SIGKILL），正在重新启动。"]


def test_a_child_that_keeps_ending_is_tried_more_and_more_rarely() -> None:
    script = Script()
    child = script.child()
    now = 0.0
    for _ in range(3):
        keep(child, now, script.said.append)
        script.end()
        keep(child, now, script.said.append)
        now += 1.0
    assert "网页服务连续 3 次启动后很快退出（退出码 1）" in script.said[-1]
    launched = len(script.launched)
    keep(child, now - 0.9, script.said.append)
    assert len(script.launched) == launched
    keep(child, now + 1.0, script.said.append)
    assert len(script.launched) == launched + 1


def test_a_child_that_lived_a_while_starts_with_a_clean_sheet() -> None:
    script = Script()
    child = script.child()
    child.quick_ends = 7
    keep(child, 0.0, script.said.append)
    script.end()
    keep(child, STEADY_S, script.said.append)
    assert len(script.launched) == 2
    assert child.quick_ends == 0


def test_a_child_that_already_runs_is_only_kept() -> None:
    script = Script()
    running = FakeProcess()
    child = Child("Valkey", script.launch, running, 0.0)  # type: ignore[arg-type]
    keep(child, 1.0, script.said.append)
    assert script.launched == []
    running.returncode = -15
    keep(child, 2.0, script.said.append)
    assert len(script.launched) == 1


def test_pauses_grow_to_a_limit() -> None:
    pauses = [pause_s(ends) for ends in range(40)]
    assert pauses[:4] == [0.0, 0.0, 0.5, 1.0]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE_S


@pytest.mark.parametrize(("status", "words"), [(0, "退出码 0"), (3, "退出码 3"), (-11, "信号 SIGSEGV")])
def test_an_ending_is_told_in_words(status: int, words: str) -> None:
    assert ending(status) == words


DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"


def _deaf() -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", DEAF], stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout is not None
    with process.stdout:
        process.stdout.readline()
    return process


def test_a_child_that_will_not_stop_is_killed_after_the_grace() -> None:
    child = Child("后台任务", _deaf, _deaf())
    stop([child], grace_s=0.0)
    assert child.process is not None
    assert child.process.returncode == -9


def test_a_hurry_kills_without_waiting_for_the_grace() -> None:
    child = Child("后台任务", _deaf, _deaf())
    stop([child], grace_s=1e9, hurried=lambda: True)
    assert child.process is not None
    assert child.process.returncode == -9


def test_a_child_that_stops_when_asked_is_not_killed() -> None:
    polite = subprocess.Popen(["/bin/sleep", "60"])
    stop([Child("后台任务", _deaf, polite)], grace_s=1e9)
    assert polite.returncode == -15
