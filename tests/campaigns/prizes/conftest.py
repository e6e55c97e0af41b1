"""What holds of prizes after whatever any test of them has done."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from stock_kept import check_stock

from campaigns.store import Store


@pytest.fixture(autouse=True)
def awarded_and_left_are_the_stock(request: pytest.FixtureRequest) -> Iterator[None]:
    store: Store | None = request.getfixturevalue("store") if "store" in request.fixturenames else None
    yield
    if store is not None:
        check_stock(store)
