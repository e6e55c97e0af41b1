"""A campaign's figures: numbers, charts with a table under each, and what somebody should look at."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask_login import current_user

from admin.campaigns.campaign_form import CHOICES
from admin.console import console
from admin.context import now, stores
from admin.figures import sheets
from admin.menu import MORE, OF_CAMPAIGN, PLACES, open_to
from admin.rights import Action, needs
from admin.scope import ancestors_seen, own_path, own_unit, unit_asked
from campaigns import figures, keeping, tables
from campaigns.editions import Edition
from campaigns.figures import OVERVIEW, QUESTIONS
from campaigns.figures.alarms import Alarm, alarms
from campaigns.unit_standings import UnitPlace

UNITS_SHOWN = 200
"""In the table; the file has all of them."""
HOURS_SHOWN = 14 * 24
_LINKS = {
    "questions": "campaign_questions",
    "signals": "campaign_signals",
    "messages": "messages",
    "awards": "campaign_awards",
    "doors": "campaign_doors",
    "system": "system",
}
"""The screen by which each kind of alarm is dealt with."""


@console.get("/campaigns/<slug>/figures")
@needs(Action.SEE_FIGURES, scoped=True)
def campaign_figures(slug: str) -> str:
    """Of all, and by units; with ``?unit=CODE`` by those below one. A liaison sees their own unit and those below."""
    at = now()
    edition = stores().editions.by_slug(stores().sql, slug)
    with stores().sql.reading() as session:
        found = keeping.overview(session, slug, under=own_path(session))
        own = own_unit(session)
        unit = unit_asked(session, request.args.get("unit", ""))
        above = ancestors_seen(session, unit.id) if unit else []
        overview = questions = None
        looked: list[Alarm] = []
        if own is None:
            overview = figures.current(session, found.id, OVERVIEW, at)
            questions = figures.current(session, found.id, QUESTIONS, at)
            looked = alarms(session, found.id, at)
    places = stores().units.table(edition, unit.id if unit else None, now=at)
    return render_template(
        "admin/campaign_figures.html",
        campaign=found,
        is_whole=own is None,
        overview=overview,
        questions=questions,
        alarms=looked,
        unit=unit,
        above=above,
        unit_place=_place(edition, unit, at) if unit else None,
        places=places[:UNITS_SHOWN],
        places_total=len(places),
        measure=CHOICES["unit_ranking"][edition.unit_ranking].label,
        edition=edition,
        sheets=sheets,
        hours_shown=HOURS_SHOWN,
        is_live=found.phase(at) in ("open", "paused"),
        tab="figures",
    )


@console.context_processor
def ways_out_of_alarms() -> dict[str, object]:
    return {"alarm_address": alarm_address}


def alarm_address(alarm: Alarm, slug: str) -> str:
    """Where an alarm is dealt with; empty where whoever is signed in cannot go there."""
    endpoint = _LINKS[alarm.link_kind]
    place = next((one for one in (*OF_CAMPAIGN, *PLACES, *MORE) if one.endpoint == endpoint), None)
    if place is None or not open_to(current_user.account, [place]):
        return ""
    return url_for(f"admin.{endpoint}", slug=slug) if place in OF_CAMPAIGN else url_for(f"admin.{endpoint}")


def _place(edition: Edition, unit: tables.Unit, at: int) -> UnitPlace | None:
    """A unit among those of its level; None: it takes no part."""
    among = stores().units.table(edition, level=unit.level, now=at)
    return next((one for one in among if one.unit_id == unit.id), None)
