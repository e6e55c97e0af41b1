"""Who of the roster has not taken part: for the liaison officers who go and ask them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask import Response, render_template, request
from flask_login import current_user
from sqlalchemy.orm import Session

from admin.console import console
from admin.context import stores
from admin.paging import page_asked, pages_offered
from admin.people.person_pages import hidden, name_of
from admin.rights import Action, may, needs
from admin.scope import unit_asked
from admin.spreadsheets import people_file
from campaigns import absentees, keeping, tables
from campaigns.absentees import Absentee
from campaigns.editions import Edition

SHOWN = 100


@console.get("/campaigns/<slug>/absentees")
@needs(Action.SEE_PEOPLE, scoped=True)
def campaign_absentees(slug: str) -> str:
    """Of all that take part; with ``?unit=CODE`` of one unit and those below it."""
    edition = stores().editions.by_slug(stores().sql, slug)
    with stores().sql.reading() as session:
        found = keeping.overview(session, slug)
        unit, people = _asked(session, edition)
        officer = name_of(unit.officer) if unit is not None and unit.officer else ""
    pages = max(1, -(-len(people) // SHOWN))
    page = min(page_asked(), pages)
    return render_template(
        "admin/campaign_absentees.html",
        campaign=found,
        unit=unit,
        officer=officer,
        people=people[(page - 1) * SHOWN : page * SHOWN],
        total=len(people),
        page=page,
        offered=pages_offered(page, pages),
        tab="absentees",
    )


@console.get("/campaigns/<slug>/absentees.xlsx")
@needs(Action.SEE_PEOPLE, scoped=True)
def absentees_file(slug: str) -> Response:
    edition = stores().editions.by_slug(stores().sql, slug)
    with stores().sql.reading() as session:
        unit, people = _asked(session, edition)
    name = f"{slug}-absent{f'-{unit.code}' if unit is not None else ''}"
    full = may(current_user.account.role, Action.SEE_NAMES)
    return people_file(absentees.table(people), name, f"campaign:{slug}", full=full)


def _asked(session: Session, edition: Edition) -> tuple[tables.Unit | None, Sequence[Absentee]]:
    """As this role may see them."""
    unit = unit_asked(session, request.args.get("unit", "").strip())
    found = absentees.of(session, edition, unit.id if unit else None)
    return unit, [replace(one, name=name_of(one.name), staff_number=hidden(one.staff_number)) for one in found]
