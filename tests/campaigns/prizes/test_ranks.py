from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from campaign_made import CLOSES, OPENS
from draw_made import AFTER, PRIZES, SALT, freeze, make_finished
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from campaigns import keeping, people, tables
from campaigns.clock import DAY
from campaigns.draws import pseudonym
from campaigns.errors import CampaignsError, Moved, NotFound, Refused
from campaigns.prizes import exclusions, groups, ranks
from campaigns.prizes.awards import Winner, put_on_record, terms_of
from campaigns.prizes.ranks import Contender, Place, Proposal, Rule, Seating, seat
from campaigns.prizes.rules import PlannedGroup, PlannedPrize
from campaigns.store import Store, open_store
from campaigns.tables import Award, Prize, PrizeGroup, Standing

ON_SQLITE = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
"""For what no other database could see otherwise."""
GROUP = PlannedGroup("名次奖", "rank", (PlannedPrize("一等奖", 1), PlannedPrize("二等奖", 2)))


def ranked(store: Store, points: Sequence[int] = (90, 80, 70, 60, 50, 40), **over: Any) -> int:
    """A campaign that persons 1, 2, … finished with these points, with three prizes by rank, and which is over."""
    plan = {key: over.pop(key) for key in ("wins", "mode") if key in over}
    campaign_id = make_finished(store, points, **plan)
    with store.transaction() as session:
        groups.lay_down(session, campaign_id, [replace(GROUP, **over)])
    return campaign_id


def proposed(store: Store, now: int = AFTER) -> Proposal:
    with store.reading() as session:
        return ranks.propose(session, "week", "名次奖", now)


def settled(store: Store, chosen: Sequence[int] = (), reason: str = "", now: int = AFTER, **over: Any) -> list[int]:
    """The persons who have a prize, in the order of the prizes."""
    with store.transaction() as session:
        return [one.person_id for one in ranks.settle(session, "week", "名次奖", chosen, reason, "wang", now, **over)]


def refused(deed: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refusal:
        deed()
    return str(refusal.value)


def awards(store: Store) -> list[tuple[str, int | None, int | None, str]]:
    with store.reading() as session:
        rows = session.execute(select(Award.prize, Award.person_id, Award.rank, Award.state).order_by(Award.id))
        return [(row.prize, row.person_id, row.rank, row.state) for row in rows]


def by_person(store: Store, person_id: int) -> int:
    """The id of somebody's live award."""
    with store.reading() as session:
        return session.scalars(select(Award.id).where(Award.person_id == person_id, Award.state == "awarded")).one()


def replaced(store: Store, award_id: int, reason: str = "联系不上") -> Place | None:
    with store.transaction() as session:
        return ranks.replace(session, award_id, reason, "wang", AFTER)


def test_the_best_get_the_prizes_in_their_order_and_that_is_published(store: Store) -> None:
    campaign_id = ranked(store)
    proposal = proposed(store)
    assert [(one.rank, one.person_id, one.prize, one.points) for one in proposal.places] == [
        (1, 1, "一等奖", 90), (2, 2, "二等奖", 80), (3, 3, "二等奖", 70),
    ]  # fmt: skip
    assert (proposal.level, proposal.seats, proposal.passed_over, proposal.to_choose) == ((), 3, (), 0)
    assert proposal.places[0].unit == "市财政局"
    assert proposal.places[0].entrant == pseudonym(SALT, 1)
    assert settled(store, seen=[1, 2, 3]) == [1, 2, 3]
    assert awards(store) == [
        ("一等奖", 1, 1, "awarded"), ("二等奖", 2, 2, "awarded"), ("二等奖", 3, 3, "awarded"),
    ]  # fmt: skip
    with store.reading() as session:
        assert keeping.changes_of(session, campaign_id, public=True)[0].sentence == "“名次奖”按名次评出，发出奖品 3 份"
        assert session.scalars(select(tables.OutboxMessage.wording)).all() == ["notice.won"] * 3
    assert "已经评定过" in refused(lambda: settled(store))
    assert "已经评定过" in refused(lambda: proposed(store))
    with store.transaction() as session, pytest.raises(Refused, match="不能延期"):
        keeping.extend(session, "week", AFTER + DAY, AFTER)


@ON_SQLITE
def test_those_level_at_the_last_place_are_listed_and_chosen_among_with_a_reason(store: Store) -> None:
    ranked(store, (90, 80, 70, 70, 70, 60))
    proposal = proposed(store)
    assert [one.person_id for one in proposal.places] == [1, 2]
    assert [one.person_id for one in proposal.level] == [3, 4, 5]
    assert proposal.to_choose == 1
    assert "原因" in refused(lambda: settled(store, [4]))
    for chosen in ([], [3, 4], [6], [1], [4, 4]):
        assert "恰好选 1 人" in refused(lambda chosen=chosen: settled(store, chosen, "抽签"))  # type: ignore[misc]
    assert settled(store, [4], "现场抽签") == [1, 2, 4]
    with store.reading() as session:
        assert keeping.changes_of(session, 1)[0].note == "现场抽签"


@ON_SQLITE
def test_more_stock_settles_who_is_level_without_a_choice(store: Store) -> None:
    ranked(store, (90, 80, 70, 70))
    with store.transaction() as session:
        session.execute(update(Prize).where(Prize.name == "二等奖").values(stock=3))
    assert "不用挑选" in refused(lambda: settled(store, [4], "抽签"))
    assert settled(store) == [1, 2, 3, 4]


@ON_SQLITE
@pytest.mark.parametrize(("ties", "level"), [("time", []), ("points", [3, 4])])
def test_times_decide_between_equal_points_unless_the_rule_says_otherwise(
    store: Store, ties: str, level: list[int]
) -> None:
    ranked(store, (90, 80, 70, 70), ties=ties)
    with store.transaction() as session:
        session.execute(update(Standing).where(Standing.person_id == 4).values(used_ms=59_999))
    assert [one.person_id for one in proposed(store).level] == sorted(level, reverse=True)
    if not level:
        assert settled(store) == [1, 2, 4]


def test_who_may_not_win_is_passed_over_and_says_why(store: Store) -> None:
    campaign_id = ranked(store, (90, 80, 70, 60, 50, 40, 30, 20), unit_quota=1, least_points=25)
    with store.transaction() as session:
        exclusions.exclude(session, "week", [1], "organiser", "", "wang", AFTER)
        session.execute(update(tables.Person).where(tables.Person.id == 3).values(unit_id=None))
        group = PlannedGroup("即时奖", "instant", (PlannedPrize("袋子", 9, 1),))
        [group_id] = groups.lay_down(session, campaign_id, [group])
        terms = terms_of(session, group_id)
        put_on_record(session, terms, [Winner("袋子", "e", 3)], AFTER)
    proposal = proposed(store)
    assert [(one.rank, one.person_id) for one in proposal.places] == [(2, 2), (4, 4), (6, 6)]
    assert [(one.person_id, why) for one, why in proposal.passed_over] == [
        (1, ranks.EXCLUDED), (3, ranks.WON), (5, ranks.UNIT_FULL),
    ]  # fmt: skip


@ON_SQLITE
def test_prizes_that_nobody_can_have_stay_unfilled_on_record_and_in_stock(store: Store) -> None:
    ranked(store, (90, 80, 20), least_points=30)
    assert proposed(store).seats == 3
    assert settled(store) == [1, 2]
    assert awards(store)[2] == ("二等奖", None, None, "unfilled")


@ON_SQLITE
def test_nothing_is_settled_while_the_ranking_may_change(store: Store) -> None:
    campaign_id = ranked(store, wins="any")
    assert "还没有结束" in refused(lambda: settled(store, now=CLOSES - 1))
    assert "还在路上" in refused(lambda: settled(store, now=CLOSES)), "what was answered in time still counts"
    with store.transaction() as session:
        revision_id = session.scalars(select(tables.CampaignQuestion.revision_id)).first()
        session.add(
            tables.Regrade(campaign_id=campaign_id, revision_id=revision_id, answer_before=[], by="li", begun_ms=AFTER)
        )
    assert "重新计算" in refused(lambda: settled(store))
    with store.transaction() as session:
        session.execute(update(tables.Regrade).values(finished_ms=AFTER))
        session.execute(update(tables.Attempt).where(tables.Attempt.id == 6).values(
            state="open", due_ms=CLOSES - 1, finished_ms=None
        ))  # fmt: skip
    assert "没有收齐" in refused(lambda: settled(store))
    with store.transaction() as session:
        session.execute(update(tables.Attempt).values(state="finished", finished_ms=CLOSES - 1))
        session.execute(update(tables.Campaign).values(mode="practice"))
    assert "不排名次" in refused(lambda: settled(store))


@ON_SQLITE
def test_where_one_may_win_once_a_frozen_draw_is_held_first(store: Store) -> None:
    ranked(store)
    freeze(store, prizes=PRIZES)
    assert "请先开奖" in refused(lambda: settled(store))
    with store.transaction() as session:
        session.execute(update(tables.Campaign).values(wins="any"))
    assert settled(store) == [1, 2, 3]


def test_a_place_that_the_organiser_did_not_see_is_not_awarded(store: Store) -> None:
    ranked(store)
    seen = [one.person_id for one in proposed(store).places]
    with store.transaction() as session:
        exclusions.exclude(session, "week", [2], "other", "", "li", AFTER)
    with pytest.raises(Moved):
        settled(store, seen=seen)
    assert awards(store) == []
    with store.reading() as session:
        assert session.scalars(select(PrizeGroup.settled_ms)).one() is None


def test_a_forfeited_prize_goes_down_the_ranking_to_the_last(store: Store) -> None:
    campaign_id = ranked(store, (90, 80, 70, 60, 50))
    settled(store)
    with store.transaction() as session:
        exclusions.exclude(session, "week", [4], "organiser", "", "wang", AFTER)
    assert "原因" in refused(lambda: replaced(store, by_person(store, 2), " "))
    lost = by_person(store, 2)
    successor = replaced(store, lost)
    assert successor is not None
    assert (successor.person_id, successor.rank, successor.prize) == (5, 5, "二等奖")
    assert "已经作废" in refused(lambda: replaced(store, lost))
    assert replaced(store, by_person(store, 1)) is None, "nobody is asked a second time"
    assert awards(store)[3:] == [("二等奖", 5, 5, "awarded"), ("一等奖", None, None, "unfilled")]
    with store.reading() as session:
        rows = session.execute(select(Award.state, Award.reason, Award.replaces_id).order_by(Award.id)).all()
        assert [tuple(row) for row in rows][1] == ("forfeited", "联系不上", None)
        assert [row.replaces_id for row in rows][3:] == [lost, lost - 1]
        told = keeping.changes_of(session, campaign_id, public=True)[0]
        assert (told.sentence, told.note) == ("一份“一等奖”作废", "联系不上")


@ON_SQLITE
def test_what_was_handed_out_is_not_handed_on(store: Store) -> None:
    ranked(store)
    settled(store)
    with store.transaction() as session:
        session.execute(update(Award).values(redeemed_ms=AFTER))
    assert "已经领走" in refused(lambda: replaced(store, by_person(store, 1)))


@ON_SQLITE
def test_who_was_merged_is_one_person_for_their_prizes(store: Store) -> None:
    ranked(store, (90, 80, 70, 60, 50))
    settled(store)
    with store.transaction() as session:
        people.merge(session, 1, 4, AFTER)
    successor = replaced(store, by_person(store, 3))
    assert successor is not None
    assert successor.person_id == 5, "the fourth has the first prize already"


@ON_SQLITE
@pytest.mark.parametrize(("slug", "group"), [("none", "名次奖"), ("week", "没有")])
def test_what_does_not_exist_is_not_found(store: Store, slug: str, group: str) -> None:
    ranked(store)
    with store.reading() as session, pytest.raises(NotFound):
        ranks.propose(session, slug, group, AFTER)
    with store.transaction() as session, pytest.raises(NotFound):
        ranks.replace(session, 9, "作废", "wang", AFTER)


# --- two at once -----------------------------------------------------------------------------------------------


@pytest.fixture
def rival(store_url: str) -> Iterator[Store]:
    """Another process's view of the same database."""
    store = open_store(store_url)
    yield store
    store.close()


def at_once(deeds: Sequence[Callable[[], object]]) -> list[object]:
    start = threading.Barrier(len(deeds))

    def one(deed: Callable[[], object]) -> object:
        start.wait(10)
        try:
            return deed()
        except CampaignsError as error:
            return type(error)

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(one, deeds))


@pytest.mark.race
def test_two_who_settle_at_once_settle_once_and_two_who_forfeit_hand_on_once(
    store: Store, rival: Store, repeats: int
) -> None:
    ranked(store, [100 - one for one in range(3 + repeats)], wins="any")
    outcomes = at_once([lambda: settled(store), lambda: settled(rival)])
    assert sorted(outcomes, key=str) == [Refused, [1, 2, 3]]
    for repeat in range(repeats):
        lost = by_person(store, 3 + repeat)
        outcomes = at_once([lambda lost=lost: replaced(store, lost), lambda lost=lost: replaced(rival, lost)])  # type: ignore[misc]
        assert Refused in outcomes
        assert [one.person_id for one in outcomes if isinstance(one, Place)] == [4 + repeat]


# --- who sits where: the rule alone ----------------------------------------------------------------------------


@st.composite
def contests(draw: st.DrawFn) -> tuple[list[Contender], int, Rule]:
    """Contenders in the order of the ranking, with many who are level; seats; and what holds for them."""
    keys = draw(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1)), max_size=12))
    units = draw(st.lists(st.sampled_from([None, 1, 2]), min_size=len(keys), max_size=len(keys)))
    found = [
        Contender(rank, rank, unit, points, used, OPENS)
        for rank, ((points, used), unit) in enumerate(
            zip(sorted(keys, key=lambda key: (-key[0], key[1])), units, strict=True), start=1
        )
    ]
    barred = draw(st.sets(st.integers(1, 12), max_size=4))
    rule = Rule(
        ties=draw(st.sampled_from(["time", "points"])),
        quota=draw(st.sampled_from([None, 1, 2])),
        barred=dict.fromkeys(barred, "barred"),
        served=draw(st.dictionaries(st.sampled_from([1, 2]), st.integers(0, 2))),
    )
    return found, draw(st.integers(0, 8)), rule


def units_of(rule: Rule, persons: Sequence[Contender]) -> Counter[int]:
    return Counter(rule.served) + Counter(one.unit_id for one in persons if one.unit_id is not None)


def fits(rule: Rule, seated: Sequence[Contender]) -> bool:
    """Whether nobody was added to a unit beyond its quota."""
    added = {one.unit_id for one in seated if one.unit_id is not None}
    return rule.quota is None or all(units_of(rule, seated)[unit] <= rule.quota for unit in added)


@given(contests())
def test_seats_go_down_the_ranking_past_who_may_not_and_stop_where_equals_would_be_told_apart(
    contest: tuple[list[Contender], int, Rule],
) -> None:
    contenders, seats, rule = contest
    found: Seating = seat(contenders, seats, rule)
    seated, level = list(found.seated), list(found.level)
    assert len(seated) <= seats
    assert fits(rule, seated)
    assert seated == sorted(seated, key=lambda one: one.rank)
    assert not rule.barred.keys() & {one.person_id for one in [*seated, *level]}
    assert len({rule.level(one) for one in level}) <= 1
    assert not {rule.level(one) for one in level} & {rule.level(one) for one in seated}
    accounted = {one.rank for one in [*seated, *level, *(one for one, _ in found.passed_over)]}
    assert accounted == set(range(1, max(accounted, default=0) + 1)), "nobody is left out without a word"
    left = seats - len(seated)
    if level:
        choices = [choice for choice in combinations(level, left) if fits(rule, [*seated, *choice])]
        assert len(choices) > 1, "there is something to choose, and each choice that fits is taken"
        for choice in choices:
            chosen = ranks._chosen(found, [one.person_id for one in choice], seats, rule)
            assert chosen == list(choice)
    elif left:
        rest = [one for one in contenders if one not in seated and one.person_id not in rule.barred]
        assert all(not fits(rule, [*seated, one]) for one in rest), "no seat stays empty that somebody could have"
