"""Real connections: what a process holds, no other does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from campaigns import leases
from campaigns.store import Store, open_store

NOW = 1_783_126_800_000


@pytest.fixture
def rival(store_url: str) -> Iterator[Store]:
    """Another process's view of the same database."""
    store = open_store(store_url)
    yield store
    store.close()


def acquired(store: Store, holder: str, now: int = NOW) -> bool:
    with store.transaction() as session:
        return leases.acquire(session, "schedule", holder, now, 1_000)


def test_a_lease_is_its_holders_until_it_runs_out(store: Store, rival: Store) -> None:
    assert acquired(store, "one")
    assert not acquired(rival, "two", NOW + 999)
    assert acquired(rival, "two", NOW + 1_000)
    assert not acquired(store, "one", NOW + 1_001)


def test_a_holder_renews_its_own(store: Store, rival: Store) -> None:
    assert acquired(store, "one")
    assert acquired(store, "one", NOW + 900)
    assert not acquired(rival, "two", NOW + 1_800)


def test_a_lease_from_before_the_clock_was_set_back_holds_nobody_up(store: Store, rival: Store) -> None:
    assert acquired(store, "one", NOW + 3_600_000)
    assert acquired(rival, "two", NOW)
    assert not acquired(store, "one", NOW - 1_000), "a little behind is another machine's clock"


def test_a_released_lease_is_free_at_once(store: Store, rival: Store) -> None:
    assert acquired(store, "one")
    with store.transaction() as session:
        leases.release(session, "schedule", "one")
    assert acquired(rival, "two")


def test_nobody_releases_anothers(store: Store, rival: Store) -> None:
    assert acquired(store, "one")
    with rival.transaction() as session:
        leases.release(session, "schedule", "two")
    assert not acquired(rival, "two")


def test_leases_of_other_names_are_others(store: Store) -> None:
    assert acquired(store, "one")
    with store.transaction() as session:
        assert leases.acquire(session, "something else", "two", NOW, 1_000)


@pytest.mark.race
def test_of_many_that_want_it_at_once_one_gets_it(store: Store, rival: Store, repeats: int) -> None:
    workers = 8
    for turn in range(repeats * 4):  # the first round is about who makes the row, the others about who takes it over
        start = threading.Barrier(workers)

        def want(number: int, start: threading.Barrier = start, turn: int = turn) -> bool:
            start.wait(10)
            return acquired(rival if number % 2 else store, f"{number}", NOW + turn * 1_000)

        with ThreadPoolExecutor(workers) as pool:
            assert sum(pool.map(want, range(workers))) == 1
