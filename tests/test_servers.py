"""What the fixtures promise to the other tests."""

from __future__ import annotations

import socket

import psycopg
import pytest
from playwright.sync_api import Browser
from redis import Redis
from servers import NetworkForbidden
from sqlalchemy import text

from campaigns.store import Store


def test_a_test_that_leaves_this_machine_is_stopped() -> None:
    with pytest.raises(NetworkForbidden), socket.socket() as stranger:
        stranger.connect(("192.0.2.1", 80))
    with pytest.raises(NetworkForbidden):
        socket.getaddrinfo("example.org", 443)


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_gets_an_empty_redis(redis: Redis, turn: int) -> None:
    assert redis.dbsize() == 0
    redis.set("left", turn)


def test_the_two_redis_fixtures_are_of_different_make(redis_url: str, valkey_url: str) -> None:
    with Redis.from_url(redis_url) as genuine, Redis.from_url(valkey_url) as valkey:
        assert "valkey_version" not in genuine.info("server")
        assert "valkey_version" in valkey.info("server")


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_gets_a_migrated_store_without_rows(store: Store, turn: int) -> None:
    with store.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM alembic_version")) == 1
        session.execute(text("CREATE TABLE left_behind (turn INTEGER)"))


def test_postgresql_is_as_durable_as_in_production(postgres_url: str, blank_postgres_url: str) -> None:
    assert postgres_url != blank_postgres_url
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("on",)


@pytest.mark.browser
def test_a_page_is_shown_in_the_browser(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<h1>绿答</h1>")
    assert page.inner_text("h1") == "绿答"
    page.close()
