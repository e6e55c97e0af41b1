"""Read the answer that a question's form holds. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from questions.grading import BLANK_SEPARATOR
from questions.model import TRUE_FALSE_TEXTS, Kind, Question
from questions.papers import Place, options_shown

BLANK_LENGTH = 200
"""Characters that one blank takes."""


def read_choice(question: Question, place: Place, letters: Sequence[str]) -> str | None:
    """What ticked options give, by the letters under which the paper shows them; None: not an answer."""
    chosen = set(letters)
    shown = [option.letter for option in options_shown(question, place)]
    if not chosen or not chosen <= set(shown):
        return None
    if question.kind is Kind.MULTIPLE:
        return "".join(sorted(place.meant(letter) for letter in chosen))
    if len(chosen) > 1:
        return None
    (letter,) = chosen
    return list(TRUE_FALSE_TEXTS)[shown.index(letter)] if question.kind is Kind.TRUE_FALSE else place.meant(letter)


def read_blanks(question: Question, texts: Sequence[str]) -> str | None:
    """What the typed texts give; None unless there is one for every blank."""
    typed = [_clean(text) for text in texts]
    if len(typed) != len(question.answer) or not all(typed):
        return None
    return BLANK_SEPARATOR.join(typed)


def _clean(text: str) -> str:
    """Without what a database cannot hold, and without what stands between two blanks."""
    return "".join(c for c in text if c.isprintable())[:BLANK_LENGTH].strip().replace(BLANK_SEPARATOR, ";")
