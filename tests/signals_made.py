"""A campaign of ten questions, and attempts at it that are odd in one way or another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from campaign_made import OPENS, PLAN, SUMMER, make_campaign
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from campaigns import origins, tables
from campaigns.counting import recount
from campaigns.editions import Editions, load_edition
from campaigns.origins import Origin, origin_of
from campaigns.standings import Ranking
from campaigns.store import Store
from campaigns.stores import Stores

SECRET = "a secret of the tests"
LATER = OPENS + 3_600_000
TEN = tuple(
    replace(SUMMER, number=str(number), stem=f"第 {number} 题：公共建筑夏季空调温度设置一般不低于多少摄氏度？")
    for number in range(1, 11)
)
RIGHT = "C" * 10
ALIKE = "ABDDA" + "C" * 5
"""Wrong in the first five."""


def stores_of(store: Store) -> Stores:
    return Stores(store, Ranking(store, None), Editions())


def make_ten(store: Store, **plan: object) -> int:
    """A campaign ``week`` that asks all of TEN, in their order."""
    return make_campaign(store, replace(PLAN, questions_per_paper=10, **plan), TEN)  # type: ignore[arg-type]


def device(name: str, campaign_id: int = 1, address: str = "10.3.7.9") -> Origin:
    return origin_of(address, name, campaign_id, SECRET)


def answered(
    session: Session,
    campaign_id: int,
    name: str,
    given: Sequence[str] = RIGHT,
    *,
    ms_each: int = 8_000,
    at: int = OPENS,
    origin: Origin | None = None,
    unit: str | None = "U01",
    person_id: int | None = None,
) -> int:
    """Let somebody, a new person unless one is given, have a finished attempt with these answers; gives its id."""
    edition = session.info.get(campaign_id) or session.info.setdefault(campaign_id, load_edition(session, campaign_id))
    if person_id is None:
        unit_id = session.scalar(select(tables.Unit.id).where(tables.Unit.code == unit))
        person = tables.Person(name=name, unit_id=unit_id, created_ms=at)
        session.add(person)
        session.flush()
        person_id = person.id
    last = at + ms_each * len(given)
    own = select(func.count()).where(tables.Attempt.campaign_id == campaign_id, tables.Attempt.person_id == person_id)
    attempt = tables.Attempt(
        campaign_id=campaign_id,
        person_id=person_id,
        ordinal=(session.scalar(own) or 0) + 1,
        day=20260704,
        state="finished",
        paper=" ".join(f"{revision}ABCD" for revision in edition.questions),
        position=len(given) + 1,
        score=10 * sum(one == "C" for one in given),
        begun_ms=at,
        shown_ms=last,
        finished_ms=last,
        used_ms=last - at,
        lot_ms=0,
    )
    session.add(attempt)
    session.flush()
    session.execute(
        insert(tables.Answer),
        [
            {
                "attempt_id": attempt.id,
                "position": position,
                "revision_id": revision,
                "given": letter,
                "points": 10 * (letter == "C"),
                "answered_ms": at + ms_each * position,
            }
            for position, (revision, letter) in enumerate(zip(edition.questions, given, strict=True), start=1)
        ],
    )
    if origin is not None:
        origins.note(session, attempt.id, campaign_id, origin, at)
    recount(session, campaign_id, [person_id], last)
    return attempt.id


def person_of(session: Session, attempt_id: int) -> int:
    return session.scalars(select(tables.Attempt.person_id).where(tables.Attempt.id == attempt_id)).one()
