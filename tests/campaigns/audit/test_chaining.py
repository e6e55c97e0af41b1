"""The chain of the audit log: what holds, what is found out, and what may be forgotten."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Barrier, Thread

import pytest
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from campaigns import audit, tables
from campaigns.audit import Head
from campaigns.clock import DAY, MINUTE
from campaigns.editions import Editions
from campaigns.errors import Refused
from campaigns.standings import Ranking
from campaigns.store import Store, open_store
from campaigns.stores import Stores

NOW = 1_783_126_800_000
Entry = tables.AuditEntry


def stores_of(store: Store) -> Stores:
    return Stores(store, Ranking(store, None), Editions())


def write(store: Store, count: int, at_ms: int = NOW) -> None:
    for number in range(count):
        with store.transaction() as session:
            audit.record(
                session, "chen", "unit.edited", f"unit:U{number}", at_ms, before={"name": "旧"}, after={"名": 1}
            )


@contextmanager
def chained(store: Store, count: int) -> Iterator[Session]:
    """A transaction over a log of so many chained entries."""
    write(store, count)
    audit.chain(stores_of(store), NOW)
    with store.transaction() as session:
        yield session


def faults(session: Session, known: Head | None = None) -> str:
    return "".join(audit.verify(session, NOW, known).faults)


@pytest.fixture
def lite(sqlite_url: str) -> Iterator[Store]:
    store = open_store(sqlite_url)
    yield store
    store.close()


def test_every_entry_gets_its_place_and_the_whole_holds(store: Store) -> None:
    write(store, 3)
    assert audit.chain(stores_of(store), NOW) == 3
    write(store, 2)
    assert audit.chain(stores_of(store), NOW) == 2
    assert audit.chain(stores_of(store), NOW) == 0
    with store.reading() as session:
        verdict = audit.verify(session, NOW)
        assert session.scalars(select(Entry.sequence).order_by(Entry.id)).all() == [1, 2, 3, 4, 5]
        assert (verdict.well, verdict.checked, verdict.first, verdict.unchained) == (True, 5, 1, 0)
        assert verdict.head == audit.head(session)
        assert verdict.sentences == ["审计日志完整：核对了 5 条（第 1 至 5 条），没有改动。"]


def test_many_entries_are_chained_in_several_transactions(lite: Store) -> None:
    with lite.transaction() as session:
        session.execute(
            insert(Entry), [{"at_ms": NOW, "by": "", "what": "a.b", "subject": str(one)} for one in range(501)]
        )
    assert audit.chain(stores_of(lite), NOW) == 501
    with lite.reading() as session:
        assert audit.verify(session, NOW).checked == 501


def test_a_change_that_is_rolled_back_leaves_no_entry(lite: Store) -> None:
    def fail() -> None:
        with lite.transaction() as session:
            audit.record(session, "chen", "unit.edited", "unit:U1", NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with lite.reading() as session:
        assert session.scalar(select(func.count()).select_from(Entry)) == 0


@pytest.mark.parametrize(
    "values", [{"by": "li"}, {"at_ms": NOW + 1}, {"note": "x"}, {"after": {"名": 2}}, {"before": None}, {"what": "a.b"}]
)
def test_an_altered_entry_is_found(lite: Store, values: dict[str, object]) -> None:
    with chained(lite, 3) as session:
        session.execute(update(Entry).where(Entry.sequence == 2).values(**values))
        assert faults(session).startswith("第 2 条（")


def test_an_entry_altered_with_its_hash_is_found_at_the_next_one(lite: Store) -> None:
    with chained(lite, 3) as session:
        session.execute(update(Entry).where(Entry.sequence == 2).values(note="x", hash="0" * 64))
        assert "第 2 条" in faults(session)
        assert "第 3 条" in faults(session)


def test_entries_taken_out_are_missed(lite: Store) -> None:
    with chained(lite, 6) as session:
        session.execute(delete(Entry).where(Entry.sequence == 2))
        session.execute(delete(Entry).where(Entry.sequence.in_((4, 5))))
        assert faults(session) == "缺第 2 条：有记录被删除。缺第 4 至 5 条：有记录被删除。"


def test_a_beginning_taken_out_is_missed(lite: Store) -> None:
    with chained(lite, 3) as session:
        session.execute(delete(Entry).where(Entry.sequence == 1))
        assert faults(session) == "最早的一条是第 2 条，前面的没有清理记录：有记录被删除。"


def test_an_end_cut_off_or_a_log_made_anew_is_found_by_whoever_noted_a_head(lite: Store) -> None:
    with chained(lite, 3) as session:
        noted = audit.head(session)
        session.execute(delete(Entry).where(Entry.sequence == 3))
        assert faults(session) == ""
        assert faults(session, noted) == "您记下的是第 3 条，现在只有到第 2 条：末尾的记录被删除。"
        assert "换过" in faults(session, Head(2, noted.hash))


def test_an_empty_log_holds(lite: Store) -> None:
    with lite.reading() as session:
        verdict = audit.verify(session, NOW)
    assert verdict.well
    assert verdict.sentences == ["审计日志还是空的。"]


def test_an_entry_that_waits_for_long_says_that_no_worker_runs(lite: Store) -> None:
    write(lite, 1)
    with lite.reading() as session:
        assert not audit.verify(session, NOW + MINUTE).is_late
        verdict = audit.verify(session, NOW + 11 * MINUTE)
    assert verdict.is_late
    assert "worker" in verdict.sentences[0]


def test_what_is_too_old_is_forgotten_and_the_rest_still_holds(store: Store) -> None:
    stores = stores_of(store)
    write(store, 3, NOW - 800 * DAY)
    write(store, 2, NOW - 700 * DAY)
    audit.chain(stores, NOW)
    assert audit.purge_all(stores, NOW) == 3
    assert audit.purge_all(stores, NOW) == 0
    audit.chain(stores, NOW)
    with store.reading() as session:
        verdict = audit.verify(session, NOW)
        purged = session.scalars(select(Entry).where(Entry.what == "audit.purged")).one()
    assert (verdict.well, verdict.first, verdict.head.sequence) == (True, 4, 6)
    assert purged.after is not None
    assert purged.after["entries"] == 3


def test_the_last_entry_of_the_chain_stays_however_old_it_is(lite: Store) -> None:
    write(lite, 2, NOW - 900 * DAY)
    stores = stores_of(lite)
    audit.chain(stores, NOW)
    audit.purge_all(stores, NOW)
    audit.chain(stores, NOW)
    with lite.reading() as session:
        assert audit.verify(session, NOW).well
        assert session.scalars(select(Entry.sequence).order_by(Entry.sequence)).all() == [2, 3]


def test_nothing_younger_than_six_months_may_be_forgotten(lite: Store) -> None:
    with chained(lite, 3) as session:
        assert audit.purge(session, NOW + 183 * DAY) == 0
        with pytest.raises(Refused):
            audit.purge(session, NOW, kept_ms=100 * DAY)


def test_a_purged_beginning_that_does_not_fit_what_is_left_is_found(lite: Store) -> None:
    write(lite, 3, NOW - 800 * DAY)
    write(lite, 1)
    stores = stores_of(lite)
    audit.chain(stores, NOW)
    audit.purge_all(stores, NOW)
    with lite.transaction() as session:
        told = session.scalars(select(Entry).where(Entry.what == "audit.purged")).one()
        told.after = {**(told.after or {}), "hash": "0" * 64}
        session.flush()
        assert faults(session).startswith("第 4 条")


@pytest.mark.race
def test_two_writers_at_once_make_one_chain(store: Store, repeats: int) -> None:
    for _ in range(repeats):
        write(store, 20)
        both = Barrier(2)

        def go(barrier: Barrier = both) -> None:
            barrier.wait()
            audit.chain(stores_of(store), NOW)

        _together(go, go)
        audit.chain(stores_of(store), NOW)
        with store.reading() as session:
            verdict = audit.verify(session, NOW)
        assert (verdict.faults, verdict.unchained) == ((), 0)


def _together(*deeds: Callable[[], None]) -> None:
    threads = [Thread(target=deed) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
