"""What stands in the middle of a code: our leaf, or a picture of the organiser's. Bytes of a picture in either case."""

from __future__ import annotations

import io
import warnings
from functools import cache

from PIL import Image, ImageDraw, ImageOps, UnidentifiedImageError

from campaigns.prints.colours import LEAF, MINT, PINE
from campaigns.prints.errors import UnusableLogo
from campaigns.prints.shapes import curve

LARGEST_BYTES = 5 * 1024 * 1024
LARGEST_PIXELS = 40_000_000
SIDE = 480
"""Pixels: the side of the square that is kept of a picture."""
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP")
UNUSABLE = "标志图片打不开：请用 PNG 或 JPG 图片，最大 5 MB，长宽相近的最好。"


@cache
def leaf() -> bytes:
    """Our leaf, PNG, on white."""
    side = SIDE * 4
    picture = Image.new("RGB", (side, side), "white")
    pen = ImageDraw.Draw(picture)
    tip, foot = (0.93, 0.07), (0.07, 0.93)
    upper = curve(foot, (0.0, 0.32), (0.3, 0.05), tip)
    lower = curve(tip, (0.95, 0.7), (0.68, 1.0), foot)
    pen.polygon([(x * side, y * side) for x, y in upper + lower], fill=PINE)
    pen.polygon([(x * side, y * side) for x, y in upper + curve(tip, (0.62, 0.4), (0.35, 0.65), foot)], fill=LEAF)
    vein = curve(foot, (0.35, 0.65), (0.5, 0.5), (0.72, 0.28))
    pen.line([(x * side, y * side) for x, y in vein], fill=MINT, width=side // 40, joint="curve")
    out = io.BytesIO()
    picture.resize((SIDE, SIDE), Image.Resampling.BOX).save(out, "PNG", optimize=True)
    return out.getvalue()


def read_logo(data: bytes) -> bytes:
    """The middle square of a picture as a PNG on white, of at most 480 × 480 pixels; the same for the same picture.

    Raises UnusableLogo for what is no picture, or a picture too large to be opened safely.
    """
    if len(data) > LARGEST_BYTES:
        raise UnusableLogo(UNUSABLE)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is the smaller one
            with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
                if opened.width * opened.height > LARGEST_PIXELS:
                    raise UnusableLogo(UNUSABLE)
                upright = ImageOps.exif_transpose(opened).convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UnusableLogo(UNUSABLE) from error
    side = min(SIDE, *upright.size)
    square = ImageOps.fit(upright, (side, side), Image.Resampling.LANCZOS)
    ground = Image.new("RGBA", square.size, "white")
    ground.alpha_composite(square)
    out = io.BytesIO()
    ground.convert("RGB").save(out, "PNG", optimize=True)
    return out.getvalue()
