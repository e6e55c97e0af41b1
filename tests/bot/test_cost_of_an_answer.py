"""What an answered message may send to the stores: held here, so that it never creeps up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import psycopg
import pytest
from campaign_made import PLAN, make_campaign
from flask import Flask
from follower import Follower
from redis import Redis
from sqlalchemy import event, select

from campaigns import people, tables
from campaigns.editions import Editions
from campaigns.standings import Ranking, Standing
from campaigns.store import Store
from campaigns.stores import Stores


@dataclass
class Sent:
    """What went to the stores since it was last cleared."""

    statements: list[str] = field(default_factory=list)
    commits: int = 0
    redis: int = 0

    def clear(self) -> None:
        self.statements.clear()
        self.commits = self.redis = 0

    @property
    def cost(self) -> tuple[int, int, int]:
        return len(self.statements), self.commits, self.redis


@pytest.fixture
def sent() -> Sent:
    return Sent()


@pytest.fixture
def stores(store: Store, any_redis_url: str, sent: Sent) -> Iterator[Stores]:
    """Real stores that are listened to."""

    class ListenedRedis(Redis):
        def execute_command(self, *args: Any, **options: Any) -> Any:
            sent.redis += 1
            return super().execute_command(*args, **options)

    class ListenedCursor(psycopg.Cursor[Any]):
        def execute(self, query: Any, *args: Any, **options: Any) -> Any:
            sent.statements.append(str(query))
            if self.connection.autocommit and not str(query).lstrip().startswith("SELECT"):
                sent.commits += 1
            return super().execute(query, *args, **options)

    def listen(connection: Any, record: object) -> None:
        if store.on_sqlite:
            connection.set_trace_callback(heard_by_sqlite)
        else:
            connection.cursor_factory = ListenedCursor

    def heard_by_sqlite(statement: str) -> None:
        if statement.startswith("COMMIT"):
            sent.commits += 1
        elif not statement.startswith(("BEGIN", "--")):
            sent.statements.append(statement)

    event.listen(store.engine, "connect", listen)
    event.listen(store._direct, "connect", listen)
    event.listen(store.engine, "commit", lambda _: setattr(sent, "commits", sent.commits + (not store.on_sqlite)))
    with ListenedRedis.from_url(any_redis_url) as client:
        ranking = Ranking(store, client)
        yield Stores(store, ranking, Editions())


@pytest.fixture
def follower(app: Flask, store: Store, stores: Stores, clock: Any) -> Follower:
    campaign = make_campaign(store)
    stores.ranking.place(campaign, Standing(0, 0, 0, 0))  # a script is sent once to each server
    stores.ranking.rebuild(campaign, clock())
    return Follower(app.test_client(), "oCounted", clock)


def test_an_answer_costs_one_read_and_one_write(follower: Follower, sent: Sent, store: Store) -> None:
    follower.says("答题")
    sent.clear()
    assert "【第2/4题" in follower.says("C")
    # PostgreSQL gates, records and stores the reply in one statement; SQLite has no such statement, but no trip either.
    assert sent.cost == ((4, 1, 0) if store.on_sqlite else (2, 1, 0)), sent


def test_the_last_answer_also_costs_one_trip_to_redis_and_the_storing_of_its_reply(
    follower: Follower, sent: Sent, store: Store
) -> None:
    for text in ("答题", "C", "错", "ABD"):
        follower.says(text)
    sent.clear()
    assert "个人第 1 名" in follower.says("1000")
    assert sent.cost == ((6, 2, 1) if store.on_sqlite else (3, 2, 1)), sent


def test_a_retry_costs_one_read(follower: Follower, sent: Sent) -> None:
    follower.says("答题")
    follower.says("C")
    sent.clear()
    assert "【第2/4题" in follower.retried()
    assert sent.cost == (1, 0, 0), sent


def test_limits_and_a_unit_cost_nothing_more(app: Flask, store: Store, stores: Stores, clock: Any, sent: Sent) -> None:
    rules = replace(PLAN, seconds_per_attempt=600, least_ms_per_question=500, counts="sum", partial="half")
    campaign = make_campaign(store, replace(rules, unit_ranking="average"))
    stores.ranking.place(campaign, Standing(0, 0, 0, 0))
    stores.ranking.rebuild(campaign, clock())
    follower = Follower(app.test_client(), "oCounted", clock)
    follower.says("答题")
    with store.transaction() as session:
        people.join_unit(session, session.scalars(select(tables.Person.id)).one(), "U01")
    stores.units.table(stores.editions.by_slug(store, PLAN.slug), now=clock())  # kept for a second
    for text in ("C", "错", "ABD"):
        clock.now += 600
        sent.clear()
        follower.says(text)
        assert sent.cost == ((4, 1, 0) if store.on_sqlite else (2, 1, 0)), sent
    clock.now += 600
    stores.units.table(stores.editions.by_slug(store, PLAN.slug), now=clock())
    sent.clear()
    assert "个人第 1 名" in follower.says("1000")
    assert sent.cost == ((6, 2, 1) if store.on_sqlite else (3, 2, 1)), sent
