"""Noto Sans SC in two weights, reduced by subset.py to GB 2312, symbols and rarer characters of names (OFL.txt)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

REGULAR = Path(__file__).with_name("NotoSansSC-Regular.ttf")
BOLD = Path(__file__).with_name("NotoSansSC-Bold.ttf")


@cache
def covered() -> frozenset[int]:
    """The code points that both weights can show."""
    with TTFont(REGULAR, lazy=True) as regular, TTFont(BOLD, lazy=True) as bold:
        return frozenset(regular.getBestCmap()) & frozenset(bold.getBestCmap())


def missing_characters(text: str) -> str:
    """The characters of `text`, each once and in order, that would come out as empty boxes; empty when all is well.

    White space and invisible characters count as missing unless `typesetting.plain` has been there before.
    """
    return "".join(dict.fromkeys(character for character in text if ord(character) not in covered()))
