"""Long work done step by step: it outlives its worker, ends when it is told to, and is never done by two at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from jobs_made import NOTHING, NOW, asked, entries, look, without_redis, work_once
from sqlalchemy import select

from campaigns import tables
from campaigns.errors import Refused, StoreUnavailable
from campaigns.jobs import asking, working
from campaigns.jobs.asking import PIECE_BYTES, State
from campaigns.jobs.kinds import Kinds, Running
from campaigns.jobs.working import AGAIN_MS, LEASE_MS, MOST_TRIES, SILENT_MS
from campaigns.store import Store, open_store
from campaigns.stores import Stores
from campaigns.tether import tethered
from questions.model import UnreadableFile


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def dying(steps: int, clock: Clock) -> Kinds:
    """Work that is given up in its middle as if its process had died: nothing is said or put back any more."""

    def die(stores: Stores, running: Running, now: int) -> str:
        running.step(steps, 10, {"done": steps})
        raise KeyboardInterrupt

    return {"count": die}


def die(store: Store, kinds: Kinds, clock: Clock, holder: str = "one") -> None:
    with pytest.raises(KeyboardInterrupt):
        work_once(store, kinds, clock, holder)


def test_work_says_how_far_it_is_and_what_came_of_it(store: Store) -> None:
    seen: list[tuple[int, int]] = []

    def count(stores: Stores, running: Running, now: int) -> str:
        assert (running.asked.by, running.asked.arguments, running.given()) == ("chen", {"to": 3}, b"names")
        for done in range(1, 4):
            running.step(done, 3, {"done": done})
            found = look(store, running.asked.id)
            seen.append((found.done, found.percent or 0))
        return "数到 3。"

    job_id = asked(store, arguments={"to": 3}, file=b"names")
    assert work_once(store, {"count": count}) is True
    found = look(store, job_id)
    assert seen == [(1, 33), (2, 66), (3, 100)]
    assert (found.state, found.message, found.ended_ms) == (State.DONE, "数到 3。", NOW)
    with store.reading() as session:
        assert asking.given_to(session, job_id) == b""


def test_a_worker_does_only_kinds_that_it_knows_the_oldest_first(store: Store) -> None:
    asked(store, kind="unknown")
    first, second = asked(store), asked(store)
    assert work_once(store, NOTHING)
    assert (look(store, first).state, look(store, second).state) == (State.DONE, State.WAITING)
    assert work_once(store, NOTHING)
    assert not work_once(store, NOTHING)


def test_what_a_dead_worker_had_begun_goes_on_from_its_checkpoint_once_its_lease_is_over(
    store: Store, clock: Clock
) -> None:
    job_id = asked(store)
    die(store, dying(4, clock), clock)
    assert look(store, job_id).state is State.RUNNING
    assert not work_once(store, NOTHING, clock, "two"), "it may still be alive"
    clock.now += LEASE_MS

    def go_on(stores: Stores, running: Running, now: int) -> str:
        assert running.checkpoint == {"done": 4}
        return "接着做完了。"

    assert work_once(store, {"count": go_on}, clock, "two")
    assert (look(store, job_id).message, look(store, job_id).tries) == ("接着做完了。", 2)


def test_work_that_kills_its_workers_fails_after_three_of_them(store: Store, clock: Clock) -> None:
    job_id = asked(store, file=b"poison")
    for number in range(MOST_TRIES):
        die(store, dying(1, clock), clock, f"worker {number}")
        clock.now += LEASE_MS
    assert work_once(store, NOTHING, clock)
    found = look(store, job_id)
    assert found.state is State.FAILED
    assert "试了 3 次都没有做完" in found.message
    assert not work_once(store, NOTHING, clock)


def test_a_worker_that_was_thought_dead_changes_nothing_any_more(store: Store, clock: Clock) -> None:
    job_id = asked(store)
    reached: list[str] = []

    def sleep_too_long(stores: Stores, running: Running, now: int) -> str:
        clock.now += LEASE_MS
        work_once(store, {"count": lambda *_: "另一个做完了。"}, clock, "two")
        running.step(1, 2, {"done": 1})
        reached.append("beyond the step")
        return "晚了。"

    work_once(store, {"count": sleep_too_long}, clock)
    assert (look(store, job_id).message, reached) == ("另一个做完了。", [])


def test_a_late_end_is_not_written_over_what_another_does(
    store: Store, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    job_id = asked(store)

    def sleep_too_long(stores: Stores, running: Running, now: int) -> str:
        clock.now += LEASE_MS
        die(store, dying(1, clock), clock, "two")
        return "晚了。"

    work_once(store, {"count": sleep_too_long}, clock)
    assert look(store, job_id).state is State.RUNNING
    assert "taken over" in caplog.text


def test_the_lease_is_renewed_beside_a_long_step_until_the_work_says_nothing_any_more(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(working, "RENEWED_S", 0.01)
    job_id = asked(store)

    def render(stores: Stores, running: Running, now: int) -> str:
        clock.now += LEASE_MS // 2
        wait_until(lambda: held_until(store, job_id) == clock.now + LEASE_MS)
        clock.now += SILENT_MS
        wait_until(lambda: "says nothing any more" in caplog.text)
        return "排好了。"

    work_once(store, {"count": render}, clock)
    assert look(store, job_id).state is State.DONE


def held_until(store: Store, job_id: int) -> int:
    with store.reading() as session:
        return session.scalars(select(tables.Job.held_until_ms).where(tables.Job.id == job_id)).one()


def wait_until(what: Callable[[], object], patience_s: float = 20) -> None:
    deadline = time.monotonic() + patience_s
    while not what():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.01)


def test_work_stops_at_its_next_step_when_somebody_cancels_it_and_leaves_no_file(store: Store) -> None:
    job_id = asked(store)

    def write(stores: Stores, running: Running, now: int) -> str:
        running.deliver("表.csv", "text/csv", [b"half"])
        with store.transaction() as session:
            asking.cancel(session, job_id, "li", NOW)
        running.step(5, 10, {"done": 5})
        return "不该到这里。"

    work_once(store, {"count": write})
    found = look(store, job_id)
    assert (found.state, found.message, found.file_name) == (State.CANCELLED, "已经取消。", "")
    assert entries(store)[-1][:2] == ("li", "job.cancelled")
    assert working.forget(without_redis(store), NOW) == 1


def test_what_was_cancelled_when_its_worker_died_is_not_begun_again(store: Store, clock: Clock) -> None:
    job_id = asked(store)
    die(store, dying(1, clock), clock)
    with store.transaction() as session:
        asking.cancel(session, job_id, "li", NOW)
    clock.now += LEASE_MS
    assert work_once(store, {"count": lambda *_: "不该到这里。"}, clock)
    assert look(store, job_id).state is State.CANCELLED


def test_work_is_put_back_when_its_worker_is_told_to_stop_and_costs_no_try(store: Store) -> None:
    job_id = asked(store)

    def count(stores: Stores, running: Running, now: int) -> str:
        running.step(3, 10, {"done": 3})
        return "不该到这里。"

    work_once(store, {"count": count}, stop=True)
    found = look(store, job_id)
    assert (found.state, found.done, found.tries) == (State.WAITING, 3, 0)
    work_once(store, {"count": lambda stores, running, now: str(running.checkpoint)}, holder="two")
    assert look(store, job_id).message == "{'done': 3}"


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (Refused("名单里没有人。"), "名单里没有人。"),
        (UnreadableFile("这不是表格。"), "这不是表格。"),
        (ZeroDivisionError("secret"), "程序出错了，没有做完：请把任务编号告诉管理员，日志里记着原因。"),
    ],
)
def test_a_failure_is_told_in_a_sentence(
    store: Store, error: Exception, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    job_id = asked(store)

    def fail(stores: Stores, running: Running, now: int) -> str:
        raise error

    work_once(store, {"count": fail})
    found = look(store, job_id)
    assert (found.state, found.message) == (State.FAILED, told)
    assert ("ZeroDivisionError" in caplog.text) is isinstance(error, ZeroDivisionError)


def test_work_is_tried_again_when_the_database_was_away(store: Store, clock: Clock) -> None:
    job_id = asked(store)

    def lose_the_database(stores: Stores, running: Running, now: int) -> str:
        raise StoreUnavailable("gone")

    work_once(store, {"count": lose_the_database}, clock)
    assert (look(store, job_id).state, work_once(store, NOTHING, clock)) == (State.WAITING, False)
    clock.now += AGAIN_MS
    work_once(store, NOTHING, clock)
    assert (look(store, job_id).state, look(store, job_id).tries) == (State.DONE, 2)


def test_a_file_made_again_takes_the_place_of_the_one_that_was_begun(store: Store, clock: Clock) -> None:
    job_id = asked(store)

    def write_half(stores: Stores, running: Running, now: int) -> str:
        running.deliver("旧.csv", "text/csv", [b"o" * PIECE_BYTES * 3])
        raise KeyboardInterrupt

    die(store, {"count": write_half}, clock)
    clock.now += LEASE_MS

    def write(stores: Stores, running: Running, now: int) -> str:
        running.deliver("新.csv", "text/csv", iter([b"ne", b"w"]))
        return "好了。"

    work_once(store, {"count": write}, clock)
    with store.reading() as session:
        name, _, pieces = asking.file_of(session, job_id)
        assert (name, b"".join(pieces)) == ("新.csv", b"new")


def test_an_empty_file_is_a_file(store: Store) -> None:
    job_id = asked(store)

    def write(stores: Stores, running: Running, now: int) -> str:
        running.deliver("空.csv", "text/csv", [])
        return "没有内容。"

    work_once(store, {"count": write})
    with store.reading() as session:
        assert b"".join(asking.file_of(session, job_id)[2]) == b""


def test_workers_that_look_at_the_same_moment_do_different_jobs(store: Store, repeats: int) -> None:
    for _ in range(repeats):
        done: list[int] = []

        def note(stores: Stores, running: Running, now: int, done: list[int] = done) -> str:
            done.append(running.asked.id)
            return "好。"

        wanted = [asked(store) for _ in range(6)]
        stop = threading.Event()
        stores = without_redis(store)
        workers = [
            threading.Thread(target=working.work_off, args=(stores, {"count": note}, f"w{n}", lambda: NOW, stop))
            for n in range(3)
        ]
        for worker in workers:
            worker.start()
        wait_until(lambda wanted=wanted: all(look(store, one).is_over for one in wanted))
        stop.set()
        for worker in workers:
            worker.join(20)
        assert sorted(done) == wanted


def test_a_loop_outlives_a_database_that_is_away(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(working, "LOOKED_S", 0.01)
    looked: list[int] = []
    real = working.do_next

    def away_at_first(*arguments: object) -> bool:
        looked.append(1)
        if len(looked) == 1:
            raise StoreUnavailable("gone")
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(working, "do_next", away_at_first)
    job_id, stop = asked(store), threading.Event()
    thread = threading.Thread(target=working.work_off, args=(without_redis(store), NOTHING, "one", lambda: NOW, stop))
    thread.start()
    wait_until(lambda: look(store, job_id).is_over)
    stop.set()
    thread.join(20)
    assert "looked for again" in caplog.text


KILLED = """
import sys, threading, time
from campaigns.clock import now_ms
from campaigns.editions import Editions
from campaigns.jobs.working import work_off
from campaigns.standings import Ranking
from campaigns.store import open_store
from campaigns.stores import Stores

def count(stores, running, now):
    for done in range(1, 4):
        running.step(done, 10, {"done": done})
    print("half-way", flush=True)
    time.sleep(600)

store = open_store(sys.argv[1])
work_off(Stores(store, Ranking(store, None), Editions()), {"count": count}, "killed", now_ms, threading.Event())
"""


def test_a_job_whose_process_is_killed_half_way_goes_on_in_another(store_url: str, tmp_path: Path) -> None:
    store = open_store(store_url)
    job_id = asked(store)
    with subprocess.Popen(
        tethered([sys.executable, "-c", KILLED, store_url]),
        stdout=subprocess.PIPE,
        cwd=Path(working.__file__).parents[2],
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"half-way\n"
        os.kill(program.pid, signal.SIGKILL)
    found = look(store, job_id)
    assert (found.state, found.done, found.total) == (State.RUNNING, 3, 10)
    later = held_until(store, job_id)
    assert not work_once(store, NOTHING, lambda: later - 1, "two")
    work_once(store, {"count": lambda stores, running, now: f"从 {running.checkpoint} 做完了。"}, lambda: later, "two")
    assert look(store, job_id).message == "从 {'done': 3} 做完了。"
    store.close()
