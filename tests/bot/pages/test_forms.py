"""What a form's fields give as an answer."""

from __future__ import annotations

import pytest
from campaign_made import COMMUTE, LITRE, STANDBY, SUMMER
from hypothesis import given
from hypothesis import strategies as st

from bot.pages.forms import BLANK_LENGTH, read_blanks, read_choice
from questions.grading import BLANK_SEPARATOR, mark
from questions.model import Kind, Question
from questions.papers import Place, options_shown

SHUFFLED = Place(1, "DCBA")
TWO_BLANKS = Question("5", Kind.BLANK, "夏季____℃，冬季____℃。", answer=("26", "20"))


def test_a_letter_means_the_option_that_the_paper_shows_under_it() -> None:
    assert read_choice(SUMMER, SHUFFLED, ["B"]) == "C"


def test_several_letters_are_given_in_the_banks_order() -> None:
    assert read_choice(COMMUTE, SHUFFLED, ["A", "D", "C"]) == "ABD"


def test_the_second_of_true_and_false_is_false() -> None:
    assert read_choice(STANDBY, Place(1), ["B"]) == "false"


@pytest.mark.parametrize("question", [SUMMER, STANDBY])
def test_two_letters_do_not_answer_a_question_with_one_answer(question: Question) -> None:
    assert read_choice(question, Place(1, "ABCD"), ["A", "B"]) is None


@given(st.lists(st.text()))
def test_whatever_is_sent_gives_an_option_that_was_shown_or_nothing(letters: list[str]) -> None:
    given_ = read_choice(COMMUTE, SHUFFLED, letters)
    shown = {option.letter for option in options_shown(COMMUTE, SHUFFLED)}
    assert (given_ is not None) == (bool(letters) and set(letters) <= shown)


def test_every_blank_is_to_be_filled_in() -> None:
    assert read_blanks(TWO_BLANKS, ["26", " "]) is None
    assert read_blanks(TWO_BLANKS, ["26"]) is None


def test_a_separator_that_is_typed_into_a_blank_does_not_make_two_of_it() -> None:
    assert read_blanks(LITRE, [f"1000{BLANK_SEPARATOR}1"]) == "1000;1"


@given(st.lists(st.text(), min_size=2, max_size=2))
def test_filled_blanks_can_be_stored_and_marked(texts: list[str]) -> None:
    typed = read_blanks(TWO_BLANKS, texts)
    if typed is not None:
        assert len(typed) <= 2 * BLANK_LENGTH + 1
        assert "\0" not in typed
        assert not mark(TWO_BLANKS, typed) or "26" in typed.translate(str.maketrans("２６", "26"))


def test_a_right_text_in_every_blank_is_right() -> None:
    typed = read_blanks(TWO_BLANKS, ["２６", "20 "])
    assert typed is not None
    assert mark(TWO_BLANKS, typed)
