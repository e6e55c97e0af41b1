"""What came of an attempt, and looking back at it.

============================ ==============================================================================
``GET /q/<slug>/result``     the attempt that was finished last
``GET /q/<slug>/result.png`` a picture of it to keep
``GET /q/<slug>/review``     its questions with their answers; ``?attempt=`` another one's, ``?show=all`` all
============================ ==============================================================================
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, abort, current_app, render_template, request
from sqlalchemy.orm import Session

from bot.pages.blueprint import Page, blueprint
from bot.pages.moments import date, duration, moment
from bot.pages.views import campaign, prizes, questions, results
from bot.pages.visits import Visit, read_visit, received
from bot.wording import tell
from campaigns import addresses, people, play, tables
from campaigns.errors import NotFound
from campaigns.prints.errors import PrintError
from campaigns.prints.results import ResultPicture, result_picture
from campaigns.prizes.chances import Chance, chance
from campaigns.signals import own_voids
from campaigns.standings import Standing
from questions.papers import load


@dataclass(frozen=True, slots=True)
class Outcome:
    """Somebody's last attempt, and where it brings them."""

    last: play.Finished
    standing: Standing | None
    """None: nobody is ranked here."""
    unit: str
    revealed: bool
    drawn: Chance | None
    """Their part in the draws; None: there are none, or it is not told yet."""


@blueprint.get("/q/<slug>/result")
def result(slug: str) -> Page:
    visit = read_visit(slug, received())
    edition = visit.edition
    with visit.stores.sql.reading() as session:
        outcome = _outcome(session, visit)
        void = own_voids(session, edition.id, visit.person_id)
        if outcome is None:
            return visit.to("record" if void else "entry")
        answers = play.answers_of(session, outcome.last.id)
        attempts = play.attempts_left(session, visit.person_id, edition, visit.now)
        draws = results.draws(session, edition, visit.person_id)
        lot = prizes.lot(session, outcome.last.id) if edition.lots else ""
        won = prizes.own_count(session, edition, visit.person_id)
    may_begin = edition.is_open(visit.now) and (attempts is None or attempts > 0)
    after = answers.get(request.args.get("after", 0, type=int)) if outcome.revealed else None
    return render_template(
        "quiz/result.html",
        edition=edition,
        last=outcome.last,
        last_used=duration(outcome.last.used_ms),
        revealed=outcome.revealed,
        later=_later(visit),
        attempt=visit.attempt,
        standings=_standings(visit, outcome) if outcome.revealed else [],
        passed=_has_passed(visit, outcome),
        draw=prizes.own_draw(outcome.drawn, may_improve=may_begin or visit.attempt is not None),
        draws=draws,
        lot=lot,
        won=won,
        unit=outcome.unit,
        void=void,
        verdict=None if after is None else questions.answered(visit.stores.sql, edition, outcome.last.paper, after),
        may_begin=may_begin,
        left=campaign.left(edition, attempts) if edition.is_open(visit.now) else "",
    )


def _outcome(session: Session, visit: Visit) -> Outcome | None:
    last = play.last_finished(session, visit.person_id, visit.edition.id)
    if last is None:
        return None
    standing = play.standing_of(session, visit.edition.id, visit.person_id)
    revealed = visit.edition.is_revealed(visit.now, finished=True)
    return Outcome(
        last,
        standing,
        people.unit_name(session, visit.person_id),
        revealed,
        chance(session, visit.edition, standing) if revealed and standing is not None else None,
    )


def _later(visit: Visit) -> str:
    closes = visit.edition.closes_ms
    if closes is None:
        return tell("result.later.endless")
    return tell("result.later", closes=moment(closes, visit.edition.timezone))


def _standings(visit: Visit, outcome: Outcome) -> list[str]:
    """Where the person stands, and their unit."""
    edition, stores = visit.edition, visit.stores
    if not edition.ranks:
        return [tell("result.practice")]
    if outcome.standing is None or visit.turn is None:
        return []
    lines = [results.rank(edition, outcome.last, outcome.standing, stores.ranking.rank(edition.id, visit.person_id))]
    place = None if visit.turn.unit_id is None else stores.units.place(edition, visit.turn.unit_id, visit.now)
    if place is not None and place.rank is not None:
        lines.append(tell("result.rank.unit", rank=place.rank, unit=place.name))
    return lines


def _has_passed(visit: Visit, outcome: Outcome) -> bool:
    standing, mark = outcome.standing, visit.edition.pass_points
    return outcome.revealed and standing is not None and 0 < mark <= standing.points


@blueprint.get("/q/<slug>/result.png")
def picture_to_keep(slug: str) -> Page:
    visit = read_visit(slug, received())
    with visit.stores.sql.reading() as session:
        outcome = _outcome(session, visit)
    if outcome is None or not outcome.revealed:
        abort(404)
    try:
        png = result_picture(_pictured(visit, outcome))
    except PrintError:  # a name in a script that our fonts lack: the page shows all of it in words
        abort(404)
    return Response(png, mimetype="image/png")


def _pictured(visit: Visit, outcome: Outcome) -> ResultPicture:
    edition, last = visit.edition, outcome.last
    return ResultPicture(
        name=edition.name,
        points=str(last.score),
        address=addresses.entry(current_app.config["LVDA"].printed_url, edition.slug),
        theme=edition.theme,
        brand=edition.brand,
        heading=tell("result.picture.heading"),
        points_unit=tell("points.unit"),
        facts=(tell("result.used", used=duration(last.used_ms)), *_short_standings(visit)),
        unit=outcome.unit,
        date=date(last.finished_ms, edition.timezone),
        invitation=tell("result.picture.invitation"),
        organiser=edition.organiser,
    )


def _short_standings(visit: Visit) -> list[str]:
    rank = visit.stores.ranking.rank(visit.edition.id, visit.person_id).rank if visit.edition.ranks else 0
    return [tell("result.picture.rank", rank=rank)] if rank else []


@blueprint.get("/q/<slug>/review")
def review(slug: str) -> Page:
    visit = read_visit(slug, received())
    edition = visit.edition
    with visit.stores.sql.reading() as session:
        attempt = _own_attempt(session, visit, request.args.get("attempt", type=int))
        if attempt is None or not edition.is_revealed(visit.now, finished=True):
            return visit.to("result")
        answers = play.answers_of(session, attempt.id)
    reviewed = questions.review(visit.stores.sql, edition, load(attempt.paper), answers)
    mistakes = [one for one in reviewed if not one.right]
    shows_all = request.args.get("show") == "all"
    return render_template(
        "quiz/review.html",
        edition=edition,
        attempt=attempt,
        reviewed=reviewed if shows_all else mistakes,
        shows_all=shows_all,
        mistakes=len(mistakes),
        count=len(reviewed),
    )


def _own_attempt(session: Session, visit: Visit, attempt_id: int | None) -> tables.Attempt | None:
    """One's last finished attempt, or the one that is asked for. Raises NotFound for what is not one's own, and for an
    attempt that gave way to another one half-way: its answers may be those of the one that is still open.
    """
    if attempt_id is None:
        last = play.last_finished(session, visit.person_id, visit.edition.id)
        return None if last is None else session.get(tables.Attempt, last.id)
    found = session.get(tables.Attempt, attempt_id) if 0 < attempt_id < 2**63 else None
    own = (visit.edition.id, visit.person_id)
    if found is None or (found.campaign_id, found.person_id) != own or found.state != "finished":
        raise NotFound(str(attempt_id))
    return found
