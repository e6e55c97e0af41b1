"""Posters for the wall and the hall of an office: what it is, when, a code to scan, and steps. PDF, ready to print.

Layouts are data: one design for A4, the same one larger for A3, another for a roll-up of 80 × 200 cm. Text is set in
the bundled fonts and wraps and shrinks to its place. Nothing that matters lies within 8 mm of the edge of an A4 page,
where office printers cannot print, nor in the lowest 20 cm of a roll-up, part of which stays in its case.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

from campaigns.prints.colours import INK, LEAF, MINT, PINE, SHADE, STONE, WHITE, Colour
from campaigns.prints.drawing import (
    Box,
    Sheet,
    Type,
    check_printable,
    document,
    filled,
    fitted,
    framed_code,
    leaf,
    write,
)
from campaigns.prints.errors import TextTooLong
from campaigns.prints.fonts import BUNDLED, Faces
from campaigns.prints.typesetting import plain

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
    """What is printed for those who cannot scan, and what the code holds: at most 300 ASCII characters."""
    instructions: tuple[str, ...] = STEPS
    """At most four steps, a few words each."""
    unit: str = ""
    """Set on a unit's own poster, whose address carries the unit's code."""
    organiser: str = ""
    """“主办单位：” is put before."""
    footer: str = ""
    """Such as record numbers (ICP 备案)."""
    brand: str = ""
    """The organiser's brand line, above the name."""
    code: str = ""
    """What the code holds where that is not the address: the parametric code of an official account."""
    logo: bytes = b""
    """What stands in the middle of the code: see `campaigns.prints.logos`."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything stands on a page, in the units of the design, and in which type."""

    width: float
    height: float
    scale: float
    """Millimetres of a unit."""
    hill: tuple[float, float, float]
    """Heights of the dark ground above: on the left, on the right, and of the curve between."""
    leaves: tuple[tuple[float, float, float], ...]
    """Left, top and size, on the dark ground."""
    brand: Box
    title: Box
    untitled: float
    """How much higher the title's place is without a theme beneath it."""
    theme: Box
    dates: Box
    panel: float
    """Where the place of the code and the unit's name begins."""
    undated: float
    """How much further up it begins without dates."""
    panel_end: float
    largest_code: float
    """A larger one reads no better and drowns the title."""
    unit_height: float
    step_discs: float
    """The height of the middle of the row of numbered discs."""
    foot: float
    """Where the line above the foot is."""
    meadow: float | None
    """Where the dark ground below begins; None: there is none."""
    types: tuple[Type, Type, Type, Type, Type, Type, Type]
    """Of title, theme, dates, unit, steps, organiser, and of what is small."""

    def place(self, top: float, height: float, margin: float = 20) -> Box:
        """All of the width but its margins."""
        return Box(margin, top, self.width - 2 * margin, height)


TITLE = Type(46, 17, WHITE, bold=True, leading=1.25)
THEME = Type(20, 10, MINT)
DATES = Type(17, 9, INK)
UNIT = Type(19, 9, PINE, bold=True)
STEP = Type(15, 8, INK, bold=True)
STEP_NUMBER = Type(13, 13, WHITE, bold=True)
ORGANISER = Type(12, 7, INK)
SMALL = Type(9, 6, STONE)
BRAND = Type(15, 9, MINT)
TYPES = (TITLE, THEME, DATES, UNIT, STEP, ORGANISER, SMALL)
BLEED = 3.0
MOST_STEPS = 4

A4 = Layout(
    width=210,
    height=297,
    scale=1,
    hill=(90, 82, 101),
    leaves=((150, -22, 74), (-18, 8, 46)),
    brand=Box(22, 13, 166, 13),
    title=Box(16, 28, 178, 44),
    untitled=10,
    theme=Box(22, 73, 166, 14),
    dates=Box(20, 106, 170, 12),
    panel=121,
    undated=13,
    panel_end=229,
    largest_code=106,
    unit_height=15,
    step_discs=239.5,
    foot=263,
    meadow=None,
    types=TYPES,
)
A3 = replace(A4, scale=2**0.5)
ROLLUP = Layout(
    width=200,
    height=500,
    scale=4,
    hill=(138, 128, 150),
    leaves=((138, -26, 92), (-26, 36, 62), (120, 84, 30)),
    brand=Box(18, 24, 164, 16),
    title=Box(14, 44, 172, 60),
    untitled=14,
    theme=Box(18, 106, 164, 18),
    dates=Box(16, 156, 168, 14),
    panel=175,
    undated=18,
    panel_end=310,
    largest_code=116,
    unit_height=20,
    step_discs=326,
    foot=362,
    meadow=424,
    types=(
        TITLE._replace(size=54, smallest=20),
        THEME._replace(size=23),
        DATES._replace(size=19),
        UNIT._replace(size=24),
        STEP._replace(size=16),
        ORGANISER._replace(size=14),
        SMALL,
    ),
)
LAYOUTS = {"a4": A4, "a3": A3, "rollup": ROLLUP}
"""By the names that commands and pages use."""


def a4(poster: Poster, *, created: int = 0) -> bytes:
    """The poster as a one-page A4 PDF: see `pdf`."""
    return pdf(poster, A4, created=created)


def pdf(poster: Poster, layout: Layout, *, created: int = 0, faces: Faces = BUNDLED) -> bytes:
    """The poster as a one-page PDF in real size; the same poster and `created` give the same bytes.

    `created` is the document's date, UTC milliseconds; `faces` must hold all characters of the poster. Raises
    UnusableAddress; UnprintableText when the bundled fonts lack a character; TextTooLong when a text does not fit
    even in small type.
    """
    poster = _plain(poster)
    check_printable("".join(_texts(poster)))
    with document(
        layout.width,
        layout.height,
        scale=layout.scale,
        title=poster.name,
        author=poster.organiser,
        created=created,
        faces=faces,
    ) as sheet:
        _header(sheet, poster, layout)
        if poster.dates:
            write(sheet, "活动时间", f"活动时间：{poster.dates}", layout.dates, layout.types[2])
        _panel(sheet, poster, layout)
        _steps(sheet, poster.instructions, layout)
        _foot(sheet, poster, layout)
        return bytes(sheet.pdf.output())


def characters(poster: Poster) -> str:
    """Every character that a poster needs, what is put before its texts included."""
    return "".join(sorted({*"".join(_texts(_plain(poster))), *PUT_BEFORE}))


PUT_BEFORE = "活动时间：主办单位：扫码不便时，请在微信中打开 0123456789"


def _plain(poster: Poster) -> Poster:
    as_they_are = {"address", "code", "logo", "instructions"}
    texts: dict[str, Any] = {
        one.name: plain(getattr(poster, one.name)) for one in fields(poster) if one.name not in as_they_are
    }
    return replace(poster, **texts, instructions=tuple(filter(None, map(plain, poster.instructions))))


def _texts(poster: Poster) -> Iterator[str]:
    for field in fields(poster):
        value = getattr(poster, field.name)
        if isinstance(value, str):
            yield value
    yield from poster.instructions


def _hill(sheet: Sheet, colour: Colour, layout: Layout, left: float, right: float, crest: float) -> None:
    """All above a soft curve from height `left` to `right`; over the page's edges, so that no white line is left."""
    start, end = -BLEED, layout.width + BLEED
    with filled(sheet, colour, start, -BLEED) as path:
        path.line_to(end, -BLEED).line_to(end, right)
        path.curve_to(layout.width * 0.68, crest, layout.width * 0.36, crest + 6, start, left)


def _header(sheet: Sheet, poster: Poster, layout: Layout) -> None:
    left, right, crest = layout.hill
    _hill(sheet, LEAF, layout, left + 2, right + 6, crest + 3)
    _hill(sheet, PINE, layout, left, right, crest)
    for place in layout.leaves:
        leaf(sheet, SHADE, *place)
    if poster.brand:
        write(sheet, "品牌", poster.brand, layout.brand, BRAND)
    else:
        leaf(sheet, LEAF, layout.width / 2 - 5, layout.brand.top + 2, 10)
    title = layout.title
    if not poster.theme:
        title = title._replace(height=title.height + layout.untitled)
    write(sheet, "活动名称", poster.name, title, layout.types[0])
    if poster.theme:
        write(sheet, "活动主题", poster.theme, layout.theme, layout.types[1])


def _panel(sheet: Sheet, poster: Poster, layout: Layout) -> None:
    """The code in its frame, with the unit's name beneath, in the middle of its place."""
    top = layout.panel if poster.dates else layout.panel - layout.undated
    name_height = layout.unit_height if poster.unit else 0.0
    side = min(layout.largest_code, layout.panel_end - top - name_height)
    top += (layout.panel_end - top - name_height - side) / 2
    box = Box((layout.width - side) / 2, top, side, side)
    framed_code(sheet, poster.code or poster.address, box, logo=poster.logo)
    if poster.unit:
        write(sheet, "单位名称", poster.unit, layout.place(top + side + 2, name_height - 2), layout.types[3])


def _steps(sheet: Sheet, steps: tuple[str, ...], layout: Layout) -> None:
    """Numbered discs in a row, joined by arrows, all texts in one size."""
    if not steps:
        return
    if len(steps) > MOST_STEPS:
        raise TextTooLong("参与步骤")
    kind, middle = layout.types[4], layout.step_discs
    column = (layout.width - 36) / len(steps)
    boxes = [Box(20 + place * column, middle + 6, column - 4, 12) for place in range(len(steps))]
    sizes = [fitted(sheet, "参与步骤", *step, kind).size for step in zip(steps, boxes, strict=True)]
    for place, (step, box) in enumerate(zip(steps, boxes, strict=True)):
        disc = Box(box.left + box.width / 2 - 4.5, middle - 4.5, 9, 9)
        sheet.pdf.set_fill_color(*PINE)
        sheet.pdf.ellipse(*disc, style="F")
        write(sheet, "步骤序号", str(place + 1), disc, STEP_NUMBER)
        write(sheet, "参与步骤", step, box, kind._replace(size=min(sizes)))
        if place:
            _arrow(sheet, box.left - 2, middle, reach=column / 2 - 14)


def _arrow(sheet: Sheet, x: float, y: float, reach: float) -> None:
    sheet.pdf.set_draw_color(*LEAF)
    sheet.pdf.set_line_width(0.9)
    sheet.pdf.line(x - reach, y, x + reach, y)
    sheet.pdf.polyline([(x + reach - 2.5, y - 2.5), (x + reach, y), (x + reach - 2.5, y + 2.5)])


def _foot(sheet: Sheet, poster: Poster, layout: Layout) -> None:
    top, organiser, small = layout.foot, layout.types[5], layout.types[6]
    sheet.pdf.set_draw_color(*MINT)
    sheet.pdf.set_line_width(0.4)
    sheet.pdf.line(20, top, layout.width - 20, top)
    if poster.organiser:
        write(sheet, "主办单位", f"主办单位：{poster.organiser}", layout.place(top + 1.5, 8.5), organiser)
    write(sheet, "网址", f"扫码不便时，请在微信中打开 {poster.address}", layout.place(top + 9.5, 9), small)
    if poster.footer:
        write(sheet, "页脚", poster.footer, layout.place(top + 18.5, 7), small)
    if layout.meadow is not None:
        _meadow(sheet, layout, layout.meadow)


def _meadow(sheet: Sheet, layout: Layout, top: float) -> None:
    """The dark ground below, with leaves; nothing to read, since feet and a case stand before it."""
    for colour, rise in ((LEAF, 0.0), (PINE, 4.0)):
        with filled(sheet, colour, -BLEED, top + 12 + rise) as path:
            path.curve_to(layout.width * 0.3, top - 8 + rise, layout.width * 0.7, top + 26, layout.width + BLEED, top)
            path.line_to(layout.width + BLEED, layout.height + BLEED).line_to(-BLEED, layout.height + BLEED)
    leaf(sheet, SHADE, layout.width * 0.62, top + 22, 40)
    leaf(sheet, SHADE, layout.width * 0.08, top + 30, 28)
