"""What is wrong or doubtful in a question, and between questions."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questions.model import Kind, Question, Severity, options_of
from questions.review import blank_marks, duplicates, review, review_bank

SINGLE = Question("1", Kind.SINGLE, "下列哪种灯最省电？", options_of(["白炽灯", "LED灯"]), ("B",), where="第2行")
BLANK = Question("2", Kind.BLANK, "夏季空调不低于____℃。", (), ("26",), where="第3行")
TRUTH = Question("3", Kind.TRUE_FALSE, "随手关灯是节能。", (), ("true",), where="第4行")


@pytest.mark.parametrize("question", [SINGLE, BLANK, TRUTH, replace(SINGLE, kind=Kind.MULTIPLE, answer=("A", "B"))])
def test_a_sound_question_has_no_problems(question: Question) -> None:
    assert review(question) == []


@pytest.mark.parametrize(
    ("question", "word"),
    [
        (replace(SINGLE, stem=" "), "没有题干"),
        (replace(SINGLE, options=SINGLE.options[:1], answer=("A",)), "只有 1 个选项"),
        (replace(SINGLE, options=options_of(["甲", "甲"])), "两个选项都是"),
        (replace(SINGLE, options=options_of(["甲", " "])), "选项是空的"),
        (replace(SINGLE, options=tuple(reversed(SINGLE.options))), "依次"),
        (replace(SINGLE, answer=("C",)), "不在选项里"),
        (replace(SINGLE, answer=("A", "B")), "单选题有 2 个答案"),
        (replace(SINGLE, answer=()), "没有答案"),
        (replace(TRUTH, answer=("对",)), "既不是正确也不是错误"),
        (replace(TRUTH, options=SINGLE.options), "不应有选项"),
        (replace(BLANK, answer=("26", "")), "没有答案"),
    ],
)
def test_what_makes_a_question_unusable_is_an_error(question: Question, word: str) -> None:
    found = [problem for problem in review(question) if problem.severity is Severity.ERROR]
    assert any(word in problem.message for problem in found)
    assert {problem.where for problem in found} == {question.where}


@pytest.mark.parametrize(
    ("question", "word"),
    [
        (replace(SINGLE, kind=Kind.MULTIPLE), "只有一个答案"),
        (replace(SINGLE, explanation="正确答案是A，白炽灯。"), "解析里说答案是 A"),
        (replace(SINGLE, explanation="故选A。"), "解析里说答案是 A"),
        (replace(SINGLE, stem="最省电的灯（LED灯）是？"), "泄露"),
        (replace(SINGLE, stem="如图，哪种灯最省电？"), "图片"),
        (replace(SINGLE, stem="哪种灯[SB2.gif]最省电？"), "图片"),
        (replace(SINGLE, stem="哪种灯&nbsp;最省电？<br>"), "网页代码"),
        (replace(SINGLE, stem="哪种灯\ufffd省电？"), "乱码"),
        (replace(SINGLE, stem="灯" * 500), "很长"),
        (replace(SINGLE, stem="开馆的日期是？", options=options_of(["35612", "1999-12-20"])), "日期"),
        (replace(BLANK, stem="____和____。"), "2 个空"),
        (replace(BLANK, stem="节约用电从____做起，节约用电。", answer=("节约用电",)), "已经出现"),
        (replace(TRUTH, kind=Kind.ESSAY, answer=()), "不能自动判分"),
    ],
)
def test_what_a_person_should_look_at_is_a_warning(question: Question, word: str) -> None:
    found = review(question)
    assert any(word in problem.message for problem in found)
    assert {problem.severity for problem in found} == {Severity.WARNING}


def test_an_explanation_that_agrees_is_no_problem() -> None:
    assert review(replace(SINGLE, explanation="正确答案：B。LED灯光效最高。")) == []


def test_signs_tell_options_apart() -> None:
    assert review(replace(SINGLE, options=options_of(["-5℃", "5℃", "a>b", "a<b"]))) == []


def test_the_same_question_twice_is_reported_at_the_second_place() -> None:
    again = replace(SINGLE, number="9", stem="下列哪种灯最省电?", where="第9行")
    assert [(problem.where, problem.severity) for problem in duplicates([SINGLE, BLANK, again])] == [
        ("第9行", "warning")
    ]
    assert "第2行" in duplicates([SINGLE, again])[0].message


def test_the_same_question_with_another_answer_is_an_error_wherever_its_options_stand() -> None:
    shuffled = replace(SINGLE, options=options_of(["LED灯", "白炽灯"]), where="第9行")
    assert duplicates([SINGLE, shuffled])[0].severity is Severity.ERROR
    assert duplicates([SINGLE, replace(shuffled, answer=("A",))])[0].severity is Severity.WARNING


def test_questions_that_share_a_stem_but_not_their_options_are_two_questions() -> None:
    assert duplicates([SINGLE, replace(SINGLE, options=options_of(["卤素灯", "荧光灯"]), where="第9行")]) == []


def test_nearly_the_same_stems_are_reported_but_not_those_that_differ_in_a_number() -> None:
    long = replace(BLANK, stem="国务院规定公共建筑内夏季室内空调温度设置不得低于____℃，特殊用途除外。")
    near = replace(long, stem="国务院规定公共建筑内夏季室内空调的温度设置不得低于____℃，特殊用途除外。", where="第9行")
    assert "几乎相同" in duplicates([long, near])[0].message
    numbered = [
        replace(long, stem=f"依据条例第{number}条，公共机构应当建立的节能管理制度是____。") for number in (11, 12)
    ]
    assert duplicates(numbered) == []


def test_a_bank_is_reviewed_question_by_question_and_as_a_whole() -> None:
    assert [problem.where for problem in review_bank([replace(SINGLE, answer=()), replace(SINGLE, where="第9行")])] == [
        "第2行",
        "第9行",
    ]


@pytest.mark.parametrize(
    ("stem", "count"), [("没有空。", 0), ("____和（　）", 2), ("( )与【】", 2), ("第（1）条____", 1)]
)
def test_blanks_are_counted(stem: str, count: int) -> None:
    assert blank_marks(stem) == count


@given(
    st.builds(
        Question,
        number=st.text(max_size=3),
        kind=st.sampled_from(Kind),
        stem=st.text(max_size=30),
        options=st.lists(st.text(max_size=5), max_size=5).map(options_of),
        answer=st.lists(st.sampled_from(["A", "B", "F", "true", ""]), max_size=3).map(tuple),
        explanation=st.text(max_size=20),
    )
)
def test_every_question_can_be_reviewed_and_one_without_errors_is_whole(question: Question) -> None:
    found = review(question)
    if not any(problem.severity is Severity.ERROR for problem in found):
        assert question.stem.strip()
        assert question.answer or question.kind is Kind.ESSAY
        assert question.kind not in {Kind.SINGLE, Kind.MULTIPLE} or len(question.options) >= 2
