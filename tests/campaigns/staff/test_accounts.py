from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import staff, tables
from campaigns.errors import NotFound, Refused
from campaigns.staff import Account, Role, SignInRefused, sessions
from campaigns.store import Store

NOW = 1_783_126_800_000


def add(store: Store, name: str, role: Role = Role.EDITOR, unit_code: str = "") -> str:
    with store.transaction() as session:
        return staff.add(session, name, role, NOW, Random(1), unit_code=unit_code, by="admin")


def signed_in(store: Store, name: str, password: str) -> Account:
    """Signed in with the name as the key."""
    account = staff.sign_in(store, name, password, NOW)
    with store.transaction() as session:
        sessions.begin(session, account, name, NOW)
    return account


def do(store: Store, deed: Callable[[Session], object]) -> None:
    with store.transaction() as session:
        deed(session)


def told(store: Store) -> list[tuple[str, str, object, object]]:
    """What the audit log holds, the oldest first."""
    entry = tables.AuditEntry
    with store.reading() as session:
        rows = session.execute(select(entry.what, entry.by, entry.before, entry.after).order_by(entry.id))
        return [tuple(row) for row in rows]


def is_in(store: Store, names: Iterable[str]) -> list[bool]:
    with store.reading() as session:
        return [sessions.find(session, name, NOW) is not None for name in names]


def test_a_liaison_has_a_unit_and_nobody_else_has(records: Store) -> None:
    password = add(records, "王联络", Role.LIAISON, "U01")
    assert staff.sign_in(records, "王联络", password, NOW).unit_id is not None
    with pytest.raises(Refused, match="要填单位代码"):
        add(records, "b", Role.LIAISON)
    with pytest.raises(Refused, match="只有单位联络员"):
        add(records, "b", Role.VIEWER, "U01")
    with pytest.raises(NotFound, match="U99"):
        add(records, "b", Role.LIAISON, "U99")
    with records.reading() as session:
        (line,) = staff.list_accounts(session, NOW)
    assert (line.unit_code, line.unit, line.role) == ("U01", "市财政局", Role.LIAISON)


def test_another_role_ends_the_sessions_and_is_written_down(records: Store) -> None:
    account = signed_in(records, "a", add(records, "a"))
    do(records, lambda session: staff.change_role(session, "a", Role.LIAISON, NOW, unit_code="U01", by="admin"))
    assert is_in(records, ["a"]) == [False]
    with records.reading() as session:
        assert staff.find_account(session, account.id, account.epoch) is None
    assert told(records)[-1] == (
        "staff.role_changed",
        "admin",
        {"role": "editor"},
        {"role": "liaison", "unit": "U01"},
    )


def test_the_role_that_somebody_has_already_changes_nothing(records: Store) -> None:
    signed_in(records, "a", add(records, "a"))
    do(records, lambda session: staff.change_role(session, "a", Role.EDITOR, NOW))
    assert is_in(records, ["a"]) == [True]


def test_nobody_signs_in_by_a_disabled_account_until_it_is_enabled(records: Store) -> None:
    password = add(records, "a")
    signed_in(records, "a", password)
    do(records, lambda session: staff.disable(session, "a", NOW, by="admin"))
    do(records, lambda session: staff.disable(session, "a", NOW, by="admin"))
    assert is_in(records, ["a"]) == [False]
    with pytest.raises(SignInRefused, match="已停用"):
        staff.sign_in(records, "a", password, NOW)
    with pytest.raises(SignInRefused, match="用户名或密码不对"):
        staff.sign_in(records, "a", "wrong", NOW)
    do(records, lambda session: staff.enable(session, "a", NOW, by="admin"))
    assert staff.sign_in(records, "a", password, NOW).name == "a"
    assert [what for what, *_ in told(records)] == ["staff.added", "staff.signed_in", "staff.disabled", "staff.enabled"]


@pytest.mark.parametrize(
    "deed",
    [
        lambda session: staff.disable(session, "boss", NOW),
        lambda session: staff.change_role(session, "boss", Role.VIEWER, NOW),
    ],
)
def test_the_last_owner_who_can_sign_in_stays_one(records: Store, deed: Callable[[Session], None]) -> None:
    add(records, "boss", Role.OWNER)
    add(records, "second", Role.OWNER)
    do(records, lambda session: staff.disable(session, "second", NOW))
    with pytest.raises(Refused, match="最后一个能登录的管理员"):
        do(records, deed)
    do(records, lambda session: staff.enable(session, "second", NOW))
    do(records, deed)


@pytest.mark.race
def test_of_two_owners_who_disable_each_other_at_once_one_remains(store: Store, repeats: int) -> None:
    for turn in range(repeats):
        names = [f"a{turn}", f"b{turn}"]
        for name in names:
            add(store, name, Role.OWNER)
        together = Barrier(2)

        def disable(name: str, together: Barrier = together) -> bool:
            together.wait()
            try:
                do(store, lambda session: staff.disable(session, name, NOW))
            except Refused:
                return False
            return True

        with ThreadPoolExecutor(2) as threads:
            assert sorted(threads.map(disable, names)) == [False, True]
        with store.transaction() as session:
            for left in session.scalars(select(tables.Staff)):
                left.role = "viewer"


def test_an_account_that_is_not_there_is_told_by_its_name(records: Store) -> None:
    for deed in (staff.disable, staff.enable):
        with pytest.raises(NotFound, match="nobody"), records.transaction() as session:
            deed(session, "nobody", NOW)
