from __future__ import annotations

import io

import pytest
from PIL import Image

from campaigns.prints import logos
from campaigns.prints.errors import UnusableLogo


def saved(picture: Image.Image, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    picture.save(out, kind)
    return out.getvalue()


def test_the_leaf_is_a_small_square_picture_on_white() -> None:
    with Image.open(io.BytesIO(logos.leaf())) as leaf:
        assert leaf.size == (logos.SIDE, logos.SIDE)
        assert leaf.convert("RGB").getpixel((2, 2)) == (255, 255, 255)
    assert len(logos.leaf()) < 20_000


@pytest.mark.parametrize(("size", "side"), [((900, 300), 300), ((300, 900), 300), ((2000, 2000), 480), ((7, 9), 7)])
def test_the_middle_square_of_a_picture_is_kept(size: tuple[int, int], side: int) -> None:
    with Image.open(io.BytesIO(logos.read_logo(saved(Image.new("RGB", size, "red"), "JPEG")))) as logo:
        assert logo.size == (side, side)


def test_what_is_transparent_becomes_white() -> None:
    with Image.open(io.BytesIO(logos.read_logo(saved(Image.new("RGBA", (50, 50), (0, 0, 0, 0)))))) as logo:
        assert logo.getpixel((25, 25)) == (255, 255, 255)


def test_the_same_picture_gives_the_same_bytes() -> None:
    picture = saved(Image.linear_gradient("L"))
    assert logos.read_logo(picture) == logos.read_logo(picture)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg/>",
        saved(Image.effect_noise((64, 64), 50))[:900],
        b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
        b"x" * (logos.LARGEST_BYTES + 1),
        saved(Image.new("1", (8000, 8000))),
        saved(Image.new("1", (60_000, 60_000))),
    ],
    ids=["empty", "svg", "cut off", "broken", "heavy", "large", "a bomb"],
)
def test_what_is_no_picture_or_is_too_large_is_refused_in_one_sentence(data: bytes) -> None:
    with pytest.raises(UnusableLogo, match="标志图片打不开"):
        logos.read_logo(data)
