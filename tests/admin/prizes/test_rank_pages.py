from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from campaign_made import CLOSES, PLAN, make_campaign
from draw_made import finish
from forms_sent import fields_of
from sqlalchemy import insert, select, update
from visitors import NOW, Clock, Visitor

from campaigns import keeping, tables
from campaigns.prizes import exclusions, groups
from campaigns.prizes.rules import PlannedGroup, PlannedPrize
from campaigns.staff import Role
from campaigns.store import Store

LIST = "/admin/campaigns/week/ranks"
PAGE = f"{LIST}/1"
GROUP = PlannedGroup("名次奖", "rank", (PlannedPrize("一等奖", 1), PlannedPrize("二等奖", 2)), ties="points")


@pytest.fixture
def week(records: Store) -> Store:
    """Persons 1 to 5 with 40, 40, 30, 30 and 20 points, the first of them an organiser: three prizes, two are level."""
    campaign_id = make_campaign(records, replace(PLAN, slug="week"))
    with records.transaction() as session:
        groups.lay_down(session, campaign_id, [GROUP])
        for person_id, (name, points) in enumerate(
            (("赵组织", 40), ("张晓明", 40), ("李四", 30), ("王五", 30), ("钱六", 20)), start=1
        ):
            session.execute(insert(tables.Person).values(id=person_id, name=name, created_ms=NOW))
            finish(session, campaign_id, person_id, points)
        exclusions.exclude(session, "week", [1], "organiser", "", "wang", NOW)
        session.execute(update(tables.Prize).where(tables.Prize.name == "二等奖").values(stock=1))
    return records


@pytest.fixture
def over(clock: Clock) -> None:
    clock.now = CLOSES + 3_600_000


def awarded(week: Store) -> list[tuple[str, int | None, int | None]]:
    award = tables.Award
    with week.reading() as session:
        rows = session.execute(select(award.prize, award.person_id, award.rank).order_by(award.id))
        return [(row.prize, row.person_id, row.rank) for row in rows]


def test_before_the_close_there_is_only_why_not(owner: Visitor, week: Store) -> None:
    assert "待确认" in owner.get(LIST)
    assert "还没有结束" in owner.get(PAGE)
    assert "确认名单" not in owner.page


def test_who_gets_what_who_is_passed_over_and_who_is_level_is_shown(over: None, owner: Visitor, week: Store) -> None:
    shown = owner.get(PAGE)
    assert "获奖 1 人" in shown
    assert "2 张晓明 一等奖" in shown
    assert "末位并列：2 人里选 1 人" in shown
    assert "跳过的 1 人" in shown
    assert "1 赵组织 在排除名单中" in shown
    assert "钱六" not in shown
    assert awarded(week) == []


def test_those_who_are_level_are_chosen_among_with_a_reason(over: None, owner: Visitor, week: Store) -> None:
    owner.get(PAGE)
    sent = fields_of(owner.page, "seen")
    assert "恰好选 1 人" in owner.post(PAGE, 422, **{**sent, "chosen": ["3", "4"], "reason": "抽签"})
    assert fields_of(owner.page, "seen")["reason"] == ["抽签"]  # nothing typed or ticked is lost
    assert fields_of(owner.page, "seen")["chosen"] == ["3", "4"]
    owner.post(PAGE, 422, **{**sent, "chosen": "4", "reason": " "})
    shown = owner.post(PAGE, **{**sent, "chosen": "4", "reason": "现场抽签决定"})
    assert "获奖名单已经确认" in shown
    assert awarded(week) == [("一等奖", 2, 2), ("二等奖", 4, 4)]
    assert "已确认" in owner.get(LIST)
    assert "已经在" in owner.get(PAGE)
    owner.post(PAGE, 422, **{**sent, "chosen": "3", "reason": "再来一次"})
    assert len(awarded(week)) == 2


def test_a_list_that_has_changed_since_it_was_shown_is_shown_again(over: None, owner: Visitor, week: Store) -> None:
    owner.get(PAGE)
    sent = {**fields_of(owner.page, "seen"), "chosen": "4", "reason": "抽签"}
    with week.transaction() as session:
        exclusions.readmit(session, "week", [1], "wang", NOW)
    assert "刚刚有变化" in owner.post(PAGE, 409, **sent)
    assert awarded(week) == []
    assert "获奖 2 人" in owner.get(PAGE)
    owner.post(PAGE, **fields_of(owner.page, "seen"))
    assert awarded(week) == [("一等奖", 1, 1), ("二等奖", 2, 2)]
    with week.reading() as session:
        assert keeping.changes_of(session, 1)[0].by == "owner"


def test_prizes_that_nobody_can_have_are_told_before_they_stay_unfilled(
    over: None, owner: Visitor, week: Store
) -> None:
    with week.transaction() as session:
        exclusions.exclude(session, "week", [2, 3, 4], "organiser", "", "wang", NOW)
        session.execute(update(tables.PrizeGroup).values(least_points=30))
    assert "还有 2 份奖品没有够条件的人" in owner.get(PAGE)
    owner.post(PAGE, **fields_of(owner.page, "seen"))
    assert awarded(week) == [("一等奖", None, None), ("二等奖", None, None)]


def test_who_only_looks_sees_the_list_and_settles_nothing(
    over: None, signed_in: Callable[[Role], Visitor], week: Store
) -> None:
    viewer = signed_in(Role.VIEWER)
    assert "名次奖" in viewer.get(LIST)
    viewer.get(PAGE, 403)
    viewer.get(LIST)
    assert "定名单" not in viewer.page
