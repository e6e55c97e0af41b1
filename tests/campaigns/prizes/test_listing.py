from __future__ import annotations

import pytest
from award_made import GUEST, LI, WON, ZHANG, make_winners, won
from campaign_made import CLOSES
from draw_made import finish
from sqlalchemy import insert, update

from campaigns import keeping, tables
from campaigns.clock import DAY, MINUTE
from campaigns.errors import Refused
from campaigns.prizes import forfeiting, listing
from campaigns.prizes.listing import AwardLine, Which
from campaigns.store import Store

LATE = CLOSES + 30 * DAY


@pytest.fixture
def week(store: Store) -> Store:
    """张晓明 has a thermos, handed out; 李四 and a guest a lamp, and 李四 has said where to. All are in the ranking."""
    make_winners(store)
    with store.transaction() as session:
        for person_id, points in ((ZHANG, 40), (LI, 30), (GUEST, 20)):
            finish(session, keeping.find(session, "week").id, person_id, points)
    for person_id, collecting in ((ZHANG, "pickup"), (LI, "post"), (GUEST, "post")):
        won(store, person_id, collecting)
    with store.transaction() as session:
        session.execute(update(tables.Award).where(tables.Award.id == 1).values(redeemed_ms=WON, redeemed_by="desk"))
        session.execute(insert(tables.Claim).values(award_id=2, way="post", sealed="", claimed_ms=WON))
    return store


def lines_of(week: Store, which: Which = Which.ALL) -> list[AwardLine]:
    with week.reading() as session:
        late = forfeiting.overdue_ids(session, 1, LATE)
        return listing.awards_of(session, 1, which, late)


def test_awards_are_counted_and_listed_by_how_far_they_have_got(week: Store) -> None:
    with week.reading() as session:
        counts = listing.counts_of(session, 1, forfeiting.overdue_ids(session, 1, LATE))
    expected = {Which.ALL: [1, 2, 3], Which.OVERDUE: [3], Which.UNCLAIMED: [3], Which.WAITING: [2, 3]}
    expected |= {Which.HANDED_OUT: [1], Which.FORFEITED: []}
    assert {which: [one.id for one in lines_of(week, which)] for which in Which} == expected
    assert counts == {which: len(ids) for which, ids in expected.items()}
    assert [one.progress(LATE) for one in lines_of(week)] == ["已发放", "已登记，待寄出", "逾期未领"]
    assert {(one.claim_until_ms or 0) - (one.last_ms or 0) for one in lines_of(week)} == {MINUTE}


def test_stock_is_told_with_what_was_given_and_handed_out(week: Store) -> None:
    with week.reading() as session:
        found = listing.stock_of(session, 1)
    assert [(one.prize, one.stock, one.given, one.left, one.handed_out) for one in found] == [
        ("保温杯", 50, 1, 49, 1),
        ("太阳能灯", 50, 2, 48, 0),
    ]
    assert all(one.adds_up for one in found)


def test_a_winner_who_turned_out_to_be_somebody_else_goes_by_that_name(week: Store) -> None:
    with week.transaction() as session:
        session.execute(update(tables.Person).where(tables.Person.id == GUEST).values(merged_into_id=LI))
    assert [(one.name, one.unit) for one in lines_of(week)][1:] == [("李四", "市财政局")] * 2


def test_what_is_foreseen_changes_nothing_and_comes_true(week: Store) -> None:
    lost = lines_of(week)[2]
    foreseen = forfeiting.foresee(week, lost, LATE)
    assert foreseen.heir is not None
    assert (foreseen.heir.name, foreseen.heir.rank) == ("张晓明", 1)
    assert [one.state for one in lines_of(week)] == ["awarded"] * 3
    done = forfeiting.forfeit(week, lost, "逾期未领", "wang", LATE)
    assert done.sentence(full=False).endswith("已作废，由 张*明（第 1 名）递补。")
    with week.reading() as session:
        heirs = listing.successors_of(session, lines_of(week))
    assert {lost_id: heir.person_id for lost_id, heir in heirs.items()} == {3: ZHANG}


def test_of_many_those_that_cannot_be_forfeited_do_not_keep_the_others(week: Store) -> None:
    done, refused = forfeiting.forfeit_all(week, lines_of(week), "逾期未领", "wang", LATE)
    assert [one.lost.id for one in done] == [2, 3]
    assert len(refused) == 1
    assert refused[0].startswith("“保温杯”没有作废：")
    with pytest.raises(Refused):
        forfeiting.foresee(week, lines_of(week)[0], LATE)
