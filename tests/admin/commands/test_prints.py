from __future__ import annotations

import io
import re
import struct
from pathlib import Path

import pytest
import zxingcpp
from campaign_made import make_campaign
from click.testing import CliRunner, Result
from PIL import Image, ImageDraw, ImageOps

from admin.commands.prints import qr
from campaigns.errors import NotFound
from campaigns.store import open_store
from settings import Settings

ADDRESS = "https://quiz.example.gov.cn/q/week"


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    store = open_store(sqlite_url)
    make_campaign(store)
    store.close()
    return Settings(
        database_url=sqlite_url,
        redis_url="none",
        data_dir=tmp_path / "var",
        base_url="https://quiz.example.gov.cn/",
        _env_file=None,
    )


def run(settings: Settings, *arguments: str) -> Result:
    return CliRunner().invoke(qr, arguments, obj=settings)


def picture_of(path: Path) -> Image.Image:
    """What a file shows: the code of a poster is its only picture."""
    data = path.read_bytes()
    match path.suffix.lower():
        case ".svg":
            return drawn(data.decode())
        case ".pdf":
            return printed(data)
        case _:
            return Image.open(io.BytesIO(data)).convert("L")


def drawn(svg: str) -> Image.Image:
    side = int(re.findall(r'viewBox="0 0 (\d+)', svg)[0])
    picture = Image.new("L", (side * 8, side * 8), 255)
    pen = ImageDraw.Draw(picture)
    for edges in re.findall(r"M(\d+),(\d+)H(\d+)V(\d+)", svg):
        left, top, right, bottom = (int(edge) * 8 for edge in edges)
        pen.rectangle((left, top, right - 1, bottom - 1), fill=0)
    return picture


def printed(pdf: bytes) -> Image.Image:
    """The CCITT picture of a document, as the strip of a TIFF."""
    dictionary, start = next(
        (found[1], found.end())
        for found in re.finditer(rb"<<((?:(?!endobj).)*?)>>\nstream\n", pdf, re.DOTALL)
        if b"/CCITTFaxDecode" in found[1]
    )
    width, height, length = (
        int(re.findall(rb"/%b (\d+)" % name, dictionary)[0]) for name in (b"Width", b"Height", b"Length")
    )
    tags = {256: width, 257: height, 258: 1, 259: 4, 262: 1, 273: 8 + 2 + 7 * 12 + 4, 279: length}
    entries = b"".join(struct.pack("<HHLL", tag, 4, 1, value) for tag, value in tags.items())
    header = b"II*\0" + struct.pack("<LH", 8, len(tags)) + entries + bytes(4)
    picture = Image.open(io.BytesIO(header + pdf[start : start + length])).convert("L")
    return ImageOps.expand(picture, 40, 255)


@pytest.mark.parametrize("name", ["x.png", "x.svg", "x.pdf", "X.PDF"])
@pytest.mark.parametrize(
    ("options", "address"), [((), ADDRESS), (("--unit", "U01"), f"{ADDRESS}?u=U01")], ids=["everybody", "a unit"]
)
def test_a_code_is_read_back_as_the_address(
    settings: Settings, tmp_path: Path, name: str, options: tuple[str, ...], address: str
) -> None:
    done = run(settings, "week", "-o", str(tmp_path / name), *options)
    assert done.exit_code == 0, done.output
    assert address in done.output
    assert [code.text for code in zxingcpp.read_barcodes(picture_of(tmp_path / name))] == [address]


def test_an_unknown_campaign_or_unit_is_told_and_nothing_is_written(settings: Settings, tmp_path: Path) -> None:
    for arguments, named in ((("nowhere",), "nowhere"), (("week", "--unit", "U99"), "U99")):
        done = run(settings, *arguments, "-o", str(tmp_path / "x.png"))
        assert isinstance(done.exception, NotFound)
        assert named in str(done.exception)
    assert not (tmp_path / "x.png").exists()


def test_a_name_without_a_known_ending_is_a_wrong_command(settings: Settings, tmp_path: Path) -> None:
    for name in ("x.jpg", "x"):
        done = run(settings, "week", "-o", str(tmp_path / name))
        assert done.exit_code == 2
        assert ".png" in done.output


def test_before_anything_was_set_up_it_says_that_there_is_no_such_campaign(tmp_path: Path) -> None:
    fresh = Settings(data_dir=tmp_path / "var", redis_url="none", _env_file=None)
    done = run(fresh, "demo", "-o", str(tmp_path / "x.png"))
    assert isinstance(done.exception, NotFound)
