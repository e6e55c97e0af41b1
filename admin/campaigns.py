"""Campaigns: the list, and one with its figures, standings, winners, entry code and posters."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, render_template, request
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.console import console
from admin.context import now, settings, stores
from admin.posters import poster_of
from admin.rights import Action, may, needs
from campaigns import addresses, keeping, tables
from campaigns.draws import Award, AwardState, DrawRecord, list_draws, pseudonym
from campaigns.errors import NotFound
from campaigns.people import find_unit
from campaigns.prints import codes
from campaigns.prints.posters import a4
from campaigns.privacy import shown
from campaigns.standings import Placed
from platforms.wechat.codes import codes_of, scene_of

STANDINGS_SHOWN = 100
CODE_PIXELS = 480


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the standings."""

    rank: int
    name: str
    unit: str
    points: int
    used_ms: int
    finished_ms: int


@dataclass(frozen=True, slots=True)
class Winner:
    prize: str
    name: str
    entrant: str
    live: bool
    """False once the prize has been forfeited."""


@console.get("/")
@needs(Action.SEE_CAMPAIGNS)
def campaigns() -> str:
    with stores().sql.reading() as session:
        found = keeping.list_campaigns(session)
    return render_template("admin/campaigns.html", campaigns=found)


@console.get("/campaigns/<slug>")
@needs(Action.SEE_CAMPAIGNS)
def campaign(slug: str) -> str:
    with stores().sql.reading() as session:
        found = keeping.overview(session, slug)
        with_persons = may(current_user.account.role, Action.SEE_STANDINGS)
        standings = _standings(session, found.id) if with_persons else []
        draws = [(draw, _winners(session, draw)) for draw in list_draws(session, slug)] if with_persons else []
        units = session.execute(select(tables.Unit.code, tables.Unit.name).order_by(tables.Unit.code)).all()
        account_codes = codes_of(session, slug, now())
    return render_template(
        "admin/campaign.html",
        campaign=found,
        address=_entry(slug),
        placed=stores().ranking.total(found.id),
        standings=standings,
        draws=draws,
        units=units,
        account_codes=account_codes,
    )


@console.get("/campaigns/<slug>/code.png")
@needs(Action.SEE_CAMPAIGNS)
def code(slug: str) -> Response:
    with stores().sql.reading() as session:
        keeping.find(session, slug)
    return Response(codes.png(_entry(slug), pixels=CODE_PIXELS), mimetype="image/png")


@console.get("/campaigns/<slug>/account-code.png")
@needs(Action.SEE_CAMPAIGNS)
def account_code(slug: str) -> Response:
    """The code of an official account that leads into the campaign, of ``?account=NAME`` and perhaps ``&unit=CODE``."""
    account, scene = request.args.get("account", ""), scene_of(slug, request.args.get("unit", ""))
    with stores().sql.reading() as session:
        found = [code for code in codes_of(session, slug, now()) if (code.account, code.scene) == (account, scene)]
    if not found:
        raise NotFound("这个公众号二维码还没有做，或者已经过期：请用命令 lvda wechat codes 再做一次。")
    return Response(codes.png(found[0].url, pixels=CODE_PIXELS), mimetype="image/png")


@console.get("/campaigns/<slug>/poster.pdf")
@needs(Action.SEE_CAMPAIGNS)
def poster(slug: str) -> Response:
    """The campaign's A4 poster; with ``?unit=CODE`` the unit's own."""
    unit_code = request.args.get("unit", "")
    with stores().sql.reading() as session:
        found = keeping.overview(session, slug)
        unit = find_unit(session, unit_code).name if unit_code else ""
    printed = poster_of(found, _entry(slug, unit_code), unit, settings().footer)
    return Response(a4(printed, created=now()), mimetype="application/pdf")


def _entry(slug: str, unit_code: str = "") -> str:
    return addresses.entry(settings().public_url, slug, unit_code)


def _standings(session: Session, campaign_id: int) -> list[Line]:
    placed = stores().ranking.top(campaign_id, STANDINGS_SHOWN)
    salt = session.execute(select(tables.Campaign.salt).where(tables.Campaign.id == campaign_id)).scalar_one()
    persons = _persons(session, placed)
    return [
        Line(
            one.rank,
            shown(name, pseudonym(salt, one.person_id)),
            unit or "",
            one.points,
            one.used_ms,
            one.finished_ms,
        )
        for one in placed
        for name, unit in [persons.get(one.person_id, ("", ""))]
    ]


def _persons(session: Session, placed: list[Placed]) -> dict[int, tuple[str, str | None]]:
    """Name and unit by person."""
    rows = session.execute(
        select(tables.Person.id, tables.Person.name, tables.Unit.name)
        .outerjoin(tables.Unit, tables.Unit.id == tables.Person.unit_id)
        .where(tables.Person.id.in_([one.person_id for one in placed]))
    )
    return {person_id: (name, unit) for person_id, name, unit in rows}


def _winners(session: Session, draw: DrawRecord) -> list[Winner]:
    award, person = tables.Award, tables.Person
    rows = session.execute(
        select(award.sequence, person.name).join(person, person.id == award.person_id).where(award.draw_id == draw.id)
    )
    names = {row.sequence: row.name for row in rows}
    return [_winner(won, names.get(won.sequence, "")) for won in draw.awards]


def _winner(won: Award, name: str) -> Winner:
    entrant = won.entrant or ""
    who = shown(name, entrant) if entrant else "（空缺）"
    return Winner(won.prize, who, entrant, won.state is not AwardState.FORFEITED)
