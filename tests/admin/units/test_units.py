from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from forms_sent import fields_of
from visitors import Visitor

from campaigns import units
from campaigns.privacy import Seal
from campaigns.staff import Role
from campaigns.store import Store
from campaigns.units import UnitLine

LIST = "单位名称,上级单位,代码,应参与人数,联络员,联系电话\n市财政局,,CZ,45,王小明,13812345678\n预算处,市财政局,YS,8,,\n"


@pytest.fixture
def tree(records: Store) -> Store:
    with records.transaction() as session:
        units.add(session, "JS", "江苏省", level="province")
        units.add(session, "SZ", "苏州市", "JS", "city")
        units.add(session, "CZ", "苏州市财政局", "SZ", headcount=45, officer="王小明")
    return records


def lines(records: Store) -> dict[str, UnitLine]:
    with records.reading() as session:
        return {line.code: line for line in units.list_units(session)}


def file(text: str) -> tuple[io.BytesIO, str]:
    return io.BytesIO(text.encode()), "单位.csv"


def test_the_tree_is_walked_down_with_headcounts_and_officers(tree: Store, owner: Visitor) -> None:
    assert "江苏省" in owner.get("/admin/units")
    assert "苏州市财政局" not in owner.get("/admin/units")
    shown = owner.get("/admin/units/SZ")
    for part in ("江苏省", "苏州市财政局", "45", "王小明"):
        assert part in shown


@pytest.mark.parametrize("wanted", ["财政", "szscz", "caizheng"])
def test_a_unit_is_found_by_name_or_pinyin(tree: Store, owner: Visitor, wanted: str) -> None:
    assert "苏州市财政局" in owner.get(f"/admin/units?search={wanted}")
    assert "江苏省·苏州市" in owner.page


def test_one_unit_is_edited_and_what_is_left_empty_stays(tree: Store, owner: Visitor) -> None:
    owner.get("/admin/units/CZ")
    sent = {**fields_of(owner.page, 'id="edit-name"'), "name": "市财政局", "headcount": "50"}
    owner.post("/admin/units/CZ", **sent)
    line = lines(tree)["CZ"]
    assert (line.name, line.headcount, line.officer, line.parent_code) == ("市财政局", 50, "王小明", "SZ")


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("headcount", "很多", "整数"),
        ("officer_phone", "没有", "只填数字"),
        ("parent", "X9", "X9"),
        ("name", " ", "名称"),
        ("name", "长" * 101, "最多 100 个字"),
        ("name", "预\x00算处", "看不见的字符"),
        ("level", "galaxy", "级别"),
    ],
)
def test_what_a_unit_cannot_be_is_said_and_stays_typed(
    tree: Store, owner: Visitor, field: str, text: str, sentence: str
) -> None:
    owner.get("/admin/units/CZ")
    sent = {**fields_of(owner.page, 'id="edit-name"'), "officer": "李强", field: text}
    assert sentence in owner.post("/admin/units/CZ", 422, **sent)
    assert fields_of(owner.page, 'id="edit-name"')["officer"] == ["李强"]
    assert lines(tree)["CZ"].officer == "王小明"


def test_a_unit_is_added_below_another(tree: Store, owner: Visitor) -> None:
    owner.get("/admin/units/CZ")
    sent = {**fields_of(owner.page, 'id="add-name"'), "name": "预算处", "code": "YS", "officer_phone": "138 1234 5678"}
    owner.post("/admin/units", **sent)
    line = lines(tree)["YS"]
    assert (line.parent_code, line.level) == ("CZ", "department")
    assert Seal("a secret of the tests").open(line.officer_phone) == "13812345678"
    owner.get("/admin/units/CZ")
    assert "已经有单位在用" in owner.post("/admin/units", 422, **{**sent, "name": "另一个"})
    assert fields_of(owner.page, 'id="add-name"')["name"] == ["另一个"]


def test_a_list_is_shown_first_and_imported_when_it_is_confirmed(records: Store, owner: Visitor) -> None:
    owner.get("/admin/units/import")
    assert "没有发现问题" in owner.post("/admin/units/import", file=file(LIST))
    assert lines(records) == {}
    assert "新增 2 个单位" in owner.post("/admin/units/import", **fields_of(owner.page, "confirmed"))
    assert lines(records)["YS"].parent_code == "CZ"


def test_problems_are_told_with_their_rows_and_nothing_is_imported(records: Store, owner: Visitor) -> None:
    owner.get("/admin/units/import")
    shown = owner.post("/admin/units/import", file=file(LIST.replace(",45,", ",很多,")))
    assert "必须改 第2行" in shown
    assert 'name="confirmed"' not in owner.page
    assert lines(records) == {}


def test_what_has_changed_since_is_shown_again(records: Store, owner: Visitor) -> None:
    owner.get("/admin/units/import")
    owner.post("/admin/units/import", file=file(LIST))
    confirmed = fields_of(owner.page, "confirmed")
    with records.transaction() as session:
        units.add(session, "CZ", "市财政局")
    assert "刚刚有改动" in owner.post("/admin/units/import", **confirmed)
    assert "新增 1 个" in owner.post("/admin/units/import", **fields_of(owner.page, "confirmed"))


def test_units_that_the_file_lacks_are_retired_when_that_is_said(tree: Store, owner: Visitor) -> None:
    owner.get("/admin/units/import")
    owner.post("/admin/units/import", file=file("单位名称,代码\n江苏省,JS\n"))
    owner.post("/admin/units/import", **fields_of(owner.page, "confirmed"), retire_missing="1")
    assert {code for code, line in lines(tree).items() if line.retired} == {"SZ", "CZ"}


@pytest.mark.parametrize("sent", [{}, {"packed": "%%%"}, {"packed": "AAAA"}])
def test_what_is_no_file_is_refused(records: Store, owner: Visitor, sent: dict[str, str]) -> None:
    owner.get("/admin/units/import")
    assert "选择" in owner.post("/admin/units/import", 422, **sent)


def test_the_export_is_a_file_that_the_import_reads(tree: Store, owner: Visitor) -> None:
    data = owner.client.get("/admin/units/export.xlsx").data
    owner.get("/admin/units/import")
    shown = owner.post("/admin/units/import", file=(io.BytesIO(data), "units.xlsx"))
    assert "不变 3 个" in shown


def test_who_only_looks_sees_masked_officers_and_changes_nothing(
    tree: Store, signed_in: Callable[[Role], Visitor]
) -> None:
    viewer = signed_in(Role.VIEWER)
    shown = viewer.get("/admin/units/SZ")
    assert "王*明" in shown
    assert "王小明" not in viewer.get("/admin/units/CZ")
    assert "修改这个单位" not in viewer.page
    viewer.get("/admin/units/export.xlsx", 403)
    viewer.get("/admin/units/import", 403)
