"""Choose the questions of one attempt and the order in which it shows them. Randomness is an argument."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import overload

from questions.model import EXPLANATION, LETTERS, TRUE_FALSE_TEXTS, Kind, Option, Question

_LETTERS_OR_PLACES = (
    r"(?<![A-Za-z\d.])[A-H]{1,8}(?![A-Za-z\d])"
    r"|[前后第][一二两三四五\d]+[个者]?选?项|其[他它余][一二两三四五\d]*个?选?项"
)
_SPEAKS_OF_OPTIONS = re.compile(
    _LETTERS_OR_PLACES + r"|以上|上述|前述|全部|所有|都[是对不]|[均皆]|全[对错不是]|^其[他它余]。?$"
)
"""What in an option may refer to others by letter or place, or sums them up."""
_SPEAKS_OF_LETTERS = re.compile(_LETTERS_OR_PLACES)
"""What in an explanation may refer to options. Holding an order needlessly costs nothing."""


@dataclass(frozen=True, slots=True)
class Place:
    """One question of a paper: which revision, and the bank's option letters in the order in which they are shown."""

    revision: int
    order: str = ""

    def shown(self, bank_letter: str) -> str:
        """The letter under which this paper shows an option of the bank."""
        return LETTERS[self.order.index(bank_letter)]

    def meant(self, shown_letter: str) -> str:
        """The bank's letter of an option that this paper shows under another."""
        return self.order[LETTERS.index(shown_letter)]


class Paper(Sequence[Place]):
    """The questions of one attempt in their order.

    Kept as text and read a place at a time: an answered message needs two of them.
    """

    __slots__ = ("_parts",)

    def __init__(self, parts: Iterable[str]) -> None:
        self._parts = tuple(parts)

    @overload
    def __getitem__(self, index: int) -> Place: ...
    @overload
    def __getitem__(self, index: slice) -> Paper: ...
    def __getitem__(self, index: int | slice) -> Place | Paper:
        if isinstance(index, slice):
            return Paper(self._parts[index])
        part = self._parts[index]
        digits = part.rstrip(LETTERS)
        return Place(int(digits), part[len(digits) :])

    def __len__(self) -> int:
        return len(self._parts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Paper) and self._parts == other._parts

    def __hash__(self) -> int:
        return hash(self._parts)

    def __repr__(self) -> str:
        return f"Paper({dump(self)!r})"


@dataclass(frozen=True, slots=True)
class PaperPart:
    """So many questions of a paper, drawn from these revisions, given in the order of their bank."""

    count: int
    among: tuple[int, ...]


def drawable(pool: Mapping[int, Question]) -> tuple[int, ...]:
    """The revisions that papers are drawn from: what a machine can mark, and of questions with one stem the first.

    On one paper with the first, the second would only ask what the first one's verdict has told. A stem is another one
    with another picture.
    """
    first: dict[tuple[str, ...], int] = {}
    for revision, question in pool.items():
        if question.playable:
            stem = "".join(unicodedata.normalize("NFKC", question.stem).casefold().split())
            shown = (picture.sha256 for picture in question.pictures if picture.place != EXPLANATION)
            first.setdefault((stem, *shown), revision)
    return tuple(first.values())


def draw_paper(
    pool: Mapping[int, Question],
    parts: Sequence[PaperPart],
    random: Random,
    *,
    same: bool,
    shuffle_questions: bool,
    shuffle_options: bool,
) -> Paper:
    """Draw each part's questions of a pool, given by revision, among those that are `drawable`.

    With `same` everybody gets the first ones of each part. Without `shuffle_questions` they stand in the order of the
    parts, and of the bank within each. Raises ValueError if a part has too few.
    """
    chosen: list[int] = []
    for part in parts:
        if part.count > len(part.among):
            raise ValueError(f"a part of {part.count} cannot be drawn from {len(part.among)} questions")
        if same:
            chosen += part.among[: part.count]
        else:
            places = random.sample(range(len(part.among)), part.count)
            chosen += [part.among[place] for place in sorted(places)]
    if shuffle_questions:
        random.shuffle(chosen)
    return Paper(f"{revision}{_order(pool[revision], random, shuffle_options)}" for revision in chosen)


def _order(question: Question, random: Random, shuffle: bool) -> str:
    letters = [option.letter for option in question.options]
    if shuffle and not _holds_its_order(question):
        random.shuffle(letters)
    return "".join(letters)


def _holds_its_order(question: Question) -> bool:
    """Whether options or explanation speak of other options, so that shuffling would make them wrong."""
    return any(_SPEAKS_OF_OPTIONS.search(option.text) for option in question.options) or bool(
        _SPEAKS_OF_LETTERS.search(_without_units(question.explanation))
    )


def _without_units(text: str) -> str:
    """A letter behind a number is a unit (``5 A``), whatever else it might be."""
    return re.sub(r"\d\s*[A-H](?![A-Za-z])", "", text)


def dump(paper: Paper) -> str:
    """A paper as kept in an attempt: ``101CADB 102 103BA``."""
    return " ".join(paper._parts)


def load(text: str) -> Paper:
    """The paper that `dump` wrote."""
    return Paper(text.split(" "))


def options_shown(question: Question, place: Place) -> tuple[Option, ...]:
    """What a person sees to choose from, lettered as shown; empty for blanks."""
    if question.kind is Kind.TRUE_FALSE:
        return tuple(Option(letter, text) for letter, text in zip("AB", TRUE_FALSE_TEXTS.values(), strict=True))
    texts = {option.letter: option.text for option in question.options}
    return tuple(Option(LETTERS[n], texts[letter]) for n, letter in enumerate(place.order))
