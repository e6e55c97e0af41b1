"""A campaign in numbers, added up from its attempts, standings and messages."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Select, case, func, select
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.clock import MINUTE, SECOND, local
from campaigns.figures.shapes import Burst, Door, Hour, MessageCount, Overview, ScoreBand
from campaigns.item_statistics import COUNTED

ONLINE_MS = 5 * MINUTE
BURST_MS = 10 * MINUTE
BURST_ATTEMPTS = 100
"""Attempts behind one address within `BURST_MS` from which on they are told of: an office of some size looks so too."""
BURSTS_TOLD = 5
_QUARTER_MS = 15 * MINUTE
"""Every zone's hours begin at a quarter of an hour of UTC."""
_MOST_BANDS = 21
_IS_FINISHED_BY_HAND = (tables.Attempt.state == "finished") & tables.Attempt.timed_out.is_(False)


def overview(session: Session, campaign: tables.Campaign, now: int) -> Overview:
    counted = _attempts(session, campaign.id)
    hours = _hours(session, campaign.id, campaign.timezone)
    points = _results(session, campaign)
    results = sum(points.values())
    return Overview(
        timezone=campaign.timezone,
        people=sum(hour.people for hour in hours),
        attempts=counted.attempts,
        open=counted.open,
        online=_online(session, campaign.id, now - ONLINE_MS),
        finished=counted.finished,
        timed_out=counted.timed_out,
        void=counted.void,
        results=results,
        average=sum(score * people for score, people in points.items()) / results if results else None,
        passed=sum(people for score, people in points.items() if score >= campaign.pass_points),
        average_used_ms=None if counted.used_ms is None else round(counted.used_ms),
        last_ms=max((one for one in (counted.shown_ms, counted.finished_ms) if one is not None), default=None),
        hours=hours,
        scores=bands(points),
        doors=_doors(session, campaign.id),
        messages=_messages(session, campaign.id),
        bursts=_bursts(session, campaign.id, now),
    )


def bands(points: Mapping[int, int]) -> tuple[ScoreBand, ...]:
    """How many persons have how many points, as at most 21 bands of one width, from 0 points up; pure.

    Where all points are multiples of ten, say, there is nothing between 11 and 19, and bands do not speak of it.
    """
    if not points:
        return ()
    top, least = max(points), min(0, *points)
    unit = math.gcd(*points) or 1
    width = next(unit * step for step in _steps() if (top - least) // (unit * step) < _MOST_BANDS)
    counts: Counter[int] = Counter()
    for score, people in points.items():
        counts[(score - least) // width] += people
    return tuple(
        ScoreBand(least + n * width, least + (n + 1) * width - unit, counts[n])
        for n in range((top - least) // width + 1)
    )


def by_hour(quarters: Mapping[int, Sequence[int]], zone: str) -> tuple[Hour, ...]:
    """Counts of quarters of an hour (people, begun, finished), by the number of the quarter, as hours of a zone."""
    hours: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for quarter, counts in quarters.items():
        moment = local(quarter * _QUARTER_MS, zone)
        begins = quarter * _QUARTER_MS - (moment.minute * 60 + moment.second) * SECOND
        hours[begins] = [was + more for was, more in zip(hours[begins], counts, strict=True)]
    return tuple(
        Hour(begins, f"{local(begins, zone):%Y-%m-%d %H:%M}", *counts) for begins, counts in sorted(hours.items())
    )


# --- what SQL adds up -------------------------------------------------------------------------------------------------


def _attempts(session: Session, campaign_id: int) -> Row[*tuple[Any, ...]]:
    attempt = tables.Attempt
    return session.execute(
        select(
            func.count().filter(attempt.state.in_(COUNTED)).label("attempts"),
            func.count().filter(attempt.state == "open").label("open"),
            func.count().filter(attempt.state == "finished").label("finished"),
            func.count().filter((attempt.state == "finished") & attempt.timed_out).label("timed_out"),
            func.count().filter(attempt.state == "void").label("void"),
            func.avg(case((attempt.state == "finished", attempt.used_ms))).label("used_ms"),
            func.max(case((attempt.state.in_(COUNTED), attempt.shown_ms))).label("shown_ms"),
            func.max(case((_IS_FINISHED_BY_HAND, attempt.finished_ms))).label("finished_ms"),
        ).where(attempt.campaign_id == campaign_id)
    ).one()


def _online(session: Session, campaign_id: int, since_ms: int) -> int:
    attempt = tables.Attempt
    is_online = ((attempt.state == "open") & (attempt.shown_ms >= since_ms)) | (
        _IS_FINISHED_BY_HAND & (attempt.finished_ms >= since_ms)
    )
    query = select(func.count(attempt.person_id.distinct())).where(attempt.campaign_id == campaign_id, is_online)
    return session.scalar(query) or 0


def _hours(session: Session, campaign_id: int, zone: str) -> tuple[Hour, ...]:
    attempt = tables.Attempt
    where = (attempt.campaign_id == campaign_id, attempt.state.in_(COUNTED))
    first = select(func.min(attempt.begun_ms).label("at_ms")).where(*where).group_by(attempt.person_id)
    begun = select(attempt.begun_ms.label("at_ms")).where(*where)
    finished = select(attempt.finished_ms.label("at_ms")).where(*where, attempt.finished_ms.is_not(None))
    quarters: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for place, moments in enumerate((first, begun, finished)):
        for quarter, count in session.execute(_by_quarter(moments)):
            quarters[int(quarter)][place] = count
    return by_hour(quarters, zone)


def _by_quarter(moments: Select[int] | Select[int | None]) -> Select[int, int]:
    quarter = moments.subquery().c.at_ms // _QUARTER_MS
    return select(quarter, func.count()).group_by(quarter)


def _results(session: Session, campaign: tables.Campaign) -> dict[int, int]:
    """Points of a result → how many persons have them."""
    standing, attempt = tables.Standing, tables.Attempt
    if campaign.mode == "practice":
        best = (
            select(func.max(attempt.score).label("points"))
            .where(attempt.campaign_id == campaign.id, attempt.state == "finished")
            .group_by(attempt.person_id)
            .subquery()
        )
        query = select(best.c.points, func.count()).group_by(best.c.points)
    else:
        query = (
            select(standing.points, func.count())
            .where(standing.campaign_id == campaign.id)
            .group_by(standing.points)
        )  # fmt: skip
    return {int(points): people for points, people in session.execute(query)}


def _doors(session: Session, campaign_id: int) -> tuple[Door, ...]:
    attempt, identity = tables.Attempt, tables.Identity
    channel = func.coalesce(identity.channel, "")
    rows = session.execute(
        select(channel, func.count(), func.count(attempt.person_id.distinct()))
        .select_from(attempt)
        .outerjoin(identity, identity.id == attempt.identity_id)
        .where(attempt.campaign_id == campaign_id, attempt.state.in_(COUNTED))
        .group_by(channel)
    )
    return tuple(sorted((Door(*row) for row in rows), key=lambda door: (-door.attempts, door.channel)))


def _messages(session: Session, campaign_id: int) -> tuple[MessageCount, ...]:
    outbox = tables.OutboxMessage
    way = func.coalesce(func.nullif(outbox.sent_by, ""), outbox.way)
    rows = session.execute(
        select(way, outbox.state, func.count()).where(outbox.campaign_id == campaign_id).group_by(way, outbox.state)
    )
    return tuple(sorted((MessageCount(*row) for row in rows), key=lambda one: (one.way, one.state)))


def _bursts(session: Session, campaign_id: int, now: int) -> tuple[Burst, ...]:
    origin, attempt = tables.AttemptOrigin, tables.Attempt
    rows = session.execute(
        select(origin.network, func.count().label("attempts"), func.count(attempt.person_id.distinct()))
        .join_from(origin, attempt, attempt.id == origin.attempt_id)
        .where(origin.campaign_id == campaign_id, origin.begun_ms >= now - BURST_MS, origin.address_hash != "")
        .group_by(origin.address_hash, origin.network)
        .having(func.count() >= BURST_ATTEMPTS)
        .order_by(func.count().desc(), origin.network)
        .limit(BURSTS_TOLD)
    )
    return tuple(Burst(*row) for row in rows)


def _steps() -> list[int]:
    return [factor * 10**power for power in range(12) for factor in (1, 2, 5)]
