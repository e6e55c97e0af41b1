"""Whom an organiser means: a person by name, staff number, pseudonym or id, with what leads to them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from campaigns.draws.pseudonyms import pseudonym
from campaigns.errors import NotFound
from campaigns.privacy.clearing import CLEARED
from campaigns.tables import Attempt, Campaign, Identity, Person, Unit
from campaigns.units import names_above, within

MOST = 50
_PSEUDONYM_LENGTH = 16
_TAIL = 6
"""How much of a sender is shown: enough to tell one from another."""


@dataclass(frozen=True, slots=True)
class FoundIdentity:
    id: int
    channel: str
    account: str
    sender: str
    """Its end alone."""
    created_ms: int
    attempts: int
    """How many it began."""


@dataclass(frozen=True, slots=True)
class FoundPerson:
    id: int
    name: str
    """Whole: for whoever may see it."""
    staff_number: str
    unit_code: str
    unit: str
    """With what is above it; empty: none."""
    rostered: bool
    merged_into: int | None
    attempts: int
    identities: tuple[FoundIdentity, ...]


def find_people(
    session: Session, text: str, *, most: int = MOST, whole_names: bool = False, under: str = ""
) -> list[FoundPerson]:
    """Those whose name holds the text, or whose staff number, id (``#12``) or pseudonym in a campaign it is.

    With `whole_names` a name must be known in full: who sees masked names shall not find out the rest letter by letter.
    With `under`, the path of a unit, they are of it or of one below it.
    """
    text = text.strip()
    if not text:
        return []
    ids = _by_pseudonym(session, text.lower()) if _is_pseudonym(text.lower()) else []
    named = Person.name == text if whole_names else Person.name.contains(text, autoescape=True)
    asked = [named, Person.staff_number == text, Person.id.in_(ids)]
    if text.startswith("#") and text[1:].isascii() and text[1:].isdecimal() and len(text) < 19:
        asked.append(Person.id == int(text[1:]))
    query = select(Person.id).where(or_(*asked)).order_by(Person.merged_into_id, Person.id).limit(most)
    if under:
        query = query.join(Unit, Unit.id == Person.unit_id).where(within(under))
    return describe(session, session.scalars(query).all())


def person(session: Session, person_id: int) -> FoundPerson:
    """Raises NotFound."""
    found = describe(session, [person_id])
    if not found:
        raise NotFound(f"没有编号为 {person_id} 的人，请用 lvda people find 查一查编号。")
    return found[0]


def describe(session: Session, person_ids: Sequence[int]) -> list[FoundPerson]:
    """Persons by their ids, in this order; ids that nobody has are left out."""
    rows = session.execute(
        select(Person, Unit.code, Unit.name.label("unit"), Unit.path)
        .outerjoin(Unit, Unit.id == Person.unit_id)
        .where(Person.id.in_(person_ids))
    ).all()
    above = names_above(session, (row.path for row in rows if row.path))
    played = select(Attempt.person_id, func.count()).where(Attempt.person_id.in_(person_ids))
    counts = {row[0]: row[1] for row in session.execute(played.group_by(Attempt.person_id))}
    identities = _identities(session, person_ids)
    found = {
        row.Person.id: FoundPerson(
            id=row.Person.id,
            name=row.Person.name,
            staff_number=row.Person.staff_number,
            unit_code=row.code or "",
            unit="·".join(filter(None, (above.get(row.path or ""), row.unit))),
            rostered=row.Person.rostered,
            merged_into=row.Person.merged_into_id,
            attempts=counts.get(row.Person.id, 0),
            identities=tuple(identities.get(row.Person.id, ())),
        )
        for row in rows
    }
    return [found[one] for one in person_ids if one in found]


def _identities(session: Session, person_ids: Collection[int]) -> dict[int, list[FoundIdentity]]:
    began = select(func.count()).where(Attempt.identity_id == Identity.id).scalar_subquery()
    rows = session.execute(
        select(Identity, began.label("began"))
        .where(Identity.person_id.in_(person_ids), ~Identity.sender.startswith(CLEARED))
        .order_by(Identity.id)
    )
    found: dict[int, list[FoundIdentity]] = {}
    for row in rows:
        one = row.Identity
        shown = FoundIdentity(one.id, one.channel, one.account, one.sender[-_TAIL:], one.created_ms, row.began)
        found.setdefault(one.person_id, []).append(shown)
    return found


def _is_pseudonym(text: str) -> bool:
    return len(text) == _PSEUDONYM_LENGTH and all(character in "0123456789abcdef" for character in text)


def _by_pseudonym(session: Session, text: str) -> list[int]:
    """Whoever has this pseudonym in one of the campaigns; all of them are computed, which takes a while for many."""
    salts = session.scalars(select(Campaign.salt)).all()
    ids = session.scalars(select(Person.id), execution_options={"yield_per": 10_000})
    return [person_id for person_id in ids if any(pseudonym(salt, person_id) == text for salt in salts)]
