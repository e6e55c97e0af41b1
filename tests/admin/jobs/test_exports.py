"""导出: who is offered what, and what a wish that may not be granted is answered."""

from __future__ import annotations

import re
from collections.abc import Callable

from exports_made import make_everything
from jobs_made import work_once
from visitors import Visitor

from admin.rights import Action
from campaigns.exports.datasets import DATASETS
from campaigns.exports.making import KIND, make_export
from campaigns.staff import Role
from campaigns.store import Store

PAGE = "/admin/campaigns/week/exports"


def offered(visitor: Visitor) -> set[str]:
    visitor.get(PAGE)
    return set(re.findall(r'name="dataset" value="([^"]+)"', visitor.page))


def test_every_right_that_a_table_takes_is_one_of_the_console() -> None:
    assert {right for one in DATASETS.values() for right in one.needs} <= set(Action)


def test_each_role_is_offered_what_it_may_see(signed_in: Callable[..., Visitor], records: Store) -> None:
    make_everything(records)
    of_units = {"people", "attempts", "standings", "absentees", "units"}
    everything = set(DATASETS)
    whole = {"questions", "awards", "certificates"}
    assert offered(signed_in(Role.OWNER)) == everything == offered(signed_in(Role.ORGANISER))
    assert offered(signed_in(Role.VIEWER)) == of_units | whole
    assert offered(signed_in(Role.LIAISON, "U01")) == of_units
    for role in (Role.EDITOR, Role.DESK):
        signed_in(role).get(PAGE, 403)


def test_a_wish_becomes_a_job_and_a_file_with_masked_names(owner: Visitor, records: Store) -> None:
    make_everything(records)
    assert "还没有导出过" in owner.get(PAGE)
    assert "导出参与人员：节能宣传周有奖答题（市财政局） 等待" in owner.post(
        PAGE, dataset="people", form="csv", unit="U01"
    )
    work_once(records, {KIND: make_export})
    shown = owner.get(owner.address)
    assert "导出了 3 行。" in shown
    assert "回到导出" in shown
    text = owner.client.get(f"{owner.address}/file").text
    assert "张*明" in text
    assert "张晓明" not in text
    assert "导出参与人员：节能宣传周有奖答题（市财政局） 完成" in owner.get(PAGE)


def test_names_in_full_are_for_those_who_may_see_them(signed_in: Callable[..., Visitor], records: Store) -> None:
    make_everything(records)
    viewer, liaison = signed_in(Role.VIEWER), signed_in(Role.LIAISON, "U011")
    assert "带完整姓名和工号" not in viewer.get(PAGE)
    viewer.post(PAGE, 403, dataset="people", full="1")
    assert "带完整姓名和工号" in liaison.get(PAGE)
    liaison.post(PAGE, dataset="people", full="1", form="csv")
    work_once(records, {KIND: make_export})
    text = liaison.client.get(f"{liaison.address}/file").text
    assert "张晓明" in text
    assert "李四" not in text, "above the liaison's unit"


def test_a_liaison_is_told_of_no_other_unit_and_no_table_of_the_whole(
    signed_in: Callable[..., Visitor], records: Store
) -> None:
    make_everything(records)
    liaison = signed_in(Role.LIAISON, "U01")
    for fields in ({"unit": "U02"}, {"unit": "U99"}):
        liaison.get(PAGE)
        assert "没有代码为" in liaison.post(PAGE, 404, dataset="people", **fields)
    liaison.get(PAGE)
    liaison.post(PAGE, 404, dataset="awards")
    assert "您的单位（市财政局）和下级" in liaison.get(PAGE)


def test_a_wish_that_cannot_be_granted_keeps_what_was_typed(owner: Visitor, records: Store) -> None:
    make_everything(records)
    owner.get(PAGE)
    assert "还没有选要导出的内容" in owner.post(PAGE, 422, form="csv", unit="U01")
    assert 'value="U01"' in owner.page
    assert "不能按单位导出" in owner.post(PAGE, 422, dataset="awards", unit="U01")
    owner.get("/admin/campaigns/nobody/exports", 404)
    owner.get(PAGE)
    owner.post("/admin/campaigns/nobody/exports", 404, dataset="people")


def test_who_asks_for_too_much_leaves_no_job(signed_in: Callable[..., Visitor], records: Store) -> None:
    make_everything(records)
    viewer = signed_in(Role.VIEWER)
    viewer.get(PAGE)
    viewer.post(PAGE, 403, dataset="answers")
    assert "还没有任务" in viewer.get("/admin/jobs")
