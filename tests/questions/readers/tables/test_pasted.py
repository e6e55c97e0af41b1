"""Running text that people have pasted into a spreadsheet: a line a row, options side by side, a question a cell."""

from __future__ import annotations

import pytest
from bank_files import answers, bank_of, csv_bytes, errors, kinds, ods_bytes, texts, warnings, xlsx_bytes

from questions.model import UnreadableFile
from questions.readers import read_bank

LINES = [
    ["节能知识题库"],
    ["一、单选题（每题2分）"],
    ["1. 哪个省电？"],
    ["A. 白炽灯"],
    ["B. 节能灯"],
    ["答案：B"],
    ["2. 哪个费电？"],
    ["A. 白炽灯"],
    ["B. 节能灯"],
    ["答案：A"],
    ["二、判断题"],
    ["3. 随手关灯是节电的好习惯。"],
    ["答案：对"],
]


@pytest.mark.parametrize("form", [xlsx_bytes, ods_bytes])
def test_a_line_a_row_is_read_like_text(form: object) -> None:
    bank = read_bank(form(LINES))  # type: ignore[operator]
    assert kinds(bank) == ["single", "single", "true_false"]
    assert answers(bank) == [("B",), ("A",), ("true",)]
    assert texts(bank.questions[0]) == ["白炽灯", "节能灯"]
    assert bank.questions[1].where == "工作表“Sheet1”第7行"
    assert bank.problems == ()


def test_options_may_stand_side_by_side() -> None:
    first = [["1. 哪个省电？"], ["A. 白炽灯", "B. 节能灯", "C. 油灯", "D. 蜡烛"], ["答案：B"]]
    bank = bank_of(*first, ["2. 哪个费电？"], ["A. 甲", "B. 乙"], ["答案：A"])
    assert texts(bank.questions[0]) == ["白炽灯", "节能灯", "油灯", "蜡烛"]
    assert answers(bank) == [("B",), ("A",)]


WHOLE = "哪个省电？\nA. 白炽灯\nB. 节能灯\n答案：B\n解析：节能灯省电。\n难度：易"
OTHER = "哪个费电？\nA. 白炽灯 B. 节能灯\n答案：A"


@pytest.mark.parametrize(
    "rows",
    [
        [[f"1. {WHOLE}"], [f"2. {OTHER}"]],
        [["题目"], [f"1. {WHOLE}"], [f"2. {OTHER}"]],
        [["序号", "题目"], [1, WHOLE], [2, OTHER]],
        [[1, WHOLE], [2, OTHER]],
        [["题型", "题目"], ["单选题", WHOLE], ["单选题", OTHER]],
        [["题目", "答案"], [WHOLE, None], [OTHER, None]],
    ],
    ids=["cells", "a header", "numbers", "numbers without a header", "kinds", "an empty column of answers"],
)
def test_a_question_may_stand_whole_in_a_cell(rows: list[list[object]]) -> None:
    bank = bank_of(*rows)
    first, second = bank.questions
    assert (first.stem, texts(first), first.answer) == ("哪个省电？", ["白炽灯", "节能灯"], ("B",))
    assert (first.explanation, first.difficulty) == ("节能灯省电。", "易")
    assert (second.stem, texts(second), second.answer) == ("哪个费电？", ["白炽灯", "节能灯"], ("A",))
    assert errors(bank) == []


def test_a_key_may_stand_on_a_sheet_of_its_own() -> None:
    paper = [
        ["一、单选题"],
        ["1. 哪个省电？"],
        ["A. 白炽灯", "B. 节能灯"],
        ["2. 哪个费电？"],
        ["A. 白炽灯", "B. 节能灯"],
    ]
    bank = read_bank(xlsx_bytes({"试卷": paper, "答案": [["参考答案"], ["1. B 2. A"]]}))
    assert answers(bank) == [("B",), ("A",)]
    assert bank.problems == ()


def test_a_sheets_name_says_the_kind() -> None:
    sheets = {
        "单选题": [["1. 哪个省电？"], ["A. 白炽灯", "B. 节能灯"], ["答案：B"]],
        "判断题": [["1. 随手关灯是节电的好习惯。"], ["答案：对"]],
    }
    assert kinds(read_bank(xlsx_bytes(sheets))) == ["single", "true_false"]


def test_instructions_beside_a_table_are_not_questions() -> None:
    sheets = {
        "题库": [["题目", "A", "B", "答案"], ["哪个？", "甲", "乙", "A"]],
        "说明": [["1. 一行一题。"], ["2. 答案填字母，例如 A。"], ["3. 选项：每格一个。"]],
    }
    bank = read_bank(xlsx_bytes(sheets))
    assert len(bank.questions) == 1
    assert warnings(bank)[0].startswith("工作表“说明”")


def test_a_list_of_persons_is_no_bank() -> None:
    with pytest.raises(UnreadableFile, match="没有找到题目"):
        bank_of(["姓名", "部门"], ["张三", "后勤"], ["李四", "办公室"])


def test_lines_within_an_option_or_an_answer_are_one_line() -> None:
    bank = bank_of(
        ["题型", "题目", "A", "B", "答案"],
        ["单选", "哪个？", "节约\n用电", "乙", "节约用电"],
        ["填空", "全国____宣传周。", None, None, "节能\n减排"],
    )
    assert texts(bank.questions[0]) == ["节约 用电", "乙"]
    assert answers(bank)[0] == ("A",)
    assert "\n" not in "".join(answers(bank)[1])


def test_a_sentence_that_looks_like_a_header_makes_no_table() -> None:
    text = "请写明题目，选项A，选项B，答案\n1. 哪个省电？\nA. 白炽灯\nB. 节能灯\n答案：B\n"
    bank = read_bank(text.encode())
    assert (bank.format, answers(bank)) == ("txt", [("B",)])
    assert read_bank(csv_bytes([["题目", "选项A", "选项B", "答案"]])).questions == ()
