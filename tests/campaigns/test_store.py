from __future__ import annotations

import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from servers import Postgres
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import IntegrityError

from campaigns import tables
from campaigns.errors import StoreUnavailable
from campaigns.store import Gated, Statement, Store, WriterQueue, open_store

UNITS = Statement("SELECT count(*) FROM unit")
NAME = "UPDATE unit SET name = :name WHERE code = :code RETURNING name"
ADD = (
    "INSERT INTO unit (code, name, level, officer, path, sought, retired) "
    "VALUES (:new, :name, 'unit', '', '', '', false)"
)
RENAME_AND_ADD = Gated(
    postgresql=Statement(
        f"WITH gate AS ({NAME}), added AS (INSERT INTO unit (code, name, level, officer, path, sought, retired) "
        "SELECT CAST(:new AS text), name, 'unit', '', '', '', false FROM gate) "
        "SELECT name FROM gate"
    ),
    sqlite=(Statement(NAME), Statement(ADD)),
)


def add_unit(store: Store, code: str = "U01") -> None:
    with store.transaction() as session:
        session.add(tables.Unit(code=code, name="", parent_id=None))


def codes(store: Store) -> list[str]:
    with store.reading() as session:
        return sorted(session.scalars(select(tables.Unit.code)))


def counted(store: Store) -> int:
    with store.direct() as direct:
        row = direct.one(UNITS, {})
    assert row is not None
    return int(row[0])


# --- addresses ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "somewhere",
        "",
        "mysql://user:hunter2@host/name",
        "postgresql://user:hunter2@host:port/name",
        "redis://:hunter2@host",
    ],
)
def test_an_address_that_is_not_one_is_refused_in_a_sentence_that_names_the_setting(url: str) -> None:
    with pytest.raises(StoreUnavailable, match="LVDA_DATABASE_URL") as refused:
        open_store(url)
    assert "hunter2" not in str(refused.value)


def test_a_database_that_is_away_is_told_without_its_password() -> None:
    store = open_store("postgresql://user:hunter2@127.0.0.1:1/name")
    for ask in (store.ping, store.is_migrated, store.migrate, lambda: codes(store), lambda: add_unit(store)):
        with pytest.raises(StoreUnavailable, match=r"127\.0\.0\.1:1/name") as away:
            ask()
        assert "hunter2" not in str(away.value)
    with pytest.raises(StoreUnavailable), store.direct():
        pass
    store.close()


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("not a database at all, but something that somebody wrote down " * 40)
    store = open_store(f"sqlite:///{tmp_path / 'notes.db'}")
    for ask in (store.ping, store.is_migrated, store.migrate):
        with pytest.raises(StoreUnavailable, match="LVDA_DATABASE_URL"):
            ask()
    store.close()


def test_the_folder_of_a_new_database_is_made(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'new' / 'lvda.db'}")
    store.ping()
    assert (tmp_path / "new" / "lvda.db").exists()
    store.close()


@pytest.mark.race
def test_programs_that_open_a_new_file_at_once_do_not_refuse_each_other(tmp_path: Path) -> None:
    for number in range(25):
        stores = [open_store(f"sqlite:///{tmp_path / f'{number}.db'}") for _ in range(4)]
        start = threading.Barrier(len(stores))

        def opened(store: Store, start: threading.Barrier = start) -> None:
            start.wait()
            store.ping()

        with ThreadPoolExecutor(len(stores)) as pool:
            list(pool.map(opened, stores))
        for store in stores:
            store.close()


def test_a_confirmed_answer_survives_power_loss_on_sqlite(sqlite_url: str) -> None:
    store = open_store(sqlite_url)
    with store.reading() as session:
        found = {
            name: session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    store.close()


# --- sessions ----------------------------------------------------------------------------------------------------


def test_a_transaction_is_committed_at_its_end(store: Store) -> None:
    add_unit(store)
    assert codes(store) == ["U01"]


def test_an_exception_rolls_all_of_it_back_and_goes_on(store: Store) -> None:
    def fail() -> None:
        with store.transaction() as session:
            session.add(tables.Unit(code="U01", name="", parent_id=None))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert codes(store) == []
    add_unit(store, "U02")
    assert codes(store) == ["U02"], "the next writer is not kept waiting"


def test_a_broken_rule_is_told_as_what_it_is(store: Store) -> None:
    add_unit(store)
    with pytest.raises(IntegrityError):
        add_unit(store)
    assert codes(store) == ["U01"]


def test_what_a_reader_writes_is_gone(store: Store) -> None:
    with store.reading() as session:
        session.add(tables.Unit(code="U01", name="", parent_id=None))
        session.flush()
    assert codes(store) == []


def test_a_reader_is_not_kept_waiting_by_a_writer(store: Store) -> None:
    with store.transaction() as session:
        session.add(tables.Unit(code="U01", name="", parent_id=None))
        session.flush()
        with store.direct() as direct:
            assert direct.one(UNITS, {}) == (0,)
    assert codes(store) == ["U01"]


# --- the direct way ----------------------------------------------------------------------------------------------


def test_placeholders_are_said_as_each_driver_wants_them() -> None:
    statement = Statement("SELECT :a, CAST(:b AS text), x::text, 'a:b'")
    assert statement.postgresql == "SELECT %(a)s, CAST(%(b)s AS text), x::text, 'a%(b)s'", "none in a literal, please"
    assert statement.sql == "SELECT :a, CAST(:b AS text), x::text, 'a:b'"


def test_gated_writes_happen_together_when_the_gate_is_open(store: Store) -> None:
    add_unit(store)
    with store.direct() as direct:
        assert direct.write(RENAME_AND_ADD, {"code": "U01", "name": "水务局", "new": "U02"}) == ("水务局",)
    assert codes(store) == ["U01", "U02"]


def test_nothing_is_written_when_the_gate_is_shut(store: Store) -> None:
    with store.direct() as direct:
        assert direct.write(RENAME_AND_ADD, {"code": "U01", "name": "水务局", "new": "U02"}) is None
    assert codes(store) == []


def test_nothing_is_written_when_a_later_part_is_refused(store: Store) -> None:
    add_unit(store)
    refused = (psycopg.errors.UniqueViolation, sqlite3.IntegrityError)
    with store.direct() as direct:
        with pytest.raises(refused):
            direct.write(RENAME_AND_ADD, {"code": "U01", "name": "水务局", "new": "U01"})
        assert direct.write(RENAME_AND_ADD, {"code": "U01", "name": "财政局", "new": "U02"}) == ("财政局",)
    with store.reading() as session:
        assert session.scalars(select(tables.Unit.name).where(tables.Unit.code == "U01")).one() == "财政局"


# --- a database that comes and goes ------------------------------------------------------------------------------


@pytest.fixture
def terminated(store: Store, postgres: Postgres) -> None:
    """Several pooled connections of each way in, all of which the server has ended."""
    with ExitStack() as held:
        for _ in range(3):
            held.enter_context(store.direct())
            held.enter_context(store.reading()).execute(text("SELECT 1"))
    with psycopg.connect(postgres.address.render_as_string(False), autocommit=True) as other:
        ended = other.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s",
            [store.engine.url.database],
        ).fetchone()
    assert ended == (6,)


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
@pytest.mark.usefixtures("terminated")
@pytest.mark.parametrize("by_session", [False, True])
def test_after_a_restart_of_the_server_one_failure_clears_all_dead_connections(store: Store, by_session: bool) -> None:
    with pytest.raises(StoreUnavailable):
        codes(store) if by_session else counted(store)
    for number, code in enumerate("ABCD", start=1):
        add_unit(store, code)
        assert counted(store) == number


def test_a_file_that_another_program_holds_too_long_is_told_and_then_written(sqlite_url: str) -> None:
    store = open_store(sqlite_url)
    event.listen(store.engine, "connect", lambda made, _: made.execute("PRAGMA busy_timeout = 20"))
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable):
        add_unit(store)
    with pytest.raises(StoreUnavailable), store.direct() as direct:
        direct.write(RENAME_AND_ADD, {"code": "U01", "name": "", "new": "U02"})
    assert codes(store) == [], "readers are not kept waiting"
    other.execute("ROLLBACK")
    other.close()
    add_unit(store)
    assert codes(store) == ["U01"]
    store.close()


# --- whose turn it is --------------------------------------------------------------------------------------------


def test_writers_take_turns_in_the_order_in_which_they_came() -> None:
    queue, order = WriterQueue(), list[int]()

    def write(number: int) -> None:
        with queue:
            order.append(number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(12)]
    with queue:
        for number, thread in enumerate(threads, start=1):
            thread.start()
            _until(lambda number=number: len(queue._waiting) == number)  # type: ignore[misc]
        assert order == []
    for thread in threads:
        thread.join()
    assert order == list(range(12))


def test_a_writer_that_fails_lets_the_next_one_go_on() -> None:
    queue = WriterQueue()
    with pytest.raises(ZeroDivisionError), queue:
        raise ZeroDivisionError
    with queue:
        assert queue._taken
    assert not queue._taken


def test_only_one_writer_is_in_at_a_time() -> None:
    queue, inside, most = WriterQueue(), list[int](), list[int]()

    def write() -> None:
        for _ in range(50):
            with queue:
                inside.append(1)
                most.append(len(inside))
                time.sleep(0)
                inside.pop()

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(most), max(most)) == (400, 1)


def test_both_ways_of_writing_wait_in_one_queue(sqlite_url: str) -> None:
    store = open_store(sqlite_url)
    add_unit(store)

    def write() -> None:
        with store.direct() as direct:
            direct.write(RENAME_AND_ADD, {"code": "U01", "name": "later", "new": "U02"})

    thread = threading.Thread(target=write)
    with store.transaction() as session:
        session.execute(select(func.count()).select_from(tables.Unit))
        thread.start()
        _until(lambda: len(store.writers._waiting) == 1)
    thread.join()
    assert codes(store) == ["U01", "U02"]
    store.close()


def _until(true: object) -> None:
    deadline = time.monotonic() + 10
    while not true():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_a_writer_that_waits_too_long_gives_up_with_a_sentence_and_the_queue_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("campaigns.store.BUSY_TIMEOUT_S", 0.05)
    queue = WriterQueue()
    with queue, pytest.raises(StoreUnavailable, match="正忙"), queue:
        pass
    with queue:
        pass
