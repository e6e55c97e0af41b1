"""Text with commas, tabs, semicolons or bars between its cells → a table."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from itertools import islice

from questions.model import Problem, Severity, UnreadableFile
from questions.readers.layout import header_score
from questions.readers.tables import Row, Table, tidy_lines

_DELIMITERS = ",\t;|，"
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\n', re.IGNORECASE)
_GUARDED = re.compile(r"'+[=+\-@\t\n]")
_LONGEST_CELL = 131_072
MOST_ROWS = 200_000


def read_delimited(text: str) -> tuple[str, Table, list[Problem]] | None:
    """The delimiter, the table, and what is doubtful in its quoting; None where the text is not tabular.

    Raises UnreadableFile for a table with a cell or a length that no bank has.
    """
    text = tidy_lines(text)
    said = _SEPARATOR_LINE.match(text)
    body = text[said.end() :] if said else text
    delimiter = said[1] if said else _delimiter(body)
    if delimiter is None:
        return None
    first = 2 if said else 1
    rows: list[Row] = []
    problems: list[Problem] = []
    for number, record in enumerate(_records(body, delimiter), first):
        if number > MOST_ROWS:
            raise UnreadableFile(f"表格超过 {MOST_ROWS} 行；请拆成几个文件，分别导入。")
        cells = tuple([_unguarded(cell) if cell[:1] == "'" else cell.strip() for cell in record])
        if any(cells):
            rows.append(Row(number, cells))
    table = Table("", tuple(rows))
    problems += _swallowed(table, delimiter)
    return delimiter, table, problems


def _unguarded(cell: str) -> str:
    """Without the apostrophe that keeps a spreadsheet program from running the cell as a formula."""
    return (cell[1:] if _GUARDED.match(cell) else cell).strip()


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise UnreadableFile(
            f"表格里有超过 {_LONGEST_CELL} 个字符的单元格，多半是引号没有成对；请用 Excel 或 WPS 另存为 xlsx 后再导入。"
        ) from error


def _delimiter(text: str) -> str | None:
    """What makes the best header of the first lines; without any header, what cuts most lines alike."""
    sample = text[:60_000]
    best: tuple[tuple[int, float], str] | None = None
    for delimiter in _DELIMITERS:
        if delimiter not in sample:
            continue
        try:
            records = [[cell.strip() for cell in record] for record in islice(_records(sample, delimiter), 60)]
        except UnreadableFile:
            continue
        widths = Counter(len(record) for record in records if any(record))
        width, count = max(widths.items(), key=lambda item: (item[0] > 1, item[1]), default=(0, 0))
        alike = count / widths.total() if width > 1 else 0.0
        header = max((header_score(record) for record in records[:30]), default=0)
        if header or alike >= 0.8:
            best = max(best or ((-1, 0.0), ""), ((header, alike), delimiter))
    return best[1] if best else None


def _swallowed(table: Table, delimiter: str) -> list[Problem]:
    """A quote that is never closed swallows the rows below it into one cell: no reader can see it from inside."""
    width = max((len(row.cells) for row in table.rows), default=0)
    glued = max(2, width // 2)
    return [
        Problem(
            table.where(row),
            Severity.ERROR,
            "这一行的引号没有成对，把下面的几行连在了一起；请在 Excel 或 WPS 里改好，另存为 xlsx 后再导入。",
        )
        for row in table.rows
        if any(
            "\n" in cell and any(line.count(delimiter) >= glued for line in cell.split("\n")[1:]) for cell in row.cells
        )
    ]
