"""Answers on a sheet of their own, beside the sheets of questions."""

from __future__ import annotations

import pytest
from bank_files import Rows, answers, errors, xlsx_bytes

from questions.model import Bank, UnreadableFile
from questions.readers import read_bank

PAPER = [
    ["题号", "题目", "A", "B", "C"],
    [1, "下列哪种灯最省电？", "白炽灯", "卤素灯", "LED 灯"],
    [2, "哪些属于可再生能源？", "风能", "煤", "水能"],
    [3, "冬季供暖的室温不宜高于多少？", "20℃", "24℃", "28℃"],
]


def bank(**sheets: Rows) -> Bank:
    return read_bank(xlsx_bytes(sheets))


@pytest.mark.parametrize(
    "key",
    [
        [["题号", "答案"], [1, "C"], [2, "AC"], [3, "A"]],
        [["参考答案"], ["序号", "正确答案"], [1, "C"], [2, "AC"], [3, "A"]],
        [["题号", "答案", "题号", "答案"], [1, "C", 3, "A"], [2, "AC"]],
        [["题号", 1, 2, 3], ["答案", "C", "AC", "A"]],
        [[1, "C"], [2, "AC"], [3, "A"]],
    ],
    ids=["columns", "a title above", "columns side by side", "rows", "no header"],
)
def test_the_answers_are_found_by_number(key: Rows) -> None:
    found = bank(试题=PAPER, 答案=key)
    assert answers(found) == [("C",), ("A", "C"), ("A",)]
    assert found.problems == ()


def test_numbers_that_come_again_are_told_by_the_kind() -> None:
    found = bank(
        单选题=[["题号", "题目", "A", "B"], [1, "哪个省电？", "白炽灯", "节能灯"]],
        判断题=[["题号", "题目"], [1, "随手关灯可以节电。"]],
        答案=[["题号", "答案"], ["一、单选题"], [1, "B"], ["二、判断题"], [1, "对"]],
    )
    assert answers(found) == [("B",), ("true",)]
    assert found.problems == ()


def test_a_sheets_name_tells_whose_answers_it_holds() -> None:
    paper = [["题号", "题目", "A", "B"], [1, "这里哪个省电？", "白炽灯", "节能灯"]]
    other = [["题号", "题目", "A", "B"], [1, "那里哪个费电？", "白炽灯", "节能灯"]]
    found = bank(
        第一章=paper, 第二章=other, 第一章答案=[["题号", "答案"], [1, "B"]], 第二章答案=[["题号", "答案"], [1, "A"]]
    )
    assert answers(found) == [("B",), ("A",)]


def test_an_answer_without_its_question_is_reported() -> None:
    found = bank(试题=PAPER, 答案=[["题号", "答案"], [1, "C"], [2, "AC"], [7, "B"]])
    assert answers(found) == [("C",), ("A", "C"), ()]
    assert errors(found)[0] == (
        "工作表“答案”第4行：这里的答案“B”没有读入：没有哪一题的编号是“7”；请核对，或把答案填到题目那一行。"
    )
    assert errors(found)[1].startswith("工作表“试题”第4行：没有答案")


def test_an_answer_that_may_belong_to_two_questions_is_reported() -> None:
    twice = [*PAPER, [1, "哪种出行方式最省能？", "步行", "驾车", "乘机"]]
    found = bank(试题=twice, 答案=[["题号", "答案"], [1, "C"], [2, "AC"], [3, "A"]])
    assert answers(found) == [(), ("A", "C"), ("A",), ()]
    assert "有 2 道题的编号都是“1”" in errors(found)[0]


def test_an_answer_that_contradicts_the_question_s_own_is_asked() -> None:
    own = [["题号", "题目", "A", "B", "答案"], [1, "哪个省电？", "白炽灯", "节能灯", "A"]]
    found = bank(试题=own, 答案=[["题号", "答案"], [1, "B"]])
    assert answers(found) == [()]
    assert "写着不同的答案“A”和“B”" in errors(found)[0]


def test_what_a_person_has_answered_is_no_key() -> None:
    own = [["题号", "题目", "A", "B", "答案"], [1, "哪个省电？", "白炽灯", "节能灯", "B"]]
    found = bank(试题=own, 答卷=[["序号", "姓名", "答案", "得分"], [1, "张三", "A", 0]])
    assert answers(found) == [("B",)]
    assert [problem.where for problem in found.problems] == ["工作表“答卷”"]


def test_a_bank_s_own_explanations_come_with_the_answers() -> None:
    found = bank(试题=PAPER[:2], 答案=[["题号", "答案", "解析"], [1, "C", "发光效率最高。"]])
    assert found.questions[0].explanation == "发光效率最高。"


@pytest.mark.parametrize(
    "rows",
    [[["题号", "答案"], [1, "B"], [2, "C"], [3, "√"]], [["序号", "答案", "解析"], [1, "B", "略"], [2, "C", "略"]]],
)
def test_a_file_of_answers_alone_is_told_to_be_one(rows: list[list[object]]) -> None:
    with pytest.raises(UnreadableFile, match="只有答案，没有题目；请"):
        read_bank(xlsx_bytes(rows))


def test_a_sheet_of_answers_may_have_two_columns_of_numbers() -> None:
    key = [["编号", "序号", "答案"], [1, 101, "C"], [2, 102, "AC"], [3, 103, "A"]]
    assert answers(read_bank(xlsx_bytes({"试题": PAPER, "答案": key}))) == [("C",), ("A", "C"), ("A",)]
