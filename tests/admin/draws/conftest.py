"""Draws of a campaign that is over, and who runs them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from draw_made import AFTER, VALUES, freeze, make_finished
from sqlalchemy import update
from visitors import Clock, Visitor

from campaigns import draws, tables
from campaigns.staff import Role
from campaigns.store import Store

NAMES = {1: "张晓明", 2: "李雷", 3: "欧阳静"}


@pytest.fixture
def finished(records: Store, clock: Clock) -> Store:
    """Twelve who finished, three of them with names; an hour after the close."""
    clock.now = AFTER
    make_finished(records)
    name(records)
    return records


def name(store: Store) -> None:
    with store.transaction() as session:
        for person_id, own in NAMES.items():
            session.execute(update(tables.Person).where(tables.Person.id == person_id).values(name=own))


@pytest.fixture
def two_persons(records: Store, clock: Clock) -> Store:
    """The same, of a campaign whose draws want two persons."""
    clock.now = AFTER
    make_finished(records, two_person=True)
    name(records)
    return records


@pytest.fixture
def held_id(finished: Store) -> str:
    """A draw of it that was held."""
    frozen = freeze(finished)
    with finished.transaction() as session:
        draws.hold(session, frozen.id, VALUES, "wang", AFTER)
    return frozen.id


@pytest.fixture
def organiser(signed_in: Callable[[Role], Visitor]) -> Visitor:
    return signed_in(Role.ORGANISER)
