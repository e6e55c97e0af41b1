"""The signals of a campaign, the evidence of one, and what is decided about it."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.console import console
from admin.context import me, now, stores
from admin.paging import page_asked, pages_offered
from admin.people.person_pages import STATES
from admin.review.shown import called, door, names_of
from admin.rights import Action, needs
from campaigns import keeping, signals, tables
from campaigns.editions import load_edition
from campaigns.errors import Moved, NotFound, Refused
from campaigns.signals import Listed, State, Whose, alike, one_device, quick, voiding, whose

SHOWN = 50
SIDE_BY_SIDE = 12
NAMED = 3
FOLLOWING = {"": None, **{state.value: state for state in State}}
"""What ``?state=`` may be; ``all`` for all, nothing for those that wait."""


@console.get("/campaigns/<slug>/signals")
@needs(Action.REVIEW_ATTEMPTS)
def campaign_signals(slug: str) -> str | Response:
    """Those that wait for somebody's judgement, or with ``?state=`` others; ``?attempt=`` leads to an attempt."""
    wanted = request.args.get("attempt", "").strip().removeprefix("#")
    if wanted:
        return redirect(url_for("admin.campaign_attempt", slug=slug, attempt_id=_number(wanted)))
    asked = request.args.get("state", "")
    state = None if asked == "all" else FOLLOWING.get(asked) or State.OPEN
    with stores().sql.reading() as session:
        overview, campaign = keeping.overview(session, slug), keeping.find(session, slug)
        found = signals.listing(session, overview.id, state)
        pages = max(1, -(-len(found) // SHOWN))
        page = min(page_asked(), pages)
        lines = found[(page - 1) * SHOWN : page * SHOWN]
        counts = signals.counts(session, overview.id)
        void = signals.void_attempts(session, overview.id)
        of_line = _persons(session, campaign, lines)
    return render_template(
        "admin/campaign_signals.html",
        campaign=overview,
        lines=lines,
        persons=of_line,
        state=state,
        counts=counts,
        page=page,
        offered=pages_offered(page, pages),
        void=void[:SHOWN],
        void_total=len(void),
        names=names_of(void, campaign),
        rules=_rules(),
        tab="signals",
    )


@console.get("/campaigns/<slug>/signals/<int:signal_id>")
@needs(Action.REVIEW_ATTEMPTS)
def campaign_signal(slug: str, signal_id: int) -> str:
    """One signal with its attempts side by side."""
    return _page(slug, signal_id)


@console.post("/campaigns/<slug>/signals/<int:signal_id>/void")
@needs(Action.REVIEW_ATTEMPTS)
def void_of_signal(slug: str, signal_id: int) -> str | Response | tuple[str, int]:
    """Declare the attempts that were ticked void; with ``all`` every finished one of the signal."""
    try:
        with stores().sql.transaction() as session:
            one = signals.find(session, keeping.find(session, slug).id, signal_id)
            chosen = _finished(session, one) if request.form.get("all") else _ticked(one)
            done = signals.void(session, chosen, request.form.get("reason", ""), me(), now(), signal_id=one.id)
    except (Refused, Moved) as error:
        return _page(slug, signal_id, str(error)), 409 if isinstance(error, Moved) else 422
    signals.push(stores().ranking, done)
    flash(f"已作废 {len(done.attempts)} 份答卷，{done.persons} 个人的成绩和名次已重新计算。", "success")
    return redirect(url_for("admin.campaign_signal", slug=slug, signal_id=signal_id))


@console.post("/campaigns/<slug>/signals/<int:signal_id>/dismiss")
@needs(Action.REVIEW_ATTEMPTS)
def dismiss_signal(slug: str, signal_id: int) -> str | Response | tuple[str, int]:
    try:
        with stores().sql.transaction() as session:
            one = signals.find(session, keeping.find(session, slug).id, signal_id)
            signals.dismiss(session, one.id, request.form.get("note", ""), me(), now())
    except (Refused, Moved) as error:
        return _page(slug, signal_id, str(error)), 409 if isinstance(error, Moved) else 422
    flash("已记为没有问题，这条线索不再列出。", "success")
    return redirect(url_for("admin.campaign_signals", slug=slug))


@console.post("/campaigns/<slug>/signals/<int:signal_id>/reopen")
@needs(Action.REVIEW_ATTEMPTS)
def reopen_signal(slug: str, signal_id: int) -> str | Response | tuple[str, int]:
    try:
        with stores().sql.transaction() as session:
            one = signals.find(session, keeping.find(session, slug).id, signal_id)
            signals.reopen(session, one.id, me(), now())
    except Moved as error:
        return _page(slug, signal_id, str(error)), 409
    flash("这条线索回到待核查里。", "success")
    return redirect(url_for("admin.campaign_signal", slug=slug, signal_id=signal_id))


def _page(slug: str, signal_id: int, refusal: str = "") -> str:
    with stores().sql.reading() as session:
        overview, campaign = keeping.overview(session, slug), keeping.find(session, slug)
        one = signals.find(session, overview.id, signal_id)
        pages = max(1, -(-len(one.attempts) // SIDE_BY_SIDE))
        page = min(page_asked(), pages)
        shown = one.attempts[(page - 1) * SIDE_BY_SIDE : page * SIDE_BY_SIDE]
        found = signals.evidence(session, load_edition(session, overview.id), shown)
    return render_template(
        "admin/campaign_signal.html",
        campaign=overview,
        one=one,
        evidence=found,
        names=names_of(found, campaign),
        states=STATES,
        door=door,
        page=page,
        offered=pages_offered(page, pages),
        longest=voiding.LONGEST_REASON,
        refusal=refusal,
        sent=request.form,
        ticked=set(_ticked(one)),
        tab="signals",
    )


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise NotFound("没有这样的答卷，答卷编号是一个数，例如 12。")
    return int(text)


def _ticked(one: Listed) -> list[int]:
    """Attempts of the signal that the form names."""
    sent = {int(text) for text in request.form.getlist("attempts") if text.isascii() and text.isdigit()}
    return [attempt_id for attempt_id in one.attempts if attempt_id in sent]


def _finished(session: Session, one: Listed) -> list[int]:
    """The attempts of the signal that count."""
    return [attempt_id for attempt_id, found in whose(session, one.attempts).items() if found.state == "finished"]


def _persons(session: Session, campaign: tables.Campaign, lines: Sequence[Listed]) -> dict[int, tuple[list[str], int]]:
    """The first persons of each signal, and how many more there are."""
    found = whose(session, {attempt_id for one in lines for attempt_id in one.attempts})
    return {one.id: _first_named(campaign, [found[a] for a in one.attempts if a in found]) for one in lines}


def _first_named(campaign: tables.Campaign, of_signal: Sequence[Whose]) -> tuple[list[str], int]:
    by_person = {one.person_id: one for one in of_signal}
    named = list(by_person.values())[:NAMED]
    return [called(one.name, one.person_id, campaign) for one in named], len(by_person) - len(named)


def _rules() -> dict[str, object]:
    """The thresholds, as the page tells them."""
    return {
        "seconds": quick.LEAST_MS // 1_000,
        "percent": quick.LEAST_PERCENT,
        "wrong": alike.LEAST_WRONG,
        "persons": one_device.LEAST_PERSONS,
    }
