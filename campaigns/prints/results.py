"""A picture of somebody's result to keep on a phone: PNG, 1080 pixels wide, with the campaign's code. No promises.

What all participants of a campaign have in common is drawn once a process and kept; a picture then costs little.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import cache, lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from campaigns.prints import codes
from campaigns.prints.colours import INK, LEAF, MINT, PALE, PINE, SHADE, STONE, WHITE, Colour
from campaigns.prints.errors import UnprintableText
from campaigns.prints.fonts import BOLD, REGULAR, missing_characters
from campaigns.prints.shapes import Point, curve
from campaigns.prints.typesetting import POINT, Setting, fit, plain

WIDTH, HEIGHT = 1080, 1560
FINER = 3
"""Shapes are drawn so many times larger and made smaller, for smooth edges."""
CODE_SIDE = 330
KEPT = 4
"""Campaigns whose common part is kept, 5 MB each."""
ELLIPSIS = "…"

Box = tuple[float, float, float, float]
"""Left, top, width, height in pixels."""


@dataclass(frozen=True, slots=True)
class ResultPicture:
    """What stands on it, worded already, in whatever language; all may be empty but the first three."""

    name: str
    """The campaign's."""
    points: str
    """The score as a figure, ``80``; or a word in its place, as 已完成."""
    address: str
    """What the code holds: the campaign's entry page."""
    theme: str = ""
    brand: str = ""
    """The organiser's brand line, above the name."""
    heading: str = "我的成绩"
    """Above the score; may hold the masked name."""
    points_unit: str = "分"
    """Beside the figure."""
    facts: tuple[str, ...] = ()
    """At most four short lines, as ``用时 3分12秒``, ``个人第 12 名``, ``单位第 3 名``."""
    unit: str = ""
    """The name of the participant's unit."""
    date: str = ""
    """As people read it, ``2026年7月4日``."""
    invitation: str = "扫码一起答题"
    """Beside the code."""
    organiser: str = ""


def result_picture(result: ResultPicture) -> bytes:
    """The PNG, 1080 × 1560 pixels, at most 200 kB; the same result gives the same bytes.

    A text that is too long for its place is cut and ends in an ellipsis. Raises UnusableAddress, and UnprintableText
    when the bundled fonts lack a character.
    """
    result = _plain(result)
    if missing := missing_characters("".join(_texts(result))):
        raise UnprintableText(missing)
    picture = _common(replace(result, points="", heading="", points_unit="", facts=(), unit="", date="")).copy()
    _own(ImageDraw.Draw(picture), result)
    out = io.BytesIO()
    picture.quantize(64, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(out, "PNG", compress_level=7)
    return out.getvalue()


def _plain(result: ResultPicture) -> ResultPicture:
    texts = {
        one.name: plain(getattr(result, one.name)) for one in fields(result) if one.name not in {"address", "facts"}
    }
    return replace(result, **texts, facts=tuple(filter(None, map(plain, result.facts))))


def _texts(result: ResultPicture) -> list[str]:
    return [*(getattr(result, one.name) for one in fields(result) if one.name != "facts"), *result.facts, ELLIPSIS]


@lru_cache(KEPT)
def _common(result: ResultPicture) -> Image.Image:
    """Ground, name, theme and code: what is the same for everybody in a campaign. Not to be changed."""
    picture = _ground().copy()
    pen = ImageDraw.Draw(picture)
    if result.brand:
        _write(pen, result.brand, (120, 62, 840, 50), size=34, smallest=22, colour=MINT)
    _write(pen, result.name, (80, 116, 920, 190), size=80, smallest=34, colour=WHITE, bold=True)
    if result.theme:
        _write(pen, result.theme, (90, 312, 900, 62), size=40, smallest=24, colour=MINT)
    code = Image.open(io.BytesIO(codes.png(result.address, pixels=CODE_SIDE, correction="M")))
    picture.paste(code.convert("RGB"), (WIDTH - 90 - CODE_SIDE, 1156))
    _write(pen, result.invitation, (90, 1210, 500, 130), size=52, smallest=30, colour=PINE, bold=True, align=0)
    if result.organiser:
        _write(pen, result.organiser, (90, 1344, 500, 90), size=32, smallest=22, colour=STONE, align=0)
    return picture


def _own(pen: ImageDraw.ImageDraw, result: ResultPicture) -> None:
    """What is the participant's own, in the card in the middle."""
    _write(pen, result.heading, (140, 452, 800, 70), size=44, smallest=28, colour=STONE)
    _score(pen, result.points, result.points_unit)
    _facts(pen, result.facts)
    if result.unit:
        _write(pen, result.unit, (140, 958, 800, 74 if result.date else 120), size=36, smallest=24, colour=STONE)
    if result.date:
        place = (140, 1026, 800, 50) if result.unit else (140, 958, 800, 120)
        _write(pen, result.date, place, size=32, smallest=24, colour=STONE)


def _score(pen: ImageDraw.ImageDraw, points: str, unit: str) -> None:
    """The figure with its unit on one base line, both together in the middle."""
    size = 230
    while size > 60 and _font(True, size).getlength(points) > 620:
        size -= 10
    figure, beside = _font(True, size), _font(True, 60)
    gap = 18 if unit else 0
    width = figure.getlength(points) + gap + beside.getlength(unit)
    left, base = (WIDTH - width) / 2, 762
    pen.text((left, base), points, PINE, figure, anchor="ls")
    pen.text((left + figure.getlength(points) + gap, base), unit, PINE, beside, anchor="ls")


def _facts(pen: ImageDraw.ImageDraw, facts: tuple[str, ...]) -> None:
    """In rows of two."""
    rows = [facts[at : at + 2] for at in range(0, min(len(facts), 4), 2)]
    height = 66.0
    top = 876 - len(rows) * height / 2
    for place, row in enumerate(rows):
        column = 800 / len(row)
        for beside, fact in enumerate(row):
            box = (140 + beside * column, top + place * height, column - 16 * (len(row) - 1), height)
            _write(pen, fact, box, size=42, smallest=24, colour=INK, bold=True)


# --- text and shapes ---------------------------------------------------------------------------------------------


@cache
def _font(bold: bool, size: int) -> ImageFont.FreeTypeFont:
    path: Path = BOLD if bold else REGULAR
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


def _measure(bold: bool) -> Callable[[str], float]:
    font = _font(bold, 100)
    return lambda text: font.getlength(text) / 100


def _write(
    pen: ImageDraw.ImageDraw,
    text: str,
    box: Box,
    *,
    size: int,
    smallest: int,
    colour: Colour,
    bold: bool = False,
    align: float = 0.5,
) -> None:
    """`text` within `box`, at most `size` pixels high; `align` 0 puts it to the left, 0.5 in the middle."""
    left, top, width, height = box
    setting = _set(text, bold, width, height, size, smallest)
    em, leading = int(setting.size), 1.25
    font = _font(bold, em)
    middle = top + height / 2 - (len(setting.lines) - 1) * em * leading / 2
    for place, line in enumerate(setting.lines):
        x = left + (width - font.getlength(line)) * align
        pen.text((x, middle + place * em * leading + 0.38 * em), line, colour, font, anchor="ls")


@lru_cache(256)
def _set(text: str, bold: bool, width: float, height: float, size: int, smallest: int) -> Setting:
    """Lines and pixels of a text; the longest beginning that fits, where all of it does not."""
    measure = _measure(bold)

    def fitted(part: str) -> Setting | None:
        # a pixel stands for a point here, and so for POINT millimetres
        return fit(
            part, measure, width=width * POINT, height=height * POINT, size=size, smallest=smallest, leading=1.25
        )

    if (whole := fitted(text)) is not None:
        return whole
    shortest, longest = 0, len(text) - 1
    while shortest < longest:
        middle = (shortest + longest + 1) // 2
        shortest, longest = (middle, longest) if fitted(text[:middle] + ELLIPSIS) else (shortest, middle - 1)
    return fitted(text[:shortest] + ELLIPSIS) or Setting((ELLIPSIS,), smallest)


@cache
def _ground() -> Image.Image:
    """Hills and leaves above, a card in the middle, all that no campaign changes."""
    side = (WIDTH * FINER, HEIGHT * FINER)
    picture = Image.new("RGB", side, PALE)
    pen = ImageDraw.Draw(picture)
    pen.polygon(_scaled(_hill(600, 540, 690)), fill=LEAF)
    pen.polygon(_scaled(_hill(585, 505, 668)), fill=PINE)
    pen.polygon(_scaled(_leaf(800, -110, 380)), fill=SHADE)
    pen.polygon(_scaled(_leaf(-90, 90, 240)), fill=SHADE)
    pen.rounded_rectangle([n * FINER for n in (70, 410, 1010, 1094)], 36 * FINER, fill=WHITE, outline=MINT, width=9)
    pen.line([n * FINER for n in (140, 948, 940, 948)], fill=MINT, width=3 * FINER)
    return picture.resize((WIDTH, HEIGHT), Image.Resampling.BOX)


def _hill(left: float, right: float, crest: float) -> list[tuple[float, float]]:
    """All above a soft curve from height `right`, on the right, to `left`."""
    lower = curve((WIDTH, right), (WIDTH * 0.68, crest), (WIDTH * 0.36, crest + 40), (0, left))
    return [(0, 0), (WIDTH, 0), *lower]


def _leaf(left: float, top: float, size: float) -> list[tuple[float, float]]:
    """A leaf that grows from the lower left to the upper right of a square."""
    foot, tip = (left, top + size), (left + size, top)
    return [
        *curve(foot, (left - size * 0.1, top + size * 0.25), (left + size * 0.35, top), tip),
        *curve(tip, (left + size, top + size * 0.65), (left + size * 0.75, top + size * 1.1), foot),
    ]


def _scaled(points: list[Point]) -> list[Point]:
    return [(x * FINER, y * FINER) for x, y in points]
