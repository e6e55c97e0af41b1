"""The catalogues, read once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources

CHINESE = re.compile(r"[㐀-䶿一-鿿]")


@cache
def pages() -> Mapping[tuple[str, str], str]:
    """(template or empty, piece of Chinese) → English."""
    return {(template, chinese): english for chinese, english, template in _lines("pages.tsv")}


@cache
def said() -> Mapping[str, str]:
    """What the code says → English; ``{}`` in both stands for what is filled in, in the same order."""
    return {chinese: english for chinese, english, _ in _lines("said.tsv")}


def piece(template: str, chinese: str) -> str | None:
    """A template's piece in English; None where the catalogue has none."""
    known = pages()
    return known.get((template, chinese), known.get(("", chinese)))


def _lines(name: str) -> Iterator[tuple[str, str, str]]:
    text = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            chinese, english, template = [*line.split("\t"), "", ""][:3]
            yield chinese, english, template
