"""The bare address, and what an address that is none, or an error that nobody expected, looks like."""

from __future__ import annotations

from dataclasses import replace

import pytest
from campaign_made import CLOSES, make_campaign
from campaign_made import PLAN as WEEK
from flask import Flask
from phone import ADDRESS, Phone

from campaigns.store import Store


def test_the_bare_address_leads_to_the_campaign_that_is_on(phone: Phone, store: Store) -> None:
    make_campaign(store, replace(WEEK, slug="later", opens_ms=CLOSES, closes_ms=CLOSES + 1_000))
    response = phone.client.get("/", base_url=ADDRESS)
    assert (response.status_code, response.location) == (302, "/q/week")
    assert response.headers["Cache-Control"] == "no-store"


def test_without_a_campaign_the_bare_address_says_what_to_do(app: Flask) -> None:
    page = Phone(app).open("/")
    assert page.status == 200
    assert "现在还没有活动" in page.text
    assert "二维码" in page.text


@pytest.mark.parametrize("path", ["/nowhere", "/q", "/favicon.ico", "/pages/static/none.css", "/draws", "/wechatty"])
def test_an_address_that_is_none_gets_a_kind_page(phone: Phone, path: str) -> None:
    page = phone.open(path)
    assert page.status == 404
    assert "没有" in page.text
    assert "请检查链接是否完整" in page.text
    assert "Not Found" not in page.html


def test_a_kind_page_leads_on_and_is_not_kept(phone: Phone) -> None:
    page = phone.open("/nowhere")
    assert 'href="/"' in page.html
    assert page.headers["Cache-Control"] == "no-store"
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/", "/q/week", "/draws/C1-D1"])
def test_a_page_that_takes_no_form_says_so_kindly(phone: Phone, path: str) -> None:
    response = phone.client.post(path, base_url=ADDRESS)
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]
    assert "这个地址不能这样打开" in response.text


def test_an_error_that_nobody_expected_is_told_kindly_and_gives_nothing_away(app: Flask) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.extensions["lvda.clock"] = None
    page = Phone(app).open("/")
    assert page.status == 500
    assert "已经提交的回答不会丢失" in page.text
    assert "TypeError" not in page.html


@pytest.mark.parametrize("path", ["/wechat/a/b", "/healthz/none", "/metrics/none"])
def test_what_programs_ask_for_stays_bare(phone: Phone, path: str) -> None:
    response = phone.client.get(path, base_url=ADDRESS)
    assert response.status_code == 404
    assert "stylesheet" not in response.text
    assert phone.client.post("/healthz", base_url=ADDRESS).status_code == 405


def test_the_console_answers_for_itself(phone: Phone) -> None:
    response = phone.client.get("/admin/nowhere", base_url=ADDRESS, follow_redirects=True)
    assert "登录" in response.text
    assert "活动首页" not in response.text
