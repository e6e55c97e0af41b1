"""A campaign ``week`` that is worth a report: units with headcounts, persons who finished, prizes that were won."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from campaign_made import OPENS, PLAN, make_campaign
from draw_made import finish
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from campaigns import tables, units
from campaigns.clock import DAY
from campaigns.draws import pseudonym
from campaigns.editions import Editions
from campaigns.jobs.kinds import Asked
from campaigns.prizes import awards, groups
from campaigns.prizes.awards import Winner
from campaigns.prizes.rules import PlannedGroup, PlannedPrize
from campaigns.standings import Ranking
from campaigns.store import Store
from campaigns.stores import Stores

PEOPLE = (("张晓明", "U01", 40), ("李四", "U01", 30), ("王五", "U01-1", 20), ("赵六", "U02", 10), ("", None, 40))
"""Name, unit and points, of persons 1, 2, …"""
PRIZES = PlannedGroup("幸运奖", "rank", (PlannedPrize("保温杯", 5), PlannedPrize("雨伞", 9)), collecting="none")


def make_reported(store: Store, **plan: object) -> int:
    """The campaign's id. U01 has 4 people, those of U01-1 among them, and U02 2; the last person is of no unit."""
    campaign_id = make_campaign(store, replace(PLAN, pass_points=20, wins="any", **plan))  # type: ignore[arg-type]
    with store.transaction() as session:
        units.add(session, "U01-1", "会计中心", "U01")
        for code, count in (("U01", 4), ("U02", 2)):
            session.execute(update(tables.Unit).where(tables.Unit.code == code).values(headcount=count))
        ids = {one.code: one.id for one in session.scalars(select(tables.Unit))}
        for person_id, (name, code, points) in enumerate(PEOPLE, start=1):
            values = {"id": person_id, "name": name, "unit_id": ids.get(code or ""), "created_ms": OPENS}
            session.execute(insert(tables.Person).values(**values))
            finish(session, campaign_id, person_id, points)
        session.execute(
            update(tables.Attempt).where(tables.Attempt.person_id == 4).values(finished_ms=OPENS + DAY, day=20260705)
        )
        _award(session, campaign_id)
    return campaign_id


def _award(session: Session, campaign_id: int) -> None:
    (group_id,) = groups.lay_down(session, campaign_id, (PRIZES,))
    terms = awards.terms_of(session, group_id)
    won = [Winner(prize, pseudonym(terms.salt, person), person) for prize, person in (("保温杯", 1), ("雨伞", 4))]
    awards.put_on_record(session, terms, won, OPENS + DAY)


def unit_id(store: Store, code: str) -> int:
    with store.reading() as session:
        return units.find(session, code).id


def stores_of(store: Store) -> Stores:
    return Stores(store, Ranking(store, None), Editions())


@dataclass
class Job:
    """A job in the hands of a test, as `campaigns.jobs.kinds.Running`."""

    asked: Asked
    checkpoint: None = None
    steps: list[tuple[int, int]] = field(default_factory=list)
    name: str = ""
    media_type: str = ""
    data: bytes = b""

    def given(self) -> bytes:
        return b""

    def step(self, done: int, total: int = 0, checkpoint: object = None) -> None:
        self.steps.append((done, total))

    def deliver(self, name: str, media_type: str, pieces: Iterable[bytes]) -> None:
        self.name, self.media_type, self.data = name, media_type, b"".join(pieces)
