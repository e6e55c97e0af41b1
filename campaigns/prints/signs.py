"""Small signs for taps, switches and printers that carry the code: several on a sheet of A4, to be cut along the dots.

Each has a slogan, a line that says what to do, a picture, and a colour of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from campaigns.prints.colours import AMBER, ICE, INK, PINE, SLATE, STONE, WATER, WHITE, Colour
from campaigns.prints.drawing import Box, Sheet, Type, check_printable, document, filled, framed_code, leaf, write
from campaigns.prints.errors import PrintError
from campaigns.prints.fonts import BUNDLED, Faces
from campaigns.prints.typesetting import plain

WIDTH, HEIGHT = 148.5, 105.0
"""Millimetres of an A6 sign, which is the design; an A5 one is √2 as large."""
EDGE = 7.0
"""Nothing lies nearer to an edge: what office printers cannot print, and room for scissors."""
MOST_KINDS = 20


@dataclass(frozen=True, slots=True)
class Slogan:
    """What a sign says. Any text of an organiser's will do: it comes with our leaf, in green."""

    text: str
    line: str = ""
    colour: Colour = PINE
    icon: str = "leaf"
    """See `ICONS`."""


SLOGANS = (
    Slogan("节约用电", "人走断电，不留待机", AMBER, "bulb"),
    Slogan("节约用水", "用完请拧紧水龙头", WATER, "drop"),
    Slogan("随手关灯", "离开时，请关灯", PINE, "switch"),
    Slogan("空调控温", "夏季不低于 26℃，冬季不高于 20℃", ICE, "thermometer"),
    Slogan("双面打印", "节约一张纸，留住一片绿", SLATE, "paper"),
)
USUAL = SLOGANS[:3]


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign, as often as a sheet has room for it."""

    slogan: Slogan
    address: str
    """Of the campaign, perhaps with a unit; what the code holds."""
    caption: str = "微信扫一扫，一起学节能"
    """Beneath the code."""
    owner: str = ""
    """Who has put it up: the unit, or the organiser."""
    code: str = ""
    """What the code holds where that is not the address."""
    logo: bytes = b""


@dataclass(frozen=True, slots=True)
class SignSheet:
    """How signs lie on a sheet of A4."""

    columns: int
    rows: int
    scale: float

    @property
    def width(self) -> float:
        return WIDTH * self.columns

    @property
    def height(self) -> float:
        return HEIGHT * self.rows


SHEETS = {"sign": SignSheet(2, 2, 1.0), "sign-a5": SignSheet(1, 2, 2**0.5)}
"""By the names that commands and pages use: four of A6, two of A5."""

SLOGAN = Type(48, 16, WHITE, bold=True, leading=1.2)
LINE = Type(17, 9, WHITE)
CAPTION = Type(11.5, 7, INK, bold=True)
OWNER = Type(9, 5.5, STONE)


def slogan_of(text: str, line: str = "") -> Slogan:
    """One of ours by its text, or an organiser's own; `line` replaces what stands beneath."""
    text, line = plain(text), plain(line)
    known = next((one for one in SLOGANS if one.text == text), Slogan(text))
    return replace(known, line=line) if line else known


def pdf(signs: Sequence[Sign], sheet: SignSheet, *, created: int = 0, faces: Faces = BUNDLED) -> bytes:
    """A page for each of the signs, filled with copies of it, in real size; the same input gives the same bytes.

    `created` is the document's date, UTC milliseconds; `faces` must hold all characters of the signs. Raises
    UnusableAddress, UnprintableText, TextTooLong; PrintError without any sign, for more than twenty, and for an empty
    slogan.
    """
    if not 0 < len(signs) <= MOST_KINDS:
        raise PrintError(f"一次可以做 1 到 {MOST_KINDS} 种提示牌。")
    signs = [_plain(sign) for sign in signs]
    if not all(sign.slogan.text for sign in signs):
        raise PrintError("提示牌上总要有一句话：请写上标语，例如 节约用电。")
    check_printable("".join(text for sign in signs for text in _texts(sign)))
    title = "、".join(dict.fromkeys(sign.slogan.text for sign in signs))
    with document(
        sheet.width, sheet.height, scale=sheet.scale, title=title, author=signs[0].owner, created=created, faces=faces
    ) as paper:
        for place, sign in enumerate(signs):
            if place:
                paper.pdf.add_page()
            for row in range(sheet.rows):
                for column in range(sheet.columns):
                    _draw(paper, sign, column * WIDTH, row * HEIGHT)
            _cutting_lines(paper, sheet)
        return bytes(paper.pdf.output())


def characters(sign: Sign) -> str:
    """Every character that a sign needs."""
    return "".join(sorted({*"".join(_texts(_plain(sign)))}))


def _plain(sign: Sign) -> Sign:
    slogan = replace(sign.slogan, text=plain(sign.slogan.text), line=plain(sign.slogan.line))
    return replace(sign, slogan=slogan, caption=plain(sign.caption), owner=plain(sign.owner))


def _texts(sign: Sign) -> tuple[str, ...]:
    return (sign.slogan.text, sign.slogan.line, sign.caption, sign.owner)


def _draw(sheet: Sheet, sign: Sign, right: float, down: float) -> None:
    """One sign, whose upper left corner lies there."""
    slogan = sign.slogan
    card = Box(EDGE, EDGE, WIDTH - 2 * EDGE, HEIGHT - 2 * EDGE).moved(right, down)
    sheet.pdf.set_fill_color(*slogan.colour)
    sheet.pdf.rect(*card, style="F", round_corners=True, corner_radius=5)
    ICONS[slogan.icon](sheet, slogan.colour, right + 36, down + 15, 22)
    high = 26.0 if slogan.line else 40.0
    write(sheet, "标语", slogan.text, Box(13, 43, 70, high).moved(right, down), SLOGAN)
    if slogan.line:
        write(sheet, "标语下的一句话", slogan.line, Box(13, 71, 70, 18).moved(right, down), LINE)
    white = Box(88, 12, 49, 81).moved(right, down)
    sheet.pdf.set_fill_color(*WHITE)
    sheet.pdf.rect(*white, style="F", round_corners=True, corner_radius=4)
    framed_code(
        sheet, sign.code or sign.address, Box(89.5, 13.5, 46, 46).moved(right, down), logo=sign.logo, frame=None
    )
    write(sheet, "二维码下的文字", sign.caption, Box(91, 60, 43, 14).moved(right, down), CAPTION)
    if sign.owner:
        write(sheet, "单位", sign.owner, Box(91, 75, 43, 15).moved(right, down), OWNER)


def _cutting_lines(paper: Sheet, sheet: SignSheet) -> None:
    pdf = paper.pdf
    pdf.set_draw_color(*STONE)
    pdf.set_line_width(0.15)
    pdf.set_dash_pattern(dash=1, gap=2)
    for column in range(1, sheet.columns):
        pdf.line(column * WIDTH, 0, column * WIDTH, sheet.height)
    for row in range(1, sheet.rows):
        pdf.line(0, row * HEIGHT, sheet.width, row * HEIGHT)
    pdf.set_dash_pattern()


# --- icons: white on the sign's colour, in a square of `size` ----------------------------------------------------


def _leaf(sheet: Sheet, colour: Colour, left: float, top: float, size: float) -> None:
    leaf(sheet, WHITE, left + size * 0.05, top, size * 0.9)
    _vein(sheet, colour, (left, top + size), (left + size * 0.68, top + size * 0.28), size)


def _vein(sheet: Sheet, colour: Colour, start: tuple[float, float], end: tuple[float, float], size: float) -> None:
    sheet.pdf.set_draw_color(*colour)
    sheet.pdf.set_line_width(size / 22)
    sheet.pdf.line(*start, *end)


def _drop(sheet: Sheet, colour: Colour, left: float, top: float, size: float) -> None:
    middle, base = left + size / 2, top + size * 0.66
    with filled(sheet, WHITE, middle, top) as path:
        path.curve_to(
            middle + size * 0.1, top + size * 0.25, middle + size * 0.36, base - size * 0.2, middle + size * 0.36, base
        )
        path.curve_to(
            middle + size * 0.36,
            base + size * 0.46,
            middle - size * 0.36,
            base + size * 0.46,
            middle - size * 0.36,
            base,
        )
        path.curve_to(middle - size * 0.36, base - size * 0.2, middle - size * 0.1, top + size * 0.25, middle, top)
    with filled(sheet, colour, middle - size * 0.24, base) as path:
        path.curve_to(
            middle - size * 0.22,
            base + size * 0.17,
            middle - size * 0.12,
            base + size * 0.24,
            middle,
            base + size * 0.25,
        )
        path.line_to(middle, base + size * 0.18)
        path.curve_to(
            middle - size * 0.1, base + size * 0.17, middle - size * 0.15, base + size * 0.1, middle - size * 0.17, base
        )


def _bulb(sheet: Sheet, colour: Colour, left: float, top: float, size: float) -> None:
    pdf, middle = sheet.pdf, left + size / 2
    pdf.set_fill_color(*WHITE)
    pdf.ellipse(middle - size * 0.32, top, size * 0.64, size * 0.64, style="F")
    with filled(sheet, WHITE, middle - size * 0.27, top + size * 0.46) as path:
        path.curve_to(
            middle - size * 0.2,
            top + size * 0.6,
            middle - size * 0.16,
            top + size * 0.6,
            middle - size * 0.15,
            top + size * 0.72,
        )
        path.line_to(middle + size * 0.15, top + size * 0.72)
        path.curve_to(
            middle + size * 0.16,
            top + size * 0.6,
            middle + size * 0.2,
            top + size * 0.6,
            middle + size * 0.27,
            top + size * 0.46,
        )
    for row, half in ((0.76, 0.15), (0.855, 0.15), (0.95, 0.08)):
        pdf.rect(
            middle - size * half,
            top + size * row,
            size * half * 2,
            size * 0.06,
            style="F",
            round_corners=True,
            corner_radius=size * 0.03,
        )
    bolt = ((0.03, 0.1), (-0.15, 0.36), (-0.02, 0.36), (-0.04, 0.56), (0.15, 0.28), (0.02, 0.28))
    with filled(sheet, colour, middle + size * bolt[0][0], top + size * bolt[0][1]) as path:
        for x, y in bolt[1:]:
            path.line_to(middle + size * x, top + size * y)


def _switch(sheet: Sheet, colour: Colour, left: float, top: float, size: float) -> None:
    """A wall switch, its lower half pressed: off."""
    pdf = sheet.pdf
    pdf.set_fill_color(*WHITE)
    pdf.rect(
        left + size * 0.04,
        top + size * 0.04,
        size * 0.92,
        size * 0.92,
        style="F",
        round_corners=True,
        corner_radius=size * 0.12,
    )
    pdf.set_fill_color(*colour)
    pdf.rect(
        left + size * 0.27,
        top + size * 0.18,
        size * 0.46,
        size * 0.64,
        style="F",
        round_corners=True,
        corner_radius=size * 0.06,
    )
    pdf.set_fill_color(*WHITE)
    pdf.rect(
        left + size * 0.32,
        top + size * 0.5,
        size * 0.36,
        size * 0.27,
        style="F",
        round_corners=True,
        corner_radius=size * 0.04,
    )
    pdf.ellipse(left + size * 0.44, top + size * 0.28, size * 0.12, size * 0.12, style="F")


def _thermometer(sheet: Sheet, colour: Colour, left: float, top: float, size: float) -> None:
    pdf, middle = sheet.pdf, left + size * 0.42
    for shade, grown in ((WHITE, 0.0), (colour, 0.055)):
        pdf.set_fill_color(*shade)
        wide = size * (0.13 - grown)
        pdf.rect(
            middle - wide,
            top + size * grown,
            wide * 2,
            size * 0.75,
            style="F",
            round_corners=True,
            corner_radius=wide * 0.99,
        )
        round_half = size * (0.22 - grown)
        pdf.ellipse(middle - round_half, top + size * 0.78 - round_half, round_half * 2, round_half * 2, style="F")
    pdf.set_fill_color(*WHITE)
    pdf.ellipse(middle - size * 0.11, top + size * 0.67, size * 0.22, size * 0.22, style="F")
    pdf.rect(middle - size * 0.035, top + size * 0.34, size * 0.07, size * 0.4, style="F")
    for mark in range(4):
        pdf.rect(
            middle + size * 0.2,
            top + size * (0.08 + mark * 0.14),
            size * (0.2 if mark % 2 == 0 else 0.13),
            size * 0.05,
            style="F",
        )


def _paper(sheet: Sheet, colour: Colour, left: float, top: float, size: float) -> None:
    """Two sheets, one behind the other."""
    pdf = sheet.pdf
    pdf.set_draw_color(*WHITE)
    pdf.set_line_width(size * 0.05)
    pdf.rect(
        left + size * 0.3,
        top + size * 0.02,
        size * 0.56,
        size * 0.74,
        style="D",
        round_corners=True,
        corner_radius=size * 0.05,
    )
    pdf.set_fill_color(*colour)
    pdf.rect(left + size * 0.1, top + size * 0.18, size * 0.64, size * 0.82, style="F")
    pdf.set_fill_color(*WHITE)
    pdf.rect(
        left + size * 0.14,
        top + size * 0.22,
        size * 0.56,
        size * 0.74,
        style="F",
        round_corners=True,
        corner_radius=size * 0.05,
    )
    pdf.set_fill_color(*colour)
    for row, wide in ((0.36, 0.36), (0.5, 0.36), (0.64, 0.36), (0.78, 0.2)):
        pdf.rect(left + size * 0.24, top + size * row, size * wide, size * 0.05, style="F")


ICONS: dict[str, Callable[[Sheet, Colour, float, float, float], None]] = {
    "leaf": _leaf,
    "drop": _drop,
    "bulb": _bulb,
    "switch": _switch,
    "thermometer": _thermometer,
    "paper": _paper,
}
