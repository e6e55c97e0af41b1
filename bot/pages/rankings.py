"""Who is first.

============================== =============================================================================
``GET /q/<slug>/rankings``       the first hundred persons, and one's own place
``GET /q/<slug>/rankings/units`` units at the top of the tree, with ``?of=`` those below one
============================== =============================================================================
"""

from __future__ import annotations

from flask import render_template, request

from bot.pages.blueprint import Page, blueprint
from bot.pages.views import campaign, rankings
from bot.pages.visits import read_visit, received
from campaigns import units

PERSONS = 100


@blueprint.get("/q/<slug>/rankings")
def persons(slug: str) -> Page:
    visit = read_visit(slug, received())
    edition, ranking = visit.edition, visit.stores.ranking
    if not rankings.are_shown(edition, visit.now):
        return render_template("quiz/rankings.html", edition=edition, kind="persons", hidden=True)
    placed = ranking.top(edition.id, PERSONS)
    with visit.stores.sql.reading() as session:
        leaders = rankings.leaders(session, edition, placed, visit.person_id)
    return render_template(
        "quiz/rankings.html",
        edition=edition,
        kind="persons",
        hidden=False,
        leaders=leaders,
        rank=ranking.rank(edition.id, visit.person_id),
        rules=[campaign.tie_rule(edition)],
    )


@blueprint.get("/q/<slug>/rankings/units")
def units_ranked(slug: str) -> Page:
    visit = read_visit(slug, received())
    edition = visit.edition
    if not rankings.are_shown(edition, visit.now):
        return render_template("quiz/rankings.html", edition=edition, kind="units", hidden=True)
    code, own_id = request.args.get("of", ""), None if visit.turn is None else visit.turn.unit_id
    with visit.stores.sql.reading() as session:
        parent = units.find(session, code) if code else None
        own = rankings.line_of_units(session, own_id)
        up = None if parent is None else rankings.above(session, parent)
    placed = visit.stores.units.table(edition, None if parent is None else parent.id, now=visit.now)
    return render_template(
        "quiz/rankings.html",
        edition=edition,
        kind="units",
        hidden=False,
        places=rankings.unit_lines(edition, placed, own),
        parent=parent,
        up=up,
        column=rankings.column(edition),
        rules=[campaign.unit_rule(edition)],
    )
