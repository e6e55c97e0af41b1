from __future__ import annotations

from dataclasses import replace

from award_made import CLAIM_SEAL, LI, WON, ZHANG, code_of, make_winners, won
from campaign_made import OPENS

from campaigns import people
from campaigns.clock import DAY
from campaigns.prizes import awards, claims, redeeming
from campaigns.prizes.won import OwnAward, own_awards
from campaigns.store import Store

MIDNIGHT = OPENS - 9 * 3_600_000
"""At the beginning of the day on which prizes are won."""


def test_a_winner_reads_what_they_won_and_what_became_of_it(store: Store) -> None:
    make_winners(store)
    cup, lamp = won(store, ZHANG), won(store, LI, "post")
    with store.transaction() as session:
        (mine,) = own_awards(session, 1, ZHANG)
        assert mine == OwnAward(
            id=cup,
            prize="保温杯",
            group="现场奖",
            kind="rank",
            collecting="pickup",
            place="一楼大厅",
            claim_until_ms=MIDNIGHT + 8 * DAY,
            claimed=False,
            redeemed_ms=None,
            shipment="",
            state="awarded",
            reason="",
        )
        claims.claim(session, lamp, LI, "post", "李四", "13800138000", "江苏省苏州市人民路 1 号", CLAIM_SEAL, WON)
        claims.ship(session, lamp, "顺丰 SF1", "desk", WON + 5)
        (sent,) = own_awards(session, 1, LI)
        assert (sent.claimed, sent.shipment, sent.redeemed_ms) == (True, "顺丰 SF1", WON + 5)
        assert own_awards(session, 2, ZHANG) == []


def test_what_was_handed_out_or_forfeited_says_so(store: Store) -> None:
    make_winners(store)
    cup, lamp = won(store, ZHANG), won(store, LI, "post")
    with store.transaction() as session:
        code = code_of(session, cup, ZHANG)
        awards.take_back(session, lamp, "逾期未领", WON)
    redeeming.redeem(store, "desk", code, WON + 7)
    with store.reading() as session:
        assert own_awards(session, 1, ZHANG)[0].redeemed_ms == WON + 7
        (lost,) = own_awards(session, 1, LI)
    assert (lost.state, lost.reason, lost.is_overdue(WON + 90 * DAY)) == ("forfeited", "逾期未领", False)


def test_it_is_overdue_from_the_first_moment_of_the_day_after_its_last(store: Store) -> None:
    make_winners(store)
    won(store, ZHANG)
    with store.reading() as session:
        (mine,) = own_awards(session, 1, ZHANG)
    assert mine.claim_until_ms is not None
    assert not mine.is_overdue(mine.claim_until_ms - 1)
    assert mine.is_overdue(mine.claim_until_ms)
    assert not replace(mine, redeemed_ms=WON).is_overdue(mine.claim_until_ms)


def test_whoever_turned_out_to_be_another_person_takes_their_prizes_along(store: Store) -> None:
    make_winners(store)
    cup = won(store, ZHANG)
    with store.transaction() as session:
        people.merge(session, ZHANG, LI, WON)
    with store.transaction() as session:
        assert [mine.id for mine in own_awards(session, 1, LI)] == [cup]
        assert len(code_of(session, cup, LI)) == 16
