"""The pure rules: too quick, and alike."""

from __future__ import annotations

from math import exp, isclose

import pytest
from campaign_made import COMMUTE, LITRE, STANDBY, SUMMER
from hypothesis import given
from hypothesis import strategies as st

from campaigns.signals.alike import Choices, Pattern, by_chance, expected, is_odd, pattern_of, same_order
from campaigns.signals.quick import quick

QUESTIONS = {1: SUMMER, 2: STANDBY, 3: COMMUTE, 4: LITRE}
ALL_WRONG = {1: "A", 2: "true", 3: "AB", 4: " １０ "}


def test_ten_right_answers_in_ten_seconds_are_too_quick() -> None:
    odd = quick(10, 10_000, 90, 100)
    assert odd is not None
    assert (odd.ms_per_question, odd.questions, odd.score, odd.full) == (1_000, 10, 90, 100)


@pytest.mark.parametrize(
    ("questions", "used_ms", "score"),
    [(10, 20_000, 100), (10, 10_000, 79), (4, 1_000, 100)],
    ids=["who needed two seconds each", "who was often wrong", "who had few questions"],
)
def test_what_may_be_chance_is_not_too_quick(questions: int, used_ms: int, score: int) -> None:
    assert quick(questions, used_ms, score, 100) is None


def test_wrong_answers_make_a_pattern_whatever_the_order_in_which_they_were_asked() -> None:
    pattern = pattern_of(QUESTIONS, ALL_WRONG)
    assert pattern == Pattern((1, 2, 3, 4), ((1, "A"), (2, "true"), (3, "AB"), (4, "10")), ())
    again = pattern_of(QUESTIONS, dict(reversed(ALL_WRONG.items())))
    assert again is not None
    assert pattern is not None
    assert again.fingerprint == pattern.fingerprint < 2**63


def test_two_wrong_answers_tell_nothing() -> None:
    assert pattern_of(QUESTIONS, ALL_WRONG | {1: "C", 2: "false"}) is None


def test_neither_what_ran_out_of_time_nor_what_was_withdrawn_is_wrong() -> None:
    assert pattern_of(QUESTIONS, ALL_WRONG | {1: "", 2: ""}) is None
    without = {one: question for one, question in QUESTIONS.items() if one > 2}
    assert pattern_of(without, ALL_WRONG) is None


def test_another_wrong_answer_is_another_pattern() -> None:
    one, other = pattern_of(QUESTIONS, ALL_WRONG), pattern_of(QUESTIONS, ALL_WRONG | {1: "B"})
    assert one is not None
    assert other is not None
    assert one.fingerprint != other.fingerprint


def chosen(times: int, **given_by: int) -> Choices:
    """Everybody is asked SUMMER three times; so many give each letter."""
    choices = Choices()
    for letter, count in given_by.items():
        for _ in range(count):
            choices.add(THREE, dict.fromkeys(THREE, letter))
    assert choices.answered(1) == times
    return choices


THREE = dict.fromkeys((1, 2, 3), SUMMER)
WRONG = ((1, "A"), (2, "A"), (3, "A"))


def test_what_nobody_else_chooses_is_odd_and_what_many_choose_is_not() -> None:
    rare, usual = chosen(1_000, C=997, A=3), chosen(1_000, C=700, A=300)
    assert expected(THREE, rare, WRONG, 3) < 1e-3
    assert is_odd(THREE, rare, WRONG, 3, 3)
    assert expected(THREE, usual, WRONG, 3) > 20
    assert not is_odd(THREE, usual, WRONG, 3, 3)


def test_one_person_alone_is_never_alike() -> None:
    assert not is_odd(THREE, chosen(1_000, C=997, A=3), WRONG, 1, 3)


def test_those_who_are_alike_do_not_make_their_own_choice_usual() -> None:
    assert is_odd(THREE, chosen(60, C=30, A=30), WRONG, 30, 30)


def test_where_few_have_answered_two_of_them_say_nothing() -> None:
    either_or, wrong = dict.fromkeys((1, 2, 3), STANDBY), ((1, "true"), (2, "true"), (3, "true"))
    choices = Choices()
    for _ in range(2):
        choices.add(either_or, dict(wrong))
    assert not is_odd(either_or, choices, wrong, 2, 2)


@given(st.integers(1, 10**6), st.integers(2, 50), st.floats(0, 100))
def test_more_who_are_alike_are_never_likelier(attempts: int, alike: int, mean: float) -> None:
    assert 0 <= by_chance(attempts, alike + 1, mean) <= by_chance(attempts, alike, mean) + 1e-9 <= attempts + 1e-9


def test_chance_is_that_of_poisson() -> None:
    assert isclose(by_chance(1, 2, 0.5), 1 - exp(-0.5))
    assert isclose(by_chance(1, 4, 0.5), 1 - exp(-0.5) * (1 + 0.5 + 0.125))
    assert by_chance(7, 3, 0) == 0


def test_the_order_is_the_same_only_if_all_have_it() -> None:
    assert same_order([[1, 2], [1, 2]])
    assert not same_order([[1, 2], [1, 2], [2, 1]])
