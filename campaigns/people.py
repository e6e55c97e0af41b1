"""Persons, and the identities by which they reach us."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaigns import tables, units
from campaigns.editions import current_campaign
from campaigns.errors import Moved, NotFound
from campaigns.merging import Regrouped, merge, push, unbind
from campaigns.store import Store
from campaigns.unit_sums import outdate_for

__all__ = [
    "Regrouped",
    "Sender",
    "enter",
    "find_identity",
    "find_unit",
    "follow",
    "follow_again",
    "held_living",
    "hold",
    "join_unit",
    "leave_unit",
    "living",
    "meet",
    "merge",
    "mute",
    "push",
    "selves",
    "unbind",
    "unfollow",
    "unit_name",
]


@dataclass(frozen=True, slots=True)
class Sender:
    """Who speaks, as a channel knows them. Senders are only unique within one account of one channel."""

    channel: str
    account: str
    sender: str


def meet(store: Store, sender: Sender, now: int, *, person_id: int | None = None) -> None:
    """Make the identity of a sender who was not known, leading to a new person or to a given one.

    Of two messages that arrive together one makes it and the other finds it: the unique constraint decides.
    """
    try:
        with store.transaction() as session:
            current = current_campaign(session, now)
            session.add(
                tables.Identity(
                    channel=sender.channel,
                    account=sender.account,
                    sender=sender.sender,
                    person_id=_new_person(session, now) if person_id is None else held_living(session, person_id),
                    campaign_id=current[0] if current else None,
                    created_ms=now,
                )
            )
    except IntegrityError:
        with store.reading() as session:
            if find_identity(session, sender) is None:
                raise


def _new_person(session: Session, now: int) -> int:
    person = tables.Person(name="", unit_id=None, created_ms=now)
    session.add(person)
    session.flush()
    return person.id


def find_identity(session: Session, sender: Sender) -> tables.Identity | None:
    identity = tables.Identity
    return session.execute(
        select(identity).where(
            identity.channel == sender.channel, identity.account == sender.account, identity.sender == sender.sender
        )
    ).scalar_one_or_none()


def enter(session: Session, identity_id: int, campaign_id: int) -> None:
    """Let an identity's next messages be about a campaign."""
    session.execute(update(tables.Identity).where(tables.Identity.id == identity_id).values(campaign_id=campaign_id))


def follow(session: Session, identity_id: int) -> None:
    """The account reaches them (again)."""
    session.execute(update(tables.Identity).where(tables.Identity.id == identity_id).values(unfollowed_ms=None))


def follow_again(store: Store, identity_id: int) -> None:
    """The same in a transaction of its own, if there is anything to change."""
    identity = tables.Identity
    with store.reading() as session:
        gone = session.scalar(select(identity.unfollowed_ms).where(identity.id == identity_id))
    if gone is not None:
        with store.transaction() as session:
            follow(session, identity_id)


def unfollow(session: Session, identity_id: int, now: int) -> None:
    """The account does not reach them any more."""
    session.execute(update(tables.Identity).where(tables.Identity.id == identity_id).values(unfollowed_ms=now))


def mute(session: Session, person_id: int, now: int | None) -> None:
    """A person wants no notices by any of their identities from now on; None: wants them again."""
    session.execute(update(tables.Identity).where(tables.Identity.person_id == person_id).values(muted_ms=now))


def living(session: Session, person_id: int) -> int:
    """Who a person turned out to be; themselves, mostly."""
    merged = session.scalar(select(tables.Person.merged_into_id).where(tables.Person.id == person_id))
    return person_id if merged is None else merged


def held_living(session: Session, person_id: int) -> int:
    """The same, and nobody makes that person another one, or parts them, until the transaction ends."""
    person = tables.Person
    while True:
        row = session.execute(
            select(person.merged_into_id).where(person.id == person_id).with_for_update(key_share=True)
        ).one_or_none()
        if row is None or row.merged_into_id is None:
            return person_id
        person_id = row.merged_into_id


def selves(session: Session, person_id: int) -> list[int]:
    """A person and whoever turned out to be them: what draws of the past may call them by."""
    former = session.scalars(select(tables.Person.id).where(tables.Person.merged_into_id == person_id))
    return [person_id, *former]


def hold(session: Session, identity_id: int, person_id: int) -> None:
    """See to it that an identity leads to this person until the transaction ends.

    Raises Moved when it leads to another one by now: they were merged, or parted, since it was looked at.
    """
    session.execute(select(tables.Person.id).where(tables.Person.id == person_id).with_for_update(read=True))
    if session.scalar(select(tables.Identity.person_id).where(tables.Identity.id == identity_id)) != person_id:
        raise Moved


def join_unit(session: Session, person_id: int, unit_code: str) -> str:
    """Let a person be of a unit; gives the name of the unit that they are of then.

    Whoever is on a roster stays where the roster has them. Raises NotFound for a code that no unit has.
    """
    unit = find_unit(session, unit_code)
    person = tables.Person
    session.execute(update(person).where(person.id == person_id, person.rostered.is_(False)).values(unit_id=unit.id))
    outdate_for(session, [person_id])
    return unit_name(session, person_id)


def leave_unit(session: Session, person_id: int) -> None:
    """Let a person be of no unit, unless a roster has them in one."""
    person = tables.Person
    session.execute(update(person).where(person.id == person_id, person.rostered.is_(False)).values(unit_id=None))
    outdate_for(session, [person_id])


def find_unit(session: Session, unit_code: str) -> tables.Unit:
    """Raises NotFound for a code that no unit has, or only one that is offered no more."""
    unit = units.find(session, unit_code)
    if unit.retired:
        raise NotFound(f"“{unit.name}”已经停用，请与本单位联络员核对。")
    return unit


def unit_name(session: Session, person_id: int) -> str:
    """The name of a person's unit; empty when they have none."""
    return (
        session.execute(
            select(tables.Unit.name)
            .join(tables.Person, tables.Person.unit_id == tables.Unit.id)
            .where(tables.Person.id == person_id)
        ).scalar_one_or_none()
        or ""
    )
