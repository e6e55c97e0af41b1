"""Forfeit: a prize that its winner may not keep or does not collect goes to the next who may have it."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.draws import scheme
from campaigns.draws.awarding import record_awards
from campaigns.draws.preparing import Prepared, ranking_for
from campaigns.draws.pseudonyms import pseudonym
from campaigns.draws.records import DrawState, awards_of, find, take
from campaigns.draws.scheme import Award, AwardState
from campaigns.draws.waiting import is_pending
from campaigns.errors import DrawRefused, NotFound
from campaigns.prizes.awards import take_back, take_turn
from campaigns.tables import Award as AwardRow
from campaigns.tables import Campaign, Person

REASON_LIMIT = 500
WON_ELSEWHERE = "本活动每人限中一次，此人已另有中奖，依次递补"
"""Published."""


def forfeit(
    session: Session, draw_id: str, sequence: int, reason: str, now: int, *, prepared: Prepared | None = None
) -> Award:
    """Take back the award with this sequence. Gives the award that replaces it: unfilled if nobody is left.

    Where one may win once in a campaign, and the next in rank has another award of it by now, the prize falls to them
    and is forfeited at once, as everybody may read: the order stays that of the announced rules.
    Raises NotFound, and DrawRefused when the draw is not held, the award is not live, there is no reason, or another
    draw of the campaign is frozen on whose list the next in rank may be.
    """
    reason = reason.strip()
    if not reason or len(reason) > REASON_LIMIT or not reason.isprintable():
        raise DrawRefused(f"请写明作废的原因，原因将一并公布，不超过 {REASON_LIMIT} 字且不换行。")
    draw = find(session, draw_id)
    if draw.seed is None:
        raise DrawRefused("本次抽奖尚未开奖，没有可以作废的中奖记录。")
    ranking, rules = ranking_for(session, draw, draw.seed, prepared), draw.announcement.rules
    take_turn(session, draw.campaign_id)
    take(session, draw_id, DrawState.HELD)  # forfeits of one draw take turns: each scans what the last one left
    salt, wins = session.execute(select(Campaign.salt, Campaign.wins).where(Campaign.id == draw.campaign_id)).one()
    if wins == "campaign" and is_pending(session, draw.campaign_id):
        raise DrawRefused("本活动每人限中一次，还有一次抽奖已冻结名单、尚未开奖，请等它开奖后再作废。")
    before = awards_of(session, draw_id)
    after = scheme.forfeit(ranking, before, rules, sequence, reason)
    lost = session.scalars(select(AwardRow.id).where(AwardRow.draw_id == draw_id, AwardRow.sequence == sequence)).one()
    if not take_back(session, lost, reason, now):
        raise DrawRefused(f"序号 {sequence} 的奖品已经领走，不能作废。")
    served = _served(session, draw.campaign_id, salt) if wins == "campaign" else frozenset()
    while after[-1].entrant in served:
        after = scheme.forfeit(ranking, after, rules, after[-1].sequence, WON_ELSEWHERE)
    record_awards(session, draw, after[len(before) :], now, prepared.persons if prepared else {})
    return after[-1]


def _served(session: Session, campaign_id: int, salt: str) -> frozenset[str]:
    """The entrants, under every name that they may have on a list of the past, who have an award of the campaign."""
    living = func.coalesce(Person.merged_into_id, Person.id)
    winners = (
        select(living)
        .join(AwardRow, AwardRow.person_id == Person.id)
        .where(AwardRow.campaign_id == campaign_id, AwardRow.state == AwardState.AWARDED)
    )
    former = select(Person.id).where(Person.merged_into_id.in_(winners))
    selves = {*session.scalars(winners), *session.scalars(former)}
    return frozenset(pseudonym(salt, person_id) for person_id in selves)


def sequence_of(session: Session, draw_id: str, entrant: str) -> int:
    """The sequence of an entrant's award. Raises NotFound when there is none."""
    for award in find(session, draw_id).awards:
        if award.entrant == entrant:
            return award.sequence
    raise NotFound(f"抽奖 {draw_id} 的中奖名单中没有编号 {entrant[:64]}，请核对编号。")
