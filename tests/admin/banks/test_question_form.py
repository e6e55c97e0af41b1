from __future__ import annotations

from dataclasses import replace

import pytest
from banks_made import questions
from hypothesis import given, reject
from werkzeug.datastructures import MultiDict

from admin.banks.question_form import (
    OptionRow,
    QuestionForm,
    form_of,
    picture_key,
    question_of,
    read_form,
    reshaped,
    tags_of,
)
from campaigns.errors import Refused
from questions.model import EXPLANATION, Kind, Picture, Question, options_of

CHOICE = Question("7", Kind.SINGLE, "哪一项最省电？", options_of(["甲", "乙", "丙"]), ("B",), where="第7行")


def letters(form: QuestionForm) -> list[tuple[str, bool]]:
    return [(row.text, row.right) for row in form.options]


def rows(*texts: str, right: str = "") -> tuple[OptionRow, ...]:
    return tuple(OptionRow(text, letter in right, letter) for letter, text in zip("ABCDEFGH", texts, strict=False))


def test_a_question_comes_back_from_its_form_as_it_was() -> None:
    whole = replace(
        CHOICE,
        explanation="因为",
        category="节电",
        difficulty="易",
        source="《办法》",
        tags=("夏", "冬"),
        pictures=(Picture("ab", "B"), Picture("cd"), Picture("ef", EXPLANATION)),
    )
    assert question_of(form_of(whole), whole) == whole


@pytest.mark.parametrize(
    "question",
    [
        Question("1", Kind.MULTIPLE, "?", options_of(["甲", "乙"]), ("A", "B")),
        Question("1", Kind.TRUE_FALSE, "?", answer=("false",)),
        Question("1", Kind.TRUE_FALSE, "?"),
        Question("1", Kind.BLANK, "?", answer=("三 | 3", "六")),
        Question("1", Kind.ESSAY, "?", answer=("随便写",)),
        Question("1", Kind.ESSAY, "?"),
    ],
)
def test_every_kind_comes_back_as_it_was(question: Question) -> None:
    assert question_of(form_of(question), question) == question


def sent_back(form: QuestionForm) -> MultiDict[str, str]:
    """What a browser makes of a form that nobody has touched: it sends other line ends."""
    sent: MultiDict[str, str] = MultiDict()
    for name in ("stem", "explanation", "category", "difficulty", "tags", "source", "model_answer", "truth"):
        sent.add(name, "\r\n".join(getattr(form, name).split("\n")))
    sent.add("kind", form.kind.value)
    for place, row in enumerate(form.options):
        sent.add("option", row.text)
        sent.add("was", row.was)
        if row.right:
            sent.add("right", str(place))
    for blank in form.blanks:
        sent.add("blank", blank)
    return sent


@given(questions())
def test_a_question_that_nobody_has_touched_stays_to_the_letter(question: Question) -> None:
    try:
        edited = question_of(read_form(sent_back(form_of(question))), question)
    except Refused:
        reject()  # without a stem, or longer than the columns: said in a sentence, and tested below
    assert edited == question


def test_number_and_place_stay() -> None:
    edited = question_of(replace(form_of(CHOICE), stem="另一个问题"), CHOICE)
    assert (edited.number, edited.where, edited.stem) == ("7", "第7行", "另一个问题")


def test_an_option_that_moves_takes_its_answer_and_its_picture_along() -> None:
    shown = replace(CHOICE, pictures=(Picture("ab", "B"), Picture("cd", "A")))
    moved = question_of(reshaped(form_of(shown), "up-1"), shown)
    assert [option.text for option in moved.options] == ["乙", "甲", "丙"]
    assert moved.answer == ("A",)
    assert moved.pictures == (Picture("ab", "A"), Picture("cd", "B"))


def test_an_option_that_goes_takes_its_picture_with_it() -> None:
    shown = replace(CHOICE, pictures=(Picture("ab", "B"), Picture("cd", "C")))
    left = question_of(reshaped(form_of(shown), "remove-1"), shown)
    assert [option.text for option in left.options] == ["甲", "丙"]
    assert (left.answer, left.pictures) == ((), (Picture("cd", "B"),))


def test_a_ticked_picture_goes() -> None:
    shown = replace(CHOICE, pictures=(Picture("ab"), Picture("cd", EXPLANATION)))
    form = replace(form_of(shown), dropped=frozenset({picture_key(shown.pictures[0])}))
    assert question_of(form, shown).pictures == (Picture("cd", EXPLANATION),)


@pytest.mark.parametrize(
    ("do", "expected"),
    [
        ("add", [("甲", False), ("乙", True), ("丙", False), ("", False)]),
        ("remove-0", [("乙", True), ("丙", False)]),
        ("up-0", [("甲", False), ("乙", True), ("丙", False)]),
        ("down-1", [("甲", False), ("丙", False), ("乙", True)]),
        ("down-2", [("甲", False), ("乙", True), ("丙", False)]),
        ("remove-9", [("甲", False), ("乙", True), ("丙", False)]),
        ("remove-x", [("甲", False), ("乙", True), ("丙", False)]),
        ("redraw", [("甲", False), ("乙", True), ("丙", False)]),
    ],
)
def test_options_are_added_removed_and_moved(do: str, expected: list[tuple[str, bool]]) -> None:
    assert letters(reshaped(form_of(CHOICE), do)) == expected


def test_there_are_never_more_options_than_letters() -> None:
    form = QuestionForm(options=(OptionRow("x"),) * 26)
    assert len(reshaped(form, "add").options) == 26
    assert len(read_form(MultiDict([*[("option", "x")] * 40, *[("was", "")] * 40])).options) == 26


def test_a_kind_gets_the_rows_that_it_needs() -> None:
    assert len(reshaped(QuestionForm(Kind.SINGLE), "redraw").options) == 4
    assert reshaped(QuestionForm(Kind.BLANK), "redraw").blanks == ("",)
    assert reshaped(QuestionForm(Kind.BLANK, blanks=("一",)), "add-blank").blanks == ("一", "")


def test_which_of_several_answers_is_the_only_one_is_asked_and_not_guessed() -> None:
    form = QuestionForm(Kind.SINGLE, "?", rows("甲", "乙", "丙", right="AC"))
    assert letters(reshaped(form, "redraw")) == [("甲", False), ("乙", False), ("丙", False)]


def test_a_kind_chosen_by_mistake_costs_nothing() -> None:
    sent = MultiDict([("kind", "true_false"), ("stem", "?"), ("option", "甲"), ("was", "A"), ("right", "0")])
    assert letters(reshaped(read_form(sent), "redraw")) == [("甲", True)]


def test_empty_rows_at_the_end_are_no_rows_and_those_between_are_seen() -> None:
    form = QuestionForm(Kind.SINGLE, "?", rows("甲", "", "丙", "", right="A"))
    assert [option.text for option in question_of(form, CHOICE).options] == ["甲", "", "丙"]
    blanks = QuestionForm(Kind.BLANK, "?", blanks=("一", "", "三", "", ""))
    assert question_of(blanks, CHOICE).answer == ("一", "", "三")


def test_alternatives_of_a_blank_may_be_spaced_as_one_likes() -> None:
    form = QuestionForm(Kind.BLANK, "?", blanks=("三|3｜ 叁 ",))
    assert question_of(form, CHOICE).answer == ("三 | 3 | 叁",)


@pytest.mark.parametrize(
    "form",
    [
        QuestionForm(stem=""),
        QuestionForm(stem="?", category="长" * 256),
        QuestionForm(stem="?", difficulty="长" * 256),
        QuestionForm(stem="?", tags="长" * 256),
        QuestionForm(stem="长" * 20_001),
        QuestionForm(stem="?", options=(OptionRow("长" * 20_001),)),
    ],
)
def test_what_cannot_be_kept_is_refused_in_a_sentence(form: QuestionForm) -> None:
    with pytest.raises(Refused, match="没有保存"):
        question_of(form, CHOICE)


def test_tags_stand_side_by_side_as_people_write_them() -> None:
    assert tags_of(" 夏、冬,春；秋，夏\n用 电") == ("夏", "冬", "春", "秋", "用 电")
    assert tags_of(" 夏 冬\u3000夏 ") == ("夏", "冬")


def test_whatever_is_sent_is_read_as_some_form() -> None:
    sent = MultiDict([("kind", "king"), ("truth", "perhaps"), ("option", "甲"), ("was", "?"), ("right", "x")])
    form = read_form(sent)
    assert (form.kind, form.truth, form.options) == (Kind.SINGLE, "", (OptionRow("甲"),))
