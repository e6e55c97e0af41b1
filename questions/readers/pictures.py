"""Pictures in bank files: checked, made small, and known by their hash."""

from __future__ import annotations

import hashlib
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from questions.model import Picture

MOST_PIXELS_WIDE = 1280
MOST_BYTES = 512 * 1024
"""Of a picture that is kept byte for byte; a larger one is drawn anew."""
_MOST_READ = 16 * 1024 * 1024
_MOST_PIXELS = 40_000_000
_FORMATS = {"PNG", "JPEG", "GIF", "WEBP"}
_READ = sorted({*_FORMATS, "BMP", "TIFF"})
"""A JPEG may turn out to be an MPO, which Pillow knows no opener for by that name."""


class Pictures:
    """The pictures of one file, by hash."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def keep(self, data: bytes, alt: str = "") -> Picture | None:
        """The picture, or None for bytes that no browser shows (EMF, WMF, SVG, damaged, far too large).

        A picture that is small and bare stays byte for byte, so that a file which is read again names the same
        ones; any other is drawn anew, which also leaves out where and by whom it was taken.
        """
        shown = _shown(data)
        if shown is None:
            return None
        name = hashlib.sha256(shown).hexdigest()
        self.kept[name] = shown
        return Picture(name, alt=" ".join(alt.split())[:200])


def media_type(data: bytes) -> str:
    """Of bytes that `Pictures` keeps: ``image/png``, ``image/jpeg``, ``image/gif`` or ``image/webp``."""
    if data.startswith(b"\x89PNG"):
        return "image/png"
    if data.startswith(b"GIF8"):
        return "image/gif"
    return "image/webp" if data[8:12] == b"WEBP" else "image/jpeg"


def _shown(data: bytes) -> bytes | None:
    if len(data) > _MOST_READ:
        return None
    try:
        with Image.open(BytesIO(data), formats=_READ) as image:
            if image.width * image.height > _MOST_PIXELS:
                return None
            small = len(data) <= MOST_BYTES and image.width <= MOST_PIXELS_WIDE
            bare = not image.getexif() and "xmp" not in image.info and "icc_profile" not in image.info
            if small and bare and image.format in _FORMATS:
                image.load()
                return data
            return _drawn_anew(image)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def _drawn_anew(image: Image.Image) -> bytes:
    upright = ImageOps.exif_transpose(image)
    photo = image.format in {"JPEG", "MPO"}
    drawn = upright.convert("RGB" if photo else "RGBA")
    drawn.thumbnail((MOST_PIXELS_WIDE, 4 * MOST_PIXELS_WIDE))
    out = BytesIO()
    if photo or len(data := _png(drawn)) > MOST_BYTES:
        paper = Image.new("RGB", drawn.size, "white")
        paper.paste(drawn, mask=drawn.getchannel("A") if drawn.mode == "RGBA" else None)
        paper.save(out, "JPEG", quality=85)
        return out.getvalue()
    return data


def _png(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
