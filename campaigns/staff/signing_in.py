"""Whose name and password these are; and a new password in place of the old one.

Whoever calls with a Store, and not with a session, does so because hashing takes as long as dozens of answers: no
transaction is open meanwhile, and a failure is counted by its own commit.
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace

from sqlalchemy import update
from sqlalchemy.orm import Session

from campaigns import audit, tables
from campaigns.errors import Moved
from campaigns.staff import passwords, sessions
from campaigns.staff.lock_out import FORGIVEN, charge, tell_lock
from campaigns.staff.model import Account, PasswordRefused, SignInRefused, account_of, subject
from campaigns.store import Store

_WRONG = "用户名或密码不对；连续输错 5 次会锁定 15 分钟。请核对后再试，忘记密码请联系管理员重置。"


def sign_in(store: Store, name: str, password: str, now: int) -> Account:
    """Whose name and password these are. Raises SignInRefused.

    A try is counted before it is judged; a right one takes the count back, unless there is a second step to pass: then
    that does, or whoever knows the password could guess codes for ever. A name that does not exist costs a hash all
    the same.
    """
    account = _proven(store, name, password, now)
    if not account.has_second_step:
        with store.transaction() as session:
            _forgive(session, account)
    return account


def find_account(session: Session, account_id: int, epoch: int) -> Account | None:
    """An account that proved who it is a moment ago; None when it is gone or has been changed since."""
    staff = session.get(tables.Staff, account_id)
    if staff is None or staff.epoch != epoch or staff.disabled_ms is not None:
        return None
    return account_of(staff)


def change_password(
    store: Store, account: Account, old: str, new: str, now: int, *, here: int | None = None
) -> Account:
    """Give a new password; all sessions of the account but the one with the id `here` are over.

    Raises SignInRefused for a wrong old one (counted like a sign-in), PasswordRefused for a new one that is not good
    enough, Moved when the account was changed meanwhile.
    """
    passwords.check_password(account.name, new)
    if new == old:
        raise PasswordRefused("新密码和旧密码一样，请换一个。")
    proven = _proven(store, account.name, old, now)
    if not proven.has_second_step:  # as in `sign_in`: whoever sits at it with the password could guess codes for ever
        with store.transaction() as session:
            _forgive(session, proven)
    hashed = passwords.hashed(new)
    staff = tables.Staff
    with store.transaction() as session:
        changed = session.execute(
            update(staff)
            .where(staff.id == proven.id, staff.epoch == proven.epoch)
            .values(password_hash=hashed, one_time=False, epoch=staff.epoch + 1)
            .returning(staff.epoch)
        ).scalar_one_or_none()
        if changed is None:
            raise Moved("密码刚刚在别处改过，请重新登录。")
        sessions.end_all(session, proven.id, now, but=here)
        audit.record(session, proven.name, "staff.password_changed", subject(proven.name), now)
    return replace(proven, one_time=False, epoch=changed)


def tidy(name: str) -> str:
    """A name as it is kept, however it was typed."""
    return unicodedata.normalize("NFKC", name).strip()


def _proven(store: Store, name: str, password: str, now: int) -> Account:
    with store.transaction() as session:
        charged = charge(session, tables.Staff.name == tidy(name), now)
        if charged is not None:
            session.expunge(charged)
    is_right = passwords.matches(charged.password_hash if charged else passwords.nobody_s_hash(), password)
    if charged is None:
        raise SignInRefused(_WRONG)
    if not is_right:
        with store.transaction() as session:
            tell_lock(session, charged, now)
        raise SignInRefused(_WRONG)
    if charged.disabled_ms is not None:
        raise SignInRefused("这个账号已停用，需要的话请联系管理员启用。")
    return account_of(charged)


def _forgive(session: Session, account: Account) -> None:
    staff = tables.Staff
    session.execute(update(staff).where(staff.id == account.id, staff.epoch == account.epoch).values(**FORGIVEN))
