"""What awards and lists wait for: a frozen draw that is to be held, scores that are still made, undecided lots."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.clock import ON_THE_WAY_MS
from campaigns.draws.records import DrawState
from campaigns.prizes.awards import take_turn
from campaigns.tables import Attempt, Campaign, Draw, PrizeGroup, Regrade

PENDING = (DrawState.FROZEN, DrawState.ENTERED)
WORKER = "一直这样，请检查后台任务（lvda worker）是否在运行。"


def pending(session: Session, campaign_id: int) -> bool:
    """Whether a draw of the campaign is frozen and not held.

    Where one may win once in a campaign, whoever would give any other award of it asks this first, in the transaction
    of the award: who is on a frozen list could win twice otherwise, and the draw could not be held. Until that
    transaction ends no draw of the campaign is frozen: a freeze waits, and then sees the award.
    """
    take_turn(session, campaign_id, shared=True)
    return is_pending(session, campaign_id)


def is_pending(session: Session, campaign_id: int) -> bool:
    """The same as a mere look, for whoever has taken a turn."""
    found = select(Draw.id).where(Draw.campaign_id == campaign_id, Draw.state.in_(PENDING))
    return session.scalar(found.limit(1)) is not None


def waits_for_scores(session: Session, campaign_id: int, now: int) -> str:
    """Why a list or a ranking that cannot be mended later has to wait, in one sentence; empty: it need not.

    It waits for scores that are being computed anew, for answers that were given before the close and are on their way,
    and for attempts the clock has ended before it. While a campaign is on, some attempt always has just ended; who is
    not on the list yet is then as ever.
    """
    mending = select(Regrade.id).where(Regrade.campaign_id == campaign_id, Regrade.finished_ms.is_(None))
    if session.scalar(mending.limit(1)) is not None:
        return "成绩正在因更正题目重新计算，请等算完再操作。"
    state, closes_ms = session.execute(
        select(Campaign.state, Campaign.closes_ms).where(Campaign.id == campaign_id)
    ).one()
    if state != "published" or closes_ms is None or now < closes_ms:
        return ""
    if now < closes_ms + ON_THE_WAY_MS:
        return "活动刚刚结束，最后提交的答案还在路上，请十几秒后再操作。"
    ended = select(Attempt.id).where(
        Attempt.campaign_id == campaign_id, Attempt.state == "open", Attempt.due_ms <= closes_ms
    )
    if session.scalar(ended.limit(1)) is not None:
        return f"还有限时已到的答卷没有收齐，请半分钟后再操作；{WORKER}"
    return ""


def waits_for_lots(session: Session, campaign_id: int, now: int) -> str:
    """The same of instant prizes, where one may win once in a campaign: who is on a frozen list may win none."""
    instant = select(PrizeGroup.id).where(PrizeGroup.campaign_id == campaign_id, PrizeGroup.kind == "instant")
    if session.scalar(instant.limit(1)) is None:
        return ""
    state, closes_ms = session.execute(
        select(Campaign.state, Campaign.closes_ms).where(Campaign.id == campaign_id)
    ).one()
    if state in ("published", "paused") and (closes_ms is None or now < closes_ms):
        return "本活动每人限中一次，即时奖品还在发放，请等活动结束再冻结名单。"
    undecided = select(Attempt.id).where(
        Attempt.campaign_id == campaign_id, Attempt.state == "finished", Attempt.lot_ms.is_(None)
    )
    if session.scalar(undecided.limit(1)) is not None:
        return f"还有答卷的即时抽奖没有开出结果，请半分钟后再操作；{WORKER}"
    return ""
