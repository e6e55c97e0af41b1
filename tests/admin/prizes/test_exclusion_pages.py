from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest
from award_made import LI, ZHANG, make_winners, won
from campaign_made import PLAN, make_campaign
from forms_sent import fields_of
from sheets_made import xlsx_of
from sqlalchemy import insert, update
from visitors import NOW, Visitor

from campaigns import keeping, tables
from campaigns.prizes import exclusions
from campaigns.prizes.exclusions import Excluded
from campaigns.staff import Role
from campaigns.store import Store

PAGE = "/admin/campaigns/week/exclusions"


@pytest.fixture
def week(records: Store) -> Store:
    """A campaign, 张晓明 and 李四 of U01, and a guest."""
    make_winners(records)
    with records.transaction() as session:
        session.execute(update(tables.Person).where(tables.Person.id == LI).values(staff_number="0042"))
    return records


def listed(week: Store) -> list[Excluded]:
    with week.reading() as session:
        return exclusions.exclusions_of(session, keeping.find(session, "week").id)


def exclude_li(owner: Visitor) -> None:
    owner.get(f"{PAGE}?search=李四")
    owner.post(PAGE, **{**fields_of(owner.page, 'name="person"'), "why": "organiser"})


def test_whoever_is_found_and_ticked_is_excluded_with_why_by_whom(owner: Visitor, week: Store) -> None:
    assert "参加的人都可以获奖" in owner.get(PAGE)
    assert "李四" in owner.get(f"{PAGE}?search=0042")
    sent = fields_of(owner.page, 'name="person"')
    assert sent["person"] == [str(LI)]  # the only one found is ticked
    shown = owner.post(PAGE, **{**sent, "why": "organiser", "note": "出题人"})
    assert "已加入排除名单：1 人" in shown
    assert "组织者 ，出题人" in shown
    (one,) = listed(week)
    assert (one.person_id, one.why, one.note, one.by) == (LI, "organiser", "出题人", "owner")
    assert "已在名单里" in owner.get(f"{PAGE}?search=0042")


def test_the_people_of_a_unit_are_listed_to_be_ticked(owner: Visitor, week: Store) -> None:
    shown = owner.get(f"{PAGE}?unit=U01")
    assert "张晓明" in shown
    assert "李四" in shown
    assert "这个单位的 2 人都加入" in shown
    assert "现在是 2 人，还没有加入" in owner.post(PAGE, 409, unit="U01", whole="3", why="other")
    owner.post(PAGE, unit="U01", whole="2", why="other")
    assert {one.person_id for one in listed(week)} == {ZHANG, LI}
    assert "没有代码为 X9 的单位" in owner.get(f"{PAGE}?unit=X9")


def test_nobody_ticked_or_an_unknown_reason_changes_nothing_and_loses_nothing(owner: Visitor, week: Store) -> None:
    owner.get(f"{PAGE}?search=李四")
    sent = {**fields_of(owner.page, 'name="person"'), "why": "other", "note": "出题人"}
    nobody = {name: value for name, value in sent.items() if name != "person"}
    assert "还没有选人" in owner.post(PAGE, 422, **nobody)
    assert fields_of(owner.page, 'name="person"')["note"] == ["出题人"]
    assert "请选择为什么排除" in owner.post(PAGE, 422, **{**sent, "why": "envy"})
    assert listed(week) == []


def test_somebody_is_readmitted(owner: Visitor, week: Store) -> None:
    exclude_li(owner)
    assert "已移出排除名单：1 人" in owner.post(f"{PAGE}/remove", person=str(LI))
    assert listed(week) == []
    assert "没有改动" in owner.post(f"{PAGE}/remove", person=[str(LI), str(2**70)])


def test_a_file_is_first_shown_with_what_is_doubtful_and_then_done(owner: Visitor, week: Store) -> None:
    file = xlsx_of(
        ["单位", "姓名", "工号"], ["市财政局", "李四", "0042"], ["市财政局", "王五", ""], ["U01", "张晓明", ""]
    )
    owner.get(f"{PAGE}/import")
    shown = owner.post(f"{PAGE}/import", file=(BytesIO(file), "list.xlsx"), why="organiser", note="评委")
    assert "对上了 2 人" in shown
    assert "这个单位没有“王五”" in shown
    assert listed(week) == []
    sent = fields_of(owner.page, 'name="packed"')
    assert (sent["note"], sent["why"]) == (["评委"], ["organiser"])
    assert "已加入排除名单：2 人" in owner.post(f"{PAGE}/import", **sent)
    assert {(one.person_id, one.note) for one in listed(week)} == {(LI, "评委"), (ZHANG, "评委")}


def test_a_file_that_names_nobody_is_told_so(owner: Visitor, week: Store) -> None:
    owner.get(f"{PAGE}/import")
    shown = owner.post(f"{PAGE}/import", 422, file=(BytesIO("好\n".encode()), "list.csv"), why="other", note="")
    assert "没有找到花名册" in shown
    file = xlsx_of(["单位", "姓名", "工号"], ["市财政局", "李四", "0001"])
    owner.post(f"{PAGE}/import", file=(BytesIO(file), "list.xlsx"), why="other", note="")
    assert 'name="packed"' not in owner.page


def test_winners_of_an_earlier_campaign_are_excluded(owner: Visitor, week: Store) -> None:
    won(week, LI)
    make_campaign(week, replace(PLAN, slug="later"))
    owner.get("/admin/campaigns/later/exclusions")
    shown = owner.post("/admin/campaigns/later/exclusions/winners", earlier="week")
    assert "已加入排除名单：1 人" in shown
    assert "往期已获奖" in shown


def test_a_frozen_draw_is_told_not_to_change(owner: Visitor, week: Store) -> None:
    with week.transaction() as session:
        campaign_id = keeping.find(session, "week").id
        group_id = session.scalars(
            insert(tables.PrizeGroup)
            .values(campaign_id=campaign_id, ordinal=9, name="抽奖", kind="draw", place="")
            .returning(tables.PrizeGroup.id)
        ).one()
        values = {"id": "C1-D1", "campaign_id": campaign_id, "group_id": group_id, "ordinal": 1, "state": "frozen"}
        session.execute(
            insert(tables.Draw).values(
                **values, entrants=b"", list_hash="0" * 64, announcement="{}", frozen_ms=NOW, frozen_by="wang"
            )
        )
    assert "不影响那一次" in owner.get(PAGE)


def test_who_only_looks_sees_masked_names_and_changes_nothing(
    owner: Visitor, signed_in: Callable[[Role], Visitor], week: Store
) -> None:
    exclude_li(owner)
    viewer = signed_in(Role.VIEWER)
    assert "李*" in viewer.get(PAGE)
    assert "李四" not in viewer.page
    assert "移出" not in viewer.page
    viewer.post(f"{PAGE}/remove", 403, person=str(LI))
    viewer.get(f"{PAGE}/import", 403)
