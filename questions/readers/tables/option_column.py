"""A column whose cells hold all the options of a question: what separates them throughout."""

from __future__ import annotations

import re
from collections.abc import Iterable

from questions.model import LETTERS
from questions.readers.meaning import options
from questions.readers.meaning.answers import literal

_RARE = ("@@", "@", "^", "~~", "//")
"""Signs that hardly anybody writes within an option, where every cell of a column has them."""
_FIRST_LABEL = re.compile(r"\s*A\s*[.、．:：)）]")
_SECOND_LABEL = re.compile(r"B\s*[)）\]】.、．:：]")
_LABEL = r"(?:^|(?<=\s))[(（]?{}\s*[)）.、．:：]\s*(?=\S)"


def separator_of(cells: Iterable[str]) -> str:
    """What separates the options of a column; empty where they have letters, are data, or nothing cuts nearly all."""
    plain = [cell for cell in cells if cell and literal(cell) is None and options.labelled(cell) is None]
    rare = next((sign for sign in _RARE if plain and all(0 < cell.count(sign) <= 12 for cell in plain)), "")
    return rare or options.separator_of(cell for cell in plain if not _has_labels(cell))


def cut(cell: str, separator: str) -> list[str]:
    """The options of one cell; one whose letters cannot be told from its text stays whole, to be asked about."""
    if _has_labels(cell) and options.labelled(cell) is None:
        return options.glued(cell)[1] or [cell]
    return options.split_options(cell, separator)


def following(text: str, count: int) -> list[str]:
    """The options of a line that goes on with the letters behind the first `count`; empty for any other text."""
    texts: list[str] = []
    rest = text
    while count + len(texts) < len(LETTERS) and (label := re.search(_LABEL.format(LETTERS[count + len(texts)]), rest)):
        if (label.start() == 0) == bool(texts):  # the first begins the line, and no other does
            break
        if texts:
            texts[-1] = rest[: label.start()].strip()
        rest = rest[label.end() :]
        texts.append(rest.strip())
    return texts if all(texts) else []


def _has_labels(cell: str) -> bool:
    """``A.GB/T 23331B.GB 3100``: spaces would cut it in the wrong places."""
    return "\n" not in cell and _FIRST_LABEL.match(cell) is not None and _SECOND_LABEL.search(cell) is not None
