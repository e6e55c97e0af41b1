"""Saying who one is on the pages: unit, name and staff number."""

from __future__ import annotations

from dataclasses import replace

import pytest
from campaign_made import OPENS, PLAN, make_campaign
from flask import Flask
from phone import Page, Phone
from sqlalchemy import select

from campaigns import bindings, tables, units
from campaigns.store import Store


@pytest.fixture
def roster(store: Store) -> None:
    """A city with two offices, of which one has a roster, and a campaign for whoever is on it."""
    with store.transaction() as session:
        units.add(session, "C", "苏州市", level="city")
        office = units.add(session, "C-1", "姑苏区机关事务管理中心", "C")
        units.add(session, "C-2", "工业园区行政审批局", "C")
        for name, number in (("钱多多", "007"), ("孙小小", "008")):
            session.add(tables.Person(name=name, unit_id=office, staff_number=number, rostered=True, created_ms=OPENS))
    make_campaign(store, replace(PLAN, slug="roster", admission="roster"))


def bind(phone: Phone, page: Page, **fields: str) -> Page:
    """Submit the form that asks who one is."""
    form = next(form for form in page.forms if "unit" in form.fields)
    return phone.submit(form, **fields)


@pytest.mark.usefixtures("roster")
def test_whoever_begins_without_being_known_says_who_they_are_and_then_begins(phone: Phone, store: Store) -> None:
    entry = phone.open("/q/roster")
    assert "开始前请先选择单位，并核对姓名和工号。" in entry.text
    asked = phone.submit(entry.form)
    assert asked.path == "/q/roster/bind"
    assert "按层级查找" in asked.text
    found = phone.open("/q/roster/bind?s=gsq")
    assert "姑苏区机关事务管理中心 苏州市" in found.text
    page = bind(phone, phone.open("/q/roster/bind?unit=C-1"), name="钱 多多", number="7", agreed="yes")
    assert "第1/4题" in page.text
    with store.reading() as session:
        attempt = session.scalars(select(tables.Attempt)).one()
        person = session.get_one(tables.Person, attempt.person_id)
        assert (person.name, person.rostered) == ("钱多多", True)
        assert session.scalars(select(tables.Consent)).one().identity_id == attempt.identity_id


@pytest.mark.usefixtures("roster")
def test_what_is_missing_is_asked_for_and_what_was_typed_stays(phone: Phone) -> None:
    page = bind(phone, phone.open("/q/roster/bind?unit=C-1"), name="钱多多", number="007")
    assert page.status == 422
    assert "请先阅读告知，并勾选同意。" in page.text
    assert 'value="钱多多"' in page.html
    assert "请填写姓名。" in bind(phone, page, name=" ", agreed="yes").text


@pytest.mark.usefixtures("roster")
def test_wrong_names_are_not_told_apart_and_after_some_tries_one_waits(phone: Phone, clock: object) -> None:
    page = phone.open("/q/roster/bind?unit=C-1")
    said = set()
    for name in ("钱多多", "没有这人", "孙小小", "赵", "周"):
        page = bind(phone, page, name=name, number="999", agreed="yes")
        assert page.status == 422
        said.add(page.text.split("姓名 工号")[1])
    assert len(said) == 1
    assert "分钟后再试" in bind(phone, page, name="钱多多", number="007", agreed="yes").text
    clock.pass_seconds(bindings.WAIT_MS / 1_000)
    assert "第1/4题" in bind(phone, page, name="钱多多", number="007", agreed="yes").text


@pytest.mark.usefixtures("roster")
def test_two_browsers_of_one_person_are_one_entrant(app: Flask, phone: Phone, store: Store) -> None:
    for one in (phone, Phone(app)):
        page = bind(one, one.open("/q/roster/bind?unit=C-1"), name="钱多多", number="007", agreed="yes")
        assert "第1/4题" in page.text
    with store.reading() as session:
        assert len(session.scalars(select(tables.Attempt)).all()) == 1


@pytest.mark.usefixtures("roster")
def test_a_unit_is_found_down_the_tree(phone: Phone) -> None:
    top = phone.open("/q/roster/bind")
    assert "苏州市" in top.text
    below = phone.open("/q/roster/bind?of=C")
    assert "苏州市 的下级单位" in below.text
    assert "工业园区行政审批局" in below.text
    assert "没有找到“火星”" in phone.open("/q/roster/bind?s=火星").text
    assert "没有这个单位，请重新查找" in phone.open("/q/roster/bind?unit=nowhere").text


@pytest.mark.usefixtures("roster")
def test_where_no_roster_is_asked_for_the_unit_is_enough(phone: Phone, store: Store) -> None:
    make_campaign(store, replace(PLAN, slug="unit", admission="unit"))
    asked = phone.submit(phone.open("/q/unit").form)
    assert asked.path == "/q/unit/bind"
    page = bind(phone, phone.open("/q/unit/bind?unit=C-2"), agreed="yes")
    assert "第1/4题" in page.text
    assert "代表 工业园区行政审批局 参加" in phone.open("/q/unit").text


@pytest.mark.usefixtures("roster")
def test_a_name_is_no_must_where_the_roster_is_not_asked_for(phone: Phone, store: Store) -> None:
    make_campaign(store, replace(PLAN, slug="unit", admission="unit"))
    page = phone.open("/q/unit/bind?unit=C-1")
    assert "不登记姓名也可以参加" in page.text
    assert "第1/4题" in bind(phone, page, agreed="yes").text
    again = bind(phone, phone.open("/q/unit/bind?unit=C-1"), name="孙小小", number="8", agreed="yes")
    assert "第1/4题" in again.text
    assert "孙*小" in phone.open("/q/unit/record").text


@pytest.mark.usefixtures("roster")
def test_a_unit_without_a_roster_is_told_apart(phone: Phone) -> None:
    page = bind(phone, phone.open("/q/roster/bind?unit=C-2"), agreed="yes")
    assert page.status == 422
    assert "“工业园区行政审批局”还没有交花名册" in page.text


@pytest.mark.usefixtures("roster")
def test_whom_a_roster_has_changes_no_unit_by_themselves(phone: Phone) -> None:
    bind(phone, phone.open("/q/roster/bind?unit=C-1"), name="钱多多", number="007", agreed="yes")
    page = bind(phone, phone.open("/q/roster/bind?unit=C-2"), agreed="yes")
    assert page.status == 422
    assert "您已按花名册绑定在“姑苏区机关事务管理中心”" in page.text


@pytest.mark.usefixtures("roster")
def test_what_is_chinese_on_an_english_page_says_so_to_screen_readers(phone: Phone) -> None:
    page = bind(phone, phone.open("/q/roster/bind?unit=C-1&lang=en"), name="谁", number="1", agreed="yes")
    assert 'role="alert" lang="zh-CN">姓名或工号与花名册对不上' in page.html
    missing = bind(phone, page, name="", number="1", agreed="yes")
    assert 'role="alert">Please enter your name.' in missing.html
    assert 'lang="zh-CN"> 苏州市</span>' in phone.open("/q/roster/bind").html


@pytest.mark.usefixtures("roster")
def test_a_unit_that_is_retired_while_somebody_fills_in_the_form_is_looked_for_anew(phone: Phone, store: Store) -> None:
    page = phone.open("/q/roster/bind?unit=C-1")
    with store.transaction() as session:
        units.find(session, "C-1").retired = True
    again = bind(phone, page, name="钱多多", number="007", agreed="yes")
    assert (again.status, again.path) == (200, "/q/roster/bind?note=no_unit")
    assert "没有这个单位，请重新查找" in again.text
