"""The accounts themselves: made, given another role, reset, disabled; never removed, since histories name them.

Each is called by its name, which never changes. There is always an owner who can sign in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from sqlalchemy import ColumnElement, ScalarResult, Update, exists, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from campaigns import audit, tables, units
from campaigns.errors import NotFound, Refused
from campaigns.staff import passwords, sessions
from campaigns.staff.lock_out import FORGIVEN
from campaigns.staff.model import Role, subject
from campaigns.staff.signing_in import tidy

OWNER_NAME = "admin"
LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account as lists show it."""

    id: int
    name: str
    role: Role
    unit_code: str
    unit: str
    """Of a liaison, with what is above it."""
    one_time: bool
    is_locked: bool
    disabled_ms: int | None
    has_second_step: bool
    recovery_left: int
    """How many recovery codes are still good."""
    created_ms: int
    last_in_ms: int | None
    sessions: int
    """In how many places it is signed in now."""


def add(session: Session, name: str, role: Role, now: int, random: Random, *, unit_code: str = "", by: str = "") -> str:
    """Make an account; gives its one-time password, which nobody can read again.

    Raises Refused for a name that cannot be used or that someone has, for a liaison without a unit and for anybody
    else with one; NotFound for a unit that there is not.
    """
    name = tidy(name)
    if not name or len(name) > LONGEST_NAME or not name.isprintable() or " " in name:
        raise Refused(f"用户名不能为空、不能含空格，最多 {LONGEST_NAME} 个字符，请换一个。")
    unit_id = _unit_of(session, role, unit_code)
    password = passwords.one_time_password(random)
    try:
        with session.begin_nested():
            session.execute(
                insert(tables.Staff).values(
                    name=name,
                    role=role.value,
                    unit_id=unit_id,
                    password_hash=passwords.hashed(password),
                    one_time=True,
                    epoch=1,
                    created_ms=now,
                    recovery=[],
                    totp_step=0,
                    **FORGIVEN,
                )
            )
    except IntegrityError as error:
        raise Refused(f"用户名 {name} 已经有人用了，请换一个；忘了密码的话，请重置那个账号的密码。") from error
    audit.record(session, by, "staff.added", subject(name), now, after=_role_told(role, unit_code))
    return password


def reset(session: Session, name: str, random: Random, now: int, *, by: str = "") -> str:
    """Give an account a new one-time password, end its sessions, and lift a lock. Raises NotFound."""
    password = passwords.one_time_password(random)
    staff_id = _change(
        session, tidy(name), _with_one_time_password(password).values(epoch=tables.Staff.epoch + 1)
    ).one_or_none()
    if staff_id is None:
        raise _nobody(name)
    sessions.end_all(session, staff_id, now)
    audit.record(session, by, "staff.reset", subject(tidy(name)), now)
    return password


def change_role(session: Session, name: str, role: Role, now: int, *, unit_code: str = "", by: str = "") -> None:
    """Give an account another role, or a liaison another unit, and end its sessions.

    Raises NotFound, and Refused for the last owner who can sign in, or a role and a unit that do not go together.
    """
    found = one(session, name, now)
    unit_id = _unit_of(session, role, unit_code)
    before, after = _role_told(found.role, found.unit_code), _role_told(role, unit_code)
    if before == after:
        return
    staff = tables.Staff
    changed = update(staff).values(role=role.value, unit_id=unit_id, epoch=staff.epoch + 1)
    if role is not Role.OWNER:
        changed = changed.where(_leaves_an_owner(session))
    staff_id = _change(session, found.name, changed).one_or_none()
    if staff_id is None:
        raise _last_owner(found.name)
    sessions.end_all(session, staff_id, now)
    audit.record(session, by, "staff.role_changed", subject(found.name), now, before=before, after=after)


def disable(session: Session, name: str, now: int, *, by: str = "") -> None:
    """Let nobody sign in by an account any more, and end its sessions; nothing happens to one that is disabled.

    Raises NotFound, and Refused for the last owner who can sign in.
    """
    found = one(session, name, now)
    if found.disabled_ms is not None:
        return
    staff = tables.Staff
    changed = update(staff).where(_leaves_an_owner(session)).values(disabled_ms=now, epoch=staff.epoch + 1)
    staff_id = _change(session, found.name, changed).one_or_none()
    if staff_id is None:
        raise _last_owner(found.name)
    sessions.end_all(session, staff_id, now)
    audit.record(session, by, "staff.disabled", subject(found.name), now)


def enable(session: Session, name: str, now: int, *, by: str = "") -> None:
    """Let somebody sign in by an account again; nothing happens to one that is not disabled. Raises NotFound."""
    found = one(session, name, now)
    is_disabled = tables.Staff.disabled_ms.is_not(None)
    changed = update(tables.Staff).where(is_disabled).values(disabled_ms=None, **FORGIVEN)
    if _change(session, found.name, changed).one_or_none() is not None:
        audit.record(session, by, "staff.enabled", subject(found.name), now)


def ensure_owner(session: Session, now: int, random: Random) -> str | None:
    """Make the account `admin` if there is no account at all; gives the one-time password to be shown once.

    As long as nobody has changed that first password, every start makes and shows a fresh one: a password that
    scrolled away is no trouble, and one that lies in an old log is worth nothing. Otherwise None.
    """
    if not session.scalar(select(func.count()).select_from(tables.Staff)):
        try:
            return add(session, OWNER_NAME, Role.OWNER, now, random)
        except Refused:
            return None  # a program that started at the same time was quicker, and shows its own
    password = passwords.one_time_password(random)
    unused = tables.Staff.one_time.is_(True) & (tables.Staff.epoch == 1) & tables.Staff.disabled_ms.is_(None)
    if session.scalar(select(tables.Staff.id).where(unused, tables.Staff.name == OWNER_NAME)) is None:
        return None
    renewed = _change(session, OWNER_NAME, _with_one_time_password(password).where(unused))
    staff_id = renewed.one_or_none()
    if staff_id is None:
        return None
    sessions.end_all(session, staff_id, now)
    audit.record(session, "", "staff.reset", subject(OWNER_NAME), now)
    return password


def list_accounts(session: Session, now: int) -> list[AccountLine]:
    """All of them, those that are disabled last, by name."""
    return _lines(session, now)


def one(session: Session, name: str, now: int) -> AccountLine:
    """Raises NotFound."""
    found = _lines(session, now, tables.Staff.name == tidy(name))
    if not found:
        raise _nobody(name)
    return found[0]


def by_id(session: Session, account_id: int, now: int) -> AccountLine:
    """Raises NotFound."""
    found = _lines(session, now, tables.Staff.id == account_id)
    if not found:
        raise NotFound("没有这个账号，请到后台账号的列表里核对。")
    return found[0]


def _lines(session: Session, now: int, *where: ColumnElement[bool]) -> list[AccountLine]:
    staff, unit = tables.Staff, tables.Unit
    rows = session.execute(
        select(staff, unit).outerjoin(unit, unit.id == staff.unit_id).where(*where).order_by(
            staff.disabled_ms.is_not(None), staff.name
        )
    ).all()  # fmt: skip
    above = units.names_above(session, {of.path for _, of in rows if of is not None})
    live = sessions.counts(session, now)
    return [
        AccountLine(
            id=who.id,
            name=who.name,
            role=Role(who.role),
            unit_code=of.code if of else "",
            unit="·".join(filter(None, (above[of.path], of.name))) if of else "",
            one_time=who.one_time,
            is_locked=who.locked_until_ms > now,
            disabled_ms=who.disabled_ms,
            has_second_step=who.totp_sealed is not None,
            recovery_left=len(who.recovery),
            created_ms=who.created_ms,
            last_in_ms=who.last_in_ms,
            sessions=live.get(who.id, 0),
        )
        for who, of in rows
    ]


def _unit_of(session: Session, role: Role, unit_code: str) -> int | None:
    if role is Role.LIAISON:
        if not unit_code:
            raise Refused("单位联络员要填单位代码：他只看得到这个单位和下级单位。")
        return units.find(session, unit_code).id
    if unit_code:
        raise Refused("只有单位联络员要填单位代码，其他角色请把它空着。")
    return None


def _role_told(role: Role, unit_code: str) -> Mapping[str, Any]:
    return {"role": role.value} | ({"unit": unit_code} if unit_code else {})


def _change(session: Session, name: str, changed: Update) -> ScalarResult[int]:
    """The id of the account that was changed; nothing where a condition did not hold."""
    done = session.execute(changed.where(tables.Staff.name == name).returning(tables.Staff.id))
    return done.scalars()


def _leaves_an_owner(session: Session) -> ColumnElement[bool]:
    """That an account may stop being an owner who can sign in: it is none, or there is another one.

    Of two owners who part with each other at the same time, the later waits for the earlier: their rows are locked.
    """
    staff, other = tables.Staff, aliased(tables.Staff)
    is_owner = (staff.role == Role.OWNER.value) & staff.disabled_ms.is_(None)
    session.execute(select(staff.id).where(is_owner).order_by(staff.id).with_for_update()).all()
    another = exists().where(other.role == Role.OWNER.value, other.disabled_ms.is_(None), other.id != staff.id)
    return ~is_owner | another


def _with_one_time_password(password: str) -> Update:
    return update(tables.Staff).values(password_hash=passwords.hashed(password), one_time=True, **FORGIVEN)


def _nobody(name: str) -> NotFound:
    return NotFound(f"没有用户 {name}，请核对用户名。")


def _last_owner(name: str) -> Refused:
    return Refused(f"{name} 是最后一个能登录的管理员，不能停用，也不能换角色：请先让另一个账号当管理员。")
