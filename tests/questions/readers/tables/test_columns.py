"""Columns that a person names, over what the headers say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from bank_files import answers, csv_bytes, errors, kinds, only, texts, warnings, xlsx_bytes

from questions.model import BadColumns, Bank, UnreadableFile
from questions.readers import read_bank

HEADER = ["题目", "选项A", "选项B", "答案", "备用"]
ROW = ["哪个省电？", "白炽灯", "节能灯", "A", "B"]


def bank(columns: Mapping[str, str], *rows: Sequence[object]) -> Bank:
    return read_bank(xlsx_bytes(rows), columns=columns)


@pytest.mark.parametrize("column", ["E", "e", "Ｅ", "E列", "第E列", "备用", " 备 用 "])
def test_a_letter_or_a_header_names_a_column_over_what_the_header_says(column: str) -> None:
    found = bank({"答案": column}, HEADER, ROW)
    assert only(found).answer == ("B",)
    assert found.problems == ()


def test_columns_beyond_z_have_two_letters() -> None:
    assert only(bank({"答案": "AB"}, HEADER, [*ROW, *[None] * 22, "B"])).answer == ("B",)


def test_every_part_can_be_named_in_a_table_whose_header_nobody_understands() -> None:
    header = ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"]
    row = ["K-1", "单选", "哪个省电？", "白炽灯", "节能灯", "B", "节能灯省电。", "照明", "易", "教材"]
    parts = ["编号", "题型", "题目", "选项A", "选项B", "答案", "解析", "分类", "难度", "来源"]
    found = bank(dict(zip(parts, header, strict=True)), header, row)
    question = only(found)
    assert (question.number, question.kind, question.stem, texts(question), question.answer) == (
        "K-1",
        "single",
        "哪个省电？",
        ["白炽灯", "节能灯"],
        ("B",),
    )
    assert (question.explanation, question.category, question.difficulty, question.source) == (
        "节能灯省电。",
        "照明",
        "易",
        "教材",
    )
    assert found.problems == ()


def test_a_table_without_a_header_begins_with_its_first_question() -> None:
    found = bank(
        {"题目": "A", "选项A": "B", "选项B": "C", "答案": "D"},
        ["哪个省电？", "白炽灯", "节能灯", "B"],
        ["哪个费电？", "白炽灯", "节能灯", "A"],
    )
    assert answers(found) == [("B",), ("A",)]
    assert any("没有表头" in warning for warning in warnings(found))


def test_a_first_row_with_any_known_word_is_a_header() -> None:
    found = bank({"题目": "B", "答案": "C"}, ["编号", "x", "y"], ["K-1", "节能灯省电。", "对"])
    assert (only(found).number, only(found).answer) == ("K-1", ("true",))


def test_all_options_of_one_column_and_the_blanks_of_several() -> None:
    found = bank({"选项": "备用"}, HEADER, ["哪个省电？", "x", "y", "B", "白炽灯|节能灯"])
    assert texts(only(found)) == ["白炽灯", "节能灯"]
    found = bank({"题目": "A", "空1": "B", "空2": "C"}, ["问题", "q", "r"], ["冬季____，夏季____。", "20", "26"])
    assert (kinds(found), answers(found)) == (["blank"], [("20", "26")])


def test_named_options_take_the_place_of_those_in_the_header() -> None:
    found = bank({"选项A": "C", "选项B": "B"}, HEADER, ROW)
    assert texts(only(found)) == ["节能灯", "白炽灯"]


def test_tags_stand_in_one_column_however_they_are_separated() -> None:
    header = [*HEADER[:-1], "标签"]
    found = bank({}, header, [*ROW[:-1], "照明、节电,办公室；易错 照明"])
    assert only(found).tags == ("照明", "节电", "办公室", "易错")
    assert only(bank({"标签": "E"}, HEADER, ROW)).tags == ("B",)


def test_a_column_holds_for_every_sheet_that_has_it() -> None:
    sheets = {
        "单选题": [["题目", "A", "B", "正解一"], ["哪个省电？", "白炽灯", "节能灯", "B"]],
        "判断题": [["题目", "正解一"], ["随手关灯。", "对"]],
        "填空题": [["题目", "答案"], ["夏季____℃。", "26"]],
    }
    found = read_bank(xlsx_bytes(sheets), columns={"答案": "正解一"})
    assert answers(found) == [("B",), ("true",), ("26",)]
    assert errors(found) == []


def test_a_delimited_text_is_a_table_like_any_other() -> None:
    assert only(read_bank(csv_bytes([HEADER, ROW]), columns={"答案": "备用"})).answer == ("B",)


@pytest.mark.parametrize(
    ("columns", "word"),
    [
        ({"正确项": "E"}, "没有“正确项”这一部分"),
        ({"选项1": "E"}, "没有“选项1”这一部分"),
        ({"答案": "神秘"}, "没有找到指定给“答案”的列“神秘”"),
        ({"答案": "Z"}, "没有找到指定给“答案”的列“Z”"),
        ({"答案": ""}, "没有写“答案”在哪一列"),
        ({"答案": "E", "解析": "备用"}, "是同一列"),
        ({"答案": "D", " 答案": "E"}, "指定了不止一列"),
    ],
)
def test_columns_that_cannot_be_meant_are_refused_with_a_sentence(columns: dict[str, str], word: str) -> None:
    with pytest.raises(BadColumns, match=word):
        bank(columns, HEADER, ROW)


def test_a_letter_that_is_also_the_header_of_another_column_is_asked_about() -> None:
    rows = [["题目", "A", "B", "答案"], ROW[:4]]
    with pytest.raises(BadColumns, match="请写成“B列”"):
        bank({"答案": "B"}, *rows)
    with pytest.raises(BadColumns, match="同一列"):
        bank({"答案": "B列", "选项A": "B列"}, *rows)


def test_a_part_is_refused_before_the_file_is_looked_at() -> None:
    with pytest.raises(BadColumns):
        read_bank(b"no bank at all", columns={"谁": "A"})
    with pytest.raises(UnreadableFile):
        read_bank(b"", columns={"答案": "A"})
