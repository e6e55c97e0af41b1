"""Where accounts are signed in: one row a browser, found by a key that only the browser holds.

A session is over when nothing was asked in it for half an hour, twelve hours after it began, when it is signed out or
revoked, and when its account is disabled, reset, or given another role or password.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.orm import Session

from campaigns import audit, tables
from campaigns.banks.storable import cleaned, line
from campaigns.clock import DAY, HOUR, MINUTE
from campaigns.errors import Moved, NotFound
from campaigns.staff.model import Account, account_of, subject
from campaigns.stores import Stores

IDLE_MS = 30 * MINUTE
LASTS_MS = 12 * HOUR
SEEN_GRAIN_MS = MINUTE
"""How often it is written down that a busy session is still used."""
KEPT_MS = 180 * DAY
"""How long it is known who was signed in where."""
_ADDRESS_LENGTH = 64


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that is not over, and whose it is."""

    id: int
    account: Account
    seen_ms: int


@dataclass(frozen=True, slots=True)
class Place:
    """A session as its account, and the owner, see it."""

    id: int
    begun_ms: int
    seen_ms: int
    address: str
    agent: str
    """What the browser calls itself."""


def begin(session: Session, account: Account, key: str, now: int, *, address: str = "", agent: str = "") -> None:
    """Sign an account in, whose browser will show `key`; keys are random, of at least 128 bits, and used once.

    Raises Moved when the account was changed after it proved who it is.
    """
    staff = tables.Staff
    is_as_it_was = (staff.id == account.id) & (staff.epoch == account.epoch) & staff.disabled_ms.is_(None)
    found = session.execute(update(staff).where(is_as_it_was).values(last_in_ms=now).returning(staff.id)).one_or_none()
    if found is None:
        raise Moved("账号刚刚有变化，请重新登录。")
    session.execute(
        insert(tables.StaffSession).values(
            key_hash=_hashed(key),
            staff_id=account.id,
            begun_ms=now,
            seen_ms=now,
            address=cleaned(address)[:_ADDRESS_LENGTH],
            agent=line(agent),
        )
    )
    audit.record(session, account.name, "staff.signed_in", subject(account.name), now)


def find(session: Session, key: str, now: int) -> SignedIn | None:
    """The session of a key; None when there is none, or it is over."""
    staff, place = tables.Staff, tables.StaffSession
    row = session.execute(
        select(staff, place.id, place.seen_ms)
        .join(place, place.staff_id == staff.id)
        .where(place.key_hash == _hashed(key), staff.disabled_ms.is_(None), *_is_live(now))
    ).one_or_none()
    return SignedIn(row.id, account_of(row.Staff), row.seen_ms) if row else None


def touch(session: Session, found: SignedIn, now: int) -> None:
    """Write down that a session is used; call it when `SEEN_GRAIN_MS` have passed since it was."""
    place = tables.StaffSession
    session.execute(update(place).where(place.id == found.id, place.seen_ms < now).values(seen_ms=now))


def end(session: Session, found: SignedIn, now: int) -> None:
    """Sign out."""
    if _end(session, tables.StaffSession.id == found.id, now):
        audit.record(session, found.account.name, "staff.signed_out", subject(found.account.name), now)


def revoke(session: Session, name: str, place_id: int, now: int, *, by: str = "") -> None:
    """End one session of an account. Raises NotFound for one that is not its, or is over."""
    place, staff = tables.StaffSession, tables.Staff
    of_account = place.staff_id.in_(select(staff.id).where(staff.name == name))
    if not _end(session, (place.id == place_id) & of_account, now):
        raise NotFound("这个登录已经不在了，请看现在的列表。")
    audit.record(session, by, "staff.session_revoked", subject(name), now, note="1 处")


def revoke_all(session: Session, name: str, now: int, *, but: int | None = None, by: str = "") -> int:
    """End the sessions of an account, `but` one; gives how many. Raises NotFound for a name that nobody has."""
    staff_id = session.scalar(select(tables.Staff.id).where(tables.Staff.name == name))
    if staff_id is None:
        raise NotFound(f"没有用户 {name}，请核对用户名。")
    ended = end_all(session, staff_id, now, but=but)
    audit.record(session, by, "staff.session_revoked", subject(name), now, note=f"{ended} 处")
    return ended


def end_all(session: Session, staff_id: int, now: int, *, but: int | None = None) -> int:
    """What follows a change of the account, and is told with it; gives how many were ended.

    Its row must have been changed before in the same transaction: a sign-in that was under way then waits, and is
    refused, or is done, and is ended here.
    """
    place = tables.StaffSession
    whose = (place.staff_id == staff_id) & place.ended_ms.is_(None)
    return _end(session, whose if but is None else whose & (place.id != but), now)


def places(session: Session, staff_id: int, now: int) -> list[Place]:
    """Where an account is signed in now, the last used first."""
    place = tables.StaffSession
    rows = session.execute(
        select(place.id, place.begun_ms, place.seen_ms, place.address, place.agent)
        .where(place.staff_id == staff_id, *_is_live(now))
        .order_by(place.seen_ms.desc(), place.id.desc())
    )
    return [Place(*row) for row in rows]


def counts(session: Session, now: int) -> dict[int, int]:
    """By account, how many sessions it has now."""
    place = tables.StaffSession
    rows = session.execute(select(place.staff_id, func.count()).where(*_is_live(now)).group_by(place.staff_id))
    return {row[0]: row[1] for row in rows}


def forget(stores: Stores, now: int) -> int:
    """Remove the sessions that began half a year ago; gives how many. A tick of the worker."""
    place = tables.StaffSession
    with stores.sql.transaction() as session:
        gone = session.execute(delete(place).where(place.begun_ms < now - KEPT_MS).returning(place.id))
        return len(gone.all())


def _is_live(now: int) -> tuple[ColumnElement[bool], ...]:
    place = tables.StaffSession
    return (place.ended_ms.is_(None), place.seen_ms >= now - IDLE_MS, place.begun_ms > now - LASTS_MS)


def _end(session: Session, which: ColumnElement[bool], now: int) -> int:
    place = tables.StaffSession
    ended = session.execute(
        update(place).where(which, place.ended_ms.is_(None)).values(ended_ms=now).returning(place.id)
    )
    return len(ended.all())


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
