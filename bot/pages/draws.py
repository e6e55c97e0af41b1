"""The public pages of a draw: what was announced, what came of it, and the evidence.

================================ ===============================================================
``GET /draws/<id>``              the draw; ``?find=`` shows one entrant's own line
``GET /draws/<id>/audit.zip``    the evidence, as far as it exists by now
================================ ===============================================================

Anyone may ask for both as often as they like: what takes long is made once, and kept in the data folder.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Response, current_app, render_template, request, send_file
from sqlalchemy.orm import Session

from bot.pages.assets import CachedBlueprint
from bot.pages.footer import footer_parts
from campaigns import draws
from campaigns.clock import in_words
from campaigns.draws import Award, DrawRecord, Entrant, scheme
from campaigns.draws.in_words import exclusions_in_words, source_in_words, tickets_in_words
from campaigns.draws.records import tampered_with
from campaigns.draws.sources import kind_of, seed_text, spelling
from campaigns.errors import Moved, NotFound, Unverifiable
from campaigns.prizes.results import WinnerLine, winners
from campaigns.stores import Stores

KEPT_S = 60
"""How long an evidence zip may be kept before asking again whether it has changed."""
RETRY_S = 5
LONGEST_SHOWN = 64
OPEN_AT_ONCE = 100
"""Winners that are shown without being asked for; more of one prize are a tap away."""
OTHER_BALL = "15"
"""Of the small example: had it been drawn, somebody else would have won."""
PSEUDONYM = re.compile(r"[0-9a-f]{16}")

blueprint = CachedBlueprint("draws", __name__, template_folder="templates")


@dataclass(frozen=True, slots=True)
class Own:
    """What a reader who looked for a pseudonym is told."""

    sought: str
    well_formed: bool
    entrant: Entrant | None
    award: Award | None


@dataclass(frozen=True, slots=True)
class Example:
    """A draw among three, small enough to be followed with a pencil; all of it is really computed."""

    entrants: tuple[str, ...]
    list_hash: str
    other_hash: str
    """Of the same list with one character changed."""
    value: str
    seed: str
    other_seed: str
    """With `OTHER_BALL` instead of the last number."""
    ranking: tuple[tuple[str, str], ...]
    """Entrants with their keys, best first."""
    other_winner: str


@blueprint.context_processor
def _footer() -> dict[str, object]:
    return {"footer": footer_parts(current_app.config["LVDA"].footer)}


@blueprint.errorhandler(NotFound)
def _missing(error: NotFound) -> tuple[str, int]:
    return render_template("draws/missing.html", sentence=str(error)), 404


@blueprint.errorhandler(Moved)
def _later(error: Moved) -> tuple[str, int, dict[str, str]]:
    return render_template("draws/missing.html", sentence=str(error)), 503, {"Retry-After": str(RETRY_S)}


@blueprint.errorhandler(Unverifiable)
def _tampered(error: Unverifiable) -> tuple[str, int]:
    return render_template("draws/missing.html", sentence=str(error)), 500


@blueprint.get("/draws/<draw_id>")
def show(draw_id: str) -> str:
    stores: Stores = current_app.extensions["lvda"]
    with stores.sql.reading() as session:
        draw = draws.find(session, draw_id)
        own = _own(session, draw, request.args.get("find", ""))
        lines = winners(session, draw.campaign_id, draw_id=draw_id) if draw.awards else []
        tampered = tampered_with(session, draw)
        others = draws.listed_draws(session, draw.campaign_id)
    return render_template(
        "draws/show.html",
        draw=draw,
        announcement=draw.announcement,
        own=own,
        prizes=_by_prize(draw, lines),
        voided_at=None if draw.voided_ms is None else in_words(draw.voided_ms, draw.timezone),
        forfeited=sorted((line for line in lines if line.state == "forfeited"), key=lambda line: line.sequence or 0),
        open_at_once=OPEN_AT_ONCE,
        others=others,
        tampered=tampered,
        example=example(),
        other_ball=OTHER_BALL,
        source_in_words=source_in_words,
        excluded=exclusions_in_words(draw.announcement),
        tickets=tickets_in_words(draw.announcement),
        kinds={kind_of(source) for source in draw.announcement.sources},
        kind_of=kind_of,
        spelling=spelling,
        quotas=_by_number(draw.announcement.quotas),
        frozen_at=in_words(draw.frozen_ms, draw.timezone),
        held_at=None if draw.held_ms is None else in_words(draw.held_ms, draw.timezone),
    )


@blueprint.get("/draws/<draw_id>/audit.zip")
def audit(draw_id: str) -> Response:
    stores: Stores = current_app.extensions["lvda"]
    path = draws.kept_audit(stores.sql, _folder(), draw_id)
    try:
        return send_file(
            path, "application/zip", True, f"audit-{draw_id}.zip", conditional=True, etag=path.stem, max_age=KEPT_S
        )
    except FileNotFoundError as error:  # the draw went on in this moment, and another process has removed it
        raise Moved("证据刚刚有更新，请再下载一次。") from error


def _folder() -> Path:
    """Absolute, since Flask looks for relative paths beside the program."""
    data_dir: Path = current_app.config["LVDA"].data_dir
    return data_dir.resolve() / "draws"


def _own(session: Session, draw: DrawRecord, text: str) -> Own | None:
    sought = text.strip().lower()
    if not sought:
        return None
    if not PSEUDONYM.fullmatch(sought):
        shown = "".join(character for character in sought[:LONGEST_SHOWN] if character.isprintable())
        return Own(shown, False, None, None)
    award = next((award for award in draw.awards if award.entrant == sought), None)
    return Own(sought, True, draws.entrant_of(session, _folder(), draw, sought), award)


def _by_prize(draw: DrawRecord, lines: Sequence[WinnerLine]) -> dict[str, list[WinnerLine]]:
    """All awards by prize, in the announced order."""
    found: dict[str, list[WinnerLine]] = {prize.name: [] for prize in draw.announcement.prizes}
    for line in lines:
        found.setdefault(line.prize, []).append(line)
    return found if lines else {}


@cache
def example() -> Example:
    names = ("a1", "b2", "c3")
    source, balls, ball = "ssq:2026130", "03.08.15.22.27.31", "09"
    entrants = [Entrant(name, scheme.NO_UNIT, 1) for name in names]
    own = scheme.list_hash(scheme.list_bytes(entrants))
    changed = scheme.list_hash(scheme.list_bytes([*entrants[:2], Entrant("c4", scheme.NO_UNIT, 1)]))
    seed, other_seed = (
        scheme.seed_of("C1-D1", own, [seed_text(source, f"{balls}+{one}")]) for one in (ball, OTHER_BALL)
    )
    ranking = tuple((ranked.entrant, ranked.key.hex()) for ranked in scheme.rank(seed, entrants))
    winner = scheme.rank(other_seed, entrants)[0].entrant
    return Example(names, own, changed, f"{balls}+{ball}", seed, other_seed, ranking, winner)


def _by_number(quotas: dict[str, int]) -> list[tuple[int, list[str]]]:
    """Quotas as number and units, since most units have the same."""
    units = defaultdict(list)
    for unit, quota in quotas.items():
        units[quota].append(unit)
    return sorted(units.items())
