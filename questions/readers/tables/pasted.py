"""Sheets into whose cells people have pasted running text: a line a row, options side by side, or a question a cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from questions.readers.drafts import Draft
from questions.readers.meaning.kinds import section_named
from questions.readers.tables.columns import Role, meaning
from questions.readers.tables.table import Row, Table
from questions.readers.written import Written, lines_of, read_written
from questions.readers.written.lines import Line

_FEWEST = 2
"""Questions that the text beside tables has at the least: what is less is a word of explanation."""
_OWN_NUMBER = re.compile(r"[（(【第\s]*\d{1,4}\s*[、．.:：)）】题]")


def read_pasted(tables: Iterable[Table], *, beside: bool) -> Written | None:
    """The questions of sheets that are no tables of questions, as one text: a key may stand on a sheet of its own.

    None where the text does not look like questions. `beside`: whether there are tables of questions in the file, so
    that these sheets may just as well explain them.
    """
    found = read_written([line for table in tables for line in _lines(table)])
    whole = sum(bool(draft.options or draft.answer) for draft in found.drafts)
    enough = _FEWEST if beside else 1
    return found if found.understood and enough <= whole and 2 * whole >= len(found.drafts) else None


def _lines(table: Table) -> Iterator[Line]:
    if section_named(table.name) is not None or "答案" in table.name:
        yield Line(f"工作表“{table.name}”", table.name, heading=1)
    for row in table.rows:
        if not _is_header(row):
            yield from _row_lines(table.where(row), row)


def _is_header(row: Row) -> bool:
    """Of a table with no more than a number beside each stem."""
    roles = [found.role if (found := meaning(row.cells[column])) else None for column in row.filled]
    return Role.STEM in roles and set(roles) <= {Role.STEM, Role.NUMBER}


def _row_lines(where: str, row: Row) -> list[Line]:
    cells = [row.cells[column] for column in row.filled]
    if len(cells) > 1 and cells[0].isdigit():
        number, text, *others = cells
        cells = [text if _OWN_NUMBER.match(text) else f"{number}. {text}", *others]
    if any("\n" in cell for cell in cells):
        lines = [line for cell in cells for line in lines_of(cell, where)]
        return [replace(lines[0], apart=True), *lines[1:]] if lines else []
    return [Line(where, "\t".join(cells))]


def take_apart(draft: Draft) -> None:
    """A question that stands whole in the cell of its stem, with its options, answer and explanation."""
    found = read_written(lines_of(draft.stem, draft.where))
    if len(found.drafts) != 1:
        return
    whole = found.drafts[0]
    if not (whole.options or whole.answer or whole.number):
        return
    draft.stem, draft.options, draft.answer, draft.parted = whole.stem, whole.options, whole.answer, whole.parted
    for part in ("number", "kind", "explanation", "category", "difficulty", "source", "tags"):
        setattr(draft, part, getattr(draft, part) or getattr(whole, part))
    draft.problems += whole.problems
