"""One's own personal data: seen, taken along, asked to be put right or deleted; and what is kept of everybody.

================================ ===================================================================
``GET  /q/<slug>/my-data``        everything that is kept about oneself, and what one has asked for
``GET  /q/<slug>/my-data.html``   the same as a file; ``.json`` for programs
``POST /q/<slug>/my-data``        ask for a full copy, a correction, a deletion
``POST /q/<slug>/my-data/undo``   take such a request back
``POST /q/<slug>/my-data/stop``   take back one's consent to the campaign's notice
``GET  /privacy``                 what personal data are kept, why, how long, who sees them
================================ ===================================================================

Phones and addresses are shown in part: whoever knows a colleague's name and staff number can get here, so a full copy
is handed out by people who make sure who asks.

A chat's own browser often hands a file on to another one, which has no session: so the address of a file carries, for
a quarter of an hour, whose it is.
"""

from __future__ import annotations

from flask import Response, current_app, redirect, render_template, request, url_for
from itsdangerous import BadData, URLSafeSerializer

from bot.pages import reading
from bot.pages.blueprint import Page, blueprint, notice
from bot.pages.moments import date, moment
from bot.pages.visits import Visit, read_visit, received
from bot.wording import tell
from campaigns import consents
from campaigns.clock import MINUTE
from campaigns.errors import NotFound, Refused
from campaigns.privacy import kept, own_data, requests
from campaigns.privacy.own_data_files import as_html, as_json
from campaigns.privacy.requests import Request

FRESH_MS = 15 * MINUTE
FEW_ROWS = 20
"""So many of a kind are shown on the page; the file has all."""


@blueprint.get("/q/<slug>/my-data")
def my_data(slug: str) -> Page:
    return _page(read_visit(slug, received()))


@blueprint.post("/q/<slug>/my-data")
def ask_about_my_data(slug: str) -> Page:
    visit = read_visit(slug, received())
    if visit.turn is None:
        return visit.to("my_data")
    kind, text = request.form.get("kind", ""), request.form.get("text", "")
    try:
        with visit.stores.sql.transaction() as session:
            requests.ask(session, visit.person_id, kind, text, visit.now)
    except Refused as error:
        return _page(visit, refusal=str(error), kind=kind, text=text), 422
    return visit.to("my_data", note="asked")


@blueprint.post("/q/<slug>/my-data/undo")
def undo_request(slug: str) -> Page:
    visit = read_visit(slug, received())
    asked = request.form.get("request", 0, type=int)
    if visit.turn is None or not 0 < asked < 2**63:
        return visit.to("my_data")
    try:
        with visit.stores.sql.transaction() as session:
            requests.withdraw(session, visit.person_id, asked, visit.now)
    except (NotFound, Refused):  # ended meanwhile, or of who this browser was before: the page shows how things are
        return visit.to("my_data")
    return visit.to("my_data", note="unasked")


@blueprint.post("/q/<slug>/my-data/stop")
def stop_consent(slug: str) -> Page:
    visit = read_visit(slug, received())
    if visit.turn is None or not request.form.get("sure"):
        return visit.to("my_data")
    with visit.stores.sql.transaction() as session:
        requests.withdraw_consent(session, visit.person_id, visit.edition.id, visit.now)
    return visit.to("my_data", note="consent_withdrawn")


@blueprint.get("/q/<slug>/my-data/undo")
@blueprint.get("/q/<slug>/my-data/stop")
def my_data_reopened(slug: str) -> Page:
    """An address that was reached by a form, opened again by hand."""
    return read_visit(slug, received()).to("my_data")


@blueprint.get("/q/<slug>/my-data.<any(html, json):form>")
def my_data_file(slug: str, form: str) -> Page:
    visit = read_visit(slug, received())
    person_id = _named_by(visit, request.args.get("t", ""))
    if person_id is None:
        if not visit.person_id:
            return visit.to("my_data")
        token = _signer().dumps([visit.edition.id, visit.person_id, visit.now])
        return redirect(url_for("pages.my_data_file", slug=slug, form=form, t=token), 303)
    with visit.stores.sql.reading() as session:
        own = own_data.about(session, person_id, _secret(), visit.now, visit.edition.timezone, whole=False)
    body, media_type = (as_json(own), "application/json") if form == "json" else (as_html(own), "text/html")
    response = Response(body, mimetype=media_type)
    response.headers.set("Content-Disposition", "attachment", filename=f"my-data.{form}")
    return response


@blueprint.get("/privacy", strict_slashes=False)
def what_is_kept() -> Page:
    language = reading.current().language
    return render_template("quiz/kept.html", rows=[row.said(language) for row in kept.ROWS])


def _page(visit: Visit, *, refusal: str = "", kind: str = "", text: str = "") -> str:
    edition = visit.edition
    if visit.turn is None:
        return render_template("quiz/my_data.html", edition=edition, notice=notice(), own=None)
    with visit.stores.sql.reading() as session:
        own = own_data.about(session, visit.person_id, _secret(), visit.now, edition.timezone, whole=False)
        asked = requests.of_person(session, visit.person_id, edition.timezone)
        agreed = bool(consents.given(session, visit.turn.identity_id, edition.id))
    waiting = {one.kind for one in asked if one.state == "open"}
    return render_template(
        "quiz/my_data.html",
        edition=edition,
        notice=notice(),
        own=own,
        few=FEW_ROWS,
        asked=[(one, _told(one, edition.timezone)) for one in asked],
        kinds=[one for one in requests.KINDS if one not in waiting],
        agreed=agreed,
        refusal=refusal,
        typed_kind=kind,
        typed=text,
        longest=requests.LONGEST_TEXT,
    )


def _told(one: Request, zone: str) -> str:
    """How far a request is, in a line."""
    if one.state == "open":
        return tell("mydata.state.open", when=date(one.asked_ms, zone), due=date(one.due_ms - MINUTE, zone))
    return tell(f"mydata.state.{one.state}", when=moment(one.ended_ms or one.asked_ms, zone))


def _named_by(visit: Visit, token: str) -> int | None:
    """Whose data an address of a file names; None when it is too old, or not ours, or of another campaign."""
    try:
        campaign_id, person_id, issued_ms = _signer().loads(token)
    except (BadData, ValueError, TypeError):
        return None
    is_fresh = campaign_id == visit.edition.id and visit.now - issued_ms <= FRESH_MS
    return int(person_id) if is_fresh else None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(_secret(), salt="lvda-my-data")


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])
