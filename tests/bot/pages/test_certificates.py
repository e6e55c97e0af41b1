"""One's own certificate on a phone, and the check of any."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from accessibility import obstacles
from campaign_made import OPENS, PLAN, make_campaign
from flask import Flask
from phone import ADDRESS, Page, Phone
from playwright.sync_api import Browser
from playwright.sync_api import Page as Tab
from sqlalchemy import select, update

from bot.pages.certificates import FRESH_MS
from campaigns import tables
from campaigns.prizes.rules import PlannedGroup
from campaigns.store import Store

PASSED = PlannedGroup("合格证书", "passed", least_points=20)
UNKNOWN = "没有这个编号的证书，请对照证书核对编号，再查一次。"


@pytest.fixture
def store_url(sqlite_url: str) -> str:
    """One kind of store will do: what differs between them is not seen from here."""
    return sqlite_url


@pytest.fixture
def campaign(store: Store) -> int:
    return make_campaign(store, replace(PLAN, prize_groups=(PASSED,)))


@pytest.fixture
def finished(phone: Phone) -> Phone:
    """Somebody with 30 of 40 points."""
    page = phone.begin("/q/week")
    for option in ("C", "B", "A"):
        page = phone.submit(page.form, option=option)
    phone.submit(page.form, blank="1000")
    return phone


def call(store: Store, name: str) -> None:
    with store.transaction() as session:
        session.execute(update(tables.Person).values(name=name))


def number_of(store: Store) -> str:
    with store.reading() as session:
        return session.scalars(select(tables.Certificate.number)).one()


def test_whoever_has_the_points_finds_their_certificate(finished: Phone, store: Store) -> None:
    call(store, "张晓明")
    page = finished.open("/q/week/certificate")
    number = number_of(store)
    assert page.status == 200
    for said in ("合格证书", "张晓明", "成绩 30 分，达到合格要求", number, f"{ADDRESS}/certificates/{number}"):
        assert said in page.text


def test_the_pdf_is_opened_by_a_browser_without_a_session_too(finished: Phone, store: Store, app: Flask) -> None:
    sent_on = finished.client.get("/q/week/certificate.pdf", base_url=ADDRESS)
    assert sent_on.status_code == 303
    stranger = app.test_client()
    answer = stranger.get(sent_on.headers["Location"], base_url=ADDRESS)
    assert answer.data.startswith(b"%PDF-")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == f"inline; filename={number_of(store)}.pdf"
    assert answer.headers["Cache-Control"] == "no-store"


def test_but_not_for_long_nor_with_another_address(finished: Phone, app: Flask, clock: Any, store: Store) -> None:
    make_campaign(store, replace(PLAN, slug="other", prize_groups=(PASSED,)))
    address = finished.client.get("/q/week/certificate.pdf", base_url=ADDRESS).headers["Location"]
    stranger = Phone(app)
    for wrong in (address[:-1], "/q/week/certificate.pdf", address.replace("week", "other")):
        assert "这里没有您的证书" in stranger.open(wrong).text
    clock.now += FRESH_MS + 1
    assert "这里没有您的证书" in stranger.open(address).text
    assert finished.client.get(address, base_url=ADDRESS, follow_redirects=True).data.startswith(b"%PDF-")


def test_whoever_has_not_the_points_is_told_kindly_and_issued_none(phone: Phone, store: Store) -> None:
    phone.begin("/q/week")
    for path in ("/q/week/certificate", "/q/week/certificate.pdf"):
        assert "这里没有您的证书" in phone.open(path).text
    with store.reading() as session:
        assert session.scalars(select(tables.Certificate)).all() == []


def test_a_name_that_cannot_be_printed_has_a_number_all_the_same(finished: Phone, store: Store) -> None:
    call(store, "张龘")
    page = finished.open("/q/week/certificate.pdf")
    assert page.status == 422
    assert f"编号 {number_of(store)} 照样有效" in page.text
    assert "张龘" in finished.open("/q/week/certificate").text


def checked(app: Flask, path: str) -> Page:
    return Phone(app).open(path)


def test_anybody_may_check_a_number(finished: Phone, store: Store, app: Flask) -> None:
    call(store, "张晓明")
    finished.open("/q/week/certificate")
    number = number_of(store)
    for path in (f"/certificates/{number}", f"/certificates?number={number.lower().replace('-', '+')}"):
        page = checked(app, path)
        assert page.status == 200
        for said in ("这是真实的证书编号", number, "张*明", PLAN.name, PLAN.organiser, "2026年7月4日"):
            assert said in page.text
        assert "张晓明" not in page.html
        assert "30" not in page.text.replace(number, "")


@pytest.mark.parametrize("path", ["/certificates/LD26-0000-0000-0000", "/certificates/x", "/certificates?number=%00"])
def test_any_other_number_gets_the_same_sentence(app: Flask, campaign: int, path: str) -> None:
    page = checked(app, path)
    assert page.status == 404
    assert UNKNOWN in page.text


def test_the_form_asks_for_a_number_first(app: Flask, campaign: int) -> None:
    for path in ("/certificates", "/certificates/", "/certificates?number=+"):
        page = checked(app, path)
        assert page.status == 200
        assert "证书编号（以 LD 开头）" in page.text
        assert UNKNOWN not in page.text


@pytest.fixture
def tab(browser: Browser) -> Iterator[Tab]:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.set_default_timeout(40_000)
    yield page
    context.close()


@pytest.mark.browser
def test_the_pages_are_accessible_on_a_phone(tab: Tab, address: str, store: Store) -> None:
    with store.transaction() as session:
        session.add(tables.Person(id=1, name="欧阳晓明", unit_id=None, created_ms=OPENS))
        session.flush()
        group = session.scalars(select(tables.PrizeGroup.id)).one()
        row = {"number": "LD26-7K3M-0QXW-9BTA", "group_id": group, "person_id": 1, "name": "欧阳晓明", "points": 40}
        session.add(tables.Certificate(**row, issued_ms=OPENS))
    for path in ("/certificates", "/certificates/LD26-7K3M-0QXW-9BTA", "/certificates/x", "/q/week/certificate"):
        tab.goto(f"{address}{path}")
        assert obstacles(tab) == []
