"""Many questions pasted as one line: each is found, each has a place of its own, and nothing is guessed in silence."""

from __future__ import annotations

import pytest

from questions.model import Bank
from questions.readers import read_bank
from questions.readers.written.flattened import flattened

LINE = (
    "节电知识题库及答案一、单选题(每题2分,共4分)1.办公室最费电的是()。A.空调B.台灯C.时钟答案:A解析:空调功率大。"
    "2.离开时应当()。A.开灯B.关灯答案:B二、判断题(每题1分)1.随手关灯是好习惯。(√)2.待机不耗电。(×)"
)


def bank_of(text: str) -> Bank:
    return read_bank(text.encode())


def test_questions_of_one_line_are_cut_at_the_numbers_that_count_up() -> None:
    bank = bank_of(LINE)
    assert [question.stem for question in bank.questions] == [
        "办公室最费电的是()。",
        "离开时应当()。",
        "随手关灯是好习惯。（　）",
        "待机不耗电。（　）",
    ]
    assert [question.answer for question in bank.questions] == [("A",), ("B",), ("true",), ("false",)]
    assert bank.questions[0].explanation == "空调功率大。"


def test_each_question_of_a_line_has_a_place_of_its_own() -> None:
    assert [question.where for question in bank_of(LINE).questions] == [
        "第1行第1题",
        "第1行第2题",
        "第1行第3题",
        "第1行第4题",
    ]


def test_answers_in_brackets_divide_a_line_too() -> None:
    bank = bank_of(
        "用电自测一、单选题:1、下班应(B)。A、开窗B、断电C、开灯 2、最省电的是(A)。A、步行B、乘梯C、驾车 "
        "3、纸应当(C)。A、单面用B、扔掉C、双面用"
    )
    assert [question.answer for question in bank.questions] == [("B",), ("A",), ("C",)]
    assert [option.text for option in bank.questions[0].options] == ["开窗", "断电", "开灯"]


def test_a_number_that_is_missing_does_not_end_the_line() -> None:
    bank = bank_of(
        "1. 哪个省电?A. 白炽灯B. 节能灯答案:B2. 哪个省水?A. 淋浴B. 盆浴答案:A5. 哪个省纸?A. 双面B. 单面答案:A"
    )
    assert [question.number for question in bank.questions] == ["1", "2", "5"]
    assert any("题号从 2 跳到 5" in problem.message for problem in bank.problems)


def test_a_question_behind_an_answer_may_begin_with_digits() -> None:
    bank = bank_of("判断题1.随手关灯能节电。答案:正确2.3月是节水月。答案:错误3.5瓦的灯费电。答案:错误")
    assert [question.stem for question in bank.questions] == ["随手关灯能节电。", "3月是节水月。", "5瓦的灯费电。"]


@pytest.mark.parametrize(
    "line",
    [
        "1.下列说法正确的有（B）：1.节水 2.节电 3.节纸",
        "1.A 2.B 3.C 4.D",
        "按照2.5米的标准，1.8升的水箱，答案：B",
        "解析：1.先断电。2.再报修。",
    ],
)
def test_numbers_that_begin_no_whole_questions_cut_nothing(line: str) -> None:
    assert flattened(line.replace("（", "(").replace("）", ")").replace("：", ":")) == []


def test_a_line_that_cannot_be_cut_surely_is_asked_about() -> None:
    bank = bank_of(
        "一、单选题\n1.省电的是（A）。\nA.节能灯 B.白炽灯 C.油灯 D.碘钨灯 8、省水的是(D)。A、盆浴\n"
        "2.省纸的是（A）。\nA.双面\nB.单面"
    )
    first = bank.questions[0]
    assert first.options[-1].text == "碘钨灯" or any(problem.where == first.where for problem in bank.problems)


def test_a_very_long_line_is_cut_quickly() -> None:
    text = "".join(f"{number}.第几个省电()。A.甲灯B.乙灯答案:B" for number in range(1, 2_001))
    assert len(flattened(text)) == 2_000
