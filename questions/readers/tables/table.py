"""A table, as every tabular reader hands it over: rows of tidy text that know their place in the file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from questions.model import Picture

MOST_ROWS = 200_000
MOST_COLUMNS = 256
"""Beyond these no table is read."""
MOST_CELLS = 8_000_000
"""Of one table: a rectangle of so many takes about 250 MB while calamine reads it."""


class Mark(StrEnum):
    """What a spreadsheet did to a cell that a person typed as text."""

    DATE = "date"
    """Stored as a date or a time of day; how it was typed is lost."""
    FRACTION = "fraction"
    """A bare number between 0 and 1: perhaps it was shown as a percentage."""


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    """From 1, as a spreadsheet program shows it."""
    cells: tuple[str, ...]
    marks: Mapping[int, Mark] = field(default_factory=dict)
    """Column (from 0) → what is doubtful about its cell."""

    def cell(self, column: int | None) -> str:
        """The text of a column, empty where the row is shorter or there is no such column."""
        return self.cells[column] if column is not None and column < len(self.cells) else ""

    @property
    def filled(self) -> list[int]:
        """The columns that hold something."""
        return [column for column, text in enumerate(self.cells) if text]


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    """The sheet's name; empty for a file that has no sheets."""
    rows: tuple[Row, ...]
    spread: Mapping[tuple[int, int], str] = field(default_factory=dict)
    """(row number, column) → text, for every cell below the first of a cell merged downwards."""
    pictures: Mapping[tuple[int, int], tuple[Picture, ...]] = field(default_factory=dict)
    """(row number, column) → the pictures that stand or begin there."""

    def where(self, row: Row) -> str:
        """The place of a row, in the words its reader knows it by."""
        return f"工作表“{self.name}”第{row.number}行" if self.name else f"第{row.number}行"


_INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060\ufeff]+")
_SPACES = re.compile(r"[\r\xa0\u2028\u2029]|_x000D_")


def tidy_lines(text: str) -> str:
    """A whole text without characters that nobody sees, its lines ended by a line feed alone; nothing is stripped."""
    text = text.replace("\r\n", "\n")
    if _SPACES.search(text):
        text = text.replace("\r", "\n").replace("\xa0", " ").replace("\u2028", " ").replace("\u2029", " ")
    return _INVISIBLE.sub("", text)


def tidy(text: str) -> str:
    """A cell's text without characters that nobody sees and without space around it."""
    if _SPACES.search(text):
        text = text.replace("_x000D_", "\n").replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
        text = text.replace("\u2028", "\n").replace("\u2029", "\n")
    return _INVISIBLE.sub("", text).strip()


def column_number(letters: bytes) -> int:
    """``A`` is 1, ``AA`` is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
