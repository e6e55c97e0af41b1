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
from dataclasses import dataclass
from pathlib import Path

from flask import Response, current_app, render_template, request, send_file
from sqlalchemy.orm import Session

from bot.pages.assets import CachedBlueprint
from bot.pages.footer import footer_parts
from campaigns import draws
from campaigns.clock import in_words
from campaigns.draws import Award, DrawRecord, Entrant
from campaigns.draws.sources import kind_of, spelling
from campaigns.errors import Moved, NotFound
from campaigns.stores import Stores

KEPT_S = 60
"""How long an evidence zip may be kept before asking again whether it has changed."""
RETRY_S = 5
LONGEST_SHOWN = 64
PSEUDONYM = re.compile(r"[0-9a-f]{16}")

blueprint = CachedBlueprint("draws", __name__, template_folder="templates")


@dataclass(frozen=True, slots=True)
class Own:
    """What a reader who looked for a pseudonym is told."""

    sought: str
    well_formed: bool
    entrant: Entrant | None
    award: Award | None


@blueprint.context_processor
def _footer() -> dict[str, object]:
    return {"footer": footer_parts(current_app.config["LVDA"].footer)}


@blueprint.errorhandler(NotFound)
def _missing(error: NotFound) -> tuple[str, int]:
    return render_template("draws/missing.html", sentence=str(error)), 404


@blueprint.errorhandler(Moved)
def _later(error: Moved) -> tuple[str, int, dict[str, str]]:
    return render_template("draws/missing.html", sentence=str(error)), 503, {"Retry-After": str(RETRY_S)}


@blueprint.get("/draws/<draw_id>")
def show(draw_id: str) -> str:
    stores: Stores = current_app.extensions["lvda"]
    with stores.sql.reading() as session:
        draw = draws.find(session, draw_id)
        own = _own(session, draw, request.args.get("find", ""))
    return render_template(
        "draws/show.html",
        draw=draw,
        announcement=draw.announcement,
        own=own,
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


def _by_number(quotas: dict[str, int]) -> list[tuple[int, list[str]]]:
    """Quotas as number and units, since most units have the same."""
    units = defaultdict(list)
    for unit, quota in quotas.items():
        units[quota].append(unit)
    return sorted(units.items())
