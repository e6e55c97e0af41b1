"""The big screen's page: what it holds. How it moves is tested in a browser, beside the console."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from typing import Any

import pytest
from campaign_made import PLAN, make_campaign
from draw_made import AFTER, SALT, VALUES, freeze, make_finished
from sqlalchemy import select, update

from campaigns import draws, tables
from campaigns.draws import Prize, pseudonym, screens
from campaigns.draws.screens import screen_page, screen_policy
from campaigns.errors import NotFound, Unverifiable
from campaigns.store import Store


def page_of(store: Store, draw_id: str, **over: Any) -> str:
    with store.reading() as session:
        return screen_page(session, draw_id, **{"full_names": False, **over}).decode()


def data_of(store: Store, draw_id: str, **over: Any) -> dict[str, Any]:
    text = page_of(store, draw_id, **over).partition('<script id="data" type="application/json">')[2]
    found: dict[str, Any] = json.loads(text.partition("</script>")[0])
    return found


def hold(store: Store, draw_id: str) -> None:
    with store.transaction() as session:
        draws.hold(session, draw_id, VALUES, "wang", AFTER)


def name_all(store: Store, name: str) -> None:
    with store.transaction() as session:
        session.execute(update(tables.Person).values(name=name))


def test_the_winners_are_in_it_in_their_order(sqlite_store: Store) -> None:
    make_finished(sqlite_store)
    name_all(sqlite_store, "张晓明")
    draw_id = freeze(sqlite_store).id
    hold(sqlite_store, draw_id)
    with sqlite_store.reading() as session:
        awards = draws.find(session, draw_id).awards
    data = data_of(sqlite_store, draw_id)
    assert [(prize["name"], prize["count"]) for prize in data["prizes"]] == [("一等奖", 1), ("二等奖", 3)]
    shown = [slot[-1] for prize in data["prizes"] for slot in prize["slots"]]
    assert [one["entrant"] for one in shown] == [award.entrant for award in awards]
    assert {one["name"] for one in shown} == {"张*明"}
    assert "张晓明" not in page_of(sqlite_store, draw_id)
    assert data_of(sqlite_store, draw_id, full_names=True)["prizes"][0]["slots"][0][0]["name"] == "张晓明"


def test_before_the_draw_is_held_it_knows_only_what_was_announced(sqlite_store: Store) -> None:
    make_finished(sqlite_store, two_person=True)
    frozen = freeze(sqlite_store)
    hold(sqlite_store, frozen.id)  # the values wait for another person
    data = data_of(sqlite_store, frozen.id)
    assert (data["held"], data["seed"], data["crowd"]) == ("", "", [])
    assert [prize["slots"] for prize in data["prizes"]] == [[], []]
    assert {source["value"] for source in data["sources"]} == {""}
    assert (data["list_hash"], data["count"]) == (frozen.list_hash, 12)
    assert not any(value in page_of(sqlite_store, frozen.id) for value in VALUES.values())


def test_a_forfeited_prize_shows_who_has_it_now_and_why(sqlite_store: Store, held_id: str) -> None:
    slots = [slot for prize in data_of(sqlite_store, held_id)["prizes"] for slot in prize["slots"]]
    with sqlite_store.reading() as session:
        awards = draws.find(session, held_id).awards
    assert [one["entrant"] for one in slots[1]] == [awards[1].entrant, awards[-1].entrant]
    assert [one["reason"] for one in slots[1]] == ["逾期未领", ""]
    assert [len(slot) for slot in slots] == [1, 2, 1, 1]


def test_a_prize_without_an_entrant_is_told_so(sqlite_store: Store) -> None:
    make_finished(sqlite_store, (40,) * 2)
    draw_id = freeze(sqlite_store, prizes=[Prize("奖", 3)]).id
    hold(sqlite_store, draw_id)
    assert data_of(sqlite_store, draw_id)["prizes"][0]["slots"][2][0]["name"] == "（空缺）"


def test_names_that_roll_are_of_the_list_and_the_same_every_time(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screens, "CROWD", 5)
    monkeypatch.setattr(screens, "_SPARE", 2)
    make_finished(store, (40,) * 24 + (0,) * 8, draw_points=40)
    excluded = pseudonym(SALT, 3)
    draw_id = freeze(store, exclusions=[excluded]).id
    hold(store, draw_id)
    crowd = [one["entrant"] for one in data_of(store, draw_id)["crowd"]]
    with store.reading() as session:
        listed = session.scalars(select(tables.Draw.entrants)).one().decode()
    assert len(set(crowd)) == len(crowd) == 5
    assert all(entrant in listed for entrant in crowd)
    assert excluded not in crowd
    assert page_of(store, draw_id) == page_of(store, draw_id)


def test_of_a_small_list_everybody_rolls(sqlite_store: Store, held_id: str) -> None:
    crowd = {one["entrant"] for one in data_of(sqlite_store, held_id)["crowd"]}
    assert crowd == {pseudonym(SALT, number) for number in range(1, 13)} - {pseudonym(SALT, 5)}


def test_it_is_one_page_that_asks_nobody_for_anything(sqlite_store: Store, held_id: str) -> None:
    address = f"https://quiz.example.cn/draws/{held_id}"
    text = page_of(sqlite_store, held_id, page=address)
    assert re.findall(r"""(src|href)\s*=\s*["']|url\(|import\(|fetch\(|XMLHttpRequest|WebSocket|@import""", text) == []
    assert re.findall(r"https?://[^\"<\s]+", text) == [address]
    assert "Math.random" not in text
    assert " style=" not in text
    assert " onclick" not in text


def test_its_policy_names_its_own_style_and_script_and_nothing_else(sqlite_store: Store, held_id: str) -> None:
    text = page_of(sqlite_store, held_id)
    for kind in ("style", "script"):
        own = text.partition(f"<{kind}>")[2].partition(f"</{kind}>")[0]
        digest = base64.b64encode(hashlib.sha256(own.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}';" in screen_policy()
    assert html.unescape(screen_policy()) in html.unescape(text)
    assert screen_policy().startswith("default-src 'none';")
    assert "unsafe" not in screen_policy()


def test_no_name_gets_out_of_the_data(sqlite_store: Store) -> None:
    make_finished(sqlite_store, name="</script>{{data}}<b>&amp;\u2028")
    name_all(sqlite_store, "</script><script>alert(1)</script>")
    draw_id = freeze(sqlite_store, prizes=[Prize("<img>{{policy}}", 1)]).id
    hold(sqlite_store, draw_id)
    text = page_of(sqlite_store, draw_id, full_names=True)
    assert "alert(1)</script>" not in text
    data = data_of(sqlite_store, draw_id, full_names=True)
    assert data["prizes"][0]["slots"][0][0]["name"] == "</script><script>alert(1)</script>"
    assert data["prizes"][0]["name"] == "<img>{{policy}}"
    assert "<title>&lt;/script&gt;{{data}}&lt;b&gt;" in text


def test_a_list_that_was_changed_is_not_shown(sqlite_store: Store, held_id: str) -> None:
    with sqlite_store.transaction() as session:
        session.execute(update(tables.Draw).values(entrants=b"ffffffffffffffff\t-\t1\n"))
    with sqlite_store.reading() as session, pytest.raises(Unverifiable, match="与公布的哈希不符"):
        screen_page(session, held_id, full_names=False)


def test_an_award_that_was_led_to_somebody_else_is_not_shown(sqlite_store: Store, held_id: str) -> None:
    with sqlite_store.transaction() as session:
        award = tables.Award
        session.execute(update(award).where(award.sequence == 1).values(person_id=award.person_id % 12 + 1, once=None))
    with sqlite_store.reading() as session, pytest.raises(Unverifiable):
        screen_page(session, held_id, full_names=False)


def test_an_unknown_draw_has_no_screen(sqlite_store: Store) -> None:
    make_campaign(sqlite_store, PLAN)
    with sqlite_store.reading() as session, pytest.raises(NotFound):
        screen_page(session, "C1-D1", full_names=False)
