from __future__ import annotations

import pytest
from bank_files import answers, errors, kinds, only, texts
from hypothesis import given
from hypothesis import strategies as st

from questions.model import Bank
from questions.readers import read_bank
from questions.readers.sniff import sniff_text

LAMP = "下列哪种灯最省电？\nA. 白炽灯\nB) LED 灯\nC. 卤素灯\nANSWER: B\n"


def bank(text: str) -> Bank:
    read = read_bank(text.encode())
    assert read.format == "aiken"
    return read


def test_stem_options_and_answer() -> None:
    question = only(bank(LAMP))
    assert (question.stem, question.answer, question.where) == ("下列哪种灯最省电？", ("B",), "第1行")
    assert texts(question) == ["白炽灯", "LED 灯", "卤素灯"]


def test_questions_need_no_empty_line_between_them() -> None:
    read = bank(LAMP + "空调几度？\n（夏季）\nA. 20\nB. 26\nANSWER: B\n")
    assert answers(read) == [("B",), ("B",)]
    assert read.questions[1].stem == "空调几度？\n（夏季）"


def test_several_letters_are_a_multiple_choice() -> None:
    assert kinds(bank(LAMP.replace("ANSWER: B", "ANSWER: A, B"))) == ["multiple"]


def test_an_answer_outside_the_options_is_an_error() -> None:
    assert "选项只有" in errors(bank(LAMP.replace("ANSWER: B", "ANSWER: E")))[0]


def test_a_question_without_an_answer_at_the_end_is_reported() -> None:
    read = bank(LAMP + "\n没有答案\nA. 甲\nB. 乙\n")
    assert len(read.questions) == 1
    assert "没有 ANSWER" in errors(read)[0]


@pytest.mark.parametrize(
    "text",
    [
        "1. 哪种灯？\nA. 甲\nB. 乙\n答案：A\n",
        LAMP + "解析：LED 灯光效高。\n",
        "ANSWER: B 是什么意思？\nA. 甲\nB. 乙\n",
        "谈谈。\nANSWER: A\n",
        LAMP.replace("ANSWER", "Answer"),
    ],
)
def test_what_only_looks_a_little_like_it_is_left_to_the_reader_of_texts(text: str) -> None:
    assert sniff_text(text) == "plain"


@given(
    st.lists(
        st.sampled_from(["题", "A. 甲", "B. 乙", "C) 丙", "ANSWER: B", "ANSWER: Z", "", "B. ", "1. 题"]), max_size=12
    )
)
def test_any_order_of_lines_is_read_or_reported(lines: list[str]) -> None:
    read = bank(LAMP + "\n".join([*lines, "题", "A. 甲", "B. 乙", "ANSWER: A"])) if _clean(lines) else None
    assert read is None or all(question.answer or errors(read) for question in read.questions)


def _clean(lines: list[str]) -> bool:
    return sniff_text(LAMP + "\n".join([*lines, "题", "A. 甲", "B. 乙", "ANSWER: A"])) == "aiken"
