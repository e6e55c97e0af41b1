"""A question and its answer.

=========================== ==================================================================================
``GET  /q/<slug>/question`` the waiting question; ``?after=3`` shows what became of the third above it
``POST /q/<slug>/answer``   answer the question that the form names, and never another one
=========================== ==================================================================================
"""

from __future__ import annotations

from flask import render_template, request
from werkzeug.datastructures import MultiDict

from bot.pages import adopting
from bot.pages.blueprint import Page, blueprint, notice
from bot.pages.forms import BLANK_LENGTH, read_blanks, read_choice
from bot.pages.views import questions
from bot.pages.visits import Visit, read_visit, received
from bot.wording import tell
from campaigns import play
from campaigns.editions import Edition
from campaigns.errors import Moved, NotOpen, TooQuick
from campaigns.prizes.lots import draw_lot
from questions.model import Kind

TRIES = 3
"""How often an answer is brought when the campaign is changed (paused, extended) between the look and the write."""


@blueprint.get("/q/<slug>/question")
def question(slug: str) -> Page:
    visit = read_visit(slug, received())
    if (token := request.args.get("k")) is not None:
        return adopting.offer(visit, token, to="question")
    if visit.attempt is None:
        return _without_question(visit)
    if not visit.edition.is_open(visit.now):
        raise NotOpen(slug)
    if visit.expired is not None:
        return _question_page(visit, visit.attempt, after=visit.expired.attempt.position, said=tell("note.late"))
    return _question_page(visit, visit.attempt, after=request.args.get("after", type=int))


def _without_question(visit: Visit) -> Page:
    """Where to go when no question waits: to what was finished, else to the beginning."""
    with visit.stores.sql.reading() as session:
        last = play.last_finished(session, visit.person_id, visit.edition.id)
    return visit.to("entry" if last is None else "result")


def _question_page(
    visit: Visit,
    attempt: play.Attempt,
    *,
    after: int | None = None,
    typed: MultiDict[str, str] | None = None,
    said: str = "",
) -> str:
    """The waiting question; `typed` is a form that did not hold an answer to it."""
    store, edition = visit.stores.sql, visit.edition
    asked = questions.asked(store, edition, attempt, visit.now)
    return render_template(
        "quiz/question.html",
        edition=edition,
        asked=asked,
        recorded=after is not None and 0 < after < attempt.position,
        verdict=_verdict(visit, attempt, after),
        notice=said or notice(),
        problem="" if typed is None else questions.unanswered(asked),
        typed=[] if typed is None else typed.getlist("blank"),
        ticked=[] if typed is None else typed.getlist("option"),
        blank_length=BLANK_LENGTH,
    )


def _verdict(visit: Visit, attempt: play.Attempt, after: int | None) -> questions.Answered | None:
    """What became of an answered question, where that is told already."""
    store, edition = visit.stores.sql, visit.edition
    if after is None or not edition.is_revealed(visit.now, finished=False):
        return None
    with store.reading() as session:
        answer = play.answers_of(session, attempt.id).get(after)
    return None if answer is None else questions.answered(store, edition, attempt.paper, answer)


@blueprint.get("/q/<slug>/answer")
@blueprint.get("/q/<slug>/begin")
@blueprint.get("/q/<slug>/adopt")
@blueprint.get("/q/<slug>/unit")
def reopened(slug: str) -> Page:
    """An address that was reached by a form, opened again by hand."""
    return read_visit(slug, received()).to("question")


@blueprint.post("/q/<slug>/answer")
def answer(slug: str) -> Page:
    now = received()
    attempt_id, position = request.form.get("attempt", type=int), request.form.get("position", type=int)
    for _ in range(TRIES):
        visit = read_visit(slug, now)
        turn, attempt = visit.turn, visit.attempt
        if turn is None or attempt is None or (attempt.id, attempt.position) != (attempt_id, position):
            return _stale(visit, attempt, attempt_id, position)
        if not visit.edition.is_open(now):
            raise NotOpen(slug)
        given = _given(visit.edition, attempt)
        if given is None:
            return _question_page(visit, attempt, typed=request.form), 422
        try:
            return _answer(visit, turn, attempt, given)
        except TooQuick:
            return visit.to("question", note="quick")
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
    if attempt.is_last and visit.edition.lots:
        with visit.stores.sql.transaction() as session:
            draw_lot(session, visit.edition, attempt.id, visit.now)
    return visit.to("result" if attempt.is_last else "question", after=attempt.position)


def _stale(visit: Visit, attempt: play.Attempt | None, attempt_id: int | None, position: int | None) -> Page:
    """A double tap, an old tab, a form sent again by Back: the first answer stands, the present is shown.

    An answer that came too late for its question finds the next one, and is told so.
    """
    if attempt is None:
        return _without_question(visit)
    if visit.expired is not None and (visit.expired.attempt.id, visit.expired.attempt.position) == (
        attempt_id,
        position,
    ):
        return visit.to("question", after=position, note="late")
    if attempt.id == attempt_id and position is not None and 0 < position < attempt.position:
        return visit.to("question", after=position, note="answered")
    return visit.to("question", note="elsewhere")
