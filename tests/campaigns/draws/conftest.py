"""A draw that was held and had a forfeit, and its evidence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from draw_made import AFTER, SALT, VALUES, freeze, make_finished

from campaigns import draws
from campaigns.draws import pseudonym
from campaigns.store import Store, open_store


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Iterator[Store]:
    """For tests that are about bytes: one kind of database will do."""
    store = open_store(sqlite_url)
    yield store
    store.close()


def hold_with_forfeit(store: Store) -> str:
    """Freeze, hold, and forfeit the second award; gives the draw's id."""
    make_finished(store)
    draw_id = freeze(store, default_quota=2, exclusions=[pseudonym(SALT, 5)]).id
    with store.transaction() as session:
        draws.hold(session, draw_id, VALUES, "wang", AFTER + 1_000)
    with store.transaction() as session:
        draws.forfeit(session, draw_id, 2, "逾期未领", AFTER + 2_000)
    return draw_id


@pytest.fixture
def held_id(sqlite_store: Store) -> str:
    return hold_with_forfeit(sqlite_store)


@pytest.fixture
def audit(sqlite_store: Store, held_id: str) -> bytes:
    with sqlite_store.reading() as session:
        return draws.audit_zip(session, held_id)


@pytest.fixture
def frozen_audit(sqlite_store: Store) -> bytes:
    make_finished(sqlite_store)
    draw_id = freeze(sqlite_store).id
    with sqlite_store.reading() as session:
        return draws.audit_zip(session, draw_id)


@pytest.fixture
def verify_page() -> Path:
    """The page that verifies, as it lies in the evidence."""
    return Path(draws.__file__).with_name("verify.html")
