"""Messages that must go out: how many wait, what could not be sent and why, and sending it again or giving it up."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.console import console
from admin.context import me, now, settings, stores
from admin.paging import page_asked, pages_offered
from admin.rights import Action, needs
from campaigns import outbox, tables
from campaigns.draws import pseudonym
from campaigns.outbox import WAYS, WORDINGS, Listed, State
from campaigns.privacy import masked, shown
from campaigns.reaching import day_start_ms

SHOWN = 50
STATES = {state: state.label for state in (State.DEAD, State.WAITING, State.DROPPED, State.SENT)}


@dataclass(frozen=True, slots=True)
class Line:
    message: Listed
    what: str
    who: str
    """Masked; empty for a message to an address."""
    way: str


@console.get("/messages")
@needs(Action.HANDLE_MESSAGES)
def messages() -> str:
    state, campaign, page = _state_asked(), request.args.get("campaign", ""), page_asked()
    with stores().sql.reading() as session:
        counts = outbox.counts(session, day_start_ms(now(), settings().timezone))
        total = outbox.how_many(session, state, campaign)
        pages = max(1, -(-total // SHOWN))
        page = min(page, pages)
        found = outbox.listing(session, state, most=SHOWN, skipped=(page - 1) * SHOWN, campaign=campaign)
        lines = _lines(session, found)
        campaigns = session.execute(
            select(tables.Campaign.slug, tables.Campaign.name).order_by(tables.Campaign.opens_ms.desc())
        ).all()
    return render_template(
        "admin/messages.html",
        counts=counts,
        states=STATES,
        state=state,
        lines=lines,
        total=total,
        page=page,
        offered=pages_offered(page, pages),
        campaign=campaign,
        campaigns=campaigns,
    )


@console.post("/messages/resend")
@needs(Action.HANDLE_MESSAGES)
def resend_message() -> Response:
    """One message, or all that could not be sent."""
    chosen = request.form.get("id", type=int)
    with stores().sql.transaction() as session:
        again = outbox.resend(session, now(), None if chosen is None else [chosen], me())
    flash(f"{again} 条通知将马上重发。" if again else "没有需要重发的通知。", "success")
    return redirect(_back())


@console.post("/messages/drop")
@needs(Action.HANDLE_MESSAGES)
def drop_message() -> Response:
    with stores().sql.transaction() as session:
        chosen = [request.form.get("id", 0, type=int)]
        outbox.drop(session, f"{me()} 在后台选择了不再发送。", chosen, now(), me())
    flash("这条通知不再发送。", "success")
    return redirect(_back())


def _state_asked() -> State:
    asked = request.values.get("state", "")
    return State(asked) if asked in set(State) else State.DEAD


def _back() -> str:
    return url_for("admin.messages", state=_state_asked(), campaign=request.form.get("campaign") or None)


def _lines(session: Session, found: list[Listed]) -> list[Line]:
    person, campaign = tables.Person, tables.Campaign
    ids = [one.person_id for one in found if one.person_id is not None]
    names = {row.id: row.name for row in session.execute(select(person.id, person.name).where(person.id.in_(ids)))}
    slugs = {one.campaign for one in found if one.campaign}
    salts = {
        row.slug: row.salt
        for row in session.execute(select(campaign.slug, campaign.salt).where(campaign.slug.in_(slugs)))
    }

    def who(one: Listed) -> str:
        if one.person_id is None:
            return ""
        name = names.get(one.person_id, "")
        if one.campaign:
            return shown(name, pseudonym(salts[one.campaign], one.person_id))
        return masked(name) if name else "参与者"

    return [Line(one, WORDINGS.get(one.wording, one.wording), who(one), WAYS.get(one.sent_by, "")) for one in found]
