"""A link from a chat makes one browser the chat's person: once, and only when asked."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import Random
from typing import Protocol

import pytest
from campaign_made import OPENS, PLAN, STANDBY, make_campaign
from flask import Flask
from phone import ADDRESS, Page, Phone
from sqlalchemy import func, select, update

from bot.links import RESUME_MS, Links
from campaigns import people, play, tables
from campaigns.people import Sender
from campaigns.store import Store
from campaigns.stores import Stores

CHAT = Sender("wechat", "gh_1", "openid-of-somebody")
OFFER = "以聊天里的身份继续答题"
VOID = "这个链接已经过期或用过了"


class Clock(Protocol):
    now: int

    def pass_seconds(self, seconds: float) -> None: ...


def look(stores: Stores) -> play.Turn:
    with stores.sql.direct() as direct:
        turn = play.look(direct, stores, CHAT)
    assert turn is not None
    return turn


@pytest.fixture
def chat(stores: Stores, campaign: int) -> play.Turn:
    """A person who follows the account and has begun nothing."""
    people.meet(stores.sql, CHAT, OPENS)
    return look(stores)


@pytest.fixture
def resume(links: Links, chat: play.Turn, clock: Clock) -> Callable[..., str]:
    """Makes a link for the chat's person, a second after whatever was before."""

    def make(slug: str = "week") -> str:
        clock.pass_seconds(1)
        return links.resume(slug, chat.person_id).removeprefix(ADDRESS)

    return make


def everything(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables."""
    with store.reading() as session:
        return {
            table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for table in tables.Table.metadata.sorted_tables
        }


def identities(store: Store, person_id: int) -> int:
    with store.reading() as session:
        counted = select(func.count()).where(tables.Identity.person_id == person_id, tables.Identity.channel == "h5")
        return session.scalar(counted) or 0


def owners(store: Store) -> list[int]:
    """Whose attempts there are, in their order."""
    with store.reading() as session:
        return list(session.scalars(select(tables.Attempt.person_id).order_by(tables.Attempt.id)))


def adopt(phone: Phone, link: str) -> Page:
    return phone.submit(phone.open(link).form)


def test_an_attempt_begun_in_the_chat_goes_on_here_and_back(
    phone: Phone, stores: Stores, chat: play.Turn, resume: Callable[..., str]
) -> None:
    play.begin(stores.sql, chat, chat.edition, Random(1), OPENS, in_chat=True)
    with stores.sql.direct() as direct:
        play.answer(direct, look(stores), 1, "C", OPENS, in_chat=True)

    offer = phone.open(resume())
    assert OFFER in offer.text
    assert "聊天里的您" in offer.text
    entry = phone.submit(offer.form)
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


def test_a_link_leads_to_whom_its_person_turned_out_to_be(
    phone: Phone, store: Store, stores: Stores, chat: play.Turn, resume: Callable[..., str]
) -> None:
    """It was sent before they were bound to the roster, and opened behind that."""
    link, again = resume(), resume()
    with store.transaction() as session:
        person = tables.Person(name="张晓明", unit_id=None, rostered=True, created_ms=OPENS)
        session.add(person)
        session.flush()
        people.merge(session, chat.person_id, person.id, OPENS)
    assert OFFER in phone.open(link).text
    adopt(phone, link)
    phone.begin("/q/week")
    assert owners(store) == [look(stores).person_id]
    assert OFFER not in phone.open(again).text, "it is that person already"


def test_looking_at_a_link_changes_nothing(app: Flask, phone: Phone, store: Store, resume: Callable[..., str]) -> None:
    phone.begin("/q/week")
    link, before = resume(), everything(store)
    for browser in (phone, Phone(app)):
        for _ in range(2):
            assert OFFER in browser.open(link).text
        assert browser.open("/q/week/adopt").status == 200
    assert everything(store) == before
    assert "继续答题（第1/4题）" in phone.open("/q/week").text


def test_the_offer_says_for_which_unit(phone: Phone, store: Store, chat: play.Turn, resume: Callable[..., str]) -> None:
    with store.transaction() as session:
        people.join_unit(session, chat.person_id, "U02")
    assert "聊天里的您（代表 市水务局 参加）" in phone.open(resume()).text


def test_whoever_has_attempts_of_their_own_is_told_what_becomes_of_them(
    phone: Phone, store: Store, chat: play.Turn, resume: Callable[..., str]
) -> None:
    phone.begin("/q/week")
    offer = phone.open(resume())
    assert "您在这个浏览器里另有答题记录" in offer.text
    assert 'href="/q/week"' in offer.html
    entry = phone.submit(offer.form)
    assert "开始答题" in entry.text
    phone.submit(entry.form)
    guest, adopted = owners(store)
    assert guest != chat.person_id
    assert adopted == chat.person_id


def test_whoever_has_no_attempts_is_not_bothered_with_them(phone: Phone, resume: Callable[..., str]) -> None:
    assert "另有答题记录" not in phone.open(resume()).text


def test_whoever_does_not_go_on_stays_who_they_were(phone: Phone, store: Store, resume: Callable[..., str]) -> None:
    phone.begin("/q/week")
    phone.open(resume())
    assert "继续答题（第1/4题）" in phone.open("/q/week").text
    assert len(owners(store)) == 1


def test_a_link_is_good_for_one_browser(
    app: Flask, phone: Phone, store: Store, chat: play.Turn, resume: Callable[..., str]
) -> None:
    link, other = resume(), Phone(app)
    waiting = other.open(link).form
    adopt(phone, link)
    for page in (other.submit(waiting), other.open(link), Phone(app).open(link)):
        assert page.path == "/q/week?note=expired"
        assert VOID in page.text
    assert identities(store, chat.person_id) == 1


def test_an_adoption_makes_every_earlier_link_void_and_no_later_one(
    app: Flask, phone: Phone, resume: Callable[..., str]
) -> None:
    first, second = resume(), resume()
    adopt(phone, second)
    assert VOID in Phone(app).open(first).text
    assert OFFER in Phone(app).open(resume()).text


def test_a_browser_that_is_the_person_already_just_goes_on(
    phone: Phone, store: Store, chat: play.Turn, clock: Clock, resume: Callable[..., str]
) -> None:
    link = resume()
    form = phone.open(link).form
    adopt(phone, link)
    clock.now += RESUME_MS + 1
    for page in (phone.open(link), phone.open(resume()), phone.submit(form)):
        assert page.path == "/q/week"
        assert VOID not in page.text
    assert identities(store, chat.person_id) == 1


def test_a_form_sent_twice_before_the_first_reply_came_adopts_once(
    app: Flask, phone: Phone, store: Store, chat: play.Turn, resume: Callable[..., str]
) -> None:
    form = phone.open(resume()).form
    cookie = phone.client.get_cookie("lvda", domain="quiz.example.gov.cn")
    assert cookie is not None
    twin = Phone(app)  # as the browser was when it sent the form
    twin.client.set_cookie("lvda", cookie.value, domain="quiz.example.gov.cn")
    assert phone.submit(form).path == twin.submit(form).path == "/q/week"
    phone.begin("/q/week")
    twin.begin("/q/week")
    assert owners(store) == [chat.person_id]
    assert identities(store, chat.person_id) == 1


@pytest.mark.race
def test_of_two_browsers_with_one_link_one_gets_it(
    app: Flask, store: Store, chat: play.Turn, resume: Callable[..., str], repeats: int
) -> None:
    for had in range(repeats):
        link = resume()
        browsers = [Phone(app) for _ in range(4)]
        forms = [browser.open(link).form for browser in browsers]
        with ThreadPoolExecutor(len(browsers)) as pool:
            pages = list(pool.map(Phone.submit, browsers, forms))
        assert sorted(page.path for page in pages) == ["/q/week"] + ["/q/week?note=expired"] * 3
        assert identities(store, chat.person_id) == had + 1


def test_a_link_that_is_too_old_leads_to_the_plain_page_and_says_so(
    phone: Phone, store: Store, chat: play.Turn, clock: Clock, resume: Callable[..., str]
) -> None:
    link = resume()
    form = phone.open(link).form
    clock.now += RESUME_MS + 1
    for page in (phone.open(link), phone.submit(form)):
        assert page.path == "/q/week?note=expired"
        assert VOID in page.text
        assert "开始答题" in page.text
    assert identities(store, chat.person_id) == 0


def test_an_adoption_by_a_clock_that_is_behind_still_uses_the_link_up(
    app: Flask, phone: Phone, clock: Clock, resume: Callable[..., str]
) -> None:
    link = resume()
    clock.now -= 500
    adopt(phone, link)
    assert VOID in Phone(app).open(link).text


def test_a_link_for_somebody_who_is_gone_is_a_plain_link(
    app: Flask, phone: Phone, store: Store, links: Links, chat: play.Turn
) -> None:
    form = phone.open(links.resume("week", chat.person_id).removeprefix(ADDRESS)).form
    with store.transaction() as session:
        session.add(other := tables.Person(name="", unit_id=None, created_ms=OPENS))
        session.flush()
        session.execute(update(tables.Identity).values(person_id=other.id))
        session.delete(session.get_one(tables.Person, chat.person_id))
    for page in (phone.submit(form), phone.open(links.resume("week", 987654).removeprefix(ADDRESS))):
        assert VOID in page.text
    with store.reading() as session:
        assert session.scalars(select(tables.Identity.channel)).all() == ["wechat"]


@pytest.mark.parametrize("token", ["", "forged", "%00", "%ED%A0%80", "x" * 9_000])
def test_a_token_that_is_not_ours_is_a_plain_link(phone: Phone, token: str) -> None:
    phone.begin("/q/week")
    page = phone.open(f"/q/week?k={token}")
    assert page.path == "/q/week?note=expired"
    assert "继续答题（第1/4题）" in page.text


@pytest.mark.parametrize("token", ["", "forged", "\0"])
def test_a_form_with_a_token_that_is_not_ours_adopts_nobody(
    phone: Phone, store: Store, resume: Callable[..., str], token: str
) -> None:
    form, before = phone.open(resume()).form, everything(store)
    assert VOID in phone.submit(form, k=token).text
    assert everything(store) == before


def test_nobody_adopts_without_the_token_of_a_form(phone: Phone, store: Store, resume: Callable[..., str]) -> None:
    form, before = phone.open(resume()).form, everything(store)
    form.fields["csrf_token"] = "stale"
    assert phone.submit(form).status == 400
    assert everything(store) == before


def test_a_link_from_a_chat_opens_the_campaign_it_names(phone: Phone, store: Store, resume: Callable[..., str]) -> None:
    make_campaign(store, replace(PLAN, slug="other", name="另一个活动"))
    assert "另一个活动" in adopt(phone, resume("other")).text
