from __future__ import annotations

from contextlib import suppress

import pytest
from bank_files import csv_bytes, ods_bytes, xls_bytes, xlsx_bytes
from hypothesis import given
from hypothesis import strategies as st
from sheets_made import xlsx_of

from campaigns.errors import Refused
from campaigns.office_tables import is_remark, is_total, plain_head, read_count, sheets_in

HEADS = {"name": ("单位名称",), "count": ("应参与人数", "人数")}
ROWS = [["某市参与单位", None], ["单位名称（全称）*", "应参与 人数"], ["市财政局", 120], [None, None], ["市水务局", 80]]


def read(data: bytes) -> list[tuple[str, str, str]]:
    """Where, name and count of each row."""
    return [
        (sheet.where(row), sheet.cell(row, "name"), sheet.cell(row, "count"))
        for sheet in sheets_in(data, HEADS, lambda columns: "name" in columns)
        for row in sheet.rows
    ]


@pytest.mark.parametrize("make", [xlsx_bytes, xls_bytes, ods_bytes])
def test_a_spreadsheet_of_any_kind_is_read_under_its_title_and_header(make: object) -> None:
    found = read(make(ROWS))  # type: ignore[operator]
    assert [row[1:] for row in found] == [("市财政局", "120"), ("市水务局", "80")]
    assert [row[0].endswith(place) for row, place in zip(found, ("第3行", "第5行"), strict=True)] == [True, True]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "，", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_text_is_read_whatever_is_between_its_cells(delimiter: str, encoding: str) -> None:
    rows = [["" if cell is None else str(cell) for cell in row] for row in ROWS]
    assert read(csv_bytes(rows, encoding, delimiter)) == [("第3行", "市财政局", "120"), ("第5行", "市水务局", "80")]


def test_several_sheets_are_read_and_those_of_something_else_are_not() -> None:
    sheets = {"说明": [["请填写下表"]], "一": ROWS, "二": [["人数", "单位名称"], [5, "市教育局"]]}
    assert [row[1] for row in read(xlsx_bytes(sheets))] == ["市财政局", "市水务局", "市教育局"]


def test_what_is_merged_downwards_holds_in_each_row() -> None:
    data = xlsx_of(["单位名称", "人数"], ["", 1], ["", 2], merged=[("A2:A3", "市财政局")])
    assert [row[1:] for row in read(data)] == [("市财政局", "1"), ("市财政局", "2")]


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"PK\x03\x04rubbish", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rubbish"])
def test_what_is_no_table_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(Refused, match="请用"):
        read(data)


@given(st.binary(max_size=300))
def test_any_file_is_read_or_refused(data: bytes) -> None:
    with suppress(Refused):
        read(data)


@pytest.mark.parametrize(
    ("text", "count"),
    [("120", 120), ("1,234", 1234), ("１２人", 12), ("12.0", 12), ("12 人", 12), ("0", 0), ("12.5", None), ("-1", None),
     ("若干", None), ("", None), ("约10", None)],
)  # fmt: skip
def test_a_count_is_a_whole_number_or_none(text: str, count: int | None) -> None:
    assert read_count(text) == count


def test_totals_and_remarks_are_no_rows() -> None:
    assert is_total(("", "合计", "1292"))
    assert is_total(("总 计：", "5"))
    assert not is_total(("市统计局", "5"))
    assert not is_total(("合计划局", "5"))
    assert is_remark(("填表人：王五", ""))
    assert not is_remark(("注册处", "5"))


def test_a_header_is_compared_without_what_is_written_around_it() -> None:
    assert plain_head(" 单位 名称（全称）* ") == "单位名称"
    assert plain_head("县(市、区)") == "县"
