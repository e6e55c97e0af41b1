"""Questions that say the same: within one file, and against a bank. Pure, and near linear in their number.

Two questions are the same when their stems are, but for width, case, spaces, blanks and punctuation, and their options
are, in whatever order. They are nearly the same when their stems share nearly all pairs of characters and half of
their options, or all options, the answer, and much of the stem.

Of all stems only those are compared that have a piece in common: the beginning, the end, or one from the middle. An
edit that leaves two stems nearly the same mostly leaves one of these.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import islice
from operator import add

from questions.model import ALTERNATIVES, EXPLANATION, LETTERS, Kind, Problem, Question, Severity

ALIKE = 0.8
"""The share of pairs of characters from which two stems are nearly the same (Jaccard)."""
ALIKE_BY_OPTIONS = 0.6
"""The same, where all options and the answer are the same too."""
ALIKE_BUT_FOR_THE_ANSWER = 0.92
"""The same, where all options are and the answer is not: 香港 for 澳门 is another question, a missing 的 is none."""

_SHORTEST = 12
"""Of the stems that are compared: in a shorter one a single character is a large part of what is said."""
_PIECE, _AROUND = 8, 3
_FEWEST_OPTIONS, _SHORTEST_OPTIONS = 3, 10
_AT_ONCE = 1_000
_MANY = 8
"""What more questions share is a common phrase, 下列说法正确的是, or a template, filled in differently."""
_APART = "\ufdd0"
"""Stands between texts that are folded at once: no character, so no text holds it, and no normal form changes it."""
_PROSE_MARKS = re.compile(r"[\s。、，,；;：:？?！!“”‘’\"'《》〈〉「」『』（）()【】…—_＿﹍·~～]+")
_SPACES = re.compile(r"\s+")
_EDGES = ".。．,，、;；?？!！"
_TELLING = re.compile(
    r"\d+|[一二三四五六七八九十百千]{2,}|[二三四五六七八九十不非未无没勿错反夏冬春秋高低上下大小多少增减长短前后左右内外早晚冷热快慢]"
)
"""Numbers and contraries. Stems that differ in one of these ask for different things, however alike they are."""


class _Face:
    """What a question is compared by."""

    __slots__ = ("marks", "options", "question", "stem", "whole")

    def __init__(self, question: Question, stem: str, options: Sequence[str]) -> None:
        shown = [picture.sha256 for picture in question.pictures if picture.place != EXPLANATION]
        apart = ",".join([*_told_apart_by(question, stem), *shown])
        self.question = question
        self.stem = stem
        self.options = "\n".join(sorted([*options, *shown]))
        """What is shown besides the stem, in one order, each on a line of its own."""
        self.whole = 0
        """All options and the answer, where they are enough to know a question by."""
        self.marks = _pieces(stem, apart) if len(stem) >= _SHORTEST else []
        """It shares one of these with whatever is nearly the same."""
        if len(options) >= _FEWEST_OPTIONS and len(self.options) >= _SHORTEST_OPTIONS:
            self.whole = hash((apart, self.options, _right_texts(question, options)))
            self.marks.append(self.whole)


def duplicates(questions: Sequence[Question]) -> list[Problem]:
    """Questions that say the same: with one answer a warning, with different answers an error, nearly alike a warning.

    Each is reported once, at the later question, and names the earlier one's place.
    """
    index, found = _Index(), []
    for face in _faces(questions):
        if (same := index.same(face)) is not None:
            found.append(_same(face.question, same.question))
            continue
        if (near := index.near(face)) is not None:
            found.append(_near(face.question, near.question))
        index.add(face)
    return found


def duplicates_against(questions: Sequence[Question], kept: Sequence[Question]) -> list[Problem]:
    """Questions of a file that say the same as a question of the bank, reported at the file's question.

    `kept` are the bank's questions, told by their numbers. Meant for what would be added to the bank: a question that
    is known to be one of the bank's own says the same as itself.
    """
    index, found = _Index(), []
    for face in _faces(kept):
        index.add(face)
    for face in _faces(questions):
        if (same := index.same(face)) is not None:
            found.append(_same_as_kept(face.question, same.question))
        elif (near := index.near(face)) is not None:
            found.append(_near_kept(face.question, near.question))
    return found


def comparable(text: str) -> str:
    """A text as it is compared: one width, one case, no spaces, no mark at its end. Signs stay: -5 is not 5."""
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)
    return "".join(text.casefold().split()).rstrip(_EDGES)


class _Index:
    """The questions that later ones are compared with."""

    def __init__(self) -> None:
        self._same: dict[tuple[str, str], _Face] = {}
        self._faces: list[_Face] = []
        self._marked: dict[int, tuple[int, ...]] = {}
        """Mark → the places of the first few faces that have it. Nothing is cheaper to keep than tuples of numbers."""

    def add(self, face: _Face) -> None:
        self._same.setdefault((face.stem, face.options), face)
        place = len(self._faces)
        self._faces.append(face)
        for mark in face.marks:
            before = self._marked.get(mark, ())
            if len(before) <= _MANY:
                self._marked[mark] = (*before, place)
        face.marks.clear()  # of a hundred thousand questions they would be many megabytes

    def same(self, face: _Face) -> _Face | None:
        return self._same.get((face.stem, face.options)) if face.stem else None

    def near(self, face: _Face) -> _Face | None:
        """One that is nearly the same. What many share says little, and is only gone by where there is nothing else."""
        held = [self._marked.get(mark, ()) for mark in face.marks]
        telling = [places for places in held if len(places) <= _MANY]
        pairs: set[str] = set()
        for places in telling or held[:1]:
            for place in places:
                other = self._faces[place]
                share = _share_needed(face, other)
                if _lengths_allow(share, face.stem, other.stem):  # mostly not, and quickly known
                    pairs = pairs or _pairs(face.stem)
                    if _alike(share, pairs, _pairs(other.stem)) and _share_options(face, other):
                        return other
        return None


def _faces(questions: Sequence[Question]) -> Iterator[_Face]:
    for start in range(0, len(questions), _AT_ONCE):
        portion = questions[start : start + _AT_ONCE]
        stems = _all_folded([question.stem for question in portion], _PROSE_MARKS)
        texts = iter(_all_folded([option.text for question in portion for option in question.options], _SPACES))
        for question, stem in zip(portion, stems, strict=True):
            yield _Face(question, stem, list(islice(texts, len(question.options))))


def _all_folded(texts: Sequence[str], dropped: re.Pattern[str]) -> list[str]:
    """Many texts as `comparable` has one, without what is `dropped`; at once, which is several times as quick."""
    if any(_APART in text for text in texts):
        texts = [text.replace(_APART, "") for text in texts]
    parts = dropped.sub("", _APART.join(texts).casefold()).split(_APART) if texts else []
    return [
        (part if unicodedata.is_normalized("NFKC", part) else dropped.sub("", unicodedata.normalize("NFKC", part)))
        .rstrip(_EDGES) or text
        for part, text in zip(parts, texts, strict=True)
    ]  # fmt: skip


def _told_apart_by(question: Question, stem: str) -> list[str]:
    """What makes two stems different questions however alike: numbers, contraries, and whether they are true."""
    told: list[str] = _TELLING.findall(stem)
    return [*told, *question.answer] if question.kind is Kind.TRUE_FALSE else told


def _pieces(stem: str, apart: str) -> list[int]:
    """Parts of a stem, with all that tells it apart: its beginning, its end, and a middle that moves with its text.

    As hashes: what is found by them is compared anyway.
    """
    edge = min(_PIECE, len(stem) // 2)
    pieces = [hash((stem[:edge], apart, 0)), hash((stem[-edge:], apart, 1))]
    code = stem[edge:-edge].encode("utf-16-le", "surrogatepass")
    if code:
        middle = edge + code.index(max(code)) // 2
        pieces.append(hash((stem[middle - _AROUND : middle + _AROUND], apart, 2)))
    return pieces


def _right_texts(question: Question, options: Sequence[str]) -> str:
    """The answer, whatever letters it has here."""
    if len(question.answer) == 1 and (place := LETTERS.find(question.answer[0])) < len(options):
        return options[place]
    texts = dict(zip(LETTERS, options, strict=False))
    return "\n".join(sorted([texts.get(part, part) for part in question.answer]))


def _pairs(stem: str) -> set[str]:
    return set(map(add, stem, islice(stem, 1, None)))


def _share_needed(face: _Face, other: _Face) -> float:
    if not face.whole or face.options != other.options:
        return ALIKE
    return ALIKE_BY_OPTIONS if face.whole == other.whole else ALIKE_BUT_FOR_THE_ANSWER


def _lengths_allow(share: float, stem: str, other: str) -> bool:
    return len(stem) + len(other) >= (1 + 0.9 * share) * max(len(stem), len(other))


def _alike(share: float, pairs: set[str], others: set[str]) -> bool:
    shared = len(pairs & others)
    return shared >= share * (len(pairs) + len(others) - shared)


def _share_options(face: _Face, other: _Face) -> bool:
    """Whether options do not tell the two apart: at least half of them are shared, or there are none."""
    if face.options == other.options:
        return True
    mine, theirs = set(face.options.split("\n")), set(other.options.split("\n"))
    return 2 * len(mine & theirs) >= max(len(mine), len(theirs))


# --- what is said of two that were found --------------------------------------------------------------------------


def _same(question: Question, earlier: Question) -> Problem:
    place = earlier.where or f"编号为 {earlier.number} 的题"
    if _contradict(question, earlier):
        message = f"与{place}是同一道题，答案却不同；请核对哪一个对，删去另一道。"
        return Problem(question.where, _severity(question), message)
    return Problem(question.where, Severity.WARNING, f"与{place}重复；请删去其中一道。")


def _near(question: Question, earlier: Question) -> Problem:
    place = earlier.where or f"编号为 {earlier.number} 的题"
    differ = "，答案却不同" if _answered_otherwise(question, earlier) else ""
    return Problem(question.where, Severity.WARNING, f"与{place}几乎相同{differ}；请核对是否重复。")


def _same_as_kept(question: Question, kept: Question) -> Problem:
    place = f"题库里编号 {kept.number} 的题"
    if _contradict(question, kept):
        message = f"与{place}是同一道题，答案却不同；请核对哪一个对，只留一道。"
        return Problem(question.where, _severity(question), message)
    return Problem(question.where, Severity.WARNING, f"与{place}重复；如果不想要两道，请不要导入这一道。")


def _near_kept(question: Question, kept: Question) -> Problem:
    differ = "，答案却不同" if _answered_otherwise(question, kept) else ""
    message = f"与题库里编号 {kept.number} 的题几乎相同{differ}；请核对，如果重复请不要导入这一道。"
    return Problem(question.where, Severity.WARNING, message)


def _answered_otherwise(question: Question, other: Question) -> bool:
    """Whether two that are nearly the same have the same options, and another answer."""
    mine, theirs = ({comparable(option.text) for option in one.options} for one in (question, other))
    return bool(mine) and mine == theirs and _contradict(question, other)


def _contradict(question: Question, other: Question) -> bool:
    """Whether the two answers to one question cannot both be right."""
    if question.kind is not other.kind or not (question.answer and other.answer):
        return False
    if question.kind is Kind.ESSAY:
        return False
    if question.kind is Kind.BLANK:
        pairs = zip(map(_alternatives, question.answer), map(_alternatives, other.answer), strict=False)
        return len(question.answer) != len(other.answer) or not all(mine & theirs for mine, theirs in pairs)
    return _answer_texts(question) != _answer_texts(other)


def _severity(question: Question) -> Severity:
    """Two answers to a blank may both be right, said in different words; two choices cannot."""
    return Severity.WARNING if question.kind is Kind.BLANK else Severity.ERROR


def _alternatives(blank: str) -> set[str]:
    return {comparable(text) for text in blank.split(ALTERNATIVES)}


def _answer_texts(question: Question) -> frozenset[str]:
    texts = {option.letter: comparable(option.text) for option in question.options}
    return frozenset(texts.get(part, part) for part in question.answer)
