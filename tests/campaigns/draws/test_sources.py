from __future__ import annotations

import hashlib
from datetime import datetime
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.draws.sources import (
    check_formats,
    check_names,
    check_unknown,
    check_values,
    default_fallback,
    value_problem,
)
from campaigns.errors import DrawRefused

SECRET = "节能 2026/降碳"
LOTTERY = "03.08.15.22.27.31+09"
SECRET_SOURCE = "secret:" + hashlib.sha256(SECRET.encode()).hexdigest()


@pytest.mark.parametrize(
    "name", ["", "ssq", "ssq:", ":1", "ssq:1 2", "ssq:1/2", "a=b:1", "ssq:1\n", "x:" + "1" * 80, "secret:abc"]
)
def test_a_source_that_would_confuse_the_seed_is_refused(name: str) -> None:
    with pytest.raises(DrawRefused):
        check_names([name])


def test_a_draw_needs_sources_each_named_once() -> None:
    with pytest.raises(DrawRefused, match="至少"):
        check_names([])
    with pytest.raises(DrawRefused, match="两次"):
        check_names(["ssq:1", "ssq:1"])


def shanghai(*moment: int) -> int:
    return int(datetime(*moment, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp() * 1_000)  # type: ignore[misc,arg-type]


def test_numbers_of_the_future_are_taken() -> None:
    sources = ("ssq:2026130", "sse:20261130", "ssq:2027001", SECRET_SOURCE, "weather:20200101")
    check_unknown(sources, shanghai(2026, 11, 21, 12))
    check_unknown(sources, shanghai(2026, 11, 29, 23, 59))
    check_unknown(("ssq:2026130",), shanghai(2026, 12, 31, 23, 59))


@pytest.mark.parametrize(
    ("source", "moment"),
    [
        ("sse:20261130", (2026, 11, 30)),
        ("sse:20261130", (2026, 11, 30, 9)),
        ("sse:20261130", (2027, 1, 1)),
        ("sse:20250829", (2026, 11, 21)),
        ("ssq:2026130", (2027, 1, 1)),
        ("ssq:2025100", (2026, 11, 21)),
    ],
)
def test_a_number_that_may_be_known_is_refused(source: str, moment: tuple[int, ...]) -> None:
    with pytest.raises(DrawRefused, match=f"来源 {source} .*请改用"):
        check_unknown((SECRET_SOURCE, source), shanghai(*moment))


@pytest.mark.parametrize(
    "name",
    [
        "ssq:1",
        "ssq:26130",
        "ssq:2026-130",
        "sse:2",
        "sse:2026-11-30",
        "sse:20261131",
        "sse:2026W485",
        "sse:２０２６１１３０",
    ],
)
def test_a_day_or_an_issue_that_cannot_be_read_cannot_hide_that_it_is_past(name: str) -> None:
    with pytest.raises(DrawRefused, match=r"请写作 ss[eq]:"):
        check_unknown((name,), shanghai(2026, 11, 21))


def test_values_come_in_the_announced_order_folded_into_the_one_spelling() -> None:
    given = {"sse:2": " ３８５７．９３　", "ssq:1": "\u3000０３.08.15.22.27.31＋０９\n"}
    read = check_values(("ssq:1", "sse:2"), given, {})
    assert list(read.items()) == [("ssq:1", LOTTERY), ("sse:2", "3857.93")]


def spellings_of_an_index() -> list[str]:
    return [
        "3857.930",
        "3857.9",
        "3857",
        "3,857.93",
        "+3857.93",
        "-3857.93",
        "03857.93",
        "3857,93",
        "3.85793e3",
        "0.93",
    ]


def spellings_of_balls() -> list[str]:
    return [
        "08.03.15.22.27.31+09",
        "3.8.15.22.27.31+9",
        "03.08.15.22.27.31+9",
        "03,08,15,22,27,31+09",
        "03.08.15.22.27.31.09",
        "03.08.15.22.27.31",
        "03.08.15.22.27+09",
        "03.08.15.22.27.31.33+09",
        "03.03.15.22.27.31+09",
        "00.08.15.22.27.31+09",
        "03.08.15.22.27.34+09",
        "03.08.15.22.27.31+00",
        "03.08.15.22.27.31+17",
        "03. 08.15.22.27.31+09",
        "٠٣.08.15.22.27.31+09",
        "期号.03.08.15.22.27.31+09",
    ]


NEVER = ["", "  ", "1 2", "1/2", "1\n2", "1" * 201, "\x00", "\ud800"]


@pytest.mark.parametrize("value", [*spellings_of_balls(), "3857.93", *NEVER])
def test_the_lottery_has_one_spelling(value: str) -> None:
    with pytest.raises(DrawRefused, match=r"来源 ssq:1 的数值写法不对，应写作：.*03\.08\.15\.22\.27\.31\+09。"):
        check_values(("ssq:1",), {"ssq:1": value}, {})


@pytest.mark.parametrize("value", [*spellings_of_an_index(), LOTTERY, *NEVER])
def test_the_index_has_one_spelling(value: str) -> None:
    with pytest.raises(DrawRefused, match=r"来源 sse:2 的数值写法不对，应写作：.*3857\.93。"):
        check_values(("sse:2",), {"sse:2": value}, {})


@given(st.sets(st.integers(1, 33), min_size=6, max_size=6), st.integers(1, 16), st.randoms())
def test_of_all_orders_of_the_balls_one_is_taken(red: set[int], blue: int, random: Random) -> None:
    shuffled = random.sample(sorted(red), 6)
    value = ".".join(f"{ball:02}" for ball in shuffled) + f"+{blue:02}"
    assert (value_problem("ssq:1", value, {}) is None) == (shuffled == sorted(shuffled))


@given(st.from_regex(r"[0-9x.,+ -]{1,9}", fullmatch=True))
def test_no_two_spellings_of_one_index_are_taken(value: str) -> None:
    if value_problem("sse:2", value, {}) is None:
        assert value == f"{Decimal(value):.2f}"


@pytest.mark.parametrize(
    ("form", "value", "others"),
    [
        ("##.#", "07.5", ["7.5", "07.50", "007.5", "+7.5", "07,5", "０７,5"]),
        ("b:" + "x" * 8, "b:00ff12ab", ["b:00FF12AB", "00ff12ab", "b:0ff12ab", "B:00ff12ab", "b:00ff12ag"]),
    ],
)
def test_a_kind_of_its_own_has_the_spelling_that_was_announced(form: str, value: str, others: list[str]) -> None:
    formats = check_formats(("fog:1",), {"fog:1": form})
    assert check_values(("fog:1",), {"fog:1": f" {value}"}, formats) == {"fog:1": value}
    for other in [*others, *NEVER]:
        with pytest.raises(DrawRefused, match="来源 fog:1 的数值写法不对，应写作："):
            check_values(("fog:1",), {"fog:1": other}, formats)


def test_formats_are_announced_for_kinds_of_their_own_alone() -> None:
    assert check_formats(("ssq:1", "fog:1"), {"fog:1": "＃＃.#"}) == {"fog:1": "##.#"}
    assert check_formats(("ssq:1", "sse:2", SECRET_SOURCE), {}) == {}
    with pytest.raises(DrawRefused, match="固定"):
        check_formats(("ssq:1",), {"ssq:1": "##"})
    with pytest.raises(DrawRefused, match="不在本次"):
        check_formats(("ssq:1",), {"fog:1": "##"})


@pytest.mark.parametrize("form", ["", "23.5", "## #", "#/#", "##度", "#\n#", "#" * 201])
def test_a_format_that_leaves_the_spelling_open_is_refused(form: str) -> None:
    with pytest.raises(DrawRefused, match=r"来源 fog:1 须指定数值的写法，例如 fog:1=##\.#"):
        check_formats(("ssq:1", "fog:1"), {"fog:1": form})


def test_without_an_announced_format_no_value_is_taken() -> None:
    with pytest.raises(DrawRefused, match="公告没有写明来源 fog:1"):
        check_values(("fog:1",), {"fog:1": "7.5"}, {})


def test_every_announced_source_is_wanted_and_no_other() -> None:
    with pytest.raises(DrawRefused, match="还缺来源 sse:2"):
        check_values(("ssq:1", "sse:2"), {"ssq:1": LOTTERY}, {})
    with pytest.raises(DrawRefused, match="sse:3 不在公告"):
        check_values(("ssq:1",), {"ssq:1": LOTTERY, "sse:3": "1"}, {})


def test_a_secret_must_be_the_one_whose_hash_was_published() -> None:
    check_names([SECRET_SOURCE])
    assert check_values((SECRET_SOURCE,), {SECRET_SOURCE: SECRET}, {}) == {SECRET_SOURCE: SECRET}
    for other in (SECRET + "！", f" {SECRET}", SECRET.replace("2026", "２０２６"), "\ud800"):
        with pytest.raises(DrawRefused, match="密语"):
            check_values((SECRET_SOURCE,), {SECRET_SOURCE: other}, {})


def test_the_usual_fallback_speaks_of_the_kinds_that_were_named() -> None:
    said = default_fallback(("ssq:1", SECRET_SOURCE))
    assert "双色球" in said
    assert "密语" in said
    assert "上证" not in said
    assert "写法不变" in said
