"""A published campaign as it is played: frozen, with its questions, cached under (id, version).

Every change of a campaign raises its version, so an edition never grows stale: whoever reads a newer version from
SQL loads the newer edition.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, exists, select
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.clock import minute_of_day, next_at
from campaigns.errors import NotFound
from campaigns.prizes.rules import Lot, TicketRule, releases_of, ticket_rule
from campaigns.store import Store
from questions.model import Kind, Picture, Question, options_of
from questions.papers import PaperPart, drawable


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
    brand: str
    picture_sha256: str | None
    mode: str
    hours: tuple[int, int] | None
    """The minutes of each day, from and until, between which answers are accepted; None: all day."""
    same_paper: bool
    partial: str
    seconds_per_question: int | None
    seconds_per_attempt: int | None
    grace_seconds: int
    least_ms_per_question: int
    counts: str
    reveals: str
    pass_points: int
    admission: str
    unit_ranking: str
    least_headcount: int
    privacy_notice: str
    wins: str
    tickets: TicketRule
    lots: tuple[Lot, ...]
    """The instant prizes, in the order in which they are tried at the end of an attempt."""
    questions: Mapping[int, Question]
    """By revision, in the order of the bank; a corrected key is in them."""
    withdrawn: frozenset[int]
    """The revisions that were found wrong: full points to every paper that holds them, and no new paper does."""
    parts: tuple[PaperPart, ...]
    """The recipe of its papers."""
    prize_kinds: frozenset[str] = frozenset()
    """How its prizes are won: see `campaigns.prizes.rules.KINDS`; empty: none were planned."""
    excludes: bool = False
    """Whether there is anybody who takes part and may not win."""
    keep_days: int | None = None
    """How many days after its close its personal data are purged; None: when somebody does it."""
    purged: bool = False
    """Whether its personal data are gone."""

    def is_open(self, now: int) -> bool:
        """Whether answers first received now are accepted."""
        return (
            self.state == "published" and self.opens_ms <= now and not self.is_over(now) and self.is_within_hours(now)
        )

    def is_within_hours(self, now: int) -> bool:
        """Whether this is an hour of the day at which answers are accepted."""
        if self.hours is None:
            return True
        return self.hours[0] <= minute_of_day(now, self.timezone) < self.hours[1]

    def next_open(self, now: int) -> int | None:
        """The first moment from now on at which answers are accepted as things stand; None: there is none."""
        if self.state != "published":
            return None
        moment = max(now, self.opens_ms)
        if self.hours is not None and not self.is_within_hours(moment):
            moment = next_at(self.hours[0], moment, self.timezone)
        return None if self.is_over(moment) else moment

    def is_revealed(self, now: int, *, finished: bool) -> bool:
        """Whether verdicts, scores and right answers may be told, of an attempt that is finished or not."""
        if self.reveals == "after_close":
            return self.is_over(now)
        return finished or self.reveals == "at_once"

    @property
    def ranks(self) -> bool:
        """Whether finished attempts make standings."""
        return self.mode != "practice"

    @property
    def draws(self) -> bool:
        """Whether a standing may bring somebody into a draw; where no prizes were planned, one may still be held."""
        return self.ranks and (not self.prize_kinds or "draw" in self.prize_kinds)

    @property
    def wins_once(self) -> bool:
        """Whether whoever has one of the prizes that were planned may have no other."""
        return self.wins == "campaign" and bool(self.prize_kinds - {"passed"})

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
    asked = tables.CampaignQuestion
    rows = session.execute(
        select(
            tables.QuestionRevision.id,
            tables.Question.number,
            asked.part,
            asked.withdrawn,
            asked.answer.label("corrected"),
            *SAID,
        )
        .join(asked, asked.revision_id == tables.QuestionRevision.id)
        .join(tables.Question, tables.Question.id == tables.QuestionRevision.question_id)
        .where(asked.campaign_id == campaign_id)
        .order_by(asked.ordinal)
    ).all()
    questions = {row.id: _corrected(question_of(row, row.number), row.corrected) for row in rows}
    withdrawn = frozenset(row.id for row in rows if row.withdrawn)
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
        attempts_per_day=campaign.attempts_per_day or (1 if campaign.mode == "daily" else None),
        draw_points=campaign.draw_points,
        two_person=campaign.two_person,
        salt=campaign.salt,
        keyword=campaign.keyword,
        brand=campaign.brand,
        picture_sha256=campaign.picture_sha256,
        mode=campaign.mode,
        hours=None
        if campaign.hours_from is None or campaign.hours_until is None
        else (campaign.hours_from, campaign.hours_until),
        same_paper=campaign.same_paper,
        partial=campaign.partial,
        seconds_per_question=campaign.seconds_per_question,
        seconds_per_attempt=campaign.seconds_per_attempt,
        grace_seconds=campaign.grace_seconds,
        least_ms_per_question=campaign.least_ms_per_question,
        counts=campaign.counts,
        reveals=campaign.reveals,
        pass_points=campaign.pass_points,
        admission=campaign.admission,
        unit_ranking=campaign.unit_ranking,
        least_headcount=campaign.least_headcount,
        privacy_notice=campaign.privacy_notice,
        keep_days=campaign.keep_days,
        purged=campaign.purged_ms is not None,
        wins=campaign.wins,
        tickets=ticket_rule(campaign.tickets),
        lots=_lots(session, campaign_id),
        questions=questions,
        withdrawn=withdrawn,
        parts=_parts(
            session,
            campaign_id,
            {row.id: row.part for row in rows},
            questions,
            withdrawn,
            same_paper=campaign.same_paper,
        ),
        prize_kinds=_prize_kinds(session, campaign_id),
        excludes=_excludes(session, campaign_id),
    )


def _prize_kinds(session: Session, campaign_id: int) -> frozenset[str]:
    group = tables.PrizeGroup
    return frozenset(session.scalars(select(group.kind).where(group.campaign_id == campaign_id)))


def _excludes(session: Session, campaign_id: int) -> bool:
    return bool(session.scalar(select(exists().where(tables.Exclusion.campaign_id == campaign_id))))


def _lots(session: Session, campaign_id: int) -> tuple[Lot, ...]:
    group, prize = tables.PrizeGroup, tables.Prize
    rows = session.execute(
        select(
            prize.id,
            group.id,
            prize.name,
            prize.odds_ppm,
            prize.releases,
            prize.stock,
            group.least_points,
            group.unit_quota,
        )
        .join(group, group.id == prize.group_id)
        .where(group.campaign_id == campaign_id, group.kind == "instant")
        .order_by(group.ordinal, prize.ordinal)
    )
    return tuple(
        Lot(prize_id, group_id, name, odds, releases_of(releases), stock, least, quota)
        for prize_id, group_id, name, odds, releases, stock, least, quota in rows
    )


def _parts(
    session: Session,
    campaign_id: int,
    part_of: Mapping[int, int],
    questions: Mapping[int, Question],
    withdrawn: frozenset[int],
    *,
    same_paper: bool,
) -> tuple[PaperPart, ...]:
    """The recipe, each part with the questions that it may draw.

    What was withdrawn is drawn no more, unless all have the same paper or a part would have too few.
    """
    part = tables.CampaignPart
    counts = session.execute(
        select(part.ordinal, part.count).where(part.campaign_id == campaign_id).order_by(part.ordinal)
    )
    playable, parts = drawable(questions), []
    for ordinal, count in counts:
        own = tuple(revision for revision in playable if part_of[revision] == ordinal)
        left = tuple(revision for revision in own if revision not in withdrawn)
        parts.append(PaperPart(count, own if same_paper or len(left) < count else left))
    return tuple(parts)


def _corrected(question: Question, answer: list[str] | None) -> Question:
    return question if answer is None else replace(question, answer=tuple(answer))


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
