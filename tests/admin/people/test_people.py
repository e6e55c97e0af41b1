from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from campaign_made import OPENS, make_campaign
from forms_sent import fields_of
from sqlalchemy import select
from visitors import NOW, Visitor

from campaigns import people, tables
from campaigns.people import Sender
from campaigns.staff import Role
from campaigns.store import Store

ROSTER = "单位,姓名,工号,手机\n市财政局,赵一,B001,13812345678\n市财政局,钱二,B002,\n"


@pytest.fixture
def crowd(records: Store) -> Store:
    """张晓明 (1) of the roster, who has a chat and a company chat and finished once; a guest (2) who finished once."""
    campaign_id = make_campaign(records)
    for sender in (Sender("wechat", "", "oOne"), Sender("wechat", "", "oGuest"), Sender("wecom", "", "wOne")):
        people.meet(records, sender, NOW)
    with records.transaction() as session:
        identities = {row.sender: row for row in session.scalars(select(tables.Identity))}
        named = session.get_one(tables.Person, identities["oOne"].person_id)
        unit = session.scalars(select(tables.Unit).where(tables.Unit.code == "U01")).one()
        named.name, named.unit_id, named.staff_number, named.rostered = "张晓明", unit.id, "A007", True
        identities["wOne"].person_id = named.id
        for identity, score in ((identities["oOne"], 90), (identities["oGuest"], 70)):
            attempt = tables.Attempt(
                campaign_id=campaign_id,
                person_id=identity.person_id,
                identity_id=identity.id,
                ordinal=1,
                day=20260704,
                state="finished",
                paper="1 2 3 4",
                position=5,
                begun_ms=OPENS + score,
                shown_ms=OPENS,
                finished_ms=OPENS + 1_000,
                used_ms=1_000,
                score=score,
            )
            session.add(attempt)
            session.flush()
            session.add(
                tables.Standing(
                    campaign_id=campaign_id,
                    person_id=identity.person_id,
                    attempt_id=attempt.id,
                    points=score,
                    used_ms=1_000,
                    finished_ms=OPENS + 1_000,
                    version=1,
                    changed_ms=OPENS,
                )
            )
    return records


def ids(records: Store) -> dict[str, int]:
    with records.reading() as session:
        return {row.sender: row.person_id for row in session.scalars(select(tables.Identity))}


@pytest.mark.parametrize("wanted", ["晓明", "A007"])
def test_a_person_is_found_by_name_and_staff_number(crowd: Store, owner: Visitor, wanted: str) -> None:
    shown = owner.get(f"/admin/people?search={wanted}")
    assert "张晓明" in shown
    assert "市财政局" in shown


def test_the_people_of_a_unit_are_listed(crowd: Store, owner: Visitor) -> None:
    assert "张晓明" in owner.get("/admin/people?unit=U01")
    assert "没有找到" in owner.get("/admin/people?unit=U02")


def test_without_a_question_nobody_is_shown(crowd: Store, owner: Visitor) -> None:
    assert "张晓明" not in owner.get("/admin/people")


def test_a_person_has_identities_and_attempts(crowd: Store, owner: Visitor) -> None:
    shown = owner.get(f"/admin/people/{ids(crowd)['oOne']}")
    for part in ("张晓明", "A007", "公众号", "企业微信", "节能宣传周有奖答题", "计成绩", "90"):
        assert part in shown


def test_who_may_not_see_names_sees_masks(crowd: Store, signed_in: Callable[[Role], Visitor]) -> None:
    viewer = signed_in(Role.VIEWER)
    for page in ("?unit=U01", f"/{ids(crowd)['oOne']}"):
        shown = viewer.get(f"/admin/people{page}")
        assert "张*明" in shown
        assert "张晓明" not in shown
        assert "A007" not in shown
    assert "没有找到" in viewer.get("/admin/people?search=晓")  # or a mask could be guessed letter by letter
    assert "张*明" in viewer.get("/admin/people?search=张晓明")
    viewer.get("/admin/people/identities/1/unbind", 403)
    signed_in(Role.EDITOR).get("/admin/people", 403)


def test_merging_says_what_would_happen_and_does_it_only_when_asked_again(crowd: Store, owner: Visitor) -> None:
    named, guest = ids(crowd)["oOne"], ids(crowd)["oGuest"]
    shown = owner.get(f"/admin/people/{guest}/merge?into={named}")
    assert "合并这两个人" in shown
    assert ids(crowd)["oGuest"] == guest
    owner.post(f"/admin/people/{guest}/merge", **fields_of(owner.page, 'name="into"'))
    assert ids(crowd)["oGuest"] == named
    assert f"已经并入 #{named}" in owner.get(f"/admin/people/{guest}")


@pytest.mark.parametrize("into", ["谁", "999", ""])
def test_somebody_who_cannot_be_merged_into_is_refused(crowd: Store, owner: Visitor, into: str) -> None:
    guest = ids(crowd)["oGuest"]
    shown = owner.get(f"/admin/people/{guest}/merge?into={into}", 422)
    assert "编号" in shown
    assert "lvda" not in shown
    assert ids(crowd)["oGuest"] == guest


@pytest.mark.parametrize("page", ["{}", "{}/merge?into=1", "identities/{}/unbind"])
def test_a_number_that_no_database_takes_is_nobody(crowd: Store, owner: Visitor, page: str) -> None:
    owner.get(f"/admin/people/{page.format(2**63)}", 404)


def test_nobody_is_merged_with_themselves(crowd: Store, owner: Visitor) -> None:
    guest = ids(crowd)["oGuest"]
    assert "同一个人，不用合并" in owner.get(f"/admin/people/{guest}/merge?into={guest}", 422)


def test_a_wrong_binding_is_undone_with_the_attempts_it_began(crowd: Store, owner: Visitor) -> None:
    named = ids(crowd)["oOne"]
    with crowd.reading() as session:
        identity = session.scalars(select(tables.Identity.id).where(tables.Identity.sender == "oOne")).one()
    assert "1 次 跟着它走" in owner.get(f"/admin/people/identities/{identity}/unbind")
    assert ids(crowd)["oOne"] == named
    owner.post(f"/admin/people/identities/{identity}/unbind")
    moved = ids(crowd)["oOne"]
    assert moved != named
    with crowd.reading() as session:
        standings = dict(session.execute(select(tables.Standing.person_id, tables.Standing.points)).all())
    assert standings[moved] == 90
    assert named not in standings


def test_an_identity_that_is_all_of_its_person_is_not_parted(crowd: Store, owner: Visitor) -> None:
    with crowd.reading() as session:
        identity = session.scalars(select(tables.Identity.id).where(tables.Identity.sender == "oGuest")).one()
    assert "不用解除" in owner.get(f"/admin/people/identities/{identity}/unbind", 422)
    owner.get("/admin/people/identities/999/unbind", 404)


def test_a_roster_is_shown_first_and_imported_when_it_is_confirmed(crowd: Store, owner: Visitor) -> None:
    owner.get("/admin/people/import")
    shown = owner.post("/admin/people/import", file=(io.BytesIO(ROSTER.encode()), "花名册.csv"))
    assert "新增 2 人" in shown
    assert "张*明" in shown  # whom the file does not name
    owner.post("/admin/people/import", **fields_of(owner.page, "confirmed"))
    assert "赵一" in owner.get("/admin/people?unit=U01")
    with crowd.reading() as session:
        phone = session.scalars(select(tables.Person.phone).where(tables.Person.name == "赵一")).one()
    assert phone is not None
    assert "138" not in phone


def test_a_roster_of_unknown_units_is_refused_with_its_rows(crowd: Store, owner: Visitor) -> None:
    owner.get("/admin/people/import")
    shown = owner.post(
        "/admin/people/import", file=(io.BytesIO(ROSTER.replace("市财政局", "市财证局").encode()), "花名册.csv")
    )
    assert "必须改 第2行" in shown
    assert 'name="confirmed"' not in owner.page
