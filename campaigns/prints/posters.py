"""A4 posters for the wall of an office: what it is, when, a code to scan, and three steps. PDF, ready to print.

Text is set in the bundled fonts and wraps and shrinks to its place; millimetres throughout, type in points. Nothing
that matters lies within 8 mm of the edge, where office printers cannot print.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import cache
from typing import NamedTuple

from fpdf import FPDF
from fpdf.drawing import PaintedPath
from fpdf.fonts import TTFFont

from campaigns.prints import codes
from campaigns.prints.errors import TextTooLong, UnprintableText
from campaigns.prints.fonts import BOLD, REGULAR, missing_characters
from campaigns.prints.typesetting import POINT, Setting, fit, plain

STEPS = ("微信扫一扫", "点击开始答题", "完成可参加抽奖")


def steps(draw_points: int) -> tuple[str, ...]:
    """What to do, for a campaign that asks for so many points to be in its draw; 0: for whoever finishes."""
    return (*STEPS[:-1], f"得 {draw_points} 分可参加抽奖") if draw_points else STEPS


@dataclass(frozen=True, slots=True)
class Poster:
    """What stands on one poster. Every text may be empty but the name and the address."""

    name: str
    """The campaign's; a space is where a line of the title had best end."""
    theme: str
    """One line beneath the name."""
    dates: str
    """As people read them, ``2026年6月10日—6月20日``; “活动时间：” is put before."""
    address: str
    """What the code holds, and what is printed beneath for those who cannot scan: at most 300 ASCII characters."""
    instructions: tuple[str, ...] = STEPS
    """At most four steps, a few words each."""
    unit: str = ""
    """Set on a unit's own poster, whose address carries the unit's code."""
    organiser: str = ""
    """“主办单位：” is put before."""
    footer: str = ""
    """Such as record numbers (ICP 备案)."""


class Colour(NamedTuple):
    red: int
    green: int
    blue: int


PINE = Colour(16, 84, 58)
SHADE = Colour(24, 96, 67)
LEAF = Colour(126, 186, 104)
MINT = Colour(214, 236, 214)
INK = Colour(38, 50, 44)
STONE = Colour(110, 122, 115)
WHITE = Colour(255, 255, 255)

WIDTH = 210.0
BLEED = 3.0
CENTRE = WIDTH / 2
MOST_STEPS = 4
LARGEST_CODE = 106.0
"""Millimetres: a larger one reads no better and drowns the title."""
FAMILY = "NotoSansSC"
CAP_CENTRE = 0.38
"""From the baseline up to the middle of an ideograph, in ems."""


class Box(NamedTuple):
    """A place for text: millimetres from the upper left corner of the page."""

    left: float
    top: float
    width: float
    height: float


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


TITLE = Type(46, 17, WHITE, bold=True, leading=1.25)
THEME = Type(20, 10, MINT)
DATES = Type(17, 9, INK)
UNIT = Type(19, 9, PINE, bold=True)
STEP = Type(15, 8, INK, bold=True)
STEP_NUMBER = Type(13, 13, WHITE, bold=True)
ORGANISER = Type(12, 7, INK)
SMALL = Type(9, 6, STONE)


def a4(poster: Poster, *, created: int = 0) -> bytes:
    """The poster as a one-page A4 PDF; the same poster and `created` give the same bytes.

    `created` is the document's date, UTC milliseconds. Raises UnusableAddress; UnprintableText when the bundled
    fonts lack a character; TextTooLong when a text does not fit even in small type.
    """
    poster = _plain(poster)
    if missing := missing_characters("".join(_texts(poster))):
        raise UnprintableText(missing)
    with _document(poster, created) as pdf:
        _header(pdf, poster)
        if poster.dates:
            _write(pdf, "活动时间", f"活动时间：{poster.dates}", Box(20, 106, 170, 12), DATES)
        _panel(pdf, poster, top=121 if poster.dates else 108)
        _steps(pdf, poster.instructions)
        _foot(pdf, poster)
        return bytes(pdf.output())


def _plain(poster: Poster) -> Poster:
    return Poster(
        name=plain(poster.name),
        theme=plain(poster.theme),
        dates=plain(poster.dates),
        address=poster.address,
        instructions=tuple(filter(None, map(plain, poster.instructions))),
        unit=plain(poster.unit),
        organiser=plain(poster.organiser),
        footer=plain(poster.footer),
    )


def _texts(poster: Poster) -> Iterator[str]:
    for field in fields(poster):
        value = getattr(poster, field.name)
        yield from (value,) if isinstance(value, str) else value


@contextmanager
def _document(poster: Poster, created: int) -> Iterator[FPDF]:
    pdf = FPDF(unit="mm", format="A4")
    pdf.set_auto_page_break(False)
    pdf.set_creation_date(datetime.fromtimestamp(created / 1000, UTC))
    pdf.set_title(poster.name)
    pdf.set_author(poster.organiser)
    pdf.set_lang("zh-CN")
    pdf.add_font(FAMILY, "", REGULAR)
    pdf.add_font(FAMILY, "B", BOLD)
    pdf.add_page()
    try:
        yield pdf
    finally:  # the output closes the font files, a refusal on the way to it would not
        for font in pdf.fonts.values():
            if isinstance(font, TTFFont):
                font.close()


def _fitted(pdf: FPDF, field: str, text: str, box: Box, kind: Type) -> Setting:
    pdf.set_font(FAMILY, kind.style, 100)
    setting = fit(
        text,
        cache(lambda part: float(pdf.get_string_width(part)) / (100 * POINT)),
        width=box.width,
        height=box.height,
        size=kind.size,
        smallest=kind.smallest,
        leading=kind.leading,
    )
    if setting is None:
        raise TextTooLong(field)
    return setting


def _write(pdf: FPDF, field: str, text: str, box: Box, kind: Type) -> None:
    """`text` in the middle of `box`; `field` is its name, should it not fit."""
    setting = _fitted(pdf, field, text, box, kind)
    pdf.set_font(FAMILY, kind.style, setting.size)
    pdf.set_text_color(*kind.colour)
    em = setting.size * POINT
    middle = box.top + box.height / 2 - (len(setting.lines) - 1) * em * kind.leading / 2
    for place, line in enumerate(setting.lines):
        left = box.left + (box.width - pdf.get_string_width(line)) / 2
        pdf.text(left, middle + place * em * kind.leading + CAP_CENTRE * em, line)


@contextmanager
def _filled(pdf: FPDF, colour: Colour, x: float, y: float) -> Iterator[PaintedPath]:
    """A path from `x`, `y` that is closed and filled when the block ends."""
    with pdf.new_path(x, y) as path:
        path.style.fill_color = "#{:02x}{:02x}{:02x}".format(*colour)
        path.style.stroke_color = None
        yield path
        path.close()


def _hill(pdf: FPDF, colour: Colour, left: float, right: float, crest: float) -> None:
    """All above a soft curve from height `left` to `right`; over the page's edges, so that no white line is left."""
    start, end = -BLEED, WIDTH + BLEED
    with _filled(pdf, colour, start, -BLEED) as path:
        path.line_to(end, -BLEED).line_to(end, right)
        path.curve_to(WIDTH * 0.68, crest, WIDTH * 0.36, crest + 6, start, left)


def _leaf(pdf: FPDF, colour: Colour, left: float, top: float, size: float) -> None:
    """A leaf that grows from the lower left to the upper right of a square."""
    with _filled(pdf, colour, left, top + size) as path:
        path.curve_to(left - size * 0.1, top + size * 0.25, left + size * 0.35, top, left + size, top)
        path.curve_to(left + size, top + size * 0.65, left + size * 0.75, top + size * 1.1, left, top + size)


def _header(pdf: FPDF, poster: Poster) -> None:
    _hill(pdf, LEAF, 92, 88, 104)
    _hill(pdf, PINE, 90, 82, 101)
    _leaf(pdf, SHADE, 150, -22, 74)
    _leaf(pdf, SHADE, -18, 8, 46)
    _leaf(pdf, LEAF, CENTRE - 5, 15, 10)
    title = Box(16, 28, 178, 44 if poster.theme else 54)
    _write(pdf, "活动名称", poster.name, title, TITLE)
    if poster.theme:
        _write(pdf, "活动主题", poster.theme, Box(22, 73, 166, 14), THEME)


def _panel(pdf: FPDF, poster: Poster, top: float) -> None:
    """The code in its frame, with the unit's name beneath, in the middle of the space below `top`."""
    bottom = 229.0
    name_height = 15.0 if poster.unit else 0.0
    side = min(LARGEST_CODE, bottom - top - name_height)
    top += (bottom - top - name_height - side) / 2
    left = CENTRE - side / 2
    pdf.set_draw_color(*LEAF)
    pdf.set_line_width(0.8)
    pdf.rect(left, top, side, side, style="D", round_corners=True, corner_radius=4)
    picture = codes.png(poster.address, pixels=1600, correction="Q")
    pdf.image(io.BytesIO(picture), left + 2, top + 2, side - 4, side - 4, alt_text=poster.address)
    if poster.unit:
        _write(pdf, "单位名称", poster.unit, Box(20, top + side + 2, 170, name_height - 2), UNIT)


def _steps(pdf: FPDF, steps: tuple[str, ...]) -> None:
    """Numbered discs in a row, joined by arrows, all texts in one size."""
    if not steps:
        return
    if len(steps) > MOST_STEPS:
        raise TextTooLong("参与步骤")
    column = 174 / len(steps)
    boxes = [Box(20 + place * column, 245.5, column - 4, 12) for place in range(len(steps))]
    sizes = [_fitted(pdf, "参与步骤", *step, STEP).size for step in zip(steps, boxes, strict=True)]
    for place, (step, box) in enumerate(zip(steps, boxes, strict=True)):
        disc = Box(box.left + box.width / 2 - 4.5, 235, 9, 9)
        pdf.set_fill_color(*PINE)
        pdf.ellipse(*disc, style="F")
        _write(pdf, "步骤序号", str(place + 1), disc, STEP_NUMBER)
        _write(pdf, "参与步骤", step, box, STEP._replace(size=min(sizes)))
        if place:
            _arrow(pdf, box.left - 2, 239.5, reach=column / 2 - 14)


def _arrow(pdf: FPDF, x: float, y: float, reach: float) -> None:
    pdf.set_draw_color(*LEAF)
    pdf.set_line_width(0.9)
    pdf.line(x - reach, y, x + reach, y)
    pdf.polyline([(x + reach - 2.5, y - 2.5), (x + reach, y), (x + reach - 2.5, y + 2.5)])


def _foot(pdf: FPDF, poster: Poster) -> None:
    pdf.set_draw_color(*MINT)
    pdf.set_line_width(0.4)
    pdf.line(20, 263, WIDTH - 20, 263)
    if poster.organiser:
        _write(pdf, "主办单位", f"主办单位：{poster.organiser}", Box(20, 264.5, 170, 8.5), ORGANISER)
    _write(pdf, "网址", f"扫码不便时，请在微信中打开 {poster.address}", Box(20, 272.5, 170, 9), SMALL)
    if poster.footer:
        _write(pdf, "页脚", poster.footer, Box(20, 281.5, 170, 7), SMALL)
