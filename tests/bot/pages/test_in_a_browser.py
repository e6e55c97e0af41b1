"""The pages in Chromium, on a phone's screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from campaign_made import PLAN
from pictures_made import make_pictured_campaign
from playwright.sync_api import Browser, BrowserContext, Page, expect

from campaigns.store import Store

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
WIDTH = "document.documentElement.scrollWidth"


@pytest.fixture
def store_url(sqlite_url: str) -> str:
    """One kind of store will do: what differs between them is not seen from here."""
    return sqlite_url


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A phone that runs no JavaScript."""
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, java_script_enabled=False)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    page = context.new_page()
    page.set_default_timeout(40_000)
    return page


def tap(page: Page, *options: str) -> None:
    """Tap options by the names that are read out, then the button."""
    for option in options:
        page.get_by_label(option, exact=True).tap()
    with page.expect_navigation():
        page.get_by_role("button").tap()


def test_a_whole_quiz_is_played_on_a_phone_without_javascript(page: Page, address: str) -> None:
    page.goto(f"{address}/q/week?u=U01")
    tap(page)
    expect(page).to_have_title("第1/4题 · 节能宣传周有奖答题")
    tap(page, "C 26 ℃")
    expect(page.get_by_role("status")).to_contain_text("✅ 回答正确，+10分")
    tap(page, "A 正确")
    expect(page).to_have_title("回答错误 · 第3/4题 · 节能宣传周有奖答题")
    tap(page, "A 步行", "B 骑自行车", "D 乘地铁")
    page.get_by_label("您的答案").fill("1000")
    tap(page)
    expect(page.get_by_role("main")).to_contain_text("代表 市财政局 参加")
    expect(page.locator("strong")).to_have_text("30")
    page.get_by_role("link", name="查看错题和解析").tap()
    expect(page.locator("details[open]")).to_have_count(1)


def test_back_shows_the_present_and_answers_nothing_again(page: Page, address: str) -> None:
    page.goto(f"{address}/q/week")
    tap(page)
    tap(page, "C 26 ℃")
    expect(page.get_by_role("status")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("group")).to_contain_text("电器待机不耗电。")
    tap(page, "B 错误")
    expect(page.get_by_role("main")).to_contain_text("当前得分 20")


def test_a_quiz_is_played_with_the_keyboard_alone(page: Page, address: str) -> None:
    page.goto(f"{address}/q/week")
    for _ in ("English", "大字版", "开始答题"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("group")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("✅ 回答正确")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_the_phone_at_twice_the_text_size(browser: Browser, address: str, scheme: str) -> None:
    context = browser.new_context(viewport=PHONE, color_scheme=scheme)
    try:
        page = context.new_page()
        page.goto(f"{address}/q/week")
        _double_the_text(page)
        assert page.evaluate(WIDTH) == PHONE["width"]
        page.get_by_role("button").click()
        for answer in ("A", "A", "A"):
            page.locator(f"label:has(input[value={answer}])").click()
            _double_the_text(page)
            assert page.evaluate(WIDTH) == PHONE["width"]
            page.get_by_role("button").click()
        page.get_by_label("您的答案").fill("1000")
        page.get_by_role("button").click()
        _double_the_text(page)
        assert page.evaluate(WIDTH) == PHONE["width"]
    finally:
        context.close()


def _double_the_text(page: Page) -> None:
    page.wait_for_load_state()
    page.evaluate("document.documentElement.style.fontSize = '200%'")


PLACES = """images => images.map(image => {
    const place = image.getBoundingClientRect();
    return {loaded: image.naturalWidth, width: place.width, height: place.height, right: place.right};
})"""


def places(page: Page) -> list[dict[str, float]]:
    """How each picture of a page is laid out, once all are loaded."""
    page.wait_for_load_state("networkidle")
    found: list[dict[str, float]] = page.locator("img").evaluate_all(PLACES)
    assert all(one["loaded"] for one in found)
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_fit_the_phone_and_can_be_opened_alone(
    browser: Browser, address: str, store: Store, scheme: str
) -> None:
    make_pictured_campaign(store, replace(PLAN, slug="pictured"))
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, color_scheme=scheme)
    try:
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(f"{address}/q/pictured")
        tap(page)
        (wide,) = places(page)
        assert wide["right"] <= PHONE["width"]
        assert 3.9 < wide["width"] / wide["height"] < 4.5
        page.get_by_role("img", name="一只仪表").tap()
        expect(page).to_have_url(re.compile(r"/pictures/[0-9a-f]{64}$"))
        page.go_back()
        tap(page, "B 用电量")
        proof, *bins = places(page)
        assert proof["right"] <= PHONE["width"]
        assert [one["width"] for one in bins] == [one["height"] for one in bins]
        assert min(one["width"] for one in bins) >= 96
        assert page.evaluate(WIDTH) == PHONE["width"]
        page.get_by_role("radio", name="C 题图").tap()
        tap(page)
        expect(page.get_by_role("status")).to_contain_text("✅ 回答正确")
        _, tall, tiny = places(page)
        assert (tall["width"], tall["height"]) == (120, 640)
        assert (tiny["width"], tiny["height"]) == (12, 12)
        tap(page, "A 正确")
        page.goto(f"{address}/q/pictured/review?show=all")
        page.locator("summary").first.tap()
        _double_the_text(page)
        assert page.evaluate(WIDTH) == PHONE["width"]
        assert said == []
    finally:
        context.close()


def test_a_pictures_place_is_kept_while_it_is_loaded(browser: Browser, address: str, store: Store) -> None:
    make_pictured_campaign(store, replace(PLAN, slug="pictured"))
    context = browser.new_context(viewport=PHONE)
    try:
        page = context.new_page()
        page.goto(f"{address}/q/pictured")
        with page.expect_navigation():
            page.get_by_role("button").click()
        (loaded,) = places(page)
        page.route("**/pictures/*", lambda route: None)  # on its way for ever
        page.reload(wait_until="domcontentloaded")
        expect(page.locator("img")).to_have_css("max-width", "100%")  # the style sheet is there
        (waiting,) = page.locator("img").evaluate_all(PLACES)
        assert waiting["loaded"] == 0
        assert abs(waiting["height"] - loaded["height"]) < 1
    finally:
        context.close()


def test_the_content_security_policy_has_nothing_to_complain_about(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport=PHONE)
    try:
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("requestfailed", lambda request: said.append(request.url))
        page.goto(f"{address}/q/week")
        page.get_by_role("button").click()
        page.locator("label").first.click()
        page.get_by_role("button").click()
        expect(page.get_by_role("status")).to_be_visible()
        assert said == []
    finally:
        context.close()
