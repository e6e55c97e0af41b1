"""Who stands where: persons, and units down the tree; on the page and as files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import Response, render_template, request
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.campaigns.campaign_form import CHOICES
from admin.console import console
from admin.context import now, stores
from admin.rights import Action, may, needs
from admin.scope import ancestors_seen, unit_asked
from admin.spreadsheets import MOST_ROWS, people_file, sheet_file
from campaigns import keeping, tables, units
from campaigns.clock import duration_in_words, in_words
from campaigns.draws import pseudonym
from campaigns.privacy import shown
from campaigns.standings import Placed
from campaigns.text_tables import TextTable
from campaigns.unit_standings import table_of

STANDINGS_SHOWN = 100
UNITS_SHOWN = 500
"""On the page; the file has all of them."""
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the standings."""

    rank: int
    name: str
    unit: str
    points: int
    used_ms: int
    finished_ms: int


@console.get("/campaigns/<slug>/rankings")
@needs(Action.SEE_STANDINGS, scoped=True)
def campaign_rankings(slug: str) -> str:
    """Of all; with ``?unit=CODE`` the persons of a unit and those below it, and the units below it."""
    code, level = request.args.get("unit", ""), request.args.get("level", "")
    level = level if level in units.LEVELS else ""
    at = now()
    edition = stores().editions.by_slug(stores().sql, slug)
    with stores().sql.reading() as session:
        found = keeping.overview(session, slug)
        unit = unit_asked(session, code)
        unit_id = unit.id if unit else None
        ancestors = ancestors_seen(session, unit.id) if unit else []
    places = stores().units.table(edition, unit_id, level or None, now=at)
    placed = stores().ranking.top(found.id, STANDINGS_SHOWN, unit_id)
    with stores().sql.reading() as session:
        standings = list(_lines(session, edition.salt, placed, full=False))
    return render_template(
        "admin/campaign_rankings.html",
        campaign=found,
        unit=unit,
        ancestors=ancestors,
        places=places[:UNITS_SHOWN],
        places_total=len(places),
        standings=standings,
        level=level,
        levels=units.LEVELS,
        measure=CHOICES["unit_ranking"][edition.unit_ranking].label,
        edition=edition,
        tab="rankings",
    )


@console.get("/campaigns/<slug>/rankings/persons.xlsx")
@needs(Action.SEE_STANDINGS, scoped=True)
def persons_file(slug: str) -> Response:
    """With names in full for those who may see them."""
    edition = stores().editions.by_slug(stores().sql, slug)
    with stores().sql.reading() as session:
        code = request.args.get("unit", "")
        unit = unit_asked(session, code)
        unit_id = unit.id if unit else None
        placed = stores().ranking.top(edition.id, MOST_ROWS, unit_id)
        full = may(current_user.account.role, Action.SEE_NAMES)
        lines = list(_lines(session, edition.salt, placed, full=full))
    rows = [
        (
            one.rank,
            one.name,
            one.unit,
            one.points,
            duration_in_words(one.used_ms),
            in_words(one.finished_ms, edition.timezone),
        )
        for one in lines
    ]
    table = TextTable("个人排名", ("名次", "姓名", "单位", "得分", "用时", "完成时间"), rows)
    return people_file(table, f"{slug}-persons{f'-{code}' if code else ''}", f"campaign:{slug}", full=full)


@console.get("/campaigns/<slug>/rankings/units.xlsx")
@needs(Action.SEE_STANDINGS, scoped=True)
def units_file(slug: str) -> Response:
    edition = stores().editions.by_slug(stores().sql, slug)
    code, level = request.args.get("unit", ""), request.args.get("level", "")
    with stores().sql.reading() as session:
        unit = unit_asked(session, code)
        unit_id = unit.id if unit else None
    places = stores().units.table(edition, unit_id, level if level in units.LEVELS else None, now=now())
    return sheet_file(table_of(places), f"{slug}-units{f'-{code}' if code else ''}")


def _lines(session: Session, salt: str, placed: Sequence[Placed], *, full: bool) -> Iterator[Line]:
    person, unit = tables.Person, tables.Unit
    for start in range(0, len(placed), _AT_ONCE):
        some = placed[start : start + _AT_ONCE]
        rows = session.execute(
            select(person.id, person.name, unit.name)
            .outerjoin(unit, unit.id == person.unit_id)
            .where(person.id.in_([one.person_id for one in some]))
        )
        persons = {person_id: (name, unit_name or "") for person_id, name, unit_name in rows}
        for one in some:
            name, unit_name = persons.get(one.person_id, ("", ""))
            called = name if name and full else shown(name, pseudonym(salt, one.person_id))
            yield Line(one.rank, called, unit_name, one.points, one.used_ms, one.finished_ms)
