"""Alike: persons who were asked the same questions, and were wrong in the same way.

Right answers are alike because they are right; that wrong ones are is what is odd, unless nearly everybody falls for
them. So it is judged by how the others answered: if each wrong choice is made as often as they make it, independently
(W. H. Angoff, *The Development of Statistical Indices for Detecting Cheaters*, Journal of the American Statistical
Association 69, 1974), how many attempts would be alike by chance? Those of the group itself are left out, and each
choice is taken to have been made once more than it was (Laplace's rule), so that few others say little.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from questions import grading
from questions.model import Kind, Question

LEAST_WRONG = 3
LEAST_PERSONS = 2
MOST_BY_CHANCE = 0.1
"""Of so many groups, or fewer, that would be alike by chance in the whole campaign, one is odd."""
_CHOICES_OF_A_BLANK = 10

Wrong = tuple[tuple[int, str], ...]
"""(revision, what was given) of each question that was answered wrongly, ascending."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """What two attempts share that are alike."""

    revisions: tuple[int, ...]
    """Of all questions, ascending: the order in which they were shown is another matter."""
    wrong: Wrong
    unanswered: tuple[int, ...]
    """The revisions that the time ran out for."""

    @property
    def fingerprint(self) -> int:
        """A number below 2⁶³ that is the same for the same pattern."""
        text = repr((self.revisions, self.wrong, self.unanswered)).encode()
        return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest()) >> 1


def pattern_of(questions: Mapping[int, Question], given: Mapping[int, str]) -> Pattern | None:
    """What an attempt's answers look like, by revision; None: too few of them are wrong to tell anything.

    `questions` are those that count: a question that was withdrawn has no wrong answer.
    """
    wrong = tuple(
        (revision, as_counted(questions[revision], given[revision]))
        for revision in sorted(given)
        if given[revision] and revision in questions and not grading.mark(questions[revision], given[revision])
    )
    if len(wrong) < LEAST_WRONG:
        return None
    return Pattern(tuple(sorted(given)), wrong, tuple(sorted(one for one, text in given.items() if not text)))


def as_counted(question: Question, given: str) -> str:
    """What was given, as equal answers are equal: texts typed into blanks are folded."""
    return grading.folded(given) if question.kind is Kind.BLANK else given


@dataclass
class Choices:
    """How often what was given, by revision."""

    _counts: dict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    _answered: Counter[int] = field(default_factory=Counter)

    def add(self, questions: Mapping[int, Question], given: Mapping[int, str]) -> None:
        for revision, text in given.items():
            if text and revision in questions:
                self._counts[revision][as_counted(questions[revision], text)] += 1
                self._answered[revision] += 1

    def share(self, question: Question, revision: int, given: str, without: int) -> float:
        """The share of answers to a question that are this one, but for so many that are left out."""
        chosen = max(0, self._counts[revision][given] - without)
        answered = max(0, self._answered[revision] - without)
        return (chosen + 1) / (answered + choices_of(question))

    def answered(self, revision: int) -> int:
        """How often a question was answered."""
        return self._answered[revision]


def choices_of(question: Question) -> int:
    """How many different answers there are to a question, roughly for blanks."""
    match question.kind:
        case Kind.TRUE_FALSE:
            return 2
        case Kind.SINGLE:
            return max(2, len(question.options))
        case Kind.MULTIPLE:
            return max(2, (1 << len(question.options)) - 1)
        case _:
            return _CHOICES_OF_A_BLANK


def expected(questions: Mapping[int, Question], choices: Choices, wrong: Wrong, size: int) -> float:
    """How many attempts would be wrong in this way by chance, judged by all but the `size` that are.

    Rather too many: as if whoever is wrong in this way were right in all else, and all were asked all of it.
    """
    shares = (choices.share(questions[revision], revision, given, size) for revision, given in wrong)
    return min(choices.answered(revision) for revision, _ in wrong) * math.prod(shares)


def by_chance(attempts: int, alike: int, mean: float) -> float:
    """How many groups of so many, or more, are to be expected among attempts each of which has `mean` like it."""
    return attempts * _poisson_tail(alike - 1, mean)


def is_odd(questions: Mapping[int, Question], choices: Choices, wrong: Wrong, alike: int, size: int) -> bool:
    """Whether chance does not explain a group of `size` attempts by so many persons."""
    if alike < LEAST_PERSONS:
        return False
    attempts = min(choices.answered(revision) for revision, _ in wrong)
    return by_chance(attempts, alike, expected(questions, choices, wrong, size)) <= MOST_BY_CHANCE


def same_order(papers: Sequence[Sequence[int]]) -> bool:
    """Whether all were asked in the same order; each paper as its revisions."""
    return all(list(paper) == list(papers[0]) for paper in papers[1:])


def _poisson_tail(least: int, mean: float) -> float:
    """The chance of `least` or more where `mean` are to be expected: P(X ≥ least)."""
    if least <= 0 or mean >= least:
        return 1.0  # of interest is only what is rarer than usual
    term = math.exp(-mean + least * math.log(mean) - math.lgamma(least + 1)) if mean > 0 else 0.0
    total, number = 0.0, least
    while term > total * 1e-12:
        total += term
        number += 1
        term *= mean / number
    return total
