from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.prints.typesetting import CLOSING, POINT, Setting, fit, plain


def width(text: str) -> float:
    """As in our fonts, roughly: an ideograph is one em, a Latin letter a half, a space a quarter."""
    return sum(0.25 if character == " " else 0.5 if ord(character) < 0x2000 else 1 for character in text)


def lines(text: str, ems: float) -> tuple[str, ...]:
    """`text` in lines of at most `ems`, as many as it takes."""
    setting = fit(text, width, width=ems * POINT, height=1e6, size=1, smallest=1, leading=1)
    assert setting
    return setting.lines


texts = st.text("节能知识答题公共机构的一是，。、“”（）《》！CO₂2026年6月 aB-.", max_size=60).map(plain)


@given(texts, st.floats(4, 40))
def test_lines_lose_nothing_and_are_never_wider_than_asked(text: str, ems: float) -> None:
    broken = lines(text, ems)
    assert "".join(broken).replace(" ", "") == text.replace(" ", "")
    assert all(width(line) <= ems + 1e-6 for line in broken)
    assert all(line and line == line.strip() for line in broken)


@given(texts, st.floats(1, 60), st.floats(1, 30))
def test_a_fitted_text_is_within_its_box(text: str, wide: float, high: float) -> None:
    setting = fit(text, width, width=wide, height=high, size=30, smallest=6, leading=1.3)
    if setting:
        em = setting.size * POINT
        assert 6 <= setting.size <= 30
        assert len(setting.lines) * em * 1.3 <= high + 1e-6
        assert all(width(line) * em <= wide + 1e-6 for line in setting.lines)


@given(st.text("节能知识答题的一是，。、”）》！", min_size=1, max_size=60), st.floats(12, 30))
def test_no_line_begins_with_a_closing_mark(text: str, ems: float) -> None:
    text = "的" + "。".join(part for part in text.split("。") if part)
    runs = max(len(run) for run in "".join("x" if mark in CLOSING else " " for mark in text).split(" "))
    if runs < 8:  # a longer run of marks is wider than a line
        assert not any(line[0] in CLOSING for line in lines(text, ems)[1:])


@pytest.mark.parametrize(
    ("text", "ems", "expected"),
    [
        ("2026年全国节能宣传周节能知识答题", 11, ("2026年全国节能宣传周", "节能知识答题")),
        ("公共机构节能降碳有奖竞答", 11, ("公共机构节能降碳", "有奖竞答")),
        ("绿色低碳“从我做起”", 6, ("绿色低碳", "“从我做起”")),
        ("绿色出行，从我做起", 5, ("绿色出行，", "从我做起")),
        ("市直机关 答题月", 6, ("市直机关", "答题月")),
        ("少CO₂排放量", 3, ("少CO₂", "排放量")),
    ],
)
def test_titles_break_where_a_reader_would(text: str, ems: float, expected: tuple[str, ...]) -> None:
    assert lines(text, ems) == expected


def test_lines_of_one_text_are_about_equally_long() -> None:
    assert [len(line) for line in lines("山" * 21, 20)] == [11, 10]


def test_a_word_wider_than_the_line_is_divided() -> None:
    assert lines("a" * 30, 10) == ("a" * 15, "a" * 15)


def test_room_enough_keeps_the_full_size() -> None:
    assert fit("节能", width, width=100, height=50, size=30, smallest=6, leading=1.3) == Setting(("节能",), 30)


def test_what_does_not_fit_in_the_smallest_type_is_not_set() -> None:
    assert fit("节" * 100, width, width=20, height=10, size=30, smallest=6, leading=1.3) is None


def test_an_empty_text_has_no_lines() -> None:
    assert fit("", width, width=10, height=10, size=30, smallest=6, leading=1.3) == Setting((), 30)


def test_plain_text_has_single_spaces_and_nothing_invisible() -> None:
    assert plain(" 节能\n\t答题\u200b\ufeff\u3000第1届\ufe0f ") == "节能 答题 第1届"


def test_plain_text_keeps_subscripts_and_full_width_forms() -> None:
    assert plain("CO₂ｍ²ＡＢ") == "CO₂ｍ²ＡＢ"
