"""What a standing brings somebody in a campaign's draws, as they may know it before their list is frozen."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from campaigns.draws.gathering import days_of
from campaigns.draws.pseudonyms import pseudonym
from campaigns.editions import Edition
from campaigns.people import selves
from campaigns.prizes.awards import has_won
from campaigns.standings import Standing
from campaigns.tables import Draw, Exclusion, PrizeGroup


@dataclass(frozen=True, slots=True)
class Chance:
    """Somebody's part in a campaign's draws."""

    entrant: str
    """Their pseudonym."""
    tickets: int
    """0: none, for want of points."""
    missing: int
    """The points that they lack; 0: none."""
    least: int
    """The points that it takes."""
    excluded: bool = False
    """Whether they may not win."""
    won: bool = False
    """Whether they have won already, where one may win once in the campaign: no draw is for them any more."""
    frozen: bool = False
    """Whether every list is frozen: what is finished now brings nobody in, and who is in stands on the lists."""


def chance(session: Session, edition: Edition, standing: Standing) -> Chance | None:
    """None: the campaign draws nothing. Reads nothing unless the days count, somebody is excluded, or prizes were
    planned.
    """
    if not edition.draws:
        return None
    person_id, rule = standing.person_id, edition.tickets
    days = days_of(session, edition.id, person_id) if rule.counts_days else 1
    return Chance(
        entrant=pseudonym(edition.salt, person_id),
        tickets=rule.tickets(standing.points, edition.draw_points, days),
        missing=max(0, edition.draw_points - standing.points),
        least=edition.draw_points,
        excluded=edition.excludes and is_excluded(session, edition.id, person_id),
        won=edition.wins_once and has_won(session, edition.id, person_id),
        frozen="draw" in edition.prize_kinds and not _is_list_to_come(session, edition.id),
    )


def is_excluded(session: Session, campaign_id: int, person_id: int) -> bool:
    """Whether somebody, or whoever turned out to be them, takes part and may not win."""
    own = Exclusion.person_id.in_(selves(session, person_id))
    return bool(session.scalar(select(exists().where(Exclusion.campaign_id == campaign_id, own))))


def _is_list_to_come(session: Session, campaign_id: int) -> bool:
    is_frozen = exists().where(Draw.group_id == PrizeGroup.id, Draw.state != "void")
    drawn = exists().where(PrizeGroup.campaign_id == campaign_id, PrizeGroup.kind == "draw", ~is_frozen)
    return bool(session.scalar(select(drawn)))
