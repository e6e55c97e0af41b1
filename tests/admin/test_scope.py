"""What a liaison sees of what they share with everybody: their own part of it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace

import pytest
from campaign_made import OPENS, PLAN, make_campaign
from python_calamine import CalamineWorkbook
from visitors import NOW, Visitor

from campaigns import tables, units
from campaigns.people import Sender, meet
from campaigns.staff import Role
from campaigns.store import Store

PAGE = f"/admin/campaigns/{PLAN.slug}"


@pytest.fixture
def office(records: Store) -> Store:
    """Below 省局 is U01 with its department U01A, beside it U02; of each somebody has finished, of no unit too."""
    campaign_id = make_campaign(records)
    with records.transaction() as session:
        units.add(session, "TOP", "省局", level="province")
        top, own = units.find(session, "TOP"), units.find(session, "U01")
        own.parent_id, own.path = top.id, f"{top.path}{own.id}/"
        session.flush()
        units.add(session, "U01A", "办公室", "U01", "department")
    for number, code in enumerate(("U01", "U01A", "U02", "")):
        meet(records, Sender("wechat", "", f"o{number}"), NOW)
        with records.transaction() as session:
            person = session.get_one(tables.Person, number + 1)
            person.name, person.staff_number = f"张晓{number}", f"A{number}"
            person.unit_id = units.find(session, code).id if code else None
            attempt = tables.Attempt(
                campaign_id=campaign_id, person_id=person.id, ordinal=1, day=20260704, state="finished", paper="1",
                begun_ms=OPENS, shown_ms=OPENS, finished_ms=OPENS, used_ms=61_000, score=10,
            )  # fmt: skip
            session.add(attempt)
            session.flush()
            session.add(
                tables.Standing(
                    campaign_id=campaign_id, person_id=person.id, attempt_id=attempt.id, points=10, used_ms=61_000,
                    finished_ms=OPENS, version=1, changed_ms=OPENS,
                )
            )  # fmt: skip
    return records


@pytest.fixture
def liaison(office: Store, signed_in: Callable[..., Visitor]) -> Visitor:
    """Of U01."""
    return signed_in(Role.LIAISON, "U01")


def cells(visitor: Visitor, address: str) -> list[list[object]]:
    response = visitor.client.get(address)
    assert response.status_code == 200
    return list(CalamineWorkbook.from_filelike(io.BytesIO(response.data)).get_sheet_by_index(0).to_python())


def test_a_campaign_counts_their_own_people(liaison: Visitor) -> None:
    assert "2 人" in liaison.get("/admin/")
    shown = liaison.get(PAGE)
    assert "参与 2 人" in shown
    assert "上榜 2 人" in shown
    assert "4 人" not in shown


def test_the_tree_begins_with_their_own_unit(liaison: Visitor) -> None:
    shown = liaison.get("/admin/units")
    assert "市财政局" in shown
    assert "办公室" in shown
    assert "/admin/units/TOP" not in liaison.page
    assert liaison.get("/admin/units/TOP", 404)
    assert "找到 1 个" in liaison.get("/admin/units?search=办公室")
    assert "没有找到" in liaison.get("/admin/units?search=省局")
    assert [row[0] for row in cells(liaison, "/admin/units/export.xlsx")[1:]] == ["U01", "U01A"]


def test_rankings_and_their_files_are_of_their_own_people_with_names_in_full(liaison: Visitor) -> None:
    shown = liaison.get(f"{PAGE}/rankings")
    assert "张*0" in shown
    assert "张*2" not in shown
    assert "所有单位" not in shown
    assert [row[1] for row in cells(liaison, f"{PAGE}/rankings/persons.xlsx")[1:]] == ["张晓0", "张晓1"]
    assert [row[1] for row in cells(liaison, f"{PAGE}/rankings/units.xlsx")[1:]] == ["U01A"]


def test_people_are_those_of_their_units_and_whoever_has_none_is_none_of_theirs(liaison: Visitor) -> None:
    shown = liaison.get("/admin/people")
    assert "张晓0" in shown
    assert "张晓1" in shown
    assert "2 人" in shown
    assert "张晓2" not in liaison.get("/admin/people?search=张晓")
    assert "没有找到" in liaison.get("/admin/people?search=A3")
    assert "没有找到" in liaison.get("/admin/people?search=%234")
    for person_id, status in ((1, 200), (2, 200), (3, 404), (4, 404)):
        liaison.get(f"/admin/people/{person_id}", status)


def test_campaigns_are_those_that_are_for_one_of_their_units(liaison: Visitor, office: Store) -> None:
    for slug, codes in (("above", ("TOP",)), ("below", ("U01A",)), ("beside", ("U02",))):
        make_campaign(office, replace(PLAN, slug=slug, name=f"活动{slug}", units=codes))
    shown = liaison.get("/admin/")
    assert [f"活动{slug}" in shown for slug in ("above", "below", "beside")] == [True, True, False]
    liaison.get("/admin/campaigns/beside", 404)


def test_drafts_are_not_theirs_to_see(liaison: Visitor, office: Store) -> None:
    with office.transaction() as session:
        session.query(tables.Campaign).update({"state": "draft"})
    assert "还没有活动" in liaison.get("/admin/")
    liaison.get(PAGE, 404)


def test_the_menus_lead_a_liaison_nowhere_that_is_not_there(liaison: Visitor) -> None:
    liaison.get(PAGE)
    for address in set(_addresses(liaison.page)):
        assert liaison.client.get(address).status_code == 200, address


def _addresses(page: str) -> list[str]:
    return re.findall(r'href="(/admin/(?!static)[^"#]*)"', page)


def test_codes_and_posters_are_printed_of_their_own_units(liaison: Visitor) -> None:
    assert "一共 2 个单位" in liaison.get(f"{PAGE}/doors")
    for query, status in (("", 200), ("&unit=U01A", 200), ("&unit=U02", 404)):
        assert liaison.client.get(f"{PAGE}/prints?format=svg{query}").status_code == status
    with liaison.client.get(f"{PAGE}/prints?format=zip&layout=sign") as packed:
        table = zipfile.ZipFile(io.BytesIO(packed.data)).namelist()
    assert any("U01A" in name for name in table)
    assert not any("U02" in name for name in table)
