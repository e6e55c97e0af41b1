"""The shipped energy bank, as its users get it: read by the ordinary reader from the installed package."""

from __future__ import annotations

import csv
import io
from collections import Counter
from importlib.resources import files

import pytest

from questions.model import FALSE, LETTERS, TRUE, Bank, Kind
from questions.review import review_bank
from questions.shipped import SHIPPED_NAME, SHIPPED_SLUG, energy_bank

HEADER = "编号,题型,题目,选项A,选项B,选项C,选项D,选项E,答案,解析,分类,难度,来源"
CATEGORIES = {
    "政策法规",
    "节能常识",
    "绿色办公",
    "空调与照明",
    "节水",
    "垃圾分类与循环利用",
    "绿色出行",
    "反食品浪费",
    "双碳",
    "公共机构节能管理",
}
DIFFICULTIES = {"易", "中", "难"}


@pytest.fixture(scope="module")
def bank() -> Bank:
    return energy_bank()


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    text = files("questions.shipped").joinpath("energy.csv").read_text("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_file_opens_in_chinese_excel_under_its_own_header() -> None:
    data = files("questions.shipped").joinpath("energy.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.decode("utf-8-sig").splitlines()[0] == HEADER


def test_no_row_is_lost_between_the_file_and_the_bank(bank: Bank, rows: list[dict[str, str]]) -> None:
    assert [question.number for question in bank.questions] == [row["编号"] for row in rows]
    assert [question.stem for question in bank.questions] == [row["题目"] for row in rows]


def test_the_reader_finds_nothing_wrong_or_doubtful(bank: Bank) -> None:
    assert bank.problems == ()


def test_it_passes_the_review_that_organisers_banks_get(bank: Bank) -> None:
    assert review_bank(bank.questions) == []


def test_it_is_large_enough_for_a_week_of_papers(bank: Bank) -> None:
    assert len(bank.questions) >= 60


def test_every_question_can_be_played(bank: Bank) -> None:
    assert [question.number for question in bank.questions if not question.playable] == []


def test_every_machine_marked_kind_is_there_in_earnest(bank: Bank) -> None:
    kinds = Counter(question.kind for question in bank.questions)
    assert kinds[Kind.SINGLE] >= 40
    assert kinds[Kind.MULTIPLE] >= 15
    assert kinds[Kind.TRUE_FALSE] >= 20
    assert kinds[Kind.BLANK] >= 5
    assert kinds[Kind.ESSAY] == 0


@pytest.mark.parametrize("field", ["explanation", "category", "difficulty", "source"])
def test_every_question_says(bank: Bank, field: str) -> None:
    assert [question.number for question in bank.questions if not getattr(question, field).strip()] == []


def test_categories_and_difficulties_are_the_announced_ones(bank: Bank) -> None:
    assert {question.category for question in bank.questions} == CATEGORIES
    assert {question.difficulty for question in bank.questions} == DIFFICULTIES


def test_no_category_is_a_token_one(bank: Bank) -> None:
    assert min(Counter(question.category for question in bank.questions).values()) >= 6


def test_numbers_and_stems_are_unique(bank: Bank) -> None:
    assert len({question.number for question in bank.questions}) == len(bank.questions)
    assert len({question.stem for question in bank.questions}) == len(bank.questions)


def test_options_of_a_question_differ_and_its_answer_is_among_them(bank: Bank) -> None:
    for question in bank.questions:
        texts = [option.text for option in question.options]
        assert len(set(texts)) == len(texts), question.number
        if question.kind in (Kind.SINGLE, Kind.MULTIPLE):
            assert 4 <= len(texts) <= 5, question.number
            assert set(question.answer) <= {option.letter for option in question.options}, question.number


def test_a_multiple_choice_has_at_least_two_right_options_and_a_wrong_one(bank: Bank) -> None:
    for question in bank.questions:
        if question.kind is Kind.MULTIPLE:
            assert 2 <= len(question.answer) < len(question.options), question.number


def test_blanks_are_marked_in_the_stem(bank: Bank) -> None:
    for question in bank.questions:
        marked = question.stem.count("____")
        assert marked == (len(question.answer) if question.kind is Kind.BLANK else 0), question.number


def test_single_answers_spread_evenly_over_the_letters(bank: Bank) -> None:
    letters = Counter(question.answer[0] for question in bank.questions if question.kind is Kind.SINGLE)
    assert set(letters) == set(LETTERS[:4])
    assert max(letters.values()) - min(letters.values()) <= 4


def test_true_and_false_are_about_as_frequent(bank: Bank) -> None:
    answers = Counter(question.answer[0] for question in bank.questions if question.kind is Kind.TRUE_FALSE)
    assert abs(answers[TRUE] - answers[FALSE]) <= 4


def test_the_longest_option_does_not_give_the_answer_away(bank: Bank) -> None:
    singles = [question for question in bank.questions if question.kind is Kind.SINGLE]
    given_away = 0
    for question in singles:
        lengths = {option.letter: len(option.text) for option in question.options}
        right = lengths.pop(question.answer[0])
        given_away += right > max(lengths.values())
    assert given_away * 4 <= len(singles)


def test_every_question_fits_a_chat_message(bank: Bank) -> None:
    for question in bank.questions:
        assert len(question.stem) <= 70, question.number
        assert len(question.explanation) <= 80, question.number
        assert all(len(option.text) <= 25 for option in question.options), question.number


def test_it_has_a_slug_for_addresses_and_a_name_for_people() -> None:
    assert SHIPPED_SLUG.isascii()
    assert SHIPPED_SLUG.isalpha()
    assert SHIPPED_NAME == "节能降碳知识题库"
