"""Finding entries again: by who, what, whom it was about, and when; the latest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import Session

from campaigns import tables

AT_ONCE = 1_000
PROGRAM = "-"
"""Asks for what nobody signed in has done: the command line, or the program itself."""


@dataclass(frozen=True, slots=True)
class Entry:
    id: int
    at_ms: int
    by: str
    """Empty: the command line or the program."""
    what: str
    subject: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    note: str
    sequence: int | None
    """Its place in the chain; None: not chained yet."""
    hash: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries; what is empty asks for nothing."""

    by: str = ""
    """The account's name, or `PROGRAM`."""
    what: str = ""
    """A code, or the room of several (``campaign``)."""
    subject: str = ""
    """A part of it."""
    from_ms: int | None = None
    until_ms: int | None = None
    """The first moment that is too late."""


def entries(session: Session, wanted: Wanted, *, most: int, skipped: int = 0) -> list[Entry]:
    """The latest first."""
    entry = tables.AuditEntry
    rows = session.execute(
        select(*_columns()).where(*_conditions(wanted)).order_by(entry.id.desc()).offset(skipped).limit(most)
    )
    return [_entry(row) for row in rows]


def unfold(session: Session, wanted: Wanted) -> Iterator[Entry]:
    """All of them, the first first, a thousand at a time in memory: for files."""
    entry, last = tables.AuditEntry, 0
    while True:
        rows = session.execute(
            select(*_columns()).where(*_conditions(wanted), entry.id > last).order_by(entry.id).limit(AT_ONCE)
        ).all()
        yield from map(_entry, rows)
        if len(rows) < AT_ONCE:
            return
        last = rows[-1].id


def how_many(session: Session, wanted: Wanted) -> int:
    return session.scalar(select(func.count()).select_from(tables.AuditEntry).where(*_conditions(wanted))) or 0


def authors(session: Session) -> list[str]:
    """The accounts that did anything, by name."""
    by = tables.AuditEntry.by
    return list(session.scalars(select(by).where(by != "").distinct().order_by(by)))


def codes(session: Session) -> list[str]:
    """The codes of everything that was done."""
    what = tables.AuditEntry.what
    return list(session.scalars(select(what).distinct().order_by(what)))


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    entry = tables.AuditEntry
    found: list[ColumnElement[bool]] = []
    if wanted.by:
        found.append(entry.by == ("" if wanted.by == PROGRAM else wanted.by))
    if wanted.what:
        same = entry.what == wanted.what
        found.append(same if "." in wanted.what else entry.what.startswith(f"{wanted.what}.", autoescape=True))
    if wanted.subject:
        found.append(entry.subject.contains(wanted.subject, autoescape=True))
    if wanted.from_ms is not None:
        found.append(entry.at_ms >= wanted.from_ms)
    if wanted.until_ms is not None:
        found.append(entry.at_ms < wanted.until_ms)
    return found


def _columns() -> tuple[Any, ...]:
    entry = tables.AuditEntry
    return (
        entry.id, entry.at_ms, entry.by, entry.what, entry.subject, entry.before, entry.after, entry.note,
        entry.sequence, entry.hash,
    )  # fmt: skip


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        id=row.id,
        at_ms=row.at_ms,
        by=row.by,
        what=row.what,
        subject=row.subject,
        before=row.before,
        after=row.after,
        note=row.note,
        sequence=row.sequence,
        hash=row.hash or "",
    )
