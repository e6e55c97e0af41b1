"""The figures of the people of one unit, and of those below it: what `campaigns.figures` tells of a whole campaign."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.clock import MINUTE
from campaigns.editions import Edition
from campaigns.figures import Door, Hour, ScoreBand
from campaigns.figures.overviews import bands, by_hour
from campaigns.item_statistics import COUNTED
from campaigns.reports.content import Counted, Turnout
from campaigns.units.tree import within

QUARTER_MS = 15 * MINUTE
"""As `by_hour` counts them."""
DOORS = {
    "wechat": "公众号",
    "h5": "网页",
    "wecom": "企业微信",
    "api": "其他系统",
    "terminal": "命令行",
    "": "不明入口",
}


def of_unit(session: Session, edition: Edition, path: str) -> Turnout:
    """Of the unit of a path and those below it; of who is there by now."""
    people, finished = _attempts(session, edition.id, path)
    results = _results(session, edition, path)
    ranked = sum(results.values())
    return Turnout(
        people=people,
        finished=finished,
        ranked=ranked,
        average=sum(score * count for score, count in results.items()) / ranked if ranked else None,
        passed=sum(count for score, count in results.items() if score >= edition.pass_points),
        histogram=by_points(bands(results)),
        days=_days(session, edition, path),
        doors=_doors(session, edition.id, path),
    )


def by_points(found: Iterable[ScoreBand]) -> tuple[Counted, ...]:
    return tuple(
        Counted(str(one.least) if one.least == one.most else f"{one.least}—{one.most}", one.people) for one in found
    )


def by_door(found: Iterable[Door]) -> tuple[Counted, ...]:
    return tuple(Counted(DOORS.get(one.channel, one.channel), one.people) for one in found)


def by_day(hours: Iterable[Hour]) -> tuple[Counted, ...]:
    """Attempts by the day on which they were finished, in order."""
    found: Counter[str] = Counter()
    for one in hours:
        found[one.hour[:10]] += one.finished
    return tuple(Counted(_day(day), count) for day, count in sorted(found.items()) if count)


def _day(written: str) -> str:
    """``2026-07-04`` as ``7月4日``."""
    _, month, day = map(int, written.split("-"))
    return f"{month}月{day}日"


def _attempts(session: Session, campaign_id: int, path: str) -> tuple[int, int]:
    attempt = tables.Attempt
    query = select(func.count(attempt.person_id.distinct()), func.count().filter(attempt.state == "finished")).where(
        *_theirs(campaign_id, path)
    )
    people, finished = session.execute(query.select_from(attempt)).one()
    return people, finished


def _results(session: Session, edition: Edition, path: str) -> dict[int, int]:
    """Points of a result → how many persons have them."""
    attempt, standing = tables.Attempt, tables.Standing
    if edition.mode == "practice":
        best = (
            select(func.max(attempt.score).label("points"))
            .where(*_theirs(edition.id, path), attempt.state == "finished")
            .group_by(attempt.person_id)
            .subquery()
        )
        rows = session.execute(select(best.c.points, func.count()).group_by(best.c.points))
    else:
        rows = session.execute(
            select(standing.points, func.count())
            .where(standing.campaign_id == edition.id, standing.person_id.in_(_people(path)))
            .group_by(standing.points)
        )
    return {int(score): count for score, count in rows}


def _days(session: Session, edition: Edition, path: str) -> tuple[Counted, ...]:
    attempt = tables.Attempt
    quarter = (attempt.finished_ms // QUARTER_MS).label("quarter")
    rows = session.execute(
        select(quarter, func.count())
        .where(*_theirs(edition.id, path), attempt.finished_ms.is_not(None))
        .group_by(quarter)
    )
    return by_day(by_hour({at: (0, 0, count) for at, count in rows if at is not None}, edition.timezone))


def _doors(session: Session, campaign_id: int, path: str) -> tuple[Counted, ...]:
    attempt, identity = tables.Attempt, tables.Identity
    channel = func.coalesce(identity.channel, "")
    rows = session.execute(
        select(channel, func.count(), func.count(attempt.person_id.distinct()))
        .select_from(attempt)
        .outerjoin(identity, identity.id == attempt.identity_id)
        .where(*_theirs(campaign_id, path))
        .group_by(channel)
    )
    return by_door(sorted((Door(*row) for row in rows), key=lambda door: (-door.attempts, door.channel)))


def _theirs(campaign_id: int, path: str) -> tuple[ColumnElement[bool], ...]:
    attempt = tables.Attempt
    return (
        attempt.campaign_id == campaign_id,
        attempt.state.in_(COUNTED),
        attempt.person_id.in_(_people(path)),
    )


def _people(path: str) -> Any:  # noqa: ANN401 — a Select of one column
    person, unit = tables.Person, tables.Unit
    return select(person.id).join(unit, unit.id == person.unit_id).where(within(path))
