"""Awards go on record, and their winners are told: the news is posted in the transaction of the award."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import insert
from sqlalchemy.orm import Session

from campaigns import outbox, people
from campaigns.draws.records import DrawRecord, persons_of
from campaigns.draws.scheme import Award, AwardState
from campaigns.outbox import Draft
from campaigns.tables import Award as AwardRow

FORFEITED = "中奖已作废，没有发送。"


def record_awards(
    session: Session, draw: DrawRecord, awards: Sequence[Award], now: int, known: Mapping[str, int]
) -> None:
    """To be called by whoever has taken the draw's row. `known` are persons by pseudonym; others are looked up."""
    unknown = {award.entrant for award in awards if award.entrant} - known.keys()
    persons = {**known, **persons_of(session, draw.campaign_id, unknown)}
    rows = [
        {
            "draw_id": draw.id,
            "sequence": award.sequence,
            "prize": award.prize,
            "entrant": award.entrant,
            "person_id": persons.get(award.entrant or ""),
            "rank": award.rank,
            "state": award.state,
            "replaces": award.replaces,
            "reason": award.reason,
            "changed_ms": now,
        }
        for award in awards
    ]
    session.execute(insert(AwardRow), rows)
    new = {award.entrant for award in awards}
    living = {entrant: people.living(session, person_id) for entrant, person_id in persons.items() if entrant in new}
    outbox.post_all(session, _news(draw, awards, living), now)


def _news(draw: DrawRecord, awards: Sequence[Award], persons: Mapping[str, int]) -> list[Draft]:
    return [
        Draft(
            key=_key(draw.id, award.sequence),
            wording="notice.won",
            values={
                "campaign": draw.announcement.campaign,
                "slug": draw.campaign_slug,
                "draw": draw.id,
                "prize": award.prize,
            },
            person_id=persons[award.entrant or ""],
            campaign_id=draw.campaign_id,
            must=True,
        )
        for award in awards
        if award.state is AwardState.AWARDED and award.entrant in persons
    ]


def take_news_back(session: Session, draw_id: str, sequence: int) -> None:
    """Do not tell any more of an award that is forfeited before its news went out."""
    outbox.withdraw(session, _key(draw_id, sequence), FORFEITED)


def _key(draw_id: str, sequence: int) -> str:
    return f"won:{draw_id}:{sequence}"
