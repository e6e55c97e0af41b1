"""A campaign with prizes to be collected and to be posted, and the awards of those who won them."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from campaign_made import OPENS, PLAN, make_campaign
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.draws import pseudonym
from campaigns.privacy import CLAIMS, CODES, Seal
from campaigns.prizes import awards, codes, groups
from campaigns.prizes.awards import Winner
from campaigns.prizes.rules import PlannedGroup, PlannedPrize
from campaigns.store import Store

SECRET = "a secret of the tests"
CODE_SEAL, CLAIM_SEAL = Seal(SECRET, CODES), Seal(SECRET, CLAIMS)
WON = OPENS + 3_600_000
ZHANG, LI, GUEST = 1, 2, 3
"""Two with a name and a unit, and one without either."""
PRIZES = {
    "pickup": PlannedGroup(
        "现场奖", "rank", (PlannedPrize("保温杯", 50),), collecting="pickup", place="一楼大厅", claim_days=7
    ),
    "post": PlannedGroup("邮寄奖", "rank", (PlannedPrize("太阳能灯", 50),), collecting="post", claim_days=7),
}


def make_winners(store: Store) -> None:
    """A campaign ``week``, a group for each way of collecting, and three persons, who may win again."""
    campaign_id = make_campaign(store, replace(PLAN, wins="any"))
    with store.transaction() as session:
        groups.lay_down(session, campaign_id, tuple(PRIZES.values()))
        unit_id = session.scalars(select(tables.Unit.id).where(tables.Unit.code == "U01")).one()
        for person_id, name in ((ZHANG, "张晓明"), (LI, "李四"), (GUEST, "")):
            values = {"id": person_id, "name": name, "unit_id": unit_id if name else None, "created_ms": OPENS}
            session.execute(insert(tables.Person).values(**values))


def award(session: Session, person_id: int, collecting: str = "pickup", now: int = WON) -> int:
    """Give somebody the prize that is collected so; gives the award's id."""
    group = PRIZES[collecting]
    group_id = session.scalars(select(tables.PrizeGroup.id).where(tables.PrizeGroup.name == group.name)).one()
    terms = awards.terms_of(session, group_id)
    winner = Winner(group.prizes[0].name, pseudonym(terms.salt, person_id), person_id)
    awards.put_on_record(session, terms, [winner], now)
    return session.scalars(select(tables.Award.id).order_by(tables.Award.id.desc()).limit(1)).one()


def code_of(session: Session, award_id: int, person_id: int, seed: int = 1) -> str:
    return codes.code_for(session, award_id, person_id, CODE_SEAL, Random(seed), WON)


def won(store: Store, person_id: int, collecting: str = "pickup") -> int:
    """The same, in a transaction of its own."""
    with store.transaction() as session:
        return award(session, person_id, collecting)


def won_with_code(store: Store, person_id: int, collecting: str = "pickup") -> tuple[int, str]:
    """An award and its code."""
    with store.transaction() as session:
        award_id = award(session, person_id, collecting)
        return award_id, code_of(session, award_id, person_id, seed=award_id)
