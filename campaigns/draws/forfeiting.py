"""Forfeit: a prize that its winner may not keep or does not collect goes to the next who may have it."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from campaigns.draws import scheme
from campaigns.draws.awarding import record_awards, take_news_back
from campaigns.draws.preparing import Prepared, ranking_for
from campaigns.draws.records import DrawState, awards_of, find, take
from campaigns.draws.scheme import Award, AwardState
from campaigns.errors import DrawRefused, NotFound
from campaigns.tables import Award as AwardRow

REASON_LIMIT = 500


def forfeit(
    session: Session, draw_id: str, sequence: int, reason: str, now: int, *, prepared: Prepared | None = None
) -> Award:
    """Take back the award with this sequence. Gives the award that replaces it: unfilled if nobody is left.

    Raises NotFound, and DrawRefused when the draw is not held, the award is not live, or there is no reason.
    """
    reason = reason.strip()
    if not reason or len(reason) > REASON_LIMIT or not reason.isprintable():
        raise DrawRefused(f"请写明作废的原因，原因将一并公布，不超过 {REASON_LIMIT} 字且不换行。")
    draw = find(session, draw_id)
    if draw.seed is None:
        raise DrawRefused("本次抽奖尚未开奖，没有可以作废的中奖记录。")
    ranking = ranking_for(session, draw, draw.seed, prepared)
    take(session, draw_id, DrawState.HELD)  # forfeits of one draw take turns: each scans what the last one left
    successor = scheme.forfeit(ranking, awards_of(session, draw_id), draw.announcement.rules, sequence, reason)[-1]
    session.execute(
        update(AwardRow)
        .where(AwardRow.draw_id == draw_id, AwardRow.sequence == sequence)
        .values(state=AwardState.FORFEITED, reason=reason, changed_ms=now)
    )
    take_news_back(session, draw_id, sequence)
    record_awards(session, draw, [successor], now, prepared.persons if prepared else {})
    return successor


def sequence_of(session: Session, draw_id: str, entrant: str) -> int:
    """The sequence of an entrant's award. Raises NotFound when there is none."""
    for award in find(session, draw_id).awards:
        if award.entrant == entrant:
            return award.sequence
    raise NotFound(f"抽奖 {draw_id} 的中奖名单中没有编号 {entrant[:64]}，请核对编号。")
