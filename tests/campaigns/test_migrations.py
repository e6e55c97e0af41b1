"""The migrations and the schema they make: it says the rules of the game, and refuses what breaks them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from campaign_made import CLOSES, OPENS, PLAN, make_campaign
from sqlalchemy import inspect, select, text, update
from sqlalchemy.exc import IntegrityError

from campaigns import people, tables
from campaigns.people import Sender
from campaigns.store import Store, _migrations, open_store

WITH_AN_EXPRESSION = {"ix_standing_order"}
pytestmark = pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")


@pytest.fixture(params=["sqlite", "postgresql"])
def blank_url(request: pytest.FixtureRequest) -> str:
    """A database without tables, of either kind."""
    url: str = request.getfixturevalue(f"blank_{'sqlite' if request.param == 'sqlite' else 'postgres'}_url")
    return url


@pytest.fixture
def blank(blank_url: str) -> Iterator[Store]:
    store = open_store(blank_url)
    yield store
    store.close()


def differences(store: Store) -> list[object]:
    def can_be_compared(thing: object, name: str | None, kind: str, reflected: bool, other: object) -> bool:
        return not (store.on_sqlite and name in WITH_AN_EXPRESSION)

    options = {"compare_type": True, "compare_server_default": True, "include_object": can_be_compared}
    with store.engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), tables.Table.metadata))


def test_the_migrations_make_the_tables_as_they_are_written(store: Store) -> None:
    assert differences(store) == []


def test_every_index_that_is_written_is_in_the_database(store: Store) -> None:
    """The comparison above cannot tell those of SQLite that hold an expression."""
    catalogue = "SELECT name FROM sqlite_master" if store.on_sqlite else "SELECT indexname FROM pg_indexes"
    with store.engine.connect() as connection:
        found = set(connection.execute(text(catalogue)).scalars())
    written = {str(index.name) for table in tables.Table.metadata.tables.values() for index in table.indexes}
    assert written <= found


def test_every_rule_that_is_checked_is_in_the_database(store: Store) -> None:
    """The comparison above does not look at checks."""
    with store.engine.connect() as connection:
        found = {
            str(check["name"])
            for table in tables.Table.metadata.tables
            for check in inspect(connection).get_check_constraints(table)
        }
    written = {
        str(constraint.name)
        for table in tables.Table.metadata.tables.values()
        for constraint in table.constraints
        if str(constraint.name).startswith("ck_")
    }
    assert found == written


def test_a_blank_database_is_not_ready_until_it_is_migrated(blank: Store) -> None:
    assert not blank.is_migrated()
    blank.migrate()
    assert blank.is_migrated()
    assert differences(blank) == []


def test_migrating_again_changes_nothing(blank: Store) -> None:
    blank.migrate()
    make_campaign(blank)
    blank.migrate()
    with blank.reading() as session:
        assert session.scalars(select(tables.Campaign.slug)).all() == ["week"]


def test_the_way_back_leads_to_nothing_and_forth_again_to_everything(blank: Store) -> None:
    blank.migrate()
    with blank._writing.begin() as connection:
        config = _migrations()
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    with blank.engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    assert not blank.is_migrated()
    blank.migrate()
    assert differences(blank) == []


@pytest.mark.race
def test_machines_that_start_together_migrate_once(blank_url: str) -> None:
    stores = [open_store(blank_url) for _ in range(4)]
    start = threading.Barrier(len(stores))

    def migrate(store: Store) -> None:
        start.wait()
        store.migrate()

    with ThreadPoolExecutor(len(stores)) as pool:
        list(pool.map(migrate, stores))
    assert [store.is_migrated() for store in stores] == [True] * len(stores)
    assert differences(stores[0]) == []
    for store in stores:
        store.close()


# --- what the schema refuses -------------------------------------------------------------------------------------


def attempt(**changes: object) -> tables.Attempt:
    values = {
        "campaign_id": 1, "person_id": 1, "ordinal": 1, "day": 20260704, "paper": "1ABCD", "begun_ms": OPENS,
        "shown_ms": OPENS,
    }  # fmt: skip
    return tables.Attempt(**(values | changes))


def answer(**changes: object) -> tables.Answer:
    values = {"attempt_id": 1, "position": 1, "revision_id": 1, "given": "C", "points": 10, "answered_ms": OPENS}
    return tables.Answer(**(values | changes))


def inbound(**changes: object) -> tables.Inbound:
    values = {"identity_id": 1, "key": "m:1", "reply": "", "attempt_id": None, "received_ms": OPENS}
    return tables.Inbound(**(values | changes))


def standing(**changes: object) -> tables.Standing:
    values = {"campaign_id": 1, "person_id": 1, "attempt_id": 1, "points": 1, "used_ms": 1, "finished_ms": 1}
    return tables.Standing(**(values | {"version": 1, "changed_ms": 1} | changes))


def draw(**changes: object) -> tables.Draw:
    values = {
        "id": "C1-D1", "campaign_id": 1, "ordinal": 1, "state": "frozen", "entrants": b"", "list_hash": "",
        "announcement": {}, "reason": "", "frozen_ms": 1, "frozen_by": "", "confirmed_by": "",
    }  # fmt: skip
    return tables.Draw(**(values | changes))


def award(**changes: object) -> tables.Award:
    values = {
        "draw_id": "C1-D1", "sequence": 1, "prize": "一等奖", "entrant": "e", "state": "awarded", "reason": "",
        "changed_ms": 1,
    }  # fmt: skip
    return tables.Award(**(values | changes))


@pytest.fixture
def stocked(store: Store) -> Store:
    """One campaign, one person with one open attempt, one answer, one message, one standing, a draw and an award."""
    make_campaign(store)
    people.meet(store, Sender("wechat", "", "oWang"), OPENS)
    people.meet(store, Sender("wechat", "", "oLi"), OPENS)
    for rows in ([attempt()], [answer(), inbound(), standing(), draw()], [award()]):
        with store.transaction() as session:
            session.add_all(rows)
    return store


REFUSED: dict[str, Callable[[], tables.Table]] = {
    "a second open attempt": lambda: attempt(ordinal=2),
    "a second attempt of the same number": lambda: attempt(state="finished", finished_ms=1, used_ms=1),
    "an attempt in a state that there is not": lambda: attempt(ordinal=2, state="won", finished_ms=1),
    "a finished attempt without its end": lambda: attempt(ordinal=2, state="finished"),
    "an open attempt with an end": lambda: attempt(person_id=2, finished_ms=1),
    "an attempt of nobody": lambda: attempt(person_id=99),
    "a second answer to a question": lambda: answer(given="D"),
    "an answer to a question that there is not": lambda: answer(position=2, revision_id=99),
    "an answer in no attempt": lambda: answer(attempt_id=99),
    "a second effect of a message": lambda: inbound(reply="another"),
    "a message of nobody": lambda: inbound(identity_id=99),
    "a second standing": lambda: standing(points=2),
    "a second identity of a sender": lambda: tables.Identity(
        channel="wechat", account="", sender="oWang", person_id=2, created_ms=1
    ),
    "a second unit of a code": lambda: tables.Unit(code="U01", name=""),
    "a unit below none": lambda: tables.Unit(code="U03", name="", parent_id=99),
    "a second draw of a number": lambda: draw(id="C1-D2"),
    "a draw that was held without a seed": lambda: draw(id="C1-D2", ordinal=2, state="held"),
    "a draw with a seed before it was held": lambda: draw(id="C1-D2", ordinal=2, seed="0"),
    "a second award of an entrant": lambda: award(sequence=2),
    "an unfilled prize with an entrant": lambda: award(sequence=2, entrant="f", state="unfilled"),
    "an award without an entrant": lambda: award(sequence=2, entrant=None),
    "an account in a role that there is not": lambda: tables.Staff(
        name="x", role="king", password_hash="", created_ms=1
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_the_schema_refuses(what: str, stocked: Store) -> None:
    with pytest.raises(IntegrityError), stocked.transaction() as session:
        session.add(REFUSED[what]())


def test_the_schema_allows_what_looks_alike_but_is_right(stocked: Store) -> None:
    with stocked.transaction() as session:
        session.add_all(
            [
                attempt(ordinal=2, state="finished", finished_ms=1, used_ms=1),
                attempt(ordinal=3, state="superseded", finished_ms=1),
                attempt(person_id=2),
                answer(position=2),
                inbound(identity_id=2),
                inbound(key="m:2"),
                award(sequence=2, entrant=None, state="unfilled"),
                award(sequence=3, entrant=None, state="unfilled"),
            ]
        )


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "open"},
        {"closes_ms": OPENS},
        {"questions_per_paper": 0},
        {"attempts_in_all": 0},
        {"attempts_per_day": 0},
        {"slug": "other"},
        {"bank_id": 99},
    ],
    ids=str,
)
def test_the_schema_refuses_a_campaign_that_cannot_be(stocked: Store, changes: dict[str, object]) -> None:
    make_campaign(stocked, replace(PLAN, slug="other", closes_ms=CLOSES))
    with pytest.raises(IntegrityError), stocked.transaction() as session:
        session.execute(update(tables.Campaign).where(tables.Campaign.slug == "week").values(changes))
