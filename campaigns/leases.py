"""What only one process may do at a time: a row says who does it and until when, and conditional writes decide.

A holder that died is followed when its time is up. Times are each process's own clock, so a lease should last much
longer than the machines' clocks differ. One that ends later than any lease could is from before a clock was set back:
it holds nobody up.
"""

from __future__ import annotations

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.clock import MINUTE
from campaigns.store import insertion

APART_MS = MINUTE
"""More than machines' clocks differ."""


def acquire(session: Session, name: str, holder: str, now: int, for_ms: int) -> bool:
    """Take a lease that is free or has run out, or renew one's own; gives whether it is the holder's now."""
    lease = tables.Lease
    is_ours_to_take = (
        (lease.holder == holder) | (lease.until_ms <= now) | (lease.until_ms > now + for_ms + APART_MS)
    )  # fmt: skip
    taken = session.execute(
        update(lease)
        .where(lease.name == name, is_ours_to_take)
        .values(holder=holder, until_ms=now + for_ms)
        .returning(lease.name)
    ).one_or_none()
    return taken is not None or _is_the_first(session, name, holder, now + for_ms)


def _is_the_first(session: Session, name: str, holder: str, until_ms: int) -> bool:
    made = session.execute(
        insertion(session.get_bind(), tables.Lease)
        .values(name=name, holder=holder, until_ms=until_ms)
        .on_conflict_do_nothing()
        .returning(tables.Lease.name)
    ).one_or_none()
    return made is not None


def release(session: Session, name: str, holder: str) -> None:
    """Let the next one take it at once; nothing happens when it is another's by now."""
    session.execute(delete(tables.Lease).where(tables.Lease.name == name, tables.Lease.holder == holder))
