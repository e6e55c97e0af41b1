"""Questions that say the same, within a file and against a bank."""

from __future__ import annotations

import time
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questions.duplicates import duplicates, duplicates_against
from questions.model import EXPLANATION, Kind, Picture, Question, Severity, options_of

SINGLE = Question("1", Kind.SINGLE, "下列哪种灯最省电？", options_of(["白炽灯", "LED灯"]), ("B",), where="第2行")
BLANK = Question("2", Kind.BLANK, "夏季空调不低于____℃。", (), ("26",), where="第3行")
TRUTH = Question("3", Kind.TRUE_FALSE, "公共机构应当建立健全本单位节能管理的规章制度。", (), ("true",), where="第4行")
DUTY = Question(
    "4",
    Kind.SINGLE,
    "公共机构的节能工作，由哪一个部门负责组织和推进？",
    options_of(["机关事务管理部门", "财政部门", "统计部门", "审计部门"]),
    ("A",),
    where="第5行",
)


def near(question: Question, stem: str, **changes: object) -> Question:
    return replace(question, number="9", stem=stem, where="第9行", **changes)  # type: ignore[arg-type]


# --- the same ----------------------------------------------------------------------------------------------------


def test_the_same_question_twice_is_reported_at_the_second_place() -> None:
    found = duplicates([SINGLE, BLANK, near(SINGLE, "下列哪种灯最省电?")])
    assert [(problem.where, problem.severity) for problem in found] == [("第9行", Severity.WARNING)]
    assert found[0].message == "与第2行重复；请删去其中一道。"


@pytest.mark.parametrize(
    "stem",
    [
        "下列哪种灯最省电",
        "下列哪种灯最省电：",
        "下列，哪种灯最省电？（ ）",
        " 下列哪种灯 最省电？____",
        "下列“哪种灯”最省电…",
    ],
)
def test_width_spaces_blanks_and_punctuation_make_no_other_question(stem: str) -> None:
    assert "重复" in duplicates([SINGLE, near(SINGLE, stem)])[0].message


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("温度为5℃。", "温度为-5℃。"),
        ("约为2.5倍。", "约为25倍。"),
        ("a+b", "a-b"),
        ("[]是列表", "{}是列表"),
        ("a<b", "a>b"),
    ],
)
def test_signs_tell_questions_apart(one: str, other: str) -> None:
    assert duplicates([replace(TRUTH, stem=one), replace(TRUTH, stem=other)]) == []


def test_the_same_question_with_another_answer_is_an_error_wherever_its_options_stand() -> None:
    shuffled = replace(SINGLE, options=options_of(["LED灯", "白炽灯"]), where="第9行")
    found = duplicates([SINGLE, shuffled])[0]
    assert (found.severity, "答案却不同" in found.message) == (Severity.ERROR, True)
    assert duplicates([SINGLE, replace(shuffled, answer=("A",))])[0].severity is Severity.WARNING


def test_answers_to_a_blank_differ_only_when_they_share_no_alternative() -> None:
    (same,) = duplicates([BLANK, replace(BLANK, answer=("二十六 | 26",), where="第9行")])
    (other,) = duplicates([BLANK, replace(BLANK, answer=("20",), where="第9行")])
    assert "答案却不同" not in same.message
    assert (other.severity, "答案却不同" in other.message) == (Severity.WARNING, True)


def test_a_question_without_an_answer_does_not_contradict_one_that_has_it() -> None:
    assert duplicates([SINGLE, replace(SINGLE, answer=(), where="第9行")])[0].severity is Severity.WARNING


def test_questions_that_share_a_stem_but_not_their_options_are_two_questions() -> None:
    assert duplicates([SINGLE, replace(SINGLE, options=options_of(["卤素灯", "荧光灯"]), where="第9行")]) == []


def test_the_twentieth_question_under_one_common_stem_is_still_compared() -> None:
    stem = "下列说法正确的是："
    many = [
        replace(SINGLE, stem=stem, options=options_of([f"甲{n}说", f"乙{n}说"]), where=f"第{n}行") for n in range(40)
    ]
    assert [problem.where for problem in duplicates([*many, replace(many[3], where="第99行")])] == ["第99行"]


def test_questions_about_different_pictures_are_different_questions() -> None:
    shown = [replace(TRUTH, stem="图中的做法是对的。", pictures=(Picture(name * 64),)) for name in "ab"]
    assert duplicates(shown) == []
    assert len(duplicates([shown[0], shown[0]])) == 1
    explained = [replace(one, pictures=(replace(one.pictures[0], place=EXPLANATION),)) for one in shown]
    assert len(duplicates(explained)) == 1


# --- nearly the same ---------------------------------------------------------------------------------------------


def test_nearly_the_same_stems_are_reported() -> None:
    long = replace(BLANK, stem="国务院规定公共建筑内夏季室内空调温度设置不得低于____℃，特殊用途除外。")
    again = near(long, "国务院规定公共建筑内夏季室内空调的温度设置不得低于____℃，特殊用途除外。")
    assert duplicates([long, again])[0].message == "与第3行几乎相同；请核对是否重复。"


@pytest.mark.parametrize(
    "stem",
    [
        "公共机构应当建立健全本单位节能管理的各项规章制度。",
        "各级公共机构应当建立健全本单位节能管理的规章制度。",
        "公共机构应当建立健全本单位节能管理规章制度。",
        "公共机构应当建立健全本单位节能管理的规章和制度。",
    ],
)
def test_a_word_more_or_less_anywhere_makes_nearly_the_same_question(stem: str) -> None:
    assert "几乎相同" in duplicates([TRUTH, near(TRUTH, stem)])[0].message


@pytest.mark.parametrize(
    "stem",
    [
        "公共机构不应当建立健全本单位节能管理的规章制度。",
        "12个公共机构应当建立健全本单位节能管理的规章制度。",
        "第三方公共机构应当建立健全本单位节能管理的规章制度。",
    ],
)
def test_stems_that_differ_in_a_number_or_a_negation_are_two_questions(stem: str) -> None:
    assert duplicates([TRUTH, near(TRUTH, stem)]) == []


def test_a_true_and_a_false_variant_of_one_statement_are_two_questions() -> None:
    assert duplicates([TRUTH, near(TRUTH, "公共机构应当建立健全本单位垃圾管理的规章制度。", answer=("false",))]) == []


def test_the_same_options_and_answer_make_up_for_a_stem_said_in_other_words() -> None:
    other = "公共机构的节能工作，应由哪一个部门负责推进和组织？"
    assert "几乎相同" in duplicates([DUTY, near(DUTY, other)])[0].message
    assert duplicates([DUTY, near(DUTY, other, answer=("B",))]) == []


def test_nearly_the_same_question_with_another_answer_says_so() -> None:
    found = duplicates([DUTY, near(DUTY, "公共机构的节能工作由哪一个部门负责组织和推进的？", answer=("B",))])
    assert "几乎相同，答案却不同" in found[0].message


def test_stems_that_only_begin_alike_are_two_questions() -> None:
    stems = ("依据有关规定，公共机构应当优先采购节能产品。", "依据有关规定，公共机构应当加强能源计量管理。")
    assert duplicates([replace(TRUTH, stem=stem) for stem in stems]) == []


# --- against a bank ----------------------------------------------------------------------------------------------


def test_what_the_bank_has_under_another_number_is_reported_at_the_files_place() -> None:
    kept = [replace(SINGLE, number="12", where=""), replace(TRUTH, number="13", where="")]
    (found,) = duplicates_against([SINGLE, BLANK], kept)
    assert (found.where, found.severity) == ("第2行", Severity.WARNING)
    assert found.message == "与题库里编号 12 的题重复；如果不想要两道，请不要导入这一道。"


def test_another_answer_than_the_banks_is_an_error() -> None:
    (found,) = duplicates_against([SINGLE], [replace(SINGLE, number="12", answer=("A",))])
    assert (found.severity, found.message) == (
        Severity.ERROR,
        "与题库里编号 12 的题是同一道题，答案却不同；请核对哪一个对，只留一道。",
    )


def test_nearly_what_the_bank_has_is_reported_too() -> None:
    (found,) = duplicates_against([near(TRUTH, "公共机构应当建立健全本单位节能管理的各项规章制度。")], [TRUTH])
    assert found.message == "与题库里编号 3 的题几乎相同；请核对，如果重复请不要导入这一道。"


def test_questions_of_the_file_are_not_compared_with_each_other_there() -> None:
    assert duplicates_against([SINGLE, SINGLE], [BLANK]) == []


# --- whatever a file holds ---------------------------------------------------------------------------------------

QUESTIONS = st.builds(
    Question,
    number=st.text(max_size=3),
    kind=st.sampled_from(Kind),
    stem=st.text(st.sampled_from("节能 a1。（）-２\ufdd0\0𠮷é\n"), max_size=30),
    options=st.lists(st.text(max_size=5), max_size=5).map(options_of),
    answer=st.lists(st.sampled_from(["A", "B", "Z", "true", ""]), max_size=3).map(tuple),
    where=st.text(max_size=3),
)


@given(st.lists(QUESTIONS, max_size=6), st.lists(QUESTIONS, max_size=6))
def test_any_questions_can_be_compared(questions: list[Question], kept: list[Question]) -> None:
    places = {question.where for question in questions}
    assert {problem.where for problem in duplicates(questions)} <= places
    assert {problem.where for problem in duplicates_against(questions, kept)} <= places


@given(st.lists(QUESTIONS, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_a_question_repeated_with_shuffled_options_is_always_found(questions: list[Question], random: Random) -> None:
    again = random.choice([question for question in questions if question.stem.strip(" \n。（）\ufdd0")] or [SINGLE])
    texts = [option.text for option in again.options]
    random.shuffle(texts)
    copy = replace(again, options=options_of(texts), where="the copy")
    assert "the copy" in {problem.where for problem in duplicates([*questions, again, copy])}
    assert [problem.where for problem in duplicates_against([copy], [again])] == ["the copy"]


def test_time_grows_with_the_number_of_questions_even_where_all_follow_one_template() -> None:
    random = Random(1)
    words = ["规章", "制度", "责任", "目标", "考核", "办法", "台账", "标准", "计划", "总结"]
    stems = ["公共机构应当建立健全本单位节能管理的" + "".join(random.choices(words, k=4)) for _ in range(4_000)]
    began = time.process_time()
    duplicates([replace(TRUTH, stem=stem, where=str(place)) for place, stem in enumerate(stems)])
    assert time.process_time() - began < 5, "comparing all with all would take a minute"
