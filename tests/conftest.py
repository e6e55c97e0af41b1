"""What tests may ask for: real stores, each empty or migrated and this test's alone; a browser; `repeats` of races.

No test reaches past this machine.
"""

from __future__ import annotations

import gc
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import ClassVar

import pytest
from flask import Flask
from hypothesis import settings as hypothesis_settings
from jinja2.bccache import Bucket, BytecodeCache
from playwright.sync_api import Browser, expect
from redis import Redis
from servers import (
    MigratedPostgres,
    Postgres,
    forbid_the_network,
    running_browser,
    running_postgres,
    running_redis,
    running_valkey,
    scratch_folder,
)
from werkzeug.routing import Rule

from campaigns.store import Store, open_store
from campaigns.tether import tie_to_parent

hypothesis_settings.register_profile("lvda", deadline=None)
hypothesis_settings.load_profile("lvda")


def pytest_configure(config: pytest.Config) -> None:
    forbid_the_network()
    compile_addresses_once()
    compile_templates_once()
    if hasattr(config, "workerinput"):  # an xdist worker in the middle of a test would outlive a killed run
        tie_to_parent(os.getppid())


def compile_addresses_once() -> None:
    """Thousands of tests make an application, each with the same addresses, and compiling those takes most of it."""
    compiled: dict[object, object] = {}
    compile_builder = Rule._compile_builder

    def once(rule: Rule, append_unknown: bool = True) -> object:
        key = (tuple(rule._trace), append_unknown, tuple(sorted((rule.defaults or {}).items())))
        if key not in compiled:
            compiled[key] = compile_builder(rule, append_unknown)
        return compiled[key]

    Rule._compile_builder = once  # type: ignore[method-assign, assignment]


def compile_templates_once() -> None:
    """The same of templates: an application compiles each that it shows, and lives for one test."""

    class Compiled(BytecodeCache):
        codes: ClassVar[dict[tuple[str, str], CodeType]] = {}

        def load_bytecode(self, bucket: Bucket) -> None:
            bucket.code = self.codes.get((bucket.key, bucket.checksum))

        def dump_bytecode(self, bucket: Bucket) -> None:
            if bucket.code is not None:
                self.codes[bucket.key, bucket.checksum] = bucket.code

    Flask.jinja_options = {"bytecode_cache": Compiled()}


def pytest_collection_finish() -> None:
    """What is there by now stays, and need not be looked through for garbage again and again."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.xdist_group("browser"))  # one Chromium is enough
    # What takes longest comes first: at the end no worker has a long group left while the others have nothing to do.
    items.sort(key=lambda item: item.get_closest_marker("system") is None)


@pytest.fixture(scope="session")
def scratch() -> Iterator[Path]:
    """A folder for the servers of this process."""
    with scratch_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def worker_number(worker_id: str) -> int:
    """Of this xdist worker, from 0."""
    return int(worker_id.removeprefix("gw")) if worker_id.startswith("gw") else 0


@pytest.fixture(scope="session")
def postgres(scratch: Path) -> Iterator[Postgres]:
    with running_postgres(scratch) as server:
        yield server


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Postgres) -> Iterator[MigratedPostgres]:
    template = postgres.create()
    _migrate(template)
    databases = MigratedPostgres(postgres, template)
    yield databases
    databases.drop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database file that nobody has open."""
    path = tmp_path_factory.mktemp("template") / "lvda.db"
    _migrate(f"sqlite:///{path}")
    return path


def _migrate(url: str) -> None:
    store = open_store(url)
    store.migrate()
    store.close()


@pytest.fixture
def blank_postgres_url(postgres: Postgres) -> Iterator[str]:
    """An empty database, without tables."""
    with postgres.blank() as url:
        yield url


@pytest.fixture
def postgres_url(migrated_postgres: MigratedPostgres) -> Iterator[str]:
    """A migrated database without rows."""
    with migrated_postgres.lent() as url:
        yield url


@pytest.fixture
def blank_sqlite_url(tmp_path: Path) -> str:
    """The address of a database file that is yet to be made."""
    return f"sqlite:///{tmp_path / 'lvda.db'}"


@pytest.fixture
def sqlite_url(blank_sqlite_url: str, sqlite_template: Path) -> str:
    """A migrated database without rows."""
    shutil.copyfile(sqlite_template, blank_sqlite_url.removeprefix("sqlite:///"))
    return blank_sqlite_url


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> str:
    """A migrated database without rows, of either kind."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """The same, opened."""
    store = open_store(store_url)
    yield store
    store.close()


@pytest.fixture(scope="session")
def redis_server(scratch: Path, worker_number: int) -> Iterator[str]:
    with running_redis(scratch, worker_number) as url:
        yield url


@pytest.fixture(scope="session")
def valkey_server(scratch: Path, worker_number: int) -> Iterator[str]:
    with running_valkey(scratch, worker_number) as url:
        yield url


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """An empty database of a genuine Redis."""
    return _emptied(redis_server)


@pytest.fixture
def valkey_url(valkey_server: str) -> str:
    """An empty database of a Valkey."""
    return _emptied(valkey_server)


@pytest.fixture(scope="session")
def any_redis_server(request: pytest.FixtureRequest) -> str:
    """A genuine Redis where there is one, otherwise a Valkey."""
    genuine = sys.version_info < (3, 13) or "LVDA_TEST_REDIS" in os.environ or shutil.which("redis-server")
    url: str = request.getfixturevalue("redis_server" if genuine else "valkey_server")
    return url


@pytest.fixture
def any_redis_url(any_redis_server: str) -> str:
    """An empty database of it."""
    return _emptied(any_redis_server)


def _emptied(url: str) -> str:
    with Redis.from_url(url) as client:
        client.flushdb()
    return url


@pytest.fixture(params=["redis", "valkey"])
def redis(request: pytest.FixtureRequest) -> Iterator[Redis]:
    """A client of an empty database, of either kind of server; answers are bytes."""
    with Redis.from_url(request.getfixturevalue(f"{request.param}_url")) as client:
        yield client


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; a test opens a context of its own, and closes it."""
    expect.set_options(timeout=60_000)  # of what does happen; a machine with much else to do takes its time
    with running_browser() as running:
        yield running


@pytest.fixture(scope="session")
def repeats() -> int:
    """How often a race is run."""
    return int(os.environ.get("LVDA_TEST_REPEATS", "3"))
