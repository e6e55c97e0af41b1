"""Of whom a table is made, and for whom: the campaign, the units, and whether names are told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.clock import local
from campaigns.draws import pseudonym
from campaigns.editions import Edition
from campaigns.privacy import guest, shown
from campaigns.stores import Stores
from campaigns.text_tables import Cell
from campaigns.units.tree import names_above, within

AT_ONCE = 1_000
"""Rows that are read in one go, in a transaction of their own: a long table holds nobody up."""

Rows = Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a table is about."""

    edition: Edition
    unit_id: int | None
    """Only persons of this unit and those below it; None: all."""
    path: str
    """Of that unit; empty: all."""
    full: bool
    """Whether names and staff numbers are told in full."""
    now: int

    def is_inside(self) -> ColumnElement[bool]:
        """That a unit, in a query with outer-joined `tables.Unit`, is one of those."""
        return within(self.path) if self.path else true()

    def name(self, person_id: int, name: str) -> str:
        """What a person is called in it; a guest by their pseudonym."""
        alias = pseudonym(self.edition.salt, person_id)
        if self.full:
            return name or guest(alias)
        return shown(name, alias)

    def number(self, staff_number: str) -> str:
        """A staff number, of which others see the last two characters."""
        if self.full or not staff_number:
            return staff_number
        return "*" * max(2, len(staff_number) - 2) + staff_number[-2:]

    def moment(self, ms: int | None) -> str:
        """A moment as spreadsheet programs sort it, in the campaign's zone; empty: none."""
        return "" if ms is None else f"{local(ms, self.edition.timezone):%Y-%m-%d %H:%M:%S}"


@dataclass(frozen=True, slots=True)
class Dataset:
    """One kind of table."""

    code: str
    title: str
    says: str
    """What is in it, for whoever chooses."""
    header: Sequence[str]
    needs: Sequence[str]
    """The rights that it takes, all of them: values of the console's actions."""
    rows: Callable[[Stores, Scope], Iterable[Rows]]
    """Some rows at a time."""
    count: Callable[[Session, Scope], int] | None = None
    """How many there will be, about; None: found out with the rows."""
    names: bool = False
    """Whether it tells of persons."""
    by_unit: bool = False
    """Whether it can be made of some units alone."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Somebody with where they belong."""

    name: str
    staff_number: str
    unit: str
    unit_code: str
    above: str


def people_of(session: Session, scope: Scope, person_ids: Iterable[int]) -> dict[int, Placed]:
    """Persons by id, as the scope may see them."""
    person, unit = tables.Person, tables.Unit
    rows = session.execute(
        select(person.id, person.name, person.staff_number, unit.name.label("unit"), unit.code, unit.path)
        .outerjoin(unit, unit.id == person.unit_id)
        .where(person.id.in_(set(person_ids)))
    ).all()
    above = names_above(session, {row.path for row in rows if row.path})
    return {
        row.id: Placed(
            scope.name(row.id, row.name),
            scope.number(row.staff_number),
            row.unit or "",
            row.code or "",
            above.get(row.path, ""),
        )
        for row in rows
    }


def batches(stores: Stores, read: Callable[[Session, int], tuple[Rows, int | None]], begin: int = 0) -> Iterator[Rows]:
    """All rows, some at a time: `read` gives those behind a key, and the key to go on behind; None: no more."""
    after: int | None = begin
    while after is not None:
        with stores.sql.reading() as session:
            rows, after = read(session, after)
        yield rows
