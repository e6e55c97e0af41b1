from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from campaigns import staff, tables
from campaigns.clock import MINUTE
from campaigns.errors import Moved, NotFound, Refused
from campaigns.staff import Account, PasswordRefused, Role, SignInRefused, passwords
from campaigns.store import Store

NOW = 1_783_126_800_000
GOOD = "三棵白杨站在路边" + "2026"


def add(store: Store, name: str = "李雷", role: Role = Role.EDITOR) -> str:
    with store.transaction() as session:
        return staff.add(session, name, role, NOW, Random(1))


def account(store: Store, name: str = "李雷") -> tables.Staff:
    with store.reading() as session:
        return session.execute(select(tables.Staff).where(tables.Staff.name == name)).scalar_one()


def refusals(store: Store, password: str, times: int, now: int = NOW) -> None:
    for _ in range(times):
        with pytest.raises(SignInRefused):
            staff.sign_in(store, "李雷", password, now)


def test_a_new_account_signs_in_with_its_one_time_password(store: Store) -> None:
    password = add(store)
    found = staff.sign_in(store, " 李雷 ", password, NOW)
    assert found == Account(found.id, "李雷", Role.EDITOR, one_time=True, epoch=1)


def test_the_password_itself_is_stored_nowhere(store: Store) -> None:
    password = add(store)
    assert account(store).password_hash.startswith("$argon2id$")
    assert password not in account(store).password_hash


def test_five_wrong_passwords_lock_the_account_for_fifteen_minutes_even_for_the_right_one(store: Store) -> None:
    password = add(store)
    refusals(store, "wrong", staff.FAILURES_ALLOWED)
    refusals(store, password, 1, NOW + 15 * MINUTE - 1)
    assert staff.sign_in(store, "李雷", password, NOW + 15 * MINUTE).name == "李雷"


def test_a_right_password_takes_back_the_failures_before_it(store: Store) -> None:
    password = add(store)
    for _ in range(3):
        refusals(store, "wrong", staff.FAILURES_ALLOWED - 1)
        staff.sign_in(store, "李雷", password, NOW)
    assert (account(store).failures, account(store).locked_until_ms) == (0, 0)


def test_unknown_names_and_wrong_passwords_and_locked_accounts_are_refused_in_the_same_words(store: Store) -> None:
    password = add(store)
    sentences = set()
    for name, given in [("nobody", password), *[("李雷", "wrong")] * 6]:
        with pytest.raises(SignInRefused) as refused:
            staff.sign_in(store, name, given, NOW)
        sentences.add(str(refused.value))
    assert len(sentences) == 1


def test_a_name_that_nobody_has_costs_a_hash_all_the_same(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[str] = []
    real = passwords.HASHER

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]
            verified.append(str(hash))
            return real.verify(hash, password)

    monkeypatch.setattr(passwords, "HASHER", Counting(time_cost=1, memory_cost=8, parallelism=1))
    with pytest.raises(SignInRefused):
        staff.sign_in(store, "nobody", "whatever it is", NOW)
    assert len(verified) == 1


def test_an_enormous_password_is_refused_like_any_wrong_one(store: Store) -> None:
    add(store)
    refusals(store, "长" * 1_000_000, 1)


@pytest.mark.race
def test_guesses_made_at_the_same_time_share_the_five_tries(store: Store, repeats: int) -> None:
    for turn in range(repeats):
        name = f"race{turn}"
        password = add(store, name)

        def guess(given: str, name: str = name) -> bool:
            try:
                return bool(staff.sign_in(store, name, given, NOW))
            except SignInRefused:
                return False

        with ThreadPoolExecutor(8) as threads:
            assert not any(threads.map(guess, ["wrong"] * 8))
        assert account(store, name).locked_until_ms == NOW + staff.LOCKED_MS
        assert not guess(password)


def test_a_changed_password_ends_the_sessions_that_carry_the_old_epoch(store: Store) -> None:
    first = staff.sign_in(store, "李雷", old := add(store), NOW)
    changed = staff.change_password(store, first, old, GOOD, NOW)
    assert (changed.one_time, changed.epoch) == (False, 2)
    with store.reading() as session:
        assert staff.find_account(session, first.id, first.epoch) is None
        assert staff.find_account(session, first.id, changed.epoch) == changed
    assert staff.sign_in(store, "李雷", GOOD, NOW) == changed
    refusals(store, old, 1)


def test_the_old_password_is_asked_for_and_its_failures_count(store: Store) -> None:
    who = staff.sign_in(store, "李雷", add(store), NOW)
    for _ in range(staff.FAILURES_ALLOWED):
        with pytest.raises(SignInRefused):
            staff.change_password(store, who, "wrong", GOOD, NOW)
    assert account(store).locked_until_ms > NOW


def test_of_two_changes_at_once_the_later_is_told_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    who = staff.sign_in(store, "李雷", old := add(store), NOW)
    matches: Callable[[str, str], bool] = passwords.matches

    def meanwhile(stored: str, password: str) -> bool:
        with store.transaction() as session:
            staff.reset(session, "李雷", Random(2), NOW)
        return matches(stored, password)

    monkeypatch.setattr(passwords, "matches", meanwhile)
    with pytest.raises(Moved):
        staff.change_password(store, who, old, GOOD, NOW)


def test_the_old_password_is_no_new_one(store: Store) -> None:
    who = staff.sign_in(store, "李雷", old := add(store), NOW)
    with pytest.raises(PasswordRefused, match="一样"):
        staff.change_password(store, who, old, old, NOW)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("短了一点点", "至少"),
        ("长" * 300, "最多"),
        ("LiLei20260704", "用户名"),
        ("Password123", "常见"),
        ("password1234", "常见"),
        ("admin2026!!", "常见"),
        ("P@ssw0rd-2026", "常见"),
        ("Ｑｗｅｒｔｙ１２３４５", "常见"),
        ("管理员20260704", "常见"),
        ("a123456789", "常见"),
        ("aaaaaaaaaaaa", "常见"),
        ("1212121212", "常见"),
    ],
)
def test_passwords_that_are_easily_guessed_are_refused(password: str, reason: str) -> None:
    with pytest.raises(PasswordRefused, match=reason):
        staff.check_password("lilei", password)


@pytest.mark.parametrize("password", ["correct horse battery", "三棵白杨站在路边不动啊", "lilei likes 27 trees"])
def test_long_unusual_passwords_are_accepted(password: str) -> None:
    staff.check_password("lilei", password)
    assert len(password) >= staff.SHORTEST_PASSWORD


def test_a_name_is_given_once(store: Store) -> None:
    add(store)
    with pytest.raises(Refused, match="已经有人用了"):
        add(store)


@pytest.mark.parametrize("name", ["", " ", "有 空格", "x" * 65, "换\n行"])
def test_names_that_cannot_be_typed_are_refused(store: Store, name: str) -> None:
    with pytest.raises(Refused, match="用户名"):
        add(store, name)


def test_a_reset_lifts_the_lock_and_ends_sessions(store: Store) -> None:
    who = staff.sign_in(store, "李雷", add(store), NOW)
    refusals(store, "wrong", staff.FAILURES_ALLOWED)
    with store.transaction() as session:
        password = staff.reset(session, "李雷", Random(2), NOW)
    again = staff.sign_in(store, "李雷", password, NOW)
    assert (again.one_time, again.epoch) == (True, who.epoch + 1)


def test_nobody_can_be_reset_who_does_not_exist(store: Store) -> None:
    with store.transaction() as session, pytest.raises(NotFound, match="韩梅梅"):
        staff.reset(session, "韩梅梅", Random(2), NOW)


def ensure(store: Store, seed: int) -> str | None:
    with store.transaction() as session:
        return staff.ensure_owner(session, NOW, Random(seed))


def test_the_first_start_makes_the_owner(store: Store) -> None:
    password = ensure(store, 1)
    assert password is not None
    assert staff.sign_in(store, "admin", password, NOW).role is Role.OWNER


def test_every_start_shows_a_fresh_password_until_somebody_has_changed_it(store: Store) -> None:
    first, second = ensure(store, 1), ensure(store, 2)
    assert first is not None
    assert second is not None
    with pytest.raises(SignInRefused):
        staff.sign_in(store, "admin", first, NOW)
    owner = staff.sign_in(store, "admin", second, NOW)
    staff.change_password(store, owner, second, GOOD, NOW)
    assert ensure(store, 3) is None
    assert staff.sign_in(store, "admin", GOOD, NOW).role is Role.OWNER


def test_a_password_that_a_person_was_told_outlives_a_start(store: Store) -> None:
    ensure(store, 1)
    with store.transaction() as session:
        told = staff.reset(session, "admin", Random(2), NOW)
    assert ensure(store, 3) is None
    assert staff.sign_in(store, "admin", told, NOW).one_time


def test_no_owner_is_made_where_there_are_accounts(store: Store) -> None:
    add(store)
    assert ensure(store, 1) is None
