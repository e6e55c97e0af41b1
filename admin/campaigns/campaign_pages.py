"""Campaigns: the list, and one with its state, what can be done with it now, its figures and its changes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import current_app, render_template
from flask_login import current_user
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin.campaigns.campaign_form import form_of, summaries
from admin.campaigns.doors import entry_address
from admin.console import console
from admin.context import now, settings, stores
from admin.figures.today import today
from admin.public_address import trouble_with_address
from admin.rights import Action, may, needs
from admin.scope import campaigns_seen, own_path, own_unit
from campaigns import keeping, tables, units
from campaigns.clock import MINUTE
from campaigns.draws import Award, AwardState, DrawRecord, list_draws
from campaigns.keeping import Finding, Overview, Plan
from campaigns.privacy import shown
from platforms import handshakes
from platforms.handshakes import Visit


@dataclass(frozen=True, slots=True)
class Winner:
    prize: str
    name: str
    entrant: str
    live: bool
    """False once the prize has been forfeited."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What could not be done, and what was typed for it."""

    what: str
    """The action's name, as `deeds` gives it."""
    sentence: str
    sent: Mapping[str, str]


@console.get("/")
@needs(Action.SEE_CAMPAIGNS, scoped=True)
def campaigns() -> str:
    with stores().sql.reading() as session:
        found = keeping.list_campaigns(session, campaigns_seen(session), under=own_path(session))
        is_told = may(current_user.account.role, Action.SEE_FIGURES) and own_unit(session) is None
        begun_today = today(session, found, now()) if is_told else []
    return render_template("admin/campaigns.html", campaigns=found, today=begun_today)


@console.get("/campaigns/<slug>")
@needs(Action.SEE_CAMPAIGNS, scoped=True)
def campaign(slug: str) -> str:
    return campaign_page(slug)


def campaign_page(slug: str, refusal: Refusal | None = None) -> str:
    """One campaign, perhaps with what has just been refused, and everything that was typed."""
    role, at = current_user.account.role, now()
    with stores().sql.reading() as session:
        path = own_path(session)
        found = keeping.overview(session, slug, under=path)
        findings = check_of(session, found, at)
        draws = [(draw, _winners(session, draw, path)) for draw in list_draws(session, slug)]
        plan = keeping.plan_of(session, slug)
        return render_template(
            "admin/campaign.html",
            campaign=found,
            version=keeping.find(session, slug).version,
            plan=plan,
            summaries=summaries(form_of(plan, 0)),
            address=entry_address(slug),
            placed=_placed(session, found.id, path),
            draws=draws if may(role, Action.SEE_STANDINGS) else [],
            findings=findings,
            read=digest(findings),
            deeds=deeds(found, plan, at) if may(role, Action.RUN_CAMPAIGNS) else (),
            changes=keeping.changes_of(session, found.id),
            refusal=refusal,
            tab="overview",
        )


def check_of(session: Session, campaign: Overview, at: int) -> Sequence[Finding]:
    """What would go wrong with a draft; nothing for what is published."""
    if campaign.state != "draft":
        return ()
    is_command = current_app.extensions.get("lvda.is_command")
    return keeping.check(session, campaign.slug, at, _address_trouble(at), is_command)


def _address_trouble(at: int) -> str:
    """Why phones do not reach the public address; asked at most once a minute, since it takes a request."""
    kept: dict[str, tuple[int, str]] = current_app.extensions.setdefault("lvda.address_trouble", {})
    if "last" not in kept or not 0 <= at - kept["last"][0] < MINUTE:
        visit: Visit = current_app.extensions.get("lvda.visit", handshakes.visit)
        kept["last"] = (at, trouble_with_address(settings(), visit))
    return kept["last"][1]


def digest(findings: Sequence[Finding]) -> str:
    """Names exactly these warnings, so that those which somebody has read are those that there are."""
    told = "\n".join(one.sentence for one in findings if one.severity == "warning")
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def deeds(campaign: Overview, plan: Plan, at: int) -> tuple[str, ...]:
    """What can be done with a campaign in its state, the usual first."""
    over = campaign.phase(at) == "over"
    extend = ("extend",) * (campaign.closes_ms is not None)
    units = ("units",) * bool(plan.units)  # without any it is for all of them
    match campaign.state:
        case "published":
            pause = () if over else ("pause",)
            return (*extend, "notice", *units, *pause, "close", *(("archive",) * over))
        case "paused":
            return ("resume", *extend, "notice", *units, "close", *(("archive",) * over))
        case "closed":
            return ("notice", "archive")
        case _:
            return ()


def _placed(session: Session, campaign_id: int, under: str) -> int:
    """How many have a standing, of a unit and those below it: as `own_path` gives it."""
    if not under:
        return stores().ranking.total(campaign_id)
    standing, person, unit = tables.Standing, tables.Person, tables.Unit
    return session.scalar(
        select(func.count())
        .select_from(standing)
        .join(person, person.id == standing.person_id)
        .join(unit, unit.id == person.unit_id)
        .where(standing.campaign_id == campaign_id, units.within(under))
    ) or 0  # fmt: skip


def _winners(session: Session, draw: DrawRecord, under: str) -> list[Winner]:
    award, person, unit = tables.Award, tables.Person, tables.Unit
    query = select(award.sequence, person.name).join(person, person.id == award.person_id)
    if under:
        query = query.join(unit, unit.id == person.unit_id).where(units.within(under))
    names = {row.sequence: row.name for row in session.execute(query.where(award.draw_id == draw.id))}
    return [_winner(won, names.get(won.sequence, "")) for won in draw.awards if not under or won.sequence in names]


def _winner(won: Award, name: str) -> Winner:
    entrant = won.entrant or ""
    who = shown(name, entrant) if entrant else "（空缺）"
    return Winner(won.prize, who, entrant, won.state is not AwardState.FORFEITED)
