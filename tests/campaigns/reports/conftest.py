"""Stores with a campaign that is worth a report."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from report_made import make_reported, stores_of

from campaigns.store import Store, open_store
from campaigns.stores import Stores


@pytest.fixture
def records(sqlite_url: str) -> Iterator[Store]:
    """What these tests ask of SQL is the same on both databases, but for what asks for `store`."""
    store = open_store(sqlite_url)
    yield store
    store.close()


@pytest.fixture
def week(records: Store) -> Stores:
    make_reported(records)
    return stores_of(records)
