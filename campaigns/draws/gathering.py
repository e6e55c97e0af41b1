"""Who takes part in a draw by now: the list that a freeze fixes, with everybody's tickets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from campaigns.draws import scheme
from campaigns.draws.pseudonyms import pseudonym
from campaigns.draws.scheme import NO_UNIT, TICKET_LIMIT, Entrant
from campaigns.errors import DrawRefused, NotFound
from campaigns.prizes.rules import TicketRule, ticket_rule
from campaigns.tables import Attempt, AttemptVoid, Campaign, Identity, Person, Regrade, Standing, Unit

BROWSER = "h5"
"""The channel of identities that are a browser and nothing more."""


class Offering(NamedTuple):
    """A campaign as far as a draw of it is concerned."""

    id: int
    name: str
    state: str
    closes_ms: int | None
    draw_points: int
    salt: str
    wins: str
    stored_tickets: dict[str, Any]

    @property
    def tickets(self) -> TicketRule:
        return ticket_rule(self.stored_tickets)

    def is_on(self, now: int) -> bool:
        """Whether people may still finish attempts."""
        return self.state in ("published", "paused") and (self.closes_ms is None or now < self.closes_ms)


class AsOf(NamedTuple):
    """What tells whether a list is still the one that would be gathered."""

    merged: int
    """Persons who turned out to be others."""
    regrades: int
    voided: int
    """Attempts that are declared void."""
    standing_ms: int
    """When the last standing changed."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """Who takes part by now, and the list that says so."""

    campaign_id: int
    entrants: tuple[Entrant, ...]
    data: bytes
    guests: int
    """Entrants who are known only by a browser: one person with three browsers may be three of them."""
    as_of: AsOf


def find_offering(session: Session, slug: str) -> Offering:
    """Raises NotFound."""
    row = session.execute(
        select(
            Campaign.id,
            Campaign.name,
            Campaign.state,
            Campaign.closes_ms,
            Campaign.draw_points,
            Campaign.salt,
            Campaign.wins,
            Campaign.tickets,
        ).where(Campaign.slug == slug)
    ).one_or_none()
    if row is None:
        raise NotFound(f"没有名为 {slug[:64]} 的活动，请核对活动代号。")
    return Offering(*row)


def gather(session: Session, campaign_slug: str) -> Gathered:
    """The part of `freeze` that takes long for many entrants, for a session that only reads.

    On SQLite one writer at a time has the database: this keeps the freeze itself short. Raises NotFound, and
    DrawRefused when there are more tickets than a list may hold.
    """
    return gather_for(session, find_offering(session, campaign_slug))


def gather_for(session: Session, campaign: Offering) -> Gathered:
    as_of = as_of_now(session, campaign.id)  # before the list: what changes in between makes it stale
    entrants = _entrants(session, campaign)
    if sum(entrant.tickets for entrant in entrants) > TICKET_LIMIT:
        raise DrawRefused(f"名单的抽奖券超过 {TICKET_LIMIT} 张，抽不了；请与技术人员核对抽奖券的规则。")
    return Gathered(campaign.id, entrants, scheme.list_bytes(entrants), _count_guests(session, campaign), as_of)


def is_fresh(session: Session, gathered: Gathered, campaign: Offering, now: int) -> bool:
    """Whether a list that was gathered a moment before may be frozen.

    While people may still finish, who does so since is no entrant. Whoever was merged since would be one twice.
    """
    current = as_of_now(session, campaign.id)
    if campaign.is_on(now):
        current = current._replace(standing_ms=gathered.as_of.standing_ms)
    return gathered.campaign_id == campaign.id and gathered.as_of == current


def as_of_now(session: Session, campaign_id: int) -> AsOf:
    merged = select(func.count()).select_from(Person).where(Person.merged_into_id.is_not(None))
    regrades = (
        select(func.count())
        .select_from(Regrade)
        .where(Regrade.campaign_id == campaign_id, Regrade.finished_ms.is_not(None))
    )
    voided = select(func.count()).where(AttemptVoid.campaign_id == campaign_id)
    changed = select(func.coalesce(func.max(Standing.changed_ms), 0)).where(Standing.campaign_id == campaign_id)
    return AsOf(*(session.execute(query).scalar_one() for query in (merged, regrades, voided, changed)))


def days_of(session: Session, campaign_id: int, person_id: int) -> int:
    """On how many days a person's finished attempts were begun; superseded and void ones do not count."""
    counted = select(func.count(Attempt.day.distinct())).where(
        Attempt.campaign_id == campaign_id, Attempt.person_id == person_id, Attempt.state == "finished"
    )
    return session.execute(counted).scalar_one()


def _entrants(session: Session, campaign: Offering) -> tuple[Entrant, ...]:
    rule, salt, least = campaign.tickets, campaign.salt, campaign.draw_points
    days = (
        select(Attempt.person_id, func.count(Attempt.day.distinct()).label("days"))
        .where(Attempt.campaign_id == campaign.id, Attempt.state == "finished")
        .group_by(Attempt.person_id)
        .subquery()
    )
    query = (
        select(Standing.person_id, Standing.points, Unit.code, days.c.days if rule.counts_days else literal(1))
        .join(Person, Person.id == Standing.person_id)
        .outerjoin(Unit, Unit.id == Person.unit_id)
        .where(Standing.campaign_id == campaign.id, Standing.points >= least, Person.merged_into_id.is_(None))
    )
    if rule.counts_days:
        query = query.outerjoin(days, days.c.person_id == Standing.person_id)
    return tuple(
        Entrant(pseudonym(salt, person_id), unit or NO_UNIT, tickets)
        for person_id, points, unit, days_played in session.execute(query, execution_options={"yield_per": 10_000})
        if (tickets := rule.tickets(points, least, days_played or 1))
    )


def _count_guests(session: Session, campaign: Offering) -> int:
    channels = (
        select(Identity.person_id)
        .join(Standing, Standing.person_id == Identity.person_id)
        .where(Standing.campaign_id == campaign.id, Standing.points >= campaign.draw_points)
        .group_by(Identity.person_id)
        .having(func.min(Identity.channel) == BROWSER, func.max(Identity.channel) == BROWSER)
    )
    return session.execute(select(func.count()).select_from(channels.subquery())).scalar_one()
