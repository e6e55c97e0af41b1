"""Stores opened for one command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from campaigns.stores import Stores, open_stores
from settings import Settings


@contextmanager
def opened(settings: Settings) -> Iterator[Stores]:
    """The stores, with the database brought up to this program's schema."""
    with open_stores(settings.sql_url, settings.redis_url, settings.data_dir) as stores:
        stores.sql.migrate()
        yield stores


@contextmanager
def transaction(settings: Settings) -> Iterator[Session]:
    with opened(settings) as stores, stores.sql.transaction() as session:
        yield session


@contextmanager
def reading(settings: Settings) -> Iterator[Session]:
    with opened(settings) as stores, stores.sql.reading() as session:
        yield session
