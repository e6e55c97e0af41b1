"""The screens of awards as people at a desk, with a phone or with a screen reader meet them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from accessibility import obstacles
from campaign_made import CLOSES, PLAN, make_campaign
from draw_made import finish
from playwright.sync_api import Page, expect
from sheets_made import xlsx_of
from sqlalchemy import insert, select, update
from visitors import NOW, Clock

from campaigns import tables
from campaigns.clock import DAY
from campaigns.prizes import exclusions, groups
from campaigns.prizes.rules import PlannedGroup, PlannedPrize
from campaigns.store import Store

pytestmark = pytest.mark.browser

SIZES = ({"width": 1280, "height": 900}, {"width": 390, "height": 844})
"""A desk's, a phone's."""
PRIZES = (PlannedPrize("一等奖", 1), PlannedPrize("二等奖", 2))
GROUP = PlannedGroup("知识竞答名次奖", "rank", PRIZES, ties="points", claim_days=7, place="一楼大厅")
NAMES = ("赵组织", "张晓明", "李四", "王五", "欧阳晓明", "钱六")


@pytest.fixture
def week(records: Store, clock: Clock) -> Store:
    """A campaign that is over, the first of it an organiser; three prizes, and two are level at the last place."""
    clock.now = CLOSES + DAY
    campaign_id = make_campaign(records, replace(PLAN, wins="any"))
    with records.transaction() as session:
        groups.lay_down(session, campaign_id, [GROUP])
        unit_id = session.scalars(select(tables.Unit.id).where(tables.Unit.code == "U01")).one()
        for person_id, (name, points) in enumerate(zip(NAMES, (40, 40, 35, 30, 30, 20), strict=True), start=1):
            values = {"id": person_id, "name": name, "unit_id": unit_id, "created_ms": NOW}
            session.execute(insert(tables.Person).values(**values))
            finish(session, campaign_id, person_id, points)
        exclusions.exclude(session, "week", [1], "organiser", "出题人", "wang", NOW)
    return records


def fits(page: Page) -> None:
    """At a desk and on a phone: nothing has to be pushed aside, and nothing keeps anybody out."""
    for size in SIZES:
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert obstacles(page) == []


def test_ranks_are_settled_an_award_forfeited_and_people_excluded(
    week: Store, clock: Clock, opened: Callable[..., tuple[Page, list[str]]], address: str
) -> None:
    page, said = opened(viewport=SIZES[0])
    page.goto(f"{address}/campaigns/week/ranks")
    fits(page)
    page.get_by_role("link", name="定名单").click()
    expect(page.get_by_text("末位并列：2 人里选 1 人")).to_be_visible()
    page.get_by_text("跳过的 1 人").click()
    fits(page)
    page.get_by_label("欧阳晓明").check()
    page.get_by_label("选定的理由").fill("现场抽签决定")
    page.get_by_role("button", name="确认名单").click()
    expect(page.get_by_role("status").first).to_contain_text("已经确认")
    with week.transaction() as session:
        session.execute(update(tables.Award).values(claim_until_ms=clock.now))
    page.reload()
    expect(page.get_by_text("3 个奖过了领取期限")).to_be_visible()
    fits(page)
    page.get_by_role("link", name="作废：一等奖").click()
    expect(page.get_by_text("由 王五（第 4 名）递补")).to_be_visible()
    fits(page)
    page.get_by_label("原因").fill("逾期未领")
    page.get_by_role("button", name="确认作废").click()
    expect(page.get_by_role("row", name="已作废")).to_contain_text("由 王五 递补")
    fits(page)

    page.get_by_role("link", name="排除名单").click()
    page.get_by_label("单位代码").fill("U01")
    page.get_by_role("button", name="查找").click()
    page.get_by_label("钱六").check()
    fits(page)
    page.get_by_label("说明").fill("评委")
    page.get_by_role("button", name="把勾选的人加入").click()
    expect(page.get_by_role("row", name="钱六")).to_contain_text("评委")
    page.get_by_role("link", name="用文件增加").click()
    table = xlsx_of(["单位", "姓名", "工号"], ["市财政局", "李四", ""], ["市财政局", "孙七", ""])
    page.get_by_label("名单").set_input_files({"name": "list.xlsx", "mimeType": "", "buffer": table})
    page.get_by_role("button", name="检查文件").click()
    expect(page.get_by_text("对上了 1 人")).to_be_visible()
    fits(page)
    page.get_by_role("button", name="把这 1 人加入").click()
    expect(page.get_by_role("row", name="李四")).to_be_visible()
    fits(page)
    assert said == []
