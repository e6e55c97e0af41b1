from __future__ import annotations

import hashlib

import pytest

from campaigns.draws.sources import check_names, check_values, default_fallback
from campaigns.errors import DrawRefused

SECRET = "节能 2026/降碳"
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


def test_values_come_in_the_announced_order_and_full_width_ones_are_folded() -> None:
    given = {"sse:2": " 3857.93 ", "ssq:1": "０３．０８＋０９"}
    assert list(check_values(("ssq:1", "sse:2"), given).items()) == [("ssq:1", "03.08+09"), ("sse:2", "3857.93")]


@pytest.mark.parametrize("value", ["", "  ", "1 2", "1/2", "1\n2", "1" * 201])
def test_a_value_that_would_confuse_the_seed_is_refused(value: str) -> None:
    with pytest.raises(DrawRefused, match="ssq:1"):
        check_values(("ssq:1",), {"ssq:1": value})


def test_every_announced_source_is_wanted_and_no_other() -> None:
    with pytest.raises(DrawRefused, match="还缺来源 sse:2"):
        check_values(("ssq:1", "sse:2"), {"ssq:1": "1"})
    with pytest.raises(DrawRefused, match="sse:3 不在公告"):
        check_values(("ssq:1",), {"ssq:1": "1", "sse:3": "1"})


def test_a_secret_must_be_the_one_whose_hash_was_published() -> None:
    check_names([SECRET_SOURCE])
    assert check_values((SECRET_SOURCE,), {SECRET_SOURCE: SECRET}) == {SECRET_SOURCE: SECRET}
    with pytest.raises(DrawRefused, match="密语"):
        check_values((SECRET_SOURCE,), {SECRET_SOURCE: SECRET + "！"})


def test_the_usual_fallback_speaks_of_the_kinds_that_were_named() -> None:
    said = default_fallback(("ssq:1", SECRET_SOURCE))
    assert "双色球" in said
    assert "密语" in said
    assert "上证" not in said
