from __future__ import annotations

import pytest
from draw_made import AFTER, SALT, SOURCES, VALUES, freeze, make_finished
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Route
from zip_made import unpacked

from campaigns import draws
from campaigns.draws import DrawRecord, pseudonym
from campaigns.stores import Stores


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def hold(stores: Stores, draw_id: str) -> DrawRecord:
    with stores.sql.transaction() as session:
        return draws.hold(session, draw_id, VALUES, "wang", AFTER)


def text_of(client: FlaskClient, address: str, **query: str | None) -> str:
    response = client.get(address, query_string=query)
    assert response.status_code == 200
    return response.text


def test_a_frozen_draw_shows_all_that_was_announced(client: FlaskClient, stores: Stores) -> None:
    make_finished(stores.sql)
    excluded = pseudonym(SALT, 4)
    frozen = freeze(stores.sql, quotas={"U01": 2}, exclusions=[excluded], fallback="顺延一期")
    text = text_of(client, f"/draws/{frozen.id}")
    expected = ["尚未开奖", frozen.list_hash, frozen.announcement.sha256, "共 12 人", "一等奖 1 份，二等奖 3 份"]
    expected += ["每单位最多 2 名：1 个单位", excluded, *SOURCES, "顺延一期", "2026年7月5日 18:00"]
    assert [words for words in expected if words not in text] == []


def test_a_held_draw_shows_values_seed_and_awards(client: FlaskClient, stores: Stores) -> None:
    make_finished(stores.sql)
    held = hold(stores, freeze(stores.sql).id)
    with stores.sql.transaction() as session:
        draws.forfeit(session, held.id, 1, "逾期未领", AFTER)
    text = text_of(client, f"/draws/{held.id}")
    expected = ["已开奖", held.seed or "", *VALUES.values(), "作废：逾期未领", "（替补序号 1）"]
    expected += [award.entrant or "" for award in held.awards]
    assert [words for words in expected if words not in text] == []


def test_entered_values_wait_in_public(client: FlaskClient, stores: Stores) -> None:
    make_finished(stores.sql, two_person=True)
    draw_id = freeze(stores.sql).id
    hold(stores, draw_id)
    text = text_of(client, f"/draws/{draw_id}")
    assert "等待另一人复核" in text
    assert "待复核的来源数值" in text


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("ssq:2026130", "约 24 位"),
        ("sse:20261130", "应与别的来源一起用"),
        ("secret:" + "0" * 64, "只能证明密语在名单冻结之后没有换过"),
        ("weather:20261130", "请自行查明"),
    ],
)
def test_each_kind_of_source_says_what_it_cannot_prove(
    client: FlaskClient, stores: Stores, source: str, said: str
) -> None:
    make_finished(stores.sql)
    text = text_of(client, f"/draws/{freeze(stores.sql, sources=[source]).id}")
    assert said in text
    assert sum(words in text for words in ("约 24 位", "应与别的来源", "只能证明密语", "请自行查明")) == 1


def test_one_finds_ones_own_line(client: FlaskClient, stores: Stores) -> None:
    make_finished(stores.sql)
    own = pseudonym(SALT, 1)
    frozen = freeze(stores.sql)
    assert "在名单中：单位 U01，抽奖券 1 张。尚未开奖。" in text_of(
        client, f"/draws/{frozen.id}", find=f" {own.upper()} "
    )


def test_winners_losers_and_strangers_are_told_so(client: FlaskClient, stores: Stores) -> None:
    make_finished(stores.sql)
    held = hold(stores, freeze(stores.sql).id)
    winner = held.awards[0].entrant or ""
    loser = next(
        one for one in (pseudonym(SALT, n) for n in range(1, 13)) if one not in {a.entrant for a in held.awards}
    )
    address = f"/draws/{held.id}"
    assert "恭喜，中得 一等奖" in text_of(client, address, find=winner)
    assert "本次未中奖" in text_of(client, address, find=loser)
    assert "名单中没有 0000000000000000" in text_of(client, address, find="0" * 16)
    odd = text_of(client, address, find="<script>")
    assert "16 位" in odd
    assert "<script>" not in odd


def test_a_forfeited_award_and_an_exclusion_are_told_too(client: FlaskClient, stores: Stores) -> None:
    make_finished(stores.sql)
    excluded = pseudonym(SALT, 4)
    held = hold(stores, freeze(stores.sql, exclusions=[excluded]).id)
    with stores.sql.transaction() as session:
        draws.forfeit(session, held.id, 1, "逾期未领", AFTER)
    assert "已作废：逾期未领" in text_of(client, f"/draws/{held.id}", find=held.awards[0].entrant)
    assert "按公告不参与奖品分配" in text_of(client, f"/draws/{held.id}", find=excluded)


def test_an_unknown_draw_is_a_plain_404(client: FlaskClient, stores: Stores) -> None:
    for address in ("/draws/C9-D9", "/draws/C9-D9/audit.zip", "/draws/%E6%8A%BD"):
        response = client.get(address)
        assert response.status_code == 404
        assert "请核对编号" in response.text


def test_the_evidence_is_what_verifies(client: FlaskClient, stores: Stores) -> None:
    make_finished(stores.sql)
    draw_id = freeze(stores.sql).id
    before = client.get(f"/draws/{draw_id}/audit.zip")
    assert before.mimetype == "application/zip"
    assert "ranking.tsv" not in unpacked(before.data)
    hold(stores, draw_id)
    after = client.get(f"/draws/{draw_id}/audit.zip")
    assert draws.verify(after.data).held
    assert draws.verify(after.data).holds
    assert after.headers["Content-Disposition"] == f'attachment; filename="audit-{draw_id}.zip"'


def test_evidence_that_did_not_change_is_not_sent_again(client: FlaskClient, stores: Stores) -> None:
    make_finished(stores.sql)
    draw_id = freeze(stores.sql).id
    address = f"/draws/{draw_id}/audit.zip"
    tag = client.get(address).headers["ETag"]
    again = client.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    hold(stores, draw_id)
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 200


def test_the_page_needs_no_script_and_its_style_is_its_own(client: FlaskClient, stores: Stores) -> None:
    make_finished(stores.sql)
    response = client.get(f"/draws/{freeze(stores.sql).id}")
    assert "<script" not in response.text
    assert " style=" not in response.text
    address = response.text.partition('rel="stylesheet" href="')[2].partition('"')[0].replace("&amp;", "&")
    with client.get(address) as style:
        assert style.mimetype == "text/css"


@pytest.mark.browser
def test_nothing_of_the_page_is_wider_than_a_phone(
    client: FlaskClient, stores: Stores, browser: Browser, app: Flask
) -> None:
    make_finished(stores.sql)
    held = hold(stores, freeze(stores.sql, default_quota=2, exclusions=[pseudonym(SALT, n) for n in (1, 2, 3)]).id)
    address = f"/draws/{held.id}?find={held.awards[0].entrant}"
    context = browser.new_context(viewport={"width": 360, "height": 700})
    page = context.new_page()

    def serve(route: Route) -> None:
        with client.get(route.request.url.removeprefix("http://draws.test")) as response:
            route.fulfill(status=response.status_code, body=response.data, headers=dict(response.headers))

    page.route("http://draws.test/**", serve)
    page.goto(f"http://draws.test{address}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.evaluate("getComputedStyle(document.querySelector('.state')).color") == "rgb(255, 255, 255)"
    context.close()
