"""Who is behind a browser."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from campaign_made import CLOSES, PLAN, STANDBY, make_campaign
from flask import Flask
from phone import Phone
from sqlalchemy import func, select

from campaigns import people, tables
from campaigns.store import Store


class Clock(Protocol):
    now: int


def count(store: Store, table: type[tables.Table]) -> int:
    with store.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def unit_of(store: Store, person_id: int) -> str:
    with store.reading() as session:
        return people.unit_name(session, person_id)


def only_person(store: Store) -> int:
    with store.reading() as session:
        return session.scalars(select(tables.Person.id)).one()


def test_merely_looking_makes_no_person(phone: Phone, store: Store) -> None:
    for path in ("/q/week", "/q/week?u=U01", "/q/week?u=U99", "/q/week?k=forged", "/q/week/question"):
        assert phone.open(path).status == 200
    assert count(store, tables.Identity) == count(store, tables.Person) == 0


def test_whoever_begins_is_one_person_from_then_on(phone: Phone, store: Store) -> None:
    phone.begin("/q/week")
    phone.begin("/q/week")
    assert count(store, tables.Person) == count(store, tables.Identity) == 1


def test_two_phones_are_two_persons(app: Flask, phone: Phone, store: Store) -> None:
    phone.begin("/q/week")
    Phone(app).begin("/q/week")
    assert count(store, tables.Person) == 2


def test_the_cookie_is_kept_for_long_and_from_others(phone: Phone) -> None:
    phone.begin("/q/week")
    cookie = phone.client.get_cookie("lvda_h5", domain="quiz.example.gov.cn", path="/q/")
    assert cookie is not None
    assert cookie.http_only
    assert cookie.secure
    assert cookie.same_site == "Lax"
    assert cookie.max_age == 180 * 24 * 3600


def test_a_forged_cookie_is_nobodys(phone: Phone, store: Store) -> None:
    phone.begin("/q/week")
    phone.client.set_cookie("lvda_h5", "forged", domain="quiz.example.gov.cn", path="/q/")
    page = phone.open("/q/week")
    assert "开始答题" in page.text
    assert count(store, tables.Person) == 1


def test_one_browser_plays_two_campaigns_side_by_side(phone: Phone, store: Store) -> None:
    make_campaign(store, replace(PLAN, slug="other"))
    first, second = phone.begin("/q/week"), phone.begin("/q/other")
    assert "第2/4题" in phone.submit(first.form, option="C").text
    assert "第2/4题" in phone.submit(second.form, option="C").text
    assert count(store, tables.Person) == 1


def test_the_unit_of_a_link_is_joined_by_whoever_begins(phone: Phone, store: Store) -> None:
    assert "代表 市财政局 参加" in phone.open("/q/week?u=U01").text
    phone.begin("/q/week")
    assert unit_of(store, only_person(store)) == "市财政局"


def test_looking_at_another_units_link_changes_nobodys_unit(phone: Phone, store: Store) -> None:
    phone.begin("/q/week?u=U01")
    assert "代表 市水务局 参加" in phone.open("/q/week?u=U02").text
    assert unit_of(store, only_person(store)) == "市财政局"


def test_the_unit_of_a_link_is_joined_by_a_person_who_goes_on(phone: Phone, store: Store) -> None:
    phone.begin("/q/week?u=U01")
    phone.submit(phone.open("/q/week?u=U02").form)
    assert unit_of(store, only_person(store)) == "市水务局"


def test_a_person_with_no_attempt_left_can_still_say_their_unit(phone: Phone, store: Store) -> None:
    make_campaign(store, replace(PLAN, slug="once", attempts_in_all=1, questions_per_paper=1), (STANDBY,))
    phone.submit(phone.begin("/q/once").form, option="B")
    first = phone.open("/q/once?u=U01")
    assert "代表 市财政局 参加" in first.text
    assert "代表 市财政局 参加" in phone.submit(first.form).text
    assert unit_of(store, only_person(store)) == "市财政局"
    other = phone.open("/q/once?u=U02")
    assert "代表 市财政局 参加" in other.text
    assert "改为代表 市水务局 参加" in other.text
    assert phone.submit(other.form).forms == []
    assert unit_of(store, only_person(store)) == "市水务局"


def test_after_the_close_nobody_changes_their_unit(phone: Phone, store: Store, clock: Clock) -> None:
    make_campaign(store, replace(PLAN, slug="once", attempts_in_all=1, questions_per_paper=1), (STANDBY,))
    phone.submit(phone.begin("/q/once?u=U01").form, option="B")
    form = phone.open("/q/once?u=U02").form
    clock.now = CLOSES
    assert phone.submit(form).status == 403
    assert phone.open("/q/once?u=U02").forms == []
    assert unit_of(store, only_person(store)) == "市财政局"


def test_saying_a_unit_without_having_begun_makes_no_person(phone: Phone, store: Store) -> None:
    form = phone.open("/q/week?u=U01").form
    assert phone.submit(replace(form, action="/q/week/unit")).path == "/q/week"
    assert count(store, tables.Person) == 0


def test_a_later_unit_is_not_undone_by_the_first_link(phone: Phone, store: Store) -> None:
    phone.begin("/q/week?u=U01")
    phone.begin("/q/week?u=U02")
    phone.begin("/q/week")
    assert unit_of(store, only_person(store)) == "市水务局"


def test_a_unit_that_does_not_exist_costs_one_kind_line(phone: Phone, store: Store) -> None:
    for code in ("U99", "%00", "U01%00", "%ED%A0%80", "%FF", "x" * 500, "x" * 20_000):
        page = phone.open(f"/q/week?u={code}")
        assert "没有认出二维码里的单位" in page.text, code
    assert "第1/4题" in phone.submit(page.form).text
    assert unit_of(store, only_person(store)) == ""


def test_a_unit_that_is_gone_when_one_begins_costs_one_kind_line(phone: Phone, store: Store) -> None:
    entry = phone.open("/q/week?u=U01")
    with store.transaction() as session:
        session.delete(people.find_unit(session, "U01"))
    assert "没有认出二维码里的单位" in phone.submit(entry.form).text
