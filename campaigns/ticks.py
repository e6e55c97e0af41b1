"""What must happen by itself, again and again. Every tick may run twice, or on two machines, and does no harm."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import inbound, outbox, play, tables
from campaigns.clock import DAY, ON_THE_WAY_MS
from campaigns.errors import Moved
from campaigns.stores import Stores

RANKED_AFTER_CLOSE_MS = 7 * DAY
FINISHED_AT_ONCE = 500


def refresh_rankings(stores: Stores, now: int) -> int:
    """Bring Redis' rankings up to SQL; gives how many campaigns were looked at."""
    if not stores.ranking.has_redis:
        return 0
    with stores.sql.reading() as session:
        live = _live_campaigns(session, now)
    for campaign_id in live:
        stores.ranking.refresh(campaign_id, now)
    return len(live)


def refresh_units(stores: Stores, now: int) -> int:
    """Add up what units have reached where standings changed; gives in how many campaigns."""
    with stores.sql.reading() as session:
        live = _live_campaigns(session, now)
    return sum(stores.units.refresh(campaign_id, now) for campaign_id in live)


def finish_timed_out(stores: Stores, now: int) -> int:
    """Finish the attempts whose time is up, as of their limits; gives how many."""
    finished, last = 0, 0
    while True:
        with stores.sql.reading() as session:
            batch = play.timed_out(session, stores, now - ON_THE_WAY_MS, after=last, most=FINISHED_AT_ONCE)
        for turn in batch:
            assert turn.edition is not None
            assert turn.attempt is not None
            last = turn.attempt.id
            try:
                with stores.sql.direct() as direct:
                    expired = play.expire(direct, turn, now)
            except Moved:  # somebody came back at this moment
                continue
            if expired is not None:
                finished += 1
                if expired.standing is not None:
                    stores.ranking.place(turn.edition.id, expired.standing)
        if len(batch) < FINISHED_AT_ONCE:
            return finished


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
