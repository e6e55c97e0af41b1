"""What lies in an archive of codes: pages of small codes with the units' names, to look at or to cut; and a table."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import UTC, datetime

import xlsxwriter

from campaigns.prints.colours import INK, MINT, PINE, STONE
from campaigns.prints.drawing import Box, Sheet, Type, framed_code, write
from campaigns.prints.errors import TextTooLong
from campaigns.prints.fonts import missing_characters
from campaigns.prints.typesetting import plain

WIDTH, HEIGHT = 210.0, 297.0
COLUMNS, ROWS = 3, 5
CELL = Box(12, 24, 62, 52)
PIXELS = 400
NOT_IN_THE_FONTS = "〓"
"""What typesetters put where a character is missing."""
HEADER = ("单位", "代码", "上级单位", "链接", "二维码内容", "文件", "备注")
WIDTHS = (36, 14, 36, 56, 56, 60, 40)

TITLE = Type(13, 7, PINE, bold=True)
PAGE_NUMBER = Type(9, 9, STONE)
NAME = Type(10, 5, INK, bold=True)
CODE = Type(8, 5, STONE)


def draw_card(sheet: Sheet, place: int, title: str, name: str, code: str, content: str, logo: bytes = b"") -> None:
    """The card of the unit number `place`, from 0, on its page, which is begun when it is the first of one.

    What does not fit or is not in the fonts is set as well as can be: an index must not fail for a name.
    Raises UnusableAddress.
    """
    on_page = place % (COLUMNS * ROWS)
    if on_page == 0:
        if place:
            sheet.pdf.add_page()
        _heading(sheet, title, place // (COLUMNS * ROWS) + 1)
    cell = CELL.moved(on_page % COLUMNS * CELL.width, on_page // COLUMNS * CELL.height)
    sheet.pdf.set_draw_color(*MINT)
    sheet.pdf.set_line_width(0.2)
    sheet.pdf.rect(*cell, style="D")
    side = 36.0
    square = Box(cell.left + (cell.width - side) / 2, cell.top + 1, side, side)
    framed_code(sheet, content, square, logo=logo, frame=None, pixels=PIXELS)
    _set(sheet, name, Box(cell.left + 2, cell.top + 37, cell.width - 4, 9.5), NAME)
    _set(sheet, code, Box(cell.left + 2, cell.top + 46.5, cell.width - 4, 4.5), CODE)


def table(title: str, rows: Iterable[tuple[str, ...]], created: int) -> bytes:
    """An xlsx of rows as `HEADER` names them; every cell is text. The same rows and `created` give the same bytes."""
    out = io.BytesIO()
    as_text = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, {"constant_memory": True, **as_text}) as workbook:
        workbook.set_properties({"title": title, "created": datetime.fromtimestamp(created / 1000, UTC)})
        head = workbook.add_format({"bold": True, "bg_color": "#D6ECD6"})
        sheet = workbook.add_worksheet("索引")
        sheet.freeze_panes(1, 0)
        for column, width in enumerate(WIDTHS):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, HEADER[column], head)
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell)
    return out.getvalue()


def printable(text: str) -> str:
    """`text` with a mark for every character that the bundled fonts lack."""
    text = plain(text)
    return text.translate({ord(character): NOT_IN_THE_FONTS for character in missing_characters(text)})


def _heading(sheet: Sheet, title: str, page: int) -> None:
    _set(sheet, f"{title} · 二维码索引", Box(12, 9, 160, 12), TITLE, align=0)
    _set(sheet, f"第 {page} 页", Box(172, 9, 26, 12), PAGE_NUMBER)


def _set(sheet: Sheet, text: str, box: Box, kind: Type, align: float = 0.5) -> None:
    text = printable(text)
    while text:
        try:
            write(sheet, "索引", text, box, kind, align=align)
            return
        except TextTooLong:
            text = f"{text[: len(text) * 3 // 4].rstrip('…')}…"
