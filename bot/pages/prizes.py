"""Prizes: what there is to win, and what whoever opens the page has won.

======================== ======================================================================================
``GET  /q/<slug>/prizes`` all prizes, and one's own with the codes that they are handed out by; ``?k=`` offers to
                         be the person of a chat
``POST /q/<slug>/prizes`` say where to send one of one's own
======================== ======================================================================================

A code is made when its winner first opens the page: nobody else ever sees it. What a winner tells of themselves is
sealed at once, and is not shown here again.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from random import SystemRandom

from flask import current_app, render_template, request

from bot.pages import adopting, wechat_sign_in, wecom_sign_in
from bot.pages.blueprint import Page, blueprint, notice
from bot.pages.views import prizes as views
from bot.pages.views import records, results
from bot.pages.visits import Visit, read_visit, received
from campaigns.errors import ClaimRefused, NotFound, Refused
from campaigns.privacy import CLAIMS, CODES, Seal
from campaigns.prizes.certificates import passed
from campaigns.prizes.claims import LONGEST_ADDRESS, LONGEST_NAME, claim
from campaigns.prizes.codes import code_for
from campaigns.prizes.won import OwnAward, own_awards

LONGEST_PHONE = 20


@blueprint.get("/q/<slug>/prizes")
def prizes(slug: str) -> Page:
    visit = read_visit(slug, received())
    if (away := wecom_sign_in.begin(visit) or wechat_sign_in.begin(visit)) is not None:
        return away
    if (token := request.args.get("k")) is not None:
        return adopting.offer(visit, token, to="prizes")
    return _page(visit, views.Typed())


@blueprint.post("/q/<slug>/prizes")
def claimed(slug: str) -> Page:
    visit = read_visit(slug, received())
    typed = views.Typed(
        award_id=request.form.get("award", 0, type=int),
        name=request.form.get("name", "")[: LONGEST_NAME + 1],
        phone=request.form.get("phone", "")[:LONGEST_PHONE],
        address=request.form.get("address", "")[: LONGEST_ADDRESS + 1],
    )
    if visit.turn is None or not 0 < typed.award_id < 2**63:
        return visit.to("prizes")
    seal, told = Seal(_secret(), CLAIMS), (typed.name, typed.phone, typed.address)
    try:
        with visit.stores.sql.transaction() as session:
            claim(session, typed.award_id, visit.person_id, "post", *told, seal, visit.now)
    except ClaimRefused as error:
        return _page(visit, replace(typed, faults=error.faults)), 422
    except NotFound:  # somebody else's, or of a page from before another person's link was followed
        return visit.to("prizes")
    return visit.to("prizes", note="claimed")


def _page(visit: Visit, typed: views.Typed) -> str:
    """`typed` came with a form that was refused."""
    edition, person_id = visit.edition, visit.person_id
    with visit.stores.sql.reading() as session:
        awards = own_awards(session, edition.id, person_id) if person_id else []
    codes = _codes(visit, awards)
    own = views.own(edition, awards, codes, visit.now, current_app.config["LVDA"].public_url)
    with visit.stores.sql.reading() as session:
        return render_template(
            "quiz/prizes.html",
            edition=edition,
            notice=notice(),
            own=own,
            waits=any(one.is_waiting for one in own),
            groups=views.groups(session, edition),
            drawn=views.drawn(session, edition, person_id, _lists(), visit.now),
            draws=results.draws(session, edition, person_id),
            certificate=bool(person_id) and passed(session, edition, person_id, visit.now) is not None,
            known=visit.turn is not None,
            has_chat=records.has_chat(session, person_id),
            typed=typed,
            longest={"name": LONGEST_NAME, "phone": LONGEST_PHONE, "address": LONGEST_ADDRESS},
        )


def _codes(visit: Visit, awards: Sequence[OwnAward]) -> dict[int, str]:
    """The codes of those that are handed out by one, by award."""
    wanted = [one.id for one in awards if views.has_code(one)]
    if not wanted:
        return {}
    seal, found = Seal(_secret(), CODES), {}
    with visit.stores.sql.transaction() as session:
        for award_id in wanted:
            with suppress(Refused):  # it was forfeited in this moment
                found[award_id] = code_for(session, award_id, visit.person_id, seal, SystemRandom(), visit.now)
    return found


def _lists() -> Path:
    """Where the lists of draws are kept: see `bot.pages.draws`."""
    data_dir: Path = current_app.config["LVDA"].data_dir
    return data_dir.resolve() / "draws"


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])
