"""QR codes (ISO/IEC 18004) of public addresses: for screens, for vector editors, for a terminal.

Error correction M for screens, Q where paper may get dirty; a quiet zone of four modules, as the standard asks. The
same address gives the same bytes.
"""

from __future__ import annotations

import io
import re
from typing import Literal

from PIL import Image
from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.image.svg import SvgPathFillImage
from qrcode.main import QRCode

from campaigns.prints.errors import PictureTooSmall, UnusableAddress

LONGEST = 300
"""Characters of an address; beyond, modules get too fine for a phone at arm's length."""
QUIET_ZONE = 4
SMALLEST_MODULE = 3
"""Pixels; below, phones often fail to read a code from a screen."""

Correction = Literal["M", "Q"]
LEVELS = {"M": ERROR_CORRECT_M, "Q": ERROR_CORRECT_Q}

ADDRESS = re.compile(r"https?://[!-~]+", re.IGNORECASE)
BLACK_ON_WHITE = "\x1b[38;5;16;48;5;231m"
"""Of the 256-colour cube, which themes leave alone, unlike the 16 named colours."""
RESET = "\x1b[0m"
HALF_BLOCKS = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def png(address: str, *, pixels: int = 1024, correction: Correction = "M") -> bytes:
    """A black and white PNG, exactly `pixels` wide and high, its modules all of one whole number of pixels.

    Raises UnusableAddress, and PictureTooSmall when a module would get less than three pixels.
    """
    matrix = _code(address, correction).get_matrix()
    count = len(matrix)
    module = pixels // count
    if module < SMALLEST_MODULE:
        raise PictureTooSmall(f"二维码图片太小，手机扫不出来。请把边长设为 {count * SMALLEST_MODULE} 像素以上。")
    small = Image.new("1", (count, count))
    small.putdata([0 if dark else 255 for row in matrix for dark in row])
    picture = Image.new("1", (pixels, pixels), 255)
    margin = (pixels - count * module) // 2
    picture.paste(small.resize((count * module, count * module), Image.Resampling.NEAREST), (margin, margin))
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def svg(address: str, *, correction: Correction = "M") -> bytes:
    """A standalone SVG document: one black path on a white ground, a millimetre a module.

    Raises UnusableAddress.
    """
    out = io.BytesIO()
    _code(address, correction).make_image(image_factory=SvgPathFillImage).save(out)
    return out.getvalue()


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
