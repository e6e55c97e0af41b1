"""The audit log: who changed what, when, what it was before and is after.

`record` writes one entry in the transaction of the change, so that there is no change without it and no entry without
the change. Entries are chained afterwards, by one writer: what is being changed need not queue for the end of a chain.

Codes of what was done are ``room.deed``, the deed in the past: ``campaign.published``, ``person.merged``,
``staff.signed_in``. Subjects are ``kind:name``: ``campaign:demo``, ``person:17``, ``staff:chen``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.banks.storable import line


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

    `before` and `after` hold what is other, as JSON; never a secret, a phone, a postal or a network address.
    """
    session.execute(
        insert(tables.AuditEntry).values(
            at_ms=now,
            by=line(by),
            what=what,
            subject=line(subject),
            before=dict(before) if before is not None else None,
            after=dict(after) if after is not None else None,
            note=note,
        )
    )
