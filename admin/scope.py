"""What of the units and persons whoever is signed in may see: all of them, or a liaison's own unit and those below it.

What lies beyond is answered as what does not exist: that there is such a unit or person is not to be told either.
"""

from __future__ import annotations

from flask_login import current_user
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from campaigns import tables, units
from campaigns.errors import NotFound


def own_unit(session: Session) -> tables.Unit | None:
    """The unit beyond which whoever is signed in sees nothing; None: they see everything."""
    unit_id = current_user.account.unit_id
    return None if unit_id is None else session.get(tables.Unit, unit_id)


def unit_asked(session: Session, code: str) -> tables.Unit | None:
    """The unit of a code that was asked for; without one a liaison's own, and None (all) for others.

    Raises NotFound for a code that no unit has, or one beyond a liaison's.
    """
    own = own_unit(session)
    return units.find(session, code, below=own) if code else own


def units_seen(session: Session) -> list[ColumnElement[bool]]:
    """What a unit must be to be seen: conditions for a query of `tables.Unit`; none where all are."""
    own = own_unit(session)
    return [] if own is None else [tables.Unit.path.startswith(own.path, autoescape=True)]


def person_asked(session: Session, person_id: int) -> tables.Person:
    """The person of an id. Raises NotFound where there is none, or one beyond a liaison's units."""
    person = session.get(tables.Person, person_id)
    own = own_unit(session)
    if person is not None and own is not None:
        path = session.scalar(select(tables.Unit.path).where(tables.Unit.id == person.unit_id))
        if path is None or not path.startswith(own.path):
            person = None
    if person is None:
        raise NotFound(f"没有编号为 {person_id} 的人，请查找以后再试。")
    return person
