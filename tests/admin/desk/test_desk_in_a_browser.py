"""The prize desk in Chromium: a phone that scans, without and with a sign-in before, and a desktop."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from accessibility import obstacles
from award_made import CLAIM_SEAL, LI, WON, ZHANG, make_winners, won, won_with_code
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select
from visitors import PASSWORD, Clock, Visitor

from campaigns.prizes.claims import claim
from campaigns.prizes.codes import shown_code
from campaigns.staff import Role
from campaigns.store import Store
from campaigns.tables import Award

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1280, "height": 900}}
OVERFLOW = "document.documentElement.scrollWidth > window.innerWidth"


def is_well(page: Page) -> bool:
    """Whether everybody can read it and get about in it, and it is as wide as the screen."""
    assert obstacles(page) == []
    return not page.evaluate(OVERFLOW)


def handed_out(store: Store) -> int:
    with store.reading() as session:
        return session.scalar(select(func.count()).where(Award.redeemed_ms.is_not(None))) or 0


def test_a_scan_is_looked_up_after_signing_in_and_the_next_ones_at_once(
    browser: Browser, address: str, records: Store, signed_in: Callable[[Role], Visitor], clock: Clock
) -> None:
    make_winners(records)
    codes = [won_with_code(records, person)[1] for person in (ZHANG, LI)]
    clock.now = WON
    signed_in(Role.DESK)
    context = browser.new_context(**PHONE)
    page = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url.split("#")[0]))
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.goto(f"{address}/desk#{codes[0]}")
    page.get_by_label("用户名").fill("desk")
    page.get_by_label("密码").fill("a wrong password")
    page.get_by_role("button", name="登录").tap()
    expect(page.get_by_role("alert")).to_be_visible()
    said.clear()  # of the page's status, which is 403
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").tap()
    expect(page.get_by_role("heading", name="保温杯")).to_be_visible()
    assert is_well(page)
    page.get_by_role("button", name="发放", exact=True).tap()
    expect(page.get_by_role("status")).to_contain_text("已发放")
    assert is_well(page)
    assert handed_out(records) == 1
    page.get_by_label("下一位的兑奖码").press_sequentially(codes[1].lower())
    expect(page.get_by_label("下一位的兑奖码")).to_have_value(shown_code(codes[1]))
    page.get_by_role("button", name="查询").tap()
    expect(page.get_by_role("button", name="发放", exact=True)).to_be_visible()
    page.goto(f"{address}/desk#{codes[0]}")
    expect(page.get_by_role("alert")).to_contain_text("已经发放过，不要再发")
    assert page.url == f"{address}/desk/found"
    assert not any(code in url for code in codes for url in asked)
    assert said == []
    context.close()


def test_a_second_tap_does_nothing_and_a_scanner_that_types_the_address_is_understood(
    opened: Callable[..., tuple[Page, list[str]]], address: str, records: Store
) -> None:
    make_winners(records)
    _, code = won_with_code(records, ZHANG)
    page, said = opened(**DESK)
    page.goto(f"{address}/desk")
    assert is_well(page)
    page.keyboard.type(f"HTTPS://QUIZ.EXAMPLE.CN/ADMIN/DESK#{code}")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="发放", exact=True).dblclick()
    expect(page.get_by_role("status")).to_contain_text("已发放")
    assert handed_out(records) == 1
    assert said == []


def test_claims_are_read_and_what_was_sent_is_put_down_on_a_phone_and_at_a_desk(
    opened: Callable[..., tuple[Page, list[str]]], address: str, records: Store
) -> None:
    make_winners(records)
    with_address = won(records, LI, "post")
    with records.transaction() as session:
        claim(session, with_address, LI, "post", "李四", "13800138000", "江苏省苏州市人民路 1 号", CLAIM_SEAL, WON)
    page, said = opened(**PHONE)
    page.goto(f"{address}/desk/claims")
    assert is_well(page)
    page.get_by_label("快递公司和单号").fill("顺丰 SF1234567890")
    page.get_by_role("button", name="登记寄出").click()
    expect(page.get_by_role("status")).to_contain_text("已登记寄出")
    page.set_viewport_size(DESK["viewport"])
    assert is_well(page)
    page.get_by_label("登记").select_option("sent")
    page.get_by_role("button", name="查看").click()
    page.get_by_text("更正单号").click()
    expect(page.get_by_label("快递公司和单号")).to_have_value("顺丰 SF1234567890")
    assert said == []
