"""Automatic numbering as Word shows it (ECMA-376 part 1, 17.9)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import overload
from xml.etree.ElementTree import Element

from questions.readers.documents.word.numerals import numeral
from questions.readers.documents.word.package import W
from questions.readers.documents.word.styles import NumberingOf, ParagraphStyle, Styles

_VAL = W + "val"
_LEVELS = 9
_LONGEST_LABEL = 60
_PLACE = re.compile(r"%([1-9])")


@dataclass(frozen=True, slots=True)
class _Level:
    start: int = 0
    form: str = "decimal"
    text: str = ""
    suffix: str = "tab"
    restart: int | None = None
    """The level, from 1, after which it starts again; 0 for never, None for any higher one."""
    legal: bool = False
    """Whether the numbers of higher levels are shown in decimal digits."""
    style: str = ""


@dataclass(slots=True)
class _Abstract:
    levels: dict[int, _Level] = field(default_factory=dict)
    link: str = ""
    """The numbering style that says what this list is."""
    counters: list[int | None] = field(default_factory=lambda: [None] * _LEVELS)
    """Of the paragraph last numbered on each level; all lists made from one definition count on together."""


@dataclass(slots=True)
class _List:
    abstract: str
    levels: dict[int, _Level] = field(default_factory=dict)
    starts: dict[int, int] = field(default_factory=dict)
    """Levels that start again with this list, and where; taken out once that has happened."""


class Numbering:
    """The lists of a document, counting as its paragraphs are read in order. `root` is numbering.xml or None."""

    def __init__(self, root: Element | None, styles: Styles) -> None:
        self._styles = styles
        self._abstracts: dict[str, _Abstract] = {}
        self._lists: dict[str, _List] = {}
        if root is None:
            return
        for element in root.iter(W + "abstractNum"):
            self._abstracts[element.get(W + "abstractNumId", "")] = _abstract(element)
        for element in root.iter(W + "num"):
            self._lists[element.get(W + "numId", "")] = _list(element)

    def label(self, own: NumberingOf, style: ParagraphStyle, style_id: str) -> str:
        """What stands in front of a paragraph, with a space where something follows it; empty for bullets and none.

        Counts the paragraph. `own` is what the paragraph itself says, `style` its style.
        """
        list_id = own.list_id if own.list_id is not None else style.numbering.list_id
        if not list_id or list_id == "0" or list_id not in self._lists:
            return ""
        listed = self._lists[list_id]
        abstract = self._definition(listed)
        if abstract is None:
            return ""
        at = self._level(own, style, style_id, abstract)
        self._count(listed, abstract, at)
        level = listed.levels.get(at) or abstract.levels.get(at)
        return "" if level is None or level.form == "bullet" else self._shown(listed, abstract, level)

    def _definition(self, listed: _List) -> _Abstract | None:
        """The abstract definition of a list, through the style that it may only name."""
        abstract = self._abstracts.get(listed.abstract)
        if abstract is None or not abstract.link:
            return abstract
        linked = self._lists.get(self._styles.list_of(abstract.link) or "")
        return self._abstracts.get(linked.abstract, abstract) if linked else abstract

    def _level(self, own: NumberingOf, style: ParagraphStyle, style_id: str, abstract: _Abstract) -> int:
        asked = own.level if own.level is not None else style.numbering.level
        if own.list_id is None and asked is None:
            asked = next(
                (str(at) for at, level in abstract.levels.items() if style_id and level.style == style_id), "0"
            )
        return int(asked) if asked and asked.isdecimal() and len(asked) == 1 and int(asked) < _LEVELS else 0

    def _count(self, listed: _List, abstract: _Abstract, at: int) -> None:
        level = listed.levels.get(at) or abstract.levels.get(at) or _Level()
        before = abstract.counters[at]
        if at in listed.starts:
            abstract.counters[at] = listed.starts.pop(at)
        else:
            abstract.counters[at] = level.start if before is None else before + 1
        for deeper in range(at + 1, _LEVELS):
            below = listed.levels.get(deeper) or abstract.levels.get(deeper)
            restart = below.restart if below and below.restart is not None else deeper
            if restart and at + 1 <= restart:
                abstract.counters[deeper] = None

    def _shown(self, listed: _List, abstract: _Abstract, level: _Level) -> str:
        def number(found: re.Match[str]) -> str:
            at = int(found[1]) - 1
            other = listed.levels.get(at) or abstract.levels.get(at) or _Level(1)
            value = abstract.counters[at]
            form = "decimal" if level.legal and other.form != "none" else other.form
            return numeral(other.start if value is None else value, form)

        shown = _PLACE.sub(number, level.text)
        return shown if level.suffix == "nothing" or not shown or shown.isspace() else f"{shown.rstrip()} "


def _abstract(element: Element) -> _Abstract:
    levels = {_index(level): _level(level) for level in element.findall(W + "lvl")}
    link = element.find(W + "numStyleLink")
    return _Abstract(levels, "" if link is None else link.get(_VAL, ""))


def _list(element: Element) -> _List:
    abstract = element.find(W + "abstractNumId")
    found = _List("" if abstract is None else abstract.get(_VAL, ""))
    for override in element.findall(W + "lvlOverride"):
        at = _index(override)
        if (level := override.find(W + "lvl")) is not None:
            found.levels[at] = _level(level)
        if (start := override.find(W + "startOverride")) is not None:
            found.starts[at] = _number(start.get(_VAL, ""), 1)
    return found


def _level(element: Element) -> _Level:
    def value(name: str, default: str) -> str:
        found = element.find(W + name)
        return default if found is None else found.get(_VAL, default)

    # A format of Word 2010 and later stands beside the one that older programs show, which comes last.
    forms = [form.get(_VAL, "decimal") for form in element.iter(W + "numFmt")] or ["decimal"]
    legal = element.find(W + "isLgl")
    return _Level(
        _number(value("start", "0"), 0),
        forms[-1],
        value("lvlText", "")[:_LONGEST_LABEL],
        value("suff", "tab"),
        _number(value("lvlRestart", ""), None),
        legal is not None and legal.get(_VAL, "1") not in {"0", "false", "off"},
        value("pStyle", ""),
    )


def _index(element: Element) -> int:
    return _number(element.get(W + "ilvl", ""), 0)


@overload
def _number(text: str, default: int) -> int: ...
@overload
def _number(text: str, default: None) -> int | None: ...
def _number(text: str, default: int | None) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= 6 else default
