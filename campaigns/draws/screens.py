"""The big screen of a ceremony: one page with everything in it, that shows a draw which is decided already.

It asks no server for anything, so that it goes on without a network, also as a file on a disk. Names roll there, drawn
from the list, and stop at the winners that the page holds in their order; nothing on it is random.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns import clock
from campaigns.draws.in_words import source_in_words
from campaigns.draws.pseudonyms import pseudonym
from campaigns.draws.records import DrawRecord, DrawState, check_awards, find, frozen_list
from campaigns.draws.scheme import find_entrant
from campaigns.prints import codes
from campaigns.privacy import guest, shown
from campaigns.prizes.results import WinnerLine, winners
from campaigns.tables import Campaign, Person, Standing, Unit

CROWD = 500
"""Names that roll."""
_SPARE = 200
"""Candidates more, since some are excluded, or finished after the freeze."""
CODE_PIXELS = 330
_PART = re.compile(r"<(style|script)>(.*?)</\1>", re.DOTALL)
_PLACE = re.compile(r"\{\{(\w+)\}\}")


def screen_page(session: Session, draw_id: str, *, full_names: bool, page: str = "") -> bytes:
    """The screen as HTML; before the draw is held it shows what was announced. `page` is the draw's public address.

    Raises NotFound, and Unverifiable when the stored list or awards are not those that were published.
    """
    draw = find(session, draw_id)
    data = json.dumps(_data(session, draw, page, full_names=full_names), ensure_ascii=False, separators=(",", ":"))
    values = {
        "policy": screen_policy(),
        "title": html.escape(f"{draw.announcement.campaign} · 抽奖"),
        "data": data.replace("<", "\\u003c"),
    }
    return _PLACE.sub(lambda place: values[place[1]], _template()).encode()


def screen_policy() -> str:
    """The Content-Security-Policy of the page: its own style and script by their hashes, and nothing from elsewhere."""
    hashes: dict[str, list[str]] = defaultdict(list)
    for kind, text in _PART.findall(_template()):
        hashes[kind].append(f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'")
    allowed = "; ".join(f"{kind}-src {' '.join(found)}" for kind, found in sorted(hashes.items()))
    return f"default-src 'none'; {allowed}; img-src data:; base-uri 'none'; form-action 'none'"


def _template() -> str:
    return Path(__file__).with_name("screen.html").read_text(encoding="utf-8")


def _data(session: Session, draw: DrawRecord, page: str, *, full_names: bool) -> dict[str, Any]:
    announcement, held = draw.announcement, draw.state is DrawState.HELD
    if held:
        check_awards(session, draw)
    lines = winners(session, draw.campaign_id, draw_id=draw.id, full_names=full_names) if held else []
    values = {value.source: value.value for value in draw.values} if held else {}
    return {
        "id": draw.id,
        "campaign": announcement.campaign,
        "held": clock.in_words(draw.held_ms or 0, draw.timezone) if held else "",
        "frozen": clock.in_words(draw.frozen_ms, draw.timezone),
        "count": announcement.count,
        "list_hash": announcement.list_hash,
        "seed": draw.seed or "",
        "sources": [
            {"name": source_in_words(source), "value": values.get(source, "")} for source in announcement.sources
        ],
        "prizes": [
            {"name": prize.name, "count": prize.count, "slots": _slots(lines, prize.name)}
            for prize in announcement.prizes
        ],
        "crowd": _crowd(session, draw, full_names=full_names) if held else [],
        "page": page,
        "qr": _code(page) if page else "",
    }


def _slots(lines: list[WinnerLine], prize: str) -> list[list[dict[str, str]]]:
    """A prize's awards in their order; each with those that replaced it, the one that holds last."""
    own = [line for line in lines if line.prize == prize]
    successors = {line.replaces: line for line in own if line.replaces is not None}
    slots = []
    for first in own:
        if first.replaces is not None:
            continue
        chain = [first]
        while chain[-1].sequence in successors:
            chain.append(successors[chain[-1].sequence])
        slots.append([_slot(line) for line in chain])
    return slots


def _slot(line: WinnerLine) -> dict[str, str]:
    return {"name": line.name, "unit": line.unit, "entrant": line.entrant, "reason": line.reason}


def _crowd(session: Session, draw: DrawRecord, *, full_names: bool) -> list[dict[str, str]]:
    """At most `CROWD` who are on the list and may win, spread over all of them; the same ones every time."""
    data, excluded = frozen_list(session, draw), frozenset(draw.announcement.exclusions)
    step = max(1, draw.announcement.count // (CROWD + _SPARE))
    place = func.row_number().over(order_by=Standing.person_id).label("place")
    numbered = (
        select(Standing.person_id, place)
        .join(Campaign, Campaign.id == Standing.campaign_id)
        .where(Campaign.id == draw.campaign_id, Standing.points >= Campaign.draw_points)
        .subquery()
    )
    rows = session.execute(
        select(numbered.c.person_id, Person.name, Unit.name.label("unit"))
        .join(Person, Person.id == numbered.c.person_id)
        .outerjoin(Unit, Unit.id == Person.unit_id)
        .where(numbered.c.place % step == 0)
        .order_by(numbered.c.person_id)
        .limit(2 * (CROWD + _SPARE))
    )
    salt = session.scalars(select(Campaign.salt).where(Campaign.id == draw.campaign_id)).one()
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        entrant = pseudonym(salt, row.person_id)
        if entrant not in excluded and find_entrant(data, entrant) is not None:
            name = row.name or guest(entrant) if full_names else shown(row.name, entrant)
            found[entrant] = {"name": name, "unit": row.unit or "", "entrant": entrant}
    return [found[entrant] for entrant in sorted(found)][:CROWD]  # pseudonyms mix neighbours of one roster


def _code(page: str) -> str:
    """The QR code of the public page as a data address."""
    return f"data:image/png;base64,{base64.b64encode(codes.png(page, pixels=CODE_PIXELS)).decode()}"
