"""What an attempt's answers are worth by the key and the rules of an edition."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Select, literal, select
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.editions import Edition
from questions import grading
from questions.papers import Paper, load


class Given(NamedTuple):
    """One answer as it is kept."""

    given: str
    points: int


@dataclass(frozen=True, slots=True)
class Held:
    """An attempt as it is kept."""

    id: int
    person_id: int
    state: str
    timed_out: bool
    paper: Paper
    score: int
    answers: Mapping[int, Given]
    """By position."""


@dataclass(frozen=True, slots=True)
class Scored:
    """What it should be."""

    score: int
    points: Mapping[int, int]
    """Of each answer, by position."""


def score(edition: Edition, paper: Paper, given: Mapping[int, str], *, timed_out: bool) -> Scored:
    """An attempt's points; `given` are its answers by position, from 1.

    A withdrawn question has its full points whatever was answered, and also where the time was up before it came.
    """
    points = {position: _worth(edition, paper[position - 1].revision, text) for position, text in given.items()}
    unanswered = (
        edition.points_for(edition.questions[place.revision].kind)
        for position, place in enumerate(paper, start=1)
        if timed_out and position not in given and place.revision in edition.withdrawn
    )
    return Scored(sum(points.values()) + sum(unanswered), points)


def _worth(edition: Edition, revision_id: int, given: str) -> int:
    question = edition.questions[revision_id]
    full = edition.points_for(question.kind)
    return full if revision_id in edition.withdrawn else grading.credit(question, given, full, edition.partial)


def attempts_holding(campaign_id: int, revision_id: int, after: int) -> Select[int]:
    """The ids of a campaign's attempts behind one whose paper may hold a question, ascending.

    Also of those that hold one whose id begins as this one's does: to score them again does no harm.
    """
    attempt = tables.Attempt
    return (
        select(attempt.id)
        .where(
            attempt.campaign_id == campaign_id,
            attempt.id > after,
            literal(" ").concat(attempt.paper).contains(f" {revision_id}"),
        )
        .order_by(attempt.id)
    )


def read_attempts(session: Session, attempt_ids: Sequence[int], *, lock: bool = False) -> list[Held]:
    """Attempts with their answers, ascending; with `lock` nobody else changes them until the transaction ends."""
    attempt, answer = tables.Attempt, tables.Answer
    query = (
        select(attempt.id, attempt.person_id, attempt.state, attempt.timed_out, attempt.paper, attempt.score)
        .where(attempt.id.in_(attempt_ids))
        .order_by(attempt.id)
    )
    rows = session.execute(query.with_for_update() if lock else query).all()
    answers: dict[int, dict[int, Given]] = {row.id: {} for row in rows}
    given = session.execute(
        select(answer.attempt_id, answer.position, answer.given, answer.points).where(
            answer.attempt_id.in_(attempt_ids)
        )
    )
    for attempt_id, position, text, points in given:
        if attempt_id in answers:
            answers[attempt_id][position] = Given(text, points)
    return [
        Held(row.id, row.person_id, row.state, row.timed_out, load(row.paper), row.score, answers[row.id])
        for row in rows
    ]


def scored(edition: Edition, held: Held) -> Scored:
    """What a kept attempt should be."""
    given = {position: one.given for position, one in held.answers.items()}
    return score(edition, held.paper, given, timed_out=held.timed_out)


def in_parts(ids: Collection[int], size: int) -> Iterator[list[int]]:
    """Ids in ascending lists of a size."""
    in_order = sorted(ids)
    return (in_order[start : start + size] for start in range(0, len(in_order), size))
