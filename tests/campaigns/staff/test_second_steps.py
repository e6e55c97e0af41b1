from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from random import Random

import pyotp
import pytest
from sqlalchemy import select

from campaigns import staff, tables
from campaigns.clock import MINUTE, SECOND
from campaigns.errors import Moved, NotFound, Refused
from campaigns.staff import Account, PasswordRefused, Role, SignInRefused, second_steps, sessions
from campaigns.store import Store

NOW = 1_783_126_800_000
SEAL = second_steps.seal_of("a secret of the tests")
SECRET = second_steps.new_secret(Random(7))
STEP = 30 * SECOND


def code_at(now: int, secret: str = SECRET) -> str:
    return pyotp.TOTP(secret).at(now // SECOND)


def add(store: Store, name: str = "李雷") -> str:
    with store.transaction() as session:
        return staff.add(session, name, Role.EDITOR, NOW, Random(1))


def set_up(store: Store, account: Account, code: str = "", now: int = NOW) -> tuple[str, ...]:
    with store.transaction() as session:
        return second_steps.set_up(session, account, SEAL.seal(SECRET), code or code_at(now), SEAL, now, Random(2))


def asked(store: Store, password: str, name: str = "李雷") -> Account:
    """An account with a second step, its password given."""
    set_up(store, staff.sign_in(store, name, password, NOW))
    return staff.sign_in(store, name, password, NOW)


def proves(store: Store, account: Account, code: str, now: int) -> bool:
    try:
        second_steps.prove(store, account, code, SEAL, now)
    except SignInRefused:
        return False
    return True


def row(store: Store) -> tables.Staff:
    with store.reading() as session:
        return session.scalars(select(tables.Staff)).one()


def test_an_app_is_given_the_secret_with_the_product_s_and_the_account_s_name() -> None:
    told = pyotp.parse_uri(second_steps.address(SECRET, "李雷"))
    assert (told.secret, told.issuer, told.name) == (SECRET, "绿答", "李雷")


def test_the_secret_and_the_recovery_codes_are_stored_nowhere_in_plain(records: Store) -> None:
    codes = set_up(records, staff.sign_in(records, "李雷", add(records), NOW))
    kept = str(vars(row(records)))
    assert (len(set(codes)), SECRET in kept, any(code in kept for code in codes)) == (10, False, False)


def test_a_wrong_code_sets_nothing_up(records: Store) -> None:
    account = staff.sign_in(records, "李雷", add(records), NOW)
    for wrong in ("000000", code_at(NOW + 5 * MINUTE), "", "一二三四五六"):
        with pytest.raises(Refused, match="验证码不对"):
            set_up(records, account, wrong or " ")
    assert not staff.sign_in(records, "李雷", staff_password(records), NOW).has_second_step


def staff_password(store: Store) -> str:
    with store.transaction() as session:
        return staff.reset(session, "李雷", Random(5), NOW)


def test_a_second_step_is_set_up_once(records: Store) -> None:
    account = staff.sign_in(records, "李雷", add(records), NOW)
    set_up(records, account)
    with pytest.raises(Moved):
        set_up(records, account)


def test_codes_of_the_step_before_and_after_are_taken_for_clocks_that_differ(store: Store) -> None:
    account = asked(store, add(store))
    later = NOW + 10 * MINUTE
    assert [proves(store, account, code_at(later + off), later) for off in (-2 * STEP, 2 * STEP)] == [False, False]
    assert [proves(store, account, code_at(later + off), later) for off in (-STEP, 0, STEP)] == [True, True, True]


def test_no_code_is_taken_twice_nor_one_before_it(records: Store) -> None:
    account = asked(records, add(records))
    assert not proves(records, account, code_at(NOW), NOW)  # it has set the step up
    later = NOW + MINUTE
    assert proves(records, account, code_at(later), later)
    assert not proves(records, account, code_at(later), later)
    assert not proves(records, account, code_at(later - STEP), later)


def test_a_code_is_read_however_it_is_typed(records: Store) -> None:
    account = asked(records, add(records))
    code = code_at(NOW + MINUTE)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    assert proves(records, account, f" {wide[:3]} {wide[3:]} ", NOW + MINUTE)


@pytest.mark.race
def test_of_one_code_given_at_the_same_time_one_is_taken(store: Store, repeats: int) -> None:
    for turn in range(repeats):
        name = f"race{turn}"
        account = asked(store, add(store, name), name)
        code = code_at(NOW + MINUTE)
        with ThreadPoolExecutor(4) as threads:
            taken = list(threads.map(lambda _: proves(store, account, code, NOW + MINUTE), range(4)))  # noqa: B023
        assert taken.count(True) == 1


def test_a_recovery_code_is_good_once(store: Store) -> None:
    password = add(store)
    codes = set_up(store, staff.sign_in(store, "李雷", password, NOW))
    account = staff.sign_in(store, "李雷", password, NOW)
    assert proves(store, account, codes[3].upper().replace("-", " "), NOW)
    assert not proves(store, account, codes[3], NOW)
    assert len(row(store).recovery) == 9
    with store.reading() as session:
        notes = session.scalars(select(tables.AuditEntry.note).where(tables.AuditEntry.what == "staff.recovery_used"))
        assert notes.all() == ["还剩 9 个"]


def test_new_recovery_codes_are_good_instead_of_the_old_ones(records: Store) -> None:
    password = add(records)
    old = set_up(records, staff.sign_in(records, "李雷", password, NOW))
    account = staff.sign_in(records, "李雷", password, NOW)
    with records.transaction() as session:
        new = second_steps.renew_recovery_codes(session, account, NOW, Random(9))
    assert [proves(records, account, one[0], NOW) for one in (old, new)] == [False, True]


def test_passwords_and_codes_share_the_tries_so_that_a_known_password_gives_no_more_guesses(records: Store) -> None:
    password = add(records)
    account = asked(records, password)  # charged once: the right password alone takes nothing back
    for turn in range(2):
        assert not proves(records, account, "000000", NOW)
        assert staff.sign_in(records, "李雷", password, NOW) == account, turn
    with pytest.raises(SignInRefused):
        staff.sign_in(records, "李雷", password, NOW)
    assert not proves(records, account, code_at(NOW + MINUTE), NOW + MINUTE)
    later = NOW + 16 * MINUTE
    assert proves(records, account, code_at(later), later)
    assert (row(records).failures, row(records).locked_until_ms) == (0, 0)


def test_whoever_sits_at_a_session_and_knows_the_password_has_no_more_guesses_either(records: Store) -> None:
    password = add(records)
    account = asked(records, password)  # charged once
    for _ in range(3):
        assert not proves(records, account, "000000", NOW)
        with pytest.raises(PasswordRefused):
            staff.change_password(records, account, password, "too short", NOW)
    staff.change_password(records, account, password, "correct horse battery", NOW)
    assert row(records).locked_until_ms > NOW
    assert not proves(records, account, code_at(NOW + MINUTE), NOW + MINUTE)


def test_who_gave_the_password_before_a_second_step_was_set_up_does_not_come_in_without_it(records: Store) -> None:
    password = add(records)
    by_password_alone = staff.sign_in(records, "李雷", password, NOW)
    set_up(records, by_password_alone)
    with records.transaction() as session, pytest.raises(Moved):
        sessions.begin(session, by_password_alone, "k", NOW)


def test_a_lock_by_wrong_codes_is_written_down(records: Store) -> None:
    account = asked(records, add(records))
    for _ in range(4):
        proves(records, account, "000000", NOW)
    with records.reading() as session:
        said = session.scalars(select(tables.AuditEntry.what).order_by(tables.AuditEntry.id.desc()).limit(1)).one()
    assert said == "staff.locked"


def test_an_owner_lifts_the_second_step_of_whoever_lost_the_phone(records: Store) -> None:
    password = add(records)
    account = asked(records, password)
    with records.transaction() as session:
        sessions.begin(session, account, "k", NOW)
    with records.transaction() as session:
        second_steps.lift(session, "李雷", NOW, by="admin")
    with records.reading() as session:
        assert sessions.find(session, "k", NOW) is None
    assert not staff.sign_in(records, "李雷", password, NOW).has_second_step
    with records.transaction() as session, pytest.raises(NotFound):
        second_steps.lift(session, "李雷", NOW, by="admin")


def test_sealed_under_another_secret_no_code_is_right(records: Store) -> None:
    account = asked(records, add(records))
    with pytest.raises(SignInRefused):
        second_steps.prove(records, account, code_at(NOW + MINUTE), second_steps.seal_of("another"), NOW + MINUTE)
