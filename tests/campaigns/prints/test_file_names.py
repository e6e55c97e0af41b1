from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.prints.file_names import DEEPEST, LONGEST, RESERVED, UNSAFE, Paths, safe


@given(st.text(max_size=80))
def test_a_name_is_one_that_windows_can_open(text: str) -> None:
    name = safe(text)
    assert 0 < len(name) <= LONGEST + 1
    assert not UNSAFE.search(name)
    assert not RESERVED.fullmatch(name)
    assert name == name.strip(" .")
    assert all(ord(character) >= 32 for character in name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("市财政局", "市财政局"),
        ("A/B:C", "A_B_C"),
        ("con", "_con"),
        ("NUL.txt", "_NUL.txt"),
        (" 办公室. ", "办公室"),
        ("..", "_"),
        ("", "_"),
        ("科\n室", "科 室"),
    ],
)
def test_names_of_offices_stay_readable(text: str, name: str) -> None:
    assert safe(text) == name


@given(st.lists(st.tuples(st.text("aAbB/ 局", max_size=4), st.text("aAbB .", max_size=3)), max_size=12))
def test_no_two_units_share_a_path_not_even_by_upper_and_lower_case(units: list[tuple[str, str]]) -> None:
    paths = Paths()
    made = [paths.path((name,), code, name).casefold() for name, code in units]
    assert len(set(made)) == len(made)


def test_a_deep_tree_gives_a_path_that_windows_can_open() -> None:
    path = Paths().path(["局" * 100] * 9, "D" * 32, "处" * 100)
    assert path.count("/") == DEEPEST
    assert len(path) < 220
