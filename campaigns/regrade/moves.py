"""Whose points or rank a mended question moved, and from where to where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, literal, select, text, update
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.editions import question_of
from campaigns.regrade.questions import key_shown
from campaigns.standings import TIE_RULE
from campaigns.text_tables import TextTable
from questions.model import Question


@dataclass(frozen=True, slots=True)
class Regraded:
    """One mending of a campaign."""

    id: int
    number: str
    """The question's, in its bank."""
    stem: str
    answer_before: Sequence[str]
    answer_after: Sequence[str] | None
    """None: it was withdrawn."""
    key_before: str
    key_after: str | None
    """The same as a person reads it."""
    reason: str
    by: str
    begun_ms: int
    finished_ms: int | None
    """None: it is still being computed."""
    moved: int
    """Persons whose points or rank moved; 0 while it is being computed."""


@dataclass(frozen=True, slots=True)
class Move:
    person_id: int
    name: str
    """As the roster has it: mask it where others look. Empty for guests."""
    unit: str
    points_before: int
    rank_before: int
    points_after: int
    rank_after: int


def regrades_of(session: Session, campaign_id: int) -> list[Regraded]:
    """The mendings of a campaign, the latest first."""
    regrade, revision, question, move = (
        tables.Regrade,
        tables.QuestionRevision,
        tables.Question,
        tables.RegradeMove,
    )
    moved = (
        select(func.count())
        .where(move.regrade_id == regrade.id, regrade.finished_ms.is_not(None))
        .correlate(regrade)
        .scalar_subquery()
    )
    rows = session.execute(
        select(regrade, question.number, revision, moved)
        .join(revision, revision.id == regrade.revision_id)
        .join(question, question.id == revision.question_id)
        .where(regrade.campaign_id == campaign_id)
        .order_by(regrade.id.desc())
    ).all()
    reasons = _reasons(session, campaign_id)
    return [
        _regraded(one, question_of(asked, number), reasons.get(one.begun_ms, ""), count)
        for one, number, asked, count in rows
    ]


def _regraded(one: tables.Regrade, question: Question, reason: str, moved: int) -> Regraded:
    after = None if one.answer_after is None else tuple(one.answer_after)
    return Regraded(
        id=one.id,
        number=question.number,
        stem=question.stem,
        answer_before=tuple(one.answer_before),
        answer_after=after,
        key_before=key_shown(question, one.answer_before),
        key_after=None if after is None else key_shown(question, after),
        reason=reason,
        by=one.by,
        begun_ms=one.begun_ms,
        finished_ms=one.finished_ms,
        moved=moved,
    )


def moves_of(session: Session, regrade_id: int, most: int | None = None) -> list[Move]:
    """Who moved, in the order of the ranks of now; nobody while it is being computed."""
    move, person, unit = tables.RegradeMove, tables.Person, tables.Unit
    rows = session.execute(
        select(
            move.person_id,
            person.name,
            func.coalesce(unit.name, ""),
            move.points_before,
            move.rank_before,
            move.points_after,
            move.rank_after,
        )
        .join(person, person.id == move.person_id)
        .outerjoin(unit, unit.id == person.unit_id)
        .where(move.regrade_id == regrade_id, move.rank_after.is_not(None))
        .order_by(move.rank_after)
        .limit(most)
    )
    return [
        Move(person_id, name, unit_name, points_before, rank_before, points_after or 0, rank_after or 0)
        for person_id, name, unit_name, points_before, rank_before, points_after, rank_after in rows
    ]


def table_of(moves: Sequence[Move], names: Mapping[int, str]) -> TextTable:
    """Who moved as a list for a spreadsheet; `names` as the reader may see them, by person."""
    return TextTable(
        "成绩变动",
        ("姓名", "单位", "原得分", "新得分", "原名次", "新名次"),
        [
            (
                names[one.person_id],
                one.unit,
                one.points_before,
                one.points_after,
                one.rank_before,
                one.rank_after,
            )
            for one in moves
        ],
    )


def note_ranks(session: Session, campaign_id: int, regrade_id: int) -> None:
    """Keep where everybody stands before the change."""
    standing = tables.Standing
    _without_hurry(session)
    ranks = select(
        literal(regrade_id),
        standing.person_id,
        standing.points,
        func.row_number().over(order_by=TIE_RULE),
    ).where(standing.campaign_id == campaign_id)
    columns = ["regrade_id", "person_id", "points_before", "rank_before"]
    session.execute(insert(tables.RegradeMove).from_select(columns, ranks))


def finish_moves(session: Session, campaign_id: int, regrade_id: int, now: int) -> None:
    """Say where everybody is now, keep who moved, and call the regrade finished."""
    move, standing, regrade = tables.RegradeMove, tables.Standing, tables.Regrade
    _without_hurry(session)
    ranks = (
        select(
            standing.person_id,
            standing.points,
            func.row_number().over(order_by=TIE_RULE).label("rank"),
        )
        .where(standing.campaign_id == campaign_id)
        .subquery()
    )
    session.execute(
        update(move)
        .where(move.regrade_id == regrade_id, move.person_id == ranks.c.person_id)
        .values(points_after=ranks.c.points, rank_after=ranks.c.rank)
        .execution_options(synchronize_session=False)
    )
    unmoved = (move.points_after == move.points_before) & (move.rank_after == move.rank_before)
    session.execute(
        delete(move)
        .where(move.regrade_id == regrade_id, unmoved | move.rank_after.is_(None))  # null: merged into somebody
        .execution_options(synchronize_session=False)
    )
    session.execute(update(regrade).where(regrade.id == regrade_id).values(finished_ms=now))


def _reasons(session: Session, campaign_id: int) -> dict[int, str]:
    """By the moment of the change, which is that of its regrade."""
    change = tables.CampaignChange
    rows = session.execute(
        select(change.at_ms, change.note).where(
            change.campaign_id == campaign_id, change.what.in_(("question_withdrawn", "key_corrected"))
        )
    )
    return {row.at_ms: row.note for row in rows}


def _without_hurry(session: Session) -> None:
    """Let the statements of this transaction take their time: a million rows do."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL statement_timeout = 0"))
