"""Choose the questions of one attempt and the order in which it shows them. Randomness is an argument."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import overload

from questions.model import LETTERS, TRUE_FALSE_TEXTS, Kind, Option, Question

_REFERS_TO_OTHER_OPTIONS = re.compile(r"以上|上述|前述|都对|都不|全对|全不|皆|[A-H][和、与及][A-H]")
_NAMES_A_LETTER = re.compile(r"[选故][项择]?\s*[A-H](?![A-Za-z])|(?<![A-Za-z\d ])[A-H]\s*(?:选?项|正确|错误|[对错])")


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


def draw_paper(
    pool: Mapping[int, Question], count: int, random: Random, *, shuffle_questions: bool, shuffle_options: bool
) -> Paper:
    """Draw `count` questions of a pool, which is given by revision number in the bank's order.

    Without `shuffle_questions` everybody gets the first ones. Raises ValueError if the pool holds too few.
    """
    playable = [revision for revision, question in pool.items() if question.playable]
    if count > len(playable):
        raise ValueError(f"a paper of {count} cannot be drawn from {len(playable)} playable questions")
    chosen = random.sample(playable, count) if shuffle_questions else playable[:count]
    return Paper(f"{revision}{_order(pool[revision], random, shuffle_options)}" for revision in chosen)


def _order(question: Question, random: Random, shuffle: bool) -> str:
    letters = [option.letter for option in question.options]
    if shuffle and not _holds_its_order(question):
        random.shuffle(letters)
    return "".join(letters)


def _holds_its_order(question: Question) -> bool:
    """Whether options or explanation speak of other options, so that shuffling would make them wrong."""
    return any(_REFERS_TO_OTHER_OPTIONS.search(option.text) for option in question.options) or bool(
        _NAMES_A_LETTER.search(question.explanation)
    )


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
