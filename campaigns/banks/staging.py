"""A large change of a bank, written in batches that nobody sees, then published by one short transaction.

SQLite has one writer at a time: ten thousand questions written at once would keep everybody's answers waiting. So
what they say is laid down in `staged_question`, a batch a transaction; publishing then copies it within the database,
which needs a fifth of the time, and only if the bank is still what the change was decided on.

A process that dies in between leaves rows that nothing refers to. The next import, of whatever bank, sweeps those that
are older than the lease; a slow importer that was swept finds that out when it publishes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress

import psycopg
from sqlalchemy import JSON, Connection, Table, delete, exists, insert, inspect, literal, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.banks.changes import OTHERWISE_BY_NOW, said
from campaigns.banks.storable import Status
from campaigns.clock import HOUR
from campaigns.errors import Moved, StoreUnavailable
from campaigns.store import Store
from campaigns.tables.base import REFERENCE
from questions.model import Question

BATCH = 1_000
"""Rows a transaction: about 10 ms on SQLite."""
LEASE_MS = HOUR
"""How long an importer may take between its first batch and publishing."""

_STAGED: Table = inspect(tables.StagedQuestion).local_table  # type: ignore[assignment]
_QUESTIONS: Table = inspect(tables.Question).local_table  # type: ignore[assignment]
_REVISIONS: Table = inspect(tables.QuestionRevision).local_table  # type: ignore[assignment]
_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode
_SAID = (
    "kind", "stem", "options", "answer", "explanation", "category", "difficulty", "source", "tags", "pictures",
)  # fmt: skip


def begin(session: Session, now: int) -> int:
    """A new staging's id."""
    return session.execute(
        insert(tables.Staging).values(state="open", begun_ms=now).returning(tables.Staging.id)
    ).scalar_one()


def row(ordinal: int, question: Question, *, added: bool, status: Status = Status.DRAFT) -> dict[str, object]:
    """What is staged of a question: under its number, which is that of the bank's own question unless it is added."""
    return {
        "ordinal": ordinal,
        "number": question.number,
        "added": added,
        "status": status.value,
        **said(question),
    }


def stage(session: Session, staging_id: int, rows: Sequence[dict[str, object]]) -> None:
    """Lay a batch down. Raises Moved when the staging was swept meanwhile."""
    connection = session.connection()
    batch = [{"staging_id": staging_id, **one} for one in rows]
    try:
        if connection.dialect.name == "postgresql":
            _copy(connection, batch)
        else:
            # Plain executemany: ORM inserts would take three times as long.
            connection.execute(insert(_STAGED), batch)
    except (IntegrityError, psycopg.IntegrityError) as error:
        raise Moved(OTHERWISE_BY_NOW) from error


def _copy(connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    """By COPY, which takes a quarter of what as many INSERTs do."""
    names = [column.name for column in _STAGED.c]
    as_json = {column.name for column in _STAGED.c if isinstance(column.type, JSON)}
    driver = connection.connection.driver_connection
    assert driver is not None
    with driver.cursor() as cursor, cursor.copy(f"COPY {_STAGED.name} ({', '.join(names)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([_COMPACT(row[name]) if name in as_json else row[name] for name in names])


def publish(session: Session, staging_id: int, bank_id: int, change_id: int) -> None:
    """Let a bank's questions say what was staged, as revisions of a change. Raises Moved when it is no longer there.

    The caller has made sure that the bank is still what the staged rows were made for.
    """
    staging = tables.Staging
    taken = session.execute(
        update(staging).where(staging.id == staging_id, staging.state == "open").values(state="spent")
        .returning(staging.id)
    ).one_or_none()  # fmt: skip
    if taken is None:
        raise Moved(OTHERWISE_BY_NOW)
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        # Its statistics are older than what was just laid down: it would compare every row with every other.
        connection.exec_driver_sql("SET LOCAL enable_nestloop = off")
    ours = _STAGED.c.staging_id == staging_id
    its_columns = [_STAGED.c[name] for name in _SAID]
    connection.execute(
        update(_QUESTIONS)
        .where(
            _QUESTIONS.c.bank_id == bank_id,
            _QUESTIONS.c.number.in_(select(_STAGED.c.number).where(ours, _STAGED.c.added.is_(False))),
        )
        .values(revision=_QUESTIONS.c.revision + 1)
    )
    connection.execute(
        insert(_QUESTIONS).from_select(
            ["bank_id", "number", "revision", "status"],
            select(literal(bank_id, REFERENCE), _STAGED.c.number, literal(1), _STAGED.c.status)
            .where(ours, _STAGED.c.added)
            .order_by(_STAGED.c.ordinal),
        )
    )
    connection.execute(
        insert(_REVISIONS).from_select(
            ["question_id", "revision", "change_id", *_SAID],
            select(_QUESTIONS.c.id, _QUESTIONS.c.revision, literal(change_id, REFERENCE), *its_columns)
            .join_from(
                _STAGED, _QUESTIONS, (_QUESTIONS.c.bank_id == bank_id) & (_QUESTIONS.c.number == _STAGED.c.number)
            )
            .where(ours)
            .order_by(_STAGED.c.ordinal),
        )
    )


def sweep(store: Store, now: int) -> None:
    """Remove what importers left that died, or that published and did not come to it."""
    staging = tables.Staging
    with store.reading() as session:
        left = session.scalars(
            select(staging.id).where((staging.state == "spent") | (staging.begun_ms < now - LEASE_MS))
        ).all()
    for staging_id in left:
        discard(store, staging_id)


def discard(store: Store, staging_id: int) -> None:
    """Remove a staging, a batch a transaction; from the first on it can no longer be published."""
    with store.transaction() as session:
        session.execute(update(tables.Staging).where(tables.Staging.id == staging_id).values(state="spent"))
    more = True
    while more:
        with store.transaction() as session:
            more = _remove_batch(session, staging_id)


def discard_if_possible(store: Store, staging_id: int) -> None:
    """The same where something worse may be under way: what stays is swept by the next import."""
    with suppress(StoreUnavailable):
        discard(store, staging_id)


def discard_within(session: Session, staging_id: int) -> None:
    """The same within a transaction, for the few rows that were staged in it."""
    while _remove_batch(session, staging_id):
        pass


def _remove_batch(session: Session, staging_id: int) -> bool:
    """Whether there is more to remove."""
    connection = session.connection()
    ours = _STAGED.c.staging_id == staging_id
    batch = select(_STAGED.c.ordinal).where(ours).order_by(_STAGED.c.ordinal).limit(BATCH)
    connection.execute(delete(_STAGED).where(ours, _STAGED.c.ordinal.in_(batch)))
    if connection.execute(select(exists(select(_STAGED.c.ordinal).where(ours)))).scalar_one():
        return True
    session.execute(delete(tables.Staging).where(tables.Staging.id == staging_id))
    return False
