"""Going on as the person of a chat, by a link from there.

======================== =============================================
``POST /q/<slug>/adopt`` be the person of a chat from now on
======================== =============================================
"""

from __future__ import annotations

from flask import current_app, render_template, request

from bot.links import Links, Resume
from bot.pages import identity
from bot.pages.blueprint import Page, blueprint
from bot.pages.visits import Visit, read_visit, received
from campaigns import people

WAYS = ("question", "prizes")
"""The pages, beside the entry page, that a link from a chat may lead to."""


def offer(visit: Visit, token: str, *, to: str = "entry") -> Page:
    """Ask whether to go on as the chat's person; a browser that is that person already just goes on to a page."""
    resume = _links().read_resume(token)
    if resume is None:
        return visit.to("entry", note="expired")
    if _is_already(visit, resume):
        return visit.to(to)
    with visit.stores.sql.reading() as session:
        found = identity.offer(session, visit.turn, resume, visit.now)
    if found is None:
        return visit.to("entry", note="expired")
    return render_template("quiz/adopt.html", edition=visit.edition, offer=found, token=token, to=to)


@blueprint.post("/q/<slug>/adopt")
def adopt(slug: str) -> Page:
    visit = read_visit(slug, received())
    resume = _links().read_resume(request.form.get("k", ""))
    if resume is not None and (
        _is_already(visit, resume) or identity.adopt(visit.stores, visit.edition, resume, visit.now)
    ):
        to = request.form.get("to", "")
        return visit.to(to if to in WAYS else "entry")
    return visit.to("entry", note="expired")


def _is_already(visit: Visit, resume: Resume) -> bool:
    """Whether this browser is the link's person, whoever that turned out to be."""
    with visit.stores.sql.reading() as session:
        return people.living(session, resume.person_id) == visit.person_id


def _links() -> Links:
    links: Links = current_app.extensions["lvda.links"]
    return links
