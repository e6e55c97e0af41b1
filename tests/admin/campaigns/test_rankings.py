from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from campaign_made import OPENS, PLAN, make_campaign
from python_calamine import CalamineWorkbook
from sqlalchemy import select
from visitors import NOW, Visitor

from campaigns import tables, units
from campaigns.people import Sender, meet
from campaigns.staff import Role
from campaigns.store import Store

PAGE = f"/admin/campaigns/{PLAN.slug}"


@pytest.fixture
def played(records: Store) -> Store:
    """Of U01 two of four have finished, of U02 nobody of one; 李雷 is on the roster of U02."""
    campaign_id = make_campaign(records)
    for name in ("oA", "oB"):
        meet(records, Sender("wechat", "", name), NOW)
    with records.transaction() as session:
        for unit, headcount in (("U01", 4), ("U02", 1)):
            session.execute(tables.Unit.__table__.update().where(tables.Unit.code == unit).values(headcount=headcount))
        for number, person in enumerate(session.scalars(select(tables.Person)).all()):
            person.name, person.unit_id = ("张晓明", "=王芳")[number], units.find(session, "U01").id
            attempt = tables.Attempt(
                campaign_id=campaign_id, person_id=person.id, ordinal=1, day=20260704, state="finished", paper="1",
                begun_ms=OPENS, shown_ms=OPENS, finished_ms=OPENS, used_ms=61_000, score=10,
            )  # fmt: skip
            session.add(attempt)
            session.flush()
            session.add(
                tables.Standing(
                    campaign_id=campaign_id,
                    person_id=person.id,
                    attempt_id=attempt.id,
                    points=20 - 10 * number,
                    used_ms=61_000,
                    finished_ms=OPENS,
                    version=1,
                    changed_ms=OPENS,
                )
            )
        unit_id = units.find(session, "U02").id
        session.add(tables.Person(name="李雷", unit_id=unit_id, staff_number="A001", rostered=True, created_ms=NOW))
    return records


def cells(visitor: Visitor, address: str) -> list[list[object]]:
    response = visitor.client.get(address)
    assert response.status_code == 200
    return list(CalamineWorkbook.from_filelike(io.BytesIO(response.data)).get_sheet_by_index(0).to_python())


def test_units_and_persons_stand_on_one_page(played: Store, owner: Visitor) -> None:
    shown = owner.get(f"{PAGE}/rankings")
    for part in ("按参与率", "市财政局", "50.0%", "15.0", "张*明", "1分01秒", "不排名", "依次比平均分、合格率"):
        assert part in shown
    assert "张晓明" not in shown


def test_the_tree_is_walked_down(played: Store, owner: Visitor) -> None:
    assert "张*明" in owner.get(f"{PAGE}/rankings?unit=U01")
    assert "还没有人完成" in owner.get(f"{PAGE}/rankings?unit=U02")
    assert "没有代码为 X9 的单位" in owner.get(f"{PAGE}/rankings?unit=X9", 404)


def test_files_hold_names_in_full_for_those_who_may_see_them(
    played: Store, owner: Visitor, signed_in: Callable[[Role], Visitor]
) -> None:
    address = f"{PAGE}/rankings/persons.xlsx"
    assert [row[1] for row in cells(owner, address)[1:]] == ["张晓明", "=王芳"]
    assert [row[1] for row in cells(signed_in(Role.VIEWER), address)[1:]] == ["张*明", "=*芳"]
    assert cells(owner, f"{PAGE}/rankings/units.xlsx")[1][:3] == [1, "U01", "市财政局"]


def test_who_has_not_taken_part_is_listed_for_the_officer(
    played: Store, owner: Visitor, signed_in: Callable[[Role], Visitor]
) -> None:
    assert "李雷" in owner.get(f"{PAGE}/absentees?unit=U02")
    assert "还有 0 人" in owner.get(f"{PAGE}/absentees?unit=U01")
    assert "李雷" in str(cells(owner, f"{PAGE}/absentees.xlsx?unit=U02"))
    viewer = signed_in(Role.VIEWER)
    assert "李*" in viewer.get(f"{PAGE}/absentees")
    assert "李雷" not in viewer.page
    assert "李雷" not in str(cells(viewer, f"{PAGE}/absentees.xlsx"))


def test_prints_of_units_are_downloaded(played: Store, owner: Visitor) -> None:
    for query, begins in (
        ("format=pdf&layout=a4&unit=U01", b"%PDF"),
        ("format=png&logo=leaf", b"\x89PNG"),
        ("format=svg", b"<?xml"),
        ("format=zip&layout=sign", b"PK"),
    ):
        response = owner.client.get(f"{PAGE}/prints?{query}")
        assert response.status_code == 200
        assert response.data.startswith(begins), query


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("format=pdf&layout=a9", "没有这种图样"),
        (f"format=pdf&layout=sign&slogans={'省' * 50}", "最多 40 个字"),
        ("format=png&account=west", "lvda wechat codes"),
    ],
)
def test_what_cannot_be_printed_is_said_on_the_page(played: Store, owner: Visitor, query: str, sentence: str) -> None:
    response = owner.client.get(f"{PAGE}/prints?{query}")
    assert response.status_code in {404, 422}
    assert sentence in response.text
    assert "<form" in response.text
