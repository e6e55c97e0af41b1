"""Campaigns as lists show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.errors import NotFound
from campaigns.keeping.changes import What

SLOW_MS = 100
"""How long adding a campaign's figures up may take before a list shows those that are kept instead."""


@dataclass(frozen=True, slots=True)
class Overview:
    """A campaign as a list shows it."""

    id: int
    slug: str
    name: str
    theme: str
    organiser: str
    state: str
    timezone: str
    opens_ms: int
    closes_ms: int | None
    questions_per_paper: int
    draw_points: int
    """What its draws ask for; 0: to have finished."""
    reminder_hour: int | None
    notices_per_day: int
    quiet_from: int
    quiet_until: int
    people: int
    """Persons with an attempt that counts: open or finished, neither superseded nor void."""
    attempts: int
    finished: int
    version: int = 1
    mode: str = "formal"
    brand: str = ""
    keyword: str = ""
    picture_sha256: str | None = None
    purged_ms: int | None = None
    """When its personal data were purged; None: they are there."""
    closed_ms: int | None = None
    """When somebody closed it; None: nobody did."""

    @property
    def ends_ms(self) -> int | None:
        """When it ends, or ended; None: it stays open."""
        return min((one for one in (self.closes_ms, self.closed_ms) if one is not None), default=None)

    def phase(self, now: int) -> str:
        """What a person would call its state now: draft, coming, open, paused, over, archived."""
        if self.state in {"draft", "paused", "archived"}:
            return self.state
        if self.state == "closed" or (self.closes_ms is not None and now >= self.closes_ms):
            return "over"
        return "open" if self.opens_ms <= now else "coming"


def find(session: Session, slug: str) -> tables.Campaign:
    """Raises NotFound for a slug that no campaign has."""
    campaign = session.scalars(select(tables.Campaign).where(tables.Campaign.slug == slug)).one_or_none()
    if campaign is None:
        raise NotFound(f"没有代号为 {slug} 的活动，请到活动列表里核对。")
    return campaign


def list_campaigns(session: Session, where: Sequence[ColumnElement[bool]] = (), *, under: str = "") -> list[Overview]:
    """All campaigns, the last opened first, with how many took part.

    `where` says which campaigns; with `under`, the path of a unit, those who are of it or of one below it are counted.
    """
    return _overviews(session, where, under)


def overview(session: Session, slug: str, *, under: str = "") -> Overview:
    """One campaign with how many took part; `under` as above. Raises NotFound."""
    return _overviews(session, [tables.Campaign.id == find(session, slug).id], under)[0]


@dataclass(frozen=True, slots=True)
class _Counts:
    people: int = 0
    attempts: int = 0
    finished: int = 0


def _overviews(session: Session, where: Sequence[ColumnElement[bool]], under: str) -> list[Overview]:
    campaign = tables.Campaign
    found = select(campaign).where(*where).order_by(campaign.opens_ms.desc(), campaign.id.desc())
    rows = session.scalars(found).all()
    kept = _kept_counts(session, where) if not under else {}
    counts = kept | _counts(session, [row.id for row in rows if row.id not in kept], under)
    closed = closed_by_hand(session, [row.id for row in rows if row.state in {"closed", "archived"}])
    return [
        Overview(
            id=row.id,
            slug=row.slug,
            name=row.name,
            theme=row.theme,
            organiser=row.organiser,
            state=row.state,
            timezone=row.timezone,
            opens_ms=row.opens_ms,
            closes_ms=row.closes_ms,
            questions_per_paper=row.questions_per_paper,
            draw_points=row.draw_points,
            reminder_hour=row.reminder_hour,
            notices_per_day=row.notices_per_day,
            quiet_from=row.quiet_from,
            quiet_until=row.quiet_until,
            **asdict(counts.get(row.id, _Counts())),
            version=row.version,
            mode=row.mode,
            brand=row.brand,
            keyword=row.keyword or "",
            picture_sha256=row.picture_sha256,
            purged_ms=row.purged_ms,
            closed_ms=closed.get(row.id),
        )
        for row in rows
    ]


def closed_by_hand(session: Session, campaign_ids: Sequence[int]) -> dict[int, int]:
    """When somebody closed campaigns, in ms; those that nobody closed are not among them."""
    change = tables.CampaignChange
    query = (
        select(change.campaign_id, func.min(change.at_ms).label("at_ms"))
        .where(change.campaign_id.in_(campaign_ids), change.what == What.CLOSED.value)
        .group_by(change.campaign_id)
    )
    return {row.campaign_id: row.at_ms for row in session.execute(query)} if campaign_ids else {}


def _counts(session: Session, campaign_ids: Sequence[int], under: str) -> dict[int, _Counts]:
    """Who took part in campaigns: those with nobody are not among them."""
    attempt, person, unit = tables.Attempt, tables.Person, tables.Unit
    query = (
        select(
            attempt.campaign_id,
            func.count(attempt.person_id.distinct()),
            func.count(),
            func.count().filter(attempt.state == "finished"),
        )
        .where(attempt.campaign_id.in_(campaign_ids), attempt.state.in_(("open", "finished")))
        .group_by(attempt.campaign_id)
    )
    if under:
        ours = select(person.id).join(unit, unit.id == person.unit_id).where(unit.path.startswith(under))
        query = query.where(attempt.person_id.in_(ours))
    return {campaign_id: _Counts(*counts) for campaign_id, *counts in session.execute(query)}


def _kept_counts(session: Session, where: Sequence[ColumnElement[bool]]) -> dict[int, _Counts]:
    """The same as a worker added it up last, of campaigns where that takes long or there is nothing left to add up."""
    campaign, kept = tables.Campaign, tables.CampaignFigures
    query = (
        select(kept.campaign_id, *(kept.figures[name].as_integer() for name in ("people", "attempts", "finished")))
        .join(campaign, campaign.id == kept.campaign_id)
        .where(kept.part == "overview", (kept.took_ms >= SLOW_MS) | campaign.purged_ms.is_not(None), *where)
    )
    return {campaign_id: _Counts(*counts) for campaign_id, *counts in session.execute(query)}
