from __future__ import annotations

import logging
import signal
import threading

import pytest
from sqlalchemy.exc import OperationalError

from admin.operations import worker
from campaigns.editions import Editions
from campaigns.errors import StoreUnavailable
from campaigns.standings import Ranking
from campaigns.store import Store, open_store
from campaigns.stores import Stores

AWAY = open_store("postgresql://nobody:hunter2@127.0.0.1:1/none")
STORES = Stores(AWAY, Ranking(AWAY, None), Editions())


class Nights:
    """A clock that says these moments, one a round, and then asks the worker to stop."""

    def __init__(self, *moments: int) -> None:
        self.moments = list(moments)
        self.stop = threading.Event()

    def __call__(self) -> int:
        moment = self.moments.pop(0)
        if not self.moments:
            self.stop.set()
        return moment


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading.Event, "wait", lambda event, timeout=None: event.is_set())


def worked(monkeypatch: pytest.MonkeyPatch, *moments: int, **jobs: int) -> list[tuple[str, int]]:
    """What was done when, of jobs with these intervals."""
    done: list[tuple[str, int]] = []

    def job(name: str) -> worker.Tick:
        return lambda stores, now: len(done.append((name, now)) or done)  # type: ignore[func-returns-value]

    monkeypatch.setattr(worker, "SCHEDULE", tuple((job(name), every) for name, every in jobs.items()))
    clock = Nights(*moments)
    worker.work(STORES, clock, clock.stop)
    return done


def test_every_job_is_done_at_once_and_then_when_its_time_has_come(monkeypatch: pytest.MonkeyPatch) -> None:
    done = worked(monkeypatch, 1_000, 1_200, 2_000, 2_999, 3_000, second=1_000, minute=60_000)
    assert done == [("second", 1_000), ("minute", 1_000), ("second", 2_000), ("second", 3_000)]


def test_a_clock_that_is_set_back_stops_no_job(monkeypatch: pytest.MonkeyPatch) -> None:
    hour = 3_600_000
    done = worked(monkeypatch, 9 * hour, 8 * hour, 8 * hour + 1_000, second=1_000)
    assert done == [("second", 9 * hour), ("second", 8 * hour), ("second", 8 * hour + 1_000)]


def test_a_clock_that_leaps_ahead_makes_up_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(worked(monkeypatch, 0, 3_600_000, 3_600_001, second=1_000)) == 2


@pytest.mark.parametrize("error", [StoreUnavailable("away"), OperationalError("SELECT secret", {}, Exception())])
def test_a_store_that_is_away_is_tried_again_and_keeps_nothing_else_from_being_done(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    tried: list[str] = []

    def fails(stores: Stores, now: int) -> int:
        tried.append("fails")
        raise error

    def works(stores: Stores, now: int) -> int:
        tried.append("works")
        return 1

    monkeypatch.setattr(worker, "SCHEDULE", ((fails, 1_000), (works, 1_000)))
    clock = Nights(1_000, 2_000)
    with caplog.at_level(logging.WARNING):
        worker.work(STORES, clock, clock.stop)
    assert tried == ["fails", "works"] * 2
    assert "fails will be tried again" in caplog.text
    assert "secret" not in caplog.text


def test_the_jobs_it_does_survive_a_database_that_is_away(caplog: pytest.LogCaptureFixture) -> None:
    clock = Nights(1_000)
    worker.work(STORES, clock, clock.stop)
    assert "purge_inbound will be tried again" in caplog.text
    assert "hunter2" not in caplog.text


def test_a_mistake_of_ours_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def mistaken(stores: Stores, now: int) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(worker, "SCHEDULE", ((mistaken, 1_000),))
    with pytest.raises(ZeroDivisionError):
        worker.work(STORES, lambda: 1_000, threading.Event())


def test_rankings_are_brought_up_within_two_seconds() -> None:
    assert {job.__name__: every for job, every in worker.SCHEDULE}["refresh_rankings"] <= 2_000


def test_lots_that_were_left_are_decided_and_winners_reminded() -> None:
    often = {job.__name__: every for job, every in worker.SCHEDULE}
    assert often["decide_lots"] <= 5_000
    assert often["remind"] <= 3_600_000


def test_what_takes_its_time_holds_nothing_else_up() -> None:
    at_leisure = {job.__name__ for job, _ in worker.AT_LEISURE}
    assert "add_up" in at_leisure
    assert at_leisure.isdisjoint(job.__name__ for job, _ in worker.SCHEDULE)


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_who_takes_longer_over_a_tick_has_a_longer_lease(store: Store) -> None:
    one, two = (worker.Ownership(store, "leisure", name, worker.LEISURELY_LEASE_MS) for name in ("one", "two"))
    assert one(1_000)
    assert not two(1_000 + worker.LEISURELY_LEASE_MS - 1)
    assert two(1_000 + worker.LEISURELY_LEASE_MS + worker.RENEWED_MS)


def test_a_job_is_done_only_while_the_schedule_is_ours() -> None:
    done: list[int] = []

    def job(stores: Stores, now: int) -> int:
        done.append(now)
        return 1

    clock = Nights(1_000, 1_100, 1_200, 1_300)
    worker.work(STORES, clock, clock.stop, ((job, 1_000),), owns=lambda now: now >= 1_200)
    assert done == [1_200], "as soon as it is ours"


def test_of_two_workers_one_does_the_schedule_and_the_other_when_that_one_is_gone(store: Store) -> None:
    one, two = (worker.Ownership(store, "schedule", name) for name in ("one", "two"))
    assert (one(1_000), two(1_000)) == (True, False)
    now = 1_000
    for _ in range(10):
        now += worker.RENEWED_MS
        assert (one(now), two(now)) == (True, False)
    dead_since = now
    while not two(now):
        now += 500
    assert worker.LEASE_MS <= now - dead_since <= worker.LEASE_MS + worker.RENEWED_MS
    assert not one(now)


def test_a_worker_that_stops_leaves_the_schedule_to_the_next_at_once(store: Store) -> None:
    one, two = (worker.Ownership(store, "schedule", name) for name in ("one", "two"))
    two.release()
    assert one(1_000)
    one.release()
    assert two(1_000)


def test_nobody_does_the_schedule_while_the_database_is_away(caplog: pytest.LogCaptureFixture) -> None:
    ownership = worker.Ownership(AWAY, "schedule", "one")
    assert not ownership(1_000)
    ownership.release()
    assert "hunter2" not in caplog.text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_when_it_is_told_to(number: signal.Signals) -> None:
    former = {one: signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)}
    try:
        stop = worker.stop_on_signals()
        assert not stop.is_set()
        signal.raise_signal(number)
        assert stop.is_set()
    finally:
        for one, handler in former.items():
            signal.signal(one, handler)
