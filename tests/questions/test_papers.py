from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questions.model import EXPLANATION, Kind, Picture, Question, options_of
from questions.papers import Paper, PaperPart, Place, draw_paper, drawable, dump, load, options_shown

OPTIONS = options_of(["煤炭", "石油", "风能", "天然气"])


def pool(count: int, *, options: list[str] | None = None, explanation: str = "") -> dict[int, Question]:
    shown = OPTIONS if options is None else options_of(options)
    return {100 + n: Question(str(n), Kind.SINGLE, f"第 {n} 问？", shown, ("A",), explanation) for n in range(count)}


def thirty_papers(questions: dict[int, Question]) -> set[Paper]:
    """Of one question each."""
    return {drawn(questions, 1, Random(n)) for n in range(30)}


def drawn(questions: dict[int, Question], count: int, random: Random, *, shuffle_options: bool = True) -> Paper:
    """A paper of one part."""
    parts = [PaperPart(count, drawable(questions))]
    return draw_paper(questions, parts, random, same=False, shuffle_questions=True, shuffle_options=shuffle_options)


@given(count=st.integers(1, 20), seed=st.integers())
def test_a_paper_holds_as_many_different_questions_as_asked_for(count: int, seed: int) -> None:
    paper = drawn(pool(20), count, Random(seed))
    assert len({place.revision for place in paper}) == len(paper) == count
    assert all(sorted(place.order) == list("ABCD") for place in paper)


def test_the_same_paper_for_all_has_the_first_questions_in_the_banks_order() -> None:
    parts = [PaperPart(3, drawable(pool(5)))]
    paper = draw_paper(pool(5), parts, Random(1), same=True, shuffle_questions=False, shuffle_options=False)
    assert list(paper) == [Place(100, "ABCD"), Place(101, "ABCD"), Place(102, "ABCD")]


def test_every_question_of_the_bank_comes_up_about_equally_often() -> None:
    revisions = [
        place.revision for seed in range(2_000) for place in drawn(pool(10), 5, Random(seed), shuffle_options=False)
    ]
    assert all(850 < revisions.count(revision) < 1_150 for revision in pool(10))


@pytest.mark.parametrize(
    "last",
    [
        "以上都对",
        "A和B",
        "以上都不是",
        "上述均正确",
        "AB都是",
        "A或B",
        "选项A和选项B",
        "前两项",
        "全部都是",
        "所有选项",
        "均正确",
        "其他",
    ],
)
def test_options_that_speak_of_other_options_keep_their_order(last: str) -> None:
    questions = pool(1, options=["煤", "油", "气", last])
    papers = thirty_papers(questions)
    assert {paper[0].order for paper in papers} == {"ABCD"}


@pytest.mark.parametrize(
    "explanation",
    [
        "A项错在单位，故选C。",
        "正确答案为B",
        "答案：B",
        "答案是ABD",
        "AC项正确",
        "ABD均正确",
        "B不正确",
        "C、D两项错误",
        "选 B",
    ],
)
def test_options_keep_their_order_when_the_explanation_speaks_of_one(explanation: str) -> None:
    questions = pool(1, explanation=explanation)
    papers = thirty_papers(questions)
    assert {paper[0].order for paper in papers} == {"ABCD"}


def test_a_physical_unit_in_the_explanation_does_not_hold_the_order() -> None:
    questions = pool(1, explanation="1 kWh 等于 1 kW 用 1 h，电流 5 A。")
    papers = thirty_papers(questions)
    assert len(papers) > 1


def test_questions_that_no_machine_can_mark_are_not_drawn() -> None:
    questions = {
        1: Question("1", Kind.ESSAY, "谈谈节能。", answer=("略",)),
        2: Question("2", Kind.TRUE_FALSE, "没有答案的题。"),
        3: Question("3", Kind.TRUE_FALSE, "待机耗电。", answer=("true",)),
    }
    paper = drawn(questions, 1, Random(1))
    assert list(paper) == [Place(3)]
    with pytest.raises(ValueError, match="cannot be drawn from 1"):
        drawn(questions, 2, Random(1))


@given(count=st.integers(1, 20), seed=st.integers())
def test_a_paper_that_is_kept_is_the_paper_that_was_drawn(count: int, seed: int) -> None:
    paper = drawn(pool(20), count, Random(seed))
    assert load(dump(paper)) == paper
    assert list(load(dump(paper))) == list(paper)
    assert (paper[-1], len(paper[:1])) == (list(paper)[-1], 1)


def test_a_paper_is_kept_as_revisions_with_the_order_of_their_options() -> None:
    assert list(load("101CADB 102 103BA")) == [Place(101, "CADB"), Place(102), Place(103, "BA")]


def test_options_are_lettered_as_shown() -> None:
    question = pool(1)[100]
    shown = options_shown(question, Place(100, "CADB"))
    assert [f"{o.letter}. {o.text}" for o in shown] == ["A. 风能", "B. 煤炭", "C. 天然气", "D. 石油"]


def test_true_and_false_are_shown_as_a_and_b() -> None:
    question = replace(pool(1)[100], kind=Kind.TRUE_FALSE, options=(), answer=("true",))
    assert [f"{o.letter}. {o.text}" for o in options_shown(question, Place(1))] == ["A. 正确", "B. 错误"]


def test_of_questions_with_one_stem_a_paper_holds_only_the_first() -> None:
    questions = pool(3) | {7: replace(pool(1)[100], number="again", stem=" 第 0 问？", kind=Kind.BLANK, options=())}
    assert drawable(questions) == (100, 101, 102)
    assert drawable({1: replace(pool(1)[100], stem="1+1=?"), 2: replace(pool(1)[100], stem="1-1=?")}) == (1, 2)


def test_one_stem_over_two_pictures_makes_two_questions() -> None:
    asked = replace(pool(1)[100], stem="图中是什么？")
    shown = {name: replace(asked, pictures=(Picture(name * 64),)) for name in "ab"}
    assert drawable({1: shown["a"], 2: shown["b"], 3: shown["a"]}) == (1, 2)
    explained = replace(asked, pictures=(Picture("a" * 64, EXPLANATION),))
    assert drawable({1: asked, 2: explained}) == (1,)
