"""What each column of a table was understood as: for whoever wants to overrule it."""

from __future__ import annotations

from collections.abc import Sequence

from questions.model import LETTERS, Column, Sheet
from questions.readers.quoting import brief
from questions.readers.tables.columns import PART_NAMES, Choice, Role
from questions.readers.tables.layout import Layout
from questions.readers.tables.rows import layouts_in
from questions.readers.tables.table import MOST_COLUMNS, Row, Table

_SAMPLED_ROWS = 200
_SAMPLES = 3
_LONGEST_SAMPLE = 40
_MOST_COLUMNS = min(MOST_COLUMNS, 60)
"""Of a table whose columns are shown: more are no bank that a person could sort out by hand."""


def sheet_of(table: Table, choices: Sequence[Choice]) -> Sheet:
    """The filled columns of a table, each with its header, a sample, and the part of a question that it holds.

    Where several blocks stand side by side, as the first of them is understood and the others alike.
    """
    header, below, layouts = layouts_in(table, choices)
    parts: dict[int, str] = {}
    for layout in layouts:
        parts |= _parts(layout)
    sample = below[:_SAMPLED_ROWS]
    width = min(max((len(row.cells) for row in (*([header] if header else []), *sample)), default=0), _MOST_COLUMNS)
    columns = [
        Column(letter_of(column), header.cell(column) if header else "", _sample(sample, column), parts.get(column, ""))
        for column in range(width)
    ]
    return Sheet(table.name, tuple(column for column in columns if column.header or column.sample))


def letter_of(column: int) -> str:
    """What spreadsheet programs call a column (from 0): A, B … Z, AA."""
    letters = ""
    column += 1
    while column:
        column, place = divmod(column - 1, len(LETTERS))
        letters = LETTERS[place] + letters
    return letters


def _parts(layout: Layout) -> dict[int, str]:
    """Column → the part of a question, in the words in which a person may name one."""
    found = {column: PART_NAMES[role] for role, column in layout.single.items() if role in PART_NAMES}
    if (text := layout.column(Role.OPTION_TEXT)) is not None:
        found[text] = PART_NAMES[Role.OPTIONS]
    found |= {column: f"选项{letter}" for letter, column in zip(LETTERS, layout.options, strict=False)}
    return found | {column: f"空{place}" for place, column in enumerate(layout.blanks, start=1)}


def _sample(rows: Sequence[Row], column: int) -> str:
    texts = dict.fromkeys(text for row in rows if (text := row.cell(column)))
    return "；".join(brief(text, _LONGEST_SAMPLE) for text in list(texts)[:_SAMPLES])
