"""奖品: planned in a draft, seen and added to after publishing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import draw_made
import pytest
from accessibility import obstacles
from campaign_made import OPENS, make_campaign
from campaign_made import PLAN as MADE
from flask import Flask
from forms_sent import fields_of
from keeping_made import NOW, PLAN, bring, create
from playwright.sync_api import Page, expect
from sqlalchemy import update
from visitors import Visitor

from campaigns import keeping, tables
from campaigns.keeping import Plan
from campaigns.prizes.rules import PlannedGroup, PlannedPrize, Release, TicketRule
from campaigns.staff import Role
from campaigns.store import Store

ADDRESS = "/admin/campaigns/week/prizes"
RANK = PlannedGroup("前三名", "rank", (PlannedPrize("保温杯", 3),), unit_quota=1, place="二楼")
LOT = PlannedGroup(
    "当场开奖", "instant", (PlannedPrize("雨伞", 10, 25_000, (Release(OPENS, 4), Release(OPENS + 1, 6))),), 20
)  # fmt: skip
PASSED = PlannedGroup("证书", "passed", collecting="none")


@pytest.fixture(autouse=True)
def reached(app: Flask) -> None:
    """The public address answers, whoever asks."""
    app.extensions["lvda.visit"] = lambda address, headers, seconds: (200, b"ok")


@pytest.fixture
def draft(records: Store) -> Store:
    bring(records)
    create(records, replace(PLAN, prize_groups=(RANK,)))
    return records


@pytest.fixture
def week(records: Store) -> Store:
    """A campaign of these groups that is played."""
    make_campaign(records, replace(MADE, prize_groups=(RANK, LOT, PASSED), tickets=TicketRule(2, per_day=1)))
    return records


def plan_of(store: Store, slug: str = "week") -> Plan:
    with store.reading() as session:
        return keeping.plan_of(session, slug)


def save(visitor: Visitor, status: int = 200, **changed: object) -> str:
    visitor.get(ADDRESS)
    return visitor.post(ADDRESS, status, **{**fields_of(visitor.page, "tickets_base"), "do": "save", **changed})


def test_what_is_planned_is_kept_and_shown_again(owner: Visitor, draft: Store) -> None:
    assert "奖品已保存" in save(owner)
    assert plan_of(draft).prize_groups == (RANK,)
    save(owner, **{"g0-p0-stock": "5", "tickets_per_day": "1", "wins": "group"})
    plan = plan_of(draft)
    assert (plan.prize_groups[0].prizes, plan.tickets, plan.wins) == (
        (PlannedPrize("保温杯", 5),),
        TicketRule(per_day=1),
        "group",
    )
    assert replace(plan, prize_groups=(), tickets=PLAN.tickets, wins=PLAN.wins) == PLAN


def test_groups_are_laid_out_one_by_one_without_a_script(owner: Visitor, draft: Store) -> None:
    save(owner, do="add")
    assert plan_of(draft).prize_groups == (RANK,)  # nothing is kept yet
    sent = {**fields_of(owner.page, "tickets_base"), "g1-name": "当场开奖", "g1-kind": "instant", "do": "redraw"}
    assert "每次中奖机会" in owner.post(ADDRESS, **sent)
    sent = {**fields_of(owner.page, "tickets_base"), "g1-p0-name": "雨伞", "g1-p0-stock": "10", "do": "save"}
    assert "大于 0" in owner.post(ADDRESS, 422, **sent)
    sent = {**fields_of(owner.page, "tickets_base"), "g1-p0-odds": "2.5", "do": "save"}
    assert "奖品已保存" in owner.post(ADDRESS, **sent)
    assert plan_of(draft).prize_groups[1].prizes == (PlannedPrize("雨伞", 10, 25_000),)


def test_of_two_who_plan_prizes_the_second_is_told_and_may_have_it_their_way(owner: Visitor, draft: Store) -> None:
    owner.get(ADDRESS)
    sent = {**fields_of(owner.page, "tickets_base"), "g0-name": "前五名", "do": "save"}
    with draft.transaction() as session:
        keeping.edit(session, "week", replace(PLAN, name="乙改的"), now=NOW)
    assert "被别人改过" in owner.post(ADDRESS, 422, **sent)
    assert "前五名" in owner.page
    owner.post(ADDRESS, **{**fields_of(owner.page, "tickets_base"), "do": "save"})
    plan = plan_of(draft)
    assert (plan.name, [group.name for group in plan.prize_groups]) == ("乙改的", ["前五名"])


def test_the_form_of_the_campaign_leaves_its_prizes_alone(owner: Visitor, draft: Store) -> None:
    with draft.transaction() as session:
        keeping.edit(session, "week", replace(PLAN, prize_groups=(RANK,), wins="any", tickets=TicketRule(3)), now=NOW)
    owner.get("/admin/campaigns/week/edit")
    sent = fields_of(owner.page, "活动名称")
    owner.post("/admin/campaigns/week/edit", **{**sent, "name": "换个名称", "do": "save"})
    plan = plan_of(draft)
    assert (plan.name, plan.prize_groups, plan.wins, plan.tickets) == ("换个名称", (RANK,), "any", TicketRule(3))
    owner.get("/admin/campaigns/week/edit")
    sent = {**fields_of(owner.page, "活动名称"), "mode": "practice", "do": "save"}
    assert "练习不计成绩，不能设奖项" in owner.post("/admin/campaigns/week/edit", 422, **sent)


def test_a_file_brings_its_prizes_with_it(owner: Visitor, draft: Store) -> None:
    text = keeping.write_plan(replace(PLAN, slug="next", prize_groups=(RANK, PASSED), wins="group"))
    owner.get("/admin/campaigns/file")
    owner.post("/admin/campaigns/file", text=text)
    owner.post("/admin/campaigns/new", **{**fields_of(owner.page, "活动名称"), "do": "save"})
    plan = plan_of(draft, "next")
    assert (plan.prize_groups, plan.wins) == ((RANK, PASSED), "group")


def test_after_publishing_everybody_sees_what_is_given_and_left(owner: Visitor, week: Store) -> None:
    with week.transaction() as session:
        session.execute(update(tables.Prize).where(tables.Prize.name == "雨伞").values(given=4))
    shown = owner.get(ADDRESS)
    figures = dict(re.findall(r'<span id="(prize-\d+-\w+)">(\d+)<', owner.page))
    assert figures == {"prize-1-given": "0", "prize-1-left": "3", "prize-2-given": "4", "prize-2-left": "6"}
    for text in ("2.5%", "一个单位最多 1 份", "至少 20 分", "每人 2 张，每多答一天加 1 张", "整个活动只中一次"):
        assert text in shown


def test_of_a_published_campaign_stock_is_raised_with_a_reason(owner: Visitor, week: Store) -> None:
    owner.get(ADDRESS)
    form = fields_of(owner.page, "more")
    assert "增加了 5 份" in owner.post(f"{ADDRESS}/stock", **{**form, "prize": "1", "more": "5", "note": "多方赞助"})
    assert plan_of(week).prize_groups[0].prizes == (PlannedPrize("保温杯", 8),)
    owner.get("/admin/campaigns/week")
    assert "增加奖品：前三名（保温杯 5 份）" in owner.page
    assert "多方赞助" in owner.page
    owner.get(ADDRESS)
    for wrong in ({"more": ""}, {"prize": "9", "more": "1"}, {"prize": "1", "more": "999999"}):
        owner.post(f"{ADDRESS}/stock", 422, **{**fields_of(owner.page, "more"), **wrong})
    assert "被别人改过" in owner.post(f"{ADDRESS}/stock", 409, **{**form, "prize": "1", "more": "1"})


def test_of_a_published_campaign_a_group_is_added(owner: Visitor, week: Store) -> None:
    owner.get(f"{ADDRESS}/new")
    sent = {**fields_of(owner.page, "g0-name"), "g0-name": "前三名", "g0-p0-name": "一等奖", "g0-p0-stock": "1"}
    assert "写了两次" in owner.post(f"{ADDRESS}/new", 422, **{**sent, "note": "多方赞助", "do": "save"})
    sent = {**fields_of(owner.page, "g0-name"), "g0-name": "幸运奖", "do": "save"}
    assert sent["note"] == ["多方赞助"]
    owner.post(f"{ADDRESS}/new", **sent)
    assert plan_of(week).prize_groups[3] == PlannedGroup("幸运奖", "draw", (PlannedPrize("一等奖", 1),))
    assert "新增奖项：幸运奖（一等奖 1 份）" in owner.get("/admin/campaigns/week")


def test_of_a_group_whose_list_is_frozen_nothing_can_be_raised(owner: Visitor, records: Store) -> None:
    drawn = PlannedGroup("幸运奖", "draw", (PlannedPrize("一等奖", 1),), collecting="post")
    draw_made.make_finished(records, prize_groups=(RANK, drawn))
    owner.get(ADDRESS)
    form = fields_of(owner.page, "more")
    assert "幸运奖：一等奖" in owner.page
    frozen = draw_made.freeze(records, prizes=(), group="幸运奖")
    assert frozen.id in owner.get(ADDRESS)
    assert "幸运奖：一等奖" not in owner.page
    told = owner.post(f"{ADDRESS}/stock", 422, **{**form, "prize": "2", "more": "1"})
    assert "名单已经冻结" in told


@pytest.mark.parametrize("role", [Role.VIEWER, Role.DESK])
def test_who_may_only_look_sees_no_forms(signed_in: Callable[[Role], Visitor], week: Store, role: Role) -> None:
    visitor = signed_in(role)
    assert "保温杯" in visitor.get(ADDRESS)
    assert "增加" not in re.sub(r"\s", "", re.sub("<[^>]*>", "", visitor.page.split('class="tabs"')[1]))
    visitor.get(f"{ADDRESS}/new", 403)
    visitor.post(f"{ADDRESS}/stock", 403, prize="1", more="1")
    visitor.post(ADDRESS, 403, do="save")


def test_who_may_only_look_sees_a_draft_as_it_is(signed_in: Callable[[Role], Visitor], draft: Store) -> None:
    visitor = signed_in(Role.VIEWER)
    assert "保温杯" in visitor.get(ADDRESS)
    assert "保存奖品" not in visitor.page


# --- in Chromium --------------------------------------------------------------------------------------------------

Opened = Callable[..., tuple[Page, list[str]]]
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
WIDTH = "document.documentElement.scrollWidth"


@pytest.mark.browser
def test_prizes_are_planned_at_a_desk(opened: Opened, address: str, draft: Store) -> None:
    page, said = opened(viewport=DESK)
    page.goto(f"{address}/campaigns/week/prizes")
    page.get_by_role("button", name="加一组奖项").click()
    expect(page.locator("#g1-name")).to_be_focused()
    page.locator("#g1-name").fill("当场开奖")
    page.locator("#g1-kind").select_option("instant")
    expect(page.locator("#g1-p0-odds")).to_be_visible()
    page.locator("#g1-p0-odds").fill("2.5")
    page.locator("#g1-p0-name").fill("雨伞")
    page.locator("#g1-p0-stock").fill("10")
    page.get_by_role("button", name="加一种奖品").nth(1).click()
    expect(page.locator("#g1-p1-name")).to_be_focused()
    expect(page.locator("#g1-p0-name")).to_have_value("雨伞")
    page.get_by_role("button", name="去掉第 2 组第 2 种奖品").click()
    expect(page.locator("#g1-p1-name")).to_have_count(0)
    page.get_by_role("button", name="上移第 2 组").click()
    expect(page.locator("#g0-name")).to_have_value("当场开奖")
    assert obstacles(page) == []
    page.get_by_role("button", name="保存奖品").click()
    expect(page.get_by_role("status").first).to_contain_text("奖品已保存")
    assert [group.name for group in plan_of(draft).prize_groups] == ["当场开奖", "前三名"]
    assert said == []


@pytest.mark.browser
def test_what_is_left_is_seen_on_a_phone(opened: Opened, address: str, week: Store) -> None:
    page, said = opened(viewport=PHONE, has_touch=True, is_mobile=True)
    page.goto(f"{address}/campaigns/week/prizes")
    expect(page.get_by_text("2.5%")).to_be_visible()
    assert page.evaluate(WIDTH) <= PHONE["width"]
    assert obstacles(page) == []
    page.goto(f"{address}/campaigns/week/prizes/new")
    assert page.evaluate(WIDTH) <= PHONE["width"]
    assert obstacles(page) == []
    assert said == []
