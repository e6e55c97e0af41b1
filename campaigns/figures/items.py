"""How the questions of a campaign fare: difficulty, discrimination, the wrong choice that most make.

The figures are those of `campaigns.item_statistics`, of one campaign and of the revisions that it was published with.
Answers are added up by ranges of attempts, so that no statement runs for long, however many there are.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.figures.shapes import ChosenWrong, Item, Questions
from campaigns.item_statistics import Sums, added_up, discrimination, flags, sums_of
from questions.model import TRUE_FALSE_TEXTS, Kind

ATTEMPTS_AT_ONCE = 50_000


@dataclass(slots=True)
class _Tally:
    """What was added up of one question so far."""

    answered: int = 0
    right: int = 0
    wrong: Counter[str] = field(default_factory=Counter)
    judged: Sums = field(default_factory=lambda: Sums(0, 0, 0.0, 0.0, 0.0))


def questions(session: Session, campaign_id: int) -> Questions:
    tallies = _tallies(session, campaign_id)
    asked, revision, question = tables.CampaignQuestion, tables.QuestionRevision, tables.Question
    rows = session.execute(
        select(
            asked.ordinal,
            asked.revision_id,
            asked.withdrawn,
            question.number,
            revision.kind,
            revision.category,
            revision.stem,
        )
        .join(revision, revision.id == asked.revision_id)
        .join(question, question.id == revision.question_id)
        .where(asked.campaign_id == campaign_id)
        .order_by(asked.ordinal)
    )
    return Questions(tuple(_item(row, tallies.get(row.revision_id, _Tally())) for row in rows))


def _item(row: Row[int, int, bool, str, str, str, str], tally: _Tally) -> Item:
    r = discrimination([tally.judged])
    return Item(
        ordinal=row.ordinal,
        revision_id=row.revision_id,
        number=row.number,
        kind=row.kind,
        category=row.category,
        stem=row.stem,
        withdrawn=row.withdrawn,
        answered=tally.answered,
        right=tally.right,
        right_permille=round(1000 * tally.right / tally.answered) if tally.answered else None,
        most_chosen_wrong=_most_chosen(tally.wrong, row.kind),
        discrimination=None if r is None or row.withdrawn else round(r, 4),
        judged=tally.judged.n,
        flags=() if row.withdrawn else flags(tally.answered, tally.right, r, tally.judged.n),
    )


def _most_chosen(wrong: Counter[str], kind: str) -> ChosenWrong | None:
    if not wrong:
        return None
    chosen, count = min(wrong.items(), key=lambda pair: (-pair[1], pair[0]))
    return ChosenWrong(TRUE_FALSE_TEXTS.get(chosen, chosen) if kind == Kind.TRUE_FALSE else chosen, count)


def _tallies(session: Session, campaign_id: int) -> dict[int, _Tally]:
    found: dict[int, _Tally] = defaultdict(_Tally)
    for first, last in _ranges(session, campaign_id):
        for revision_id, _, wrong, answered, right, *sums in _rows(session, campaign_id, first, last):
            tally, more = found[revision_id], sums_of(*sums)
            tally.answered += answered
            tally.right += int(right)
            if wrong:
                tally.wrong[wrong] += answered
            was = tally.judged
            tally.judged = Sums(
                was.n + more.n, was.x + more.x, was.y + more.y, was.xy + more.xy, was.yy + more.yy
            )  # fmt: skip
    return found


def _ranges(session: Session, campaign_id: int) -> Iterator[tuple[int, int]]:
    """From which id to which, both included, the campaign's attempts lie."""
    attempt = tables.Attempt
    least, most = session.execute(
        select(func.min(attempt.id), func.max(attempt.id)).where(attempt.campaign_id == campaign_id)
    ).one()
    if least is not None:
        for first in range(least, most + 1, ATTEMPTS_AT_ONCE):
            yield first, min(first + ATTEMPTS_AT_ONCE - 1, most)


def _rows(session: Session, campaign_id: int, first: int, last: int) -> Iterator[Any]:
    """One row a question and wrong choice, of a range of attempts."""
    attempt, answer = tables.Attempt, tables.Answer
    yield from session.execute(
        added_up().where(
            attempt.campaign_id == campaign_id,
            # Of both: planners then take a range of either's index.
            attempt.id.between(first, last),
            answer.attempt_id.between(first, last),
        )
    )
