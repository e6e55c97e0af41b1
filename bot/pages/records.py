"""What is recorded of whoever opens the page.

========================== ============================================================
``GET  /q/<slug>/record``  who one is, one's attempts, prizes, consent and notices
``POST /q/<slug>/notices`` want no notices any more, or want them again
========================== ============================================================
"""

from __future__ import annotations

from flask import render_template, request

from bot.pages.blueprint import Page, blueprint, notice
from bot.pages.views import prizes, records, results
from bot.pages.visits import read_visit, received
from campaigns import people


@blueprint.get("/q/<slug>/record")
def record(slug: str) -> Page:
    visit = read_visit(slug, received())
    edition = visit.edition
    with visit.stores.sql.reading() as session:
        own = None if visit.turn is None else records.own(session, edition, visit.turn, visit.now)
        draws = results.draws(session, edition, visit.person_id)
        won = prizes.own_count(session, edition, visit.person_id)
    return render_template("quiz/record.html", edition=edition, notice=notice(), own=own, draws=draws, won=won)


@blueprint.post("/q/<slug>/notices")
def notices(slug: str) -> Page:
    visit = read_visit(slug, received())
    if visit.turn is None:
        return visit.to("record")
    wanted = request.form.get("wanted") == "yes"
    with visit.stores.sql.transaction() as session:
        people.mute(session, visit.turn.person_id, None if wanted else visit.now)
    return visit.to("record", note="unmuted" if wanted else "muted")


@blueprint.get("/q/<slug>/notices")
def notices_reopened(slug: str) -> Page:
    """An address that was reached by a form, opened again by hand."""
    return read_visit(slug, received()).to("record")
