"""What the list of campaigns begins with: what came of today, and what somebody should look at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from campaigns import figures
from campaigns.clock import DAY, day_begins
from campaigns.figures import OVERVIEW, Overview
from campaigns.figures.alarms import Alarm, alarms
from campaigns.keeping import Overview as Campaign

SHOWN = 6
"""Campaigns: those that are played, and that were until lately."""
LATELY_MS = 7 * DAY


@dataclass(frozen=True, slots=True)
class Today:
    """One campaign, as it went since midnight in its zone."""

    campaign: Campaign
    people: int
    """Who began their first attempt."""
    begun: int
    finished: int
    online: int
    alarms: Sequence[Alarm]


def today(session: Session, campaigns: Iterable[Campaign], now: int) -> list[Today]:
    """The campaigns of a list that are played now, or were until lately and have something to look at."""
    lively = [one for one in campaigns if _is_lively(one, now)][:SHOWN]
    told: set[str] = set()
    found = []
    for campaign in lively:
        kept = figures.current(session, campaign.id, OVERVIEW, now)
        # What is of the whole program, as messages that do not go out, is told once.
        new = [one for one in alarms(session, campaign.id, now) if one.sentence not in told]
        told |= {one.sentence for one in new}
        if campaign.phase(now) != "over" or new:
            found.append(_of(campaign, kept.values if kept else None, new, now))
    return found


def _of(campaign: Campaign, kept: Overview | None, found: Sequence[Alarm], now: int) -> Today:
    midnight = day_begins(0, now, campaign.timezone)
    hours = [one for one in (kept.hours if kept else ()) if one.at_ms >= midnight]
    return Today(
        campaign,
        sum(one.people for one in hours),
        sum(one.begun for one in hours),
        sum(one.finished for one in hours),
        kept.online if kept else 0,
        found,
    )


def _is_lively(campaign: Campaign, now: int) -> bool:
    phase = campaign.phase(now)
    if phase == "over":
        return campaign.closes_ms is not None and now < campaign.closes_ms + LATELY_MS
    return phase in ("open", "paused")
