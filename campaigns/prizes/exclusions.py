"""Who takes part and may not win (排除名单): organisers, whoever won before, others by a reason of the office.

It holds for every kind of prize that is decided from then on. Awards that were made stay, and so does the list of a
draw that is frozen: its announcement names those who were excluded then.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session, aliased

from campaigns.banks.storable import line
from campaigns.errors import NotFound, Refused
from campaigns.keeping.changes import What, note_down
from campaigns.keeping.listing import find
from campaigns.prizes.awards import winners_of
from campaigns.store import insertion
from campaigns.tables import Exclusion, Person, Unit

WHY = {"organiser": "组织者", "won_before": "往期已获奖", "other": "其他"}
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Excluded:
    """Somebody on the list, as who they are by now."""

    person_id: int
    name: str
    """Empty for a guest."""
    unit: str
    """Its name; empty: none."""
    staff_number: str
    why: str
    """A key of `WHY`."""
    note: str
    by: str
    at_ms: int


def exclude(session: Session, slug: str, person_ids: Collection[int], why: str, note: str, by: str, now: int) -> int:
    """Put persons on a campaign's list; gives how many were not on it.

    `why` is a key of `WHY`, `note` for the office alone. Raises NotFound for a campaign or a person that does not
    exist, and Refused for another `why`.
    """
    if why not in WHY:
        raise Refused(f"排除的原因只能是：{'、'.join(WHY)}。")
    campaign = find(session, slug)
    new = sorted(_living(session, person_ids) - excluded_ids(session, campaign.id))
    rows = [
        {"campaign_id": campaign.id, "person_id": one, "why": why, "note": line(note), "by": line(by), "at_ms": now}
        for one in new
    ]
    if not rows:
        return 0
    insert = insertion(session.get_bind(), Exclusion)
    session.execute(insert.on_conflict_do_nothing(), rows)
    note_down(session, campaign.id, What.EXCLUDED, by, now, said={"people": len(rows)})
    return len(rows)


def exclude_winners_of(session: Session, slug: str, earlier_slug: str, by: str, now: int) -> int:
    """Put whoever has an award of an earlier campaign on the list; gives how many were not on it.

    Raises NotFound, and Refused where both are one campaign.
    """
    if slug == earlier_slug:
        raise Refused("请填另一个活动：本活动的获奖人按“一人一奖”的设置处理，不用排除。")
    earlier = find(session, earlier_slug)
    note = f"在“{earlier.name}”中获奖"
    return exclude(session, slug, winners_of(session, earlier.id), "won_before", note, by, now)


def readmit(session: Session, slug: str, person_ids: Collection[int], by: str, now: int) -> int:
    """Take persons off a campaign's list; gives how many were on it. Raises NotFound for an unknown campaign."""
    campaign = find(session, slug)
    wanted = frozenset(person_ids)
    listed = {row.id: row.living for row in session.execute(_listed(campaign.id))}
    off = sorted(listed_id for listed_id, living in listed.items() if {listed_id, living} & wanted)
    for begin in range(0, len(off), AT_ONCE):
        own = Exclusion.person_id.in_(off[begin : begin + AT_ONCE])
        session.execute(delete(Exclusion).where(Exclusion.campaign_id == campaign.id, own))
    people = len({listed[one] for one in off})
    if people:
        note_down(session, campaign.id, What.READMITTED, by, now, said={"people": people})
    return people


def exclusions_of(session: Session, campaign_id: int) -> list[Excluded]:
    """A campaign's list in the order in which it was made, everybody once."""
    former = aliased(Person)
    rows = session.execute(
        select(
            Person.id,
            Person.name,
            func.coalesce(Unit.name, ""),
            Person.staff_number,
            Exclusion.why,
            Exclusion.note,
            Exclusion.by,
            Exclusion.at_ms,
        )
        .join(former, former.id == Exclusion.person_id)
        .join(Person, Person.id == func.coalesce(former.merged_into_id, former.id))
        .outerjoin(Unit, Unit.id == Person.unit_id)
        .where(Exclusion.campaign_id == campaign_id)
        .order_by(Exclusion.at_ms, Exclusion.person_id)
    )
    found: dict[int, Excluded] = {}
    for row in rows:
        found.setdefault(row.id, Excluded(*row))
    return list(found.values())


def excluded_ids(session: Session, campaign_id: int) -> frozenset[int]:
    """The persons on a campaign's list, as they were put there and as who they are by now."""
    rows = session.execute(_listed(campaign_id))
    return frozenset(person_id for row in rows for person_id in (row.id, row.living))


def _listed(campaign_id: int) -> Select[int, int]:
    """Who is on a list, and who they are by now."""
    return (
        select(Person.id, func.coalesce(Person.merged_into_id, Person.id).label("living"))
        .join(Exclusion, Exclusion.person_id == Person.id)
        .where(Exclusion.campaign_id == campaign_id)
    )


def _living(session: Session, person_ids: Collection[int]) -> set[int]:
    """Who these persons are by now. Raises NotFound."""
    wanted, found = sorted(set(person_ids)), set()
    for begin in range(0, len(wanted), AT_ONCE):
        batch = wanted[begin : begin + AT_ONCE]
        rows = session.execute(
            select(Person.id, func.coalesce(Person.merged_into_id, Person.id)).where(Person.id.in_(batch))
        ).all()
        if missing := set(batch) - {row[0] for row in rows}:
            raise NotFound(f"没有编号为 {min(missing)} 的人，请用 lvda people find 查一查编号。")
        found |= {row[1] for row in rows}
    return found
