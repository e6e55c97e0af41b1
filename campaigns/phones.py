"""Whom a short message goes to: names, phones and units from whatever table the office keeps; and what it then says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from campaigns.errors import Refused
from campaigns.office_tables import Sheet, tables_in, under_headers
from questions.readers.tables.table import Table

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
_NONE = "文件里没有找到手机号：请用一列写 11 位手机号的 Excel 或 CSV 文件，表头写“手机”。"


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
    tables = tables_in(data)
    sheets = under_headers(tables, _HEADS, lambda columns: "phone" in columns)
    sheet = sheets[0] if sheets else _without_header(tables)
    entries: dict[str, PhoneEntry] = {}
    problems = []
    for row in sheet.rows:
        phone = digits(sheet.own_cell(row, "phone"))
        if not MOBILE.fullmatch(phone):
            problems.append(f"第{row.number}行：{'手机号不是 11 位' if phone else '没有手机号'}，没有算入。")
        elif phone in entries:
            problems.append(f"第{row.number}行：手机号与前面重复，只算一次。")
        else:
            entries[phone] = PhoneEntry(phone, sheet.own_cell(row, "name"), sheet.cell(row, "unit"))
    if not entries:
        raise Refused(_NONE)
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


def digits(cell: str) -> str:
    """Without what people write in and before a number: ``+86 138-1234-5678``."""
    digits = re.sub(r"[\s\-－()（）]", "", cell)
    return re.sub(r"^(?:\+|00)?86(?=1\d{10}$)", "", digits)


def _without_header(tables: Sequence[Table]) -> Sheet:
    """The first table, by the column that has the most phones. Raises Refused where none has any."""
    rows = tables[0].rows if tables else ()
    counts = Counter(
        column for row in rows for column in row.filled if MOBILE.fullmatch(digits(row.cells[column])) is not None
    )
    if not counts:
        raise Refused(_NONE)
    return Sheet(tables[0], {"phone": counts.most_common(1)[0][0]}, rows)
