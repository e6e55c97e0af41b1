"""Who of the roster has not taken part: the list for a unit's liaison officer, who has to go and ask them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from campaigns import tables
from campaigns.editions import Edition
from campaigns.text_tables import TextTable
from campaigns.units.tree import names_above, takes_part, within

BEGUN, NOT_BEGUN, VOID = "未答完", "未参加", "答卷已作废"


@dataclass(frozen=True, slots=True)
class Absentee:
    person_id: int
    name: str
    """In full, since the officer has to find them: for those alone who may see it."""
    staff_number: str
    unit: str
    above: str
    """What is above the unit, from the top."""
    has_begun: bool
    """Whether they began an attempt and have not finished it."""
    is_void: bool = False
    """Whether they finished one that was declared void: nobody need ask them."""

    @property
    def state(self) -> str:
        """The same in Chinese."""
        if self.has_begun:
            return BEGUN
        return VOID if self.is_void else NOT_BEGUN


def of(session: Session, edition: Edition, unit_id: int | None = None) -> list[Absentee]:
    """The people on the rosters of a unit and of all below it (None: of all that take part) without a finished attempt.

    By unit, in the order of the tree, then by name.
    """
    person, unit, attempt = tables.Person, tables.Unit, tables.Attempt
    played = aliased(attempt)
    has_begun, is_void = (
        exists().where(played.campaign_id == edition.id, played.person_id == person.id, played.state == state)
        for state in ("open", "void")
    )
    query = (
        select(person.id, person.name, person.staff_number, unit.name, unit.path, has_begun, is_void)
        .join(unit, unit.id == person.unit_id)
        .where(
            person.rostered,
            person.merged_into_id.is_(None),
            takes_part(edition.id),
            ~exists().where(
                attempt.campaign_id == edition.id, attempt.person_id == person.id, attempt.state == "finished"
            ),
        )
    )
    if unit_id is not None:
        query = query.where(within(session.scalars(select(unit.path).where(unit.id == unit_id)).one()))
    rows = session.execute(query).all()
    above = names_above(session, {row.path for row in rows})
    found = [
        Absentee(one, name, number, own, above[path], begun, void) for one, name, number, own, path, begun, void in rows
    ]
    return sorted(found, key=lambda one: (one.above, one.unit, one.name, one.staff_number, one.person_id))


def table(absentees: Sequence[Absentee]) -> TextTable:
    """The list as the officer gets it."""
    return TextTable(
        "未参加人员",
        ("单位", "上级", "姓名", "工号", "状态"),
        [(one.unit, one.above, one.name, one.staff_number, one.state) for one in absentees],
    )
