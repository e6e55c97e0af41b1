"""What attempts look like side by side, for whoever judges them: who, when, from where, and each answer."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.editions import Edition
from campaigns.regrade.questions import key_shown
from campaigns.signals.alike import as_counted
from questions import grading
from questions.model import TRUE_FALSE_TEXTS, Kind, Question
from questions.papers import Paper, load

DEVICE_SHOWN = 6
"""Characters of a device's hash: enough to tell devices apart."""


@dataclass(frozen=True, slots=True)
class Column:
    """One attempt."""

    id: int
    person_id: int
    name: str
    """As the roster has it; empty for guests: mask it where others look."""
    unit: str
    number: int
    """The how-manieth of its person."""
    state: str
    channel: str
    """Of the identity that began it; empty: not known."""
    begun_ms: int
    used_ms: int | None
    score: int
    network: str
    """Empty, as the device: it was begun in a chat, or that is forgotten."""
    device: str
    """The beginning of its hash."""
    reason: str
    """Why it is void; empty: it is not."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One answer."""

    position: int
    """Where its paper had the question, from 1."""
    given: str
    """Under the bank's letters, whatever the paper showed; empty: the time ran out."""
    right: bool
    same_wrong: bool
    """Whether another of the attempts has the same wrong answer."""
    ms: int
    """From the answer before, or the beginning, to this one."""


@dataclass(frozen=True, slots=True)
class Line:
    """One question, with what each of the attempts gave."""

    number: str
    stem: str
    key: str
    """The right answer, under the bank's letters."""
    withdrawn: bool
    cells: tuple[Cell | None, ...]
    """None: it was not asked, or not answered."""


@dataclass(frozen=True, slots=True)
class Evidence:
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    """In the order of the first attempt; behind them what only others were asked."""


def evidence(session: Session, edition: Edition, attempt_ids: Sequence[int]) -> Evidence:
    """Attempts of a campaign, by the moment of their beginning; ids that are none of it are left out."""
    columns, papers = _columns(session, edition.id, attempt_ids)
    given: dict[int, dict[int, tables.Answer]] = defaultdict(dict)
    ids = [column.id for column in columns]
    answer = tables.Answer
    for row in session.scalars(
        select(answer).where(answer.attempt_id.in_(ids)).order_by(answer.attempt_id, answer.position)
    ):
        given[row.attempt_id][row.position] = row
    cells = {column.id: _cells(edition, column, papers[column.id], given[column.id]) for column in columns}
    asked = dict.fromkeys(place.revision for column in columns for place in papers[column.id])
    return Evidence(tuple(columns), tuple(_line(edition, revision, columns, cells) for revision in asked))


def _columns(session: Session, campaign_id: int, attempt_ids: Sequence[int]) -> tuple[list[Column], dict[int, Paper]]:
    attempt, person, unit, identity = tables.Attempt, tables.Person, tables.Unit, tables.Identity
    origin, declared = tables.AttemptOrigin, tables.AttemptVoid
    rows = session.execute(
        select(
            attempt,
            person.name,
            unit.name.label("unit"),
            identity.channel,
            origin.network,
            origin.device_hash,
            declared.reason,
        )
        .join(person, person.id == attempt.person_id)
        .outerjoin(unit, unit.id == person.unit_id)
        .outerjoin(identity, identity.id == attempt.identity_id)
        .outerjoin(origin, origin.attempt_id == attempt.id)
        .outerjoin(declared, declared.attempt_id == attempt.id)
        .where(attempt.campaign_id == campaign_id, attempt.id.in_(attempt_ids))
        .order_by(attempt.begun_ms, attempt.id)
    ).all()
    columns = [
        Column(
            id=row.id,
            person_id=row.person_id,
            name=name,
            unit=unit_name or "",
            number=row.ordinal,
            state=row.state,
            channel=channel or "",
            begun_ms=row.begun_ms,
            used_ms=row.used_ms,
            score=row.score,
            network=network or "",
            device=(device or "")[:DEVICE_SHOWN],
            reason=reason or "",
        )
        for row, name, unit_name, channel, network, device, reason in rows
    ]
    return columns, {row.Attempt.id: load(row.Attempt.paper) for row in rows}


def _cells(edition: Edition, column: Column, paper: Paper, answers: Mapping[int, tables.Answer]) -> dict[int, Cell]:
    """What an attempt gave, by revision."""
    found, before = {}, column.begun_ms
    for position, answer in sorted(answers.items()):
        revision = paper[position - 1].revision
        question = edition.questions[revision]
        found[revision] = Cell(
            position,
            answer.given,
            bool(answer.given) and grading.mark(question, answer.given),
            same_wrong=False,
            ms=max(0, answer.answered_ms - before),
        )
        before = answer.answered_ms
    return found


def _line(edition: Edition, revision: int, columns: Sequence[Column], cells: Mapping[int, Mapping[int, Cell]]) -> Line:
    question = edition.questions[revision]
    of_line = [cells[column.id].get(revision) for column in columns]
    wrong = Counter(
        as_counted(question, cell.given) for cell in of_line if cell is not None and cell.given and not cell.right
    )
    return Line(
        number=question.number,
        stem=question.stem,
        key=key_shown(question, question.answer),
        withdrawn=revision in edition.withdrawn,
        cells=tuple(
            None
            if cell is None
            else Cell(
                cell.position,
                _shown(question, cell.given),
                cell.right,
                not cell.right and wrong[as_counted(question, cell.given)] > 1,
                cell.ms,
            )
            for cell in of_line
        ),
    )


def _shown(question: Question, given: str) -> str:
    return TRUE_FALSE_TEXTS.get(given, given) if question.kind is Kind.TRUE_FALSE else given
