"""A question as a program's file holds it: exact, so that nothing is left to settle but what `review` finds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation

from questions.model import (
    ALTERNATIVES,
    EXPLANATION,
    FALSE,
    LETTERS,
    TRUE,
    Kind,
    Picture,
    Problem,
    Question,
    Severity,
    options_of,
)
from questions.readers.meaning.conventions import truths_of
from questions.readers.quoting import brief
from questions.readers.reading import Settled
from questions.readers.rich_text import Shown
from questions.readers.tables.table import tidy
from questions.review import NO_ANSWER, review

GAP = "____"
"""What stands in a stem for a place to fill in."""
_CODE = re.compile(r"第?[A-Za-z]{0,6}[-_. ]?\d{1,6}题?")
_FULL = 0.999
"""Of the whole mark; programs write thirds as 33.33333."""


@dataclass(slots=True)
class Choice:
    """An option that a file offers."""

    shown: Shown
    share: float = 0.0
    """Of the whole mark, for choosing it: 1 is right, 0 or less is wrong, between them is partly right."""
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class Number:
    """A numeric answer that gets the whole mark."""

    value: str
    """As the file writes it; empty where it only gives a range."""
    low: str = ""
    high: str = ""
    """What is accepted besides, inclusive; empty where nothing is."""

    @classmethod
    def around(cls, value: str, margin: str) -> Number:
        """A number that may be missed by `margin`, as it is written."""
        try:
            width, centre = abs(float(margin or 0)), float(value)
        except ValueError:
            return cls(value)
        return cls(value, f"{centre - width:.10g}", f"{centre + width:.10g}") if width else cls(value)


@dataclass(slots=True)
class Exact:
    where: str
    number: str = ""
    kind: Kind = Kind.ESSAY
    stem: str = ""
    options: list[str] = field(default_factory=list)
    answer: tuple[str, ...] = ()
    explanation: str = ""
    category: str = ""
    difficulty: str = ""
    source: str = ""
    tags: list[str] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    foreign: bool = False
    """Whether it is of a kind that is none of ours."""

    def error(self, message: str) -> None:
        self.problems.append(Problem(self.where, Severity.ERROR, message))

    def warning(self, message: str) -> None:
        self.problems.append(Problem(self.where, Severity.WARNING, message))

    def take(self, part: Shown, place: str = "") -> str:
        """The text of a part of the question, whose pictures belong to `place` from now on."""
        self.pictures += [replace(picture, place=place) for picture in part.pictures]
        if part.lost:
            of = {"": "题干", EXPLANATION: "解析"}.get(place, f"选项 {place}")
            what = "、".join(dict.fromkeys(part.lost))[:120]
            self.warning(f"{of}里有读不进来的内容：{what}；请核对没有它时能否作答。")
        return part.text

    def be_foreign(self, name: str) -> None:
        """Keep it, unmarked, as what nobody can answer here."""
        self.kind, self.foreign = Kind.ESSAY, True
        self.error(f"题型“{name}”还不支持，不能在答题中使用；请改成单选、多选、判断或填空。")

    def choose(self, choices: Sequence[Choice], *, several: bool) -> None:
        """A choice question. Empty wrong options, which some programs leave behind, go."""
        self.kind = Kind.MULTIPLE if several else Kind.SINGLE
        filled = [choice for choice in choices if choice.shown.text or choice.shown.pictures or choice.share > 0]
        if len(filled) < len(choices):
            self.warning(f"有 {len(choices) - len(filled)} 个空的选项，没有读入；请核对。")
        if len(filled) > len(LETTERS):
            self.error(f"有 {len(filled)} 个选项，最多只能有 {len(LETTERS)} 个；请删去一些。")
        filled = filled[: len(LETTERS)]
        for letter, choice in zip(LETTERS, filled, strict=False):
            text = self.take(choice.shown, letter)
            self.options.append(text or (f"图{letter}" if choice.shown.pictures else ""))
        self.answer = self._right(filled, several)
        right = [choice.feedback for letter, choice in zip(LETTERS, filled, strict=False) if letter in self.answer]
        wrong = [  # by their texts: papers show options under other letters
            f"“{self.options[place]}”：{choice.feedback}"
            for place, choice in enumerate(filled)
            if LETTERS[place] not in self.answer and choice.feedback
        ]
        self.explain([*right, *wrong])

    def _right(self, choices: Sequence[Choice], several: bool) -> tuple[str, ...]:
        shares = dict(zip(LETTERS, (choice.share for choice in choices), strict=False))
        partial = [letter for letter, share in shares.items() if 0 < share < _FULL]
        full = [letter for letter, share in shares.items() if share >= _FULL]
        if several and (not full or not partial):
            return tuple(full or partial)
        if partial:
            parts = "、".join(f"{letter} 得 {shares[letter]:.0%}" for letter in partial)
            self.warning(f"有的选项只得一部分分（{parts}），这里只算得满分的选项对；请核对。")
        return tuple(full)

    def judge(self, truth: bool | None) -> None:
        self.kind = Kind.TRUE_FALSE
        self.answer = () if truth is None else (TRUE if truth else FALSE,)

    def fill(self, blanks: Iterable[Iterable[str]]) -> None:
        """A question with the alternatives of each of its blanks."""
        self.kind = Kind.BLANK
        self.answer = tuple(ALTERNATIVES.join(alternatives) for alternatives in blanks)
        if not any(self.answer):
            self.answer = ()

    def count(self, numbers: Sequence[Number]) -> None:
        """A numeric question; here a blank, which accepts what is written and no other number."""
        written = [spelling for number in numbers if number.value for spelling in spellings(number.value)]
        self.fill([dict.fromkeys(written)])
        ranges = [number for number in numbers if number.low or number.high]
        bare = [number for number in ranges if not number.value]
        if not self.answer and bare:
            self.error(f"答案是一个范围（{_range(bare[0])}），不能在答题中使用；请写出一个确切的答案。")
        elif ranges:
            told = "、".join(_range(number) for number in ranges)
            self.warning(f"答案在一个范围内都算对（{told}），这里只认写出的数；请核对。")

    def literal_stars(self, text: str) -> str:
        r"""An answer of a program where ``*`` stands for any text, and ``\*`` for itself."""
        if "*" in text.replace("\\*", ""):
            self.warning(f"答案“{brief(text)}”里的 * 原来表示任意文字，这里按 * 本身读入；请核对。")
        return text.replace("\\*", "*")

    def report_partial(self, answers: Iterable[str]) -> None:
        """Answers that get a part of the mark, which here are not right."""
        if told := "、".join(answers):
            self.warning(f"答案“{brief(told)}”原来只得一部分分，这里不算对；请核对。")

    def explain(self, feedbacks: Iterable[str]) -> None:
        """Feedback to answers, where there is no explanation, explains; else it follows it."""
        parts = [self.explanation, *feedbacks]
        self.explanation = "\n".join(dict.fromkeys(part.strip() for part in parts if part.strip()))

    def settled(self, *, verbatim: bool = False) -> Settled:
        """The question with everything doubtful about it. `verbatim`: its texts are ours, and stay as they are."""
        clean = _same if verbatim else tidy
        stem = clean(self.stem) or ("（看图作答）" if any(not picture.place for picture in self.pictures) else "")
        question = Question(
            number=" ".join(self.number.split()) if not verbatim else self.number,
            kind=self.kind,
            stem=stem,
            options=options_of([clean(text) for text in self.options]),
            answer=tuple(clean(part) for part in self.answer),
            explanation=clean(self.explanation),
            category=clean(self.category),
            difficulty=clean(self.difficulty),
            source=clean(self.source),
            tags=tuple(dict.fromkeys(tag for tag in map(clean, self.tags) if tag)),
            pictures=tuple(dict.fromkeys(self.pictures)),
            where=self.where,
        )
        told = any(problem.severity is Severity.ERROR for problem in self.problems)
        found = [] if self.foreign else [p for p in review(question) if not (told and p.message == NO_ANSWER)]
        return question, self.problems + found


def number_in(name: str) -> str:
    """A question's name where that is its number (``Q12``, 第3题), otherwise nothing."""
    return name.strip() if _CODE.fullmatch(name.strip()) else ""


def verdicts_in(choices: Sequence[tuple[str, str]]) -> dict[str, bool] | None:
    """What each of two choices (identifier, text) says, where they say true and false; None for any others."""
    if len(choices) != 2:
        return None
    truths = truths_of(options_of([text or "-" for _, text in choices]), judged=False)
    if truths is not None:
        return {ident: truths[letter] for (ident, _), letter in zip(choices, LETTERS, strict=False)}
    idents = {ident.lower() for ident, _ in choices}
    return {ident: ident.lower() == "true" for ident, _ in choices} if idents == {"true", "false"} else None


def spellings(number: str) -> list[str]:
    """A number in its shortest form, and as it was written: ``42.0`` → ``42``, ``42.0``."""
    written = number.strip()
    try:
        plain = format(Decimal(written).normalize(), "f") if len(written) < 40 else written
    except (InvalidOperation, ValueError):
        return [written]
    shortest = "0" if plain in {"-0", "0"} else plain
    return [shortest, written] if len(shortest) < 40 else [written]


def _range(number: Number) -> str:
    if not number.high:
        return f"不小于 {number.low}"
    return f"{number.low} 至 {number.high}" if number.low else f"不大于 {number.high}"


def _same(text: str) -> str:
    return text
