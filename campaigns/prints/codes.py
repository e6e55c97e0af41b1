"""QR codes (ISO/IEC 18004) of public addresses: for screens, for vector editors, for a terminal.

Error correction M for screens, Q where paper may get dirty, H where a logo covers the middle; a quiet zone of four
modules, as the standard asks. The same address gives the same bytes.
"""

from __future__ import annotations

import base64
import io
import re
from functools import lru_cache
from typing import Literal, NamedTuple

from PIL import Image
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.image.svg import SvgPathFillImage
from qrcode.main import QRCode

from campaigns.prints.errors import PictureTooSmall, UnusableAddress

LONGEST = 300
"""Characters of an address; beyond, modules get too fine for a phone at arm's length."""
QUIET_ZONE = 4
SMALLEST_MODULE = 3
"""Pixels; below, phones often fail to read a code from a screen."""
MOST_COVERED = 0.05
"""The share of a code's modules that a logo may cover. Level H mends codewords up to 0.3 of them; what is left of it is
for dirt, folds and reflections."""
LOGO_MARGIN = 0.5
"""Modules of white around a logo, on the plate that it stands on."""

Correction = Literal["M", "Q", "H"]
LEVELS = {"M": ERROR_CORRECT_M, "Q": ERROR_CORRECT_Q, "H": ERROR_CORRECT_H}

ADDRESS = re.compile(r"https?://[!-~]+", re.IGNORECASE)
BLACK_ON_WHITE = "\x1b[38;5;16;48;5;231m"
"""Of the 256-colour cube, which themes leave alone, unlike the 16 named colours."""
RESET = "\x1b[0m"
HALF_BLOCKS = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def png(address: str, *, pixels: int = 1024, correction: Correction = "M", logo: bytes = b"") -> bytes:
    """A PNG exactly `pixels` wide and high, its modules all of one whole number of pixels; black and white.

    With a `logo`, the bytes of a square picture as `campaigns.prints.logos` makes them, error correction is H and the
    PNG has its colours. Raises UnusableAddress, and PictureTooSmall when a module would get less than three pixels.
    """
    out = io.BytesIO()
    if logo:
        code, place = picture_with_hole(address, pixels=pixels)
        with Image.open(io.BytesIO(logo)) as opened:
            inner = opened.convert("RGB").resize((place.side, place.side), Image.Resampling.LANCZOS)
        code = code.convert("RGB")
        code.paste(inner, (place.start, place.start))
    else:
        code = picture(address, pixels=pixels, correction=correction)
    code.save(out, "PNG", optimize=True)
    return out.getvalue()


def picture(address: str, *, pixels: int, correction: Correction) -> Image.Image:
    """As `png`, in mode 1."""
    count, modules = _modules(address, correction)
    module = pixels // count
    if module < SMALLEST_MODULE:
        raise PictureTooSmall(f"二维码图片太小，手机扫不出来。请把边长设为 {count * SMALLEST_MODULE} 像素以上。")
    small = Image.new("1", (count, count))
    small.putdata(modules)
    code = Image.new("1", (pixels, pixels), 255)
    margin = (pixels - count * module) // 2
    code.paste(small.resize((count * module, count * module), Image.Resampling.NEAREST), (margin, margin))
    return code


class LogoPlace(NamedTuple):
    """Where a logo stands on a picture of a code: pixels from the left and from the top, and the side of its square."""

    start: int
    side: int


def picture_with_hole(address: str, *, pixels: int) -> tuple[Image.Image, LogoPlace]:
    """The picture of a code of correction H with a white square in the middle, and where in it the logo goes."""
    code = picture(address, pixels=pixels, correction="H")
    count, _ = _modules(address, "H")
    module = pixels // count
    side = plate(count - 2 * QUIET_ZONE) * module
    start = (pixels - count * module) // 2 + (count * module - side) // 2
    code.paste(255, (start, start, start + side, start + side))
    margin = round(LOGO_MARGIN * module)
    return code, LogoPlace(start + margin, side - 2 * margin)


def svg(address: str, *, correction: Correction = "M", logo: bytes = b"") -> bytes:
    """A standalone SVG document: one black path on a white ground, a millimetre a module; above it the logo, if any.

    Raises UnusableAddress.
    """
    out = io.BytesIO()
    code = _code(address, "H" if logo else correction)
    code.make_image(image_factory=SvgPathFillImage).save(out)
    if not logo:
        return out.getvalue()
    count = code.modules_count + 2 * QUIET_ZONE
    side = plate(code.modules_count)
    left = (count - side) / 2
    inner = f'x="{left + LOGO_MARGIN:g}" y="{left + LOGO_MARGIN:g}" width="{side - 1:g}" height="{side - 1:g}"'
    shown = (
        f'<rect x="{left:g}" y="{left:g}" width="{side}" height="{side}" fill="white"/>'
        f'<image {inner} href="data:image/png;base64,{base64.b64encode(logo).decode()}"/></svg>'
    )
    return out.getvalue().replace(b"</svg>", shown.encode())


def plate(modules: int) -> int:
    """The side, in modules, of the white square that a logo stands on in a code of so many modules a side.

    It is odd, as the code's own is, so that it covers whole modules.
    """
    side = int(modules * MOST_COVERED**0.5)
    return side if side % 2 else side - 1


def covered_share(address: str) -> float:
    """The share of its code's modules that a logo covers; at most `MOST_COVERED`. Raises UnusableAddress."""
    modules: int = _code(address, "H").modules_count
    return plate(modules) ** 2 / modules**2


def terminal(address: str, *, colours: bool = True) -> str:
    """Lines of half blocks, each ended by a newline, two modules high and one wide a character.

    With `colours` (ANSI, 256 colours) it is black on white whatever the terminal's background. Without, it is meant
    for a dark background; on a light one the code is inverted, which most but not all scanners read.
    Raises UnusableAddress.
    """
    matrix = _code(address, "M").get_matrix()
    matrix.append([False] * len(matrix))  # the number of rows is odd
    ink = (lambda dark: dark) if colours else (lambda dark: not dark)
    lines = [
        "".join(HALF_BLOCKS[ink(above), ink(below)] for above, below in zip(upper, lower, strict=True))
        for upper, lower in zip(matrix[::2], matrix[1::2], strict=True)
    ]
    before, after = (BLACK_ON_WHITE, RESET) if colours else ("", "")
    return "".join(f"{before}{line}{after}\n" for line in lines)


@lru_cache(64)
def _modules(address: str, correction: Correction) -> tuple[int, bytes]:
    """How many modules a side, the quiet zone included, and their shades row by row: 0 is dark.

    Kept, because a code is often wanted in several forms one after the other, and making it is most of the work.
    """
    matrix = _code(address, correction).get_matrix()
    return len(matrix), bytes(0 if dark else 255 for row in matrix for dark in row)


def _code(address: str, correction: Correction) -> QRCode:
    if len(address) > LONGEST or not ADDRESS.fullmatch(address):
        raise UnusableAddress(
            f"二维码的网址须以 http:// 或 https:// 开头，不超过 {LONGEST} 个字符，不含空格和中文。"
            "请检查公开网址的设置。"
        )
    code = QRCode(error_correction=LEVELS[correction], border=QUIET_ZONE)
    code.add_data(address)
    code.make()
    return code
