"""What the rules of the game keep their records in, opened together and handed to them as one argument."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import redis

from campaigns.editions import Editions
from campaigns.embedded import adopt_embedded
from campaigns.errors import StoreUnavailable
from campaigns.standings import Ranking
from campaigns.store import Store, open_store
from campaigns.unit_standings import UnitRanking

WITHOUT_REDIS = "none"


@dataclass(frozen=True)
class Stores:
    sql: Store
    ranking: Ranking
    editions: Editions
    units: UnitRanking = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "units", UnitRanking(self.sql))


@contextmanager
def open_stores(sql_url: str, redis_url: str, data_dir: Path) -> Iterator[Stores]:
    """Open the database, and Redis: the one named, else the embedded server if one is alive, else none.

    Raises StoreUnavailable when the database's address is wrong; neither is connected to before its first use.
    """
    store = open_store(sql_url)
    client = open_redis(redis_url, data_dir)
    try:
        yield Stores(store, Ranking(store, client), Editions())
    finally:
        store.close()
        if client is not None:
            client.close()


def open_redis(redis_url: str, data_dir: Path) -> redis.Redis | None:
    """A client with short time limits, since Redis only makes things faster; None: go without.

    Raises StoreUnavailable for an address that is not one.
    """
    address = redis_url or adopt_embedded(data_dir)
    if not address or address == WITHOUT_REDIS:
        return None
    try:
        return redis.Redis.from_url(address, socket_timeout=0.5, socket_connect_timeout=0.5, max_connections=64)
    except ValueError as error:
        raise StoreUnavailable(
            "LVDA_REDIS_URL 不是 Redis 地址，应当像 redis://主机:6379/0；不用 Redis 请写 none。"
        ) from error
