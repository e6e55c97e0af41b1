"""A list for a spreadsheet program: xlsx or csv, in which no text is ever computed.

`as_xlsx` and `as_csv` make small ones in memory; `save_xlsx` and `csv_lines` write rows as they come, however many.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from itertools import count
from pathlib import Path
from typing import Any

Cell = str | int | float | None
"""None: an empty cell."""
WIDEST = 40
_TEXT = {"font_name": "宋体", "font_size": 11, "num_format": 49}
"""49 is the number of the format that Excel calls text."""
_NUMBER = {"font_name": "宋体", "font_size": 11}
_HEAD = {**_TEXT, "bold": True, "bg_color": "#DDEBDA", "border": 1, "border_color": "#BBBBBB"}
_EPOCH = dt.datetime(2020, 1, 1)
"""When every such file says that it was made: the same rows are the same bytes."""
ROWS_OF_A_SHEET = 1_048_575
"""What Excel opens, the header apart; further rows go on in a further sheet."""
LONGEST_CELL = 32_767
"""Characters that a cell of Excel holds."""
_MEASURED = 500
"""So many first rows say how wide a column of a long list is."""
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


def save_xlsx(path: Path, title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """The same as `as_xlsx` into a file, rows as they come: none of them stays in memory. A text that no cell holds is
    cut, and ends with an ellipsis.
    """
    import xlsxwriter  # noqa: PLC0415 — most processes write no spreadsheet

    left = iter(rows)
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "tmpdir": str(path.parent)}) as workbook:
        workbook.set_properties({"title": title, "created": _EPOCH})
        formats = [workbook.add_format(form) for form in (_TEXT, _NUMBER, _HEAD)]
        for number in count(1):
            sheet = workbook.add_worksheet(title if number == 1 else f"{title}{number}")
            if _fill(sheet, header, left, formats) < ROWS_OF_A_SHEET:
                break


def _fill(sheet: Any, header: Sequence[str], rows: Iterator[Sequence[Cell]], formats: Sequence[Any]) -> int:  # noqa: ANN401 — no types
    """Write rows until there are no more, or the sheet is full; gives how many."""
    text, number, head = formats
    widths = [_width([name]) for name in header]
    for column, name in enumerate(header):
        sheet.write_string(0, column, name, head)
    line = 0
    while line < ROWS_OF_A_SHEET and (row := next(rows, None)) is not None:
        line += 1
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(line, column, _fitting(cell), text)
            elif cell is not None:
                sheet.write_number(line, column, cell, number)
        if line <= _MEASURED:
            widths = [max(width, _width([cell])) for width, cell in zip(widths, row, strict=True)]
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, line, len(header) - 1)
    return line


def _fitting(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…"


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """The same as `as_csv`, row by row."""
    out = StringIO(newline="")
    writer = csv.writer(out)
    yield "\ufeff".encode()
    writer.writerow(header)
    for row in rows:
        yield out.getvalue().encode()
        out.seek(0)
        out.truncate()
        writer.writerow([_harmless(cell) for cell in row])
    yield out.getvalue().encode()


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell


def _width(cells: Sequence[Cell]) -> int:
    """In characters of the font's digits, two for a Chinese one."""
    longest = max(sum(1 if ord(character) < 256 else 2 for character in str(cell or "")) for cell in cells)
    return min(longest + 2, WIDEST)
