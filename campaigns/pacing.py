"""So many a second and no more, all processes together: what a gateway's contract allows."""

from __future__ import annotations

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaigns.store import Store
from campaigns.tables import Lease

_NOBODY = ""


def next_turn(store: Store, name: str, step_ms: int, now: int, patience_ms: int) -> int:
    """The next free moment, at least `step_ms` after the one taken before; it is taken if it is at most `patience_ms`
    ahead, and else left to whoever comes then.

    The row's conditional UPDATE decides between two processes that ask at once.
    """
    while True:
        with store.transaction() as session:
            turn = _take(session, name, step_ms, now, patience_ms)
        if turn is not None:
            return turn


def _take(session: Session, name: str, step_ms: int, now: int, patience_ms: int) -> int | None:
    """None where another process was quicker."""
    free = session.scalar(select(Lease.until_ms).where(Lease.name == name))
    turn = max(now, free or 0)
    if turn - now > patience_ms:
        return turn
    if free is None:
        try:
            with session.begin_nested():
                session.execute(insert(Lease).values(name=name, holder=_NOBODY, until_ms=turn + step_ms))
        except IntegrityError:
            return None
        return turn
    taken = session.execute(
        update(Lease).where(Lease.name == name, Lease.until_ms == free).values(until_ms=turn + step_ms)
        .returning(Lease.name)
    ).one_or_none()  # fmt: skip
    return None if taken is None else turn
