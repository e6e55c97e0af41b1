"""Certificates of having passed or taken part: A4 across, with a number and a code by which anybody can check it. PDF.

Its lower right is left free for the organiser's stamp.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any

from campaigns.prints.colours import INK, LEAF, MINT, PALE, PINE, STONE
from campaigns.prints.drawing import Box, Sheet, Type, check_printable, document, filled, framed_code, leaf, write
from campaigns.prints.typesetting import plain

WIDTH, HEIGHT = 297.0, 210.0
KEPT = 32
"""Certificates that are kept: whoever opens one does so again within a minute, and each takes a fifth of a second."""

BRAND = Type(13, 8, STONE)
TITLE = Type(40, 20, PINE, bold=True)
NAME = Type(34, 13, INK, bold=True)
UNIT = Type(14, 8, STONE)
BODY = Type(17, 10, INK, leading=1.6)
SIGNED = Type(14, 8, INK, leading=1.5)
NUMBER = Type(11, 9, INK, bold=True)
SMALL = Type(9, 6, STONE)


@dataclass(frozen=True, slots=True)
class CertificateText:
    """What stands on a certificate. All may be empty but title, name, campaign, number and address."""

    title: str
    """What it is, as 合格证书."""
    name: str
    """Whose, in full."""
    campaign: str
    points: int
    mark: int
    """The points that it took; 0: to have finished."""
    date: str
    """As people read it, ``2026年7月4日``."""
    number: str
    address: str
    """Where it is checked, the number at its end: what the code holds."""
    unit: str = ""
    organiser: str = ""
    brand: str = ""
    """The organiser's brand line, or the campaign's theme, above the title."""


@lru_cache(KEPT)
def certificate_pdf(text: CertificateText, *, created: int = 0) -> bytes:
    """A one-page PDF in real size; the same text and `created` (UTC milliseconds) give the same bytes.

    Raises UnusableAddress; UnprintableText when the bundled fonts lack a character; TextTooLong when something does not
    fit even in small type.
    """
    text = _plain(text)
    check_printable("".join(str(getattr(text, one.name)) for one in fields(text)))
    with document(WIDTH, HEIGHT, title=text.title, author=text.organiser, created=created) as sheet:
        _ground(sheet)
        _frame(sheet)
        _award(sheet, text)
        _check(sheet, text)
        _signature(sheet, text)
        return bytes(sheet.pdf.output())


def sentence(text: CertificateText) -> str:
    """For what it is given."""
    reached = f"成绩 {text.points} 分，达到合格要求" if text.mark else f"成绩 {text.points} 分"
    return f"在“{text.campaign}”中完成答题，{reached}，特发此证。"


def _plain(text: CertificateText) -> CertificateText:
    as_they_are = {"points", "mark", "address"}
    texts: dict[str, Any] = {
        one.name: plain(getattr(text, one.name)) for one in fields(text) if one.name not in as_they_are
    }
    return replace(text, **texts)


def _ground(sheet: Sheet) -> None:
    """Leaves so pale that what is printed over them reads as on white."""
    leaf(sheet, PALE, 92, 46, 112)
    leaf(sheet, PALE, 26, 104, 46)
    leaf(sheet, PALE, 214, 26, 56)


def _frame(sheet: Sheet) -> None:
    """Two lines around everything, 9 mm within the edge, and a leaf in each corner."""
    pdf = sheet.pdf
    for inset, width, colour in ((9.0, 1.4, PINE), (12.2, 0.35, LEAF)):
        pdf.set_draw_color(*colour)
        pdf.set_line_width(width)
        pdf.rect(inset, inset, WIDTH - 2 * inset, HEIGHT - 2 * inset, style="D")
    for right, down in ((1, 1), (-1, 1), (1, -1), (-1, -1)):
        _sprig(sheet, right, down)


def _sprig(sheet: Sheet, right: int, down: int) -> None:
    """Two leaves that grow out of a corner: `right` and `down` are 1 or -1, from there into the page."""
    x, y = (14.0 if right > 0 else WIDTH - 14), (14.0 if down > 0 else HEIGHT - 14)
    for colour, size in ((MINT, 22.0), (LEAF, 12.0)):
        across, along = right * size, down * size
        with filled(sheet, colour, x, y) as path:
            path.curve_to(x - across * 0.1, y + along * 0.75, x + across * 0.35, y + along, x + across, y + along)
            path.curve_to(x + across, y + along * 0.35, x + across * 0.75, y - along * 0.1, x, y)


def _award(sheet: Sheet, text: CertificateText) -> None:
    """What it is, whose, and for what."""
    if text.brand:
        write(sheet, "品牌或主题", text.brand, Box(50, 20, 197, 10), BRAND)
    write(sheet, "证书名称", text.title, Box(48, 30, 201, 24), TITLE)
    _rule(sheet, 58)
    write(sheet, "姓名", text.name, Box(42, 64, 213, 22), NAME)
    if text.unit:
        write(sheet, "单位", text.unit, Box(42, 87, 213, 10), UNIT)
    write(sheet, "活动名称", sentence(text), Box(36, 99, 225, 34), BODY)


def _rule(sheet: Sheet, top: float) -> None:
    """A line with a leaf in its middle, beneath the title."""
    pdf, middle = sheet.pdf, WIDTH / 2
    pdf.set_draw_color(*LEAF)
    pdf.set_line_width(0.5)
    pdf.line(middle - 44, top, middle - 7, top)
    pdf.line(middle + 7, top, middle + 44, top)
    leaf(sheet, LEAF, middle - 3.5, top - 3.5, 7)


def _check(sheet: Sheet, text: CertificateText) -> None:
    """The code, the number and where to type it in, in the lower left."""
    framed_code(sheet, text.address, Box(27, 142, 38, 38))
    write(sheet, "证书编号", f"编号 {text.number}", Box(70, 147, 84, 7), NUMBER, align=0)
    write(sheet, "查验", "扫码查验真伪，或打开下面的网址，输入编号", Box(70, 155, 84, 6), SMALL, align=0)
    write(sheet, "网址", text.address.removesuffix(text.number), Box(70, 162, 84, 12), SMALL, align=0)


def _signature(sheet: Sheet, text: CertificateText) -> None:
    """Who gives it and when, in the lower right."""
    if text.organiser:
        write(sheet, "主办单位", text.organiser, Box(164, 148, 104, 18), SIGNED)
    write(sheet, "日期", text.date, Box(164, 167, 104, 10), SIGNED)
