"""Text with commas, tabs, semicolons or bars between its cells → a table."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from io import StringIO
from itertools import islice

from questions.model import Problem, Severity, UnreadableFile
from questions.readers.tables.layout import header_score
from questions.readers.tables.table import MOST_COLUMNS, MOST_ROWS, Row, Table, tidy_lines

_DELIMITERS = ",\t;|，"
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\n', re.IGNORECASE)
_GUARDED = re.compile(r"'+[=+\-@\t\n]")
_NUMBERING = re.compile(r"[（(]?\d{1,4}\s*[、．.:：)）]")
_QUOTES_MEET = re.compile(r"[\"'][^\S\n]{0,3}[,;\t][^\S\n]{0,3}[\"']")
_SINGLE_QUOTED = re.compile(
    r"(?<![^,\n])[^\S\n]*'([^'\n]*(?:'(?![^\S\n]*(?:,|$))[^'\n]*)*)'[^\S\n]*(?=,|$)", re.MULTILINE
)
"""``'题干','24'``: what programs write for CSV; an apostrophe ends a cell only in front of a comma or a line's end."""
_LONGEST_CELL = 131_072
_SAMPLE = 60_000


def read_delimited(text: str) -> tuple[str, Table, list[Problem]] | None:
    """The delimiter, the table, and what is doubtful in its quoting; None where the text is not tabular.

    Raises UnreadableFile for a table with a cell or a length that no bank has.
    """
    text = tidy_lines(text)
    said = _SEPARATOR_LINE.match(text)
    body = _double_quoted(text[said.end() :] if said else text)
    delimiter = said[1] if said else _delimiter(body)
    if delimiter is None:
        return None
    first = 2 if said else 1
    rows: list[Row] = []
    problems: list[Problem] = []
    wide = 0
    for number, record in enumerate(_records(body, delimiter), first):
        if not any(record):
            continue
        if len(record) > MOST_COLUMNS:
            wide = wide or number * any(record[MOST_COLUMNS:])
            del record[MOST_COLUMNS:]
        cells = tuple([_unguarded(cell) if cell[:1] == "'" else cell.strip() for cell in record])
        if any(cells):
            rows.append(Row(number, cells))
        if len(rows) > MOST_ROWS:
            raise UnreadableFile(f"表格超过 {MOST_ROWS} 行；请拆成几个文件，分别导入。")
    if wide:
        message = f"第 {MOST_COLUMNS} 列之后还有内容，那里的没有读入；请核对，或删除多余的列。"
        problems.append(Problem(f"第{wide}行", Severity.WARNING, message))
    table = Table("", tuple(rows))
    problems += _swallowed(table, delimiter)
    return delimiter, table, problems


def _double_quoted(text: str) -> str:
    """The text with the usual quotes, where nearly every line has several cells in single ones."""
    return _SINGLE_QUOTED.sub(_with_double_quotes, text) if _nearly_all(text, _SINGLE_QUOTED, 2) else text


def is_quoted(text: str) -> bool:
    """Whether nearly every line has several cells in quotes: then it is a table, whatever it says."""
    return _nearly_all(text, _QUOTES_MEET, 1)


def _nearly_all(text: str, sign: re.Pattern[str], least: int) -> bool:
    """Whether nearly every line has so many of a sign; a header may have none."""
    rows = [row for row in _sample(text).split("\n") if row.strip()]
    found = sum(len(sign.findall(row)) >= least for row in rows)
    return found >= max(1, 0.9 * (len(rows) - 1))


def _with_double_quotes(cell: re.Match[str]) -> str:
    held = cell[1].replace("\\'", "'").replace("\\,", ",").replace("''", "'").replace('"', '""')
    return f'"{held}"'


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
    sample = _sample(text)
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
        header = max((_header(records, index) for index in range(min(30, len(records)))), default=0)
        if header or (alike >= 0.8 and not _only_numbers_apart(records)):
            best = max(best or ((-1, 0.0), ""), ((header, alike), delimiter))
    return best[1] if best else None


def _only_numbers_apart(records: Sequence[Sequence[str]]) -> bool:
    """Whether all that is cut off are the numbers of questions, as lists copied from Word have a tab behind them."""
    cut = [[cell for cell in record if cell] for record in records if len(record) > 1]
    return all(len(cells) < 3 and _NUMBERING.fullmatch(cells[0]) is not None for cells in cut if cells)


def _sample(text: str) -> str:
    """The first lines, whole; nothing where not even the first ends soon: no table has such a line."""
    return text if len(text) <= _SAMPLE else text[: text.rfind("\n", 0, _SAMPLE) + 1]


def _header(records: Sequence[Sequence[str]], index: int) -> int:
    """The score of a header, unless most of what stands below it is no row of a table: then it is but a sentence."""
    score = header_score(records[index])
    if not score:
        return 0
    below = [sum(map(bool, record)) for record in records[index + 1 :] if any(record)]
    return score if 2 * sum(filled > 1 for filled in below) >= len(below) else 0


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
