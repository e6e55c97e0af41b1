"""A bank as lines of JSON: what the process that reads a file tells the one that asked it to.

Each line is an object of one key, which says what it holds; the last is ``{"end": true}``.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import astuple
from typing import Any, TypeVar

from questions.model import Bank, Column, Kind, Option, Picture, Problem, Question, Severity, Sheet

_T = TypeVar("_T")
Told = tuple[str, Any]
"""What a line is about, and what it says."""
_AT_ONCE = 500
"""Questions or problems a line: few lines, and none that takes much memory."""
_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def lines_of(bank: Bank) -> Iterator[bytes]:
    """The lines, each with its line feed."""
    yield line("bank", [bank.format, bank.encoding])
    for part in _parts(bank.questions):
        yield line("questions", [_row(question) for question in part])
    for some in _parts(bank.problems):
        yield line("problems", [[one.where, one.severity, one.message] for one in some])
    yield sheets_line(bank.sheets)
    for sha256, data in bank.pictures.items():
        yield line("picture", [sha256, base64.b64encode(data).decode()])
    yield line("end", True)


def sheets_line(sheets: Sequence[Sheet]) -> bytes:
    return line("sheets", [[sheet.name, [astuple(column) for column in sheet.columns]] for sheet in sheets])


def line(what: str, said: object) -> bytes:
    """One line. Halves of surrogate pairs, which no text should hold and some files do, come through as they are."""
    return _COMPACT({what: said}).encode("utf-8", "surrogatepass") + b"\n"


def told_in(line: bytes) -> Told:
    """What a line tells. Raises ValueError for anything that `line` does not make."""
    found = json.loads(line.decode("utf-8", "surrogatepass"))
    if not isinstance(found, dict) or len(found) != 1:
        raise ValueError("not an object of one key")
    ((what, said),) = found.items()
    return what, said


class Heard:
    """The bank that lines told so far add up to."""

    def __init__(self) -> None:
        self.about: list[str] = []
        self.questions: list[Question] = []
        self.problems: list[Problem] = []
        self.pictures: dict[str, bytes] = {}
        self.sheets: tuple[Sheet, ...] = ()
        self.complete = False

    def take(self, told: Told) -> None:
        """Raises ValueError, TypeError or KeyError for what `lines_of` does not write."""
        what, said = told
        match what:
            case "bank":
                self.about = said
            case "questions":
                self.questions += map(_question, said)
            case "problems":
                self.problems += [Problem(where, Severity(level), message) for where, level, message in said]
            case "sheets":
                self.sheets = tuple(Sheet(name, tuple(Column(*column) for column in columns)) for name, columns in said)
            case "picture":
                sha256, data = said
                self.pictures[sha256] = base64.b64decode(data)
            case "end":
                self.complete = True
            case _:
                raise ValueError(f"unknown line {what}")

    def bank(self) -> Bank:
        form, encoding = self.about
        return Bank(form, encoding, tuple(self.questions), tuple(self.problems), self.pictures, self.sheets)


def _parts(whole: Sequence[_T]) -> Iterator[Sequence[_T]]:
    return (whole[start : start + _AT_ONCE] for start in range(0, len(whole), _AT_ONCE))


def _row(one: Question) -> list[Any]:
    letters = "".join([option.letter for option in one.options])
    return [
        one.number,
        one.kind,
        one.stem,
        letters,
        [option.text for option in one.options],
        one.answer,
        one.explanation,
        one.category,
        one.difficulty,
        one.source,
        one.tags,
        [[picture.sha256, picture.place, picture.alt] for picture in one.pictures],
        one.where,
    ]


def _question(row: Sequence[Any]) -> Question:
    number, kind, stem, letters, texts, answer, explanation, category, difficulty, source, tags, pictures, where = row
    return Question(
        number,
        _KINDS[kind],
        stem,
        tuple(map(Option, letters, texts)),
        tuple(answer),
        explanation,
        category,
        difficulty,
        source,
        tuple(tags),
        tuple([Picture(*picture) for picture in pictures]) if pictures else (),
        where,
    )


_KINDS = {kind.value: kind for kind in Kind}
