"""Draws: all of them, those of a campaign, and one with everything that can be done with it now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import render_template, request
from flask_login import current_user

from admin.console import console
from admin.context import me, now, settings, stores
from admin.draws.freezing import open_groups
from admin.paging import page_asked, pages_offered
from admin.rights import Action, may, needs
from campaigns import draws, keeping
from campaigns.draws import DrawState
from campaigns.draws.in_words import announcement_text, exclusions_in_words, source_in_words
from campaigns.draws.records import tampered_with
from campaigns.draws.sources import spelling
from campaigns.prizes.results import WinnerLine, winners

AWARDS_SHOWN = 100
"""On a page; the public page has all of them."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was just sent to a draw's page, and what came of it: shown again, nothing is lost."""

    what: str
    """``values``, ``confirm``, ``forfeit`` or ``void``."""
    sentence: str
    """Why it was not done; empty: it is to be read again, and confirmed."""
    sent: Mapping[str, str]


@console.get("/draws", endpoint="draws")
@needs(Action.SEE_DRAWS)
def all_draws() -> str:
    with stores().sql.reading() as session:
        found = draws.list_draws(session)
        campaigns = [one for one in keeping.list_campaigns(session) if one.phase(now()) in ("open", "paused", "over")]
    return render_template("admin/draws.html", draws=found[::-1], campaigns=campaigns)


@console.get("/campaigns/<slug>/draws")
@needs(Action.SEE_DRAWS)
def campaign_draws(slug: str) -> str:
    with stores().sql.reading() as session:
        found = keeping.overview(session, slug)
        return render_template(
            "admin/draws_of_campaign.html",
            campaign=found,
            tab="draws",
            draws=draws.list_draws(session, slug),
            groups=open_groups(session, found.id),
        )


@console.get("/draws/<draw_id>")
@needs(Action.SEE_DRAWS)
def draw(draw_id: str) -> str:
    return draw_page(draw_id)


def draw_page(draw_id: str, asked: Asked | None = None) -> str:
    """One draw, perhaps with what has just been refused or is to be confirmed."""
    sought, number = request.args.get("find", "").strip(), page_asked()
    full = may(current_user.account.role, Action.SEE_NAMES)
    with stores().sql.reading() as session:
        found = draws.find(session, draw_id)
        campaign = keeping.overview(session, found.campaign_slug)
        tampered = tampered_with(session, found)
        lines = _awards(winners(session, found.campaign_id, draw_id=draw_id, full_names=full), sought)
    pages = max(1, -(-len(lines) // AWARDS_SHOWN))
    number = min(number, pages)
    page = f"{settings().public_url}/draws/{draw_id}"
    return render_template(
        "admin/draw.html",
        campaign=campaign,
        tab="draws",
        draw=found,
        tampered=tampered,
        announcement=found.announcement,
        text=announcement_text(found, page),
        excluded=exclusions_in_words(found.announcement),
        page=page,
        entered_by_me=found.state is DrawState.ENTERED and _is_mine(found.values[0].entered_by),
        awards=lines[(number - 1) * AWARDS_SHOWN : number * AWARDS_SHOWN],
        awards_found=len(lines),
        sought=sought,
        pages=pages_offered(number, pages),
        number=number,
        asked=asked,
        source_in_words=source_in_words,
        spelling=spelling,
    )


def _is_mine(entered_by: str) -> bool:
    return entered_by.strip().casefold() == me().strip().casefold()


def _awards(lines: list[WinnerLine], sought: str) -> list[WinnerLine]:
    """By sequence; only those about whom it was asked."""
    found = [line for line in lines if sought in line.name or sought == line.entrant or sought in line.prize]
    return sorted(found, key=lambda line: line.sequence or 0)
