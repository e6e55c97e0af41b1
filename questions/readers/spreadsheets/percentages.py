"""What a spreadsheet shows around the number of a cell: a percentage, a unit, a currency.

calamine gives 0.2 where a person sees 20%, and 26 where they see 26℃; in questions about saving energy that is every
other option.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from zipfile import ZipFile

from questions.readers.archives import read_member
from questions.readers.spreadsheets.workbook_parts import sheet_paths, tags
from questions.readers.tables.table import column_number

Place = tuple[int, int]
"""Row and column of a cell, from 0."""


@dataclass(frozen=True, slots=True)
class Shown:
    """How a cell shows its number."""

    percent: bool
    before: str = ""
    after: str = ""

    def text(self, value: float) -> str:
        """As a person sees it, but for the number of its decimals."""
        return f"{self.before}{f'{value * 100:.12g}%' if self.percent else f'{value:.15g}'}{self.after}"


Formats = Mapping[int, Mapping[Place, Shown]]
"""Sheet (in the workbook's order, from 0) → its cells that show something around their numbers."""

BUILT_IN = {9: Shown(percent=True), 10: Shown(percent=True)}
"""Of the number formats that every workbook has by their numbers alone."""
_SYMBOL = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|\[\$(?P<currency>[^\]-]*)[^\]]*\]|(?P<nothing>[_*].|\[[^\]]*\])'
    r"|(?P<digits>General|[#0?.,]+)|(?P<percent>%)|(?P<end>;)|(?P<other>.)",
    re.DOTALL,
)
_LITERAL = " +-()$¥￥€£"


def shown_as(code: str) -> Shown | None:
    """What a number format shows around a number; None for nothing, and for dates and the like."""
    percent, texts = False, ["", ""]
    place = 0
    for symbol in _SYMBOL.finditer(code):
        match symbol.lastgroup:
            case "end":
                break
            case "digits":
                place = 1
            case "percent":
                percent = True
            case "quoted" | "escaped" | "currency":
                texts[place] += symbol[symbol.lastgroup]
            case "other":
                if symbol["other"] not in _LITERAL and symbol["other"].isascii():
                    return None
                texts[place] += symbol["other"]
    before, after = (text.strip() for text in texts)
    return Shown(percent, before, after) if place and (percent or before or after) else None


_STYLED = re.compile(
    rb"""<(?:\w+:)?c\s(?=[^>]*?\br\s*=\s*["']([A-Z]{1,3})(\d{1,7})["'])[^>]*?\bs\s*=\s*["'](\d+)["']"""
)


def formats_of_xlsx(archive: ZipFile) -> Formats:
    """Raises UnreadableFile where a member is damaged."""
    names = set(archive.namelist())
    if "xl/styles.xml" not in names:
        return {}
    styles = _styles(read_member(archive, "xl/styles.xml"))
    if not styles:
        return {}
    return {
        index: {
            (int(row) - 1, column_number(letters) - 1): styles[style]
            for letters, row, style in _STYLED.findall(read_member(archive, path))
            if style in styles
        }
        for index, path in enumerate(sheet_paths(archive))
        if path in names
    }


def _styles(xml: bytes) -> dict[bytes, Shown]:
    """The cell styles, by number, whose format shows something around a number."""
    formats = {str(number).encode(): shown for number, shown in BUILT_IN.items()}
    for name, attributes in tags(xml):
        if name == b"numFmt" and b"numFmtId" in attributes:
            code = unescape(attributes.get(b"formatCode", b"").decode("utf-8", "replace"))
            if (shown := shown_as(code)) is not None:
                formats[attributes[b"numFmtId"]] = shown
    held = re.search(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", xml, re.DOTALL)
    found = [attributes for name, attributes in tags(held[0]) if name == b"xf"] if held else []
    named = {str(place).encode(): attributes.get(b"numFmtId", b"") for place, attributes in enumerate(found)}
    return {style: formats[number] for style, number in named.items() if number in formats}
