from __future__ import annotations

import io
import random
import re
import string
from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw

from campaigns.prints import codes, logos
from campaigns.prints.errors import PictureTooSmall, UnusableAddress

Decode = Callable[[Image.Image], list[str]]

ADDRESS = "https://jieneng.example.gov.cn/q/demo?u=CD0108"
PATH = string.ascii_letters + string.digits + "-._~!$&'()*+,;=:@%/?#"
addresses = st.builds(
    "{}://{}/{}".format,
    st.sampled_from(["http", "https", "HTTPS"]),
    st.sampled_from(["127.0.0.1:8000", "a.cn", "jieneng.example.gov.cn", "EXAMPLE.ORG"]),
    st.text(PATH, max_size=250),
)
quick = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def drawn_from_svg(document: bytes) -> Image.Image:
    """The document's squares, ten pixels a millimetre, on the white ground that it must have."""
    root = ElementTree.fromstring(document)
    side = float(root.attrib["viewBox"].split()[2])
    ground, path = root
    assert (ground.attrib["fill"], ground.attrib["width"], ground.attrib["height"]) == ("white", "100%", "100%")
    picture = Image.new("L", (round(side * 10), round(side * 10)), 255)
    pen = ImageDraw.Draw(picture)
    squares = re.findall(r"M([\d.]+),([\d.]+)H([\d.]+)V([\d.]+)H\1z", path.attrib["d"])
    assert "".join("M{},{}H{}V{}H{}z".format(*square, square[0]) for square in squares) == path.attrib["d"]
    for square in squares:
        left, top, right, bottom = (round(float(edge) * 10) for edge in square)
        pen.rectangle((left, top, right - 1, bottom - 1), fill=0)
    return picture


def drawn_from_terminal(text: str, ink: bool) -> Image.Image:
    """Each character as two squares, `ink` saying whether a block is dark."""
    lines = [re.sub(r"\x1b\[[\d;]*m", "", line) for line in text.splitlines()]
    picture = Image.new("L", (len(lines[0]), len(lines) * 2))
    for row, line in enumerate(lines):
        for column, block in enumerate(line):
            picture.putpixel((column, row * 2), 0 if (block in "▀█") == ink else 255)
            picture.putpixel((column, row * 2 + 1), 0 if (block in "▄█") == ink else 255)
    return picture.resize((picture.width * 8, picture.height * 8), Image.Resampling.NEAREST)


@quick
@given(address=addresses, correction=st.sampled_from(["M", "Q"]))
def test_every_picture_is_read_back_as_its_address(address: str, correction: codes.Correction, decode: Decode) -> None:
    picture = Image.open(io.BytesIO(codes.png(address, correction=correction)))
    assert picture.size == (1024, 1024)
    assert decode(picture) == [address]


@quick
@given(address=addresses)
def test_every_svg_is_read_back_as_its_address(address: str, decode: Decode) -> None:
    assert decode(drawn_from_svg(codes.svg(address))) == [address]


@pytest.mark.parametrize("colours", [True, False])
def test_a_code_in_the_terminal_is_read_back_as_its_address(colours: bool, decode: Decode) -> None:
    text = codes.terminal(ADDRESS, colours=colours)
    assert decode(drawn_from_terminal(text, ink=colours)) == [ADDRESS]


def test_a_terminal_line_sets_both_colours_and_gives_them_back() -> None:
    for line in codes.terminal(ADDRESS).splitlines():
        assert line.startswith("\x1b[38;5;16;48;5;231m")
        assert line.endswith("\x1b[0m")
    assert "\x1b" not in codes.terminal(ADDRESS, colours=False)


def test_a_code_fits_a_terminal_of_eighty_columns_and_twenty_four_lines() -> None:
    lines = codes.terminal(ADDRESS, colours=False).splitlines()
    assert len(lines) <= 24
    assert {len(line) for line in lines} == {len(lines[0])}
    assert len(lines[0]) <= 80


def test_a_picture_has_a_quiet_zone_of_four_modules_on_every_side() -> None:
    modules = 29 + 8  # version 3, and the zone
    picture = Image.open(io.BytesIO(codes.png("https://example.gov.cn/q/demo?u=CD0108", pixels=modules * 5)))
    dark = picture.convert("L").point(lambda shade: 255 - shade).getbbox()
    assert dark == (20, 20, modules * 5 - 20, modules * 5 - 20)


@pytest.mark.parametrize("pixels", [137, 500, 1601])
def test_a_picture_is_exactly_as_large_as_asked(pixels: int, decode: Decode) -> None:
    picture = Image.open(io.BytesIO(codes.png(ADDRESS, pixels=pixels)))
    assert picture.size == (pixels, pixels)
    assert decode(picture) == [ADDRESS]


def test_a_picture_too_small_for_a_phone_is_refused_and_says_the_size_that_will_do() -> None:
    with pytest.raises(PictureTooSmall) as refusal:
        codes.png(ADDRESS, pixels=100)
    enough = re.search(r"(\d+) 像素", str(refusal.value))
    assert enough
    assert codes.png(ADDRESS, pixels=int(enough[1]))
    with pytest.raises(PictureTooSmall):
        codes.png(ADDRESS, pixels=int(enough[1]) - 1)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "demo",
        "javascript:alert(1)",
        "https://",
        "https://a.cn/节能",
        "https://a.cn/a b",
        "https://a.cn/\n",
        "x" * 999,
    ],
)
@pytest.mark.parametrize("make", [codes.png, codes.svg, codes.terminal])
def test_what_is_no_plain_web_address_is_refused(make: Callable[[str], object], address: str) -> None:
    with pytest.raises(UnusableAddress):
        make(address)


def test_the_longest_address_is_taken_and_one_character_more_is_not(decode: Decode) -> None:
    longest = "https://a.cn/".ljust(codes.LONGEST, "q")
    assert decode(Image.open(io.BytesIO(codes.png(longest)))) == [longest]
    with pytest.raises(UnusableAddress):
        codes.png(longest + "q")


# --- a logo in the middle ----------------------------------------------------------------------------------------


RED = Image.new("RGB", (64, 64), (200, 20, 20))


def red() -> bytes:
    out = io.BytesIO()
    RED.save(out, "PNG")
    return out.getvalue()


@settings(quick, max_examples=6)
@given(address=addresses)
def test_a_code_with_a_logo_is_read_back_also_from_a_badly_held_phone(
    address: str, decode: Decode, worn: Callable[[Image.Image], Image.Image]
) -> None:
    picture = Image.open(io.BytesIO(codes.png(address, logo=logos.leaf())))
    assert picture.size == (1024, 1024)
    assert decode(picture) == [address]
    assert decode(worn(picture)) == [address]


@settings(quick, max_examples=10)
@given(address=addresses)
def test_a_logo_covers_no_more_of_a_code_than_is_promised(address: str) -> None:
    assert 0 < codes.covered_share(address) <= codes.MOST_COVERED
    whole = codes.picture(address, pixels=1000, correction="H")
    holed, place = codes.picture_with_hole(address, pixels=1000)
    changed = ImageChops.difference(whole.convert("L"), holed.convert("L")).histogram()[255]
    assert 0 < changed <= codes.MOST_COVERED * 1000**2
    assert place.start * 2 + place.side in range(998, 1003)


def test_a_logo_leaves_correction_to_spare_for_dirt(decode: Decode) -> None:
    """A further twentieth of the code is painted over in spots, anywhere but its corners."""
    chance = random.Random(5)
    for _ in range(10):
        picture = Image.open(io.BytesIO(codes.png(ADDRESS, pixels=490, logo=logos.leaf())))
        pen = ImageDraw.Draw(picture)
        for _ in range(9):
            x, y = chance.randrange(150, 440), chance.randrange(150, 440)
            pen.ellipse((x, y, x + 34, y + 34), fill=chance.choice(["black", "white"]))
        assert decode(picture) == [ADDRESS]


def test_the_logo_is_in_the_middle_on_white_and_the_quiet_zone_stays_white() -> None:
    picture = Image.open(io.BytesIO(codes.png(ADDRESS, pixels=1024, logo=red()))).convert("RGB")
    assert picture.getpixel((512, 512)) == (200, 20, 20)
    reds = picture.getchannel("G").point(lambda shade: 255 if shade == 20 else 0).getbbox()
    assert reds
    assert abs(reds[0] + reds[2] - 1024) <= 1
    assert abs(reds[1] + reds[3] - 1024) <= 1
    _, modules = codes.picture_with_hole(ADDRESS, pixels=1024)
    assert reds[2] - reds[0] == modules.side
    count = 41 + 8  # version 6 at H, and the zone
    module = 1024 // count
    dark = picture.convert("L").point(lambda shade: 255 - shade).getbbox()
    assert dark
    assert dark[0] >= codes.QUIET_ZONE * module


def test_an_svg_with_a_logo_is_the_code_of_level_h_with_the_picture_above_it(decode: Decode) -> None:
    document = codes.svg(ADDRESS, logo=red())
    root = ElementTree.fromstring(document)
    _, _, plate, logo = root
    side, left, width = (
        float(root.attrib["viewBox"].split()[2]),
        *(float(plate.attrib[name]) for name in ("x", "width")),
    )
    assert plate.attrib["fill"] == "white"
    assert left * 2 + width == side
    assert logo.attrib["href"].startswith("data:image/png;base64,")
    root.remove(plate)
    root.remove(logo)
    picture = drawn_from_svg(ElementTree.tostring(root))
    covered = [round(edge * 10) for edge in (left, left, left + width, left + width)]
    ImageDraw.Draw(picture).rectangle((*covered[:2], *(edge - 1 for edge in covered[2:])), fill=255)
    assert decode(picture) == [ADDRESS]


def test_the_same_address_gives_the_same_bytes() -> None:
    assert codes.png(ADDRESS, logo=logos.leaf()) == codes.png(ADDRESS, logo=logos.leaf())
    assert codes.png(ADDRESS) == codes.png(ADDRESS)
    assert codes.svg(ADDRESS) == codes.svg(ADDRESS)
