"""A list for a spreadsheet program: xlsx or csv, in which no text is ever computed."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO

Cell = str | int | float | None
"""None: an empty cell."""
WIDEST = 40
_TEXT = {"font_name": "宋体", "font_size": 11, "num_format": 49}
"""49 is the number of the format that Excel calls text."""
_NUMBER = {"font_name": "宋体", "font_size": 11}
_HEAD = {**_TEXT, "bold": True, "bg_color": "#DDEBDA", "border": 1, "border_color": "#BBBBBB"}
_EPOCH = dt.datetime(2020, 1, 1)
"""When every such file says that it was made: the same rows are the same bytes."""
_FORMULA = re.compile(r"[\s']*[=+\-@＝＋－＠]|[\t\r]")


@dataclass(frozen=True, slots=True)
class TextTable:
    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def as_xlsx(table: TextTable) -> bytes:
    """One sheet; texts are text, whatever they look like."""
    import xlsxwriter  # noqa: PLC0415 — most processes write no spreadsheet

    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as workbook:
        workbook.set_properties({"title": table.title, "created": _EPOCH})
        text, number, head = (workbook.add_format(form) for form in (_TEXT, _NUMBER, _HEAD))
        sheet = workbook.add_worksheet(table.title)
        for column, name in enumerate(table.header):
            sheet.set_column(column, column, _width([name, *(row[column] for row in table.rows)]))
            sheet.write_string(0, column, name, head)
        for line, row in enumerate(table.rows, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(line, column, cell, text)
                elif cell is not None:
                    sheet.write_number(line, column, cell, number)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(table.rows), len(table.header) - 1)
    return out.getvalue()


def as_csv(table: TextTable) -> bytes:
    """UTF-8 with a byte order mark, which is how Excel knows it.

    A cell that a spreadsheet program would compute gets an apostrophe before it.
    """
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(table.header)
    writer.writerows([_harmless(cell) for cell in row] for row in table.rows)
    return out.getvalue().encode("utf-8-sig")


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell


def _width(cells: Sequence[Cell]) -> int:
    """In characters of the font's digits, two for a Chinese one."""
    longest = max(sum(1 if ord(character) < 256 else 2 for character in str(cell or "")) for cell in cells)
    return min(longest + 2, WIDEST)
