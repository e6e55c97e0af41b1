"""How long campaigns' personal data are kept: so many days after the close, as was said, then they are purged.

What participants were told holds: once a campaign is published its data may be kept shorter, and never longer.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.clock import DAY, HOUR
from campaigns.errors import Moved, Refused
from campaigns.keeping.changes import What, make
from campaigns.keeping.listing import find
from campaigns.privacy import purging
from campaigns.stores import Stores

log = logging.getLogger(__name__)

LONGEST_DAYS = 3_650
LOOKED_AGAIN_MS = HOUR
"""So long what is to be purged is looked for once more: where nobody began to play, no attempts tell what is left."""
TICK_S = 0.5
"""How long a worker stays with one campaign before it looks after its other work."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A campaign, and how long its personal data are kept."""

    id: int
    slug: str
    name: str
    timezone: str
    version: int
    ended_ms: int | None
    """When it was over; None: it is not."""
    keep_days: int | None
    """None: until somebody purges them."""
    purged_ms: int | None
    left: bool
    """Whether attempts of it are still there."""

    @property
    def due_ms(self) -> int | None:
        """When they are to be purged; None: nobody knows yet, or it was done."""
        if self.ended_ms is None or self.keep_days is None or self.purged_ms is not None:
            return None
        return self.ended_ms + self.keep_days * DAY

    @property
    def is_being_purged(self) -> bool:
        return self.purged_ms is not None and self.left

    def is_due(self, now: int) -> bool:
        return self.due_ms is not None and self.due_ms <= now


def kept(session: Session, now: int) -> list[Kept]:
    """All campaigns but drafts, what is to be purged first at the top, what was purged at the bottom."""
    found = _kept(session, now)
    return sorted(found, key=lambda one: (one.purged_ms is not None, one.due_ms is None, one.due_ms or 0, -one.id))


def kept_of(session: Session, slug: str, now: int) -> Kept:
    """One of them. Raises NotFound; Refused for a draft."""
    campaign = find(session, slug)
    found = _kept(session, now, campaign.id)
    if not found:
        raise Refused(f"活动 {slug} 还没有发布，没有个人信息。")
    return found[0]


def _kept(session: Session, now: int, campaign_id: int | None = None) -> list[Kept]:
    campaign, change, attempt = tables.Campaign, tables.CampaignChange, tables.Attempt
    closed = (
        select(change.campaign_id, func.max(change.at_ms).label("at_ms"))
        .where(change.what == What.CLOSED.value)
        .group_by(change.campaign_id)
        .subquery()
    )
    rest = select(attempt.id).where(attempt.campaign_id == campaign.id).exists()
    query = (
        select(campaign, closed.c.at_ms, rest)
        .outerjoin(closed, closed.c.campaign_id == campaign.id)
        .where(campaign.state != "draft")
    )
    if campaign_id is not None:
        query = query.where(campaign.id == campaign_id)
    return [
        Kept(
            row.id,
            row.slug,
            row.name,
            row.timezone,
            row.version,
            _ended_ms(row, closed_ms, now),
            row.keep_days,
            row.purged_ms,
            bool(left),
        )
        for row, closed_ms, left in session.execute(query)
    ]


def _ended_ms(campaign: tables.Campaign, closed_ms: int | None, now: int) -> int | None:
    ends = [one for one in (closed_ms, campaign.closes_ms) if one is not None and one <= now]
    return min(ends, default=campaign.opens_ms) if purging.is_over(campaign, now) else None


def set_keep_days(
    session: Session, slug: str, days: int, by: str, now: int, version: int | None = None, note: str = ""
) -> None:
    """Let a published campaign's personal data be kept for so many days after its close, fewer than before.

    Raises NotFound; Refused for more days than were told, none, a draft, and what was purged; Moved.
    """
    campaign = find(session, slug)
    if campaign.state == "draft":
        raise Refused(f"活动 {slug} 还是草稿：保存期限请在草稿里改。")
    if campaign.purged_ms is not None:
        raise Refused(f"活动 {slug} 的个人信息已经清除，不用再定期限。")
    if not 1 <= days <= LONGEST_DAYS:
        raise Refused(f"保存期限在 1 到 {LONGEST_DAYS} 天之间，请改一下。")
    if campaign.keep_days is not None and days >= campaign.keep_days:
        raise Refused(f"参与者看到的期限是 {campaign.keep_days} 天，只能改短，不能改长。")
    said = {"keep_days": [campaign.keep_days, days]}
    make(session, campaign, What.KEPT_FOR, by, now, said=said, note=note, version=version, keep_days=days)


def purge_due(stores: Stores, now: int) -> int:
    """Purge what was kept long enough, and carry on what was begun, for a moment each: a worker's tick.

    Gives how many campaigns it was about. What something speaks against waits for a person: the console lists it.
    """
    with stores.sql.reading() as session:
        due = [one.slug for one in _kept(session, now) if one.is_due(now)]
        ready = [slug for slug in due if not purging.obstacles(session, slug, now)]
    for slug in ready:
        try:
            purging.begin(stores, slug, "", now)
        except (Refused, Moved) as error:  # somebody was quicker, or froze a draw just now: it is looked at again
            log.info("the personal data of %s are not purged yet: %s", slug, type(error).__name__)
    with stores.sql.reading() as session:
        lately = session.scalars(select(tables.Campaign.id).where(tables.Campaign.purged_ms > now - LOOKED_AGAIN_MS))
        begun = {*purging.unfinished(session), *lately}
    for campaign_id in sorted(begun):
        purging.carry_on(stores, campaign_id, now, for_s=TICK_S)
    return len(begun)
