"""The routes of a campaign's pages: parse, one use case, render.

=========================== =========================================================================
``GET  /``                  to the campaign that is on now
``GET  /q/<slug>``          the entry page; ``?u=`` names a unit, ``?k=`` offers to be the person of a chat
``POST /q/<slug>/adopt``    be the person of a chat from now on
``POST /q/<slug>/unit``     be of the unit that the link named
``POST /q/<slug>/begin``    begin an attempt, or go on with the open one
``GET  /q/<slug>/question`` the waiting question; ``?after=3`` shows the verdict on the third above it
``POST /q/<slug>/answer``   answer the question that the form names, and never another one
``GET  /q/<slug>/result``   the attempt that was finished last
``GET  /pictures/<sha256>`` a picture of a question of a published campaign
=========================== =========================================================================

No GET changes what is recorded of a person; where a platform says who opened a page, they are made known by it:
``GET /q/<slug>/wecom`` of `bot.pages.wecom_sign_in`, ``/q/<slug>/wechat`` of `bot.pages.wechat_sign_in`.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from random import SystemRandom

from flask import Response, current_app, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from bot.links import Links
from bot.pages import identity, pictures, troubles, views, wechat_sign_in, wecom_sign_in
from bot.pages.assets import CachedBlueprint, asset
from bot.pages.footer import footer_parts
from bot.pages.forms import BLANK_LENGTH, read_blanks, read_choice
from bot.pages.visits import Visit, read_visit, received
from bot.wording import PAGES, tell
from campaigns import people, play
from campaigns.clock import duration_in_words
from campaigns.editions import Edition, current_campaign
from campaigns.errors import Moved, NotFound, NotOpen
from campaigns.stores import Stores
from questions.model import Kind

LEADERS = 10
FORM_BYTES = 64 * 1024
"""What a form of these pages may be at most, by far."""
TRIES = 3
"""How often an answer is brought when the campaign is changed (paused, extended) between the look and the write."""

_KEPT = {"pages.static", "pages.picture"}
"""What phones may keep, and say themselves for how long."""

Page = AnyResponse | str | tuple[str, int]

blueprint = CachedBlueprint(
    "pages", __name__, template_folder="templates", static_folder="static", static_url_path="/pages/static"
)
troubles.register(blueprint)


@blueprint.url_value_preprocessor
def _take_in_measure(endpoint: str | None, values: dict[str, object] | None) -> None:
    """Before all else, because the check of a form's token, which comes before any page, reads the form."""
    request.max_content_length = FORM_BYTES


@blueprint.app_context_processor
def _for_the_draws_too() -> dict[str, object]:
    return {"asset": asset}


@blueprint.context_processor
def _for_every_page() -> dict[str, object]:
    return {"tell": tell, "footer": footer_parts(current_app.config["LVDA"].footer)}


@blueprint.after_request
def _never_kept(response: Response) -> Response:
    """Pages say where a person stands now, so that Back shows the present and a shared phone shows nobody's past."""
    if request.endpoint not in _KEPT:
        response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/")
def home() -> Page:
    stores: Stores = current_app.extensions["lvda"]
    with stores.sql.reading() as session:
        current = current_campaign(session, received())
    if current is None:
        return render_template("quiz/trouble.html", title=tell("page.none"), sentence=tell("page.none.sentence"))
    return redirect(url_for("pages.entry", slug=stores.editions.get(stores.sql, *current).slug))


# --- the entry page ----------------------------------------------------------------------------------------------


@blueprint.get("/q/<slug>", strict_slashes=False)
def entry(slug: str) -> Page:
    visit = read_visit(slug, received())
    if (away := wecom_sign_in.begin(visit) or wechat_sign_in.begin(visit)) is not None:
        return away
    if (token := request.args.get("k")) is not None:
        return _offer(visit, token)
    notice = _notice()
    if unit_code := request.args.get("u"):
        try:
            visit = replace(visit, visitor=identity.represent(visit.stores, visit.visitor, unit_code))
        except NotFound:
            notice = tell("note.unit")
    return render_template("quiz/entry.html", notice=notice, **_entry(visit))


def _entry(visit: Visit) -> dict[str, object]:
    edition, ranking = visit.edition, visit.stores.ranking
    placed, rank = ranking.top(edition.id, LEADERS), ranking.rank(edition.id, visit.person_id)
    attempt = None if visit.turn is None else visit.turn.attempt
    with visit.stores.sql.reading() as session:
        attempts = play.attempts_left(session, visit.person_id, edition, visit.now)
        last = play.last_finished(session, visit.person_id, edition.id)
        begins = edition.is_open(visit.now) and (attempt is not None or attempts is None or attempts > 0)
        unit, unit_offered = _units(session, visit, begins=begins)
        return {
            "edition": edition,
            "state": views.state(edition, visit.now),
            "rules": views.rules(edition),
            "attempt": attempt,
            "last": last,
            "last_used": "" if last is None else duration_in_words(last.used_ms),
            "begins": begins,
            "left": views.left(edition, attempts),
            "leaders": views.leaders(session, edition, placed, visit.person_id),
            "rank": rank,
            "unit": unit,
            "unit_offered": unit_offered,
            "draws": views.draws(session, edition, visit.person_id),
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
    if visit.turn is None:
        visit = _met(visit)
    turn = visit.turn
    if turn is None:
        raise Moved
    note = _join_named_unit(visit, turn)
    if turn.attempt is None:
        with suppress(Moved):  # a double tap: the attempt is there
            play.begin(visit.stores.sql, turn, visit.edition, SystemRandom(), visit.now, in_chat=False)
    return visit.to("question", note=note)


def _met(visit: Visit) -> Visit:
    """The visit of somebody who was nobody yet."""
    visitor = identity.meet(visit.stores, visit.visitor, visit.now)
    return replace(visit, visitor=visitor, turn=identity.look(visit.stores, visitor, visit.edition))


# --- from the chat -----------------------------------------------------------------------------------------------


def _offer(visit: Visit, token: str, *, to: str = "entry") -> Page:
    """Ask whether to go on as the chat's person; a browser that is that person already just goes on to a page."""
    resume = _links().read_resume(token)
    if resume is None:
        return visit.to("entry", note="expired")
    if resume.person_id == visit.person_id:
        return visit.to(to)
    with visit.stores.sql.reading() as session:
        offer = identity.offer(session, visit.turn, resume, visit.now)
    if offer is None:
        return visit.to("entry", note="expired")
    return render_template("quiz/adopt.html", edition=visit.edition, offer=offer, token=token, to=to)


@blueprint.post("/q/<slug>/adopt")
def adopt(slug: str) -> Page:
    visit = read_visit(slug, received())
    resume = _links().read_resume(request.form.get("k", ""))
    if resume is not None and (
        resume.person_id == visit.person_id or identity.adopt(visit.stores, visit.edition, resume, visit.now)
    ):
        return visit.to("question" if request.form.get("to") == "question" else "entry")
    return visit.to("entry", note="expired")


def _links() -> Links:
    links: Links = current_app.extensions["lvda.links"]
    return links


# --- a question and its answer -----------------------------------------------------------------------------------


@blueprint.get("/q/<slug>/question")
def question(slug: str) -> Page:
    visit = read_visit(slug, received())
    if (token := request.args.get("k")) is not None:
        return _offer(visit, token, to="question")
    if visit.turn is None or visit.turn.attempt is None:
        return _without_question(visit)
    if not visit.edition.is_open(visit.now):
        raise NotOpen(slug)
    return _question_page(visit, visit.turn.attempt, after=request.args.get("after", type=int))


def _without_question(visit: Visit) -> Page:
    """Where to go when no question waits: to what was finished, else to the beginning."""
    with visit.stores.sql.reading() as session:
        last = play.last_finished(session, visit.person_id, visit.edition.id)
    return visit.to("entry" if last is None else "result")


def _question_page(
    visit: Visit, attempt: play.Attempt, *, after: int | None = None, typed: MultiDict[str, str] | None = None
) -> str:
    """The waiting question; `typed` is a form that did not hold an answer to it."""
    store, edition = visit.stores.sql, visit.edition
    with store.reading() as session:
        answer = play.answers_of(session, attempt.id).get(after) if after is not None else None
    verdict = None if answer is None else views.answered(store, edition, attempt.paper, answer)
    asked = views.asked(store, edition, attempt)
    return render_template(
        "quiz/question.html",
        edition=edition,
        asked=asked,
        verdict=verdict,
        notice=_notice(),
        problem="" if typed is None else views.unanswered(asked),
        typed=[] if typed is None else typed.getlist("blank"),
        ticked=[] if typed is None else typed.getlist("option"),
        blank_length=BLANK_LENGTH,
    )


@blueprint.get("/q/<slug>/answer")
@blueprint.get("/q/<slug>/begin")
@blueprint.get("/q/<slug>/adopt")
@blueprint.get("/q/<slug>/unit")
def reopened(slug: str) -> Page:
    """An address that was reached by a form, opened again by hand."""
    return read_visit(slug, received()).to("question")


@blueprint.get("/q/")
@blueprint.get("/q/<path:elsewhere>")
def lost(elsewhere: str = "") -> Page:
    """An address that was copied in part, or mistyped."""
    raise NotFound(elsewhere)


@blueprint.post("/q/<slug>/answer")
def answer(slug: str) -> Page:
    now = received()
    attempt_id, position = request.form.get("attempt", type=int), request.form.get("position", type=int)
    for _ in range(TRIES):
        visit = read_visit(slug, now)
        turn = visit.turn
        attempt = None if turn is None else turn.attempt
        if turn is None or attempt is None or (attempt.id, attempt.position) != (attempt_id, position):
            return _stale(visit, attempt, attempt_id, position)
        if not visit.edition.is_open(now):
            raise NotOpen(slug)
        given = _given(visit.edition, attempt)
        if given is None:
            return _question_page(visit, attempt, typed=request.form), 422
        try:
            return _answer(visit, turn, attempt, given)
        except Moved:
            continue
    raise Moved


def _given(edition: Edition, attempt: play.Attempt) -> str | None:
    waiting = edition.questions[attempt.place.revision]
    if waiting.kind is Kind.BLANK:
        return read_blanks(waiting, request.form.getlist("blank"))
    return read_choice(waiting, attempt.place, request.form.getlist("option"))


def _answer(visit: Visit, turn: play.Turn, attempt: play.Attempt, given: str) -> Page:
    with visit.stores.sql.direct() as direct:
        marked = play.answer(direct, turn, attempt.position, given, visit.now, in_chat=False)
    if marked.standing is not None:
        visit.stores.ranking.place(visit.edition.id, marked.standing)
    return visit.to("result" if attempt.is_last else "question", after=attempt.position)


def _stale(visit: Visit, attempt: play.Attempt | None, attempt_id: int | None, position: int | None) -> Page:
    """A double tap, an old tab, a form sent again by Back: the first answer stands, the present is shown."""
    if attempt is None:
        return _without_question(visit)
    if attempt.id == attempt_id and position is not None and 0 < position < attempt.position:
        return visit.to("question", after=position, note="answered")
    return visit.to("question", note="elsewhere")


# --- the result --------------------------------------------------------------------------------------------------


@blueprint.get("/q/<slug>/result")
def result(slug: str) -> Page:
    visit = read_visit(slug, received())
    edition, turn = visit.edition, visit.turn
    with visit.stores.sql.reading() as session:
        last = play.last_finished(session, visit.person_id, edition.id)
        standing = play.standing_of(session, edition.id, visit.person_id)
        if turn is None or last is None or standing is None:
            return visit.to("entry")
        answers = play.answers_of(session, last.id)
        attempts = play.attempts_left(session, turn.person_id, edition, visit.now)
        unit = people.unit_name(session, turn.person_id)
        draws = views.draws(session, edition, turn.person_id)
    after = request.args.get("after", type=int)
    reviewed = views.review(visit.stores.sql, edition, last.paper, answers)
    may_begin = edition.is_open(visit.now) and (attempts is None or attempts > 0)
    return render_template(
        "quiz/result.html",
        edition=edition,
        last=last,
        last_used=duration_in_words(last.used_ms),
        attempt=turn.attempt,
        rank=views.rank(last, standing, visit.stores.ranking.rank(edition.id, turn.person_id)),
        draw=views.draw(edition, standing, may_improve=may_begin or turn.attempt is not None),
        draws=draws,
        unit=unit,
        reviewed=reviewed,
        verdict=next((one for one in reviewed if one.position == after), None),
        may_begin=may_begin,
        left=views.left(edition, attempts) if edition.is_open(visit.now) else "",
    )


@blueprint.get("/pictures/<sha256>")
def picture(sha256: str) -> Page:
    stores: Stores = current_app.extensions["lvda"]
    return pictures.serve(stores.sql, sha256)


def _notice() -> str:
    """The kind line that a redirect asked for."""
    key = f"note.{request.args.get('note', '')}"
    return tell(key) if key in PAGES else ""
