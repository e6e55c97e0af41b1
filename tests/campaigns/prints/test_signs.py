from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from campaigns.prints import logos, signs
from campaigns.prints.errors import PrintError, TextTooLong, UnprintableText, UnusableAddress
from campaigns.prints.signs import SHEETS, SLOGANS, USUAL, Sign, slogan_of

TextOf = Callable[[bytes], list[str]]

ADDRESS = "https://jieneng.example.gov.cn/q/demo?u=CD0108"
SIGN = Sign(USUAL[0], ADDRESS, owner="成都市龙泉驿区第三中学")
PAGES = {"sign": ((297, 210), 4), "sign-a5": ((210, 297), 2)}


@pytest.mark.parametrize("logo", [b"", logos.leaf()], ids=["plain", "with a logo"])
@pytest.mark.parametrize("name", SHEETS)
def test_every_sign_on_every_page_is_scanned(
    name: str,
    logo: bytes,
    decode: Callable[[Image.Image], list[str]],
    rendered: Callable[..., list[Image.Image]],
    tmp_path: Path,
) -> None:
    made = [replace(SIGN, slogan=slogan, address=f"{ADDRESS}{n}", logo=logo) for n, slogan in enumerate(SLOGANS)]
    pages = rendered(signs.pdf(made, SHEETS[name]), tmp_path, dots=100)
    for page, sign in zip(pages, made, strict=True):
        assert decode(page) == [sign.address] * PAGES[name][1]


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_is_a4_to_be_cut_into_equal_signs(name: str) -> None:
    pdf = signs.pdf([SIGN], SHEETS[name])
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert box
    assert [float(side) * 25.4 / 72 for side in box.groups()] == pytest.approx(PAGES[name][0], abs=0.1)
    assert len(pdf) < 80_000


def test_a_sign_says_its_slogan_what_to_do_and_whose_it_is(text_of: TextOf) -> None:
    lines = text_of(signs.pdf([SIGN], SHEETS["sign"]))
    assert "".join(lines) == "节约用电人走断电，不留待机微信扫一扫，一起学节能成都市龙泉驿区第三中学" * 4


def test_ours_are_found_by_their_text_and_any_other_text_has_our_leaf() -> None:
    assert slogan_of(" 节约用水 ") == USUAL[1]
    assert slogan_of("节约用水", "滴滴珍贵").line == "滴滴珍贵"
    assert slogan_of("光盘行动") == signs.Slogan("光盘行动")
    assert [one.text for one in USUAL] == ["节约用电", "节约用水", "随手关灯"]
    assert len({one.colour for one in SLOGANS}) == len(SLOGANS)


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text("随手关灯节约用水，每一天", min_size=1, max_size=24),
    owner=st.text("市区中学办公室", min_size=1, max_size=50),
)
def test_a_text_of_two_dozen_characters_is_set_whole(text: str, owner: str, text_of: TextOf) -> None:
    shown = "".join(text_of(signs.pdf([replace(SIGN, slogan=slogan_of(text), owner=owner)], SHEETS["sign"])))
    assert text in shown
    assert owner in shown


@pytest.mark.parametrize(
    ("made", "refusal", "sentence"),
    [
        ([], PrintError, "1 到 20"),
        ([SIGN] * 21, PrintError, "1 到 20"),
        ([replace(SIGN, slogan=slogan_of(" "))], PrintError, "请写上标语"),
        ([replace(SIGN, slogan=slogan_of("节" * 200))], TextTooLong, "标语"),
        ([replace(SIGN, owner="龘王府")], UnprintableText, "龘"),
        ([replace(SIGN, address="demo")], UnusableAddress, "http"),
    ],
)
def test_what_cannot_be_a_sign_is_refused_in_one_sentence(
    made: list[Sign], refusal: type[PrintError], sentence: str
) -> None:
    with pytest.raises(refusal, match=sentence):
        signs.pdf(made, SHEETS["sign"])


def test_the_same_signs_give_the_same_bytes() -> None:
    assert signs.pdf([SIGN], SHEETS["sign"]) == signs.pdf([SIGN], SHEETS["sign"])
