from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from poster_made import ORDINARY

from campaigns.prints.errors import TextTooLong, UnprintableText, UnusableAddress
from campaigns.prints.posters import STEPS, Poster, a4, steps

Decode = Callable[[Image.Image], list[str]]
TextOf = Callable[[bytes], list[str]]
PictureIn = Callable[[bytes], Image.Image]

CROWDED = Poster(
    name="四川省成都市" * 10 + "二〇二六年公共机构节能降碳“绿色低碳、节能先行”主题宣传活动线上有奖知识竞赛",
    theme="厉行节约，" * 9,
    dates="2026年6月10日 8:00（北京时间）至 2026年6月20日 18:00（北京时间），逾期系统将自动关闭",
    address="https://a.example/".ljust(300, "q"),
    instructions=("打开微信扫一扫，扫描海报上的二维码", "选择您所在的单位", "每人每天可答两次，取最高分", STEPS[-1]),
    unit="四川省成都市龙泉驿区" * 5,
    organiser="四川省机关事务管理局、四川省生态环境厅、四川省发展和改革委员会、四川省住房和城乡建设厅",
    footer="蜀ICP备2026000001号 " * 5,
)
RARE = "龘王府🌱"
BARE = Poster(name="绿答", theme="", dates="", address="http://127.0.0.1:8000/q/demo", instructions=())

printed = cache(a4)


def rendered(pdf: bytes, folder: Path) -> Image.Image:
    """The page as poppler shows it, 100 dots an inch."""
    tool = shutil.which("pdftoppm")
    if tool is None:
        pytest.skip("pdftoppm (poppler-utils) is not installed: the page cannot be rendered")
    (folder / "poster.pdf").write_bytes(pdf)
    command = [tool, "-r", "100", "-png", "-singlefile", "poster.pdf", "poster"]
    subprocess.run(command, cwd=folder, check=True, timeout=60)
    return Image.open(folder / "poster.png").convert("RGB")


@pytest.mark.parametrize("poster", [ORDINARY, CROWDED, BARE], ids=["ordinary", "crowded", "bare"])
def test_the_code_on_a_poster_is_read_back_as_its_address(
    poster: Poster, decode: Decode, picture_in: PictureIn
) -> None:
    assert decode(picture_in(printed(poster))) == [poster.address]


@pytest.mark.parametrize("poster", [ORDINARY, CROWDED, BARE], ids=["ordinary", "crowded", "bare"])
def test_a_rendered_poster_is_scanned_as_its_address(poster: Poster, decode: Decode, tmp_path: Path) -> None:
    assert decode(rendered(printed(poster), tmp_path)) == [poster.address]


def test_a_poster_says_everything_it_was_given(text_of: TextOf) -> None:
    assert text_of(printed(ORDINARY)) == [
        "2026年全国节能宣传周",
        "节能知识答题",
        "节能增效，减少 CO₂ 排放",
        "活动时间：2026年6月10日—6月20日",
        "成都市龙泉驿区第三中学",
        *("1", "微信扫一扫", "2", "点击开始答题", "3", "完成可参加抽奖"),
        "主办单位：成都市机关事务管理局",
        "扫码不便时，请在微信中打开 https://jieneng.example.gov.cn/q/demo?u=CD0108",
        "蜀ICP备2026000001号-1",
    ]


def test_the_last_step_names_the_points_that_a_draw_asks_for(text_of: TextOf) -> None:
    assert steps(0) == STEPS
    lines = text_of(a4(replace(ORDINARY, instructions=steps(60))))
    assert "得 60 分可参加抽奖" in lines
    assert STEPS[-1] not in lines


def test_a_crowded_poster_leaves_out_no_character(text_of: TextOf) -> None:
    shown = "".join(text_of(printed(CROWDED))).replace(" ", "")
    for text in (CROWDED.name, CROWDED.theme, CROWDED.dates, CROWDED.address, CROWDED.unit, CROWDED.organiser):
        assert text.replace(" ", "") in shown
    assert all(step in shown for step in CROWDED.instructions)


def test_a_bare_poster_names_no_field_that_is_empty(text_of: TextOf) -> None:
    assert text_of(printed(BARE)) == ["绿答", "扫码不便时，请在微信中打开 http://127.0.0.1:8000/q/demo"]


def test_nothing_below_the_header_touches_what_printers_leave_white(tmp_path: Path) -> None:
    page = rendered(printed(CROWDED), tmp_path).convert("L")
    width, height = page.size
    millimetre = width / 210
    header = round(110 * millimetre)
    ink = page.crop((0, header, width, height)).point(lambda shade: 255 - shade).getbbox()
    assert ink
    left, _, right, bottom = ink
    assert left > 8 * millimetre
    assert right < width - 8 * millimetre
    assert bottom + header < height - 8 * millimetre


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.text("绿色节能CO₂2026年（）“”，答题 ", min_size=1, max_size=150),
    unit=st.text("区县中学第一二三 ", max_size=80),
)
def test_any_name_of_a_hundred_characters_is_set_whole_and_longer_ones_at_most_refused(
    name: str, unit: str, text_of: TextOf
) -> None:
    poster = replace(ORDINARY, name=name, unit=unit)
    if len(name) > 100 or len(unit) > 50:
        with suppress(TextTooLong):
            a4(poster)
        return
    pdf = a4(poster)
    shown = "".join(text_of(pdf)).replace(" ", "")
    assert name.replace(" ", "") in shown
    assert unit.replace(" ", "") in shown


@pytest.mark.parametrize(
    ("poster", "field"),
    [
        (replace(ORDINARY, name="节" * 500), "活动名称"),
        (replace(ORDINARY, unit="区" * 300), "单位名称"),
        (replace(ORDINARY, instructions=("扫一扫",) * 5), "参与步骤"),
        (replace(ORDINARY, instructions=(*STEPS[:2], "扫一扫" * 30)), "参与步骤"),
        (replace(ORDINARY, footer="备" * 300), "页脚"),
    ],
)
def test_a_text_too_long_for_legible_type_is_refused_by_its_name(poster: Poster, field: str) -> None:
    with pytest.raises(TextTooLong, match=field) as refusal:
        a4(poster)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    "poster",
    [
        replace(ORDINARY, name=RARE),
        replace(ORDINARY, theme=RARE),
        replace(ORDINARY, dates=RARE),
        replace(ORDINARY, instructions=("微信扫一扫", RARE)),
        replace(ORDINARY, unit=RARE),
        replace(ORDINARY, organiser=RARE),
        replace(ORDINARY, footer=RARE),
    ],
)
def test_characters_outside_the_fonts_are_refused_and_named(poster: Poster) -> None:
    with pytest.raises(UnprintableText, match="龘、🌱") as refusal:
        a4(poster)
    assert refusal.value.characters == "龘🌱"


def test_an_address_that_no_code_should_hold_is_refused() -> None:
    with pytest.raises(UnusableAddress):
        a4(replace(ORDINARY, address="jieneng"))


def test_invisible_characters_and_line_ends_in_a_name_do_no_harm(text_of: TextOf) -> None:
    assert "成都市 第三中学" in text_of(a4(replace(ORDINARY, unit="\ufeff成都市\r\n第三中学\u200b")))


def test_the_same_poster_gives_the_same_bytes_and_its_date_is_the_one_given() -> None:
    moment = 1_796_000_000_000
    assert a4(ORDINARY) == printed(ORDINARY)
    assert b"/CreationDate (D:20261130" in a4(ORDINARY, created=moment)


def test_a_poster_is_one_a4_page_with_its_fonts_embedded() -> None:
    pdf = printed(ORDINARY)
    assert pdf.count(b"/Type /Page\n") == 1
    assert b"/MediaBox [0 0 595.28 841.89]" in pdf
    assert pdf.count(b"/FontFile2 ") == 2
    assert len(pdf) < 100_000


def test_a_step_that_is_blank_takes_no_place(text_of: TextOf) -> None:
    lines = text_of(a4(replace(ORDINARY, instructions=("微信扫一扫", " ", "开始答题"))))
    assert [line for line in lines if line.isdecimal()] == ["1", "2"]


def test_the_picture_of_the_code_is_sharp_enough_for_print(picture_in: PictureIn) -> None:
    picture = picture_in(printed(ORDINARY))
    assert picture.size == (1600, 1600)
    assert picture.getcolors() is not None
    assert {shade for _, shade in picture.getcolors() or ()} == {0, 255}
