from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questions.grading import answer_shown, credit, folded, given_shown, mark, read
from questions.model import LETTERS, Kind, Question, options_of
from questions.papers import Place

FOUR = options_of(["煤炭", "石油", "风能", "天然气"])
SINGLE = Question("1", Kind.SINGLE, "哪一种是可再生能源？", FOUR, ("C",))
MULTIPLE = replace(SINGLE, kind=Kind.MULTIPLE, answer=("A", "B", "D"))
TRUE_FALSE = Question("2", Kind.TRUE_FALSE, "待机不耗电。", answer=("false",))
BLANK = Question("3", Kind.BLANK, "1 立方米水是____升。", answer=("1000 | 一千",))
TWO_BLANKS = replace(BLANK, answer=("26", "20"))
IN_ORDER = Place(7, "ABCD")
SHUFFLED = Place(7, "CADB")


@pytest.mark.parametrize(
    "typed",
    ["b", "B", "Ｂ", "选B", "选 b", "B。", " b ", "B吧", "我选B", "答案是B", "答案：B", "选择B", "2", "２", "②"],
)
def test_a_single_choice_is_read_as_people_type_it(typed: str) -> None:
    assert read(SINGLE, IN_ORDER, typed) == "B"


@pytest.mark.parametrize("spoken", ["选B。", "第二个", "第2个", "二", "B选项", "石油", "B. 石油", "B、石油"])
def test_a_single_choice_is_read_as_people_say_it(spoken: str) -> None:
    assert read(SINGLE, IN_ORDER, spoken) == "B"


@pytest.mark.parametrize(
    "typed",
    ["ABD", "abd", "a b d", "A、B，D", "A,B,D", "DBA", "1 2 4", "124", "A B D。", "选ABD", "A和B和D", "ＡＢＤ", "AABD"],
)
def test_a_multiple_choice_is_read_in_any_order_and_with_any_separator(typed: str) -> None:
    assert read(MULTIPLE, IN_ORDER, typed) == "ABD"


@pytest.mark.parametrize("typed", ["E", "5", "0", "AB", "你好", "", "  ", "B?C", "why", "怎么选", "排名"])
def test_what_is_no_choice_of_a_single_question_is_not_understood(typed: str) -> None:
    assert read(SINGLE, IN_ORDER, typed) is None


@pytest.mark.parametrize(
    "typed", ["对", "√", "✓", "正确", "是", "T", "t", "true", "A", "a", "1", "对的", "对。", "Ｔ", "A. 正确", "Y"]
)
def test_true_is_read_as_people_type_it(typed: str) -> None:
    assert read(TRUE_FALSE, Place(1), typed) == "true"


@pytest.mark.parametrize(
    "typed", ["错", "×", "✗", "错误", "否", "F", "f", "False", "B", "2", "不对", "不正确", "选B", "x", "N"]
)
def test_false_is_read_as_people_type_it(typed: str) -> None:
    assert read(TRUE_FALSE, Place(1), typed) == "false"


def test_what_is_neither_true_nor_false_is_not_understood() -> None:
    assert [read(TRUE_FALSE, Place(1), text) for text in ("C", "也许", "对错", "3", "")] == [None] * 5


def test_a_digit_is_not_taken_for_a_position_where_an_option_says_it() -> None:
    question = replace(SINGLE, options=options_of(["1", "2", "3", "4"]))
    assert read(question, SHUFFLED, "3") is None
    assert read(question, SHUFFLED, "A") == "C"


def options(*texts: str) -> Question:
    return replace(SINGLE, options=options_of(texts), answer=("A",))


@pytest.mark.parametrize(
    ("question", "typed", "meant"),
    [
        (options("22 ℃", "24 ℃", "26 ℃", "28 ℃"), "22", "A"),
        (options("22 ℃", "24 ℃", "26 ℃", "28 ℃"), "26℃", "C"),
        (options("10 %", "11 %", "22 %", "33 %"), "33", "D"),
        (options("2.2", "3.3", "4.4", "1.1"), "1.1", "D"),
        (options("-1", "0", "1", "2"), "-1", "A"),
        (options("22 ℃", "24 ℃", "26 ℃", "28 ℃"), "2", "B"),
    ],
)
def test_a_number_that_only_one_option_says_means_that_option(question: Question, typed: str, meant: str) -> None:
    assert read(question, IN_ORDER, typed) == meant


@pytest.mark.parametrize(
    ("question", "typed"),
    [
        (options("三", "四", "五", "六"), "三"),
        (options("三", "四", "五", "六"), "3"),
        (options("3级", "4级", "5级", "6级"), "3"),
        (options("6月30日", "3月22日", "6月5日", "4月22日"), "3"),
        (options("22 ℃以上", "22 ℃以下", "26 ℃", "28 ℃"), "22"),
        (options("22 ℃", "24 ℃", "26 ℃", "28 ℃"), "11"),
        (options("22 ℃", "24 ℃", "26 ℃", "28 ℃"), "25"),
        (options("22 ℃", "24 ℃", "26 ℃", "28 ℃"), "12"),
        (SINGLE, "-1"),
        (SINGLE, "1.2"),
        (MULTIPLE, "A-D"),
        (MULTIPLE, "A到D"),
        (MULTIPLE, "1-4"),
        (MULTIPLE, "1122"),
        (MULTIPLE, "421"),
    ],
)
def test_what_may_be_meant_in_two_ways_is_asked_again(question: Question, typed: str) -> None:
    assert read(question, IN_ORDER, typed) is None


@pytest.mark.parametrize("typed", ["26，", "、26", "26；", "；", "26 ；。"])
def test_a_half_filled_answer_to_several_blanks_is_asked_again(typed: str) -> None:
    assert read(TWO_BLANKS, Place(1), typed) is None


def test_letters_are_those_of_the_paper_and_what_is_kept_are_those_of_the_bank() -> None:
    assert read(SINGLE, SHUFFLED, "A") == "C"
    assert mark(SINGLE, "C")
    assert answer_shown(SINGLE, SHUFFLED) == "A"
    assert given_shown(SINGLE, SHUFFLED, "B") == "D"


def test_a_multiple_choice_is_right_only_when_it_is_exactly_the_answer() -> None:
    assert mark(MULTIPLE, "ABD")
    assert not any(mark(MULTIPLE, given) for given in ("AB", "ABCD", "ABC", "A"))


@pytest.mark.parametrize("typed", ["1000", "１０００", "一千", " 1000。", "1 000"])
def test_a_blank_is_compared_folded_with_each_of_its_alternatives(typed: str) -> None:
    given = read(BLANK, Place(1), typed)
    assert given is not None
    assert mark(BLANK, given)


def test_a_wrong_text_in_a_blank_is_an_answer_and_is_wrong() -> None:
    given = read(BLANK, Place(1), "100")
    assert given == "100"
    assert not mark(BLANK, given)


@pytest.mark.parametrize("typed", ["26；20", "26;20", "26 20", "26，20", "26、20", "26\n20"])
def test_several_blanks_are_separated_as_people_do(typed: str) -> None:
    given = read(TWO_BLANKS, Place(1), typed)
    assert given == "26；20"
    assert mark(TWO_BLANKS, given)


def test_too_few_or_too_many_blanks_are_not_understood() -> None:
    assert read(TWO_BLANKS, Place(1), "26") is None
    assert read(TWO_BLANKS, Place(1), "1 2 3") is None


def test_essays_are_never_read_or_marked_by_machine() -> None:
    essay = Question("9", Kind.ESSAY, "谈谈节能。", answer=("略",))
    assert read(essay, Place(1), "略") is None
    assert not mark(essay, "略")


@given(text=st.text(max_size=40))
def test_nothing_that_is_typed_breaks_the_reading(text: str) -> None:
    for question, place in ((SINGLE, IN_ORDER), (MULTIPLE, SHUFFLED), (TRUE_FALSE, Place(1)), (TWO_BLANKS, Place(1))):
        given = read(question, place, text)
        assert given is None or isinstance(mark(question, given), bool)


@given(order=st.permutations("ABCD"), answer=st.sets(st.sampled_from("ABCD"), min_size=1))
def test_the_right_answer_as_shown_is_marked_right_under_any_shuffle(order: list[str], answer: set[str]) -> None:
    question = replace(MULTIPLE, answer=tuple(sorted(answer)))
    place = Place(1, "".join(order))
    given = read(question, place, answer_shown(question, place))
    assert given is not None
    assert mark(question, given)


@given(order=st.permutations("ABCD"), shown=st.sampled_from(LETTERS[:4]))
def test_exactly_one_letter_of_a_single_question_is_right(order: list[str], shown: str) -> None:
    place = Place(1, "".join(order))
    given = read(SINGLE, place, shown)
    assert given is not None
    assert mark(SINGLE, given) == (shown == answer_shown(SINGLE, place))


@given(text=st.text(max_size=30).filter(lambda text: folded(text) and " | " not in text and "；" not in text))
def test_a_blank_filled_in_as_the_bank_has_it_is_right_in_any_padding(text: str) -> None:
    given = read(replace(BLANK, answer=(text,)), Place(1), f"  {text}。 ")
    assert given is not None
    assert mark(replace(BLANK, answer=(text,)), given)


# --- points ------------------------------------------------------------------------------------------------------

PARTIAL = ("none", "half", "each")
CHOSEN = st.sets(st.sampled_from("ABCDE")).map(lambda letters: "".join(sorted(letters)))
FIVE = replace(MULTIPLE, options=options_of(["一", "二", "三", "四", "五"]))


@pytest.mark.parametrize(
    ("partial", "given", "points", "credited"),
    [
        ("none", "AB", 10, 0),
        ("half", "A", 10, 5),
        ("half", "AB", 10, 5),
        ("half", "AB", 5, 2),
        ("half", "AB", 1, 0),
        ("each", "A", 10, 3),
        ("each", "AB", 10, 6),
        ("each", "BD", 2, 1),
        ("each", "ABD", 10, 10),
        ("each", "ABCD", 10, 0),
        ("half", "AC", 10, 0),
        ("half", "", 10, 0),
    ],
)
def test_a_multiple_choice_without_some_right_options_gets_what_the_rule_leaves(
    partial: str, given: str, points: int, credited: int
) -> None:
    assert credit(MULTIPLE, given, points, partial) == credited


@given(answer=CHOSEN.filter(bool), given=CHOSEN, points=st.integers(0, 100), partial=st.sampled_from(PARTIAL))
def test_points_are_never_more_than_all_and_all_only_for_what_is_right(
    answer: str, given: str, points: int, partial: str
) -> None:
    question = replace(FIVE, answer=tuple(answer))
    credited = credit(question, given, points, partial)
    assert 0 <= credited <= points
    if mark(question, given):
        assert credited == points
    elif points:
        assert credited < points
    if set(given) - set(answer):
        assert credited == 0, "a wrong option spoils all"


@given(answer=CHOSEN.filter(bool), points=st.integers(0, 100), partial=st.sampled_from(PARTIAL), data=st.data())
def test_one_more_right_option_never_costs_points(answer: str, points: int, partial: str, data: st.DataObject) -> None:
    question = replace(FIVE, answer=tuple(answer))
    fewer = "".join(sorted(data.draw(st.sets(st.sampled_from(answer)))))
    more = "".join(sorted(set(fewer) | {data.draw(st.sampled_from(answer))}))
    assert credit(question, fewer, points, partial) <= credit(question, more, points, partial)


@pytest.mark.parametrize("partial", PARTIAL)
def test_other_kinds_are_right_or_wrong(partial: str) -> None:
    for question, right in ((SINGLE, "C"), (TRUE_FALSE, "false"), (BLANK, "一千"), (TWO_BLANKS, "26；20")):
        assert credit(question, right, 10, partial) == 10
        assert credit(question, "26；21" if question is TWO_BLANKS else "A", 10, partial) == 0
        assert credit(question, "", 10, partial) == 0, "the time ran out"
        assert given_shown(question, IN_ORDER, "") == ""
