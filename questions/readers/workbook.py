"""xlsx and xls files → tables, through calamine, within bounds that are checked before anything is unpacked.

calamine keeps a sheet as one dense rectangle up to its last filled cell, so a single stray cell in the last column
costs gigabytes: an xlsx is trimmed beforehand, and an xls, whose bounds cannot be seen beforehand, is read by a child
process with limited memory.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import resource
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from questions.model import Problem, Severity, UnreadableFile
from questions.readers.archives import open_archive, read_member
from questions.readers.percentages import percent_cells
from questions.readers.reading import Reading
from questions.readers.tables import Mark, Row, Table, tidy
from questions.readers.tabular import read_tables

MOST_ROWS = 200_000
MOST_COLUMNS = 256
_MOST_CELLS = 8_000_000
"""Of one sheet's rectangle: about 200 MB while it is read."""
_MOST_SHEETS = 200
_CHILD_MEMORY = 1 << 30
_CHILD_SECONDS = 60

_DAMAGED = "表格文件已损坏，打不开；请用 Excel 或 WPS 打开后另存为 xlsx，再导入。"
_TOO_LARGE = f"表格太大（最多 {MOST_ROWS} 行）；请只留下题目，另存为新的 xlsx 后再导入。"


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet as it comes out of calamine: every row from the first, each cell as text."""

    name: str
    visible: bool
    rows: list[list[str]]
    marks: Mapping[str, str]
    """``row,column`` (from 0) → a Mark's value."""
    merged: list[list[int]]
    """First row, first column, last row, last column, from 0."""


def read_xlsx(data: bytes, columns: Mapping[str, str]) -> Reading:
    """The questions of an xlsx file's visible sheets, and what a person should know about the rest.

    Raises UnreadableFile where the file is damaged, protected or larger than any bank.
    """
    archive = open_archive(data)
    trimmed, problems = _trimmed(data, archive)
    pictures = sum(name.startswith("xl/media/") for name in archive.namelist())
    if pictures:
        message = f"文件里有 {pictures} 张图片，读不进来；请核对有图的题目没有图时能否作答。"
        problems.append(Problem("整个文件", Severity.WARNING, message))
    return read_tables("xlsx", "", *_tables(_sheets(trimmed, percent_cells(archive)), problems), columns)


def read_ods(data: bytes, columns: Mapping[str, str]) -> Reading:
    raise UnreadableFile("这是 ODF 文档；请在 WPS 或 LibreOffice 里另存为 xlsx 后再导入。")


def read_xls(data: bytes, columns: Mapping[str, str]) -> Reading:
    """The same for the older xls format, in a child process.

    Raises UnreadableFile like `read_xlsx`.
    """
    code = (
        "import json,sys; sys.path[:] = json.loads(sys.argv[1]); from questions.readers.workbook import child; child()"
    )
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", code, json.dumps(sys.path)],
            input=data,
            capture_output=True,
            timeout=_CHILD_SECONDS,
            check=False,
        )
        sheets = [_Sheet(**sheet) for sheet in json.loads(done.stdout)] if done.returncode == 0 else None
    except (subprocess.TimeoutExpired, ValueError, TypeError) as error:
        raise UnreadableFile(_DAMAGED) from error
    if sheets is None:
        raise UnreadableFile(_DAMAGED)
    return read_tables("xls", "", *_tables(sheets, []), columns)


def child() -> None:
    """The child process: a workbook from standard input, its sheets as JSON to standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (_CHILD_MEMORY, _CHILD_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sheets = _sheets(sys.stdin.buffer.read(), {})
    fields = ("name", "visible", "rows", "marks", "merged")
    json.dump([{name: getattr(sheet, name) for name in fields} for sheet in sheets], sys.stdout)


def _sheets(data: bytes, percent: Mapping[int, set[str]]) -> list[_Sheet]:
    try:
        return list(_open(data, percent))
    except (CalamineError, OSError, ValueError, IndexError, KeyError) as error:
        raise UnreadableFile(_DAMAGED) from error
    except BaseException as error:
        # A panic inside calamine arrives as an exception beside Exception, of a class that cannot be imported.
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableFile(_DAMAGED) from error


def _open(data: bytes, percent: Mapping[int, set[str]]) -> Iterator[_Sheet]:
    with CalamineWorkbook.from_filelike(BytesIO(data)) as workbook:
        if len(workbook.sheets_metadata) > _MOST_SHEETS:
            raise UnreadableFile(_TOO_LARGE)
        for index, about in enumerate(workbook.sheets_metadata):
            sheet = workbook.get_sheet_by_index(index)
            end = sheet.end
            if end is not None and (end[0] + 1) * (end[1] + 1) > 2 * _MOST_CELLS:
                raise UnreadableFile(_TOO_LARGE)
            rows: list[list[str]] = []
            marks: dict[str, str] = {}
            for number, cells in enumerate(sheet.to_python(skip_empty_area=False)):
                rows.append(_row(number, cells, marks))
            for place in percent.get(index, ()):
                _show_percent(place, rows, marks)
            merged = [[*first, *last] for first, last in sheet.merged_cell_ranges or []]
            yield _Sheet(about.name, about.visible is SheetVisibleEnum.Visible, rows, marks, merged)


def _row(number: int, cells: Sequence[object], marks: dict[str, str]) -> list[str]:
    texts: list[str] = []
    for column, value in enumerate(cells):
        if type(value) is str:
            texts.append(tidy(value) if value else "")
            continue
        text, mark = _cell(value)
        texts.append(text)
        if mark is not None:
            marks[f"{number},{column}"] = mark.value
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _show_percent(place: str, rows: Sequence[list[str]], marks: dict[str, str]) -> None:
    letters = place.rstrip("0123456789")
    row, column = int(place[len(letters) :]) - 1, _column(letters.encode()) - 1
    if row < len(rows) and column < len(rows[row]) and _NUMBER.fullmatch(rows[row][column]):
        rows[row][column] = f"{float(rows[row][column]) * 100:.12g}%"
        marks.pop(f"{row},{column}", None)


def _cell(value: object) -> tuple[str, Mark | None]:
    """The text that a person would see for a value that is no text, and what is doubtful about it."""
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), None
    if isinstance(value, (int, float)):
        # Excel itself shows 15 digits: 0.1 + 0.2 is 0.3 there.
        text = str(int(value)) if value == int(value) and abs(value) < 1e15 else f"{value:.15g}"
        return text, Mark.FRACTION if 0 < value < 1 else None
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return value.strftime("%Y-%m-%d" if midnight else "%Y-%m-%d %H:%M"), Mark.DATE
    if isinstance(value, dt.time):
        return value.strftime("%H:%M:%S" if value.second else "%H:%M"), Mark.DATE
    return str(value), Mark.DATE


def _tables(sheets: Sequence[_Sheet], problems: list[Problem]) -> tuple[list[Table], list[Problem]]:
    tables: list[Table] = []
    for sheet in sheets:
        if not any(sheet.rows):
            continue
        if sheet.visible:
            tables.append(_table(sheet))
        else:
            message = "这个工作表是隐藏的，没有读入；如果里面有题目，请取消隐藏后再导入。"
            problems.append(Problem(f"工作表“{sheet.name}”", Severity.WARNING, message))
    return tables, problems


def _table(sheet: _Sheet) -> Table:
    marks: dict[int, dict[int, Mark]] = {}
    for place, mark in sheet.marks.items():
        row, column = map(int, place.split(","))
        marks.setdefault(row, {})[column] = Mark(mark)
    rows = tuple(
        Row(number + 1, tuple(cells), marks.get(number, {})) for number, cells in enumerate(sheet.rows) if cells
    )
    spread: dict[tuple[int, int], str] = {}
    for top, left, bottom, _ in sheet.merged:
        if top < len(sheet.rows) and left < len(sheet.rows[top]):
            for number in range(top + 1, min(bottom + 1, len(sheet.rows))):
                spread[number + 1, left] = sheet.rows[top][left]
    return Table(sheet.name, rows, spread)


_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
_REFERENCE = re.compile(rb"""<(?:\w+:)?c\s[^>]*?\br\s*=\s*["']([A-Z]{1,3})(\d{1,7})["'][^>]*(?<!/)>""")
_FAR_CELL = re.compile(
    rb"""<((?:\w+:)?)c\s[^>]*?\br\s*=\s*["'](?:[A-Z]{3}|[J-Z][A-Z]|I[W-Z])\d+["'][^>]*?(?:/>|>.*?</\1c>)""", re.DOTALL
)
_FAR_ROW = re.compile(rb"""<((?:\w+:)?)row\s[^>]*?\br\s*=\s*["'](\d{6,7})["'][^>]*?(?:/>|>.*?</\1row>)""", re.DOTALL)


def _trimmed(data: bytes, archive: ZipFile) -> tuple[bytes, list[Problem]]:
    """The file without cells far outside any bank, which are reported where they hold something."""
    changed: dict[str, bytes] = {}
    for name in archive.namelist():
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            sheet = read_member(archive, name)
            if (near := _near(sheet)) is not sheet:
                changed[name] = near
    if not changed:
        return data, []
    out = BytesIO()
    with ZipFile(out, "w", ZIP_STORED) as smaller:
        for name in dict.fromkeys(archive.namelist()):
            smaller.writestr(name, changed[name] if name in changed else read_member(archive, name))
    message = (
        f"有工作表在第 {MOST_COLUMNS} 列或第 {MOST_ROWS} 行之后还有内容，那里的没有读入；请核对，或删除多余的列和行。"
    )
    return out.getvalue(), [Problem("整个文件", Severity.WARNING, message)]


def _near(sheet: bytes) -> bytes:
    """The same bytes where a sheet's rectangle is bearable, otherwise its XML without the cells far outside.

    Raises UnreadableFile where even the rest is too large.
    """
    rows, columns = _extent(sheet)
    if columns <= MOST_COLUMNS and rows <= MOST_ROWS:
        near = sheet
    else:
        near = _FAR_ROW.sub(lambda found: b"" if int(found[2]) > MOST_ROWS else found[0], sheet)
        near = _FAR_CELL.sub(b"", near)
        rows, columns = _extent(near)
    if rows * columns > _MOST_CELLS:
        raise UnreadableFile(_TOO_LARGE)
    return near


def _extent(sheet: bytes) -> tuple[int, int]:
    """The last row and column that hold a cell; cells without a place of their own are counted."""
    references = _REFERENCE.findall(sheet)
    columns = max((_column(letters) for letters in {letters for letters, _ in references}), default=0)
    rows = max((int(row) for row in {row for _, row in references}), default=0)
    parts = re.split(rb"<(?:\w+:)?row\b", sheet)
    unplaced = max(len(re.findall(rb"<(?:\w+:)?c(?![^>]*?\br\s*=)(?:\s[^>]*)?(?<!/)>", part)) for part in parts)
    return max(rows, len(parts) - 1), max(columns, unplaced)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
