"""Who is first, with names that do not give persons away."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.pages.moments import duration
from bot.wording import tell
from campaigns import privacy, tables
from campaigns.draws import pseudonym
from campaigns.editions import Edition
from campaigns.standings import Placed
from campaigns.unit_standings import UnitPlace
from campaigns.units.tree import ids_in


@dataclass(frozen=True, slots=True)
class Leader:
    """A line of the ranking."""

    rank: int
    name: str
    unit: str
    points: int
    used: str
    own: bool


def leaders(session: Session, edition: Edition, placed: Sequence[Placed], own_id: int) -> list[Leader]:
    """Lines of a ranking of persons."""
    person, unit = tables.Person, tables.Unit
    rows = session.execute(
        select(person.id, person.name, unit.name)
        .outerjoin(unit, unit.id == person.unit_id)
        .where(person.id.in_([place.person_id for place in placed]))
    )
    people = {person_id: (name, unit_name or "") for person_id, name, unit_name in rows}
    return [
        Leader(
            rank=place.rank,
            name=shown_name(edition, place.person_id, people[place.person_id][0]),
            unit=people[place.person_id][1],
            points=place.points,
            used=duration(place.used_ms),
            own=place.person_id == own_id,
        )
        for place in placed
        if place.person_id in people  # the ranking is a copy: a person may have been merged away since
    ]


def shown_name(edition: Edition, person_id: int, name: str) -> str:
    """A person's masked name; a guest by the end of their pseudonym."""
    if name:
        return privacy.masked(name)
    return tell("guest", number=pseudonym(edition.salt, person_id)[-privacy.TAIL :])


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A line of a table of units."""

    rank: int | None
    code: str
    name: str
    figure: str
    """What decides, as `column` calls it."""
    more: str
    """What else is told of it, in words."""
    own: bool
    below: bool
    """Whether there are units below it to look at."""
    over: bool
    """Whether more took part than it has people."""


MEASURES = {
    "participation": ("rate", "average", "entrants"),
    "average": ("average", "rate", "entrants"),
    "total": ("total", "rate", "average"),
    "pass_rate": ("pass_rate", "rate", "average"),
}
"""Which figures a table of units shows, by the campaign's measure: what decides first."""


def are_shown(edition: Edition, now: int) -> bool:
    """Whether rankings may be seen by now."""
    return edition.ranks and (edition.reveals != "after_close" or edition.is_over(now))


def column(edition: Edition) -> str:
    """What the figure is called that decides between units."""
    return tell(f"column.{MEASURES[edition.unit_ranking][0]}")


def unit_lines(edition: Edition, places: Sequence[UnitPlace], own: Collection[int]) -> list[UnitLine]:
    """Lines of a table of units; `own` are the ids of one's own unit and of those above it."""
    return [
        UnitLine(
            rank=place.rank,
            code=place.code,
            name=place.name,
            figure=_figure(place, MEASURES[edition.unit_ranking][0]),
            more=_more(place, MEASURES[edition.unit_ranking][1:]),
            own=place.unit_id in own,
            below=place.units_below > 0,
            over=place.is_over,
        )
        for place in places
    ]


def _more(place: UnitPlace, names: Sequence[str]) -> str:
    told = [tell("column.figure", column=tell(f"column.{name}"), figure=_figure(place, name)) for name in names]
    return tell("list.dot").join(told)


def _figure(place: UnitPlace, name: str) -> str:
    match name:
        case "rate" | "pass_rate":
            share = place.rate if name == "rate" else place.pass_rate
            return tell("figure.none") if share is None else f"{share:.1%}"
        case "average":
            return tell("figure.none") if place.average is None else f"{place.average:.1f}"
        case "entrants" if place.headcount is not None:
            return f"{place.entrants}/{place.headcount}"
        case "entrants":
            return str(place.entrants)
        case _:
            return str(place.total)


def line_of_units(session: Session, unit_id: int | None) -> set[int]:
    """The ids of a unit and of all above it."""
    unit = None if unit_id is None else session.get(tables.Unit, unit_id)
    return set() if unit is None else set(ids_in(unit.path)) | {unit.id}


def above(session: Session, unit: tables.Unit) -> tables.Unit | None:
    """The unit right above one; None at the top."""
    return None if unit.parent_id is None else session.get(tables.Unit, unit.parent_id)
