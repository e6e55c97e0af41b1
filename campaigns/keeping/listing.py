"""Campaigns as lists show them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.errors import NotFound


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
    """Persons who began at least one attempt."""
    attempts: int
    finished: int
    version: int = 1
    mode: str = "formal"
    brand: str = ""
    keyword: str = ""
    picture_sha256: str | None = None

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


def list_campaigns(session: Session) -> list[Overview]:
    """All campaigns, the last opened first, with how many took part."""
    return _overviews(session)


def overview(session: Session, slug: str) -> Overview:
    """One campaign with how many took part. Raises NotFound."""
    return _overviews(session, find(session, slug).id)[0]


def _overviews(session: Session, campaign_id: int | None = None) -> list[Overview]:
    campaign, attempt = tables.Campaign, tables.Attempt
    counts = select(
        attempt.campaign_id,
        func.count(attempt.person_id.distinct()).label("people"),
        func.count().label("attempts"),
        func.count().filter(attempt.state == "finished").label("finished"),
    ).group_by(attempt.campaign_id)
    if campaign_id is not None:
        counts = counts.where(attempt.campaign_id == campaign_id)
    counted = counts.subquery()
    found = select(campaign, counted.c.people, counted.c.attempts, counted.c.finished).outerjoin(
        counted, counted.c.campaign_id == campaign.id
    )
    if campaign_id is not None:
        found = found.where(campaign.id == campaign_id)
    rows = session.execute(found.order_by(campaign.opens_ms.desc(), campaign.id.desc()))
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
            people=people or 0,
            attempts=attempts or 0,
            finished=finished or 0,
            version=row.version,
            mode=row.mode,
            brand=row.brand,
            keyword=row.keyword or "",
            picture_sha256=row.picture_sha256,
        )
        for row, people, attempts, finished in rows
    ]
