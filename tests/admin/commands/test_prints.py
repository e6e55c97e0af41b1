from __future__ import annotations

import io
import json
import re
import struct
import zipfile
from pathlib import Path

import pytest
import zxingcpp
from campaign_made import make_campaign
from click.testing import CliRunner, Result
from PIL import Image, ImageDraw, ImageOps
from pydantic import SecretStr

from admin.commands.prints import qr
from campaigns.errors import NotFound, Refused
from campaigns.prints.errors import UnprintableText
from campaigns.store import open_store
from platforms.wechat.codes import Made
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


@pytest.mark.parametrize("layout", ["a3", "rollup", "sign", "sign-a5"])
def test_other_layouts_hold_the_code_too(settings: Settings, tmp_path: Path, layout: str) -> None:
    done = run(settings, "week", "-o", str(tmp_path / "x.pdf"), "--layout", layout)
    assert done.exit_code == 0, done.output
    assert [code.text for code in zxingcpp.read_barcodes(picture_of(tmp_path / "x.pdf"))] == [ADDRESS]


def test_a_sign_may_say_anything_and_a_logo_may_be_a_file(settings: Settings, tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    Image.new("RGB", (90, 90), "red").save(logo)
    words = ("--sign", "节约用水", "--sign", "光盘行动")
    done = run(settings, "week", "-o", str(tmp_path / "x.pdf"), *words, "--logo", str(logo))
    assert done.exit_code == 0, done.output
    assert (tmp_path / "x.pdf").read_bytes().count(b"/Type /Page\n") == 2


@pytest.mark.parametrize("logo", [("--logo",), ("--logo", "leaf"), ()])
def test_a_logo_may_be_the_leaf(settings: Settings, tmp_path: Path, logo: tuple[str, ...]) -> None:
    done = run(settings, "week", "-o", str(tmp_path / "x.png"), *logo)
    assert done.exit_code == 0, done.output
    assert [code.text for code in zxingcpp.read_barcodes(picture_of(tmp_path / "x.png"))] == [ADDRESS]


def test_all_units_come_in_a_zip(settings: Settings, tmp_path: Path) -> None:
    done = run(settings, "week", "-o", str(tmp_path / "all.zip"))
    assert done.exit_code == 0, done.output
    names = zipfile.ZipFile(tmp_path / "all.zip").namelist()
    assert {"活动.png", "活动.pdf", "索引.pdf", "索引.xlsx"} <= set(names)
    assert any(name.startswith("单位/U01 ") for name in names)
    assert "个单位" in done.output
    assert [path.name for path in tmp_path.glob(".all*")] == []


def test_what_was_made_is_told_as_json(settings: Settings, tmp_path: Path) -> None:
    done = CliRunner().invoke(qr, ["week", "-o", str(tmp_path / "x.png"), "--json"], obj=settings)
    assert json.loads(done.stdout) == {
        "file": str(tmp_path / "x.png"),
        "address": ADDRESS,
        "holds": ADDRESS,
        "account": None,
        "units": None,
    }


def test_codes_hold_the_address_of_printed_codes(settings: Settings, tmp_path: Path) -> None:
    apart = settings.model_copy(update={"code_url": "https://qr.example.gov.cn/"})
    done = run(apart, "week", "-o", str(tmp_path / "x.png"))
    found = [code.text for code in zxingcpp.read_barcodes(picture_of(tmp_path / "x.png"))]
    assert found == ["https://qr.example.gov.cn/q/week"]
    assert "只改 LVDA_BASE_URL" in done.output


def test_with_a_connected_account_the_code_is_the_accounts_unless_the_link_is_wanted(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, int | None]] = []

    class Account:
        def make_code(self, scene: str, seconds: int | None) -> Made:
            asked.append((scene, seconds))
            return Made("ticket", f"http://weixin.qq.com/q/{scene.replace(':', '.')}", seconds)

    monkeypatch.setattr("admin.commands.prints.official_account", lambda *_: Account())
    connected = settings.model_copy(update={"wechat_app_id": "wx0123456789abcdef", "wechat_secret": SecretStr("s")})
    for _ in range(2):
        done = run(connected, "week", "-o", str(tmp_path / "x.png"), "--unit", "U01")
        assert done.exit_code == 0, done.output
        found = [code.text for code in zxingcpp.read_barcodes(picture_of(tmp_path / "x.png"))]
        assert found == ["http://weixin.qq.com/q/week.U01"]
        assert "域名被封都不影响" in done.output
    assert asked == [("week:U01", None)]
    run(connected, "week", "-o", str(tmp_path / "x.png"), "--link")
    assert [code.text for code in zxingcpp.read_barcodes(picture_of(tmp_path / "x.png"))] == [ADDRESS]


def test_of_several_connected_accounts_one_must_be_named(settings: Settings, tmp_path: Path) -> None:
    accounts = tmp_path / "accounts.toml"
    one = '[wechat.{}]\napp_id = "wx012345678{}"\nsecret = "{}"\ntoken = "token"\n'
    accounts.write_text("".join(one.format(name, name * 2, "0" * 32) for name in ("east", "west")))
    several = settings.model_copy(update={"accounts_file": str(accounts)})
    done = run(several, "week", "-o", str(tmp_path / "x.png"))
    assert isinstance(done.exception, Refused)
    assert "east、west" in str(done.exception)
    assert not (tmp_path / "x.png").exists()


@pytest.mark.parametrize(
    "options", [("--sign", "a", "--layout", "a3"), ("--link", "--account", "west"), ("--layout", "a0")]
)
def test_options_that_do_not_go_together_are_a_wrong_command(
    settings: Settings, tmp_path: Path, options: tuple[str, ...]
) -> None:
    assert run(settings, "week", "-o", str(tmp_path / "x.pdf"), *options).exit_code == 2


def test_a_print_that_fails_leaves_what_was_there(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(b"the old one")
    done = run(settings, "week", "-o", str(tmp_path / "x.pdf"), "--sign", "龘")
    assert isinstance(done.exception, UnprintableText)
    assert (tmp_path / "x.pdf").read_bytes() == b"the old one"
    missing = run(settings, "week", "-o", str(tmp_path / "no" / "x.pdf"))
    assert isinstance(missing.exception, OSError)
    assert missing.exception.filename == str(tmp_path / "no" / "x.pdf")


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
