from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path

import pytest
from accessibility import obstacles
from draw_made import AFTER, SALT, SOURCES, VALUES, freeze, make_finished
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Route
from sqlalchemy import select, update
from zip_made import unpacked

from bot.pages.draws import example
from campaigns import draws, tables
from campaigns.draws import DrawRecord, kept_files, pseudonym
from campaigns.draws import evidence as evidence_module
from campaigns.embedded import hold as hold_file
from campaigns.prizes.results import winners
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


def test_winners_go_by_masked_name_unit_and_pseudonym_prize_by_prize(client: FlaskClient, stores: Stores) -> None:
    make_finished(stores.sql)
    held = hold(stores, freeze(stores.sql).id)
    with stores.sql.transaction() as session:
        session.execute(update(tables.Person).values(name="诸葛晓明"))
        session.execute(
            update(tables.Person).values(unit_id=session.scalar(select(tables.Unit.id).filter_by(code="U02")))
        )
    text = text_of(client, f"/draws/{held.id}")
    first, second = text.partition('id="prize-1"')[2].split('id="prize-2"')
    for award in held.awards:
        place = first if award.prize == "一等奖" else second
        assert f'<td class="code">{award.entrant}</td>' in place
    assert first.count("诸**明") == 1
    assert first.count("市水务局") == 1
    assert "诸葛晓明" not in text


def test_forfeits_are_told_with_their_reasons(client: FlaskClient, stores: Stores) -> None:
    make_finished(stores.sql)
    held = hold(stores, freeze(stores.sql).id)
    assert "作废与递补" not in text_of(client, f"/draws/{held.id}")
    with stores.sql.transaction() as session:
        draws.forfeit(session, held.id, 2, "本人不在现场", AFTER)
    text = text_of(client, f"/draws/{held.id}")
    assert "作废与递补" in text
    assert f'（<span class="code">{held.awards[1].entrant}</span>）：本人不在现场' in text


def test_all_draws_of_a_campaign_are_a_tap_away_from_each(client: FlaskClient, stores: Stores) -> None:
    make_finished(stores.sql)
    first = hold(stores, freeze(stores.sql).id).id
    assert "本活动的全部抽奖" not in text_of(client, f"/draws/{first}")
    second = freeze(stores.sql, reason="企业加赠").id
    for one in (first, second):
        text = text_of(client, f"/draws/{one}")
        assert f'href="/draws/{first}"' in text
        assert f'href="/draws/{second}"' in text


def test_the_small_example_is_one_that_can_be_computed() -> None:
    found = example()
    data = b"a1\t-\t1\nb2\t-\t1\nc3\t-\t1\n"
    assert found.list_hash == hashlib.sha256(data).hexdigest()
    seed = hashlib.sha256(f"LVDA-DRAW-1\nC1-D1\n{found.list_hash}\nssq:2026130:{found.value}".encode()).hexdigest()
    keys = {one: hashlib.sha256(f"{seed}\n{one}\n1".encode()).hexdigest() for one in found.entrants}
    assert found.seed == seed
    assert found.ranking == tuple(sorted(keys.items(), key=lambda pair: pair[1]))
    assert found.other_winner != found.ranking[0][0], "another number gives another winner"


def test_two_thousand_winners_can_still_be_read(
    client: FlaskClient, stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_finished(stores.sql)
    held = hold(stores, freeze(stores.sql).id)
    with stores.sql.reading() as session:
        first, *_, last = winners(session, held.campaign_id, draw_id=held.id)
    many = [first, *(replace(last, sequence=number) for number in range(2, 2_001))]
    monkeypatch.setattr("bot.pages.draws.winners", lambda *given, **named: many)
    text = text_of(client, f"/draws/{held.id}")
    assert len(text.encode()) < 1_000_000
    assert 'id="prize-1" open>' in text
    assert 'id="prize-2">' in text, "the many are a tap away"
    assert text.count("<tr class=") == 2_000


def test_awards_and_lists_that_were_changed_behind_our_back_are_no_secret(client: FlaskClient, stores: Stores) -> None:
    make_finished(stores.sql)
    held = hold(stores, freeze(stores.sql).id)
    assert "alarm" not in text_of(client, f"/draws/{held.id}")
    award = tables.Award
    with stores.sql.transaction() as session:
        session.execute(update(award).where(award.sequence == 1).values(person_id=award.person_id % 12 + 1, once=None))
    assert 'class="alarm" role="alert"' in text_of(client, f"/draws/{held.id}")
    with stores.sql.transaction() as session:
        session.execute(update(tables.Draw).values(entrants=b"ffffffffffffffff\t-\t1\n"))
    response = client.get(f"/draws/{held.id}?find={'f' * 16}")
    assert response.status_code == 500
    assert "与公布的哈希不符" in response.text


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
    formats = {source: "##.#"} if source.startswith("weather") else {}
    text = text_of(client, f"/draws/{freeze(stores.sql, sources=[source], formats=formats).id}")
    assert said in text
    assert sum(words in text for words in ("约 24 位", "应与别的来源", "只能证明密语", "请自行查明")) == 1


def test_the_one_spelling_of_every_value_is_public(client: FlaskClient, stores: Stores) -> None:
    make_finished(stores.sql)
    formats = {"weather:20261130": "##.#"}
    text = text_of(client, f"/draws/{freeze(stores.sql, sources=[*SOURCES, *formats], formats=formats).id}")
    for written in ("如 03.08.15.22.27.31+09。", "小数正好两位，如 3857.93。", "数值只有一种写法：##.#（# 是一位数字"):
        assert written in text


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


@pytest.mark.parametrize(
    "draw_id", ["C9-D9", "%E6%8A%BD", "%00", "C1-D1%00", "%ED%A0%80", "C1-D1%0A", "c1-d1", "C1", f"C{10**18}-D1", "*"]
)
def test_an_unknown_draw_is_a_plain_404(client: FlaskClient, stores: Stores, draw_id: str) -> None:
    make_finished(stores.sql)
    freeze(stores.sql)
    for address in (f"/draws/{draw_id}", f"/draws/{draw_id}?find={'0' * 16}", f"/draws/{draw_id}/audit.zip"):
        response = client.get(address)
        assert response.status_code == 404
        assert "请核对编号" in response.text


@pytest.mark.parametrize("sought", ["%00", "%00" * 16, "0" * 15 + "%00", "%ED%A0%80", "%0A" + "z" * 16])
def test_what_cannot_be_a_pseudonym_is_told_so(client: FlaskClient, stores: Stores, sought: str) -> None:
    make_finished(stores.sql)
    response = client.get(f"/draws/{freeze(stores.sql).id}?find={sought}")
    assert response.status_code == 200
    assert "抽奖编号是 16 位" in response.text
    assert "\x00" not in response.text


def test_the_evidence_is_what_verifies(client: FlaskClient, stores: Stores) -> None:
    make_finished(stores.sql)
    draw_id = freeze(stores.sql).id
    with client.get(f"/draws/{draw_id}/audit.zip") as before:
        assert before.mimetype == "application/zip"
        assert "ranking.tsv" not in unpacked(before.data)
    hold(stores, draw_id)
    with client.get(f"/draws/{draw_id}/audit.zip") as after:
        assert draws.verify(after.data).held
        assert draws.verify(after.data).holds
        assert after.headers["Content-Disposition"] == f"attachment; filename=audit-{draw_id}.zip"
        assert after.headers["Cache-Control"] == "public, max-age=60"


def test_evidence_that_did_not_change_is_not_sent_again(client: FlaskClient, stores: Stores) -> None:
    make_finished(stores.sql)
    draw_id = freeze(stores.sql).id
    address = f"/draws/{draw_id}/audit.zip"
    with client.get(address) as first:
        tag = first.headers["ETag"]
    with client.get(address, headers={"If-None-Match": tag}) as again:
        assert (again.status_code, again.data) == (304, b"")
    hold(stores, draw_id)
    with client.get(address, headers={"If-None-Match": tag}) as changed:
        assert changed.status_code == 200
        assert changed.headers["ETag"] != tag


def test_a_download_that_broke_off_goes_on(client: FlaskClient, stores: Stores) -> None:
    make_finished(stores.sql)
    address = f"/draws/{freeze(stores.sql).id}/audit.zip"
    with client.get(address) as whole, client.get(address, headers={"Range": "bytes=100-"}) as rest:
        assert rest.status_code == 206
        assert whole.data[100:] == rest.data


def test_evidence_and_list_are_made_once_and_then_read_from_the_data_folder(
    client: FlaskClient, stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_finished(stores.sql)
    held = hold(stores, freeze(stores.sql).id)
    address, own = f"/draws/{held.id}", pseudonym(SALT, 1)
    with client.get(f"{address}/audit.zip") as first:
        evidence = first.data
    assert "在名单中：单位 U01" in text_of(client, address, find=own)
    kinds = sorted(path.suffix for path in (tmp_path / "draws").iterdir() if path.name.startswith(held.id))
    assert kinds == [".tsv", ".zip"]

    def never(*given: object) -> None:
        raise AssertionError("the list is read again")

    monkeypatch.setattr(kept_files, "frozen_list", never)
    monkeypatch.setattr(evidence_module, "frozen_list", never)
    with client.get(f"{address}/audit.zip") as again:
        assert again.data == evidence
    assert "在名单中：单位 U02" in text_of(client, address, find=pseudonym(SALT, 2))
    assert "名单中没有 0000000000000000" in text_of(client, address, find="0" * 16)


def test_evidence_that_is_being_made_is_to_be_asked_for_again(
    client: FlaskClient, stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_finished(stores.sql)
    draw_id = freeze(stores.sql).id
    monkeypatch.setattr(kept_files, "PATIENCE_S", 0.0)
    (tmp_path / "draws").mkdir()
    making = hold_file(tmp_path / "draws" / "making.zip.lock")
    assert making is not None
    response = client.get(f"/draws/{draw_id}/audit.zip")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert "请过几秒再试" in response.text
    os.close(making)
    with client.get(f"/draws/{draw_id}/audit.zip") as made:
        assert made.status_code == 200


def test_a_relative_data_folder_is_that_of_the_working_folder(
    app: Flask, stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_finished(stores.sql)
    monkeypatch.chdir(tmp_path)
    app.config["LVDA"] = app.config["LVDA"].model_copy(update={"data_dir": Path("var")})
    with app.test_client().get(f"/draws/{freeze(stores.sql).id}/audit.zip") as response:
        assert response.status_code == 200
    assert (tmp_path / "var" / "draws").is_dir()


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
    table = page.locator(".awards").first
    assert table.evaluate("table => table.scrollWidth <= table.clientWidth"), "no column is out of sight"
    assert table.locator("td").first.evaluate("cell => getComputedStyle(cell, '::before').content") == '"序号 "'
    assert page.evaluate("getComputedStyle(document.querySelector('.state')).color") == "rgb(255, 255, 255)"
    assert [one for one in obstacles(page) if " serious " in one or " critical " in one] == []
    context.close()
