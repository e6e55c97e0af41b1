from __future__ import annotations

from dataclasses import replace

import pytest
from campaign_made import CLOSES, OPENS, PLAN, make_campaign
from redis import Redis
from sqlalchemy import func, select, update

from campaigns import inbound, people, tables, ticks
from campaigns.clock import DAY, HOUR
from campaigns.editions import Editions
from campaigns.people import Sender
from campaigns.standings import Ranking
from campaigns.store import Store
from campaigns.stores import Stores


def stores_over(store: Store, client: Redis | None) -> Stores:
    return Stores(store, Ranking(store, client), Editions())


def test_old_messages_are_purged_to_the_last_in_small_transactions(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    people.meet(store, Sender("wechat", "", "oWang"), OPENS)
    with store.transaction() as session:
        identity = session.scalars(select(tables.Identity.id)).one()
        for number in range(7):
            inbound.record(session, identity, f"m:{number}", "", OPENS - 50 * HOUR)
        inbound.record(session, identity, "m:new", "", OPENS)
    monkeypatch.setattr(inbound, "PURGED_AT_ONCE", 3)
    assert ticks.purge_inbound(stores_over(store, None), OPENS) == 7
    assert ticks.purge_inbound(stores_over(store, None), OPENS) == 0
    with store.reading() as session:
        assert session.scalar(select(func.count()).select_from(tables.Inbound)) == 1


def test_without_redis_no_ranking_is_looked_at(store: Store) -> None:
    make_campaign(store)
    assert ticks.refresh_rankings(stores_over(store, None), OPENS) == 0


@pytest.mark.parametrize(
    ("now", "live"),
    [(OPENS - 1, 0), (OPENS, 1), (CLOSES, 1), (CLOSES + 7 * DAY - 1, 1), (CLOSES + 7 * DAY, 0)],
    ids=["to come", "open", "just closed", "closed for a week", "closed for longer"],
)
def test_rankings_are_kept_from_the_opening_until_a_week_after_the_close(
    store: Store, valkey_url: str, now: int, live: int
) -> None:
    make_campaign(store)
    with Redis.from_url(valkey_url) as client:
        stores = stores_over(store, client)
        assert ticks.refresh_rankings(stores, now) == live
        assert len(client.keys("*:ready")) == live
        assert ticks.refresh_rankings(stores, now) == live, "and again does no harm"


@pytest.mark.parametrize(("state", "live"), [("draft", 0), ("paused", 1), ("closed", 1), ("archived", 0)])
def test_rankings_of_drafts_and_of_what_was_put_away_are_left_alone(
    store: Store, valkey_url: str, state: str, live: int
) -> None:
    make_campaign(store, replace(PLAN, closes_ms=None))
    with store.transaction() as session:
        session.execute(update(tables.Campaign).values(state=state))
    with Redis.from_url(valkey_url) as client:
        assert ticks.refresh_rankings(stores_over(store, client), OPENS) == live
