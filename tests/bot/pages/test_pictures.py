"""Pictures of questions on a phone's pages, and under their own addresses."""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random

import pytest
from campaign_made import COMMUTE, OPENS, PLAN, SUMMER, make_campaign
from flask import Flask
from phone import ADDRESS, Page, Phone
from pictures_made import (
    BIN,
    BINS,
    METER,
    PROOF,
    TALL,
    TINY,
    WIDE,
    keep_pictures,
    make_pictured_campaign,
    name_of,
    picture,
)
from sqlalchemy import delete, select, update
from werkzeug.test import TestResponse

from bot.links import Links
from campaigns import keeping, people, play, tables
from campaigns.people import Sender
from campaigns.store import Store
from campaigns.stores import Stores
from questions.model import options_of
from questions.papers import load


@pytest.fixture
def campaign(store: Store) -> int:
    """The id of a campaign that asks METER, BIN and GAUGE in this order."""
    return make_pictured_campaign(store)


def get(phone: Phone, data: bytes | str, **headers: str) -> TestResponse:
    name = data if isinstance(data, str) else name_of(data)
    return phone.client.get(f"/pictures/{name}", base_url=ADDRESS, headers=headers)


def images(html: str) -> list[bytes | None]:
    """The pictures that a page, or a part of one, shows in this order."""
    known = {name_of(data): data for data in (WIDE, TALL, TINY, PROOF, *BINS)}
    return [known.get(name) for name in re.findall(r'<img [^>]*src="/pictures/([0-9a-f]{64})"', html)]


def options(page: Page) -> dict[str, list[bytes | None]]:
    """What each option of a question shows, by its letter there."""
    labels = re.findall(r'<label class="option.*?value="([A-Z])".*?</label>', page.html, re.DOTALL)
    return dict(
        zip(labels, map(images, re.findall(r'<label class="option.*?</label>', page.html, re.DOTALL)), strict=True)
    )


# --- on the pages ------------------------------------------------------------------------------------------------


def test_a_question_shows_its_pictures_and_leads_to_each_by_itself(phone: Phone) -> None:
    page = phone.begin("/q/week")
    assert images(page.html) == [WIDE]
    shown = f'src="/pictures/{name_of(WIDE)}" alt="一只仪表" width="1280" height="300"'
    assert shown in page.html
    assert f'<a class="picture" href="/pictures/{name_of(WIDE)}">' in page.html


def test_an_explanations_picture_is_shown_with_the_verdict_and_never_before(phone: Phone) -> None:
    page = phone.begin("/q/week")
    assert name_of(PROOF) not in page.html
    verdict, _, question = phone.submit(page.form, option="B").html.partition("<form")
    assert images(verdict) == [PROOF]
    assert PROOF not in images(question)


def test_options_show_their_pictures_and_lead_to_them(phone: Phone) -> None:
    page = phone.submit(phone.begin("/q/week").form, option="B")
    assert options(page) == {"A": [BINS[0]], "B": [BINS[1]], "C": [BINS[2]], "D": [BINS[3]]}
    assert "放大选项 C 的图" in page.text
    assert f'href="/pictures/{name_of(BINS[2])}"' in page.html


def test_pictures_follow_their_options_when_these_are_shuffled(app: Flask, store: Store) -> None:
    keep_pictures(store)
    plan = replace(PLAN, slug="shuffled", shuffle_options=True, questions_per_paper=1)
    make_campaign(store, plan, [replace(BIN, options=options_of(["蓝桶", "绿桶", "红桶", "灰桶"]))])
    orders = set()
    for _ in range(12):
        shown = options(Phone(app).begin("/q/shuffled"))
        with store.reading() as session:
            paper = session.scalars(select(tables.Attempt.paper).order_by(tables.Attempt.id.desc())).first()
        order = load(paper or "")[0].order
        assert shown == {letter: [BINS["ABCD".index(bank)]] for letter, bank in zip("ABCD", order, strict=True)}
        orders.add(order)
    assert len(orders) > 1


def test_a_verdict_shows_the_options_that_it_names(phone: Phone) -> None:
    page = phone.submit(phone.begin("/q/week").form, option="B")
    verdict, _, _ = phone.submit(page.form, option="A").html.partition("<form")
    assert images(verdict) == [BINS[0], BINS[2]], "what was given, then what is right"


def test_looking_back_shows_the_questions_again_with_their_pictures(phone: Phone) -> None:
    page = phone.begin("/q/week")
    for option in ("B", "C", "A"):
        page = phone.submit(page.form, option=option)
    page = phone.open("/q/week/review?show=all")
    shown = images(page.html)
    assert [shown.count(data) for data in (WIDE, PROOF, BINS[2], TALL, TINY)] == [1, 1, 1, 1, 1]
    assert 'alt="题图"' in page.html
    assert 'alt="图例"' in page.html


def test_what_a_file_says_of_a_picture_is_text(phone: Phone, store: Store) -> None:
    odd = replace(METER, pictures=(picture(WIDE, alt='"><script>alert(1)</script>'),))
    make_campaign(store, replace(PLAN, slug="odd", questions_per_paper=1), [odd])
    page = phone.begin("/q/odd")
    assert "<script" not in page.html
    assert "&lt;script&gt;" in page.html


def test_a_question_is_asked_even_if_its_picture_is_gone(phone: Phone, store: Store) -> None:
    gone = replace(METER, pictures=(picture(TALL, alt="不见了的图"),))
    make_campaign(store, replace(PLAN, slug="gone", questions_per_paper=1), [gone])
    with store.transaction() as session:
        session.execute(delete(tables.Picture).where(tables.Picture.sha256 == name_of(TALL)))
    page = phone.begin("/q/gone")
    assert 'alt="不见了的图" decoding' in page.html
    assert get(phone, TALL).status_code == 404


# --- under their own addresses -----------------------------------------------------------------------------------


def test_a_picture_is_served_for_good(phone: Phone) -> None:
    response = get(phone, WIDE)
    assert (response.status_code, response.data, response.mimetype) == (200, WIDE, "image/png")
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["ETag"] == f'"{name_of(WIDE)}"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "Set-Cookie" not in response.headers


def test_a_phone_that_has_it_is_not_sent_it_again(phone: Phone) -> None:
    response = get(phone, WIDE, **{"If-None-Match": f'"{name_of(WIDE)}"'})
    assert (response.status_code, response.data) == (304, b"")
    assert "immutable" in response.headers["Cache-Control"]


@pytest.mark.parametrize(
    "name",
    ["0" * 64, name_of(WIDE).upper(), name_of(WIDE)[:-1], f"{name_of(WIDE)}0", "%", "_" * 64, "%00", "a" * 20_000],
)
def test_what_is_no_picture_of_ours_is_a_kind_page(phone: Phone, name: str) -> None:
    response = get(phone, name)
    assert response.status_code == 404
    assert "没有这个页面" in response.text


def test_a_picture_that_nobody_published_is_not_shown(phone: Phone, store: Store) -> None:
    keep_pictures(store)
    make_campaign(
        store, replace(PLAN, slug="later"), (METER, *[replace(SUMMER, number=str(n), stem=f"{n}？") for n in (2, 3, 4)])
    )
    with store.transaction() as session:
        session.execute(update(tables.Campaign).values(state="draft"))
    assert get(phone, WIDE).status_code == 404


def test_a_closed_campaigns_pictures_are_shown_still(phone: Phone, store: Store) -> None:
    with store.transaction() as session:
        keeping.close(session, "week", OPENS)
    assert get(phone, WIDE).status_code == 200


# --- from the chat -----------------------------------------------------------------------------------------------


def test_a_chats_link_leads_to_the_question_itself(phone: Phone, stores: Stores, links: Links) -> None:
    sender = Sender("wechat", "gh_1", "openid-of-somebody")
    people.meet(stores.sql, sender, OPENS)
    with stores.sql.direct() as direct:
        turn = play.look(direct, stores, sender)
    assert turn is not None
    assert turn.edition is not None
    play.begin(stores.sql, turn, turn.edition, Random(1), OPENS, in_chat=True)
    first = links.question("week", turn.person_id).removeprefix(ADDRESS)
    page = phone.submit(phone.open(first).form)
    assert page.path == "/q/week/question"
    assert images(page.html) == [WIDE]
    assert phone.open(links.question("week", turn.person_id).removeprefix(ADDRESS)).path == "/q/week/question"


def test_a_chats_link_to_a_question_that_is_void_leads_to_the_entry_page(phone: Phone) -> None:
    assert phone.open("/q/week/question?k=forged").path == "/q/week?note=expired"


def test_a_form_may_not_lead_to_any_page_it_likes(phone: Phone, stores: Stores, links: Links) -> None:
    people.meet(stores.sql, sender := Sender("wechat", "gh_1", "openid"), OPENS)
    with stores.sql.direct() as direct:
        turn = play.look(direct, stores, sender)
    assert turn is not None
    form = phone.open(links.question("week", turn.person_id).removeprefix(ADDRESS)).form
    assert phone.submit(form, to="https://elsewhere.example").path == "/q/week"


def test_pictures_cost_the_page_of_another_question_nothing(phone: Phone, store: Store) -> None:
    make_campaign(store, replace(PLAN, slug="plain", questions_per_paper=1), [COMMUTE])
    assert "<img" not in phone.begin("/q/plain").html
