"""The page of figures in Chromium: drawn at a desk, read as tables where no script runs, walked past by axe."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from accessibility import obstacles
from campaign_made import OPENS, PLAN, make_campaign
from figures_made import Played, play
from playwright.sync_api import Page, ViewportSize, expect
from visitors import Clock

from campaigns import outbox
from campaigns.clock import HOUR, MINUTE
from campaigns.store import Store

pytestmark = pytest.mark.browser

DESK: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
WRONG = ("B", "true", "AB", "10")
RENEWED_MS = 20_000


def test_figures_are_drawn_renewed_and_told_in_tables(
    opened: Callable[..., tuple[Page, list[str]]], address: str, records: Store, clock: Clock
) -> None:
    clock.now = OPENS + 3 * HOUR
    campaign_id = make_campaign(records)
    play(records, campaign_id, [Played(unit="U01"), *[Played(WRONG, unit="U02", at_ms=OPENS + HOUR)] * 30])
    with records.transaction() as session:
        outbox.post(session, key="k", wording="w", values={}, now=clock.now, campaign_id=campaign_id, way="sms")
    page, said = opened(viewport=DESK)
    page.clock.install()
    page.goto(f"{address}/campaigns/{PLAN.slug}/figures")
    canvases = page.locator(".charted canvas")
    expect(canvases).to_have_count(6)
    assert all((canvas.bounding_box() or {"width": 0})["width"] > 200 for canvas in canvases.all())
    hours = page.locator("section", has=page.locator("#rows-hours"))
    hours.get_by_text("看表格").click()
    play(records, campaign_id, [Played(at_ms=clock.now - 2 * MINUTE, minutes=1)])
    page.clock.fast_forward(RENEWED_MS)
    expect(page.locator("#rows-hours tr")).to_have_count(3)
    expect(page.locator("#rows-hours")).to_be_visible()  # what was opened stays open
    expect(page.locator("#live")).to_contain_text("32 人")
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert obstacles(page) == []
    assert said == []


def test_without_scripts_the_tables_are_all_there_is(
    opened: Callable[..., tuple[Page, list[str]]], address: str, records: Store, clock: Clock
) -> None:
    clock.now = OPENS + 3 * HOUR
    play(records, make_campaign(records), [Played()])
    page, _ = opened(viewport=PHONE, java_script_enabled=False)
    page.goto(f"{address}/campaigns/{PLAN.slug}/figures")
    expect(page.locator(".chart").first).to_be_hidden()
    page.get_by_text("看表格").first.click()
    expect(page.locator("#rows-hours")).to_contain_text("2026-07-04 09:00")
