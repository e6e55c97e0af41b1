"""The evidence of a draw: one zip from which anyone can compute it again, and the check of such a zip.

Members are stored, not deflated, in one order and with one timestamp: the same draw gives the same bytes. Before
the draw is held the zip holds what is known by then: the list, the announcement, and the page that verifies.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO

from sqlalchemy.orm import Session

from campaigns import clock
from campaigns.draws import scheme
from campaigns.draws.announcement import json_bytes
from campaigns.draws.records import DrawRecord, DrawState, check_awards, find, frozen_list
from campaigns.draws.scheme import Award, Ranked

ENTRANTS = "entrants.tsv"
ANNOUNCEMENT = "announcement.json"
SOURCES = "sources.json"
RANKING = "ranking.tsv"
AWARDS = "awards.tsv"
PAGE = "verify.html"

MEMBERS_FROZEN = (ENTRANTS, ANNOUNCEMENT, PAGE)
MEMBERS_HELD = (ENTRANTS, ANNOUNCEMENT, SOURCES, RANKING, AWARDS, PAGE)

RANKING_HEADER = ("rank", "entrant", "key")
AWARDS_HEADER = ("sequence", "prize", "entrant", "rank", "state", "replaces", "reason")


def audit_zip(session: Session, draw_id: str) -> bytes:
    """Raises NotFound, and Unverifiable when the stored list or awards were changed behind our back."""
    buffer = io.BytesIO()
    write_audit(session, find(session, draw_id), buffer)
    return buffer.getvalue()


def write_audit(session: Session, draw: DrawRecord, stream: IO[bytes]) -> None:
    """Write the zip to a stream that can seek. Raises Unverifiable as `audit_zip`."""
    entrants = frozen_list(session, draw)
    check_awards(session, draw)
    contents = {
        ENTRANTS: entrants,
        ANNOUNCEMENT: draw.announcement.as_bytes(),
        PAGE: _page(),
    }
    if draw.state is not DrawState.HELD or draw.seed is None:
        return _zip(stream, ((name, contents[name]) for name in MEMBERS_FROZEN))
    contents[SOURCES] = _sources_json(draw)
    contents[RANKING] = ranking_tsv(scheme.rank(draw.seed, scheme.read_list(entrants)))
    contents[AWARDS] = awards_tsv(draw.awards)
    return _zip(stream, ((name, contents[name]) for name in MEMBERS_HELD))


def audit_tag(draw: DrawRecord) -> str:
    """Another one whenever `audit_zip` would give other bytes; cheap to make."""
    state = repr((draw.state, draw.announcement, draw.values, draw.seed, draw.held_ms, draw.confirmed_by, draw.awards))
    return hashlib.sha256(state.encode() + _page()).hexdigest()[:32]


def ranking_tsv(ranking: Sequence[Ranked]) -> bytes:
    lines = [f"{rank}\t{entrant}\t{key.hex()}\n" for rank, (key, entrant, _) in enumerate(ranking, start=1)]
    return "".join([_line(RANKING_HEADER), *lines]).encode()


def awards_tsv(awards: Iterable[Award]) -> bytes:
    """What does not apply to an award is empty."""
    lines = [
        _line(
            (
                str(award.sequence),
                award.prize,
                award.entrant or "",
                "" if award.rank is None else str(award.rank),
                award.state,
                "" if award.replaces is None else str(award.replaces),
                award.reason,
            )
        )
        for award in awards
    ]
    return "".join([_line(AWARDS_HEADER), *lines]).encode()


def _page() -> bytes:
    return Path(__file__).with_name(PAGE).read_bytes()


def _line(fields: Sequence[str]) -> str:
    return "\t".join(fields) + "\n"


def _sources_json(draw: DrawRecord) -> bytes:
    return json_bytes(
        {
            "values": [
                {
                    "source": value.source,
                    "value": value.text,
                    "entered_at": clock.iso(value.entered_ms),
                    "entered_by": value.entered_by,
                }
                for value in draw.values
            ],
            "seed": draw.seed,
            "held_at": clock.iso(draw.held_ms or 0),
            "confirmed_by": draw.confirmed_by,
        }
    )


def _zip(stream: IO[bytes], members: Iterable[tuple[str, bytes]]) -> None:
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members:
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.create_system = 3  # otherwise it tells which system made it, and the bytes differ
            info.external_attr = 0o100644 << 16
            archive.writestr(info, content)
