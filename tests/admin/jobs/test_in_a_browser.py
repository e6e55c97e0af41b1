"""A job's page as somebody who waits sees it: it renews itself, on a phone as at a desk, and ends with the file."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

import pytest
from accessibility import obstacles
from exports_made import make_everything
from jobs_made import work_once
from playwright.sync_api import Page, expect

from campaigns.exports.making import KIND, make_export
from campaigns.jobs.kinds import Running
from campaigns.store import Store
from campaigns.stores import Stores

pytestmark = pytest.mark.browser


def test_an_export_is_asked_for_watched_and_taken_away(
    opened: Callable[..., tuple[Page, list[str]]], address: str, records: Store
) -> None:
    make_everything(records)
    page, said = opened(viewport={"width": 390, "height": 844})
    page.goto(f"{address}/campaigns/week/exports")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert obstacles(page) == []
    page.get_by_label("参与人员").check()
    page.get_by_label("CSV").check()
    page.get_by_role("button", name="导出").click()
    expect(page.locator("#job")).to_contain_text("排队等待")
    seen = threading.Event()

    def wait_half_way(stores: Stores, running: Running, now: int) -> str:
        running.step(2, 5, {"done": 2})
        seen.wait(20)
        return make_export(stores, running, now)

    worker = threading.Thread(target=work_once, args=(records, {KIND: wait_half_way}))
    worker.start()
    expect(page.locator("#job")).to_contain_text("2 / 5（40%）")
    seen.set()
    link = page.get_by_role("link", name=re.compile("下载 week-参与人员.csv"))
    expect(link).to_be_visible()
    worker.join()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert obstacles(page) == []
    with page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == "week-参与人员.csv"
    page.goto(f"{address}/jobs")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert said == []
