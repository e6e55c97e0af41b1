"""What the persons of units have reached together, added up from the standings and kept beside them.

A person counts once: in their own unit, and in every unit above it. `UnitTally` says which standings the stored sums
hold, so that whoever reads them can tell whether they are still true.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import case, delete, func, insert, select, update
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.standings import OVERLAP_MS
from campaigns.store import insertion

BATCH = 500
"""Ids named by one statement."""


class Sums(NamedTuple):
    """What the persons of a unit and of those below it have reached."""

    entrants: int = 0
    points: int = 0
    passed: int = 0


class Tally(NamedTuple):
    """Which standings the sums of a campaign hold, and what there is to hold."""

    standing_ms: int
    made_ms: int | None
    """None: never made; 0 and less: outdated."""
    took_ms: int
    newest_ms: int
    """When a standing of it was changed last, as SQL says now; 0: there is none."""
    lately: int
    """How many were changed within `OVERLAP_MS` before that: one that comes late with an earlier time is among them."""

    @property
    def is_settled(self) -> bool:
        """Whether the sums hold everything that SQL does, late transactions too."""
        return (
            self.made_ms is not None
            and self.standing_ms == self.newest_ms
            and self.made_ms >= self.newest_ms + (OVERLAP_MS if self.newest_ms else 1)
        )


def add_up(session: Session, campaign_id: int) -> dict[int, Sums]:
    """The sums of all units that somebody with a standing is of, and of all above them, from the standings."""
    standing, person = tables.Standing, tables.Person
    pass_points = session.scalars(select(tables.Campaign.pass_points).where(tables.Campaign.id == campaign_id)).one()
    own = session.execute(
        select(
            person.unit_id,
            func.count(),
            func.sum(standing.points),
            func.sum(case((standing.points >= pass_points, 1), else_=0)),
        )
        .join_from(standing, person, person.id == standing.person_id)
        .where(standing.campaign_id == campaign_id, person.unit_id.is_not(None))
        .group_by(person.unit_id)
    ).all()
    parents = {row.id: row.parent_id for row in session.execute(select(tables.Unit.id, tables.Unit.parent_id))}
    sums: dict[int, Sums] = defaultdict(Sums)
    for unit_id, *of_unit in own:
        entrants, points, passed = map(int, of_unit)
        for above in upwards(unit_id, parents):
            was = sums[above]
            sums[above] = Sums(was.entrants + entrants, was.points + points, was.passed + passed)
    return dict(sums)


def outdate(session: Session, campaign_ids: Iterable[int]) -> None:
    """Say that what was added up of campaigns is not true any more, though no standing was changed.

    For standings that were removed, and for persons who went to another unit. By a number that only goes down, so
    that whoever was adding up at that moment finds that it has to be done again.
    """
    tally = tables.UnitTally
    for campaign_id in sorted(set(campaign_ids)):
        session.execute(
            insertion(session.get_bind(), tally)
            .values(campaign_id=campaign_id, standing_ms=0, made_ms=0, took_ms=0)
            .on_conflict_do_update(
                index_elements=["campaign_id"], set_={"made_ms": case((tally.made_ms > 0, 0), else_=tally.made_ms - 1)}
            )
        )


def outdate_for(session: Session, person_ids: Sequence[int]) -> None:
    """The same for all campaigns that these persons take part in: call it when their unit changes."""
    attempt = tables.Attempt
    campaign_ids: set[int] = set()
    for start in range(0, len(person_ids), BATCH):
        some = person_ids[start : start + BATCH]
        campaign_ids |= set(session.scalars(select(attempt.campaign_id).where(attempt.person_id.in_(some)).distinct()))
    outdate(session, campaign_ids)


def outdate_all(session: Session) -> None:
    """The same for all campaigns: call it when the tree of units changes."""
    outdate(session, session.scalars(select(tables.UnitTally.campaign_id)))


def read_tally(session: Session, campaign_id: int) -> Tally:
    """Which standings the stored sums hold, and which there are: by an index, whatever their number.

    Where the personal data were purged there are no standings any more, and the sums stay as they are.
    """
    standing, tally, campaign = tables.Standing, tables.UnitTally, tables.Campaign
    purged_ms, *stored = session.execute(
        select(campaign.purged_ms, tally.standing_ms, tally.made_ms, tally.took_ms)
        .outerjoin(tally, tally.campaign_id == campaign.id)
        .where(campaign.id == campaign_id)
    ).one()
    if purged_ms is not None:
        return Tally(0, purged_ms, 0, 0, 0)
    newest = session.scalar(select(func.max(standing.changed_ms)).where(standing.campaign_id == campaign_id)) or 0
    lately = session.scalar(
        select(func.count()).where(standing.campaign_id == campaign_id, standing.changed_ms >= newest - OVERLAP_MS)
    )
    standing_ms, made_ms, took_ms = (0, None, 0) if stored[0] is None else stored
    return Tally(standing_ms, made_ms, took_ms, newest, lately or 0)


def upwards(unit_id: int | None, parents: Mapping[int, int | None]) -> list[int]:
    """A unit and all above it."""
    found: list[int] = []
    while unit_id is not None and unit_id not in found:
        found.append(unit_id)
        unit_id = parents.get(unit_id)
    return found


def take_over(session: Session, campaign_id: int, seen: Tally, made: Tally) -> bool:
    """Take the tally's place if it is still as it was seen; the row stays locked until the sums are there, too."""
    tally = tables.UnitTally
    values = {"standing_ms": made.standing_ms, "made_ms": made.made_ms, "took_ms": made.took_ms}
    if seen.made_ms is None:
        statement = (
            insertion(session.get_bind(), tally).values(campaign_id=campaign_id, **values).on_conflict_do_nothing()
        )
        return session.execute(statement.returning(tally.campaign_id)).one_or_none() is not None
    taken = session.execute(
        update(tally)
        .where(
            tally.campaign_id == campaign_id,
            tally.made_ms == seen.made_ms,
            tally.standing_ms == seen.standing_ms,
            tally.took_ms == seen.took_ms,
        )
        .values(**values)
        .returning(tally.campaign_id)
    )
    return taken.one_or_none() is not None


def replace_sums(session: Session, campaign_id: int, sums: Mapping[int, Sums]) -> None:
    """Write the rows that differ: of a large tree few do."""
    unit_standing = tables.UnitStanding
    held = read_sums(session, campaign_id)
    stale = [unit_id for unit_id, of_unit in held.items() if sums.get(unit_id) != of_unit]
    new = [unit_id for unit_id, of_unit in sums.items() if held.get(unit_id) != of_unit]
    for start in range(0, len(stale), BATCH):
        session.execute(
            delete(unit_standing).where(
                unit_standing.campaign_id == campaign_id, unit_standing.unit_id.in_(stale[start : start + BATCH])
            )
        )
    if new:
        rows = [{"campaign_id": campaign_id, "unit_id": unit_id, **sums[unit_id]._asdict()} for unit_id in sorted(new)]
        session.execute(insert(unit_standing), rows)


def read_sums(session: Session, campaign_id: int) -> dict[int, Sums]:
    """The stored sums by unit; units nobody of which has a standing are not among them."""
    stored = tables.UnitStanding
    rows = session.execute(
        select(stored.unit_id, stored.entrants, stored.points, stored.passed).where(stored.campaign_id == campaign_id)
    )
    return {unit_id: Sums(*of_unit) for unit_id, *of_unit in rows}
