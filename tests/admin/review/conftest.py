"""A campaign that somebody has to look at."""

from __future__ import annotations

import pytest
from signals_made import ALIKE, LATER, answered, device, make_ten, stores_of

from campaigns import signals
from campaigns.signals import Kind, Listed
from campaigns.store import Store


@pytest.fixture
def odd(records: Store) -> dict[Kind, Listed]:
    """A campaign ``week`` with one signal of each kind, by kind."""
    campaign_id = make_ten(records)
    with records.transaction() as session:
        for number in range(6):
            answered(session, campaign_id, f"某{number}")
        answered(session, campaign_id, "张快快", ms_each=900, origin=device("own"))
        for name in ("李一一", "李二二"):
            answered(session, campaign_id, name, ALIKE)
        for number in range(14):
            answered(session, campaign_id, "" if number else "王三三", origin=device("kiosk"), unit=None)
    signals.find_signals(stores_of(records), LATER)
    with records.reading() as session:
        return {one.kind: one for one in signals.listing(session, campaign_id)}
