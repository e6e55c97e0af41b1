"""Which numbers are those of questions: the ones that count on best and have most that speaks for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from questions.model import Kind, Problem, Severity
from questions.readers.written.fields import Part
from questions.readers.written.numbers import Number, number_in
from questions.readers.written.seen import Seen


def mark_numbers(seen: Sequence[Seen]) -> list[Problem]:
    """Accepts the numbers that are those of questions; says which numbered lines it leaves out."""
    _drop_chapters(seen)
    known = _candidates(seen)
    chosen = choose(known)
    for place, candidate in enumerate(chosen):
        if not candidate.number.weak or _counts_on(chosen, place):
            seen[candidate.line].accepted = True
    _fill_holes(seen)
    return _instructions(seen, known)


_SECTIONED = re.compile(r"(\d{1,2})\.(\d{1,3})[ \t]++(?=[^\x00-\x7f])")
_FEWEST_SECTIONED = 3


def _drop_chapters(seen: Sequence[Seen]) -> None:
    """``1.1 …``, ``1.2 …``, ``2.1 …`` are chapters and numbers within them, not the numbers 1, 1 and 2."""
    decimals = [row for row in seen if row.number is not None and row.number.decimal]
    found = [
        (row, code) for row in decimals if (code := _SECTIONED.match(row.folded, row.number.start if row.number else 0))
    ]
    codes = [(int(code[1]), int(code[2])) for _, code in found]
    on = sum(after in {(before[0], before[1] + 1), (before[0] + 1, 1)} for before, after in pairwise(codes))
    if len(codes) >= _FEWEST_SECTIONED and 10 * on >= 9 * (len(codes) - 1):
        for row, _ in found:
            row.number = None


@dataclass(frozen=True, slots=True)
class Candidate:
    line: int
    number: Number
    evidence: int
    """What says that a question begins here: 2 options, an answer or a bracket for it; 1 a question mark; 0 nothing."""
    fresh: bool
    """Whether a heading stands between the candidate before and this one, where numbers may begin again."""


_STRONG_WORTH = (1, 6, 20)
_WEAK_WORTH = (-8, -2, 8)
_CONTINUES = 6
_JUMPS, _JUMPS_FAR, _FALLS, _AGAIN, _CHANGES, _MIDDLE = -5, -12, -16, -8, -12, -16


def choose(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates that number questions: the sequence that has most evidence and counts on best.

    A longest path over the candidates, each reached from the best path that ends with the number before it or from
    the best path of all; linear in their number.
    """
    scores: list[int] = []
    before: list[int] = []
    ending: dict[tuple[str, int], int] = {}
    best = -1
    for place, candidate in enumerate(candidates):
        number = candidate.number
        worth = (_WEAK_WORTH if number.weak else _STRONG_WORTH)[candidate.evidence]
        score, previous = worth + _opening(number), -1
        if best >= 0:
            step = worth + scores[best] + _step(candidates[best].number, candidate)
            if step >= score:
                score, previous = step, best
        following = ending.get((number.family, number.value - 1))
        if following is not None and worth + scores[following] + _CONTINUES >= score:
            score, previous = worth + scores[following] + _CONTINUES, following
        scores.append(score)
        before.append(previous)
        key = (number.family, number.value)
        if key not in ending or score >= scores[ending[key]]:
            ending[key] = place
        if score > 0 and (best < 0 or score > scores[best]):
            best = place
    chosen: list[Candidate] = []
    while best >= 0:
        chosen.append(candidates[best])
        best = before[best]
    return chosen[::-1]


def _opening(number: Number) -> int:
    return 0 if number.value == 1 else -4 if number.value < 1_000 else _FALLS


def _step(last: Number, candidate: Candidate) -> int:
    number = candidate.number
    if candidate.fresh:
        return 0 if number.value == 1 or number.value == last.value + 1 else _JUMPS
    if number.family != last.family:
        return _CHANGES + (0 if number.value == 1 else _MIDDLE)
    if number.value == 1:
        return _AGAIN
    if number.value <= last.value:
        return _FALLS
    return _JUMPS if number.value <= last.value + 20 else _JUMPS_FAR


def _counts_on(chosen: Sequence[Candidate], place: int) -> bool:
    """Whether a number that may be part of the text has just the number before it above, or the next below it."""
    candidate, above = chosen[place], chosen[place - 1] if place else None
    value = candidate.number.value
    if above is not None and above.number.value == value - 1:
        return True
    after = chosen[place + 1] if place + 1 < len(chosen) else None
    below = after is not None and not after.fresh and after.number.value == value + 1
    alone = (above is None or candidate.fresh) and not candidate.number.decimal
    return value == 1 and (alone or below)


def _candidates(seen: Sequence[Seen]) -> list[Candidate]:
    """Every number that a line begins with, but for those of lists within answers.

    What shows that a question begins stands before the next number of its look that is not part of a text itself.
    """
    listed = _listed(seen)
    filled = _filled(seen)
    found: list[Candidate] = []
    below: dict[tuple[str, bool], int] = {}
    heading = len(seen)
    for place in range(len(seen) - 1, -1, -1):
        row = seen[place]
        number = row.number
        if row.ends:
            heading = place
        elif number is not None and place not in listed:
            end = min(below.get((number.family, False), len(seen)), heading)
            end = min(end, below.get((number.family, True), len(seen))) if number.weak else end
            evidence = max(_evidence(seen, place, end), int(place in filled))
            found.append(Candidate(place, number, evidence, fresh=False))
            below[number.family, number.weak] = place
    found.reverse()
    last = -1
    for index, candidate in enumerate(found):
        fresh = last < 0 or any(row.ends for row in seen[last + 1 : candidate.line])
        found[index] = replace(candidate, fresh=fresh)
        last = candidate.line
    return found


def _evidence(seen: Sequence[Seen], start: int, end: int) -> int:
    found = seen[start].evidence
    for row in seen[start + 1 : end]:
        if found == 2 or row.ends:
            break
        if not row.noise:
            found = max(found, row.evidence)
    return found


def _filled(seen: Sequence[Seen]) -> set[int]:
    """The lines under a heading of fill-in questions with something in a bracket, which may be their answer."""
    found: set[int] = set()
    blank = False
    for place, row in enumerate(seen):
        if row.ends:
            blank = row.named is not None and row.named.kind is Kind.BLANK
        elif blank and "(" in row.folded:
            found.add(place)
    return found


def _listed(seen: Sequence[Seen]) -> set[int]:
    """The lines that count the points of an answer or explanation, from 1 on: ``答：`` and below it 1. 2. 3."""
    found: set[int] = set()
    family, due, opened = "", 0, False
    for place, row in enumerate(seen):
        number = row.number
        if row.fields and row.fields[-1].part in {Part.ANSWER, Part.EXPLANATION}:
            opened = True
            inner = number_in(row.folded[row.fields[-1].value :].lstrip())
            family, due = (inner.family, 2) if inner is not None and inner.value == 1 else ("", 0)
        elif row.ends or row.label is not None or (number is not None and row.evidence == 2):
            family, due, opened = "", 0, False
        elif number is not None and opened and number.value == 1 and not due:
            found.add(place)
            family, due = number.family, 2
        elif number is not None and due and (number.family, number.value) == (family, due):
            found.add(place)
            due += 1
        elif number is not None:
            family, due, opened = "", 0, False
    return found


_INSTRUCTS = re.compile(r"注意|说明|须知|要求|规则|提示|指南|办法|目录")


def _instructions(seen: Sequence[Seen], candidates: Sequence[Candidate]) -> list[Problem]:
    """Numbered lines above all questions that ask nothing are instructions or contents; said where in doubt."""
    asking = next((place for place, row in enumerate(candidates) if row.evidence == 2), 0)
    opening = candidates[:asking]
    if not opening or not candidates[asking].fresh or any(row.evidence for row in opening):
        return []
    if any(row.named is not None for row in seen[: opening[-1].line]):
        return []
    for candidate in opening:
        seen[candidate.line].accepted = False
    if _INSTRUCTS.search("".join(row.folded for row in seen[: opening[0].line])):
        return []
    where = seen[opening[0].line].line.where
    return [Problem(where, Severity.WARNING, "从这里起有编号的几行看不出是题目，没有读入；请核对。")]


_GLUED_SHARE = 0.8
"""Of the lines that ask something without a number in front: as many must begin with the number that is due."""


def _fill_holes(seen: Sequence[Seen]) -> None:
    """Numbers glued to texts that begin with digits or letters themselves: ``43月22日是…`` is question 4."""
    accepted = [row.number for row in seen if row.accepted and row.number is not None]
    glued = sum(number.weak for number in accepted)
    if 2 * glued < len(accepted):
        return
    due, asking = _due(seen)
    if len(due) < _GLUED_SHARE * asking or len(due) + glued < 2:
        return
    for place, value in due.items():
        seen[place].number = Number(value, "plain", 0, len(str(value)), weak=True, doubtful=True)
        seen[place].accepted = True


def _due(seen: Sequence[Seen]) -> tuple[dict[int, int], int]:
    """Place → number of the lines that begin with the number that is due, and how many lines might have done so."""
    found: dict[int, int] = {}
    asking = 0
    below = _first_below(seen)
    due = 1
    for place, row in enumerate(seen):
        if row.named is not None or row.chapter:
            due = due if below[place] >= due > 1 else 1
        elif row.accepted and row.number is not None:
            due = row.number.value + 1
        elif not row.key and row.evidence and row.label is None and not row.fields:
            shown = str(due)
            asking += 1
            if row.folded.startswith(shown) and len(row.folded) > len(shown) + 4:
                found[place] = due
                due += 1
    return found, asking


def _first_below(seen: Sequence[Seen]) -> list[int]:
    """For each line the first accepted number below it, 0 where there is none."""
    found = [0] * len(seen)
    last = 0
    for place in range(len(seen) - 1, -1, -1):
        found[place] = last
        number = seen[place].number
        if seen[place].accepted and number is not None:
            last = number.value
    return found
