"""Who is behind a browser."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from campaign_made import OPENS, PLAN, STANDBY, make_campaign
from flask import Flask
from phone import ADDRESS, Phone
from sqlalchemy import func, select

from bot.links import RESUME_S, Links
from campaigns import people, play, tables
from campaigns.people import Sender
from campaigns.store import Store
from campaigns.stores import Stores

CHAT = Sender("wechat", "gh_1", "openid-of-somebody")


def count(store: Store, table: type[tables.Table]) -> int:
    with store.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def look(stores: Stores, sender: Sender = CHAT) -> play.Turn:
    with stores.sql.direct() as direct:
        turn = play.look(direct, stores, sender)
    assert turn is not None
    return turn


@pytest.fixture
def chat(stores: Stores, campaign: int) -> play.Turn:
    """A person who follows the account and has begun nothing."""
    people.meet(stores.sql, CHAT, OPENS)
    return look(stores)


def resume(app: Flask, turn: play.Turn, slug: str = "week") -> str:
    links: Links = app.extensions["lvda.links"]
    return links.resume(slug, turn.person_id).removeprefix(ADDRESS)


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


def test_an_attempt_begun_in_the_chat_goes_on_here_and_back(
    app: Flask, phone: Phone, stores: Stores, chat: play.Turn
) -> None:
    play.begin(stores.sql, chat, chat.edition, Random(1), OPENS, in_chat=True)
    with stores.sql.direct() as direct:
        play.answer(direct, look(stores), 1, "C", OPENS, in_chat=True)

    entry = phone.open(resume(app, chat))
    assert entry.path == "/q/week"
    assert "继续答题（第2/4题）" in entry.text
    page = phone.submit(entry.form)
    assert STANDBY.stem in page.text
    phone.submit(page.form, option="B")

    turn = look(stores)
    assert turn.attempt is not None
    assert (turn.attempt.position, turn.attempt.score) == (3, 20)
    with stores.sql.direct() as direct:
        play.answer(direct, turn, 3, "ABD", OPENS, in_chat=True)
    assert "第4/4题" in phone.open("/q/week/question").text


def test_a_link_opened_twice_is_one_identity(app: Flask, phone: Phone, store: Store, chat: play.Turn) -> None:
    link = resume(app, chat)
    phone.open(link)
    phone.open(link)
    assert count(store, tables.Identity) == 2
    assert only_person(store) == chat.person_id


def test_a_guest_who_opens_a_link_from_a_chat_leaves_the_guest_behind(
    app: Flask, phone: Phone, store: Store, chat: play.Turn
) -> None:
    phone.begin("/q/week")
    entry = phone.open(resume(app, chat))
    assert "开始答题" in entry.text
    phone.submit(entry.form)
    with store.reading() as session:
        owners = session.scalars(select(tables.Attempt.person_id).order_by(tables.Attempt.id)).all()
    assert owners[0] != chat.person_id
    assert owners[1:] == [chat.person_id]


def test_a_link_that_is_too_old_leads_to_the_plain_page_and_says_so(
    app: Flask, phone: Phone, store: Store, chat: play.Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = resume(app, chat)
    monkeypatch.setattr("bot.links.RESUME_S", -1)
    page = phone.open(link)
    assert RESUME_S > 0
    assert page.path == "/q/week?note=expired"
    assert "这个链接已经过期" in page.text
    assert count(store, tables.Identity) == 1


def test_a_link_for_somebody_who_is_gone_is_a_plain_link(app: Flask, phone: Phone, store: Store) -> None:
    links: Links = app.extensions["lvda.links"]
    page = phone.open(links.resume("week", 987654).removeprefix(ADDRESS))
    assert "这个链接已经过期" in page.text
    assert count(store, tables.Identity) == 0


def test_a_link_from_a_chat_opens_the_campaign_it_names(
    app: Flask, phone: Phone, store: Store, chat: play.Turn
) -> None:
    make_campaign(store, replace(PLAN, slug="other", name="另一个活动"))
    assert "另一个活动" in phone.open(resume(app, chat, "other")).text


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


def test_the_unit_of_a_link_is_joined_at_once_by_a_person(phone: Phone, store: Store) -> None:
    phone.begin("/q/week?u=U01")
    assert "代表 市水务局 参加" in phone.open("/q/week?u=U02").text
    assert unit_of(store, only_person(store)) == "市水务局"


def test_a_later_unit_is_not_undone_by_the_first_link(phone: Phone, store: Store) -> None:
    phone.begin("/q/week?u=U01")
    phone.begin("/q/week?u=U02")
    phone.begin("/q/week")
    assert unit_of(store, only_person(store)) == "市水务局"


def test_a_unit_that_does_not_exist_costs_one_kind_line(phone: Phone, store: Store) -> None:
    for code in ("U99", "%00", "x" * 500):
        page = phone.open(f"/q/week?u={code}")
        assert "没有认出二维码里的单位" in page.text, code
    assert "第1/4题" in phone.submit(page.form).text
    assert unit_of(store, only_person(store)) == ""


def test_a_unit_that_is_gone_when_one_begins_costs_one_kind_line(phone: Phone, store: Store) -> None:
    entry = phone.open("/q/week?u=U01")
    with store.transaction() as session:
        session.delete(people.find_unit(session, "U01"))
    assert "没有认出二维码里的单位" in phone.submit(entry.form).text
