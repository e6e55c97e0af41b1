"""Units to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import tables, units
from campaigns.editions import Edition

MOST_FOUND = 20
MOST_LISTED = 500


@dataclass(frozen=True, slots=True)
class UnitLink:
    code: str
    name: str
    above: str
    below: bool
    """Whether there are units below it."""


@dataclass(frozen=True, slots=True)
class Found:
    units: Sequence[UnitLink]
    more: int
    """So many others were found."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What is directly below a unit, or at the top of what takes part."""

    parent: str
    """The name of that unit; empty: at the top."""
    up: str
    """The code of the one above it; empty: the top."""
    units: Sequence[UnitLink]


def found(session: Session, edition: Edition, text: str) -> Found:
    listing = units.look_up(session, text, edition.id, MOST_FOUND)
    below = _with_units_below(session, [one.id for one in listing.units])
    links = [UnitLink(one.code, one.name, one.above, one.id in below) for one in listing.units]
    return Found(links, listing.total - len(links))


def listed(session: Session, edition: Edition, code: str) -> Listed:
    """Raises NotFound for a code that no unit has."""
    parent = units.find(session, code) if code else None
    below = _tops(session, edition) if parent is None else units.children(session, parent.id)
    shown = below[:MOST_LISTED]
    parents = _with_units_below(session, [one.id for one in shown])
    above = None if parent is None or parent.parent_id is None else session.get(tables.Unit, parent.parent_id)
    is_top = parent is not None and parent.id in {one.id for one in _tops(session, edition)}
    return Listed(
        parent="" if parent is None else parent.name,
        up="" if above is None or is_top else above.code,
        units=[UnitLink(one.code, one.name, "", one.id in parents) for one in shown],
    )


def _tops(session: Session, edition: Edition) -> Sequence[tables.Unit]:
    """The units that a campaign names; without any, those at the top of the tree."""
    part, unit = tables.CampaignUnit, tables.Unit
    named = session.scalars(
        select(unit)
        .join(part, part.unit_id == unit.id)
        .where(part.campaign_id == edition.id, unit.retired.is_(False))
        .order_by(unit.name, unit.id)
    ).all()
    return named or units.children(session)


def _with_units_below(session: Session, ids: Sequence[int]) -> set[int]:
    unit = tables.Unit
    rows = session.scalars(select(unit.parent_id).where(unit.parent_id.in_(ids), unit.retired.is_(False)).distinct())
    return {one for one in rows if one is not None}
