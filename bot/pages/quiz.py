"""The routes of a campaign's pages: parse, one use case, render.

=========================== =========================================================================
``GET  /q/<slug>``          the entry page; ``?u=`` names a unit, ``?k=`` opens as the person of a chat
``POST /q/<slug>/begin``    begin an attempt, or go on with the open one
``GET  /q/<slug>/question`` the waiting question; ``?after=3`` shows the verdict on the third above it
``POST /q/<slug>/answer``   answer the question that the form names, and never another one
``GET  /q/<slug>/result``   the attempt that was finished last
=========================== =========================================================================
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from random import SystemRandom

from flask import Response, current_app, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from bot.links import Links
from bot.pages import identity, troubles, views
from bot.pages.assets import CachedBlueprint, asset
from bot.pages.footer import footer_parts
from bot.pages.forms import BLANK_LENGTH, read_blanks, read_choice
from bot.pages.wording import PAGES, tell
from campaigns import play
from campaigns.banks import SLUG
from campaigns.clock import duration_in_words
from campaigns.editions import Edition
from campaigns.errors import Moved, NotFound, NotOpen
from campaigns.people import join_unit
from campaigns.stores import Stores
from questions.model import Kind

LEADERS = 10
TRIES = 3
"""How often an answer is brought when the campaign is changed (paused, extended) between the look and the write."""

Page = AnyResponse | str | tuple[str, int]

blueprint = CachedBlueprint(
    "pages", __name__, template_folder="templates", static_folder="static", static_url_path="/pages/static"
)
troubles.register(blueprint)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request: which campaign, who, when."""

    stores: Stores
    edition: Edition
    visitor: identity.Visitor
    turn: play.Turn | None
    """None: this browser has not begun anything yet."""
    now: int

    @property
    def person_id(self) -> int:
        """0: nobody yet."""
        return 0 if self.turn is None else self.turn.person_id

    def to(self, page: str, *, after: int | None = None, note: str | None = None) -> AnyResponse:
        """Go to another page of this campaign, by GET."""
        return redirect(url_for(f".{page}", slug=self.edition.slug, after=after, note=note), 303)


def _now() -> int:
    now: int = current_app.extensions["lvda.clock"]()
    return now


def _visit(slug: str, now: int) -> Visit:
    """Raises NotFound for a campaign that does not exist, or that nobody may see yet."""
    stores: Stores = current_app.extensions["lvda"]
    if not SLUG.fullmatch(slug):
        raise NotFound(slug)
    edition = stores.editions.by_slug(stores.sql, slug)
    if edition.state == "draft":
        raise NotFound(slug)
    visitor = identity.read_visitor()
    turn = identity.look(stores, visitor, edition)
    return Visit(stores, edition if turn is None or turn.edition is None else turn.edition, visitor, turn, now)


@blueprint.app_context_processor
def _for_the_draws_too() -> dict[str, object]:
    return {"asset": asset}


@blueprint.context_processor
def _for_every_page() -> dict[str, object]:
    return {"tell": tell, "footer": footer_parts(current_app.config["LVDA"].footer)}


@blueprint.after_request
def _never_kept(response: Response) -> Response:
    """Pages say where a person stands now, so that Back shows the present and a shared phone shows nobody's past."""
    if request.endpoint != f"{blueprint.name}.static":
        response.headers["Cache-Control"] = "no-store"
    return response


# --- the entry page ----------------------------------------------------------------------------------------------


@blueprint.get("/q/<slug>", strict_slashes=False)
def entry(slug: str) -> Page:
    visit = _visit(slug, _now())
    if (token := request.args.get("k")) is not None:
        return _open_from_chat(visit, token)
    notice = _notice()
    if unit_code := request.args.get("u"):
        try:
            visit = replace(visit, visitor=identity.represent(visit.stores, visit.visitor, visit.turn, unit_code))
        except NotFound:
            notice = tell("note.unit")
    return render_template("quiz/entry.html", notice=notice, **_entry(visit))


def _open_from_chat(visit: Visit, token: str) -> Page:
    links: Links = current_app.extensions["lvda.links"]
    person_id = links.read_resume(token)
    opened = person_id is not None and identity.become(visit.stores, visit.visitor, person_id, visit.now)
    return visit.to("entry", note=None if opened or visit.turn is not None else "expired")


def _entry(visit: Visit) -> dict[str, object]:
    edition, ranking = visit.edition, visit.stores.ranking
    placed, rank = ranking.top(edition.id, LEADERS), ranking.rank(edition.id, visit.person_id)
    with visit.stores.sql.reading() as session:
        attempts = play.attempts_left(session, visit.person_id, edition, visit.now)
        last = play.last_finished(session, visit.person_id, edition.id)
        return {
            "edition": edition,
            "state": views.state(edition, visit.now),
            "rules": views.rules(edition),
            "attempt": None if visit.turn is None else visit.turn.attempt,
            "last": last,
            "last_used": "" if last is None else duration_in_words(last.used_ms),
            "may_begin": attempts is None or attempts > 0,
            "left": views.left(edition, attempts),
            "leaders": views.leaders(session, edition, placed, visit.person_id),
            "rank": rank,
            "unit": identity.represented(session, visit.visitor, visit.turn),
        }


@blueprint.post("/q/<slug>/begin")
def begin(slug: str) -> Page:
    visit = _visit(slug, _now())
    if not visit.edition.is_open(visit.now):
        raise NotOpen(slug)
    turn, note = (visit.turn, None) if visit.turn is not None else _meet(visit)
    if turn.attempt is None:
        with suppress(Moved):  # a double tap: the attempt is there
            play.begin(visit.stores.sql, turn, visit.edition, SystemRandom(), visit.now, in_chat=False)
    return visit.to("question", note=note)


def _meet(visit: Visit) -> tuple[play.Turn, str | None]:
    """Make a person of whoever begins, of the unit that their link named; gives the note to show when it is gone."""
    visitor = identity.meet(visit.stores, visit.visitor, visit.now)
    turn = identity.look(visit.stores, visitor, visit.edition)
    if turn is None:
        raise Moved
    try:
        if visit.visitor.unit:
            with visit.stores.sql.transaction() as session:
                join_unit(session, turn.person_id, visit.visitor.unit)
    except NotFound:
        return turn, "unit"
    return turn, None


# --- a question and its answer -----------------------------------------------------------------------------------


@blueprint.get("/q/<slug>/question")
def question(slug: str) -> Page:
    visit = _visit(slug, _now())
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
    with visit.stores.sql.reading() as session:
        answer = play.answers_of(session, attempt.id).get(after) if after is not None else None
        verdict = None if answer is None else views.answered(visit.edition, attempt.paper, answer)
    asked = views.asked(visit.edition, attempt)
    return render_template(
        "quiz/question.html",
        edition=visit.edition,
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
def reopened(slug: str) -> Page:
    """An address that was reached by a form, opened again by hand."""
    return _visit(slug, _now()).to("question")


@blueprint.post("/q/<slug>/answer")
def answer(slug: str) -> Page:
    now = _now()
    attempt_id, position = request.form.get("attempt", type=int), request.form.get("position", type=int)
    for _ in range(TRIES):
        visit = _visit(slug, now)
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
    visit = _visit(slug, _now())
    edition, turn = visit.edition, visit.turn
    with visit.stores.sql.reading() as session:
        last = play.last_finished(session, visit.person_id, edition.id)
        standing = play.standing_of(session, edition.id, visit.person_id)
        if turn is None or last is None or standing is None:
            return visit.to("entry")
        reviewed = views.review(edition, last.paper, play.answers_of(session, last.id))
        attempts = play.attempts_left(session, turn.person_id, edition, visit.now)
        unit = identity.represented(session, visit.visitor, turn)
    after = request.args.get("after", type=int)
    may_begin = edition.is_open(visit.now) and (attempts is None or attempts > 0)
    return render_template(
        "quiz/result.html",
        edition=edition,
        last=last,
        last_used=duration_in_words(last.used_ms),
        attempt=turn.attempt,
        rank=views.rank(last, standing, visit.stores.ranking.rank(edition.id, turn.person_id)),
        draw=views.draw(edition, standing, may_improve=may_begin or turn.attempt is not None),
        unit=unit,
        reviewed=reviewed,
        verdict=next((one for one in reviewed if one.position == after), None),
        may_begin=may_begin,
        left=views.left(edition, attempts) if edition.is_open(visit.now) else "",
    )


def _notice() -> str:
    """The kind line that a redirect asked for."""
    key = f"note.{request.args.get('note', '')}"
    return tell(key) if key in PAGES else ""
