"""Too quick: an attempt that nobody can have read, and that is nearly all right nevertheless.

Adults read silently some 240 words of English a minute, and of other languages what says as much (M. Brysbaert, *How
many words do we read per minute?*, Journal of Memory and Language 109, 2019): two seconds are eight words, and a stem
alone is longer. Who taps at random is as quick, but not right. Who has seen the questions before may come near: that
is for a person to judge.
"""

from __future__ import annotations

from dataclasses import dataclass

LEAST_MS = 2_000
"""On average for each question: who needed less has not read it."""
LEAST_PERCENT = 80
"""Of the full points: who has fewer may have guessed."""
FEWEST = 5
"""Questions of an attempt from which on an average says something."""


@dataclass(frozen=True, slots=True)
class Quick:
    ms_per_question: int
    questions: int
    score: int
    full: int


def quick(questions: int, used_ms: int, score: int, full: int) -> Quick | None:
    """What is odd about a finished attempt of so many questions and `full` points at most; None: nothing."""
    is_quick = questions >= FEWEST and used_ms < LEAST_MS * questions
    is_right = full > 0 and 100 * score >= LEAST_PERCENT * full
    return Quick(used_ms // questions, questions, score, full) if is_quick and is_right else None
