from __future__ import annotations

import string
from collections.abc import Iterator

import pytest
from fontTools.ttLib import TTFont

from campaigns.prints import fonts
from campaigns.prints.fonts import subset

LARGEST = 2_500_000


def test_the_fonts_hold_ascii_the_whole_of_gb2312_and_all_they_promise() -> None:
    printable = string.ascii_letters + string.digits + string.punctuation
    promised = printable + subset.gb2312() + subset.SYMBOLS + subset.NAMES + "".join(subset.SHARED)
    assert len(subset.gb2312()) == 7445
    assert fonts.missing_characters(promised) == ""


@pytest.mark.parametrize(
    "text",
    [
        "CO₂、SF₆、m²、m³",
        "26℃ · 50％ — “节能”「低碳」…",
        "①②⑳",
        "✓✗✔✘√×☐□",
        "≥≤≠±→№",
        "二〇二六年",
        "喆堃垚昇䶮",
        "瀍河回族区",
    ],
)
def test_what_our_posters_write_is_in_the_fonts(text: str) -> None:
    assert fonts.missing_characters(text) == ""


def test_missing_characters_are_told_once_and_in_order() -> None:
    assert fonts.missing_characters("龘节能🌱龘") == "龘🌱"


@pytest.fixture(params=[fonts.REGULAR, fonts.BOLD], ids=["regular", "bold"])
def font(request: pytest.FixtureRequest) -> Iterator[TTFont]:
    with TTFont(request.param) as opened:
        yield opened


def test_no_covered_character_is_an_empty_glyph(font: TTFont) -> None:
    shown = font.getBestCmap()
    empty = {chr(code) for code, glyph in shown.items() if font["glyf"][glyph].numberOfContours == 0}
    assert empty <= set(" \u00a0\u3000")
    assert ".notdef" not in shown.values()


def test_subscript_digits_are_small_and_reach_below_the_line(font: TTFont) -> None:
    names = font.getBestCmap()
    for small, digit in zip("₀₁₂₃₄₅₆₇₈₉", string.digits, strict=True):
        lowered, full = (font["glyf"][names[ord(character)]] for character in (small, digit))
        assert lowered.yMin < -100
        assert lowered.yMax - lowered.yMin < 0.7 * (full.yMax - full.yMin)


def test_a_font_carries_its_licence_and_not_the_reserved_name(font: TTFont) -> None:
    assert "SIL Open Font License" in font["name"].getDebugName(13)
    assert "Source" not in font["name"].getBestFamilyName()


def test_the_fonts_are_small_and_the_licence_lies_beside_them() -> None:
    assert max(path.stat().st_size for path in (fonts.REGULAR, fonts.BOLD)) <= LARGEST
    assert "SIL OPEN FONT LICENSE Version 1.1" in fonts.REGULAR.with_name("OFL.txt").read_text()
