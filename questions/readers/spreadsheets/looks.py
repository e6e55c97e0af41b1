"""What the look of an xlsx file says that its texts do not: rows that are hidden, texts that are struck out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from zipfile import ZipFile

from questions.readers.archives import read_member
from questions.readers.spreadsheets.workbook_parts import sheet_paths, tags

Doubts = Mapping[int, Sequence[tuple[int, str]]]
"""Sheet (in the workbook's order, from 0) → rows (from 1; 0: the whole sheet) and what is doubtful about them."""

_HIDDEN = "这一行在表格里是隐藏的，已照样读入；如果已经作废，请不要导入。"
_STRUCK = "这一行有加了删除线的文字，已照样读入；请核对，不要的请在表格里删掉。"
_MANY_HIDDEN = "有 {} 行在表格里是隐藏的（也许是筛选掉的），已照样读入；请核对。"
_MANY_STRUCK = "有 {} 行有加了删除线的文字，已照样读入；请核对，不要的请在表格里删掉。"
_MANY = 20
"""Of more rows there is one word for the sheet."""
_ROW = re.compile(rb"<(?:\w+:)?row\b")
_HIDDEN_ROW = re.compile(rb"""\shidden\s*=\s*["'](?:1|true)["']""")
_NUMBER = re.compile(rb"""\br\s*=\s*["'](\d{1,7})["']""")
_VALUE = re.compile(rb"<(?:\w+:)?(?:v|is)\b")
_STYLED = re.compile(
    rb"""<(?:\w+:)?c\s(?=[^>]*?\br\s*=\s*["'][A-Z]{1,3}(\d{1,7})["'])[^>]*?\bs\s*=\s*["'](\d+)["'][^>]*(?<!/)>"""
)


def doubts_of_xlsx(archive: ZipFile) -> Doubts:
    """Raises UnreadableFile where a member is damaged."""
    names = set(archive.namelist())
    struck = _struck_styles(read_member(archive, "xl/styles.xml")) if "xl/styles.xml" in names else set()
    found: dict[int, list[tuple[int, str]]] = {}
    for index, path in enumerate(sheet_paths(archive)):
        xml = read_member(archive, path) if path in names else b""
        found[index] = [
            *_told(_hidden_rows(xml), _HIDDEN, _MANY_HIDDEN),
            *_told(_struck_rows(xml, struck) if struck else [], _STRUCK, _MANY_STRUCK),
        ]
    return found


def _told(rows: Sequence[int], each: str, many: str) -> list[tuple[int, str]]:
    return [(row, each) for row in rows] if len(rows) <= _MANY else [(0, many.format(len(rows)))]


def _hidden_rows(xml: bytes) -> list[int]:
    """The hidden rows that hold anything."""
    found: list[int] = []
    for piece in _ROW.split(xml)[1:] if b"hidden" in xml else ():
        head, _, held = piece.partition(b">")
        if _HIDDEN_ROW.search(head) and _VALUE.search(held) and (number := _NUMBER.search(head)):
            found.append(int(number[1]))
    return found


def _struck_rows(xml: bytes, styles: set[bytes]) -> list[int]:
    return sorted({int(row) for row, style in _STYLED.findall(xml) if style in styles})


def _struck_styles(xml: bytes) -> set[bytes]:
    """The cell styles, by number, whose font is struck through."""
    if b"strike" not in xml:
        return set()
    fonts: list[bool] = []
    styles: list[bytes] = []
    part = b""
    for name, attributes in tags(xml):
        if name in {b"fonts", b"cellXfs", b"cellStyleXfs", b"dxfs", b"cellStyles"}:
            part = name
        elif part == b"fonts" and name == b"font":
            fonts.append(False)
        elif part == b"fonts" and name == b"strike" and fonts:
            fonts[-1] = attributes.get(b"val", b"1") not in {b"0", b"false"}
        elif part == b"cellXfs" and name == b"xf":
            styles.append(attributes.get(b"fontId", b"0"))
    struck = {str(place).encode() for place, font in enumerate(fonts) if font}
    return {str(place).encode() for place, font in enumerate(styles) if font in struck}
