"""Readers of what was printed, independent of what printed it."""

from __future__ import annotations

import io
import re
import shutil
import struct
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image, ImageFilter

TEXT = re.compile(rb"/F(\d+) [\d.]+ Tf|\(((?:\\.|[^\\)])*)\) Tj", re.DOTALL)
ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
TIFF_OF_ONE_STRIP = ((256, "width"), (257, "height"), (258, 1), (259, 4), (262, 1), (273, "start"), (279, "length"))
"""Tags of a CCITT group 4 picture whose zero bits are black."""


def decode(picture: Image.Image) -> list[str]:
    """What a scanner reads that does not try inverted colours."""
    return [code.text for code in zxingcpp.read_barcodes(picture, try_invert=False)]


def stream(pdf: bytes, number: int) -> tuple[bytes, bytes]:
    """An object's dictionary and its raw stream."""
    found = re.search(rb"\n%d 0 obj\n<<(.*?)>>\nstream\n" % number, pdf, re.DOTALL)
    assert found
    length = re.search(rb"/Length (\d+)", found[1])
    assert length
    return found[1], pdf[found.end() : found.end() + int(length[1])]


def reference(pdf: bytes, pattern: bytes) -> int:
    found = re.search(pattern, pdf, re.DOTALL)
    assert found, pattern
    return int(found[1])


def characters(pdf: bytes, font: bytes) -> dict[bytes, str]:
    """A font's two-byte codes and what a reader of the file copies for each."""
    root = reference(pdf, rb"/F%b (\d+) 0 R" % font)
    unicode_map = reference(pdf, rb"\n%d 0 obj\n<<[^>]*?/ToUnicode (\d+) 0 R" % root)
    dictionary, data = stream(pdf, unicode_map)
    text = zlib.decompress(data) if b"FlateDecode" in dictionary else data
    return {
        bytes.fromhex(code.decode()): bytes.fromhex(character.decode()).decode("utf-16-be")
        for code, character in re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>\n", text)
    }


def text_of(pdf: bytes) -> list[str]:
    """The lines of a one-page document in the order in which they were set."""
    _, data = stream(pdf, reference(pdf, rb"/Contents (\d+) 0 R"))
    maps = {font: characters(pdf, font) for font in (b"1", b"2")}
    lines = []
    current = b""
    for font, shown in TEXT.findall(zlib.decompress(data)):
        if font:
            current = font
        else:
            codes = ESCAPED.sub(lambda match: b"\r" if match[1] == b"r" else match[1], shown)
            lines.append("".join(maps[current][codes[at : at + 2]] for at in range(0, len(codes), 2)))
    return lines


def picture_in(pdf: bytes) -> Image.Image:
    """The one picture of a document, which must be CCITT group 4, as a viewer would show it."""
    dictionary, data = stream(pdf, reference(pdf, rb"/I1 (\d+) 0 R"))
    assert b"/CCITTFaxDecode" in dictionary
    assert b"/BlackIs1 true" in dictionary
    start = 8 + 2 + 12 * len(TIFF_OF_ONE_STRIP) + 4
    known = {
        "width": reference(dictionary, rb"/Width (\d+)"),
        "height": reference(dictionary, rb"/Height (\d+)"),
        "start": start,
        "length": len(data),
    }
    tags = b"".join(
        struct.pack("<HHLL", tag, 4, 1, known[value] if isinstance(value, str) else value)
        for tag, value in TIFF_OF_ONE_STRIP
    )
    header = b"II*\0" + struct.pack("<LH", 8, len(TIFF_OF_ONE_STRIP)) + tags + bytes(4)
    return Image.open(io.BytesIO(header + data)).convert("L")


def rendered(pdf: bytes, folder: Path, *, dots: int = 100) -> list[Image.Image]:
    """The pages as poppler shows them, so many dots an inch."""
    tool = shutil.which("pdftoppm")
    if tool is None:
        pytest.skip("pdftoppm (poppler-utils) is not installed: the page cannot be rendered")
    folder.joinpath("printed.pdf").write_bytes(pdf)
    subprocess.run([tool, "-r", str(dots), "-png", "printed.pdf", "page"], cwd=folder, check=True, timeout=60)
    pages = [Image.open(path).convert("RGB") for path in sorted(folder.glob("page-*.png"))]
    for path in folder.glob("page-*.png"):
        path.unlink()
    return pages


def worn(picture: Image.Image) -> Image.Image:
    """As a phone sees it that is held badly: from the side and from below, out of focus, in a dim light."""
    width, height = picture.size
    seen = picture.convert("RGB").transform(
        (width, height),
        Image.Transform.PERSPECTIVE,
        (1.02, 0.06, -0.03 * width, 0.03, 1.05, -0.03 * height, 0.06 / width, 0.05 / height),
        Image.Resampling.BILINEAR,
        fillcolor=(235, 235, 235),
    )
    return seen.filter(ImageFilter.GaussianBlur(1.2)).point(lambda shade: 50 + shade * 6 // 10)


@pytest.fixture(name="rendered")
def _rendered() -> Callable[..., list[Image.Image]]:
    return rendered


@pytest.fixture(name="worn")
def _worn() -> Callable[[Image.Image], Image.Image]:
    return worn


@pytest.fixture(name="decode")
def _decode() -> Callable[[Image.Image], list[str]]:
    return decode


@pytest.fixture(name="text_of")
def _text_of() -> Callable[[bytes], list[str]]:
    return text_of


@pytest.fixture(name="picture_in")
def _picture_in() -> Callable[[bytes], Image.Image]:
    return picture_in
