from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.names import guest, masked, shown


@pytest.mark.parametrize(
    ("name", "mask"), [("张三", "张*"), ("张晓明", "张*明"), ("欧阳晓明", "欧**明"), ("A", "A*"), ("", "*")]
)
def test_a_masked_name_shows_its_ends(name: str, mask: str) -> None:
    assert masked(name) == mask


@given(st.text(st.characters(categories=["L"]), min_size=3))
def test_a_mask_covers_everything_between_the_first_and_the_last(name: str) -> None:
    mask = masked(name)
    assert len(mask) == len(name)
    assert set(mask[1:-1]) == {"*"}


def test_a_guest_is_shown_by_the_end_of_their_pseudonym() -> None:
    assert guest("0123456789abcdef") == "参与者cdef"
    assert shown("", "salt", 7).startswith("参与者")
    assert shown("", "salt", 7) != shown("", "salt", 8)
    assert shown("张晓明", "salt", 7) == "张*明"
