"""ods files → tables, read from their XML as it stands, row by row.

Not through calamine: it spreads a sheet over one dense rectangle, repeated rows and columns included, so that a few
bytes cost gigabytes; and it gives the numbers behind cells, where this gives the texts that a person sees (20%).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ParseError
from zipfile import BadZipFile

from defusedxml.ElementTree import iterparse

from questions.model import Problem, Severity, UnreadableFile
from questions.readers.archives import open_archive, read_member
from questions.readers.reading import Reading
from questions.readers.tables.table import MOST_CELLS, MOST_COLUMNS, MOST_ROWS, Mark, Row, Table, tidy
from questions.readers.tables.tabular import read_tables

_ODF = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_TABLE, _TEXT, _OFFICE, _STYLE = (_ODF % part for part in ("table", "text", "office", "style"))
_VALUES = ("string-value", "value", "date-value", "time-value", "boolean-value")
_CELLS = {f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"}

_DAMAGED = "表格文件已损坏，打不开；请用 WPS 或 LibreOffice 打开后另存为 xlsx，再导入。"
_TOO_LARGE = f"表格太大（最多 {MOST_ROWS} 行）；请只留下题目，另存为新的 xlsx 后再导入。"
_LOCKED = "文件设了密码，读不了；请去掉密码，另存一份后再导入。"


def read_ods(data: bytes, columns: Mapping[str, str]) -> Reading:
    """The questions of an ods file's visible sheets, and what a person should know about the rest.

    Raises UnreadableFile where the file is damaged, protected or larger than any bank.
    """
    tables, problems = plain_tables(data)
    return read_tables("ods", "", tables, problems, columns, pastes=True)


def plain_tables(data: bytes) -> tuple[list[Table], list[Problem]]:
    """The visible sheets, for whoever reads something else than questions from them. Raises UnreadableFile."""
    archive = open_archive(data)
    names = set(archive.namelist())
    if "META-INF/manifest.xml" in names and b"encryption-data" in read_member(archive, "META-INF/manifest.xml"):
        raise UnreadableFile(_LOCKED)
    problems: list[Problem] = []
    if pictures := sum(name.startswith("Pictures/") for name in names):
        message = f"文件里有 {pictures} 张图片，读不进来；请核对有图的题目没有图时能否作答。"
        problems.append(Problem("整个文件", Severity.WARNING, message))
    try:
        with archive.open("content.xml") as content:
            sheets = list(_sheets(iterparse(content, ("start", "end"), forbid_dtd=True)))
    except (ParseError, BadZipFile, zlib.error, LookupError, ValueError, OSError, EOFError, RuntimeError) as error:
        if isinstance(error, UnreadableFile):
            raise
        raise UnreadableFile(_DAMAGED) from error
    return list(_visible(sheets, problems)), problems


@dataclass(slots=True)
class _Sheet:
    name: str
    hidden: bool
    rows: list[Row] = field(default_factory=list)
    spread: dict[tuple[int, int], str] = field(default_factory=dict)
    next: int = 1
    """The number of the row that comes next."""
    cells: int = 0
    cut: bool = False
    """Whether something stands beyond the last row or column that is read."""


def _visible(sheets: Iterable[_Sheet], problems: list[Problem]) -> Iterator[Table]:
    for sheet in sheets:
        if not sheet.rows:
            continue
        where = f"工作表“{sheet.name}”"
        if sheet.hidden:
            message = "这个工作表是隐藏的，没有读入；如果里面有题目，请取消隐藏后再导入。"
            problems.append(Problem(where, Severity.WARNING, message))
            continue
        if sheet.cut:
            message = (
                f"第 {MOST_COLUMNS} 列或第 {MOST_ROWS} 行之后还有内容，那里的没有读入；请核对，或删除多余的列和行。"
            )
            problems.append(Problem(where, Severity.WARNING, message))
        yield Table(sheet.name, tuple(sheet.rows), sheet.spread)


def _sheets(events: Iterable[tuple[str, Element]]) -> Iterator[_Sheet]:
    """The sheets in order. Rows are forgotten as soon as they are read."""
    above: list[Element] = []
    hidden: set[str] = set()
    sheet: _Sheet | None = None
    for event, element in events:
        if event == "start":
            above.append(element)
            if element.tag == f"{_TABLE}table" and sheet is None:
                style = element.get(f"{_TABLE}style-name", "")
                sheet = _Sheet(element.get(f"{_TABLE}name", ""), style in hidden)
            continue
        above.pop()
        if element.tag == f"{_STYLE}style" and any(one.get(f"{_TABLE}display") == "false" for one in element):
            hidden.add(element.get(f"{_STYLE}name", ""))
        elif element.tag == f"{_TABLE}table-row" and sheet is not None:
            _take(sheet, element)
            above[-1].remove(element)
        elif element.tag == f"{_TABLE}table" and sheet is not None and not _within_table(above):
            yield sheet
            sheet = None


def _within_table(above: Iterable[Element]) -> bool:
    return any(element.tag == f"{_TABLE}table" for element in above)


def _take(sheet: _Sheet, element: Element) -> None:
    """The row, as many times as it says that it is repeated."""
    texts: list[str] = []
    marks: dict[int, Mark] = {}
    spans: dict[int, int] = {}
    for cell in element:
        if cell.tag not in _CELLS:
            continue
        text = _shown(cell)
        times = _count(cell, "number-columns-repeated")
        room = max(0, MOST_COLUMNS - len(texts))
        sheet.cut |= bool(text) and times > room
        if text and (mark := _mark(cell)) is not None:
            marks.update((column, mark) for column in range(len(texts), len(texts) + min(times, room)))
        if text and (rows := _count(cell, "number-rows-spanned")) > 1:
            spans[len(texts)] = rows
        texts += [text] * min(times, room)
    while texts and not texts[-1]:
        texts.pop()
    first = sheet.next
    sheet.next += _count(element, "number-rows-repeated")
    if not texts:
        return
    sheet.cut |= sheet.next > MOST_ROWS + 1
    cells = tuple(texts)
    taken = [Row(number, cells, marks) for number in range(first, min(sheet.next, MOST_ROWS + 1))]
    sheet.cells += len(taken) * len(cells)
    if sheet.cells > MOST_CELLS:
        raise UnreadableFile(_TOO_LARGE)
    sheet.rows += taken
    for column, rows in spans.items():
        below = range(first + 1, min(first + rows, MOST_ROWS + 1))
        sheet.spread.update(((number, column), cells[column]) for number in below)


def _count(element: Element, name: str) -> int:
    return max(1, int(element.get(_TABLE + name, "1")))


def _mark(cell: Element) -> Mark | None:
    match cell.get(f"{_OFFICE}value-type"):
        case "date" | "time":
            return Mark.DATE
        case "float":
            return Mark.FRACTION if 0 < float(cell.get(f"{_OFFICE}value", "0")) < 1 else None
        case _:
            return None


def _shown(cell: Element) -> str:
    """The text of a cell: its paragraphs, or its value where a program wrote no text."""
    if paragraphs := [_text(part) for part in cell if part.tag == f"{_TEXT}p"]:
        return tidy("\n".join(paragraphs))
    return tidy(next(filter(None, (cell.get(_OFFICE + name) for name in _VALUES)), ""))


def _text(element: Element) -> str:
    parts = [element.text or ""]
    for part in element:
        match part.tag.removeprefix(_TEXT):
            case "s":
                parts.append(" " * min(_spaces(part), 100))
            case "tab":
                parts.append("\t")
            case "line-break":
                parts.append("\n")
            case "span" | "a" | "ruby" | "ruby-base" | "meta" | "meta-field" | "date" | "time" | "title":
                parts.append(_text(part))
        parts.append(part.tail or "")
    return "".join(parts)


def _spaces(element: Element) -> int:
    return max(1, int(element.get(f"{_TEXT}c", "1")))
