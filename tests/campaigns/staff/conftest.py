"""Accounts with quick hashes, and a store of one kind where SQL does not differ."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from campaigns import units
from campaigns.staff import passwords
from campaigns.store import Store, open_store


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def records(sqlite_url: str) -> Iterator[Store]:
    """With the unit U01."""
    store = open_store(sqlite_url)
    with store.transaction() as session:
        units.add(session, "U01", "市财政局")
    yield store
    store.close()
