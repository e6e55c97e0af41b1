"""Tables whose columns nothing names, and headers as programs write them."""

from __future__ import annotations

import pytest
from bank_files import answers, bank_of, csv_bytes, kinds, texts, warnings

from questions.model import UnreadableFile
from questions.readers import read_bank


def test_a_column_of_kinds_tells_the_answers_of_blanks() -> None:
    bank = bank_of(
        ["填空题", "空调夏季一般不低于____℃。", "26"],
        ["填空题", "____是最省电的灯。", "LED 灯"],
        ["填空题", "一天用水____升。", "100 升左右"],
    )
    assert kinds(bank) == ["blank", "blank", "blank"]
    assert answers(bank) == [("26",), ("LED 灯",), ("100 升左右",)]
    assert "没有表头" in warnings(bank)[0]


def test_options_in_one_cell_and_the_number_of_the_right_one() -> None:
    rows = [
        ["11", "哪种灯最省电？", "白炽灯@LED 灯@卤素灯", "2"],
        ["12", "哪个是节水日？", "3月22日@4月22日@5月22日", "1"],
    ]
    bank = read_bank(csv_bytes([*rows, ["13", "哪级能效最高？", "三级@二级@一级", "3"]], delimiter="\t"))
    assert answers(bank) == [("B",), ("A",), ("C",)]
    assert texts(bank.questions[0]) == ["白炽灯", "LED 灯", "卤素灯"]
    assert [question.number for question in bank.questions] == ["11", "12", "13"]


def test_questions_and_their_answers_are_told_by_what_is_asked() -> None:
    bank = bank_of(
        ["全国节能宣传周始于哪一年？", "1991 年"],
        ["世界地球日是哪一天？", "4 月 22 日"],
        ["最省电的灯是什么灯？", "LED 灯"],
    )
    assert answers(bank) == [("1991 年",), ("4 月 22 日",), ("LED 灯",)]
    assert all(any(question.where in told for told in warnings(bank)) for question in bank.questions)


def test_two_columns_that_ask_nothing_are_no_bank() -> None:
    with pytest.raises(UnreadableFile):
        bank_of(["绿色办公行动方案", "后勤处"], ["节约用水管理办法", "基建处"], ["公务用车管理规定", "车队"])


@pytest.mark.parametrize(
    "header",
    [
        ["questionType", "questionContent", "optionA", "optionB", "questionAnswer"],
        ["question_type_name", "question_name", "options_a", "options_b", "right_answer_content"],
        ["problemType", "problem", "optA", "optB", "answerText"],
        ["题型", "题目", "选项1", "选项2", "正确选项内容"],
    ],
)
def test_headers_of_programs_are_understood(header: list[str]) -> None:
    bank = bank_of(
        header, ["单选", "哪个省电？", "白炽灯", "节能灯", "节能灯"], ["单选", "哪个费电？", "油汀", "风扇", "油汀"]
    )
    assert answers(bank) == [("B",), ("A",)]
    assert bank.problems == ()


def test_a_tab_behind_numbers_makes_no_table() -> None:
    text = "单选题\n1.\t哪种灯最省电？（B）\nA.\t白炽灯\nB.\tLED 灯\n2.\t哪种灯最费电？（A）\nA.\t白炽灯\nB.\tLED 灯\n"
    bank = read_bank(text.encode())
    assert bank.format == "txt"
    assert answers(bank) == [("B",), ("A",)]


def test_the_same_header_under_another_heading_is_no_surprise() -> None:
    header = ["题号", "题目", "答案"]
    bank = bank_of(
        ["一、判断题"], header, [1, "随手关灯可以节电。", "√"], ["二、填空题"], header, [1, "用____灯最省电。", "LED"]
    )
    assert kinds(bank) == ["true_false", "blank"]
    assert bank.problems == ()
