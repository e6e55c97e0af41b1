"""Writing an entry, in the transaction of the change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.banks.storable import cleaned, line

LONGEST = 500
"""Characters of a text, before and after."""


def record(
    session: Session,
    by: str,
    what: str,
    subject: str,
    now: int,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    note: str = "",
) -> None:
    """Write down a change that this session makes. `by` is the account's name; empty: the program or the command line.

    `before` and `after` hold what is other, as JSON; never a secret, a person's name, a phone, a postal or a network
    address: entries are chained, and can be neither mended nor taken out when somebody asks to be forgotten.
    """
    session.execute(insert(tables.AuditEntry).values(_entry(by, what, subject, now, before, after, note)))


def record_each(
    session: Session,
    by: str,
    what: str,
    changes: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any]]],
    now: int,
    *,
    note: str = "",
) -> None:
    """The same of many that were changed together, by subject before and after: in one statement."""
    rows = [_entry(by, what, subject, now, before, after, note) for subject, (before, after) in changes.items()]
    if rows:
        session.execute(insert(tables.AuditEntry), rows)


def _entry(
    by: str,
    what: str,
    subject: str,
    now: int,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    note: str,
) -> dict[str, Any]:
    return {
        "at_ms": now,
        "by": line(by),
        "what": what,
        "subject": line(subject),
        "before": dict(before) if before is not None else None,
        "after": dict(after) if after is not None else None,
        "note": cleaned(note),
    }


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What of two states is other, before and after, for `record`; of long texts the beginnings."""
    keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    return (
        {key: _short(before[key]) for key in keys if key in before},
        {key: _short(after[key]) for key in keys if key in after},
    )


def _short(value: object) -> object:
    if isinstance(value, str) and len(value) > LONGEST:
        return f"{value[:LONGEST]}…（共 {len(value)} 个字）"
    return value
