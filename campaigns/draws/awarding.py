"""Awards go on record, and their winners are told: the news is posted in the transaction of the award."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaigns.draws.records import DrawRecord, persons_of
from campaigns.draws.scheme import Award
from campaigns.errors import Unverifiable
from campaigns.prizes.awards import Winner, put_on_record, terms_of
from campaigns.tables import Draw

TAMPERED = "数据可能被改动过；什么都没有执行，请从备份核对。"


def record_awards(
    session: Session, draw: DrawRecord, awards: Sequence[Award], now: int, known: Mapping[str, int]
) -> None:
    """To be called by whoever has taken the draw's row. `known` are persons by pseudonym; others are looked up.

    Raises Unverifiable where what was announced and what is on record of prizes and awards do not go together: a draw
    that went through these functions alone cannot come to that.
    """
    unknown = {award.entrant for award in awards if award.entrant} - known.keys()
    persons = {**known, **persons_of(session, draw.campaign_id, unknown)}
    terms = terms_of(session, session.scalars(select(Draw.group_id).where(Draw.id == draw.id)).one())
    winners = [
        Winner(
            prize=award.prize,
            entrant=award.entrant,
            person_id=persons.get(award.entrant or ""),
            rank=award.rank,
            sequence=award.sequence,
            replaces=award.replaces,
            forfeited=award.reason,
        )
        for award in awards
    ]
    if not {award.prize for award in awards} <= terms.prizes.keys():
        raise Unverifiable(f"抽奖 {draw.id} 公告的奖品与登记的不符，{TAMPERED}")
    try:
        put_on_record(session, terms, winners, now, draw_id=draw.id)
    except IntegrityError as error:
        raise Unverifiable(f"抽奖 {draw.id} 的中奖记录与登记的奖品数量或已有的中奖记录冲突，{TAMPERED}") from error
