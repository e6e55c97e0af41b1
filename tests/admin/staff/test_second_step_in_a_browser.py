from __future__ import annotations

import re
from collections.abc import Callable

import pyotp
import pytest
from accessibility import obstacles
from playwright.sync_api import Page, expect
from visitors import NOW

from campaigns.clock import SECOND

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


def test_a_second_step_is_set_up_on_a_phone(opened: Callable[..., tuple[Page, list[str]]], address: str) -> None:
    page, said = opened(viewport=PHONE)
    page.goto(f"{address}/account")
    page.get_by_role("link", name="打开两步验证").click()
    picture = page.get_by_alt_text(re.compile("给验证器扫的二维码"))
    assert picture.evaluate("image => image.complete && image.naturalWidth > 0")  # the page's policy lets it be shown
    told = page.get_by_role("link", name="在这部手机的验证器里打开").get_attribute("href")
    assert told is not None
    assert obstacles(page) == []
    page.get_by_label("验证器显示的 6 位数字").fill(pyotp.TOTP(pyotp.parse_uri(told).secret).at(NOW // SECOND))
    page.keyboard.press("Enter")
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    assert obstacles(page) == []
    page.get_by_role("link", name="我收好了，继续").click()
    page.goto(f"{address}/account")
    expect(page.get_by_text("恢复码还剩 10 个")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert said == []
