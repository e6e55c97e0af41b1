from __future__ import annotations

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from PIL import Image, ImageChops

from campaigns.prints.errors import UnprintableText, UnusableAddress
from campaigns.prints.results import HEIGHT, WIDTH, ResultPicture, result_picture

ADDRESS = "https://jieneng.example.gov.cn/q/week"
RESULT = ResultPicture(
    name="2026年全国节能宣传周节能知识有奖竞答",
    points="80",
    address=ADDRESS,
    theme="节能降碳，你我同行",
    brand="亭·节能 绿色+",
    facts=("用时 3分12秒", "个人第 12 名", "单位第 3 名"),
    unit="成都市龙泉驿区第三中学",
    date="2026年7月4日",
    organiser="成都市机关事务管理局",
)
LONG = ResultPicture(
    name="四川省成都市公共机构节能降碳" * 12,
    points="已完成，成绩待公布",
    address=ADDRESS.ljust(300, "q"),
    theme="绿色低碳，节能先行；" * 12,
    brand="亭·节能 绿色+" * 8,
    heading="张*明的成绩" * 9,
    facts=("用时 1小时3分12秒" * 3, "个人第 123456 名", "单位第 3 名", "部门第 1 名", "第五条不显示"),
    unit="四川省成都市龙泉驿区" * 12,
    date="2026年7月4日",
    invitation="扫码一起答题" * 8,
    organiser="四川省机关事务管理局、四川省生态环境厅" * 6,
)
ENGLISH = replace(
    RESULT, heading="My result", points_unit="points", facts=("Time 3 min 12 s", "Rank 12"), invitation="Scan to play"
)


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


@pytest.mark.parametrize(
    "result", [RESULT, LONG, ENGLISH, ResultPicture("绿答", "0", ADDRESS)], ids=["usual", "long", "english", "bare"]
)
def test_a_picture_is_as_wide_as_a_phone_wants_light_and_its_code_is_scanned(
    result: ResultPicture, decode: Callable[[Image.Image], list[str]], worn: Callable[[Image.Image], Image.Image]
) -> None:
    data = result_picture(result)
    picture = opened(data)
    assert picture.size == (WIDTH, HEIGHT) == (1080, 1560)
    assert len(data) <= 200_000
    assert decode(picture) == [result.address]
    assert decode(picture.resize((540, 780))) == [result.address] or len(result.address) > 100
    assert decode(worn(picture)) == [result.address] or len(result.address) > 100


def test_long_texts_are_cut_and_touch_nothing_else() -> None:
    ground = opened(result_picture(replace(LONG, heading="", facts=(), unit="", date="", points="")))
    drawn = ImageChops.difference(opened(result_picture(LONG)), ground).convert("L").point(lambda d: 255 * (d > 40))
    left, top, right, bottom = drawn.getbbox() or (0, 0, 0, 0)
    assert left >= 138
    assert right <= 942
    assert top >= 440
    assert bottom <= 1080


def test_nothing_is_left_of_the_one_before() -> None:
    first = result_picture(RESULT)
    result_picture(replace(RESULT, points="100", heading="张*明的成绩", facts=()))
    assert result_picture(RESULT) == first


def test_pictures_that_are_made_at_once_are_as_those_made_one_by_one() -> None:
    results = [replace(RESULT, points=str(points)) for points in range(8)]
    with ThreadPoolExecutor(4) as several:
        assert list(several.map(result_picture, results)) == [result_picture(one) for one in results]


def test_characters_outside_the_fonts_are_refused_and_named() -> None:
    with pytest.raises(UnprintableText, match="龘"):
        result_picture(replace(RESULT, unit="龘王府"))


def test_an_address_that_no_code_should_hold_is_refused() -> None:
    with pytest.raises(UnusableAddress):
        result_picture(replace(RESULT, address="week"))
