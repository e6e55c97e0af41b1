"""When figures are added up: often while that is quick, and never for more than a twentieth of one core's time."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.clock import DAY, MINUTE, SECOND
from campaigns.figures.kept import compute, keep
from campaigns.figures.shapes import OVERVIEW, PARTS, QUESTIONS, Part
from campaigns.stores import Stores

EVERY_MS = {OVERVIEW: 5 * SECOND, QUESTIONS: 30 * SECOND}
"""How often a part is added up while its campaign is played, at most."""
EVERY_AFTER_CLOSE_MS = MINUTE
LIVELY_AFTER_CLOSE_MS = 7 * DAY
EVERY_LATER_MS = DAY
"""From then on: an attempt may still be declared void, or a key corrected."""
RARELIER = 20
"""All live campaigns' parts together are added up so many times rarer than that takes. What takes long yields to what
is quick, by the root of how long: a part rests `RARELIER` · √its time · Σ √everybody's time, and the shares of time,
time / rest, come to 1 / `RARELIER` in all."""


@dataclass(frozen=True, slots=True)
class _Kept:
    campaign_id: int
    part: Part
    every_ms: int
    made_ms: int | None
    took_ms: int

    def is_due(self, now: int, roots: float) -> bool:
        """Whether it is time again; `roots` is the sum of the roots of all live parts' times."""
        if self.made_ms is None or now < self.made_ms:  # the latter: the clock was set back
            return True
        return now >= self.made_ms + max(self.every_ms, RARELIER * math.sqrt(self.took_ms) * roots)


def add_up(stores: Stores, now: int) -> int:
    """Add up what is due; gives how many parts. Twice at once it does no harm."""
    with stores.sql.reading() as session:
        kept = _all_kept(session, now)
    roots = sum(math.sqrt(one.took_ms) for one in kept if one.every_ms < EVERY_LATER_MS)
    due = [one for one in kept if one.is_due(now, roots)]
    for one in due:
        with stores.sql.reading() as session:
            figures = compute(session, one.campaign_id, one.part, now)
        with stores.sql.transaction() as session:
            if not _was_purged(session, one.campaign_id):
                keep(session, one.campaign_id, one.part, figures)
    return len(due)


def _all_kept(session: Session, now: int) -> list[_Kept]:
    """Every part of the campaigns that have begun and were not purged."""
    campaign, kept = tables.Campaign, tables.CampaignFigures
    begun = session.execute(
        select(campaign.id, campaign.state, campaign.closes_ms).where(
            campaign.state != "draft", campaign.opens_ms <= now, campaign.purged_ms.is_(None)
        )
    ).all()
    held = {
        (row.campaign_id, row.part): row
        for row in session.execute(select(kept.campaign_id, kept.part, kept.made_ms, kept.took_ms))
    }
    found = []
    for row in begun:
        for part in PARTS:
            was = held.get((row.id, part))
            made_ms, took_ms = (None, 0) if was is None else (was.made_ms, was.took_ms)
            found.append(_Kept(row.id, part, _every_ms(part, row.state, row.closes_ms, now), made_ms, took_ms))
    return found


def _was_purged(session: Session, campaign_id: int) -> bool:
    """Whether what was added up may have lacked what a purge was just removing."""
    return session.get_one(tables.Campaign, campaign_id).purged_ms is not None


def _every_ms(part: Part, state: str, closes_ms: int | None, now: int) -> int:
    if state == "archived" or (closes_ms is not None and now >= closes_ms + LIVELY_AFTER_CLOSE_MS):
        return EVERY_LATER_MS
    if state == "closed" or (closes_ms is not None and now >= closes_ms):
        return EVERY_AFTER_CLOSE_MS
    return EVERY_MS[part]
