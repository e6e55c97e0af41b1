"""A draw that was held and had a forfeit, and its evidence."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from draw_made import AFTER, SALT, VALUES, freeze, make_finished
from stock_kept import check_stock

from campaigns import draws
from campaigns.draws import pseudonym
from campaigns.store import Store, open_store


@pytest.fixture(autouse=True)
def awarded_and_left_are_the_stock(request: pytest.FixtureRequest) -> Iterator[None]:
    """After every test, of prizes that nobody tampered with."""
    names = [name for name in ("store", "sqlite_store") if name in request.fixturenames]
    stores: list[Store] = [request.getfixturevalue(name) for name in names]
    yield
    for store in stores:
        check_stock(store)


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Iterator[Store]:
    """For tests that are about bytes: one kind of database will do."""
    store = open_store(sqlite_url)
    yield store
    store.close()


def hold_with_forfeit(store: Store) -> str:
    """Freeze, hold, and forfeit the second award; gives the draw's id."""
    make_finished(store)
    draw_id = freeze(store, default_quota=2, exclusions=[pseudonym(SALT, 5)]).id
    with store.transaction() as session:
        draws.hold(session, draw_id, VALUES, "wang", AFTER + 1_000)
    with store.transaction() as session:
        draws.forfeit(session, draw_id, 2, "逾期未领", AFTER + 2_000)
    return draw_id


@pytest.fixture
def held_id(sqlite_store: Store) -> str:
    return hold_with_forfeit(sqlite_store)


@pytest.fixture(scope="session")
def audit(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> bytes:
    """The evidence of the same draw, whose bytes are the same wherever it is made: made once."""
    return _evidence(tmp_path_factory, sqlite_template, hold_with_forfeit)


@pytest.fixture(scope="session")
def frozen_audit(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> bytes:
    return _evidence(tmp_path_factory, sqlite_template, _only_frozen)


def _only_frozen(store: Store) -> str:
    make_finished(store)
    return freeze(store).id


def _evidence(factory: pytest.TempPathFactory, template: Path, draw: Callable[[Store], str]) -> bytes:
    path = factory.mktemp("evidence") / "lvda.db"
    shutil.copyfile(template, path)
    store = open_store(f"sqlite:///{path}")
    draw_id = draw(store)
    with store.reading() as session:
        data = draws.audit_zip(session, draw_id)
    store.close()
    return data


@pytest.fixture
def verify_page() -> Path:
    """The page that verifies, as it lies in the evidence."""
    return Path(draws.__file__).with_name("verify.html")
