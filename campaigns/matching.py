"""Which question of a file is which of a bank that was imported before: pure, and quick for ten thousand."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

from questions.model import Kind, Question

LOOK_AHEAD = 4
"""How many questions an edited file may have dropped in a row before a mended one is no longer recognised."""
MENDED = 0.6
"""From how similar stems on (0 to 1) a question at the same place is the old one mended, and not another one."""


def folded(text: str) -> str:
    """A text without what does not make it another one: width, case, spaces."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def only_counts(questions: Iterable[Question]) -> bool:
    """Whether numbers say no more than places do: 1, 2, 3…, perhaps anew in each section."""
    before = 0
    for question in questions:
        if question.number not in (str(before + 1), "1"):
            return False
        before = int(question.number)
    return True


@dataclass(frozen=True, slots=True)
class _Face:
    """What a question is known by, folded once."""

    number: str
    kind: Kind
    stem: str
    options: tuple[str, ...]
    answer: tuple[str, ...]


def _face(question: Question) -> _Face:
    options = tuple(folded(option.text) for option in question.options)
    return _Face(question.number, question.kind, folded(question.stem), options, question.answer)


_Likeness = Callable[[_Face], Hashable]


def _likenesses(counted: bool) -> Iterator[tuple[_Likeness, bool]]:
    """The surest first; and whether it is enough, or the options must be much the same too.

    A stem alone is not: 下列说法正确的是 stands over many questions.
    """
    yield lambda face: (face.kind, face.stem, face.options, face.answer), True
    yield lambda face: (face.kind, face.stem, face.options), True
    yield lambda face: (face.stem, face.number), not counted
    if not counted:
        yield lambda face: face.number, True
    yield lambda face: face.stem, False


def match(held: Sequence[Question], questions: Sequence[Question], *, counted: bool) -> dict[int, int]:
    """Which question of a file is which of a bank, by their places: one to one, the surest likeness first.

    `counted` says that the file's numbers are no more than places (`only_counts`).
    """
    old_faces = [_face(question) for question in held]
    new_faces = [_face(question) for question in questions]
    matched: dict[int, int] = {}
    for likeness, enough in _likenesses(counted):
        gone = set(matched.values())
        olds: dict[Hashable, list[int]] = defaultdict(list)
        for index in reversed(range(len(held))):
            if index not in gone:
                olds[likeness(old_faces[index])].append(index)
        for place, face in enumerate(new_faces):
            same = olds.get(likeness(face))
            if place not in matched and same and (enough or _share_options(old_faces[same[-1]], face)):
                matched[place] = same.pop()
    if counted:
        matched.update(_by_neighbours(old_faces, new_faces, matched))
    return matched


def _share_options(old: _Face, new: _Face) -> bool:
    return 2 * len(set(old.options) & set(new.options)) >= max(len(old.options), len(new.options))


def _by_neighbours(olds: list[_Face], news: list[_Face], matched: Mapping[int, int]) -> dict[int, int]:
    """Match the unmatched between the same neighbours: as many new as old in their order, others if similar.

    A file of which nothing was matched has no neighbours to go by, and may be another one altogether: similar
    questions only, lest a supplement numbered 1, 2, 3… overwrite the bank it was to be added to.
    """
    found: dict[int, int] = {}
    gone = set(matched.values())
    for first, end in _runs(len(news), matched):
        low = matched[first - 1] + 1 if first else 0
        high = matched[end] if end < len(news) else len(olds)
        left = [index for index in range(low, high) if index not in gone]
        new = range(first, end)
        if matched and len(left) == len(new):
            found.update(zip(new, left, strict=True))
        else:
            found.update(_similar_in_order(olds, news, new, left))
    return found


def _runs(length: int, matched: Mapping[int, int]) -> Iterator[tuple[int, int]]:
    """The stretches of unmatched places, as (first, one past the last)."""
    for unmatched, places in groupby(range(length), lambda place: place not in matched):
        if unmatched:
            stretch = list(places)
            yield stretch[0], stretch[-1] + 1


def _similar_in_order(
    olds: list[_Face], news: list[_Face], new: Iterable[int], left: Sequence[int]
) -> Iterator[tuple[int, int]]:
    start = 0
    for place in new:
        for ahead, index in enumerate(left[start : start + LOOK_AHEAD], start=start):
            if _similar(olds[index], news[place]):
                yield place, index
                start = ahead + 1
                break


def _similar(old: _Face, new: _Face) -> bool:
    characters = set(old.stem), set(new.stem)
    common = len(characters[0] & characters[1])
    if common < 0.4 * max(map(len, characters)):  # much quicker than the matcher, and mostly enough
        return False
    likeness = SequenceMatcher(None, old.stem, new.stem, autojunk=False).ratio()
    return likeness >= MENDED and _share_options(old, new)
