"""GIFT, as Moodle's documentation has it and as people write it."""

from __future__ import annotations

import pytest
from bank_files import answers, errors, kinds, only, texts, warnings
from hypothesis import given
from hypothesis import strategies as st

from questions.model import Bank
from questions.readers import read_bank
from questions.readers.sniff import sniff_text


def bank(text: str) -> Bank:
    read = read_bank(text.encode())
    assert read.format == "gift"
    return read


def test_single_choice_with_feedback_and_a_name() -> None:
    read = bank("::Q1:: 夏季空调不低于？ {\n  ~22 ℃ #太冷\n  =26 ℃ #条例规定\n}")
    question = only(read)
    assert (question.number, question.kind, question.stem, question.answer) == (
        "Q1",
        "single",
        "夏季空调不低于？",
        ("B",),
    )
    assert texts(question) == ["22 ℃", "26 ℃"]
    assert question.explanation == "条例规定\n“22 ℃”：太冷"
    assert read.problems == ()


def test_a_question_is_found_by_its_line() -> None:
    read = bank("// 说明\n\n甲{T}\n\n\n// 又\n乙{\n=x\n~y}\n")
    assert [question.where for question in read.questions] == ["第3行", "第7行"]


@pytest.mark.parametrize(
    ("written", "truth"),
    [("T", "true"), ("TRUE", "true"), ("F", "false"), ("FALSE", "false"), ("true", "true"), ("T#不#是", "true")],
)
def test_true_and_false(written: str, truth: str) -> None:
    assert only(bank(f"随手关灯。{{{written}}}")).answer == (truth,)


def test_the_feedback_for_the_right_verdict_comes_first() -> None:
    assert only(bank("随手关灯。{T#不对#正是}")).explanation == "正是\n不对"


def test_short_answers_are_the_alternatives_of_a_blank() -> None:
    assert only(bank("谁？{=甲 =乙#好 =%50%丙}")).answer == ("甲 | 乙",)


def test_an_answer_in_the_middle_of_a_sentence_leaves_a_gap() -> None:
    read = bank("空调{~20 =26 ~30}度。\n\n空调{=26}度。")
    assert [question.stem for question in read.questions] == ["空调____度。", "空调____度。"]
    assert kinds(read) == ["single", "blank"]


@pytest.mark.parametrize(
    ("written", "answer", "said"),
    [
        ("#26", ("26",), ""),
        ("#26:0", ("26",), ""),
        ("#26:0.5", ("26",), "25.5 至 26.5"),
        ("#3..3", ("3",), ""),
        ("#=3:1 =%50%4:2", ("3",), "只得一部分"),
        ("#1..5", (), "1 至 5"),
    ],
)
def test_numbers_are_blanks_and_what_is_not_kept_is_said(written: str, answer: tuple[str, ...], said: str) -> None:
    read = bank(f"几度？{{{written}}}")
    assert (only(read).kind, only(read).answer) == ("blank", answer)
    assert said in "".join(errors(read) + warnings(read))
    assert bool(said) == bool(errors(read) + warnings(read))


def test_weights_without_a_right_answer_are_a_multiple_choice() -> None:
    question = only(bank("哪些？{~%50%甲 ~%-100%乙 ~%50%丙}"))
    assert (question.kind, question.answer) == ("multiple", ("A", "C"))


def test_half_credit_is_said() -> None:
    read = bank("哪个？{~甲 ~%50%乙 =丙}")
    assert only(read).answer == ("C",)
    assert "B 得 50%" in warnings(read)[0]


def test_braces_with_nothing_in_them_are_an_essay_and_none_a_description() -> None:
    read = bank("说明文字\n\n::一:: 谈谈节水。{}\n\n对吗{T}")
    assert kinds(read) == ["essay", "true_false"]
    assert "说明文字" in warnings(read)[0]


def test_matching_is_kept_and_refused() -> None:
    read = bank("配对{=甲->1 =乙->2}")
    assert kinds(read) == ["essay"]
    assert "匹配题" in errors(read)[0]


def test_escaped_signs_mean_themselves() -> None:
    read = bank(r"::a\:b:: 1+1\=\{2\}\~\#\\x\n换行 {=x\=y ~\%a}")
    assert only(read).stem == "1+1={2}~#\\x\n换行"
    assert texts(only(read)) == ["x=y", "\\%a"]


def test_categories_hold_until_the_next() -> None:
    read = bank("甲{T}\n\n$CATEGORY: $course$/top/节水/a//b\n\n乙{T}\n\n$CATEGORY: 节电\n丙{F}\n")
    assert [question.category for question in read.questions] == ["", "节水/a/b", "节电"]


def test_moodles_comments_hold_number_and_tags() -> None:
    read = bank("// question: 12  name: 甲\n// [id:E\\]7] [tag:水] [tag:电]\n::甲:: 乙{T}")
    assert (only(read).number, only(read).tags) == ("E]7", ("水", "电"))


@pytest.mark.parametrize(
    ("form", "stem"),
    [
        ("[html]", "CO₂ 多"),
        ("[plain]", "CO<sub>2</sub>&nbsp;多"),
        ("[markdown]", "CO<sub>2</sub>&nbsp;多"),
        ("", "CO₂ 多"),
        ("[moodle]", "CO₂ 多"),
    ],
)
def test_a_text_is_read_in_its_own_form(form: str, stem: str) -> None:
    assert only(bank(f"{form}CO<sub>2</sub>&nbsp;多{{T}}")).stem == stem


def test_general_feedback_is_the_explanation() -> None:
    assert only(bank("哪个？{=甲 ~乙 ####因为甲}")).explanation == "因为甲"


def test_questions_without_an_empty_line_between_them_are_told_apart() -> None:
    read = bank("::a:: 甲{T}\n::b:: 乙{F}\n::c:: 丙{\n=x\n~y\n}\n")
    assert answers(read) == [("true",), ("false",), ("A",)]
    assert [question.where for question in read.questions] == ["第1行", "第2行", "第3行"]


def test_an_empty_line_inside_braces_does_not_cut_a_question() -> None:
    assert only(bank("哪个？{\n=甲\n\n~乙\n}\n")).answer == ("A",)


def test_braces_that_do_not_match_are_reported() -> None:
    read = bank("甲{T}\n\n乙{F}\n\n公式 {a}{b} {=x}")
    assert "花括号" in errors(read)[0]
    assert len(read.questions) == 3


def test_chinese_verdicts_in_braces_are_understood() -> None:
    read = bank("甲{=x ~y}\n\n乙{对}")
    assert read.questions[1].answer == ("true",)


@pytest.mark.parametrize(
    "text",
    [
        "1. 集合{1,2}与{=}的关系？\nA. 甲\nB. 乙\n答案：A\n",
        "函数 f(x)={x+1}，求 f(1)。\n答案：2",
        "请把姓名填在{ }里。",
        "print({})输出什么？\nA. {}\nB. None\n",
        "一、判断题\n1. {T} 表示正确（ √ ）",
        "题目,选项A,选项B,答案\n{=1},甲,乙,A\n",
    ],
)
def test_texts_that_offices_write_are_not_gift(text: str) -> None:
    assert sniff_text(text) == "plain"


@given(st.text(st.sampled_from("题{}=~%#\\:>-T05. \n[html]/$"), max_size=60))
def test_whatever_stands_between_braces_is_read_or_reported(text: str) -> None:
    read = read_bank(f"// 绿答 lvda-questions gift 1\n\n甲{{T}}\n\n{text}\n".encode())
    assert read.questions
