"""What a phone has to fetch, and where it comes from."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import accessibility
import pytest
from phone import Phone

import bot.pages

VENDOR = Path(bot.pages.__file__).parent / "static" / "vendor"
OF_TESTS = Path(accessibility.__file__).parent / "vendor"
FIRST_PAGE_BYTES = 60_000


@pytest.mark.parametrize(
    ("folder", "names"),
    [(VENDOR, {"weui.css", "weui.LICENSE.txt"}), (OF_TESTS, {"axe.min.js", "axe.LICENSE.txt"})],
    ids=["pages", "tests"],
)
def test_what_others_made_is_kept_as_it_came(folder: Path, names: set[str]) -> None:
    lines = (folder / "MANIFEST.sha256").read_text().splitlines()
    assert {line.split("  ")[1] for line in lines} >= names
    for line in lines:
        digest, name = line.split("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


def test_the_first_page_is_light_and_needs_nobody_else(phone: Phone) -> None:
    page = phone.open("/q/week")
    addresses = [part.split('"')[0] for part in page.html.split('href="')[1:]]
    size = len(gzip.compress(page.html.encode()))
    for address in (address for address in addresses if "/static/" in address):
        with phone.client.get(address) as response:
            size += len(gzip.compress(response.data))
            assert response.headers["Cache-Control"] == "public, max-age=31536000"
            assert b"url(" not in response.data
    assert 0 < size < FIRST_PAGE_BYTES
    assert all(address.startswith("/") for address in addresses)


def test_a_style_sheet_asked_for_without_its_version_is_not_kept_for_a_year(phone: Phone) -> None:
    with phone.client.get("/pages/static/quiz.css") as response:
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "no-cache"
