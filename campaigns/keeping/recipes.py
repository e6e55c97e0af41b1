"""What the parts of a paper's recipe can be drawn from, shared out so that no question is in two of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import banks, tables
from questions.model import Kind, Question
from questions.papers import drawable


@dataclass(frozen=True, slots=True)
class Share:
    """One part of the recipe, with the revisions that it could be drawn from now."""

    ordinal: int
    count: int
    bank: str
    """The bank's name."""
    kind: str
    category: str
    difficulty: str
    could: tuple[int, ...]
    """All that fit it, in the order of the bank."""
    own: tuple[int, ...]
    """Those of them that no part with fewer to choose from takes."""

    @property
    def called(self) -> str:
        """What it asks for, as people read it: ``第 2 部分（单选题·节水）``."""
        kind = Kind(self.kind).label if self.kind else ""
        said = "·".join(text for text in (kind, self.category, self.difficulty) if text)
        return f"第 {self.ordinal} 部分（{said or self.bank}）"


@dataclass(frozen=True, slots=True)
class Pool:
    """Everything that a campaign's papers could be drawn from now."""

    questions: Mapping[int, Question]
    """By revision, in the order of the parts' banks."""
    shares: tuple[Share, ...]
    left_out: int
    """Drafts that could be in it, had the campaign not been made for reviewed questions only."""


def pool_of(session: Session, campaign: tables.Campaign) -> Pool:
    """What a campaign could be published with now."""
    pool = _pool(session, campaign, reviewed_only=campaign.reviewed_only)
    if not campaign.reviewed_only:
        return pool
    left_out = len(_pool(session, campaign, reviewed_only=False).questions) - len(pool.questions)
    return Pool(pool.questions, pool.shares, left_out)


def _pool(session: Session, campaign: tables.Campaign, *, reviewed_only: bool) -> Pool:
    part, bank = tables.CampaignPart, tables.Bank
    rows = session.execute(
        select(part, bank.name)
        .join(bank, bank.id == part.bank_id)
        .where(part.campaign_id == campaign.id)
        .order_by(part.ordinal)
    ).all()
    current = {
        bank_id: [
            (revision, question)
            for revision, question in banks.current_questions(session, bank_id, reviewed_only=reviewed_only)
            if campaign.points.get(question.kind.value, 0) > 0
        ]
        for bank_id in dict.fromkeys(row.bank_id for row, _ in rows)
    }
    wanted = {
        revision: question
        for bank_id, questions in current.items()
        for revision, question in questions
        if any(row.bank_id == bank_id and _fits(question, row) for row, _ in rows)
    }
    among = {revision: wanted[revision] for revision in drawable(wanted)}
    could = [
        tuple(revision for revision, question in current[row.bank_id] if revision in among and _fits(question, row))
        for row, _ in rows
    ]
    own = share_out(could)
    shares = tuple(
        Share(row.ordinal, row.count, name, row.kind, row.category, row.difficulty, candidates, mine)
        for (row, name), candidates, mine in zip(rows, could, own, strict=True)
    )
    return Pool(among, shares, 0)


def _fits(question: Question, part: tables.CampaignPart) -> bool:
    return (
        part.kind in {"", question.kind.value}
        and part.category in {"", question.category}
        and part.difficulty in {"", question.difficulty}
    )


def share_out(could: Sequence[Sequence[int]]) -> list[tuple[int, ...]]:
    """Give each candidate to the part that has the fewest of them, of several such to the first."""
    taken: dict[int, int] = {}
    for place in sorted(range(len(could)), key=lambda place: (len(could[place]), place)):
        for candidate in could[place]:
            taken.setdefault(candidate, place)
    return [
        tuple(candidate for candidate in candidates if taken[candidate] == place)
        for place, candidates in enumerate(could)
    ]
