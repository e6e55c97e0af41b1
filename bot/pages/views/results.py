"""What came of somebody's attempts: rank, draw, prizes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from bot.wording import tell
from campaigns import play
from campaigns.draws import DrawState, published_draws
from campaigns.draws.pseudonyms import pseudonym
from campaigns.editions import Edition
from campaigns.standings import Rank, Standing


@dataclass(frozen=True, slots=True)
class ToDraw:
    """The way to a draw's public page, and how it stands with it."""

    id: str
    title: str
    said: str
    entrant: str | None
    """Whose own line the page is to show; None: nobody's."""


def rank(edition: Edition, last: play.Finished, standing: Standing, found: Rank) -> str:
    """Where a person stands; by what counts, where that is not the last attempt."""
    if not found.rank:  # the copy that ranks are read from lags behind for a moment
        return tell("result.rank.soon")
    if (last.score, last.used_ms) == (standing.points, standing.used_ms):
        key = "result.rank"
    else:
        key = "result.rank.best" if edition.counts == "best" else "result.rank.counted"
    return tell(key, rank=found.rank, total=found.total, points=standing.points)


def draws(session: Session, edition: Edition, person_id: int) -> list[ToDraw]:
    """The campaign's draws, with a person's own prizes."""
    found = published_draws(session, edition.id, person_id)
    takes_part = found and person_id and play.standing_of(session, edition.id, person_id) is not None
    entrant = pseudonym(edition.salt, person_id) if takes_part else None
    return [
        ToDraw(
            id=one.id,
            entrant=entrant,
            title=tell("draws.title") if len(found) == 1 else tell("draws.title.nth", number=number),
            said=_draw_said(one.state, one.prizes),
        )
        for number, one in enumerate(found, start=1)
    ]


def _draw_said(state: DrawState, prizes: Sequence[str]) -> str:
    if prizes:
        return tell("draws.won", prize=tell("list.and").join(prizes))
    said = {DrawState.HELD: "draws.held", DrawState.VOID: "draws.void"}
    return tell(said.get(state, "draws.frozen"))
