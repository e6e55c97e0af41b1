"""The wizard and the frame as those meet them who have no mouse, and those who have a phone and no scripts."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from campaigns import keeping
from campaigns.store import Store

pytestmark = pytest.mark.browser

Opened = Callable[..., tuple[Page, list[str]]]


def test_a_campaign_is_made_and_published_with_the_keyboard_alone(opened: Opened, address: str, bank: Store) -> None:
    page, said = opened(viewport={"width": 1280, "height": 900})
    press = page.keyboard.press
    page.goto(f"{address}/")
    press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    more = page.locator("header .places summary")
    more.focus()
    press("Enter")
    expect(page.get_by_role("link", name="后台账号")).to_be_visible()
    press("Tab")
    press("Escape")
    expect(more).to_be_focused()
    expect(page.get_by_role("link", name="后台账号")).to_be_hidden()
    page.get_by_role("link", name="新建活动").first.focus()
    press("Enter")
    page.get_by_label("活动名称").focus()
    page.keyboard.type("节能宣传周")
    page.get_by_label("活动代号").fill("week")
    press("Enter")  # in a line of text: on to the next step
    expect(page.get_by_role("heading", level=1)).to_have_text("节能宣传周：题目与组卷")
    recipe = page.locator("#recipe")
    recipe.get_by_label("第 1 行的题数").fill("5")
    press("Tab")
    expect(recipe.get_by_label("第 1 行的题库")).to_be_focused()
    recipe.get_by_role("button", name="加一行").focus()
    press("Enter")
    expect(recipe.get_by_label("第 2 行的题数")).to_be_focused()
    page.keyboard.type("9")
    press("Enter")
    expect(page.locator("[aria-current=step]")).to_contain_text("答题规则")
    steps = page.get_by_role("navigation", name="步骤")
    expect(steps.get_by_role("button", name=re.compile("题目与组卷.*必须改"))).to_be_visible()
    steps.get_by_role("button", name="检查并发布").focus()
    press("Enter")
    expect(page.locator(".save-bar")).to_contain_text("处必须改")
    page.get_by_role("link", name="修改题目与组卷").focus()
    press("Enter")
    page.get_by_role("button", name="去掉第 2 行").focus()
    press("Enter")
    expect(page.get_by_label("第 2 行的题数")).to_have_count(0)
    page.get_by_role("button", name="检查并发布").focus()
    press("Enter")
    page.get_by_label("条提醒看过了").focus()
    press("Space")
    press("Tab")
    press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("活动已发布")
    with bank.reading() as session:
        assert keeping.find(session, "week").state == "published"
    assert [line for line in said if "422" not in line] == []


def test_a_draft_is_begun_left_and_previewed_on_a_phone_without_any_script(
    opened: Opened, address: str, bank: Store
) -> None:
    page, said = opened(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, java_script_enabled=False
    )
    page.goto(f"{address}/")
    page.get_by_text("菜单", exact=True).tap()
    page.get_by_role("navigation", name="主菜单").get_by_role("link", name="题库").tap()
    expect(page).to_have_title("题库 · 绿答")
    page.goto(f"{address}/campaigns/begin")
    page.get_by_label("活动名称").fill("手机上建的")
    page.get_by_label("活动代号").fill("week")
    page.get_by_role("button", name="下一步").last.tap()
    page.get_by_role("button", name="加一行").tap()
    page.get_by_label("第 2 行的题数").fill("两")
    page.get_by_role("button", name="奖品").tap()
    expect(page.get_by_role("alert")).to_contain_text("还没有保存")
    expect(page.get_by_label("第 2 行的题数")).to_have_value("两")
    page.get_by_role("button", name="去掉第 2 行").tap()
    page.get_by_role("button", name="奖品").tap()
    page.get_by_role("button", name="加一组奖项").tap()
    page.get_by_label("奖项名称").fill("幸运奖")
    page.get_by_label("名称", exact=True).fill("保温杯")
    page.get_by_label("数量").fill("3")
    page.get_by_role("button", name="保存并离开").tap()
    expect(page.locator(".facts").first).to_contain_text("幸运奖 3 份")
    page.get_by_role("link", name="一步一步填").tap()
    page.wait_for_url("**/steps/**")
    page.goto(f"{address}/campaigns/week/sample")
    expect(page.frame_locator("iframe").get_by_text("这是预览")).to_be_visible()
    expect(page.locator(".sample-chat")).to_contain_text("【第10/10题")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.get_by_role("button", name="English").tap()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.url == f"{address}/campaigns/week/sample"
    assert [line for line in said if "422" not in line] == []
