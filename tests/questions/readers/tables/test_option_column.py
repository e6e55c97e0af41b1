"""All options of a question in one cell of a table."""

from __future__ import annotations

import pytest
from bank_files import answers, bank_of, errors, texts, warnings

LAMPS = ["白炽灯", "LED 灯", "卤素灯"]


def lamps(cell: str, other: str) -> list[list[str]]:
    return [["题目", "选项", "答案"], ["哪种灯最省电？", cell, "B"], ["哪一级的能效最高？", other, "A"]]


@pytest.mark.parametrize("sign", ["@", "@@", "^", "~~", "//"])
def test_a_rare_sign_in_every_cell_separates_options(sign: str) -> None:
    bank = bank_of(*lamps(sign.join(LAMPS), sign.join(["1 级", "2 级", "3 级"])))
    assert texts(bank.questions[0]) == LAMPS
    assert answers(bank) == [("B",), ("A",)]
    assert errors(bank) == []


def test_options_glued_together_are_told_by_their_letters() -> None:
    bank = bank_of(*lamps("A.白炽灯B.LED 灯C.卤素灯", "A、GB/T 1 级B、GB/T 2 级C、A.3 级"))
    assert texts(bank.questions[0]) == LAMPS
    assert texts(bank.questions[1]) == ["GB/T 1 级", "GB/T 2 级", "A.3 级"]
    assert errors(bank) == []


def test_glued_options_whose_letters_stand_in_their_texts_are_asked() -> None:
    bank = bank_of(*lamps("A.甲B.乙C.丙", "A.维生素AB.维生素BC.维生素CD.维生素D"))
    assert texts(bank.questions[0]) == ["甲", "乙", "丙"]
    assert texts(bank.questions[1]) == ["A.维生素AB.维生素BC.维生素CD.维生素D"]
    assert "只有 1 个选项" in errors(bank)[0]


def test_options_may_stand_in_the_rows_below_their_question() -> None:
    bank = bank_of(
        ["题目", "答案"],
        ["哪种灯最省电？", "B"],
        ["A.白炽灯"],
        ["B.LED 灯"],
        ["哪种能效最高？", "D"],
        ["A. 四级  B. 三级"],
        ["C. 二级  D. 一级"],
    )
    assert [texts(question) for question in bank.questions] == [["白炽灯", "LED 灯"], ["四级", "三级", "二级", "一级"]]
    assert answers(bank) == [("B",), ("D",)]
    assert bank.problems == ()


def test_an_option_column_without_a_header_is_known_by_the_answers() -> None:
    bank = bank_of(
        ["题目", "A", "B", "C", "D", None, "答案"],
        ["哪些省电？", "甲", "乙", "丙", "丁", "戊", "ABE"],
        ["哪个费电？", "甲", "乙", "丙", "丁", None, "A"],
    )
    assert texts(bank.questions[0]) == ["甲", "乙", "丙", "丁", "戊"]
    assert answers(bank) == [("A", "B", "E"), ("A",)]
    assert warnings(bank) == ["工作表“Sheet1”：第 6 列没有表头，答案里有 E，已把它当作选项 E；请核对。"]


def test_what_stands_in_a_column_without_a_header_is_never_dropped_in_silence() -> None:
    rows = [[f"第 {number} 种灯省电吗？", "是的", "不是", "A"] for number in range(8)]
    bank = bank_of(["题目", "A", "B", "答案"], *rows, ["哪个，省电？", "甲", "乙", "A", "丙"])
    assert warnings(bank) == ["工作表“Sheet1”第10行：第 5 列的“丙”没有读入，因为这一列没有表头；请核对。"]


def test_a_stem_column_without_a_header_may_be_the_first() -> None:
    bank = bank_of([None, "A", "B", "答案"], ["哪种灯最省电？", "白炽灯", "LED 灯", "B"])
    assert bank.questions[0].stem == "哪种灯最省电？"
    assert answers(bank) == [("B",)]


def test_numbers_in_a_first_column_without_a_header_are_the_questions_numbers() -> None:
    bank = bank_of(
        [None, "题目", "A", "B", "答案"], [7, "哪个省电？", "甲", "乙", "A"], [8, "哪个费电？", "甲", "乙", "B"]
    )
    assert [question.number for question in bank.questions] == ["7", "8"]
    assert bank.problems == ()


def test_options_in_one_cell_count_where_their_own_columns_are_empty() -> None:
    bank = bank_of(
        ["题目", "选项", "选项A", "选项B", "答案"],
        ["哪个省电？", None, "白炽灯", "LED 灯", "B"],
        ["哪个费电？", "A.油汀 B.风扇", None, None, "A"],
    )
    assert [texts(question) for question in bank.questions] == [["白炽灯", "LED 灯"], ["油汀", "风扇"]]
