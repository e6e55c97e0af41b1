"""The part of holding and forfeiting that takes long for many entrants, to be done before the write.

On SQLite one writer at a time has the database, so that whoever ranks a hundred thousand entrants in a transaction
keeps everyone's answers waiting. A ranking follows from its seed alone: it cannot grow stale.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from campaigns.draws import scheme
from campaigns.draws.records import DrawRecord, DrawState, find, frozen_list, persons_of
from campaigns.draws.scheme import Ranked
from campaigns.draws.sources import check_values, seed_text
from campaigns.errors import DrawRefused

SPARE = 1_000
"""Entrants behind the last award whose persons are looked up too: quotas and forfeits reach a little further down."""
ALREADY = "本次抽奖已录入另外的数值，不能更改；请查看抽奖公示页。"
VOIDED = "本次抽奖已经作废，不能开奖；原因见抽奖公示页。"


@dataclass(frozen=True, slots=True)
class Prepared:
    seed: str
    ranking: Sequence[Ranked]
    persons: Mapping[str, int]
    """Persons by pseudonym: those who are likely to be awarded."""


def prepare(session: Session, draw_id: str, values: Mapping[str, str] | None = None) -> Prepared:
    """What `hold` will need for these values, or `confirm` and `forfeit` for those on record; only reads.

    Raises NotFound, and DrawRefused for values that cannot be or are not there yet.
    """
    draw = find(session, draw_id)
    if draw.state is DrawState.VOID:
        raise DrawRefused(VOIDED)
    given = entered(draw) if values is None else given_for(draw, values)
    if not given:
        raise DrawRefused("本次抽奖尚未录入来源数值，请先录入。")
    seed = seed_for(draw, given)
    ranking = rank_list(session, draw, seed)
    reach = sum(prize.count for prize in draw.announcement.prizes) + len(draw.awards) + SPARE
    return Prepared(
        seed, ranking, persons_of(session, draw.campaign_id, {ranked.entrant for ranked in ranking[:reach]})
    )


def given_for(draw: DrawRecord, values: Mapping[str, str]) -> dict[str, str]:
    """The values as they go into the draw's seed, in announced order. Raises DrawRefused for those that cannot be."""
    try:
        return check_values(draw.announcement.sources, values, draw.announcement.formats)
    except DrawRefused as error:
        if draw.state is DrawState.HELD:  # to write them otherwise would not help
            raise DrawRefused(ALREADY) from error
        raise


def entered(draw: DrawRecord) -> dict[str, str]:
    """The values on record, in the announced order."""
    return {value.source: value.value for value in draw.values}


def seed_for(draw: DrawRecord, given: Mapping[str, str]) -> str:
    texts = [seed_text(source, given[source]) for source in draw.announcement.sources]
    return scheme.seed_of(draw.id, draw.announcement.list_hash, texts)


def ranking_for(session: Session, draw: DrawRecord, seed: str, prepared: Prepared | None) -> Sequence[Ranked]:
    """The ranking that was prepared for this seed, otherwise a new one."""
    return prepared.ranking if prepared is not None and prepared.seed == seed else rank_list(session, draw, seed)


def rank_list(session: Session, draw: DrawRecord, seed: str) -> list[Ranked]:
    """Raises Unverifiable when the stored list is not the published one."""
    return scheme.rank(seed, scheme.read_list(frozen_list(session, draw)))
