"""Noto Sans SC in two weights, reduced by subset.py to GB 2312, symbols and rarer characters of names (OFL.txt)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

REGULAR = Path(__file__).with_name("NotoSansSC-Regular.ttf")
BOLD = Path(__file__).with_name("NotoSansSC-Bold.ttf")


@dataclass(frozen=True, slots=True)
class Faces:
    """The files that a document is set in."""

    regular: Path
    bold: Path


BUNDLED = Faces(REGULAR, BOLD)


def reduced(characters: str, folder: Path) -> Faces:
    """The two weights with `characters` alone, written to `folder`: read quickly where thousands of documents are made.

    Characters that the bundled fonts lack are left out.
    """
    faces = Faces(folder / "Regular.ttf", folder / "Bold.ttf")
    for source, path in ((REGULAR, faces.regular), (BOLD, faces.bold)):
        subsetter = Subsetter(Options(hinting=False, notdef_outline=True, layout_features=[], recalc_timestamp=False))
        subsetter.populate(unicodes=map(ord, characters))
        with TTFont(source, recalcTimestamp=False) as font:
            subsetter.subset(font)
            font.save(path)
    return faces


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
