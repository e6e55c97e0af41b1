"""A question as a form holds it, half filled in perhaps: shown, changed in shape, and turned into a question.

Options are rows that move with everything that is theirs: whether they are right, and their pictures.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from werkzeug.datastructures import MultiDict

from campaigns.banks import LINE_LENGTH
from campaigns.errors import Refused
from questions.model import (
    ALTERNATIVES,
    EXPLANATION,
    FALSE,
    LETTERS,
    TRUE,
    Kind,
    Option,
    Picture,
    Question,
    options_of,
)

CHOICES = frozenset({Kind.SINGLE, Kind.MULTIPLE})
LONGEST_TEXT = 20_000
OVERRULE = "再点一次保存，就以您填的为准。"
"""Said to whoever was overtaken by somebody else's edit, while the form still holds their own."""
_KINDS = {kind.value: kind for kind in Kind}
_COMMAS = re.compile(r"[、，,；;\n]")
_FEWEST_OPTIONS = 4
"""How many rows a question gets that is made a choice."""


@dataclass(frozen=True, slots=True)
class OptionRow:
    text: str = ""
    right: bool = False
    was: str = ""
    """Its letter in the question that is edited; empty for a row that is new."""


@dataclass(frozen=True, slots=True)
class QuestionForm:
    """What stands in the form. All parts are kept whatever the kind, so that a kind chosen by mistake costs nothing."""

    kind: Kind = Kind.SINGLE
    stem: str = ""
    options: tuple[OptionRow, ...] = ()
    truth: str = ""
    blanks: tuple[str, ...] = ()
    model_answer: str = ""
    explanation: str = ""
    category: str = ""
    difficulty: str = ""
    tags: str = ""
    source: str = ""
    dropped: frozenset[str] = field(default_factory=frozenset)
    """The pictures that shall go, as ``place:sha256``."""


def empty_form() -> QuestionForm:
    return _with_room(QuestionForm())


def form_of(question: Question) -> QuestionForm:
    """A question, laid out to be edited."""
    right = question.answer if question.kind in CHOICES else ()
    return _with_room(
        QuestionForm(
            kind=question.kind,
            stem=question.stem,
            options=tuple(OptionRow(one.text, one.letter in right, one.letter) for one in question.options),
            truth=question.answer[0] if question.kind is Kind.TRUE_FALSE and question.answer else "",
            blanks=question.answer if question.kind is Kind.BLANK else (),
            model_answer="".join(question.answer) if question.kind is Kind.ESSAY else "",
            explanation=question.explanation,
            category=question.category,
            difficulty=question.difficulty,
            tags=_side_by_side(question.tags),
            source=question.source,
        )
    )


def read_form(sent: MultiDict[str, str]) -> QuestionForm:
    """What the person has sent, whatever it is worth."""
    right = set(sent.getlist("right"))
    rows = zip(sent.getlist("option"), sent.getlist("was"), strict=False)
    kind = sent.get("kind", "")
    return QuestionForm(
        kind=_KINDS.get(kind, Kind.SINGLE),
        stem=_text(sent, "stem"),
        options=tuple(
            OptionRow(_tidy(text), str(place) in right, was if was in LETTERS else "")
            for place, (text, was) in enumerate(rows)
        )[: len(LETTERS)],
        truth=sent.get("truth", "") if sent.get("truth") in {TRUE, FALSE} else "",
        blanks=tuple(_tidy(text) for text in sent.getlist("blank")),
        model_answer=_text(sent, "model_answer"),
        explanation=_text(sent, "explanation"),
        category=_text(sent, "category"),
        difficulty=_text(sent, "difficulty"),
        tags=_text(sent, "tags"),
        source=_text(sent, "source"),
        dropped=frozenset(sent.getlist("drop")),
    )


def _text(sent: MultiDict[str, str], name: str) -> str:
    return _tidy(sent.get(name, ""))


def _tidy(text: str) -> str:
    """As a browser sends it back: with other line ends; and without the space that people leave around things."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


# --- other shapes ------------------------------------------------------------------------------------------------


def reshaped(form: QuestionForm, do: str) -> QuestionForm:
    """The form after one of its own buttons: ``add``, ``add-blank``, ``remove-2``, ``up-2``, ``down-2`` (from 0).

    Anything else, ``redraw`` say, only gives the kind that is chosen the rows that it needs.
    """
    what, _, place = do.partition("-")
    rows = list(form.options)
    if do == "add-blank":
        return replace(form, blanks=(*form.blanks, ""))
    if what == "add" and len(rows) < len(LETTERS):
        return replace(form, options=(*rows, OptionRow()))
    if place.isascii() and place.isdigit() and int(place) < len(rows):
        _move(rows, what, int(place))
        return replace(form, options=tuple(rows))
    return _with_room(form)


def focus_after(do: str) -> str:
    """Where the person goes on after such a button; empty: where they are."""
    return {"add": "last option", "add-blank": "last blank"}.get(do, "")


def _move(rows: list[OptionRow], what: str, place: int) -> None:
    if what == "remove":
        del rows[place]
    elif what == "up" and place > 0:
        rows.insert(place - 1, rows.pop(place))
    elif what == "down":
        rows.insert(place + 1, rows.pop(place))


def _with_room(form: QuestionForm) -> QuestionForm:
    if form.kind in CHOICES and not form.options:
        return replace(form, options=(OptionRow(),) * _FEWEST_OPTIONS)
    if form.kind is Kind.BLANK and not form.blanks:
        return replace(form, blanks=("",))
    if form.kind is Kind.SINGLE and sum(row.right for row in form.options) > 1:
        return replace(form, options=tuple(replace(row, right=False) for row in form.options))  # which one, is asked
    return form


# --- into a question ---------------------------------------------------------------------------------------------


def question_of(form: QuestionForm, edited: Question) -> Question:
    """The question that the form says, in place of `edited`, whose number, place and pictures it keeps.

    What the person has not touched stays to the letter, though a form may show it in another spelling. Empty rows of
    options and blanks at the end are no rows. Raises Refused for what cannot be kept at all; whether it can be used
    is for `questions.review` to say.
    """
    if not form.stem:
        raise Refused("题干是空的，没有保存。请填写题干。")
    _check_lengths(form)
    rows = _filled(form.options) if form.kind in CHOICES else []
    return replace(
        edited,
        kind=form.kind,
        stem=_touched(form.stem, edited.stem),
        options=_options(rows, edited),
        answer=_answer(form, rows, edited),
        explanation=_touched(form.explanation, edited.explanation),
        category=_touched(form.category, edited.category),
        difficulty=_touched(form.difficulty, edited.difficulty),
        source=_touched(form.source, edited.source),
        tags=edited.tags if form.tags == _side_by_side(edited.tags) else tags_of(form.tags),
        pictures=tuple(_pictures(form, rows, edited.pictures)),
    )


def _touched(now: str, before: str) -> str:
    return before if now == _tidy(before) else now


def _options(rows: Sequence[OptionRow], edited: Question) -> tuple[Option, ...]:
    before = {option.letter: option.text for option in edited.options}
    return options_of([_touched(row.text, before.get(row.was, "")) for row in rows])


def _check_lengths(form: QuestionForm) -> None:
    for label, text in (("分类", form.category), ("难度", form.difficulty)):
        if len(text) > LINE_LENGTH:
            raise Refused(f"{label}有 {len(text)} 个字，最多 {LINE_LENGTH} 个，没有保存。请缩短。")
    if any(len(tag) > LINE_LENGTH for tag in tags_of(form.tags)):
        raise Refused(f"有一个标签超过 {LINE_LENGTH} 个字，没有保存。标签之间请用空格或逗号分开。")
    texts = (form.stem, form.explanation, form.source, form.model_answer, *form.blanks)
    if any(len(text) > LONGEST_TEXT for text in (*texts, *(row.text for row in form.options))):
        raise Refused(f"有一处文字超过 {LONGEST_TEXT} 个字，没有保存。请缩短。")


def _filled(rows: Sequence[OptionRow]) -> list[OptionRow]:
    """Up to the last row that holds anything: one left empty between others is a mistake, and stays to be seen."""
    kept = list(rows)
    while kept and not kept[-1].text and not kept[-1].right:
        kept.pop()
    return kept


def _answer(form: QuestionForm, rows: Sequence[OptionRow], edited: Question) -> tuple[str, ...]:
    if form.kind in CHOICES:
        return tuple(letter for letter, row in zip(LETTERS, rows, strict=False) if row.right)
    if form.kind is Kind.TRUE_FALSE:
        return (form.truth,) if form.truth else ()
    written = form.blanks if form.kind is Kind.BLANK else (form.model_answer,)
    if form.kind is edited.kind and written == tuple(map(_tidy, edited.answer)):
        return edited.answer
    while written and not written[-1]:
        written = written[:-1]
    return tuple(map(_alternatives, written)) if form.kind is Kind.BLANK else written


def _alternatives(text: str) -> str:
    """Bars between alternatives, however the person has spaced them."""
    return ALTERNATIVES.join(part for part in (part.strip() for part in text.replace("｜", "|").split("|")) if part)


def tags_of(text: str) -> tuple[str, ...]:
    """Tags as people write them side by side: apart by commas or semicolons, or else by spaces; none twice."""
    parts = _COMMAS.split(text) if _COMMAS.search(text) else text.split()
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _side_by_side(tags: Sequence[str]) -> str:
    return _tidy("，".join(tags))


def picture_key(picture: Picture) -> str:
    """What a form calls a picture when it shall go."""
    return f"{picture.place}:{picture.sha256}"


def editor(form: QuestionForm, refusal: str, focus: str) -> dict[str, object]:
    """What every template that holds the form is given: the form, what it was refused for, where the person goes on."""
    return {"form": form, "refusal": refusal, "focus": focus, "kinds": list(Kind), "picture_key": picture_key}


def _pictures(form: QuestionForm, rows: Sequence[OptionRow], pictures: Iterable[Picture]) -> Iterable[Picture]:
    """The pictures that stay, each with what it belongs to, wherever that has moved."""
    moved = {row.was: letter for letter, row in zip(LETTERS, rows, strict=False) if row.was}
    for picture in pictures:
        if picture_key(picture) in form.dropped:
            continue
        if picture.place in {"", EXPLANATION}:
            yield picture
        elif picture.place in moved:
            yield replace(picture, place=moved[picture.place])
