from __future__ import annotations

import pytest
from flask import Flask

from admin.paging import page_asked, pages_offered


@pytest.mark.parametrize(
    ("number", "pages", "offered"),
    [
        (1, 1, [1]),
        (1, 4, [1, 2, 3, 4]),
        (1, 9, [1, 2, 3, None, 9]),
        (5, 9, [1, None, 3, 4, 5, 6, 7, None, 9]),
        (9, 9, [1, None, 7, 8, 9]),
    ],
)
def test_a_page_offers_its_neighbours_and_both_ends(number: int, pages: int, offered: list[int | None]) -> None:
    assert pages_offered(number, pages) == offered


@pytest.mark.parametrize(
    ("asked", "number"), [("", 1), ("?page=3", 3), ("?page=-1", 1), ("?page=x", 1), ("?page=9e9", 1)]
)
def test_what_is_no_page_number_asks_for_the_first(app: Flask, asked: str, number: int) -> None:
    with app.test_request_context(f"/admin/banks{asked}"):
        assert page_asked() == number
