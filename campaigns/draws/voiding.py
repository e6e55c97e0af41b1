"""Void: a draw that cannot be held any more is given up, with a reason that everybody may read.

That is for a secret that was lost, or numbers that never come. It is no way to draw again: it takes place before any
value is entered, the frozen list stays published, and whoever knows the numbers can compute what would have come of it.
"""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from campaigns import audit
from campaigns.draws.records import DrawRecord, DrawState, find, take
from campaigns.errors import DrawRefused
from campaigns.prizes.awards import take_turn
from campaigns.prizes.reasons import stated
from campaigns.tables import Draw


def void(session: Session, draw_id: str, reason: str, by: str, now: int) -> DrawRecord:
    """Give up a frozen draw: its prizes may be drawn anew, on a list frozen anew.

    Raises NotFound; Refused without a reason; DrawRefused once values are entered.
    """
    reason = stated(reason)
    draw = find(session, draw_id)
    take_turn(session, draw.campaign_id)
    if not take(session, draw_id, DrawState.FROZEN):
        if draw.state is DrawState.VOID:
            raise DrawRefused(f"抽奖 {draw_id} 已经作废过了，不用再作废。")
        raise DrawRefused(f"抽奖 {draw_id} 已经录入数值，不能再作废：请复核开奖；录错了可以更正。")
    session.execute(
        update(Draw)
        .where(Draw.id == draw_id)
        .values(state=DrawState.VOID, voided_ms=now, voided_by=by, void_reason=reason)
    )
    audit.record(session, by, "draw.voided", f"draw:{draw_id}", now, note=reason)
    return find(session, draw_id)
