"""Which question of a file is which of a bank that was imported before: pure, and quick for ten thousand."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from operator import attrgetter

from questions.model import Kind, Question

LOOK_AHEAD = 4
"""How many questions an edited file may have dropped in a row before a mended one is no longer recognised."""
MENDED = 0.6
"""From how similar stems on (0 to 1) a question near the same place is the old one mended, and not another one."""
ALIKE = 0.5
"""From how similar stems on a question of the same number, or at just the same place, is the old one."""


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


_LITERAL = attrgetter("kind", "stem", "options", "answer")
_Likeness = Callable[[_Face], Hashable]
_Check = Callable[[_Face, _Face], bool]


def _likenesses(counted: bool) -> Iterator[tuple[_Likeness, _Check]]:
    """The surest first; and what an old and a new question that share it must have in common besides.

    A stem alone is not enough: 下列说法正确的是 stands over many questions. Nor is a number: another file of the same
    bank may well use it for another question.
    """
    yield lambda face: (face.kind, face.stem, face.options, face.answer), _nothing_more
    yield lambda face: (face.kind, face.stem, face.options), _nothing_more
    yield lambda face: (face.stem, face.number), _share_options if counted else _nothing_more
    if not counted:
        yield lambda face: face.number, _alike
    yield lambda face: face.stem, _share_options


def match(
    held: Sequence[Question], questions: Sequence[Question], *, counted: bool, unread: Collection[int] = ()
) -> dict[int, int]:
    """Which question of a file is which of a bank, by their places: one to one, the surest likeness first.

    `counted` says that the file's numbers are no more than places (`only_counts`). `unread` are the places of
    questions that cannot be used as they stand: they hold their own old ones, so that no other takes these for a
    row that was left out, but step back where a usable question is just as like.
    """
    if not held:
        return {}
    places = sorted(range(len(questions)), key=lambda place: place in unread)
    matched = _identical(held, questions, places)
    gone = set(matched.values())
    old_faces = {index: _face(question) for index, question in enumerate(held) if index not in gone}
    new_faces = {place: _face(questions[place]) for place in places if place not in matched}
    for likeness, check in _likenesses(counted):
        gone = set(matched.values())
        olds: dict[Hashable, list[int]] = defaultdict(list)
        for index in reversed(old_faces):
            if index not in gone:
                olds[likeness(old_faces[index])].append(index)
        for place, face in new_faces.items():
            same = olds.get(likeness(face))
            if place not in matched and same and check(old_faces[same[-1]], face):
                matched[place] = same.pop()
    if counted and old_faces and new_faces:
        matched.update(_by_neighbours(len(held), len(questions), old_faces, new_faces, matched))
    return matched


def _identical(held: Sequence[Question], questions: Sequence[Question], places: Iterable[int]) -> dict[int, int]:
    """Those that say the same to the letter: most of them, mostly, and found without folding anything."""
    olds: dict[Hashable, list[int]] = defaultdict(list)
    for index in reversed(range(len(held))):
        olds[_LITERAL(held[index])].append(index)
    matched = {}
    for place in places if olds else ():
        if same := olds.get(_LITERAL(questions[place])):
            matched[place] = same.pop()
    return matched


def _nothing_more(old: _Face, new: _Face) -> bool:
    return True


def _share_options(old: _Face, new: _Face) -> bool:
    return 2 * len(set(old.options) & set(new.options)) >= max(len(old.options), len(new.options))


def _by_neighbours(
    held: int, questions: int, olds: Mapping[int, _Face], news: Mapping[int, _Face], matched: Mapping[int, int]
) -> dict[int, int]:
    """Match the unmatched between the same neighbours: as many new as old in their order where their stems are
    alike, others where they are similar.

    A file of which nothing was matched has no neighbours to go by, and may be another one altogether: similar
    questions only, lest a supplement numbered 1, 2, 3… overwrite the bank it was to be added to.
    """
    found: dict[int, int] = {}
    gone = set(matched.values())
    for first, end in _runs(questions, matched):
        low = matched[first - 1] + 1 if first else 0
        high = matched[end] if end < questions else held
        left = [index for index in range(low, high) if index not in gone]
        new = range(first, end)
        if matched and len(left) == len(new):
            found.update(
                (place, index) for place, index in zip(new, left, strict=True) if _alike(olds[index], news[place])
            )
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
    olds: Mapping[int, _Face], news: Mapping[int, _Face], new: Iterable[int], left: Sequence[int]
) -> Iterator[tuple[int, int]]:
    start = 0
    for place in new:
        for ahead, index in enumerate(left[start : start + LOOK_AHEAD], start=start):
            if _similar(olds[index], news[place]):
                yield place, index
                start = ahead + 1
                break


def _alike(old: _Face, new: _Face) -> bool:
    return _likeness_of_stems(old, new, ALIKE)


def _similar(old: _Face, new: _Face) -> bool:
    return _share_options(old, new) and _likeness_of_stems(old, new, MENDED)


def _likeness_of_stems(old: _Face, new: _Face, least: float) -> bool:
    matcher = SequenceMatcher(None, old.stem, new.stem, autojunk=False)
    # the two upper bounds are much quicker, and mostly enough
    return matcher.real_quick_ratio() >= least and matcher.quick_ratio() >= least and matcher.ratio() >= least
