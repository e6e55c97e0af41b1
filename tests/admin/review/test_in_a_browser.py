"""The evidence on a phone: nothing is out of reach, and what is ticked above is what the button below is about."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from accessibility import obstacles
from playwright.sync_api import Page, expect

from campaigns.signals import Kind, Listed

Open = Callable[..., tuple[Page, list[str]]]


@pytest.mark.browser
def test_attempts_are_compared_and_voided_on_a_phone(opened: Open, address: str, odd: dict[Kind, Listed]) -> None:
    page, complaints = opened(viewport={"width": 390, "height": 844})
    page.goto(f"{address}/campaigns/week/signals/{odd[Kind.DEVICE].id}")
    assert obstacles(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "the page is no wider than the phone"
    answers = page.get_by_role("region", name="每道题怎么答的")
    answers.evaluate("one => { one.scrollLeft = one.scrollWidth }")
    question = answers.get_by_role("rowheader").first.bounding_box()
    assert question is not None
    assert question["x"] >= 0, "of twelve people: the question stays in sight"
    page.get_by_label("王三三").check()
    page.get_by_label("上面勾选的答卷，作废的原因").fill("一人代多人答题")
    page.get_by_role("button", name="作废勾选的答卷").click()
    expect(page.get_by_role("status")).to_contain_text("已作废 1 份答卷")
    expect(page.get_by_label("王三三")).to_be_disabled()
    assert obstacles(page) == []
    assert complaints == []
