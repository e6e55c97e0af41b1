"""The tables that offices keep of their units and people: rows under a header, in whatever form they hand them in.

Read by the bank readers' machinery, within its bounds, for xlsx, xls, ods; a text with commas, tabs or semicolons as
its columns. What a column holds is told by its header, which may stand below a title.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import islice

from campaigns.errors import Refused
from campaigns.matching import folded
from questions.model import UnreadableFile
from questions.readers.sniff import sniff
from questions.readers.tables.table import MOST_COLUMNS, MOST_ROWS, Row, Table, tidy
from questions.readers.text import decode

_HEADER_WITHIN = 15
"""In how many rows from the top a header is looked for."""
_DELIMITERS = "\t,;，|"
_TOTALS = re.compile(r"(?:合计|总计|小计|共计|总数|总人数|合\s+计|总\s+计|小\s+计)[:：]?\s*[\d,，.人]*")
_REMARK = re.compile(r"(?:备注|注|说明|填报单位|填表人|填报人|制表人|审核人|联系人|填报日期|填表日期|日期)\s*\d*[:：]")
_UNREADABLE = "这个表格打不开：请用 Excel 或 WPS 打开，去掉密码，另存为 xlsx 后再试。"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a file, or doubtful."""

    where: str
    """``第3行``, ``工作表“名单”第3行``, ``整个文件``."""
    message: str
    """One sentence: what was found, and what to do. Tells no phone."""
    serious: bool = True
    """Whether nothing is imported before it is mended; otherwise it is only to be known."""

    def __str__(self) -> str:
        return f"{self.where}：{self.message}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table under a header that was understood."""

    table: Table
    columns: Mapping[str, int]
    """What a column holds, in our words → which it is, from 0."""
    rows: tuple[Row, ...]
    """Those below the header that are not empty."""

    def cell(self, row: Row, part: str) -> str:
        """One line of text; what is merged downwards holds in each of its rows. Empty for a column there is not."""
        column = self.columns.get(part)
        if column is None:
            return ""
        return " ".join((row.cell(column) or self.table.spread.get((row.number, column), "")).split())

    def own_cell(self, row: Row, part: str) -> str:
        """The same without what is merged into it from above."""
        column = self.columns.get(part)
        return "" if column is None else " ".join(row.cell(column).split())

    def where(self, row: Row) -> str:
        return self.table.where(row)


def tables_in(data: bytes) -> list[Table]:
    """The visible tables of a file. Raises Refused for what cannot be read."""
    try:
        form = sniff(data)
        if form == "ods":
            from questions.readers.spreadsheets import ods  # noqa: PLC0415 — as the bank readers: when such a file comes

            return ods.plain_tables(data)[0]
        if form in {"xlsx", "xls"}:
            from questions.readers.spreadsheets import workbook  # noqa: PLC0415

            return workbook.plain_tables(form, data)[0]
        if form == "text":
            return [_delimited(decode(data)[0])]
    except (UnreadableFile, csv.Error) as error:
        raise Refused(_UNREADABLE) from error
    raise Refused("请用 Excel、WPS 或 CSV 表格：Word 里的表格请先复制到 Excel，另存为 xlsx。")


def sheets_in(
    data: bytes, heads: Mapping[str, Collection[str]], suffices: Callable[[Collection[str]], bool]
) -> list[Sheet]:
    """The tables of a file `under_headers`. Raises Refused for what cannot be read."""
    return under_headers(tables_in(data), heads, suffices)


def under_headers(
    tables: Iterable[Table], heads: Mapping[str, Collection[str]], suffices: Callable[[Collection[str]], bool]
) -> list[Sheet]:
    """The tables whose header has columns that suffice. `heads`: what a column may hold → what it may be called."""
    called = {plain_head(head): part for part, names in heads.items() for head in names}
    return [sheet for table in tables if (sheet := _sheet(table, called, suffices)) is not None]


def plain_head(head: str) -> str:
    """A header's text as it is compared: ``单位名称（全称）*`` is 单位名称."""
    return re.sub(r"[（(\[【].*?[】\])）]|[\s:：*＊、/]", "", folded(head))


def is_total(texts: Sequence[str]) -> bool:
    """Whether a row adds up those above it."""
    filled = [text for text in texts if text]
    return bool(filled) and any(_TOTALS.fullmatch(text) for text in filled[:3])


def is_remark(texts: Sequence[str]) -> bool:
    """Whether a row is a remark below the table."""
    filled = [text for text in texts if text]
    return bool(filled) and _REMARK.match(filled[0]) is not None


def read_count(text: str) -> int | None:
    """``1,234``, ``12 人``, ``12.0`` as a whole number; None for what is none."""
    found = re.fullmatch(r"(\d{1,9})(?:\.0+)?人?", re.sub(r"[\s,，]", "", folded(text)))
    return int(found[1]) if found else None


def _sheet(table: Table, called: Mapping[str, str], suffices: Callable[[Collection[str]], bool]) -> Sheet | None:
    for place, row in enumerate(islice(table.rows, _HEADER_WITHIN)):
        columns: dict[str, int] = {}
        for column in row.filled:
            part = called.get(plain_head(row.cells[column]))
            if part is not None:
                columns.setdefault(part, column)
        if suffices(columns):
            return Sheet(table, columns, table.rows[place + 1 :])
    return None


def _delimited(text: str) -> Table:
    """Raises UnreadableFile for what no office has, csv.Error for a quote that never ends."""
    top = text[:5_000]
    delimiter = max(_DELIMITERS, key=top.count)
    return Table("", tuple(_rows(csv.reader(StringIO(text), delimiter=delimiter))))


def _rows(records: Iterator[list[str]]) -> Iterator[Row]:
    for number, record in enumerate(records, start=1):
        if number > MOST_ROWS or len(record) > MOST_COLUMNS:
            raise UnreadableFile(_UNREADABLE)
        cells = tuple(tidy(cell) for cell in record)
        if any(cells):
            yield Row(number, cells)
