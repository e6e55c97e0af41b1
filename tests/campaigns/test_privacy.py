from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.privacy import Seal, guest, masked, shown


@pytest.mark.parametrize(
    ("name", "mask"),
    [("张三", "张*"), ("张晓明", "张*明"), ("欧阳晓明", "欧**明"), ("𠮷田", "𠮷*"), ("A", "A*"), ("", "*")],
)
def test_a_masked_name_shows_its_ends(name: str, mask: str) -> None:
    assert masked(name) == mask


@given(st.text(st.characters(categories=["L"]), min_size=3))
def test_a_mask_covers_everything_between_the_first_and_the_last(name: str) -> None:
    mask = masked(name)
    assert len(mask) == len(name)
    assert set(mask[1:-1]) == {"*"}


@given(st.text(st.characters(categories=["L"]), min_size=1))
def test_no_name_is_shown_whole(name: str) -> None:
    assert shown(name, "0123456789abcdef") != name
    assert "*" in shown(name, "0123456789abcdef")


def test_a_guest_is_shown_by_the_end_of_their_pseudonym() -> None:
    assert guest("0123456789abcdef") == "参与者cdef"
    assert shown("", "0123456789abcdef") == "参与者cdef"
    assert shown("张晓明", "0123456789abcdef") == "张*明"


def test_a_sealed_phone_shows_nothing_not_even_that_it_is_the_same() -> None:
    seal = Seal("installation")
    first, second = seal.seal("13800138000"), seal.seal("13800138000")
    assert first != second
    assert "138" not in first
    assert seal.open(first) == seal.open(second) == "13800138000"


def test_what_was_sealed_under_another_secret_or_never_is_no_phone() -> None:
    assert Seal("another").open(Seal("installation").seal("13800138000")) == ""
    assert Seal("installation").open(None) == Seal("installation").open("rubbish") == ""
