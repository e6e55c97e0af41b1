"""One attempt: its answers, and declaring it void or good again, with a signal or without."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin.console import console
from admin.context import me, now, stores
from admin.people.person_pages import STATES
from admin.review.shown import door, names_of
from admin.rights import Action, needs
from campaigns import keeping, signals
from campaigns.editions import load_edition
from campaigns.errors import Moved, Refused
from campaigns.signals import voiding


@console.get("/campaigns/<slug>/attempts/<int:attempt_id>")
@needs(Action.REVIEW_ATTEMPTS)
def campaign_attempt(slug: str, attempt_id: int) -> str:
    return _page(slug, attempt_id)


@console.post("/campaigns/<slug>/attempts/<int:attempt_id>/void")
@needs(Action.REVIEW_ATTEMPTS)
def void_attempt(slug: str, attempt_id: int) -> str | Response | tuple[str, int]:
    try:
        with stores().sql.transaction() as session:
            signals.check_attempts(session, keeping.find(session, slug).id, [attempt_id])
            done = signals.void(session, [attempt_id], request.form.get("reason", ""), me(), now())
    except (Refused, Moved) as error:
        return _page(slug, attempt_id, str(error)), 409 if isinstance(error, Moved) else 422
    signals.push(stores().ranking, done)
    flash("已作废这份答卷，成绩和名次已重新计算。", "success")
    return redirect(url_for("admin.campaign_attempt", slug=slug, attempt_id=attempt_id))


@console.post("/campaigns/<slug>/attempts/<int:attempt_id>/restore")
@needs(Action.REVIEW_ATTEMPTS)
def restore_attempt(slug: str, attempt_id: int) -> str | Response | tuple[str, int]:
    try:
        with stores().sql.transaction() as session:
            signals.check_attempts(session, keeping.find(session, slug).id, [attempt_id])
            done = signals.restore(session, [attempt_id], request.form.get("reason", ""), me(), now())
    except (Refused, Moved) as error:
        return _page(slug, attempt_id, str(error)), 409 if isinstance(error, Moved) else 422
    signals.push(stores().ranking, done)
    flash("已恢复这份答卷，成绩和名次已重新计算。", "success")
    return redirect(url_for("admin.campaign_attempt", slug=slug, attempt_id=attempt_id))


def _page(slug: str, attempt_id: int, refusal: str = "") -> str:
    with stores().sql.reading() as session:
        overview, campaign = keeping.overview(session, slug), keeping.find(session, slug)
        signals.check_attempts(session, campaign.id, [attempt_id])
        found = signals.evidence(session, load_edition(session, overview.id), [attempt_id])
        led_to = [one for one in signals.listing(session, overview.id) if attempt_id in one.attempts]
    return render_template(
        "admin/campaign_attempt.html",
        campaign=overview,
        one=found.columns[0],
        evidence=found,
        names=names_of(found, campaign),
        states=STATES,
        door=door,
        signals=led_to,
        longest=voiding.LONGEST_REASON,
        refusal=refusal,
        sent=request.form,
        tab="signals",
    )
