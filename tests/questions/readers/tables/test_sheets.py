"""What readers say about the columns of tables, for whoever wants to overrule them."""

from __future__ import annotations

import pytest
from bank_files import csv_bytes, xlsx_bytes

from questions.model import Column, UnreadableFile
from questions.readers import read_bank
from questions.readers.apart import limited
from questions.readers.tables.sheets import letter_of

HEADER = ["序号", "题目", "选项A", "选项B", "正确答案", "心情"]
ROWS = [HEADER, *([n, f"第{n}个问题是什么？", f"甲{n}", f"乙{n}", "A", "好"] for n in range(1, 9))]
UNTOLD = [["甲", "乙", "丙", "丁"], ["空调几度合适", "二十六", "二十", "B1"], ["下班关灯吗", "是的", "不", "B2"]]


def test_every_filled_column_says_what_it_was_understood_as() -> None:
    (sheet,) = read_bank(xlsx_bytes({"题库": ROWS})).sheets
    assert sheet.name == "题库"
    assert [column.part for column in sheet.columns] == ["编号", "题目", "选项A", "选项B", "答案", ""]
    assert sheet.columns[1] == Column("B", "题目", "第1个问题是什么？；第2个问题是什么？；第3个问题是什么？", "题目")
    assert sheet.columns[5] == Column("F", "心情", "好", "")


def test_a_table_without_a_header_is_told_by_its_content() -> None:
    (sheet,) = read_bank(csv_bytes(ROWS[1:])).sheets
    assert [(column.letter, column.header) for column in sheet.columns[:2]] == [("A", ""), ("B", "")]
    assert "答案" in [column.part for column in sheet.columns]


def test_a_long_cell_is_shown_in_brief() -> None:
    long = [HEADER, [1, "长" * 90, "甲", "乙", "A", ""], [2, "短\n的", "甲", "乙", "B", ""]]
    (sheet,) = read_bank(xlsx_bytes(long)).sheets
    assert sheet.columns[1].sample == f"{'长' * 40}…；短 的"
    assert len(sheet.columns) == 6


def test_what_was_overruled_is_understood_as_it_was_named() -> None:
    (sheet,) = read_bank(xlsx_bytes(ROWS), columns={"来源": "F", "不读": "A"}).sheets
    assert [column.part for column in sheet.columns] == ["", "题目", "选项A", "选项B", "答案", "来源"]


def test_a_column_that_is_not_to_be_read_is_not_read() -> None:
    bank = read_bank(xlsx_bytes(HEADER_AND_NOTES), columns={"不读1": "解析", "不读2": "分类"})
    assert {(one.explanation, one.category) for one in bank.questions} == {("", "")}


HEADER_AND_NOTES = [
    ["题目", "选项A", "选项B", "答案", "解析", "分类"],
    *([f"第{n}个问题是什么？", f"甲{n}", f"乙{n}", "A", "内部备注", "旧分类"] for n in range(1, 6)),
]


@pytest.mark.parametrize("read", [read_bank, limited.read_bank])
def test_a_table_that_cannot_be_read_shows_its_columns_all_the_same(read: object) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read(xlsx_bytes(UNTOLD))  # type: ignore[operator]
    (sheet,) = refused.value.sheets
    assert [column.letter for column in sheet.columns] == ["A", "B", "C", "D"]
    assert {column.part for column in sheet.columns} == {""}
    named = {"题目": "A", "选项A": "B", "选项B": "C", "答案": "D"}
    assert read_bank(xlsx_bytes(UNTOLD), columns=named).questions[1].stem == "空调几度合适"


def test_what_is_no_table_has_no_sheets() -> None:
    assert read_bank('[{"题目": "?", "选项": ["甲", "乙"], "答案": "A"}]'.encode()).sheets == ()


def test_sheets_come_through_the_limited_process() -> None:
    data = xlsx_bytes({"一": ROWS, "二": ROWS})
    assert limited.read_bank(data).sheets == read_bank(data).sheets


@pytest.mark.parametrize(("column", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_called_as_spreadsheet_programs_call_them(column: int, letters: str) -> None:
    assert letter_of(column) == letters
