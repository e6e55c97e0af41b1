"""Guesses, counted: a try is charged before it is judged, so that parallel ones have no more than the allowed number
between them; passwords and codes of the second step share it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Update, case, update
from sqlalchemy.orm import Session

from campaigns import audit, tables
from campaigns.clock import MINUTE
from campaigns.staff.model import subject

FAILURES_ALLOWED = 5
LOCKED_MS = 15 * MINUTE
FORGIVEN: dict[str, Any] = {"failures": 0, "locked_until_ms": 0}
"""What takes the count back."""


def charge(session: Session, who: ColumnElement[bool], now: int) -> tables.Staff | None:
    """Count a try; gives the account as it is then, or None for one that is locked, or is none."""
    options = {"populate_existing": True, "synchronize_session": False}
    return session.scalars(_charge(who, now), execution_options=options).one_or_none()


def tell_lock(session: Session, staff: tables.Staff, now: int) -> None:
    """Write down that a wrong try was the last, if it was."""
    if staff.locked_until_ms > now:
        audit.record(session, "", "staff.locked", subject(staff.name), now)


def _charge(who: ColumnElement[bool], now: int) -> Any:  # noqa: ANN401 — SQLAlchemy's own name for it has no home
    staff = tables.Staff
    last = staff.failures + 1 >= FAILURES_ALLOWED
    charged: Update = (
        update(staff)
        .where(who, staff.locked_until_ms <= now)
        .values(
            failures=case((last, 0), else_=staff.failures + 1),
            locked_until_ms=case((last, now + LOCKED_MS), else_=staff.locked_until_ms),
        )
    )
    return charged.returning(staff)
