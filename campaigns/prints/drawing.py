"""Sheets of paper and what is drawn on them: text in the bundled fonts, leaves, hills, codes. PDF.

Everything is measured in the units of a design, which are millimetres where a sheet's scale is 1; type is in points,
and grows with the scale. So one design is printed in several sizes, text sharp in all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import NamedTuple

from fpdf import FPDF
from fpdf.drawing import PaintedPath
from fpdf.fonts import TTFFont

from campaigns.prints import codes
from campaigns.prints.colours import LEAF, Colour
from campaigns.prints.errors import TextTooLong, UnprintableText
from campaigns.prints.fonts import BUNDLED, Faces, missing_characters
from campaigns.prints.typesetting import POINT, Setting, fit

FAMILY = "NotoSansSC"
CAP_CENTRE = 0.38
"""From the baseline up to the middle of an ideograph, in ems."""
CODE_PIXELS = 1600


class Box(NamedTuple):
    """A place: the units of the design from the upper left corner of the page."""

    left: float
    top: float
    width: float
    height: float

    def moved(self, right: float, down: float) -> Box:
        return self._replace(left=self.left + right, top=self.top + down)


class Type(NamedTuple):
    """How a text looks: points, from the size it has when there is room to the smallest one reads."""

    size: float
    smallest: float
    colour: Colour
    bold: bool = False
    leading: float = 1.3

    @property
    def style(self) -> str:
        return "B" if self.bold else ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """An open document, whose present page is drawn on."""

    pdf: FPDF
    scale: float


@contextmanager
def document(
    width: float, height: float, *, scale: float = 1, title: str, author: str, created: int, faces: Faces = BUNDLED
) -> Iterator[Sheet]:
    """A document of one page so many units wide and high; `created` is its date, UTC milliseconds."""
    pdf = FPDF(unit=scale / POINT, format=(width, height))
    pdf.set_auto_page_break(False)
    pdf.set_creation_date(datetime.fromtimestamp(created / 1000, UTC))
    pdf.set_title(title)
    pdf.set_author(author)
    pdf.set_lang("zh-CN")
    pdf.add_font(FAMILY, "", faces.regular)
    pdf.add_font(FAMILY, "B", faces.bold)
    pdf.add_page()
    try:
        yield Sheet(pdf, scale)
    finally:  # the output closes the font files, a refusal on the way to it would not
        for font in pdf.fonts.values():
            if isinstance(font, TTFFont):
                font.close()


def check_printable(text: str) -> None:
    """Raises UnprintableText when the bundled fonts lack a character of `text`."""
    if missing := missing_characters(text):
        raise UnprintableText(missing)


# --- text --------------------------------------------------------------------------------------------------------


def fitted(sheet: Sheet, field: str, text: str, box: Box, kind: Type) -> Setting:
    """`text` as it will stand in `box`. Raises TextTooLong, with its name, when it does not fit."""
    sheet.pdf.set_font(FAMILY, kind.style, 100)
    em = 100 * POINT / sheet.scale
    setting = fit(
        text,
        cache(lambda part: float(sheet.pdf.get_string_width(part)) / em),
        width=box.width,
        height=box.height,
        size=kind.size,
        smallest=kind.smallest,
        leading=kind.leading,
    )
    if setting is None:
        raise TextTooLong(field)
    return setting


def write(sheet: Sheet, field: str, text: str, box: Box, kind: Type, *, align: float = 0.5) -> None:
    """`text` in the middle of the height of `box`, to its left (`align` 0) or in the middle of its width (0.5).

    `field` is its name, should it not fit.
    """
    setting = fitted(sheet, field, text, box, kind)
    pdf = sheet.pdf
    pdf.set_font(FAMILY, kind.style, setting.size * sheet.scale)
    _check_face(pdf, setting.lines)
    pdf.set_text_color(*kind.colour)
    em = setting.size * POINT
    middle = box.top + box.height / 2 - (len(setting.lines) - 1) * em * kind.leading / 2
    for place, line in enumerate(setting.lines):
        left = box.left + (box.width - pdf.get_string_width(line)) * align
        pdf.text(left, middle + place * em * kind.leading + CAP_CENTRE * em, line)


def _check_face(pdf: FPDF, lines: Iterable[str]) -> None:
    """Reduced faces may lack what the bundled fonts have; an empty box in print would be wrong in silence."""
    face = pdf.current_font
    assert isinstance(face, TTFFont)
    if lacking := {character for line in lines for character in line if ord(character) not in face.cmap}:
        raise UnprintableText("".join(sorted(lacking)))


# --- shapes ------------------------------------------------------------------------------------------------------


@contextmanager
def filled(sheet: Sheet, colour: Colour, x: float, y: float) -> Iterator[PaintedPath]:
    """A path from `x`, `y` that is closed and filled when the block ends."""
    with sheet.pdf.new_path(x, y) as path:
        path.style.fill_color = "#{:02x}{:02x}{:02x}".format(*colour)
        path.style.stroke_color = None
        yield path
        path.close()


def leaf(sheet: Sheet, colour: Colour, left: float, top: float, size: float) -> None:
    """A leaf that grows from the lower left to the upper right of a square."""
    with filled(sheet, colour, left, top + size) as path:
        path.curve_to(left - size * 0.1, top + size * 0.25, left + size * 0.35, top, left + size, top)
        path.curve_to(left + size, top + size * 0.65, left + size * 0.75, top + size * 1.1, left, top + size)


def framed_code(
    sheet: Sheet,
    content: str,
    box: Box,
    *,
    logo: bytes = b"",
    frame: Colour | None = LEAF,
    pixels: int = CODE_PIXELS,
) -> None:
    """A code in a frame with round corners; `box` is a square. Raises UnusableAddress."""
    pdf = sheet.pdf
    inset = 0.0
    if frame is not None:
        pdf.set_draw_color(*frame)
        pdf.set_fill_color(255, 255, 255)
        pdf.set_line_width(box.width / 130)
        pdf.rect(*box, style="DF", round_corners=True, corner_radius=box.width / 26)
        inset = box.width / 53
    side = box.width - 2 * inset
    left, top = box.left + inset, box.top + inset
    if not logo:
        picture = codes.picture(content, pixels=pixels, correction="Q")
        pdf.image(picture, left, top, side, side, alt_text=content)
        return
    picture, place = codes.picture_with_hole(content, pixels=pixels)
    pdf.image(picture, left, top, side, side, alt_text=content)
    start, inner = (side * length / pixels for length in place)
    pdf.image(logo, left + start, top + start, inner, inner)
