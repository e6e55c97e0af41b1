"""A small campaign whose participants have finished, ready for a draw that tests know by heart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from campaign_made import CLOSES, OPENS, PLAN, make_campaign
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from campaigns import draws, tables
from campaigns.draws import FrozenDraw, Prize
from campaigns.store import Store

AFTER = CLOSES + 3_600_000
"""An hour after the campaign's close."""
SALT = "0" * 64

PRIZES = (Prize("一等奖", 1), Prize("二等奖", 3))
SOURCES = ("ssq:2026130", "sse:20261130")
VALUES = {"ssq:2026130": "03.08.15.22.27.31+09", "sse:20261130": "3857.93"}
OTHER_VALUES = {"ssq:2026130": "01.08.15.22.27.31+09", "sse:20261130": "3857.93"}

UNITS = ("U01", "U02", None)


def make_finished(store: Store, points: Sequence[int] = (40,) * 12, **plan: object) -> int:
    """A campaign that persons 1, 2, … finished with these points; their units are U01, U02, none, U01…"""
    campaign_id = make_campaign(store, replace(PLAN, **plan))
    with store.transaction() as session:
        unit_ids = {unit.code: unit.id for unit in session.scalars(select(tables.Unit))}
        first = len(session.scalars(select(tables.Person.id)).all()) + 1
        for number, score in enumerate(points):
            person_id = first + number
            unit_id = unit_ids.get(UNITS[number % len(UNITS)] or "")
            session.execute(insert(tables.Person).values(id=person_id, name="", unit_id=unit_id, created_ms=OPENS))
            finish(session, campaign_id, person_id, score)
    return campaign_id


def finish(session: Session, campaign_id: int, person_id: int, score: int) -> None:
    """A finished attempt of a person, and their standing."""
    times = {"begun_ms": OPENS, "shown_ms": OPENS, "finished_ms": OPENS + 60_000, "used_ms": 60_000}
    attempt = tables.Attempt(
        campaign_id=campaign_id,
        person_id=person_id,
        ordinal=1,
        day=20260704,
        state="finished",
        paper="1",
        position=5,
        score=score,
        **times,
    )
    session.add(attempt)
    session.flush()
    session.execute(
        insert(tables.Standing).values(
            campaign_id=campaign_id,
            person_id=person_id,
            attempt_id=attempt.id,
            points=score,
            used_ms=60_000,
            finished_ms=OPENS + 60_000,
            version=1,
            changed_ms=OPENS + 60_000,
        )
    )


def freeze(store: Store, **over: object) -> FrozenDraw:
    """Freeze the campaign's draw, in a transaction of its own."""
    given: dict[str, Any] = {
        "campaign_slug": "week",
        "prizes": PRIZES,
        "sources": SOURCES,
        "quotas": {},
        "exclusions": (),
        "fallback": "",
        "reason": "",
        "by": "wang",
        "now": AFTER,
        **over,
    }
    with store.transaction() as session:
        return draws.freeze(session, **given)
