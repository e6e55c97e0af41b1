"""What of the units and persons whoever is signed in may see: all of them, or a liaison's own unit and those below it.

What lies beyond is answered as what does not exist: that there is such a unit or person is not to be told either.
"""

from __future__ import annotations

from flask_login import current_user
from sqlalchemy import ColumnElement, exists, literal, select
from sqlalchemy.orm import Session

from campaigns import tables, units
from campaigns.errors import NotFound


def own_unit(session: Session) -> tables.Unit | None:
    """The unit beyond which whoever is signed in sees nothing; None: they see everything."""
    unit_id = current_user.account.unit_id
    return None if unit_id is None else session.get(tables.Unit, unit_id)


def own_path(session: Session) -> str:
    """The path of that unit; empty: they see everything."""
    own = own_unit(session)
    return own.path if own is not None else ""


def unit_asked(session: Session, code: str) -> tables.Unit | None:
    """The unit of a code that was asked for; without one a liaison's own, and None (all) for others.

    Raises NotFound for a code that no unit has, or one beyond a liaison's.
    """
    own = own_unit(session)
    return units.find(session, code, below=own) if code else own


def units_seen(session: Session) -> list[ColumnElement[bool]]:
    """What a unit must be to be seen: conditions for a query of `tables.Unit`; none where all are."""
    own = own_unit(session)
    return [] if own is None else [tables.Unit.path.startswith(own.path, autoescape=True)]


def ancestors_seen(session: Session, unit_id: int) -> list[tables.Unit]:
    """What is above a unit, from the top that may be seen."""
    path = own_path(session)
    return [one for one in units.ancestors(session, unit_id) if one.path.startswith(path)]


def person_asked(session: Session, person_id: int) -> tables.Person:
    """The person of an id. Raises NotFound where there is none, or one beyond a liaison's units."""
    person = session.get(tables.Person, person_id)
    own = own_unit(session)
    if person is not None and own is not None:
        path = session.scalar(select(tables.Unit.path).where(tables.Unit.id == person.unit_id))
        if path is None or not path.startswith(own.path):
            person = None
    if person is None:
        raise NotFound(f"没有编号为 {person_id} 的人，请查找以后再试。")
    return person


def is_campaign_seen(session: Session, slug: str) -> bool:
    """Whether a campaign is there for whoever is signed in; the guard asks before every view that a liaison may open.

    To a liaison those are that were published for one of their units, as for all units.
    """
    return session.scalar(select(exists().where(tables.Campaign.slug == slug, *campaigns_seen(session)))) or False


def campaigns_seen(session: Session) -> list[ColumnElement[bool]]:
    """What a campaign must be to be seen: conditions for a query of `tables.Campaign`; none where all are."""
    own = own_unit(session)
    if own is None:
        return []
    campaign, named, unit = tables.Campaign, tables.CampaignUnit, tables.Unit
    for_all = ~exists().where(named.campaign_id == campaign.id)
    among = unit.path.startswith(own.path) | literal(own.path).startswith(unit.path)  # below ours, or above it
    for_ours = exists().where(named.campaign_id == campaign.id, unit.id == named.unit_id, among)
    return [campaign.state != "draft", for_all | for_ours]
