"""The SQL store: SQLite or PostgreSQL, one code.

Two ways in:

- `Store.transaction` and `Store.reading` give a SQLAlchemy session, for everything but the hot path.
- `Store.direct` gives the driver's own connection from the same pool, in autocommit, for the few prepared
  statements of an answered message, where SQLAlchemy's statement building would cost more than the database.
"""

from __future__ import annotations

import re
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event, make_url, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import ArgumentError, DBAPIError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.errors import StoreUnavailable

Row = tuple[Any, ...]
Parameters = Mapping[str, Any]

BUSY_TIMEOUT_S = 2.0
MIGRATED_S = 60
"""How long a program that starts waits for another one that migrates the same file."""
AWAY = (psycopg.OperationalError, psycopg.InterfaceError, psycopg.InternalError, sqlite3.OperationalError)
"""What drivers raise when the database is away: gone, restarting, or a former primary that only reads now."""
_PLACEHOLDER = re.compile(r"(?<!:):([a-z_]+)")


@dataclass(frozen=True)
class Statement:
    """SQL with ``:name`` placeholders, in each driver's own spelling."""

    sql: str
    postgresql: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "postgresql", _PLACEHOLDER.sub(r"%(\1)s", self.sql))


@dataclass(frozen=True)
class Gated:
    """Writes that happen together or not at all, decided by the row count of the first.

    PostgreSQL runs them as one statement whose later parts select from the first (``gate``); SQLite one after
    the other inside one transaction. The result is the last row that a part returned, or None if the gate was shut.
    """

    postgresql: Statement
    sqlite: tuple[Statement, ...]


class WriterQueue:
    """Lets the writers of one process take turns in the order in which they came.

    SQLite's own busy handler polls, so that with many writers one of them may starve for seconds.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._taken = False

    def __enter__(self) -> None:
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        if not turn.acquire(timeout=BUSY_TIMEOUT_S):
            self._give_up(turn)

    def _give_up(self, turn: threading.Lock) -> None:
        """Leave the queue, unless our turn came at this very moment.

        Whoever holds the file up holds up everybody: that must not become a sum of everybody's patience.
        """
        with self._guard:
            if turn in self._waiting:
                self._waiting.remove(turn)
                raise StoreUnavailable("数据库正忙，请稍后再试。")

    def __exit__(self, *exc: object) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False


class CourteousQueue(WriterQueue):
    """For a process whose writes can wait: after each one it leaves the file to other processes for a moment.

    Their writers poll for it, each with growing pauses: beside a process that writes one thing after the other they
    would wait for seconds.
    """

    SHORTEST_S, LONGEST_S = 0.002, 0.02

    def __init__(self) -> None:
        super().__init__()
        self._since = 0.0

    def __enter__(self) -> None:
        super().__enter__()
        self._since = time.monotonic()

    def __exit__(self, *exc: object) -> None:
        took = time.monotonic() - self._since
        time.sleep(min(max(took, self.SHORTEST_S), self.LONGEST_S))
        super().__exit__(*exc)


class Direct:
    """A driver connection in autocommit."""

    def __init__(self, store: Store, connection: Any) -> None:  # noqa: ANN401 — psycopg's or sqlite3's
        self._store = store
        self._connection = connection

    def one(self, statement: Statement, parameters: Parameters) -> Row | None:
        """The first row of a read."""
        sql = statement.sql if self._store.on_sqlite else statement.postgresql
        row: Row | None = self._connection.execute(sql, parameters).fetchone()
        return row

    def write(self, gated: Gated, parameters: Parameters) -> Row | None:
        """Run the writes, commit, and give the last row returned; None, with nothing written, if the gate was shut."""
        if not self._store.on_sqlite:
            row: Row | None = self._connection.execute(gated.postgresql.postgresql, parameters).fetchone()
            return row
        with self._store.writers:
            return _write_in_turn(self._connection, gated, parameters)


def _write_in_turn(connection: sqlite3.Connection, gated: Gated, parameters: Parameters) -> Row | None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        row: Row | None = connection.execute(gated.sqlite[0].sql, parameters).fetchone()
        if row is None:
            connection.execute("ROLLBACK")
            return None
        for statement in gated.sqlite[1:]:
            row = connection.execute(statement.sql, parameters).fetchone() or row
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return row


class Store:
    """An opened database. Threads may share it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.on_sqlite = engine.dialect.name == "sqlite"
        self.writers = WriterQueue()
        self._writing = engine.execution_options(lvda_begin="BEGIN IMMEDIATE")
        self._direct = engine if self.on_sqlite else _autocommitting(engine)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that is committed at the end, or rolled back by an exception. Not to be nested.

        Raises StoreUnavailable when the database is away; if that is when it commits, it may have.
        """
        turn = self.writers if self.on_sqlite else nullcontext()
        with self._told_when_away(), turn, Session(self._writing) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session to read with; what it would write is rolled back. Raises StoreUnavailable."""
        with self._told_when_away(), Session(self.engine) as session:
            yield session

    @contextmanager
    def direct(self) -> Iterator[Direct]:
        """The driver's own connection, for prepared statements without a transaction around them.

        Raises StoreUnavailable when the database is away; what was being written then may have been committed.
        """
        try:
            pooled = self._direct.raw_connection()
        except (psycopg.Error, sqlite3.Error, PoolTimeout) as error:  # the driver's own: nothing has wrapped them here
            raise StoreUnavailable(_unreachable(self.engine.url)) from error
        try:
            yield Direct(self, pooled.driver_connection)
        except AWAY as error:
            pooled.invalidate(error)
            self._forget_connections()
            raise StoreUnavailable(_unreachable(self.engine.url)) from error
        finally:
            pooled.close()

    @contextmanager
    def _told_when_away(self) -> Iterator[None]:
        try:
            yield
        except (OperationalError, InternalError, PoolTimeout, *AWAY) as error:  # AWAY: of a COPY, unwrapped
            self._forget_connections()
            raise StoreUnavailable(_unreachable(self.engine.url)) from error

    def _forget_connections(self) -> None:
        """A server went away: all connections that wait in the pools are as dead, and each would cost a failure."""
        if not self.on_sqlite:
            self.engine.dispose()
            self._direct.dispose()

    @cached_property
    def name(self) -> str:
        """What tells this database from every other one."""
        with self.reading() as session:
            return session.scalars(select(tables.Installation.name)).one()

    def ping(self) -> None:
        """Raises StoreUnavailable when the database does not answer, or only reads."""
        sql = "SELECT 'off'" if self.on_sqlite else "SELECT current_setting('transaction_read_only')"
        try:
            with self.engine.connect() as connection:
                if connection.exec_driver_sql(sql).scalar_one() != "off":
                    self._forget_connections()
                    raise StoreUnavailable(
                        f"数据库 {self.engine.url.render_as_string(hide_password=True)} 现在只读：请检查主备切换。"
                    )
        except DBAPIError as error:
            raise StoreUnavailable(_unreachable(self.engine.url)) from error

    def is_migrated(self) -> bool:
        """Whether the schema is of this program's version. Raises StoreUnavailable."""
        try:
            with self.engine.connect() as connection:
                head = ScriptDirectory.from_config(_migrations()).get_current_head()
                return MigrationContext.configure(connection).get_current_revision() == head
        except DBAPIError as error:  # also a file that is no database, or an option that no driver knows
            raise StoreUnavailable(_unreachable(self.engine.url)) from error

    def migrate(self) -> None:
        """Bring the schema to this program's version; quick when it already is. Raises StoreUnavailable."""
        if self.is_migrated():
            return
        config = _migrations()
        try:
            with self._writing.connect() as connection, _references_checked_at_the_end(connection):
                if not self.on_sqlite:
                    connection.exec_driver_sql("SET LOCAL statement_timeout = 0")  # an index may take its time
                _one_migration_at_a_time(connection)
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        except OperationalError as error:
            raise StoreUnavailable(_unreachable(self.engine.url)) from error

    def close(self) -> None:
        self.engine.dispose()
        self._direct.dispose()


def _migrations() -> Config:
    config = Config()
    config.set_main_option("script_location", "campaigns:migrations")
    return config


@contextmanager
def _references_checked_at_the_end(connection: Connection) -> Iterator[None]:
    """A transaction in which a table may be replaced by a copy of itself though others refer to it.

    That is how SQLite changes a table, and it does not let go of the old one while it holds references to be true;
    and it does not listen to the pragma within a transaction: https://www.sqlite.org/lang_altertable.html#otheralter
    Raises StoreUnavailable, with nothing done, when a reference leads nowhere at the end.
    """
    if connection.dialect.name != "sqlite":
        with connection.begin():
            yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys = OFF")
    driver.execute(f"PRAGMA busy_timeout = {MIGRATED_S * 1_000}")
    try:
        with connection.begin():
            yield
            if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise StoreUnavailable("数据库里有互相对不上的记录，没有升级，什么也没有改动：请从备份恢复后再试。")
    finally:
        driver.execute("PRAGMA foreign_keys = ON")
        driver.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_S * 1_000:.0f}")


def _one_migration_at_a_time(connection: Connection) -> None:
    """Two machines that start together must not both migrate. SQLite's BEGIN IMMEDIATE has already seen to it."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7823601)")


def insertion(bind: Engine | Connection, table: Any) -> sqlite.Insert | postgresql.Insert:  # noqa: ANN401 — or its class
    """An INSERT that can say what to do `on_conflict`, as this database spells it."""
    return sqlite.insert(table) if bind.dialect.name == "sqlite" else postgresql.insert(table)


def _unreachable(url: URL) -> str:
    shown = url.render_as_string(hide_password=True)
    return f"连不上数据库 {shown}：请检查 LVDA_DATABASE_URL，并确认数据库正在运行。"


def open_store(url: str, *, connections: int = 20) -> Store:
    """Open the database at a URL such as ``sqlite:///var/lvda.db`` or ``postgresql://user@host/name``.

    Connects only when first used. Raises StoreUnavailable for a URL that is not one of these two kinds.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:  # the latter for a port that is no number
        raise StoreUnavailable(
            "LVDA_DATABASE_URL 不是数据库地址，应当像 postgresql://用户@主机/库名 或 sqlite:///文件。"
        ) from error
    match parsed.get_backend_name():
        case "sqlite":
            return Store(_sqlite_engine(parsed))
        case "postgresql":
            return Store(_postgresql_engine(parsed, connections))
        case other:
            raise StoreUnavailable(f"LVDA_DATABASE_URL 指向 {other}，只支持 postgresql://… 和 sqlite:///…。")


def _sqlite_engine(url: URL) -> Engine:
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        pool_size=20,
        max_overflow=20,
        hide_parameters=True,  # an error is logged with its statement, never with whom it was about
        connect_args={"timeout": BUSY_TIMEOUT_S, "check_same_thread": False},
    )

    def configure(connection: sqlite3.Connection, record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves; the driver's own begins come too late
        _write_ahead(connection)
        connection.execute("PRAGMA synchronous = FULL")  # a confirmed answer survives power loss
        connection.execute("PRAGMA foreign_keys = ON")

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("lvda_begin", "BEGIN"))

    event.listen(engine, "connect", configure)
    event.listen(engine, "begin", begin)
    return engine


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Set the database's journal mode, which the file keeps.

    Two programs that open a new file at once stand in each other's way, and SQLite refuses without waiting:
    each holds what the other must have alone. https://www.sqlite.org/c3ref/busy_handler.html
    """
    deadline = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _postgresql_engine(url: URL, connections: int) -> Engine:
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=connections,
        max_overflow=0,
        pool_use_lifo=True,  # few connections, often used: their statements are prepared and their plans made
        hide_parameters=True,
        pool_pre_ping=False,  # a round trip a message; a dead connection is found, and replaced, when it fails
        connect_args=_reached_soon(statement_timeout_ms=30_000),
    )


def _reached_soon(statement_timeout_ms: int) -> dict[str, str | int]:
    """How long to wait for a server that hangs, or that the network lost: a thread must not wait for ever."""
    return {
        "connect_timeout": 2,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 2,
        "tcp_user_timeout": 3_000,
        "options": f"-c timezone=UTC -c statement_timeout={statement_timeout_ms}",
    }


def _autocommitting(engine: Engine) -> Engine:
    """A pool of its own for `Store.direct`: switching a connection's mode back and forth would cost each message."""
    direct = create_engine(
        engine.url,
        pool_size=engine.pool.size(),  # type: ignore[attr-defined]
        max_overflow=0,
        pool_use_lifo=True,
        pool_reset_on_return=None,  # there is never a transaction to roll back
        hide_parameters=True,
        connect_args=_reached_soon(statement_timeout_ms=3_000),  # the platform gives up on a reply after five seconds
    )

    def configure(connection: psycopg.Connection[Row], record: object) -> None:
        connection.autocommit = True

    event.listen(direct, "connect", configure)
    return direct
