from __future__ import annotations

from collections.abc import Iterator

import pytest
from personal_data_made import Story, make_story

from campaigns.editions import Editions
from campaigns.standings import Ranking
from campaigns.store import Store, open_store
from campaigns.stores import Stores


@pytest.fixture
def story(sqlite_url: str) -> Iterator[Story]:
    """Where one kind of database will do."""
    store = open_store(sqlite_url)
    yield make_story(Stores(store, Ranking(store, None), Editions()))
    store.close()


@pytest.fixture
def story_anywhere(store: Store) -> Story:
    """On either kind of database."""
    return make_story(Stores(store, Ranking(store, None), Editions()))
