"""Tables with the parts of a question below each other: 题目, 题型, A, B, 答案 at the left, their texts beside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from questions.readers.tables.columns import Role, meaning
from questions.readers.tables.table import Mark, Row, Table

T = TypeVar("T", bound=Table)
_HEADINGS = 6
"""So many titles and headings there may be at first; later one for every few rows."""


def turned(table: T) -> T | None:
    """The table on its side, a row a question; None for any other table.

    Several questions may follow each other, or stand side by side. Titles and headings stay rows of their own.
    """
    rows = [row for row in table.rows if row.filled]
    named: list[Row] = []
    roles: list[Role] = []
    for place, row in enumerate(rows):
        if (told := meaning(row.cell(0))) is not None:
            named.append(row)
            roles.append(told.role)
        elif len(row.filled) > 1 or place - len(named) > _HEADINGS + place // 4:
            return None
    if Role.STEM not in roles or roles[0] in {Role.OPTION, Role.ANSWER}:
        return None
    names = list(dict.fromkeys(row.cell(0) for row in named))
    if not {Role.OPTION, Role.OPTIONS, Role.ANSWER} & set(roles) or len(names) < 2:
        return None
    sides: list[Row] = []
    for group in _groups(rows):
        if meaning(group[0].cell(0)) is None:
            sides.append(group[0])
            continue
        if not any(row.cells == tuple(names) for row in sides):
            sides.append(Row(group[0].number, tuple(names)))
        sides += _beside(group, names)
    return replace(table, rows=tuple(sides), spread={})


def _beside(group: Sequence[Row], names: Sequence[str]) -> Iterator[Row]:
    """The questions of one group, which stand side by side, each as a row under the names."""
    stem = next((row for row in group if _is_stem(row)), group[0])
    for column in range(1, max(len(row.cells) for row in group)):
        texts = {row.cell(0): row.cell(column) for row in group}
        marks: dict[int, Mark] = {names.index(row.cell(0)): row.marks[column] for row in group if column in row.marks}
        if any(texts.values()):
            yield Row(stem.number, tuple(texts.get(name, "") for name in names), marks)


def _is_stem(row: Row) -> bool:
    told = meaning(row.cell(0))
    return told is not None and told.role is Role.STEM


def _groups(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Where a name comes again another question begins; a heading stands alone."""
    group: list[Row] = []
    seen: set[str] = set()
    for row in rows:
        name = row.cell(0)
        heading = meaning(name) is None
        if group and (heading or name in seen):
            yield group
            group, seen = [], set()
        if heading:
            yield [row]
            continue
        group.append(row)
        seen.add(name)
    if group:
        yield group
