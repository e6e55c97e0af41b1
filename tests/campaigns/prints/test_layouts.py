"""The same poster on other sheets: everything that was given is there, in real size, and the code is read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from PIL import Image
from poster_made import ORDINARY

from campaigns.prints import logos, posters
from campaigns.prints.fonts import reduced
from campaigns.prints.posters import LAYOUTS, Poster

Decode = Callable[[Image.Image], list[str]]
TextOf = Callable[[bytes], list[str]]
Rendered = Callable[..., list[Image.Image]]

TICKET = "http://weixin.qq.com/q/02mYcampaignWeekUnitCD0108xQk"
FULL = replace(
    ORDINARY,
    brand="亭·节能 绿色+",
    logo=logos.leaf(),
)
LONG = replace(
    FULL,
    name="四川省成都市公共机构" * 6 + "“绿色低碳、节能先行”主题宣传活动线上有奖知识竞赛",
    unit="四川省成都市龙泉驿区" * 5,
    brand="亭·节能 绿色+" * 4,
    instructions=("打开微信扫一扫，扫描海报上的二维码", "选择您所在的单位", "每人每天可答两次，取最高分", "参加抽奖"),
    address="https://a.example/".ljust(300, "q"),
)
MILLIMETRES = {"a4": (210, 297), "a3": (297, 420), "rollup": (800, 2000)}
printed = cache(posters.pdf)
DOTS = {"a4": 90, "a3": 64, "rollup": 24}
"""An inch, so that each page is some 750 pixels wide."""


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_is_one_page_in_real_size_and_of_reasonable_bytes(name: str) -> None:
    pdf = printed(FULL, LAYOUTS[name])
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert box
    assert [float(side) * 25.4 / 72 for side in box.groups()] == pytest.approx(MILLIMETRES[name], abs=0.1)
    assert pdf.count(b"/Type /Page\n") == 1
    assert len(pdf) < 120_000


@pytest.mark.parametrize("poster", [FULL, LONG, replace(FULL, logo=b"")], ids=["full", "long", "without a logo"])
@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_is_scanned_and_also_from_a_badly_held_phone(
    name: str,
    poster: Poster,
    decode: Decode,
    rendered: Rendered,
    worn: Callable[[Image.Image], Image.Image],
    tmp_path: Path,
) -> None:
    dots = DOTS[name] * (2 if poster is LONG else 1)
    (page,) = rendered(printed(poster, LAYOUTS[name]), tmp_path, dots=dots)
    assert decode(page) == [poster.address]
    assert decode(worn(page)) == [poster.address]


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_says_everything(name: str, text_of: TextOf) -> None:
    shown = "".join(text_of(printed(LONG, LAYOUTS[name]))).replace(" ", "")
    for text in (LONG.name, LONG.theme, LONG.dates, LONG.unit, LONG.organiser, LONG.footer, LONG.brand, LONG.address):
        assert text.replace(" ", "") in shown
    assert all(step in shown for step in LONG.instructions)


def test_an_accounts_code_is_in_the_picture_and_our_address_beneath_it(
    decode: Decode, picture_in: Callable[[bytes], Image.Image], text_of: TextOf
) -> None:
    pdf = posters.pdf(replace(FULL, code=TICKET, logo=b""), posters.A4)
    assert decode(picture_in(pdf)) == [TICKET]
    assert f"扫码不便时，请在微信中打开 {FULL.address}" in text_of(pdf)


def test_reduced_fonts_set_the_same_poster(tmp_path: Path, text_of: TextOf, rendered: Rendered) -> None:
    faces = reduced(posters.characters(FULL), tmp_path)
    assert faces.bold.stat().st_size < 60_000
    ours, theirs = posters.pdf(FULL, posters.A4, faces=faces), printed(FULL, posters.A4)
    assert text_of(ours) == text_of(theirs)
    assert rendered(ours, tmp_path)[0].tobytes() == rendered(theirs, tmp_path)[0].tobytes()


@pytest.mark.parametrize("name", ["a3", "rollup"])
def test_the_same_poster_gives_the_same_bytes(name: str) -> None:
    assert posters.pdf(FULL, LAYOUTS[name]) == printed(FULL, LAYOUTS[name])


def test_nothing_of_a_roll_up_is_written_where_its_case_is(text_of: TextOf) -> None:
    layout = posters.ROLLUP
    assert layout.meadow is not None
    assert layout.foot + 25.5 < layout.meadow - 8
    assert (layout.height - layout.meadow) * layout.scale >= 200
