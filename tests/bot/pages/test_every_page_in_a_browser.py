"""Every page in Chromium, as people with a small phone, large letters or a screen reader meet it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from accessibility import obstacles
from campaign_made import OPENS, PLAN, make_campaign
from playwright.sync_api import Browser, Page, expect
from prizes_planned import PRIZES

from campaigns import keeping, tables, units
from campaigns.store import Store

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
NARROW = {"width": 320, "height": 640}
WIDTH = "document.documentElement.scrollWidth"
CUT = """() => [...document.querySelectorAll("main *, nav *")].filter(one => {
    const style = getComputedStyle(one);
    return one.clientWidth > 1 && style.overflowX === "hidden" && one.scrollWidth > one.clientWidth + 1;
}).map(one => one.outerHTML.slice(0, 120))"""


@pytest.fixture
def store_url(sqlite_url: str) -> str:
    """One kind of store will do: what differs between them is not seen from here."""
    return sqlite_url


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.set_default_timeout(40_000)
    yield page
    context.close()


@pytest.fixture
def stocked(store: Store, campaign: int) -> None:
    """Units, a roster, news, and campaigns with each kind of limit and with prizes."""
    with store.transaction() as session:
        units.add(session, "C", "苏州市", level="city", headcount=100)
        of = units.add(session, "C-1", "虎丘区发展和改革委员会（能源管理科）", "C", headcount=3)
        session.add(tables.Person(name="钱多多", unit_id=of, staff_number="7", rostered=True, created_ms=OPENS))
        keeping.add_notice(session, "week", "今晚维护，请错开时间。", "", OPENS)
    make_campaign(store, replace(PLAN, slug="roster", admission="roster"))
    make_campaign(store, replace(PLAN, slug="timed", seconds_per_question=30, reveals="after_close"))
    for prizes in ("bag", "lamps"):
        make_campaign(store, replace(PLAN, slug=prizes, questions_per_paper=1, prize_groups=PRIZES[prizes]))


def answer(page: Page, *options: str) -> None:
    """Tick options by their letters, or fill in the blank, and submit."""
    for option in options:
        page.locator(f"input[value={option}]").check(force=True)
    if not options:
        page.get_by_role("textbox").fill("1000")
    page.get_by_role("button").click()
    page.wait_for_load_state()


def pages_of(page: Page, address: str) -> Iterator[str]:
    """Bring the browser to one page after the other; gives what each is."""
    page.goto(f"{address}/q/week?u=C-1")
    yield "entry"
    answer_begin(page)
    yield "question"
    answer(page, "B")
    yield "verdict"
    answer(page, "B")
    answer(page, "A")
    page.get_by_role("button").click()
    yield "nothing filled in"
    answer(page)
    yield "result"
    for path in (
        "review?show=all",
        "rankings",
        "rankings/units",
        "rankings/units?of=C",
        "record",
        "rules",
        "privacy",
        "my-data",
        "../../privacy",
    ):
        page.goto(f"{address}/q/week/{path}")
        yield path
    page.goto(f"{address}/q/week")
    yield "entry afterwards"
    for path in ("bind", "bind?s=hq", "bind?s=ooo", "bind?unit=C-1"):
        page.goto(f"{address}/q/roster/{path}")
        yield path
    page.get_by_role("button").click()
    yield "not agreed"
    for prizes in ("bag", "lamps"):
        page.goto(f"{address}/q/{prizes}")
        answer_begin(page)
        answer(page, "C")
        page.goto(f"{address}/q/{prizes}/prizes")
        yield f"a {prizes} that was won"
    for blank in page.get_by_role("textbox").all():
        blank.fill("1")
    page.get_by_role("button").click()
    yield "no address"
    page.goto(f"{address}/q/none")
    yield "no such campaign"
    page.goto(f"{address}/q/timed")
    answer_begin(page)
    yield "timed"


def answer_begin(page: Page) -> None:
    page.get_by_role("button").click()
    page.wait_for_load_state()


@pytest.mark.usefixtures("stocked")
def test_nothing_keeps_anybody_from_any_page_in_light_or_dark(page: Page, address: str) -> None:
    found = {}
    for name in pages_of(page, address):
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found[f"{name}, {scheme}"] = obstacles(page)
    assert len(found) > 42
    assert "\n".join(f"{name}: {said}" for name, said in found.items() if said) == ""


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_is_cut_or_sideways_on_a_narrow_phone_at_twice_the_text_size(
    page: Page, address: str, language: str
) -> None:
    page.set_viewport_size(NARROW)
    page.goto(f"{address}/q/week?lang={language}")
    found = {}
    for name in pages_of(page, address):
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        if page.evaluate(WIDTH) > NARROW["width"] or page.evaluate(CUT):
            found[name] = (page.evaluate(WIDTH), page.evaluate(CUT))
    assert found == {}


@pytest.mark.usefixtures("stocked")
def test_large_letters_and_english_are_kept_from_page_to_page(page: Page, address: str) -> None:
    page.goto(f"{address}/q/week")
    before = page.locator("h1").evaluate("one => parseFloat(getComputedStyle(one).fontSize)")
    page.get_by_role("link", name="大字版").click()
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("button")).to_have_text("Begin")
    answer_begin(page)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") == 22
    page.goto(f"{address}/q/week")
    assert page.locator("h1").evaluate("one => parseFloat(getComputedStyle(one).fontSize)") > before * 1.3
    page.get_by_role("link", name="中文").click()
    page.get_by_role("link", name="标准字号").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")


@pytest.mark.usefixtures("stocked")
def test_the_time_runs_down_and_the_server_decides_when_it_is_over(page: Page, address: str, clock: object) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.clock.install()
    page.goto(f"{address}/q/timed")
    answer_begin(page)
    timer, spoken = page.locator("#timer"), page.locator("#timer-said")
    expect(timer).to_contain_text("剩余 30秒")
    page.clock.run_for(5_000)
    expect(timer).to_contain_text("剩余 25秒")
    expect(spoken).to_have_text("还剩 30 秒")
    page.clock.run_for(16_000)
    expect(spoken).to_have_text("还剩 10 秒")
    clock.pass_seconds(35)
    with page.expect_navigation():
        page.clock.run_for(14_000)
    expect(page.get_by_role("main")).to_contain_text("时间到，上一题没有计分，请答这一题。")
    expect(page.get_by_role("main")).to_contain_text("第2/4题")
    assert said == []
