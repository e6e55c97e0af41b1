"""The figures that are kept, and the same computed at once."""

from __future__ import annotations

import logging
import time
from dataclasses import asdict
from functools import cache
from typing import Any, Literal, overload

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.figures.items import questions
from campaigns.figures.overviews import overview
from campaigns.figures.shapes import OVERVIEW, SHAPES, Figures, Overview, Part, Questions
from campaigns.store import insertion

log = logging.getLogger(__name__)

FEW_ATTEMPTS = 2_000
"""As many as are added up while a page waits."""


@overload
def read(session: Session, campaign_id: int, part: Literal["overview"]) -> Figures[Overview] | None: ...
@overload
def read(session: Session, campaign_id: int, part: Literal["questions"]) -> Figures[Questions] | None: ...
@overload
def read(session: Session, campaign_id: int, part: Part) -> Figures[Any] | None: ...
def read(session: Session, campaign_id: int, part: Part) -> Figures[Any] | None:
    """A part as it was added up last; None: never yet, or by another version that kept less."""
    kept = tables.CampaignFigures
    row = session.execute(
        select(kept.figures, kept.made_ms, kept.took_ms).where(kept.campaign_id == campaign_id, kept.part == part)
    ).one_or_none()
    if row is None:
        return None
    try:
        return Figures(shape(part).validate_python(row.figures), row.made_ms, row.took_ms)
    except ValidationError as error:
        log.warning("the %s of campaign %d is of another shape: %d faults", part, campaign_id, error.error_count())
        return None


@overload
def compute(session: Session, campaign_id: int, part: Literal["overview"], now: int) -> Figures[Overview]: ...
@overload
def compute(session: Session, campaign_id: int, part: Literal["questions"], now: int) -> Figures[Questions]: ...
@overload
def compute(session: Session, campaign_id: int, part: Part, now: int) -> Figures[Any]: ...
def compute(session: Session, campaign_id: int, part: Part, now: int) -> Figures[Any]:
    """A part added up at once: it takes its time where there are many attempts.

    Of a campaign whose personal data were purged it is what was kept then: there is nothing left to add up.
    """
    campaign = session.get_one(tables.Campaign, campaign_id)
    if campaign.purged_ms is not None and (final := read(session, campaign_id, part)) is not None:
        return final
    begun = time.monotonic()
    values = overview(session, campaign, now) if part == OVERVIEW else questions(session, campaign_id)
    return Figures(values, now, round((time.monotonic() - begun) * 1_000))


@overload
def current(session: Session, campaign_id: int, part: Literal["overview"], now: int) -> Figures[Overview] | None: ...
@overload
def current(session: Session, campaign_id: int, part: Literal["questions"], now: int) -> Figures[Questions] | None: ...
@overload
def current(session: Session, campaign_id: int, part: Part, now: int) -> Figures[Any] | None: ...
def current(session: Session, campaign_id: int, part: Part, now: int) -> Figures[Any] | None:
    """What a page shows: what is kept; else, of few attempts, computed. None: a worker has still to add it up."""
    found = read(session, campaign_id, part)
    if found is None and _has_few(session, campaign_id):
        found = compute(session, campaign_id, part, now)
    return found


def keep(session: Session, campaign_id: int, part: Part, figures: Figures[Any]) -> None:
    """Keep a part, unless a newer one is kept already."""
    kept = tables.CampaignFigures
    values = {"figures": asdict(figures.values), "made_ms": figures.made_ms, "took_ms": figures.took_ms}
    insert = insertion(session.get_bind(), kept).values(campaign_id=campaign_id, part=part, **values)
    session.execute(
        insert.on_conflict_do_update(
            index_elements=["campaign_id", "part"], set_=values, where=kept.made_ms <= figures.made_ms
        )
    )


@cache
def shape(part: Part) -> TypeAdapter[Any]:
    """Reads, and describes as a JSON schema, what a part holds."""
    return TypeAdapter(SHAPES[part])


def _has_few(session: Session, campaign_id: int) -> bool:
    attempt = tables.Attempt
    some = select(attempt.id).where(attempt.campaign_id == campaign_id).limit(FEW_ATTEMPTS + 1)
    return len(session.execute(some).all()) <= FEW_ATTEMPTS
