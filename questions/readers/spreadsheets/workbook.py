"""xlsx and xls files → tables, through calamine, within bounds that are checked before anything is unpacked.

calamine keeps a sheet as one dense rectangle up to its last filled cell, so a single stray cell in the last column
costs gigabytes: an xlsx is trimmed beforehand, an xls that spans too much refused. What strangers hand in is read by
`questions.readers.apart.limited` all the same: nobody knows what else calamine may stumble over.
"""

from __future__ import annotations

import ctypes
import datetime as dt
import math
import re
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from types import MappingProxyType
from zipfile import ZIP_STORED, ZipFile

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from questions.model import Problem, Severity, UnreadableFile
from questions.readers.archives import MOST_UNPACKED, open_archive, read_member, real_pieces
from questions.readers.ole import check_chains
from questions.readers.reading import Reading
from questions.readers.spreadsheets.anchored import Anchored, anchored_in
from questions.readers.spreadsheets.biff import workbook_in
from questions.readers.spreadsheets.looks import Doubts, doubts_of_xlsx
from questions.readers.spreadsheets.percentages import Formats, Place, Shown, formats_of_xlsx
from questions.readers.tables.table import (
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_ROWS,
    Mark,
    Row,
    Table,
    column_number,
    tidy,
)
from questions.readers.tables.tabular import read_tables

_MOST_SHEETS = 200
_MOST_SHARED = 2_000
_UNMARKED: Mapping[int, Mark] = MappingProxyType({})

_DAMAGED = "表格文件已损坏，打不开；请用 Excel 或 WPS 打开后另存为 xlsx，再导入。"
_TOO_LARGE = f"表格太大（最多 {MOST_ROWS} 行）；请只留下题目，另存为新的 xlsx 后再导入。"


def read_xlsx(data: bytes, columns: Mapping[str, str]) -> Reading:
    """The questions of an xlsx file's visible sheets, and what a person should know about the rest.

    Raises UnreadableFile where the file is damaged, protected or larger than any bank.
    """
    archive = open_archive(data)
    trimmed, problems = _trimmed(data, archive)
    pictures = anchored_in(archive)
    if pictures.lost:
        message = f"文件里有 {pictures.lost} 张图片，读不进来；请核对有图的题目没有图时能否作答。"
        problems.append(Problem("整个文件", Severity.WARNING, message))
    tables = _tables(trimmed, formats_of_xlsx(archive), pictures, doubts_of_xlsx(archive), problems)
    reading = read_tables("xlsx", "", tables, problems, columns, pastes=True)
    reading.pictures = pictures.kept
    return reading


def read_xls(data: bytes, columns: Mapping[str, str]) -> Reading:
    """The same for the older xls format. Raises UnreadableFile like `read_xlsx`."""
    problems: list[Problem] = []
    tables = _tables(*_parts_of_xls(data), Anchored(), {}, problems)
    return read_tables("xls", "", tables, problems, columns, pastes=True)


def plain_tables(form: str, data: bytes) -> tuple[list[Table], list[Problem]]:
    """The visible sheets of an ``xlsx`` or ``xls`` file, for whoever reads something else than questions from them.

    Raises UnreadableFile like `read_xlsx`.
    """
    problems: list[Problem] = []
    if form == "xls":
        return _tables(*_parts_of_xls(data), Anchored(), {}, problems), problems
    archive = open_archive(data)
    trimmed, problems = _trimmed(data, archive)
    return _tables(trimmed, formats_of_xlsx(archive), Anchored(), {}, problems), problems


def _parts_of_xls(data: bytes) -> tuple[bytes, Formats]:
    """What calamine may read of an xls file, and how its numbers are shown. Raises UnreadableFile."""
    try:
        check_chains(data)
        workbook = workbook_in(data)
    except (ValueError, struct.error, IndexError) as error:
        raise UnreadableFile(_DAMAGED) from error
    if workbook.most_cells > 2 * MOST_CELLS:
        raise UnreadableFile(_TOO_LARGE)
    return workbook.modest, workbook.formats


def _tables(data: bytes, formats: Formats, pictures: Anchored, doubts: Doubts, problems: list[Problem]) -> list[Table]:
    """The filled sheets that a person sees; a word in `problems` about those that are hidden."""
    try:
        return list(_visible(data, formats, pictures, doubts, problems))
    except (CalamineError, OSError, ValueError, IndexError, KeyError, OverflowError) as error:
        if isinstance(error, UnreadableFile):
            raise
        raise UnreadableFile(_DAMAGED) from error
    except BaseException as error:
        # A panic inside calamine arrives as an exception beside Exception, of a class that cannot be imported.
        if type(error).__name__ != "PanicException":
            raise
        if "pointer is null" in str(error):  # Python had no memory for what calamine wanted to hand over
            raise MemoryError from error
        raise UnreadableFile(_DAMAGED) from error
    finally:
        _give_back()


def _give_back() -> None:
    """Hand what calamine has freed back to the system: glibc would keep it, and Python has no use for it."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _visible(
    data: bytes, formats: Formats, pictures: Anchored, doubts: Doubts, problems: list[Problem]
) -> Iterator[Table]:
    with CalamineWorkbook.from_filelike(BytesIO(data)) as workbook:
        if len(workbook.sheets_metadata) > _MOST_SHEETS:
            raise UnreadableFile(_TOO_LARGE)
        for index, about in enumerate(workbook.sheets_metadata):
            sheet = workbook.get_sheet_by_index(index)
            if sheet.end is None:
                continue
            if about.visible is SheetVisibleEnum.Visible:
                table = _table(about.name, sheet, formats.get(index, {}))
                problems += _doubtful(table, doubts.get(index, ()))
                yield _pictured(table, index, pictures) if pictures.kept else table
            else:
                message = "这个工作表是隐藏的，没有读入；如果里面有题目，请取消隐藏后再导入。"
                problems.append(Problem(f"工作表“{about.name}”", Severity.WARNING, message))


def _doubtful(table: Table, doubts: Sequence[tuple[int, str]]) -> Iterator[Problem]:
    for row, message in doubts:
        yield Problem(f"工作表“{table.name}”{f'第{row}行' if row else ''}", Severity.WARNING, message)


def _table(name: str, sheet: CalamineSheet, formats: Mapping[Place, Shown]) -> Table:
    assert sheet.start is not None
    assert sheet.end is not None
    if (sheet.end[0] + 1) * (sheet.end[1] + 1) > 2 * MOST_CELLS:
        raise UnreadableFile(_TOO_LARGE)
    # Rows come from the first on, cells from the first filled column on.
    before: list[object] = [""] * sheet.start[1]
    rows: list[Row] = []
    merged = {(top, left): bottom for (top, left), (bottom, _) in sheet.merged_cell_ranges or [] if bottom > top}
    spread: dict[tuple[int, int], str] = {}
    shared = _Shared()
    for number, cells in enumerate(sheet.iter_rows()):
        row = _row(number, [*before, *cells] if before else cells, formats, shared)
        if row is None:
            continue
        if number >= MOST_ROWS:
            raise UnreadableFile(_TOO_LARGE)
        rows.append(row)
        for column in row.filled if merged else ():
            for below in range(number + 1, merged.get((number, column), number) + 1):
                spread[below + 1, column] = row.cells[column]
    return Table(name, tuple(rows), spread)


def _pictured(table: Table, index: int, pictures: Anchored) -> Table:
    """The table with its pictures in their cells, and without the formulas that WPS shows some of them by."""
    held = {(row + 1, column): shown for (row, column), shown in pictures.over.get(index, {}).items()}
    rows: list[Row] = []
    for row in table.rows:
        taken = [pictures.taken(cell) for cell in row.cells]
        for column, (_, shown) in enumerate(taken):
            if shown:
                held[row.number, column] = held.get((row.number, column), ()) + shown
        rows.append(replace(row, cells=tuple(text for text, _ in taken)) if any(shown for _, shown in taken) else row)
    return replace(table, rows=tuple(rows), pictures=held)


class _Shared:
    """Texts that come again, each kept once: kinds, categories, difficulties."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    def of(self, texts: Sequence[str]) -> tuple[str, ...]:
        if len(self._kept) < _MOST_SHARED:
            return tuple(map(self._kept.setdefault, texts, texts))
        return tuple(map(self._kept.get, texts, texts))


def _row(number: int, cells: Sequence[object], formats: Mapping[Place, Shown], shared: _Shared) -> Row | None:
    """The row with its texts as a person sees them; None for an empty one."""
    marks: Mapping[int, Mark] = _UNMARKED
    texts = _plain(cells)
    if texts is None:
        shown = [_shown(value, formats.get((number, column))) for column, value in enumerate(cells)]
        texts = [text for text, _ in shown]
        marks = {column: mark for column, (_, mark) in enumerate(shown) if mark is not None}
    while texts and not texts[-1]:
        texts.pop()
    return Row(number + 1, shared.of(texts), marks) if texts else None


def _plain(cells: Sequence[object]) -> list[str] | None:
    """The texts of a row of nothing but texts, in which there is nothing that nobody sees: nearly every row."""
    texts = [cell for cell in cells if type(cell) is str]
    return list(map(str.strip, texts)) if len(texts) == len(cells) and "".join(texts).isprintable() else None


def _shown(value: object, shown: Shown | None) -> tuple[str, Mark | None]:
    """The text that a person would see for a value, and what is doubtful about it."""
    if isinstance(value, str):
        return tidy(value), None
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), None
    if isinstance(value, (int, float)) and math.isfinite(value):
        if shown is not None:
            return shown.text(value), None
        # Excel itself shows 15 digits: 0.1 + 0.2 is 0.3 there.
        text = str(int(value)) if value == int(value) and abs(value) < 1e15 else f"{value:.15g}"
        return text, Mark.FRACTION if 0 < value < 1 else None
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return value.strftime("%Y-%m-%d" if midnight else "%Y-%m-%d %H:%M"), Mark.DATE
    if isinstance(value, dt.time):
        return value.strftime("%H:%M:%S" if value.second else "%H:%M"), Mark.DATE
    return str(value), Mark.DATE


_SHEET = re.compile(r"xl/worksheets/.*\.xml")
_WIDE = re.compile(rb"""r\s*=\s*["']([A-Z]{2,9})\d+["'][^>]{0,60}(?<!/)>""")
_DEEP = re.compile(rb"""r\s*=\s*["'][A-Z]{0,9}(\d{6,12})["'][^>]{0,60}(?<!/)>""")
_EDGE = 80
"""The tag of a cell is hardly longer: so much of one piece is looked at again with the next."""
_FAR_CELL = re.compile(
    rb"""<((?:\w+:)?)c\s[^>]*?\br\s*=\s*["'](?:[A-Z]{3,}|[J-Z][A-Z]|I[W-Z])\d+["'][^>]*?(?:/>|>.*?</\1c>)""", re.DOTALL
)
_FAR_ROW = re.compile(rb"""<((?:\w+:)?)row\s[^>]*?\br\s*=\s*["'](\d{6,})["'][^>]*?(?:/>|>.*?</\1row>)""", re.DOTALL)


def _trimmed(data: bytes, archive: ZipFile) -> tuple[bytes, list[Problem]]:
    """The file without cells far outside any bank, which are reported where they hold something.

    Raises UnreadableFile where even the rest is too large.
    """
    far: list[str] = []
    left = MOST_UNPACKED
    for member in archive.infolist():
        extent = _Extent()
        for piece in real_pieces(data, member, left):
            left -= len(piece)
            if _SHEET.fullmatch(member.filename):
                extent.take(piece)
        if extent.rows > MOST_ROWS or extent.columns > MOST_COLUMNS:
            far.append(member.filename)
        elif extent.rows * extent.columns > MOST_CELLS:
            raise UnreadableFile(_TOO_LARGE)
    if not far:
        return data, []
    out = BytesIO()
    with ZipFile(out, "w", ZIP_STORED) as smaller:
        for name in dict.fromkeys(archive.namelist()):
            whole = read_member(archive, name)
            smaller.writestr(name, _near(whole) if name in far else whole)
    message = (
        f"有工作表在第 {MOST_COLUMNS} 列或第 {MOST_ROWS} 行之后还有内容，那里的没有读入；请核对，或删除多余的列和行。"
    )
    return out.getvalue(), [Problem("整个文件", Severity.WARNING, message)]


def _near(sheet: bytes) -> bytes:
    """A sheet's XML without the cells far outside. Raises UnreadableFile where even the rest is too large."""
    near = _FAR_ROW.sub(lambda found: b"" if int(found[2]) > MOST_ROWS else found[0], sheet)
    near = _FAR_CELL.sub(b"", near)
    extent = _Extent()
    extent.take(near)
    if extent.rows * extent.columns > MOST_CELLS:
        raise UnreadableFile(_TOO_LARGE)
    return near


class _Extent:
    """About how many rows and columns a sheet's XML reaches over, by the references of cells that hold something.

    Exact where it matters, beyond the first hundred thousand rows and the first 26 columns; nearer in, rows are
    counted and columns are taken for 26.
    """

    def __init__(self) -> None:
        self.rows, self.columns, self.edge = 0, 26, b""

    def take(self, piece: bytes) -> None:
        """The next piece of the XML."""
        seen = self.edge + piece
        self.rows = max([self.rows + piece.count(b"<row"), *map(int, _DEEP.findall(seen))])
        self.columns = max([self.columns, *map(column_number, set(_WIDE.findall(seen)))])
        self.edge = seen[-_EDGE:]
