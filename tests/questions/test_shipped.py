"""The shipped energy bank, as its users get it: read by the ordinary reader from the installed package."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from importlib.resources import files

import pytest

from questions.laws import laws, superseded
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
CITED_WITH_ITS_YEAR = re.compile(r"《(?:中华人民共和国)?([^《》]+)》（(\d{4})年?[^（）]*）")


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
    assert len(bank.questions) >= 300


def test_every_question_can_be_played(bank: Bank) -> None:
    assert [question.number for question in bank.questions if not question.playable] == []


def test_every_machine_marked_kind_is_there_in_earnest(bank: Bank) -> None:
    kinds = Counter(question.kind for question in bank.questions)
    total = len(bank.questions)
    assert 45 <= 100 * kinds[Kind.SINGLE] / total <= 60
    assert 15 <= 100 * kinds[Kind.MULTIPLE] / total <= 25
    assert 20 <= 100 * kinds[Kind.TRUE_FALSE] / total <= 30
    assert kinds[Kind.BLANK] >= 15
    assert kinds[Kind.ESSAY] == 0


@pytest.mark.parametrize("field", ["explanation", "category", "difficulty", "source"])
def test_every_question_says(bank: Bank, field: str) -> None:
    assert [question.number for question in bank.questions if not getattr(question, field).strip()] == []


def test_categories_and_difficulties_are_the_announced_ones(bank: Bank) -> None:
    assert {question.category for question in bank.questions} == CATEGORIES
    assert {question.difficulty for question in bank.questions} == DIFFICULTIES


def test_every_category_makes_a_paper_of_its_own(bank: Bank) -> None:
    assert min(Counter(question.category for question in bank.questions).values()) >= 25


def test_most_questions_ask_more_than_everybody_knows(bank: Bank) -> None:
    difficulties = Counter(question.difficulty for question in bank.questions)
    total = len(bank.questions)
    assert 100 * difficulties["易"] / total <= 40
    assert 100 * difficulties["难"] / total >= 15


def test_no_law_regulation_or_standard_is_cited_in_a_version_no_longer_in_force(bank: Bank) -> None:
    for question in bank.questions:
        options = [option.text for option in question.options]
        text = "\n".join([question.stem, *options, question.explanation, question.source])
        assert superseded(text) == [], question.number


def test_every_law_of_the_table_is_cited_with_its_present_year_or_none(bank: Bank) -> None:
    present = {name: law.year for law in laws() for name in law.names}
    for question in bank.questions:
        for title, year in CITED_WITH_ITS_YEAR.findall(f"{question.stem}\n{question.explanation}\n{question.source}"):
            assert present.get(title, year) == year, question.number


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
