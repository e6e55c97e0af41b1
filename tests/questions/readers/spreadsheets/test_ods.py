"""ods files: what a person sees in their cells, whatever is repeated, merged or hidden."""

from __future__ import annotations

import pytest
from bank_files import answers, kinds, ods_around, ods_bytes, only, texts, warnings

from questions.model import UnreadableFile
from questions.readers import read_bank

HEADER = ["题型", "题目", "选项A", "选项B", "答案"]
ROW = ["单选", "哪个省电？", "白炽灯", "节能灯", "B"]


def cell(text: str, **attributes: str) -> str:
    said = "".join(f' {name.replace("_", ":", 1).replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f"<table:table-cell{said}><text:p>{text}</text:p></table:table-cell>"


def row(*cells: str, times: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{times}">{"".join(cells)}</table:table-row>'


def test_an_ods_file_is_read_like_any_other_table() -> None:
    bank = read_bank(ods_bytes([HEADER, ROW]))
    assert bank.format == "ods"
    assert (only(bank).answer, texts(only(bank))) == (("B",), ["白炽灯", "节能灯"])
    assert only(bank).where == "工作表“Sheet1”第2行"
    assert bank.problems == ()


def test_percentages_are_read_as_they_are_shown_and_bare_fractions_are_reported() -> None:
    percent = cell("20%", office_value_type="percentage", office_value="0.2")
    fraction = cell("0.3", office_value_type="float", office_value="0.3")
    data = ods_bytes(
        row(*map(cell, HEADER)) + row(cell("单选"), cell("节电多少？"), percent, fraction, cell("A")),
    )
    bank = read_bank(data)
    assert texts(only(bank)) == ["20%", "0.3"]
    assert len(warnings(bank)) == 1
    assert "百分数" in warnings(bank)[0]


def test_dates_are_reported() -> None:
    day = cell("1997年7月1日", office_value_type="date", office_date_value="1997-07-01")
    bank = read_bank(
        ods_bytes(row(*map(cell, HEADER)) + row(cell("单选"), cell("何时？"), day, cell("1999年"), cell("A")))
    )
    assert texts(only(bank)) == ["1997年7月1日", "1999年"]
    assert "日期" in warnings(bank)[0]


def test_spaces_tabs_lines_and_links_within_a_cell_are_text_and_comments_are_not() -> None:
    stem = (
        "哪个<text:s text:c='2'/>省<text:span>电<text:a>？</text:a></text:span><text:line-break/>请选</text:p>"
        "<text:p>择。</text:p><office:annotation><text:p>批注</text:p></office:annotation><text:p>"
    )
    data = ods_bytes(row(*map(cell, HEADER)) + row(cell("单选"), cell(stem), cell("甲"), cell("乙"), cell("A")))
    assert only(read_bank(data)).stem == "哪个  省电？\n请选\n择。"


def test_repeated_rows_and_columns_cost_nothing_and_keep_the_places_of_what_follows() -> None:
    empty = '<table:table-cell table:number-columns-repeated="16384"/>'
    data = ods_bytes(
        row(*map(cell, HEADER), empty)
        + row(empty, times=3)
        + row(*map(cell, ROW))
        + row(empty, times=1_048_571)
        + row(*map(cell, ROW))
    )
    bank = read_bank(data)
    assert only(bank).where == "工作表“Sheet1”第5行"
    assert "200000" in warnings(bank)[0]


def test_a_row_that_says_that_it_is_repeated_is_read_as_often() -> None:
    bank = read_bank(ods_bytes(row(*map(cell, HEADER)) + row(*map(cell, ROW), times=3)))
    assert len(bank.questions) == 3
    assert "重复" in warnings(bank)[0]


def test_a_kind_that_is_merged_downwards_holds_for_all_its_rows() -> None:
    merged = cell("多选", table_number_rows_spanned="2")
    covered = "<table:covered-table-cell/>"
    rest = [cell("哪些？"), cell("甲"), cell("乙"), cell("AB")]
    bank = read_bank(ods_bytes(row(*map(cell, HEADER)) + row(merged, *rest) + row(covered, *rest[:-1], cell("A"))))
    assert kinds(bank) == ["multiple", "multiple"]
    assert answers(bank) == [("A", "B"), ("A",)]


def test_a_hidden_sheet_is_not_read_and_that_is_said() -> None:
    hidden = (
        '<style:style style:name="ta1" style:family="table">'
        '<style:table-properties table:display="false"/></style:style>'
    )
    with pytest.raises(UnreadableFile, match="没有找到题目"):
        read_bank(ods_bytes([HEADER, ROW], styles=hidden, style="ta1"))


@pytest.mark.parametrize("content", ["<!DOCTYPE x [<!ENTITY a 'a'>]><x>&a;</x>", "<x>", "no XML"])
def test_what_is_no_workbook_is_refused(content: str) -> None:
    with pytest.raises(UnreadableFile, match="损坏"):
        read_bank(ods_around(content))
