from __future__ import annotations

from random import Random

import pytest
from sqlalchemy import select

from campaigns import staff, tables
from campaigns.clock import DAY, HOUR, MINUTE
from campaigns.editions import Editions
from campaigns.errors import Moved, NotFound
from campaigns.staff import Account, Role, sessions
from campaigns.standings import Ranking
from campaigns.store import Store
from campaigns.stores import Stores

NOW = 1_783_126_800_000
GOOD = "三棵白杨站在路边" + "2026"


@pytest.fixture
def password(records: Store) -> str:
    """Of the editor 李雷."""
    with records.transaction() as session:
        return staff.add(session, "李雷", Role.EDITOR, NOW, Random(1))


@pytest.fixture
def account(records: Store, password: str) -> Account:
    return staff.sign_in(records, "李雷", password, NOW)


def begin(store: Store, account: Account, key: str, now: int = NOW) -> None:
    with store.transaction() as session:
        sessions.begin(session, account, key, now, address="10.0.0.7", agent="Firefox " + "x" * 400)


def found(store: Store, key: str, now: int = NOW) -> sessions.SignedIn | None:
    with store.reading() as session:
        return sessions.find(session, key, now)


def live(store: Store, keys: str, now: int = NOW) -> str:
    return "".join(key for key in keys if found(store, key, now))


def test_a_session_is_found_by_its_key_which_is_stored_nowhere(records: Store, account: Account) -> None:
    begin(records, account, "the key")
    session = found(records, "the key")
    assert session is not None
    assert session.account == account
    assert found(records, "another key") is None
    with records.reading() as reading:
        row = reading.scalars(select(tables.StaffSession)).one()
        assert "the key" not in str(vars(row))
        assert (row.address, len(row.agent)) == ("10.0.0.7", 255)
        assert staff.one(reading, "李雷", NOW).last_in_ms == NOW


def test_a_session_that_is_not_used_for_half_an_hour_is_over(records: Store, account: Account) -> None:
    begin(records, account, "k")
    session = found(records, "k", NOW + 30 * MINUTE)
    assert session is not None
    assert found(records, "k", NOW + 30 * MINUTE + 1) is None
    with records.transaction() as writing:
        sessions.touch(writing, session, NOW + 30 * MINUTE)
    assert found(records, "k", NOW + 60 * MINUTE) is not None


def test_a_session_that_is_used_all_the_time_is_over_after_twelve_hours(records: Store, account: Account) -> None:
    begin(records, account, "k")
    for passed in range(25 * MINUTE, 12 * HOUR, 25 * MINUTE):
        session = found(records, "k", NOW + passed)
        assert session is not None
        with records.transaction() as writing:
            sessions.touch(writing, session, NOW + passed)
    assert found(records, "k", NOW + 12 * HOUR) is None


def test_a_new_password_ends_all_sessions_but_the_one_that_it_was_given_in(
    records: Store, account: Account, password: str
) -> None:
    for key in "abc":
        begin(records, account, key)
    here = found(records, "b")
    assert here is not None
    staff.change_password(records, account, password, GOOD, NOW, here=here.id)
    assert live(records, "abc") == "b"


def test_a_reset_ends_all_sessions(records: Store, account: Account) -> None:
    begin(records, account, "a")
    with records.transaction() as session:
        staff.reset(session, "李雷", Random(2), NOW)
    assert live(records, "a") == ""


def test_who_proved_themselves_before_a_reset_cannot_begin_a_session_after_it(records: Store, account: Account) -> None:
    with records.transaction() as session:
        staff.reset(session, "李雷", Random(2), NOW)
    with pytest.raises(Moved):
        begin(records, account, "a")


def test_sessions_are_listed_and_ended_one_by_one_or_all_but_one(records: Store, account: Account) -> None:
    for number, key in enumerate("abcd"):
        begin(records, account, key, NOW + number)
    with records.reading() as session:
        listed = [one.id for one in sessions.places(session, account.id, NOW + 9)]
        assert sessions.counts(session, NOW + 9) == {account.id: 4}
    assert listed == sorted(listed, reverse=True)
    with records.transaction() as session:
        sessions.revoke(session, "李雷", listed[0], NOW + 9, by="admin")
    assert live(records, "abcd") == "abc"
    with records.transaction() as session:
        assert sessions.revoke_all(session, "李雷", NOW + 9, but=listed[1], by="admin") == 2
    assert live(records, "abcd") == "c"


def test_a_session_of_somebody_else_cannot_be_ended_by_its_number(records: Store, account: Account) -> None:
    begin(records, account, "a")
    with records.transaction() as session:
        staff.add(session, "other", Role.VIEWER, NOW, Random(3))
        (place,) = sessions.places(session, account.id, NOW)
    with records.transaction() as session, pytest.raises(NotFound):
        sessions.revoke(session, "other", place.id, NOW)
    assert live(records, "a") == "a"


def test_where_somebody_was_signed_in_is_forgotten_after_half_a_year(records: Store, account: Account) -> None:
    stores = Stores(records, Ranking(records, None), Editions())
    begin(records, account, "a")
    assert sessions.forget(stores, NOW + 180 * DAY) == 0
    assert sessions.forget(stores, NOW + 180 * DAY + 1) == 1
