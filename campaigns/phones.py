"""Whom a short message goes to: names, phones and units from whatever table the office keeps; and what it then says."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO

from python_calamine import CalamineError, CalamineWorkbook

from campaigns.errors import Refused
from questions.model import UnreadableFile
from questions.readers.text import decode

MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
"""A mobile number of mainland China: eleven digits."""
LONGEST = 500
"""Characters of a text: what gateways take, in eight parts."""
_HEADS = {
    "name": ("姓名", "名字", "联络员", "联系人"),
    "phone": ("手机", "手机号", "手机号码", "电话", "联系电话", "移动电话"),
    "unit": ("单位", "单位名称", "部门", "所在单位"),
}
_PLACE = re.compile(r"[{｛]([^{}｛｝]*)[}｝]")
_ONE, _OF_MANY = 70, 67
"""Characters of a message of one part, and of each part of a longer one (3GPP TS 23.040, UCS-2)."""
_MOST_ROWS = 200_000


@dataclass(frozen=True, slots=True)
class PhoneEntry:
    phone: str
    name: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class PhoneList:
    entries: tuple[PhoneEntry, ...]
    problems: tuple[str, ...]
    """What was left out and why, a sentence each, by row; no phone is told."""


def read_phones(data: bytes) -> PhoneList:
    """The entries of an xlsx, xls, ods, csv or text file; a phone that comes twice is taken once.

    A header (姓名, 手机, 单位…) in the first rows says what the columns are; without one, the column with the phones
    is found by them, and nothing else is read. Raises Refused for a file without any.
    """
    rows = list(_rows(data))
    header, columns = _columns(rows)
    entries: dict[str, PhoneEntry] = {}
    problems = []
    for number, row in enumerate(rows, start=1):
        if number <= header or not any(row):
            continue
        cells = {part: row[place] if place < len(row) else "" for part, place in columns.items()}
        phone = _digits(cells["phone"])
        if not MOBILE.fullmatch(phone):
            problems.append(f"第{number}行：{'手机号不是 11 位' if phone else '没有手机号'}，没有算入。")
        elif phone in entries:
            problems.append(f"第{number}行：手机号与前面重复，只算一次。")
        else:
            entries[phone] = PhoneEntry(phone, cells.get("name", ""), cells.get("unit", ""))
    if not entries:
        raise Refused("文件里没有找到手机号：请用一列写 11 位手机号的 Excel 或 CSV 文件，表头写“手机”。")
    return PhoneList(tuple(entries.values()), tuple(problems))


def fill(text: str, entry: PhoneEntry) -> str:
    """The text with ``{姓名}`` and ``{单位}`` filled in. Raises Refused for another place in braces, or a text that
    is empty or too long then.
    """
    values = {"姓名": entry.name, "单位": entry.unit}

    def value(match: re.Match[str]) -> str:
        if match[1].strip() not in values:
            raise Refused(f"短信里的“{match[0]}”不认识：可以用 {{姓名}} 和 {{单位}}。")
        return values[match[1].strip()]

    filled = _PLACE.sub(value, text).strip()
    if not filled:
        raise Refused("短信没有内容：请写上要发的话。")
    if len(filled) > LONGEST:
        raise Refused(f"短信有 {len(filled)} 个字，最多 {LONGEST} 个：请写短一些。")
    return filled


def parts(text: str) -> int:
    """As how many messages an operator counts a text."""
    return 1 if len(text) <= _ONE else -(-len(text) // _OF_MANY)


def _rows(data: bytes) -> Iterator[list[str]]:
    """Cells as text. Raises Refused."""
    if data[:4] == b"PK\x03\x04" or data[:4] == b"\xd0\xcf\x11\xe0":
        try:
            sheet = CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0).to_python(skip_empty_area=False)
        except (CalamineError, OSError, IndexError, ValueError) as error:
            raise Refused("这个表格打不开：请用 Excel 或 WPS 另存为 xlsx 后再试。") from error
        yield from _limited([[_plain(cell) for cell in row] for row in sheet])
        return
    try:
        text, _ = decode(data)
        delimiter = "\t" if "\t" in text[:2_000] else ","
        yield from _limited([[cell.strip() for cell in row] for row in csv.reader(StringIO(text), delimiter=delimiter)])
    except (UnreadableFile, csv.Error) as error:
        raise Refused("这个文件读不出来：请用 Excel 或 WPS 另存为 xlsx 后再试。") from error


def _limited(rows: Sequence[list[str]]) -> Sequence[list[str]]:
    if len(rows) > _MOST_ROWS:
        raise Refused(f"文件超过 {_MOST_ROWS} 行：请拆成几个文件。")
    return rows


def _plain(cell: object) -> str:
    """A phone that a spreadsheet took for a number, as its digits."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def _digits(cell: str) -> str:
    """Without what people write in and before a number: ``+86 138-1234-5678``."""
    digits = re.sub(r"[\s\-－()（）]", "", cell)
    return re.sub(r"^(?:\+|00)?86(?=1\d{10}$)", "", digits)


def _columns(rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    """How many rows the header ends after, and which column holds what."""
    for number, row in enumerate(rows[:10], start=1):
        names = [re.sub(r"\s|[:：*]", "", cell) for cell in row]
        found = {
            part: place
            for part, heads in _HEADS.items()
            if (place := next((place for place, name in enumerate(names) if name in heads), None)) is not None
        }
        if "phone" in found:
            return number, found
    width = max((len(row) for row in rows), default=0)
    counts = [
        sum(bool(MOBILE.fullmatch(_digits(row[place]))) for row in rows if place < len(row)) for place in range(width)
    ]
    if not any(counts):
        raise Refused("文件里没有找到手机号：请用一列写 11 位手机号的 Excel 或 CSV 文件，表头写“手机”。")
    return 0, {"phone": counts.index(max(counts))}
