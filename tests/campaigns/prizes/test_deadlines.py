from __future__ import annotations

from dataclasses import replace

import pytest
from award_made import LI, WON, ZHANG, make_winners, won
from campaign_made import PLAN, make_campaign
from draw_made import AFTER, VALUES, freeze, make_finished
from lot_rivals import NOW, seat
from sqlalchemy import insert, select, update

from campaigns import draws, keeping, people
from campaigns.clock import DAY, HOUR, MINUTE
from campaigns.editions import Editions
from campaigns.errors import NotFound, Refused
from campaigns.prizes import deadlines, groups, lots, ranks
from campaigns.prizes.rules import MILLION, PlannedGroup, PlannedPrize
from campaigns.standings import Ranking
from campaigns.store import Store
from campaigns.stores import Stores
from campaigns.tables import Award, Campaign, Claim, OutboxMessage, Prize

ON_SQLITE = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
"""For what no other database could see otherwise."""
TILL = WON + 14 * HOUR + 7 * DAY
"""The end, in the campaign's zone, of the seventh day behind the award at 10 o'clock."""


def late(store: Store, now: int = TILL) -> list[int]:
    with store.reading() as session:
        return [one.award_id for one in deadlines.overdue(session, 1, now)]


def reminded(store: Store, now: int) -> list[str]:
    """The keys of what a tick wrote."""
    with store.reading() as session:
        before = set(session.scalars(select(OutboxMessage.key)))
    count = deadlines.remind(Stores(store, Ranking(store, None), Editions()), now)
    with store.reading() as session:
        after = set(session.scalars(select(OutboxMessage.key)))
    assert count == len(after - before)
    assert deadlines.remind(Stores(store, Ranking(store, None), Editions()), now) == 0
    return sorted(after - before)


def forfeited(store: Store, award_id: int, reason: str = "逾期未领") -> str | None:
    with store.transaction() as session:
        return deadlines.forfeit(session, award_id, reason, "wang", TILL)


def claimed(store: Store, award_id: int, way: str) -> None:
    with store.transaction() as session:
        session.execute(insert(Claim).values(award_id=award_id, way=way, sealed="", claimed_ms=WON))


def awards(store: Store) -> list[tuple[str, str]]:
    with store.reading() as session:
        rows = session.execute(select(Award.prize, Award.state).order_by(Award.id))
        return [(row.prize, row.state) for row in rows]


def test_what_was_not_collected_in_time_is_listed_and_stays_the_winners(store: Store) -> None:
    make_winners(store)
    cup, other, lamp, posted = won(store, ZHANG), won(store, LI), won(store, LI, "post"), won(store, ZHANG, "post")
    claimed(store, cup, "pickup")
    claimed(store, posted, "post")
    with store.transaction() as session:
        session.execute(update(Award).where(Award.id == other).values(redeemed_ms=WON))
        people.merge(session, ZHANG, LI, WON)
    assert late(store, TILL - 1) == []
    assert late(store) == [cup, lamp], "who told where to post it waits for the office"
    with store.reading() as session:
        one = deadlines.overdue(session, 1, TILL)[0]
    assert (one.prize, one.group, one.kind, one.person_id, one.name, one.unit, one.claimed, one.claim_until_ms) == (
        "保温杯", "现场奖", "rank", LI, "李四", "市财政局", True, TILL,
    )  # fmt: skip
    assert {state for _, state in awards(store)} == {"awarded"}


def test_winners_are_reminded_two_days_before_and_on_the_last_day_and_not_at_night(store: Store) -> None:
    make_winners(store)
    cup, posted = won(store, ZHANG), won(store, LI, "post")
    claimed(store, posted, "post")
    assert reminded(store, TILL - 2 * DAY - 1) == []
    assert reminded(store, TILL - 2 * DAY) == [f"claim:{cup}:2d"]
    assert reminded(store, TILL - DAY) == [f"claim:{cup}:last"]
    assert reminded(store, TILL) == []
    with store.reading() as session:
        rows = session.scalars(select(OutboxMessage).where(OutboxMessage.wording == "notice.claim"))
        first, last = sorted(rows, key=lambda row: row.created_ms)
    assert first.values == {
        "campaign": "节能宣传周有奖答题",
        "slug": "week",
        "prize": "保温杯",
        "until": "2026年7月11日 23:59",
    }
    assert (first.person_id, first.campaign_id, first.must) == (ZHANG, 1, True)
    assert (first.due_ms, first.expires_ms) == (TILL - 2 * DAY + 8 * HOUR, TILL - DAY), "quiet until eight"
    assert (last.due_ms, last.expires_ms) == (TILL - DAY + 8 * HOUR, TILL)


@ON_SQLITE
def test_what_was_won_on_such_a_day_needs_no_reminder_of_it(store: Store) -> None:
    make_winners(store)
    with store.transaction() as session:
        session.execute(update(Campaign).values(quiet_from=0, quiet_until=0))
    cup = won(store, ZHANG)
    with store.transaction() as session:
        session.execute(update(Award).values(claim_until_ms=WON + DAY + HOUR))
    assert reminded(store, WON) == []
    assert reminded(store, WON + HOUR) == [f"claim:{cup}:last"]
    with store.reading() as session:
        due = session.scalars(select(OutboxMessage.due_ms).where(OutboxMessage.wording == "notice.claim")).one()
    assert due == WON + HOUR


@ON_SQLITE
def test_many_are_reminded_in_batches_to_the_last(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    make_winners(store)
    expected = sorted(f"claim:{won(store, ZHANG)}:2d" for _ in range(5))
    monkeypatch.setattr(deadlines, "BATCH", 2)
    assert reminded(store, TILL - 2 * DAY) == expected


@ON_SQLITE
def test_a_forfeited_award_is_reminded_of_no_more(store: Store) -> None:
    make_winners(store)
    cup = won(store, ZHANG)
    reminded(store, TILL - DAY)
    with store.transaction() as session:
        session.execute(update(Campaign).values(state="closed"))
    assert forfeited(store, cup) is None, "nobody has a standing who could have it"
    with store.reading() as session:
        states = session.scalars(select(OutboxMessage.state)).all()
    assert states == ["dropped", "dropped"]


@ON_SQLITE
def test_a_prize_that_was_drawn_goes_to_the_next_of_the_draw(store: Store) -> None:
    make_finished(store)
    draw_id = freeze(store).id
    with store.transaction() as session:
        draws.hold(session, draw_id, VALUES, "wang", AFTER)
    with store.reading() as session:
        first = session.scalars(select(Award.id).order_by(Award.id)).first()
    assert first is not None
    successor = forfeited(store, first)
    with store.reading() as session:
        found = draws.find(session, draw_id).awards
        told = keeping.changes_of(session, 1, public=True)[0]
    assert (found[-1].entrant, found[-1].rank) == (successor, 5)
    assert (told.sentence, told.note) == ("一份“一等奖”作废", "逾期未领")


@ON_SQLITE
def test_a_prize_by_rank_goes_to_the_next_of_the_ranking(store: Store) -> None:
    make_finished(store, (90, 80, 70))
    with store.transaction() as session:
        groups.lay_down(session, 1, [PlannedGroup("名次奖", "rank", (PlannedPrize("灯", 1),))])
    with store.transaction() as session:
        [place] = ranks.settle(session, "week", "名次奖", [], "", "wang", AFTER)
    assert forfeited(store, 1) != place.entrant
    assert awards(store) == [("灯", "forfeited"), ("灯", "awarded")]


@ON_SQLITE
def test_an_instant_prize_goes_back_into_the_stock_and_what_was_handed_out_stays(store: Store) -> None:
    group = PlannedGroup("即时奖", "instant", (PlannedPrize("杯子", 2, MILLION),))
    campaign_id = make_campaign(store, replace(PLAN, questions_per_paper=1, prize_groups=(group,)))
    seat(store, campaign_id, (1, 2), finished=True)
    lots.decide_lots(Stores(store, Ranking(store, None), Editions()), NOW + MINUTE)
    with store.transaction() as session:
        session.execute(update(Award).where(Award.id == 2).values(redeemed_ms=NOW))
    assert forfeited(store, 1) is None
    for award_id in (1, 2):
        with pytest.raises(Refused, match="已经领走或者已经作废"):
            forfeited(store, award_id)
    with pytest.raises(NotFound):
        forfeited(store, 3)
    assert awards(store) == [("杯子", "forfeited"), ("杯子", "awarded")]
    with store.reading() as session:
        assert session.scalars(select(Prize.stock - Prize.given)).one() == 1


@ON_SQLITE
@pytest.mark.parametrize("reason", ["", " ", "一\n二", "长" * 501])
def test_without_a_reason_that_can_be_published_nothing_is_forfeited(store: Store, reason: str) -> None:
    make_winners(store)
    cup = won(store, ZHANG)
    with pytest.raises(Refused, match="请写明原因"):
        forfeited(store, cup, reason)
    assert awards(store) == [("保温杯", "awarded")]
