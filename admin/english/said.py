"""What the code says, in English: labels word for word, sentences by the pattern of what is filled in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from admin.english.catalogues import CHINESE, said

_MOST_REMEMBERED = 4096
_GLUED = re.compile(r"[㐀-䶿一-鿿]{1,3}")
"""The little that is said around what is filled in: anybody's sentence may well have it."""
_MARKS = {"，": ", ", "；": "; ", "：": ": ", "、": ", "}
"""What templates put between two things that they fill in."""
_JOINTS = (("\n", "\n"), (" · ", " · "), ("；", "; "), ("、", ", "), ("，", ", "))


@dataclass(frozen=True, slots=True)
class _Pattern:
    chinese: str
    matching: re.Pattern[str]
    longest: str
    """The longest of what it says: a text without it need not be matched."""
    english: str
    is_glued: bool


def in_english(value: object) -> object:
    """A text that the catalogue knows in English; everything else, and what is markup, as it is."""
    if type(value) is not str or not CHINESE.search(value):
        return _MARKS.get(value, value) if type(value) is str else value
    known = said().get(value)
    return _filled_in(value) if known is None else known


@lru_cache(_MOST_REMEMBERED)
def _filled_in(text: str) -> str:
    for one in _patterns():
        if one.longest in text and (found := one.matching.fullmatch(text)):
            parts = [str(in_english(part)) for part in found.groups()]
            if not (one.is_glued and any(map(CHINESE.search, parts))):
                return _listed(text, one.chinese) or one.english.format(*parts)
    return _listed(text, "") or text


def _listed(text: str, sentence: str) -> str:
    """A list of what is known, and several lines, one by one; empty where it is none, or the sentence has the joint."""
    for joint, english in _JOINTS:
        if joint in text and joint not in sentence:
            parts = text.split(joint)
            if joint == "\n" or all(map(_is_known, parts)):
                return english.join(str(in_english(part)) for part in parts)
    return ""


def _is_known(text: str) -> bool:
    return not CHINESE.search(text) or in_english(text) != text


@cache
def _patterns() -> Sequence[_Pattern]:
    """The longest first: the one that says most of a sentence is meant."""
    open_ones = sorted((one for one in said() if "{}" in one), key=lambda one: (-len(one), one))
    return [_pattern(one) for one in open_ones]


def _pattern(chinese: str) -> _Pattern:
    literals = chinese.split("{}")
    return _Pattern(
        chinese,
        re.compile("(.+?)".join(map(re.escape, literals)), re.DOTALL),
        max(literals, key=len),
        said()[chinese],
        _GLUED.fullmatch("".join(literals)) is not None,
    )
