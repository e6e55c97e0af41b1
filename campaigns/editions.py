"""A published campaign as it is played: frozen, with its questions, cached under (id, version).

Every change of a campaign raises its version, so an edition never grows stale: whoever reads a newer version from
SQL loads the newer edition.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.errors import NotFound
from campaigns.store import Store
from questions.model import Kind, Picture, Question, options_of
from questions.papers import drawable


@dataclass(frozen=True, slots=True)
class Edition:
    id: int
    version: int
    slug: str
    state: str
    name: str
    theme: str
    organiser: str
    timezone: str
    opens_ms: int
    closes_ms: int | None
    questions_per_paper: int
    points: Mapping[str, int]
    shuffle_questions: bool
    shuffle_options: bool
    attempts_in_all: int | None
    attempts_per_day: int | None
    draw_points: int
    two_person: bool
    salt: str
    keyword: str | None
    questions: Mapping[int, Question]
    """By revision, in the order of the bank."""
    drawable: tuple[int, ...]
    """The revisions that papers are drawn from."""

    def is_open(self, now: int) -> bool:
        """Whether answers first received now are accepted."""
        return self.state == "published" and self.opens_ms <= now and not self.is_over(now)

    def is_over(self, now: int) -> bool:
        return self.state in {"closed", "archived"} or (self.closes_ms is not None and now >= self.closes_ms)

    def points_for(self, kind: Kind) -> int:
        """Points for a right answer."""
        return int(self.points.get(kind.value, 0))


KEPT = 64
"""Campaigns: more than are ever played on one day."""


class Editions:
    """The editions that this process plays just now; threads may share it."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, Edition] = OrderedDict()
        self._guard = threading.Lock()

    def get(self, store: Store, campaign_id: int, version: int) -> Edition:
        """The edition of a campaign that is at least of a version which was read from SQL."""
        kept = self._kept.get(campaign_id)
        if kept is not None and kept.version >= version:
            return kept  # first in, first out: with so many kept, keeping them in order of use would only cost
        with store.reading() as session:
            edition = load_edition(session, campaign_id)
        with self._guard:
            self._kept[campaign_id] = edition
            self._kept.move_to_end(campaign_id)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return edition

    def by_slug(self, store: Store, slug: str) -> Edition:
        """Raises NotFound for a slug that no campaign has."""
        with store.reading() as session:
            found = session.execute(
                select(tables.Campaign.id, tables.Campaign.version).where(tables.Campaign.slug == slug)
            ).one_or_none()
        if found is None:
            raise NotFound(f"没有名为 {slug} 的活动，请检查链接或二维码。")
        return self.get(store, found.id, found.version)


def load_edition(session: Session, campaign_id: int) -> Edition:
    """Read one campaign, whatever its state, with the questions it was published with."""
    campaign = session.get_one(tables.Campaign, campaign_id)
    rows = session.execute(
        select(tables.QuestionRevision.id, tables.Question.number, *SAID)
        .join(tables.CampaignQuestion, tables.CampaignQuestion.revision_id == tables.QuestionRevision.id)
        .join(tables.Question, tables.Question.id == tables.QuestionRevision.question_id)
        .where(tables.CampaignQuestion.campaign_id == campaign_id)
        .order_by(tables.CampaignQuestion.ordinal)
    )
    questions = {row.id: question_of(row, row.number) for row in rows}
    return Edition(
        id=campaign.id,
        version=campaign.version,
        slug=campaign.slug,
        state=campaign.state,
        name=campaign.name,
        theme=campaign.theme,
        organiser=campaign.organiser,
        timezone=campaign.timezone,
        opens_ms=campaign.opens_ms,
        closes_ms=campaign.closes_ms,
        questions_per_paper=campaign.questions_per_paper,
        points=campaign.points,
        shuffle_questions=campaign.shuffle_questions,
        shuffle_options=campaign.shuffle_options,
        attempts_in_all=campaign.attempts_in_all,
        attempts_per_day=campaign.attempts_per_day,
        draw_points=campaign.draw_points,
        two_person=campaign.two_person,
        salt=campaign.salt,
        keyword=campaign.keyword,
        questions=questions,
        drawable=drawable(questions),
    )


_REVISION = tables.QuestionRevision
SAID = (
    _REVISION.kind,
    _REVISION.stem,
    _REVISION.options,
    _REVISION.answer,
    _REVISION.explanation,
    _REVISION.category,
    _REVISION.difficulty,
    _REVISION.source,
    _REVISION.tags,
    _REVISION.pictures,
)
"""The columns that `question_of` reads. Rows of them cost half of what revisions as objects would."""


def question_of(revision: tables.QuestionRevision | Row[*tuple[Any, ...]], number: str) -> Question:
    """A question as a revision has it."""
    return Question(
        number=number,
        kind=Kind(revision.kind),
        stem=revision.stem,
        options=options_of(revision.options),
        answer=tuple(revision.answer),
        explanation=revision.explanation,
        category=revision.category,
        difficulty=revision.difficulty,
        source=revision.source,
        tags=tuple(revision.tags),
        pictures=tuple(Picture(**one) for one in revision.pictures),
    )


def campaign_by_keyword(session: Session, keyword: str) -> tuple[int, int] | None:
    """The (id, version) of the published campaign that a keyword enters."""
    campaign = tables.Campaign
    row = session.execute(
        select(campaign.id, campaign.version).where(campaign.keyword == keyword, campaign.state == "published")
    ).one_or_none()
    return None if row is None else (row.id, row.version)


def current_campaign(session: Session, now: int) -> tuple[int, int] | None:
    """The (id, version) of the campaign that a message without any other hint is about.

    The open one that opened last, where one that never closes (a demo, say) comes behind those that do; with none
    open the paused one that opened last; then the next to open; then the one that closed last.
    """
    campaign = tables.Campaign
    rows = session.execute(
        select(campaign.id, campaign.version, campaign.opens_ms, campaign.closes_ms, campaign.state).where(
            campaign.state.in_(("published", "paused", "closed"))
        )
    ).all()
    if not rows:
        return None

    def preference(row: Row[int, int, int, int | None, str]) -> tuple[int, ...]:
        if row.state == "closed" or (row.closes_ms is not None and row.closes_ms <= now):
            return (0, row.closes_ms or 0)
        if row.opens_ms > now:
            return (1, -row.opens_ms)
        return (3 if row.state == "published" else 2, row.closes_ms is not None, row.opens_ms)

    best = max(rows, key=lambda row: (*preference(row), row.id))
    return best.id, best.version
