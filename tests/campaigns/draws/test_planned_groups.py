"""A planned group of prizes is drawn with the campaign's tickets, quotas and exclusions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from campaign_made import CLOSES, OPENS
from draw_made import AFTER, PRIZES, SALT, VALUES, finish, freeze, make_finished
from sqlalchemy import delete, insert, select, update

from campaigns import draws, people, tables
from campaigns.draws import FrozenDraw, OwnPlace, pseudonym
from campaigns.draws.announcement import announcement_of
from campaigns.draws.records import frozen_list
from campaigns.draws.scheme import read_list
from campaigns.errors import DrawRefused, NotFound
from campaigns.prizes.rules import PlannedGroup, PlannedPrize, TicketRule
from campaigns.store import Store

LUCKY = PlannedGroup("幸运奖", "draw", (PlannedPrize("一等奖", 1), PlannedPrize("二等奖", 3)), unit_quota=2)
FIRST = PlannedGroup("前三名", "rank", (PlannedPrize("奖状", 3),))
SPARE = PlannedGroup("纪念奖", "draw", (PlannedPrize("水杯", 2),))


def freeze_group(store: Store, group: str = "幸运奖", **over: object) -> FrozenDraw:
    return freeze(store, **{"prizes": (), "group": group, **over})


def hold(store: Store, draw_id: str) -> draws.DrawRecord:
    with store.transaction() as session:
        return draws.hold(session, draw_id, VALUES, "wang", AFTER)


def tickets(store: Store, draw_id: str) -> dict[str, int]:
    with store.reading() as session:
        return {
            entrant.entrant: entrant.tickets
            for entrant in read_list(frozen_list(session, draws.find(session, draw_id)))
        }


def exclude(store: Store, campaign_id: int, person_id: int, why: str = "organiser") -> None:
    with store.transaction() as session:
        values = {
            "campaign_id": campaign_id,
            "person_id": person_id,
            "why": why,
            "note": "",
            "by": "li",
            "at_ms": AFTER,
        }
        session.execute(insert(tables.Exclusion).values(values))


def test_the_prizes_and_the_quota_are_those_that_were_planned(store: Store) -> None:
    make_finished(store, prize_groups=(LUCKY,))
    announcement = freeze_group(store).announcement
    assert announcement.prizes == PRIZES
    assert announcement.quotas == {"U01": 2, "U02": 2}
    assert announcement.group == "幸运奖"
    assert announcement_of(announcement.as_json()) == announcement
    with store.reading() as session:
        assert session.scalars(select(tables.PrizeGroup.name)).all() == ["幸运奖"], "none was made up beside it"


def test_quotas_given_at_the_freeze_come_before_that_of_the_group(sqlite_store: Store) -> None:
    make_finished(sqlite_store, prize_groups=(LUCKY,))
    assert freeze_group(sqlite_store, quotas={"U02": 0}, default_quota=3).announcement.quotas == {"U01": 3, "U02": 0}


def test_no_group_is_drawn_twice(store: Store) -> None:
    make_finished(store, prize_groups=(LUCKY,), wins="any")
    draw_id = freeze_group(store).id
    for _ in range(2):
        with pytest.raises(DrawRefused, match=f"抽奖 {draw_id}），同一组奖品不能再抽"):
            freeze_group(store, reason="再抽一次")
        hold(store, draw_id)


def test_another_planned_group_has_its_reason_and_prizes_of_no_plan_need_one(sqlite_store: Store) -> None:
    make_finished(sqlite_store, prize_groups=(LUCKY, SPARE), wins="group")
    freeze_group(sqlite_store)
    assert "本次抽“纪念奖”" in freeze_group(sqlite_store, "纪念奖").announcement.reason
    with pytest.raises(DrawRefused, match="写明原因"):
        freeze(sqlite_store)


def test_prizes_of_no_plan_make_a_group_of_a_name_that_is_free(sqlite_store: Store) -> None:
    make_finished(sqlite_store, prize_groups=(replace(LUCKY, name="抽奖"),))
    freeze(sqlite_store)
    with sqlite_store.reading() as session:
        assert session.scalars(select(tables.PrizeGroup.name)).all() == ["抽奖", "抽奖（另设）"]


@pytest.mark.parametrize(
    ("over", "error", "said"),
    [
        ({"group": "前三名"}, DrawRefused, "不是抽奖产生的"),
        ({"group": "幸福奖"}, NotFound, "没有名为“幸福奖”的奖项组"),
        ({"prizes": PRIZES}, DrawRefused, "以奖项组为准"),
    ],
)
def test_what_is_no_group_to_draw_is_refused(
    sqlite_store: Store, over: dict[str, object], error: type[Exception], said: str
) -> None:
    make_finished(sqlite_store, prize_groups=(LUCKY, FIRST))
    with pytest.raises(error, match=said):
        freeze_group(sqlite_store, **over)


def test_tickets_follow_the_rule_that_is_published(store: Store) -> None:
    rule = TicketRule(base=1, per_points=10, per_day=2, most=5)
    campaign_id = make_finished(store, [20, 30, 40, 20, 10], draw_points=20, tickets=rule)
    with store.transaction() as session:
        for person_id, day, state in (
            (1, 20260705, "finished"),
            (3, 20260705, "finished"),
            (4, 20260705, "superseded"),
        ):
            session.add(another_attempt(campaign_id, person_id, day, state))
    frozen = freeze(store)
    expected = {1: 1 + 2, 2: 1 + 1, 3: 1 + 2 + 2, 4: 1}
    assert tickets(store, frozen.id) == {pseudonym(SALT, person): count for person, count in expected.items()}
    assert frozen.announcement.tickets == {**rule.as_json(), "draw_points": 20}
    with store.reading() as session:
        assert [draws.days_of(session, campaign_id, person) for person in (1, 2, 3, 4, 6)] == [2, 1, 2, 1, 0]


def another_attempt(campaign_id: int, person_id: int, day: int, state: str) -> tables.Attempt:
    times = {"begun_ms": OPENS, "shown_ms": OPENS, "finished_ms": OPENS + 1, "used_ms": 1}
    return tables.Attempt(
        campaign_id=campaign_id, person_id=person_id, ordinal=2, day=day, state=state, paper="1", position=5, **times
    )


def test_more_tickets_than_can_be_checked_are_refused(sqlite_store: Store) -> None:
    make_finished(sqlite_store, [40, 40, 40])
    with sqlite_store.transaction() as session:
        session.execute(update(tables.Campaign).values(tickets=TicketRule(base=8_000_000).as_json()))
    with pytest.raises(DrawRefused, match="20000000 张"):
        freeze(sqlite_store)


def test_whoever_is_excluded_stays_on_the_list_and_is_passed_over(store: Store) -> None:
    campaign_id = make_finished(store, [40, 40, 40, 40, 5], draw_points=10)
    for person_id, why in ((2, "organiser"), (3, "won_before"), (5, "other")):
        exclude(store, campaign_id, person_id, why)
    frozen = freeze(store, exclusions=[pseudonym(SALT, 1), pseudonym(SALT, 2)])
    assert set(frozen.announcement.exclusions) == {pseudonym(SALT, person) for person in (1, 2, 3)}
    assert frozen.announcement.excluded_by == {"named": 2, "won_before": 1}
    assert frozen.announcement.count == 4
    assert [award.entrant for award in hold(store, frozen.id).awards] == [pseudonym(SALT, 4), None, None, None]


def test_who_was_excluded_is_so_as_the_person_they_became(store: Store) -> None:
    campaign_id = make_finished(store, [40, 40, 40])
    exclude(store, campaign_id, 1)
    with store.transaction() as session:
        people.merge(session, 1, 3, AFTER)
    announcement = freeze(store).announcement
    assert announcement.exclusions == (pseudonym(SALT, 3),)
    assert announcement.count == 2, "nobody is an entrant twice"


def test_who_was_merged_is_no_entrant_whatever_standing_was_left_behind(sqlite_store: Store) -> None:
    make_finished(sqlite_store, [40, 40])
    with sqlite_store.transaction() as session:
        session.execute(update(tables.Person).where(tables.Person.id == 1).values(merged_into_id=2))
    assert tickets(sqlite_store, freeze(sqlite_store).id) == {pseudonym(SALT, 2): 1}


def test_a_list_that_was_gathered_before_a_merge_is_gathered_anew(store: Store) -> None:
    make_finished(store, [40, 40, 40])
    with store.reading() as session:
        gathered = draws.gather(session, "week")
    with store.transaction() as session:
        people.merge(session, 1, 3, AFTER)
    assert freeze(store, gathered=gathered).announcement.count == 2


def test_a_list_that_was_gathered_before_the_last_results_came_in_is_gathered_anew(sqlite_store: Store) -> None:
    campaign_id = make_finished(sqlite_store, [40, 40, 40])
    with sqlite_store.reading() as session:
        gathered = draws.gather(session, "week")
    with sqlite_store.transaction() as session:
        session.execute(insert(tables.Person).values(id=99, name="", created_ms=OPENS))
        finish(session, campaign_id, 99, 40)
        session.execute(update(tables.Standing).where(tables.Standing.person_id == 99).values(changed_ms=CLOSES))
    assert freeze(sqlite_store, now=CLOSES - 1, gathered=gathered).announcement.count == 3, "who is later is no entrant"
    with sqlite_store.transaction() as session:
        session.execute(delete(tables.Draw))
        session.execute(delete(tables.Prize))
        session.execute(delete(tables.PrizeGroup))
    assert freeze(sqlite_store, gathered=gathered).announcement.count == 4


def test_everybody_finds_their_own_place_before_the_draw(sqlite_store: Store, tmp_path: Path) -> None:
    campaign_id = make_finished(sqlite_store, [40, 40, 40, 10], draw_points=20, tickets=TicketRule(base=2))
    exclude(sqlite_store, campaign_id, 2)
    frozen = freeze(sqlite_store)
    with sqlite_store.transaction() as session:
        people.merge(session, 3, 4, AFTER)
    with sqlite_store.reading() as session:
        draw = draws.find(session, frozen.id)
        places = [draws.own_place(session, tmp_path, draw, person) for person in (1, 2, 4, 77)]
    assert places == [
        OwnPlace(pseudonym(SALT, 1), 2, excluded=False),
        OwnPlace(pseudonym(SALT, 2), 2, excluded=True),
        OwnPlace(pseudonym(SALT, 3), 2, excluded=False),
        OwnPlace(pseudonym(SALT, 77), 0, excluded=False),
    ]
    assert [place.is_listed for place in places] == [True, True, True, False]


def test_an_unsettled_ranking_is_warned_of_where_one_may_win_once(sqlite_store: Store) -> None:
    make_finished(sqlite_store, prize_groups=(LUCKY, FIRST))
    assert any("名次奖“前三名”还没有核定" in warning for warning in freeze_group(sqlite_store).warnings)
