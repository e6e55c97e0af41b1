"""A campaign's entry page, and beginning from it.

======================== ===============================================================================
``GET  /``               to the campaign that is on now
``GET  /q/<slug>``       the entry page; ``?u=`` names a unit, ``?k=`` offers to be the person of a chat
``POST /q/<slug>/unit``  be of the unit that the link named
``POST /q/<slug>/begin`` agree to the notice, and begin an attempt or go on with the open one
======================== ===============================================================================
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from random import SystemRandom

from flask import current_app, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from bot import privacy_notices
from bot.pages import adopting, devices, identity, wechat_sign_in, wecom_sign_in
from bot.pages.blueprint import Page, blueprint, notice
from bot.pages.moments import duration
from bot.pages.pictures import Shown, banner_shown
from bot.pages.views import campaign, changes, rankings, results
from bot.pages.visits import Visit, read_visit, received
from bot.wording import tell
from campaigns import bindings, people, play
from campaigns.editions import current_campaign
from campaigns.errors import Moved, NotAdmitted, NotFound, NotOpen
from campaigns.stores import Stores

LEADERS = 10


@blueprint.get("/")
def home() -> Page:
    stores: Stores = current_app.extensions["lvda"]
    with stores.sql.reading() as session:
        current = current_campaign(session, received())
    if current is None:
        return render_template("quiz/trouble.html", title=tell("page.none"), sentence=tell("page.none.sentence"))
    return redirect(url_for("pages.entry", slug=stores.editions.get(stores.sql, *current).slug))


@blueprint.get("/q/<slug>", strict_slashes=False)
def entry(slug: str) -> Page:
    visit = read_visit(slug, received())
    if (away := wecom_sign_in.begin(visit) or wechat_sign_in.begin(visit)) is not None:
        return away
    if (token := request.args.get("k")) is not None:
        return adopting.offer(visit, token)
    said = notice()
    if unit_code := request.args.get("u"):
        try:
            visit = replace(visit, visitor=identity.represent(visit.stores, visit.visitor, unit_code))
        except NotFound:
            said = tell("note.unit")
    return render_template("quiz/entry.html", notice=said, **_entry(visit))


def _entry(visit: Visit) -> dict[str, object]:
    edition, attempt = visit.edition, visit.attempt
    with visit.stores.sql.reading() as session:
        attempts = play.attempts_left(session, visit.person_id, edition, visit.now)
        begins = edition.is_open(visit.now) and (attempt is not None or attempts is None or attempts > 0)
        unit, unit_offered = _units(session, visit, begins=begins)
        return {
            "edition": edition,
            "picture": _picture(visit),
            "state": campaign.state(edition, visit.now),
            "rules": campaign.main_rules(edition),
            "attempt": attempt,
            "begins": begins,
            "left": campaign.left(edition, attempts),
            "needs": _needs(session, visit, unit),
            "agreed": visit.turn is not None and privacy_notices.is_agreed(session, visit.turn.identity_id, edition),
            "unit": unit,
            "unit_offered": unit_offered,
            "notices": changes.notices(session, edition),
            "draws": results.draws(session, edition, visit.person_id),
            **_last(session, visit),
            **_ranking(session, visit),
        }


def _picture(visit: Visit) -> Shown | None:
    sha256 = visit.edition.picture_sha256
    return None if sha256 is None else banner_shown(visit.stores.sql, sha256)


def _needs(session: Session, visit: Visit, unit: str) -> str:
    """What somebody has to do before they may begin; empty: nothing."""
    admission = visit.edition.admission
    if admission == "roster":
        is_ready = visit.turn is not None and bindings.bound(session, visit.turn.person_id).rostered
    else:
        is_ready = bool(unit) or admission == "open"
    return "" if is_ready else tell(f"entry.needs.{admission}")


def _last(session: Session, visit: Visit) -> dict[str, object]:
    last = play.last_finished(session, visit.person_id, visit.edition.id)
    if last is None:
        said = ""
    elif visit.edition.is_revealed(visit.now, finished=True):
        said = tell("entry.last.sentence", score=last.score, used=duration(last.used_ms))
    else:
        said = tell("entry.last.later")
    return {"last": last, "last_said": said}


def _ranking(session: Session, visit: Visit) -> dict[str, object]:
    """The first of the ranking, where it may be seen."""
    edition, ranking = visit.edition, visit.stores.ranking
    shown = rankings.are_shown(edition, visit.now)
    if not shown:
        return {"ranks": edition.ranks, "ranking_shown": False, "leaders": [], "rank": None}
    placed = ranking.top(edition.id, LEADERS)
    return {
        "ranks": edition.ranks,
        "ranking_shown": True,
        "leaders": rankings.leaders(session, edition, placed, visit.person_id),
        "rank": ranking.rank(edition.id, visit.person_id),
    }


def _units(session: Session, visit: Visit, *, begins: bool) -> tuple[str, str]:
    """The unit that a visitor stands for, or will by beginning; and the one they are offered, when nothing begins."""
    own = people.unit_name(session, visit.person_id)
    named = identity.named_unit(session, visit.visitor, visit.person_id)
    if begins or visit.turn is None:
        return named or own, ""
    return own, "" if visit.edition.is_over(visit.now) else named


@blueprint.post("/q/<slug>/unit")
def unit(slug: str) -> Page:
    visit = read_visit(slug, received())
    if visit.edition.is_over(visit.now):
        raise NotOpen(slug)
    return visit.to("entry", note=None if visit.turn is None else _join_named_unit(visit, visit.turn))


def _join_named_unit(visit: Visit, turn: play.Turn) -> str | None:
    """Join the unit that the link named; gives the note to show when it is gone."""
    try:
        identity.join_named_unit(visit.stores, visit.visitor, turn.person_id)
    except NotFound:
        return "unit"
    return None


@blueprint.post("/q/<slug>/begin")
def begin(slug: str) -> Page:
    visit = read_visit(slug, received())
    if not visit.edition.is_open(visit.now):
        raise NotOpen(slug)
    visit, turn = met(visit)
    note = _join_named_unit(visit, turn)
    if turn.attempt is not None:
        _agree_anew(visit, turn)
    return play_on(visit, note=note)


def _agree_anew(visit: Visit, turn: play.Turn) -> None:
    """Whoever goes on agrees by that, as whoever begins: they may have taken their consent back in between."""
    with visit.stores.sql.reading() as session:
        if privacy_notices.is_agreed(session, turn.identity_id, visit.edition):
            return
    with visit.stores.sql.transaction() as session:
        privacy_notices.agree(session, turn.identity_id, visit.edition, visit.now)


def play_on(visit: Visit, *, note: str | None = None) -> Page:
    """To the question that waits; of a new attempt, where none is open. Who has to say who they are does so first.

    Raises NotOpen, NoAttemptLeft.
    """
    if visit.turn is not None and visit.turn.attempt is None:
        try:
            with suppress(Moved):  # a double tap: the attempt is there
                play.begin(
                    visit.stores.sql,
                    visit.turn,
                    visit.edition,
                    SystemRandom(),
                    visit.now,
                    in_chat=False,
                    consent=privacy_notices.version_of(visit.edition),
                    origin=devices.origin(visit.edition),
                )
        except NotAdmitted:
            return visit.to("bind", note=note)
    return visit.to("question", note=note)


def met(visit: Visit) -> tuple[Visit, play.Turn]:
    """The visit of somebody who may have been nobody yet, and where they stand now. Raises Moved."""
    if visit.turn is None:
        visitor = identity.meet(visit.stores, visit.visitor, visit.now)
        visit = replace(visit, visitor=visitor, turn=identity.look(visit.stores, visitor, visit.edition))
    if visit.turn is None:
        raise Moved
    return visit, visit.turn


@blueprint.get("/q/")
@blueprint.get("/q/<path:elsewhere>")
def lost(elsewhere: str = "") -> Page:
    """An address that was copied in part, or mistyped."""
    raise NotFound(elsewhere)
