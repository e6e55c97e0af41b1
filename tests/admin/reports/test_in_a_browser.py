"""Reports as people at a desk, with a phone or with a screen reader meet them."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from accessibility import obstacles
from pictures_made import png
from playwright.sync_api import Page, expect
from report_made import make_reported, stores_of
from visitors import Clock
from word_templates_made import template_of

from campaigns.jobs.working import do_next
from campaigns.reports.making import make_report
from campaigns.store import Store

pytestmark = pytest.mark.browser

SIZES = ({"width": 1280, "height": 900}, {"width": 390, "height": 844})
"""A desk's, a phone's."""


def fits(page: Page) -> None:
    """At a desk and on a phone: nothing has to be pushed aside, and nothing keeps anybody out."""
    for size in SIZES:
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert obstacles(page) == []


def test_a_report_is_written_with_a_photo_and_its_file_arrives_by_itself(
    records: Store, clock: Clock, opened: Callable[..., tuple[Page, list[str]]], address: str
) -> None:
    make_reported(records)
    page, said = opened(viewport=SIZES[0])
    page.goto(f"{address}/campaigns/week/reports")
    fits(page)
    page.get_by_role("link", name="写工作简讯").click()
    page.get_by_label("自己的话").fill("各单位领导带头参加。")
    page.get_by_label("传新的照片").set_input_files(
        {"name": "hall.png", "mimeType": "image/png", "buffer": png(600, 400, "seagreen")}
    )
    fits(page)
    page.get_by_role("button", name="保存并生成").click()
    expect(page.get_by_role("heading", name="第1期")).to_be_visible()
    fits(page)
    do_next(stores_of(records), {"report": make_report}, "w", clock, threading.Event())
    expect(page.get_by_text("已经做好")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 Word").click()
    assert download.value.suggested_filename.endswith(".docx")
    page.goto(f"{address}/campaigns/week/reports/photos")
    fits(page)
    page.goto(f"{address}/reports/templates")
    fits(page)
    page.get_by_label("改好的 Word 文档").first.set_input_files(
        {"name": "ours.docx", "mimeType": "", "buffer": template_of("{{参加人}}")}
    )
    page.get_by_role("button", name="检查并使用").first.click()
    expect(page.get_by_text("没有“参加人”这个标记")).to_be_visible()
    assert [one for one in said if "422" not in one] == []
