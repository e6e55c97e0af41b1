"""A draw from the freeze to the stage in Chromium: without scripts on a phone, and the big screen, also offline."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from accessibility import obstacles
from draw_made import AFTER, VALUES, freeze
from playwright.sync_api import Browser, Page, expect

from campaigns import draws
from campaigns.draws import Prize
from campaigns.draws.screens import screen_page
from campaigns.store import Store

pytestmark = pytest.mark.browser

STAGE = {"width": 1920, "height": 1080}
PHONE = {"width": 390, "height": 844}
WIDTH = "document.documentElement.scrollWidth"
STEP = "document.body.dataset.step"

Opened = Callable[..., tuple[Page, list[str]]]


def grave(page: Page) -> list[str]:
    return [one for one in obstacles(page) if " serious " in one or " critical " in one]


def test_a_draw_is_frozen_and_held_from_a_phone_without_any_script(
    opened: Opened, address: str, finished: Store
) -> None:
    page, said = opened(viewport=PHONE, has_touch=True, is_mobile=True, java_script_enabled=False)
    page.goto(f"{address}/campaigns/week/draws")
    page.get_by_role("link", name="准备一次抽奖").tap()
    page.get_by_label("奖品").fill("一等奖 1\n二等奖 3")
    page.get_by_label("双色球期号").fill("2026130")
    page.get_by_role("button", name="看预览").tap()
    page.get_by_label("条提醒看过了").check()
    assert page.evaluate(WIDTH) == PHONE["width"]
    page.get_by_role("button", name="冻结并公布名单").tap()
    page.get_by_label("双色球第 2026130 期开奖号码").fill("03.08.15.22.27.31+09")
    page.get_by_role("button", name="下一步：核对").tap()
    page.get_by_label("已经与官方公布的号码逐位核对").check()
    assert page.evaluate(WIDTH) == PHONE["width"]
    page.get_by_role("button", name="录入并开奖").tap()
    expect(page.get_by_role("status").first).to_contain_text("已开奖")
    row = page.locator("tr").nth(2)
    row.get_by_text("作废", exact=True).tap()
    row.get_by_label("原因（会公布）").fill("本人不在现场")
    row.get_by_label("确定作废").check()
    row.get_by_role("button").tap()
    expect(page.get_by_role("status").first).to_contain_text("序号 2 已作废")
    assert page.evaluate(WIDTH) == PHONE["width"]
    assert said == []


def test_nobody_is_kept_from_reading_the_pages_of_draws(opened: Opened, address: str, two_persons: Store) -> None:
    draw_id = freeze(two_persons).id
    page, _ = opened(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    found = {}
    for path in ("/draws", "/campaigns/week/draws", "/campaigns/week/draws/new", f"/draws/{draw_id}"):
        page.goto(f"{address}{path}")
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        found[path] = grave(page)
    page.locator("#value-0").fill("03.08.15.22.27.31+09")
    page.locator("#value-1").fill("3857.93")
    page.get_by_role("button", name="下一步：核对").click()
    found["check"] = grave(page)
    page.get_by_label("已经与官方公布的号码逐位核对").check()
    page.get_by_role("button", name="录入，等另一人确认").click()
    found["entered"] = grave(page)
    with two_persons.transaction() as session:
        draws.confirm(session, draw_id, "li", AFTER)
    page.goto(f"{address}/draws/{draw_id}/screen")
    for step in ("opening", "numbers", "waiting", "rolling", "shown"):
        assert page.evaluate(STEP) == step
        found[step] = grave(page)
        page.keyboard.press("Space")
    page.keyboard.press("?")
    found["help"] = grave(page)
    assert {path: said for path, said in found.items() if said} == {}


def test_the_ceremony_goes_on_without_a_network_and_after_a_refresh(
    opened: Opened, address: str, held_id: str, finished: Store
) -> None:
    with finished.reading() as session:
        awards = draws.find(session, held_id).awards
    page, said = opened(viewport=STAGE)
    page.goto(f"{address}/draws/{held_id}/screen")
    expect(page.locator("h1")).to_have_text("节能宣传周有奖答题")
    page.context.set_offline(True)
    press = page.keyboard.press
    press("Space")
    expect(page.locator("#stage")).to_contain_text("3857.93")
    press("Enter")
    expect(page.locator("#stage h2")).to_have_text("二等奖")
    press("PageDown")
    assert page.evaluate(STEP) == "rolling"
    names = set()
    for _ in range(40):
        names.add(page.locator(".slot .entrant").inner_text())
        page.wait_for_timeout(20)
    assert len(names) > 2, "names roll"
    press("Space")
    expect(page.locator(".slot.shown .entrant")).to_have_text(awards[1].entrant or "")
    expect(page.locator("#told")).to_contain_text("二等奖：")
    press("Backspace")
    assert page.evaluate(STEP) == "waiting"
    press("Space")
    press("Space")
    expect(page.locator(".slot.shown .entrant")).to_have_text(awards[1].entrant or "")
    page.context.set_offline(False)
    page.reload()
    expect(page.locator(".slot.shown .entrant")).to_have_text(awards[1].entrant or "")
    for expected in (awards[2], awards[3], awards[0]):
        for key in ("ArrowRight", " ", " "):
            press(key)
        expect(page.locator(".slot.shown .entrant")).to_have_text(expected.entrant or "")
    press("Space")
    expect(page.locator("h2").first).to_have_text("中奖名单")
    for award in awards:
        expect(page.locator(".board")).to_contain_text(award.entrant or "")
    press("Home")
    assert page.evaluate(STEP) == "opening"
    press("f")
    page.wait_for_function("document.fullscreenElement !== null")
    assert said == []


def test_saved_to_a_disk_it_works_on_a_phone_by_touch(browser: Browser, tmp_path: Path, finished: Store) -> None:
    prizes = [Prize("一等奖", 1), Prize("纪念奖", 8)]
    draw_id = freeze(finished, prizes=prizes).id
    with finished.transaction() as session:
        draws.hold(session, draw_id, VALUES, "wang", AFTER)
    saved = tmp_path / "screen.html"
    with finished.reading() as session:
        saved.write_bytes(screen_page(session, draw_id, full_names=False, page="https://quiz.example.cn/draws/C1-D1"))
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, reduced_motion="reduce", offline=True)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(saved.as_uri())
    assert page.locator(".proof img").evaluate("image => image.complete && image.naturalWidth > 0")
    for step in ("opening", "numbers", "waiting", "rolling", "shown", "waiting"):
        assert page.evaluate(STEP) == step
        assert page.evaluate(WIDTH) == PHONE["width"], step
        if step == "rolling":
            assert set(page.locator(".slot .who").all_inner_texts()) == {"……"}, "who wants no motion gets none"
        if step == "shown":
            expect(page.locator(".slot.shown")).to_have_count(8)
        page.locator("#stage").tap(position={"x": 20, "y": 300})
    page.reload()
    assert page.evaluate(STEP) == "rolling"
    page.get_by_role("button", name="上一步").tap()
    assert page.evaluate(STEP) == "waiting"
    assert said == []
    context.close()


def test_before_the_draw_the_stage_shows_the_announcement_only(opened: Opened, address: str, finished: Store) -> None:
    frozen = freeze(finished)
    page, said = opened(viewport=STAGE)
    page.goto(f"{address}/draws/{frozen.id}/screen")
    expect(page.locator("#stage")).to_contain_text(frozen.list_hash)
    expect(page.locator("#stage")).to_contain_text("尚未开奖")
    page.keyboard.press("Space")
    assert page.evaluate(STEP) == "opening"
    expect(page.get_by_role("button", name="下一步")).to_be_disabled()
    assert page.evaluate(
        "document.getElementById('stage').scrollHeight <= document.getElementById('stage').clientHeight"
    )
    assert said == []
