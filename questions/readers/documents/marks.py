"""What sets text apart in a document: colour, bold, underline… and what of it is the document's ordinary look."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from questions.model import Picture
from questions.readers.tables.table import tidy_lines
from questions.readers.written.lines import Line

_ORDINARY = 0.75
"""The share of a document's text from which a look is its ordinary one, and marks nothing."""
_BLANK = "____"
_OPENING, _CLOSING = "（([【", "）)]】"


class Look(NamedTuple):
    """How a piece of text looks, as far as people use that to say something. Empty and False are the ordinary."""

    colour: str = ""
    ground: str = ""
    """Highlight, shading or a frame."""
    bold: bool = False
    under: bool = False
    dotted: bool = False
    """Word's emphasis marks below the characters."""


PLAIN = Look()
Piece = tuple[str, Look]


@dataclass(slots=True)
class RawLine:
    """A line whose looks are known, before it is known which of them are ordinary in its document."""

    where: str
    text: str
    automatic: int
    looks: list[tuple[int, int, Look]]
    heading: int
    pictures: tuple[Picture, ...] = ()
    apart: bool = False
    """Whether an empty line stands above it."""


@dataclass(slots=True)
class Words:
    """A paragraph that is being read: its pieces and pictures, line by line."""

    lines: list[tuple[list[Piece], list[Picture]]] = field(default_factory=lambda: [([], [])])

    def add(self, text: str, look: Look = PLAIN) -> None:
        self.lines[-1][0].append((text, look))

    def picture(self, picture: Picture) -> None:
        self.lines[-1][1].append(picture)

    def end_line(self) -> None:
        self.lines.append(([], []))

    @property
    def untouched(self) -> bool:
        return len(self.lines) == 1 and not any(self.lines[0])

    @property
    def empty(self) -> bool:
        return not any(pictures or any(text.strip() for text, _ in pieces) for pieces, pictures in self.lines)

    def finished(self, where: str, label: str = "", heading: int = 0, *, apart: bool = False) -> list[RawLine]:
        """The lines that hold something; `label` is what automatic numbering shows in front of the first.

        `apart`: whether an empty line stands above them.
        """
        found: list[RawLine] = []
        for pieces, pictures in self.lines:
            text, looks = _joined(pieces, len(label))
            if text or pictures:
                text = label + text if text else label.rstrip()
                found.append(RawLine(where, text, len(label), looks, heading, tuple(pictures), apart))
                label = ""
            apart = not text and not pictures
        return found


def _joined(pieces: Sequence[Piece], start: int) -> tuple[str, list[tuple[int, int, Look]]]:
    """The text of pieces without space around it, and its looks, in places counted from `start`."""
    looks: list[tuple[int, int, Look]] = []
    text = ""
    for piece, look in _with_blanks(pieces):
        new = piece if text else piece.lstrip()
        if new:
            looks.append((start + len(text), start + len(text) + len(new), look))
            text += new
    return text.rstrip(), looks


def _with_blanks(pieces: Sequence[Piece]) -> list[Piece]:
    """Tidy pieces, in which underlined space is the blank that a reader sees, and no longer counts as a mark."""
    tidied = [(tidy_lines(text).replace("\n", " "), look) for text, look in pieces]
    if not any(look.under for _, look in tidied):
        return tidied
    found: list[Piece] = []
    index = 0
    while index < len(tidied):
        last = index
        while last < len(tidied) and tidied[last][1].under == tidied[index][1].under:
            last += 1
        group = tidied[index:last]
        if not group[0][1].under:
            found += group
        elif any(text.strip() for text, _ in group):
            found += _trimmed(group)
        else:
            before = "".join(text for text, _ in found).rstrip()[-1:]
            after = tidied[last][0].lstrip()[:1] if last < len(tidied) else ""
            found.append((_blank("".join(text for text, _ in group), before, after), PLAIN))
        index = last
    return found


def _blank(space: str, before: str, after: str) -> str:
    """Underlined space: a blank, but for a single space and for what stands between brackets anyway."""
    bracketed = before and before in _OPENING and after and after in _CLOSING
    wide = len(space) > 1 or "\t" in space or "\u3000" in space
    return _BLANK if wide and not bracketed else space


def _trimmed(group: Sequence[Piece]) -> list[Piece]:
    """An underlined text without underlining on the space around it."""
    joined = "".join(text for text, _ in group)
    first, last = len(joined) - len(joined.lstrip()), len(joined.rstrip())
    found: list[Piece] = []
    at = 0
    for text, look in group:
        start, end = max(first - at, 0), max(last - at, 0)
        found += [(text[:start], PLAIN), (text[start:end], look), (text[max(start, end) :], PLAIN)]
        at += len(text)
    return [piece for piece in found if piece[0]]


def usual_look(lines: Iterable[RawLine]) -> Look:
    """What nearly all of a document's text looks like, each property by itself."""
    counts: Counter[Look] = Counter()
    for line in lines:
        for start, end, look in line.looks:
            counts[look] += end - start
    whole = sum(counts.values())
    usual: list[object] = []
    for place, ordinary in enumerate(PLAIN):
        values: Counter[object] = Counter()
        for look, count in counts.items():
            values[look[place]] += count
        value, count = values.most_common(1)[0] if values else (ordinary, 0)
        usual.append(value if count >= _ORDINARY * whole else ordinary)
    return Look._make(usual)


def line_of(raw: RawLine, usual: Look) -> Line:
    """The line, with the spans that stand out from the document's usual look."""
    spans: list[tuple[int, int]] = []
    for start, end, look in raw.looks:
        if look == usual or not _stands_out(look, usual):
            continue
        if spans and not raw.text[spans[-1][1] : start].strip():
            spans[-1] = spans[-1][0], end
        else:
            spans.append((start, end))
    return Line(raw.where, raw.text, raw.automatic, _tight(spans, raw.text), raw.heading, raw.pictures, raw.apart)


def _stands_out(look: Look, usual: Look) -> bool:
    return any(value and value != ordinary for value, ordinary in zip(look, usual, strict=True))


def _tight(spans: Iterable[tuple[int, int]], text: str) -> tuple[tuple[int, int], ...]:
    """The spans without the space around their text, and none that holds nothing else."""
    found: list[tuple[int, int]] = []
    for start, end in spans:
        held = text[start:end]
        first = start + len(held) - len(held.lstrip())
        last = start + len(held.rstrip())
        if first < last:
            found.append((first, last))
    return tuple(found)


_HEX = re.compile(r"#?(?:([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})|([0-9a-f])([0-9a-f])([0-9a-f]))", re.IGNORECASE)


def ink(colour: str) -> str:
    """A text colour as RGB in hex; empty for black, near-black and grey, which people do not see as a colour."""
    found = _parts(colour)
    if found is None:
        return colour.casefold()
    darkest, lightest = min(found), max(found)
    return "" if lightest - darkest <= 24 and lightest < 0xB0 else "{:02x}{:02x}{:02x}".format(*found)


def paper(colour: str) -> str:
    """A background colour as RGB in hex; empty for white and near-white."""
    found = _parts(colour)
    if found is None:
        return colour.casefold()
    return "" if min(found) >= 0xF0 else "{:02x}{:02x}{:02x}".format(*found)


def _parts(colour: str) -> tuple[int, int, int] | None:
    found = _HEX.fullmatch(colour.strip())
    if not found:
        return None
    red, green, blue = [int(part, 16) for part in found.groups()[:3] if part] or [
        int(part * 2, 16) for part in found.groups()[3:]
    ]
    return red, green, blue
