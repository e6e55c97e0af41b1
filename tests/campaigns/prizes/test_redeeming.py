from __future__ import annotations

from collections.abc import Iterator

import pytest
from award_made import CLAIM_SEAL, GUEST, LI, WON, ZHANG, make_winners, won_with_code
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from campaigns import people
from campaigns.clock import DAY, MINUTE
from campaigns.errors import CodeRefused
from campaigns.prizes import awards, claims
from campaigns.prizes.codes import shown_code
from campaigns.prizes.redeeming import LOCKED, WRONG, look_up, redeem
from campaigns.store import Store, open_store
from campaigns.tables import Award, CodeTry

NO_CODE = "0000-0000-0000-0000"


def refusal(store: Store, code: str = NO_CODE, now: int = WON, by: str = "desk") -> str:
    with pytest.raises(CodeRefused) as refused:
        look_up(store, by, code, now)
    return str(refused.value)


def redeemed(store: Store) -> tuple[int | None, str]:
    with store.reading() as session:
        row = session.execute(select(Award.redeemed_ms, Award.redeemed_by)).one()
    return row.redeemed_ms, row.redeemed_by


def test_looking_a_code_up_tells_prize_and_masked_winner_and_hands_nothing_out(store: Store) -> None:
    make_winners(store)
    _, code = won_with_code(store, ZHANG)
    found = look_up(store, "desk", f" {shown_code(code).lower()} ", WON + 5)
    assert (found.prize, found.group, found.campaign) == ("保温杯", "现场奖", "节能宣传周有奖答题")
    assert (found.winner, found.unit, found.state) == ("张*明", "市财政局", "awarded")
    assert found.may_be_redeemed
    assert redeemed(store) == (None, "")
    _, of_a_guest = won_with_code(store, GUEST)
    assert look_up(store, "desk", of_a_guest, WON).winner.startswith("参与者")
    with store.transaction() as session:
        people.merge(session, GUEST, LI, WON)
    assert look_up(store, "desk", of_a_guest, WON).winner == "李*", "who they turned out to be"


def test_a_prize_is_handed_out_once_and_the_second_desk_reads_who_did_it_and_when(store: Store) -> None:
    make_winners(store)
    cup, code = won_with_code(store, ZHANG)
    assert redeem(store, "desk", code, WON + 5).done
    again = redeem(store, "other", code, WON + 9)
    assert not again.done
    assert (again.found.redeemed_by, again.found.redeemed_ms) == ("desk", WON + 5)
    assert redeemed(store) == (WON + 5, "desk")
    assert not look_up(store, "other", code, WON + 9).may_be_redeemed
    with store.transaction() as session:
        assert not awards.take_back(session, cup, "逾期未领", WON + 9), "nor is it forfeited any more"


def test_a_forfeited_prize_is_not_handed_out_and_the_desk_reads_why(store: Store) -> None:
    make_winners(store)
    cup, code = won_with_code(store, ZHANG)
    with store.transaction() as session:
        assert awards.take_back(session, cup, "逾期未领", WON)
    outcome = redeem(store, "desk", code, WON + 5)
    assert not outcome.done
    assert (outcome.found.state, outcome.found.reason) == ("forfeited", "逾期未领")
    assert redeemed(store) == (None, "")


def test_what_is_overdue_is_told_and_may_still_be_handed_out(store: Store) -> None:
    make_winners(store)
    _, code = won_with_code(store, ZHANG)
    assert not look_up(store, "desk", code, WON + DAY).is_overdue(WON + DAY)
    late = WON + 30 * DAY
    assert look_up(store, "desk", code, late).is_overdue(late)
    assert redeem(store, "desk", code, late).done
    assert not look_up(store, "desk", code, late).is_overdue(late), "what was handed out waits for nobody"


def test_the_desk_reads_that_a_prize_is_to_be_or_was_posted(store: Store) -> None:
    make_winners(store)
    lamp, code = won_with_code(store, LI, "post")
    with store.transaction() as session:
        claims.claim(session, lamp, LI, "post", "李四", "13800138000", "江苏省苏州市人民路 1 号", CLAIM_SEAL, WON)
    assert look_up(store, "desk", code, WON).way == "post"
    with store.transaction() as session:
        claims.ship(session, lamp, "顺丰 SF1", "wang", WON + 1)
    outcome = redeem(store, "desk", code, WON + 2)
    assert not outcome.done
    assert (outcome.found.redeemed_by, outcome.found.shipment) == ("wang", "顺丰 SF1")


def test_five_wrong_codes_lock_the_account_for_a_minute_and_no_other_account(store: Store) -> None:
    make_winners(store)
    _, code = won_with_code(store, ZHANG)
    for second in range(4):
        assert refusal(store, now=WON + 1_000 * second) == WRONG
    assert refusal(store, "no code at all", now=WON + 10_000) == WRONG
    for late in (10_000, 10_000 + MINUTE - 1):
        assert refusal(store, now=WON + late) == LOCKED
        assert refusal(store, code, now=WON + late) == LOCKED, "or else a locked desk could go on guessing"
    assert look_up(store, "other", code, WON + 10_000).prize == "保温杯"
    assert redeem(store, "desk", code, WON + 10_000 + MINUTE).done


def test_a_right_code_is_no_wrong_one_and_does_not_take_wrong_ones_back(store: Store) -> None:
    make_winners(store)
    _, code = won_with_code(store, ZHANG)
    for _ in range(8):
        look_up(store, "desk", code, WON)
    for _ in range(4):
        assert refusal(store) == WRONG
        look_up(store, "desk", code, WON)
    assert refusal(store) == WRONG
    assert refusal(store, code) == LOCKED


def test_wrong_codes_are_forgotten_a_minute_after_the_last_one(store: Store) -> None:
    make_winners(store)
    for now in (WON, WON + MINUTE - 1):
        for _ in range(2):
            assert refusal(store, now=now) == WRONG
    later = WON + 2 * MINUTE - 1
    assert [refusal(store, now=later) for _ in range(6)] == [WRONG] * 5 + [LOCKED]


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[tuple[Store, str]]:
    """A store, and the code of somebody's prize in it."""
    store = open_store(sqlite_url)
    make_winners(store)
    yield store, won_with_code(store, ZHANG)[1]
    store.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=10)
@given(tries=st.lists(st.tuples(st.booleans(), st.integers(0, 40_000)), min_size=8, max_size=20))
def test_however_right_and_wrong_codes_come_no_minute_has_more_than_five_wrong_ones_judged(
    desk: tuple[Store, str], tries: list[tuple[bool, int]]
) -> None:
    store, code = desk
    with store.transaction() as session:
        session.execute(delete(CodeTry))
    now, judged = WON, []
    for right, pause in tries:
        now += pause
        try:
            look_up(store, "desk", code if right else NO_CODE, now)
        except CodeRefused as refused:
            if str(refused) == WRONG:
                judged.append(now)
    assert all(sum(at - MINUTE < one <= at for one in judged) <= 5 for at in judged)
