"""A campaign made and run in Chromium: with scripts at a desk, and without any on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from campaign_made import make_campaign
from playwright.sync_api import Page, expect

from campaigns import keeping, units
from campaigns.store import Store

pytestmark = pytest.mark.browser

DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
WIDTH = "document.documentElement.scrollWidth"

Opened = Callable[..., tuple[Page, list[str]]]


def test_a_campaign_is_made_mended_and_published_at_a_desk(opened: Opened, address: str, bank: Store) -> None:
    page, said = opened(viewport=DESK)
    page.goto(f"{address}/campaigns/new")
    page.get_by_label("活动名称").fill("节能宣传周")
    page.get_by_label("题库", exact=True).select_option("energy")
    recipe = page.locator("#recipe")
    expect(recipe).to_contain_text("可抽 10 题")
    recipe.get_by_label("第 1 行的题数").fill("5")
    recipe.get_by_label("第 1 行的分类").focus()
    recipe.get_by_label("第 1 行的分类").select_option("节水")
    expect(recipe).to_contain_text("可抽 5 题")
    expect(recipe.get_by_label("第 1 行的分类")).to_be_focused()
    recipe.get_by_role("button", name="加一行").click()
    expect(recipe.get_by_label("第 2 行的题数")).to_be_focused()
    recipe.get_by_label("第 2 行的题数").fill("7")
    recipe.get_by_label("第 2 行的题型").select_option("true_false")
    expect(recipe).to_contain_text("只有 4 题")
    expect(page.get_by_label("活动名称")).to_have_value("节能宣传周")
    page.get_by_role("button", name="保存草稿").last.click()
    expect(page.get_by_role("alert")).to_contain_text("标红的地方")
    page.get_by_label("活动代号").fill("week")
    page.get_by_role("button", name="保存草稿").last.click()
    expect(page.locator(".findings")).to_contain_text("必须改")
    page.get_by_role("link", name="修改草稿").click()
    page.get_by_role("button", name="去掉第 2 行").click()
    expect(page.get_by_label("第 2 行的题数")).to_have_count(0)
    page.get_by_role("button", name="保存草稿").last.click()
    unread = page.get_by_label("条提醒看过了")
    if unread.count():
        unread.check()
    page.get_by_role("button", name="发布").click()
    expect(page.get_by_role("status").first).to_contain_text("已发布")
    with bank.reading() as session:
        assert keeping.find(session, "week").state == "published"
    assert [line for line in said if "422" not in line] == []


def test_it_is_run_from_a_phone_without_any_script(opened: Opened, address: str, bank: Store) -> None:
    make_campaign(bank)
    page, said = opened(viewport=PHONE, has_touch=True, is_mobile=True, java_script_enabled=False)
    page.goto(f"{address}/campaigns/week")
    page.get_by_text("暂停", exact=True).tap()
    page.get_by_label("原因", exact=True).fill("机房停电")
    page.get_by_role("button", name="暂停活动").tap()
    expect(page.locator(".badge").first).to_have_text("已暂停")
    page.goto(f"{address}/campaigns/new")
    page.get_by_label("活动名称").fill("手机上建的")
    page.get_by_role("button", name="加一行").tap()
    expect(page.get_by_label("第 2 行的题数")).to_be_visible()
    expect(page.get_by_label("活动名称")).to_have_value("手机上建的")
    assert said == []


def test_nothing_is_wider_than_the_phone(opened: Opened, address: str, bank: Store) -> None:
    make_campaign(bank)
    with bank.transaction() as session:
        units.add(session, "LONG", "某某省某某市机关事务管理局公共机构节能管理与监督服务中心综合协调处" * 2, "U01")
    page, _ = opened(viewport=PHONE, has_touch=True, is_mobile=True, java_script_enabled=False)
    week = f"{address}/campaigns/week"
    for path in (
        f"{address}/", f"{address}/campaigns/new", f"{address}/campaigns/file", week, f"{week}/doors",
        f"{week}/rankings", f"{week}/rankings?unit=U01", f"{week}/absentees", f"{week}/questions",
        f"{week}/questions/mend?number=1", f"{address}/units", f"{address}/units/LONG", f"{address}/units/import",
        f"{address}/people?unit=U01", f"{address}/people/import",
    ):  # fmt: skip
        response = page.goto(path)
        assert response is not None
        assert response.status == 200, path
        assert page.evaluate(WIDTH) == PHONE["width"], path
