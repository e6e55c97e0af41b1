"""Saying who one is (绑定): the unit, and where an office has a roster, name and staff number.

====================== ====================================================================================
``GET  /q/<slug>/bind`` find a unit, by ``?s=`` or below ``?of=``; ``?unit=`` is the one that was chosen
``POST /q/<slug>/bind`` be of that unit, as that person; then begin
====================== ====================================================================================

The rules and their sentences are those of the chats: see `campaigns.bindings`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import render_template, request
from sqlalchemy.orm import Session

from bot import privacy_notices
from bot.pages import identity
from bot.pages.blueprint import Page, blueprint, notice
from bot.pages.entry import met, play_on
from bot.pages.views import units as unit_views
from bot.pages.visits import Visit, read_visit, received
from bot.wording import tell
from campaigns import bindings, merging, play, tables, units
from campaigns.bindings import Needs
from campaigns.errors import NoAttemptLeft, NotFound, NotOpen, Refused

LONGEST = 60
"""Characters of a name, a number or a text that is looked for."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form brought."""

    name: str = ""
    number: str = ""
    agreed: bool = False


@blueprint.get("/q/<slug>/bind")
def bind(slug: str) -> Page:
    visit = read_visit(slug, received())
    code = request.args.get("unit", "")
    if not code:
        return _looked_for(visit)
    try:
        return _confirmed(visit, code, Typed())
    except NotFound:
        return visit.to("bind", note="no_unit")


def _looked_for(visit: Visit) -> str:
    text, of = request.args.get("s", "")[:LONGEST].strip(), request.args.get("of", "")
    with visit.stores.sql.reading() as session:
        return render_template(
            "quiz/bind.html",
            edition=visit.edition,
            bound=None if visit.turn is None else bindings.bound(session, visit.person_id),
            text=text,
            found=unit_views.found(session, visit.edition, text) if text else None,
            listed=unit_views.listed(session, visit.edition, of),
            notice=notice(),
        )


def _confirmed(visit: Visit, code: str, typed: Typed, problem: str = "", *, refused: bool = False) -> str:
    """The unit that was chosen, and what else is asked for; `typed` came with a form that was refused.

    `refused`: the problem is the campaign's own sentence, which is Chinese in whatever language the page is read.
    """
    with visit.stores.sql.reading() as session:
        unit = units.find(session, code)
        return render_template(
            "quiz/bind_confirm.html",
            edition=visit.edition,
            unit=unit,
            above=units.names_above(session, [unit.path])[unit.path],
            needs=_needs(session, visit, unit),
            named=_is_named(visit),
            typed=typed,
            problem=problem,
            refused=refused,
            longest=LONGEST,
        )


def _needs(session: Session, visit: Visit, unit: tables.Unit) -> Needs:
    """What else is asked of whoever chose a unit: nothing of whom a roster has already. Raises NotFound."""
    needs = bindings.needs(session, unit.id)
    if visit.turn is not None and bindings.bound(session, visit.turn.person_id).rostered:
        return Needs(name=False, number=False)
    return needs


def _is_named(visit: Visit) -> bool:
    """Whether nobody takes part without their name."""
    return visit.edition.admission == "roster"


@blueprint.post("/q/<slug>/bind")
def bound(slug: str) -> Page:
    visit = read_visit(slug, received())
    if visit.edition.is_over(visit.now):
        raise NotOpen(slug)
    code = request.form.get("unit", "")
    typed = Typed(
        request.form.get("name", "")[:LONGEST].strip(),
        request.form.get("number", "")[:LONGEST].strip(),
        request.form.get("agreed") == "yes",
    )
    try:
        with visit.stores.sql.reading() as session:
            unit = units.find(session, code)
            needs = _needs(session, visit, unit)
    except NotFound:  # retired meanwhile
        return visit.to("bind", note="no_unit")
    if missing := _missing(typed, asks_name=needs.name and _is_named(visit)):
        return _confirmed(visit, code, typed, missing), 422
    visit, turn = met(visit)
    identity.remember(visit.visitor)
    try:
        _bind(visit, turn, unit, typed if needs.name else Typed())
    except Refused as error:
        return _confirmed(visit, code, typed, str(error), refused=True), 422
    visit = replace(visit, turn=identity.look(visit.stores, visit.visitor, visit.edition))
    if not _is_complete(visit):
        return _confirmed(visit, code, typed, tell("bind.no_roster", unit=unit.name)), 422
    try:
        return play_on(visit)
    except (NotOpen, NoAttemptLeft):  # who they are is settled all the same
        return visit.to("entry", note="bind")


def _missing(typed: Typed, *, asks_name: bool) -> str:
    if asks_name and not typed.name:
        return tell("bind.name.missing")
    return "" if typed.agreed else tell("bind.consent.missing")


def _bind(visit: Visit, turn: play.Turn, unit: tables.Unit, typed: Typed) -> None:
    """Raises Refused, with what to say."""
    store = visit.stores.sql
    with store.transaction() as session:
        privacy_notices.agree(session, turn.identity_id, visit.edition, visit.now)
        bindings.choose_unit(session, turn.identity_id, unit.id, visit.now, visit.edition.id)
    if typed.name:
        regrouped = bindings.match(store, turn.identity_id, unit.id, typed.name, typed.number, visit.now)
        merging.push(visit.stores.ranking, regrouped)


def _is_complete(visit: Visit) -> bool:
    """Whether whoever has said who they are may take part: a unit without a roster is not enough for some campaigns."""
    if visit.turn is None or not _is_named(visit):
        return True
    with visit.stores.sql.reading() as session:
        return bindings.bound(session, visit.turn.person_id).rostered
