"""What must happen by itself, again and again. Every tick may run twice, or on two machines, and does no harm."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import inbound, outbox, tables
from campaigns.clock import DAY
from campaigns.stores import Stores

RANKED_AFTER_CLOSE_MS = 7 * DAY


def refresh_rankings(stores: Stores, now: int) -> int:
    """Bring Redis' rankings up to SQL; gives how many campaigns were looked at."""
    if not stores.ranking.has_redis:
        return 0
    with stores.sql.reading() as session:
        live = _live_campaigns(session, now)
    for campaign_id in live:
        stores.ranking.refresh(campaign_id, now)
    return len(live)


def purge_inbound(stores: Stores, now: int) -> int:
    """Forget messages older than two days, in small transactions between which others write; gives how many."""
    purged = 0
    while True:
        with stores.sql.transaction() as session:
            batch = inbound.purge(session, now, most=inbound.PURGED_AT_ONCE)
        purged += batch
        if batch < inbound.PURGED_AT_ONCE:
            return purged


def purge_outbox(stores: Stores, now: int) -> int:
    """Forget messages that went out, or were dropped, more than 90 days ago; gives how many."""
    purged = 0
    while True:
        with stores.sql.transaction() as session:
            batch = outbox.purge(session, now, most=outbox.PURGED_AT_ONCE)
        purged += batch
        if batch < outbox.PURGED_AT_ONCE:
            return purged


def _live_campaigns(session: Session, now: int) -> list[int]:
    """Campaigns that are played, or were until lately: only their rankings are asked for."""
    campaign = tables.Campaign
    return list(
        session.scalars(
            select(campaign.id).where(
                campaign.state.in_(("published", "paused", "closed")),
                (campaign.closes_ms.is_(None)) | (campaign.closes_ms > now - RANKED_AFTER_CLOSE_MS),
                campaign.opens_ms <= now,
            )
        )
    )
