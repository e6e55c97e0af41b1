"""名次奖: who would have the prizes by the ranking, who is passed over and why, and settling it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.console import console
from admin.context import me, now, stores
from admin.office_files import digest
from admin.people.person_pages import sees_names
from admin.rights import Action, needs
from campaigns import keeping, tables
from campaigns.errors import Moved, NotFound, Refused
from campaigns.privacy import shown
from campaigns.prizes import listing, ranks
from campaigns.prizes.listing import Stocked
from campaigns.prizes.ranks import Place, Proposal


@dataclass(frozen=True, slots=True)
class RankGroup:
    id: int
    name: str
    settled_ms: int | None
    prizes: tuple[Stocked, ...]


@console.get("/campaigns/<slug>/ranks")
@needs(Action.SEE_DRAWS)
def campaign_ranks(slug: str) -> str:
    with stores().sql.reading() as session:
        found = keeping.overview(session, slug)
        groups = _groups(session, found.id)
    return render_template("admin/ranks.html", campaign=found, groups=groups, tab="awards", part="ranks")


@console.route("/campaigns/<slug>/ranks/<int:group_id>", methods=["GET", "POST"])
@needs(Action.RUN_DRAWS)
def settle_rank(slug: str, group_id: int) -> str | Response | tuple[str, int]:
    """What would be settled now; and settling it, if that is still what was shown."""
    if request.method == "GET":
        return _page(slug, group_id)
    chosen, reason = request.form.getlist("chosen", type=int), request.form.get("reason", "").strip()
    try:
        with stores().sql.transaction() as session:
            group = _group(session, keeping.find(session, slug).id, group_id)
            proposal = ranks.propose(session, slug, group.name, now())
            if request.form.get("seen") != state_of(proposal):
                raise Moved("名单刚刚有变化，还没有确认：请看新的名单，再确认一次。")
            seen = [one.person_id for one in proposal.places]
            ranks.settle(session, slug, group.name, chosen, reason, me(), now(), seen=seen)
    except Moved as error:
        return _page(slug, group_id, str(error)), 409
    except (Refused, NotFound) as error:
        return _page(slug, group_id, str(error)), 422
    flash(f"“{group.name}”的获奖名单已经确认，能收到消息的获奖者会收到通知。", "success")
    return redirect(url_for("admin.campaign_awards", slug=slug, group=group_id))


def _page(slug: str, group_id: int, refusal: str = "") -> str:
    proposal, waiting = None, ""
    with stores().sql.reading() as session:
        found = keeping.overview(session, slug)
        group = _group(session, found.id, group_id)
        if group.settled_ms is None:
            try:
                proposal = ranks.propose(session, slug, group.name, now())
            except Refused as error:
                waiting = str(error)

    def called(place: Place) -> str:
        full = sees_names() and bool(place.name)
        return place.name if full else shown(place.name, place.entrant)

    return render_template(
        "admin/ranks_settle.html",
        campaign=found,
        group=group,
        proposal=proposal,
        seen=state_of(proposal) if proposal else "",
        waiting=waiting,
        refusal=refusal,
        chosen=set(request.form.getlist("chosen", type=int)),
        reason=request.form.get("reason", ""),
        called=called,
        tab="awards",
        part="ranks",
    )


def state_of(proposal: Proposal) -> str:
    """Names exactly these places, so that what is confirmed is what was shown."""
    return digest(proposal.places, proposal.level, proposal.seats)


def _groups(session: Session, campaign_id: int) -> list[RankGroup]:
    group = tables.PrizeGroup
    prizes = listing.stock_of(session, campaign_id)
    rows = session.execute(
        select(group.id, group.name, group.settled_ms)
        .where(group.campaign_id == campaign_id, group.kind == "rank")
        .order_by(group.ordinal)
    )
    return [RankGroup(*row, prizes=tuple(one for one in prizes if one.group_id == row.id)) for row in rows]


def _group(session: Session, campaign_id: int, group_id: int) -> RankGroup:
    for one in _groups(session, campaign_id):
        if one.id == group_id:
            return one
    raise NotFound("这个活动没有这组名次奖，请从名次奖的列表里选。")
