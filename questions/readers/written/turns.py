"""Whether a letter in front of a line is that of an option: by its look, its turn, and the lines around it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from questions.model import LETTERS
from questions.readers.written.blocks import Block, Entry
from questions.readers.written.brackets import marked_as_question
from questions.readers.written.fields import Part
from questions.readers.written.labels import SMALL, Label, first_lone_label, labels_after
from questions.readers.written.seen import Seen

_PLAIN = {"point", "bracket"}
"""Looks that only options have."""
_FAR, _NEAR = 30, 8
_BETWEEN, _BETWEEN_ALONE = 2, 4
"""How many lines may stand between two letters of a weak look, and where each letter has a line of its own."""


class Turns:
    """The lines below the one at hand, asked about options."""

    def __init__(self, seen: Sequence[Seen]) -> None:
        self.seen = seen

    def is_option(self, place: int, label: Label, end: int, block: Block | None, pending: Sequence[Entry]) -> bool:
        """Whether a label of the line at `place` begins an option of the block, or of the texts that wait."""
        row = self.seen[place]
        if block is not None and len(block.options) >= len(LETTERS):
            return False
        if block is None:
            if not pending and not self._follows(place, label, end):
                return False
        elif not _open_for_options(block, row):
            return False
        if label.look in _PLAIN:
            return self._in_turn(place, label, end, block, pending)
        if label.look == "box":
            return self._boxed(place, label, end, block)
        last = block.options[-1].label if block is not None and block.options else None
        if last is not None and block is not None and label.letter == block.next_letter:
            return last.look in _alike(label.look) or label.look not in {"tight", "latin"}
        if label.letter != "A" or (block is None and not pending):
            return False
        if label.look == "tight":
            return last is None and self._tight_below(place)
        among_letters = label.look in {"circle", "latin"} and self._lettered_below(place)
        return not among_letters and self._follows(place, label, end)

    def letter_below(self, place: int) -> str:
        """The letter that the next line begins with, if it begins with one of its own."""
        row = next(self._below(place, 2), None)
        return row.label.letter if row is not None and row.label is not None and row.label.look in _PLAIN else ""

    def _below(self, place: int, count: int) -> Iterator[Seen]:
        return (row for row in self.seen[place + 1 : place + 1 + count] if not row.noise)

    def _in_turn(self, place: int, label: Label, end: int, block: Block | None, pending: Sequence[Entry]) -> bool:
        """Whether a letter comes in its turn, give or take a slip of the pen."""
        row = self.seen[place]
        if row.accepted and label is not row.label:
            return label.letter == "A" and bool(labels_after(row.folded, label, end))
        if block is not None and block.options:
            gap = LETTERS.find(label.letter) - LETTERS.find(block.options[-1].letter)
            swapped = -3 <= gap < 0 and all(option.letter != label.letter for option in block.options)
            return label.letter == "A" or 0 <= gap <= 3 or swapped
        if label.letter == "A":
            return True
        stem = block.last if block is not None else pending[-1] if pending else None
        alone = stem is not None and first_lone_label(stem.seen.folded, stem.start, stem.end) is not None
        return label.letter in "BCD" and (alone or self._follows(place, label, end))

    def _follows(self, place: int, label: Label, end: int) -> bool:
        """Whether the next letter stands in this line or begins one of the next, in the same look or a plain one."""
        if labels_after(self.seen[place].folded, label, end):
            return True
        following = LETTERS[LETTERS.find(label.letter) + 1 : LETTERS.find(label.letter) + 2]
        most = _BETWEEN_ALONE if label.look == "alone" else _BETWEEN
        for looked, row in enumerate(self._below(place, _NEAR)):
            if looked > most or _ends(row):
                return False
            if row.label is not None and row.label.letter == label.letter and label.look not in _PLAIN:
                return False
            if (
                row.label is not None
                and row.label.letter == following
                and row.label.look in {*_alike(label.look), *_PLAIN}
            ):
                return True
        return False

    def _tight_below(self, place: int) -> bool:
        """Whether the next lines begin with B and C, glued to what follows."""
        below = [row.label for row in self._below(place, 3) if row.label is not None]
        return [label.letter for label in below if label.look in {"tight", "glued"}][:2] == ["B", "C"]

    def _lettered_below(self, place: int) -> bool:
        """Whether the question has options with letters further down: then circled numbers are part of its stem."""
        for row in self._below(place, _FAR):
            if row.accepted or row.named is not None:
                return False
            if row.label is not None and row.label.look in _PLAIN and row.label.letter == "A":
                return True
        return False

    def _boxed(self, place: int, label: Label, end: int, block: Block | None) -> bool:
        if block is not None and block.options and (last := block.options[-1].label) and last.look == "box":
            return True
        if labels_after(self.seen[place].folded, label, end):
            return True
        row = next(self._below(place, 2), None)
        return row is not None and row.label is not None and row.label.look == "box"


def _alike(look: str) -> set[str]:
    """The looks that the label may have in which the letters above or below it go on."""
    if look == "tight":
        return {"glued", "tight"}
    return SMALL if look in SMALL else {look}


def _ends(row: Seen) -> bool:
    return row.accepted or row.named is not None or row.chapter or row.key


def _open_for_options(block: Block, row: Seen) -> bool:
    """Whether options may follow here: not as the text of an answer, nor within an explanation."""
    last = block.last
    if last is None:
        return True
    if last.what == Part.ANSWER and not last.text and last.seen is not row:
        return False
    if Part.EXPLANATION not in block.parts:
        return True
    texts = block.trailing()
    if not texts:
        return False
    return not block.numbered or any(marked_as_question(entry.folded) for entry in texts)
