from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from campaign_made import OPENS, PLAN, make_campaign
from figures_made import Played, play
from flask import Flask
from sqlalchemy import select, update
from visitors import PASSWORD, Clock, Visitor

from campaigns import figures, staff, tables, units
from campaigns.clock import DAY, HOUR, MINUTE
from campaigns.staff import Role
from campaigns.store import Store

PAGE = f"/admin/campaigns/{PLAN.slug}/figures"
NOW = OPENS + 3 * HOUR
HALF = ("C", "false", "AB", "10")


@pytest.fixture(autouse=True)
def noon(clock: Clock) -> None:
    clock.now = NOW


@pytest.fixture
def played(records: Store) -> Store:
    """Of U01 two have finished, of U02 one; U11 is below U01 and has one of them."""
    campaign_id = make_campaign(records)
    with records.transaction() as session:
        units.add(session, "U11", "财政局办公室", parent_code="U01")
        for code, headcount in (("U01", 4), ("U02", 1), ("U11", 2)):
            session.execute(update(tables.Unit).where(tables.Unit.code == code).values(headcount=headcount))
    play(
        records,
        campaign_id,
        [
            Played(unit="U01"),
            Played(HALF, unit="U11", channel="h5", at_ms=OPENS + HOUR),
            Played(HALF, unit="U02", channel="h5", at_ms=NOW - 5 * MINUTE),
            Played(("C",), at_ms=NOW - 3 * MINUTE),
        ],
    )
    return records


@pytest.fixture
def liaison(app: Flask, played: Store) -> Visitor:
    """Of U01."""
    visitor = Visitor(app.test_client())
    with played.transaction() as session:
        one_time = staff.add(session, "liaison", Role.LIAISON, NOW, Random(1), unit_code="U01")
    visitor.get("/admin/")
    visitor.post("/admin/sign-in", name="liaison", password=one_time)
    visitor.post("/admin/password", old=one_time, new=PASSWORD, again=PASSWORD)
    return visitor


def answer(visitor: Visitor, name: str, status: int = 200) -> Any:
    response = visitor.client.get(f"{PAGE}/{name}")
    assert response.status_code == status, response.text
    assert response.mimetype == "application/json"
    return json.loads(response.data)


def rows(visitor: Visitor, name: str) -> list[list[str]]:
    response = visitor.client.get(f"{PAGE}/{name}")
    assert response.status_code == 200
    return list(csv.reader(io.StringIO(response.data.decode("utf-8-sig"))))


def test_the_page_says_everything_in_words_and_tables(owner: Visitor, played: Store) -> None:
    shown = owner.get(PAGE)
    for part in ("参与 4 人", "答题 4 次", "完成 3 次", "75.0%", "平均分 26.7", "现在在线 2 人", "截至"):
        assert part in shown, part
    for part in ("2026-07-04 09:00", "网页", "公众号", "市财政局", "空调温度", "—"):
        assert part in shown, part
    assert "U11" not in shown


def test_the_json_holds_what_the_worker_added_up_last(owner: Visitor, played: Store, clock: Clock) -> None:
    with played.transaction() as session:
        campaign_id = session.scalars(select(tables.Campaign.id)).one()
        figures.keep(session, campaign_id, "overview", figures.compute(session, campaign_id, "overview", NOW - MINUTE))
    found = answer(owner, "overview.json")
    assert (found["campaign"], found["made_ms"]) == ("week", NOW - MINUTE)
    assert (found["figures"]["people"], found["figures"]["average"]) == (4, pytest.approx(80 / 3))
    assert [one["hour"] for one in found["figures"]["hours"]] == [f"2026-07-04 {n}:00" for n in ("09", "10", "11")]
    first, *_ = answer(owner, "questions.json")["figures"]["items"]
    assert (first["number"], first["answered"], first["right"]) == ("1", 4, 4)
    assert [one["code"] for one in answer(owner, "units.json")["figures"]["units"]] == ["U02", "U01"]
    assert [one["entrants"] for one in answer(owner, "units.json?unit=U01")["figures"]["units"]] == [1]


def test_figures_that_are_taken_away_as_json_are_on_record_and_those_of_a_chart_are_not(
    owner: Visitor, played: Store
) -> None:
    for name in ("overview", "units"):
        answer(owner, f"{name}.json")
        answer(owner, f"{name}.json?download")
    with played.reading() as session:
        entries = session.scalars(select(tables.AuditEntry).where(tables.AuditEntry.what == "export.made"))
        told = [(one.by, one.after["what"], one.after["format"]) for one in entries if one.after]
    assert told == [("owner", "figures.overview", "json"), ("owner", "figures.units", "json")]


def test_every_table_is_taken_away_as_csv_and_that_is_on_record(owner: Visitor, played: Store) -> None:
    names = ("hours", "scores", "doors", "messages", "questions", "units")
    found = {name: rows(owner, f"{name}.csv") for name in names}
    assert {name for name, table in found.items() if len({len(row) for row in table}) != 1} == set()
    with played.reading() as session:
        entries = session.scalars(
            select(tables.AuditEntry).where(tables.AuditEntry.what == "export.made").order_by(tables.AuditEntry.id)
        ).all()
    assert {(entry.by, entry.subject) for entry in entries} == {("owner", "campaign:week")}
    assert [entry.after for entry in entries] == [
        {"what": f"figures.{name}", "format": "csv", "rows": len(table) - 1, "masked": True}
        for name, table in found.items()
    ]


def test_what_is_asked_for_in_vain_is_said_in_json(
    owner: Visitor, played: Store, signed_in: Callable[[Role], Visitor]
) -> None:
    assert "没有代码为 X9 的单位" in answer(owner, "units.json?unit=X9", 404)["error"]
    response = owner.client.get("/admin/campaigns/nowhere/figures/overview.json")
    assert (response.status_code, response.mimetype) == (404, "application/json")
    assert "权限" in answer(signed_in(Role.EDITOR), "overview.json", 403)["error"]


def test_a_page_that_cannot_add_up_at_once_says_so(
    owner: Visitor, played: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("campaigns.figures.kept.FEW_ATTEMPTS", 1)
    assert "数据还在汇总" in owner.get(PAGE)
    assert "数据还在汇总" in answer(owner, "overview.json", 503)["error"]


def test_a_liaison_sees_their_own_unit_and_those_below(liaison: Visitor) -> None:
    shown = liaison.get(PAGE)
    for part in ("市财政局", "财政局办公室", "已参与 2 人", "应参与 4 人"):
        assert part in shown, part
    for part in ("市水务局", "得分分布", "需要留意", "区分度"):
        assert part not in shown, part
    assert "已参与 1 人" in liaison.get(f"{PAGE}?unit=U11")
    assert [one["code"] for one in answer(liaison, "units.json")["figures"]["units"]] == ["U11"]
    assert rows(liaison, "units.csv")[1][1] == "U11"
    liaison.get(f"{PAGE}?unit=U02", 404)
    for name in ("units.json?unit=U02", "overview.json", "questions.json"):
        answer(liaison, name, 404)
    assert liaison.client.get(f"{PAGE}/hours.csv").status_code == 404
    assert "今天新参与" not in liaison.get("/admin/")


def test_alarms_lead_to_where_they_are_dealt_with(
    played: Store, clock: Clock, signed_in: Callable[[Role], Visitor]
) -> None:
    clock.now = NOW + 2 * HOUR
    owner = signed_in(Role.OWNER)
    assert "没有人答题" in owner.get(PAGE)
    assert 'href="/admin/campaigns/week/doors"' in owner.page.split('id="alarms-title"')[1].split("</section>")[0]
    viewer = signed_in(Role.VIEWER)
    assert "后台任务程序好像没有运行" in viewer.get(PAGE)
    assert 'href="/admin/system"' not in viewer.page


def test_the_list_of_campaigns_begins_with_today(
    played: Store, clock: Clock, signed_in: Callable[[Role], Visitor]
) -> None:
    shown = signed_in(Role.OWNER).get("/admin/")
    for part in ("今天新参与 4 人", "今天答题 4 次", "今天完成 3 次", "现在在线 2 人"):
        assert part in shown, part
    clock.now = OPENS + DAY
    assert "今天新参与 0 人" in signed_in(Role.ORGANISER).get("/admin/")
    clock.now = OPENS + 30 * DAY
    assert "今天新参与" not in signed_in(Role.VIEWER).get("/admin/")


def test_a_draft_has_no_figures_yet(owner: Visitor, played: Store) -> None:
    with played.transaction() as session:
        session.execute(update(tables.Campaign).values(state="draft"))
    assert "还没有数据" in owner.get(PAGE)
