"""The migrations and the schema they make: it says the rules of the game, and refuses what breaks them."""

from __future__ import annotations

import sqlite3
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

from campaigns import banks, people, tables
from campaigns.editions import load_edition
from campaigns.errors import StoreUnavailable
from campaigns.people import Sender
from campaigns.prizes.awards import take_back
from campaigns.store import Store, _migrations, _references_checked_at_the_end, open_store
from questions.model import Bank, Kind, Question, options_of

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


# --- what an upgrade makes of what is there ------------------------------------------------------------------------

AS_RELEASED = """
    INSERT INTO bank VALUES (1, 'energy', '节能降碳知识题库', 100, 300), (2, 'office', '机关题库', 200, 200);
    INSERT INTO question (id, bank_id, number, revision, retired) VALUES
        (1, 1, '1', 2, false), (2, 1, '2', 1, true), (3, 2, '1', 1, false), (4, 2, '2', 1, true);
    INSERT INTO question_revision (id, question_id, revision, kind, stem, options, answer, explanation, category,
        difficulty, source, created_ms) VALUES
        (11, 1, 1, 'single', '空调几度？', '["26", "20"]', '["A"]', '', '', '', '', 100),
        (12, 2, 1, 'true_false', '水是干的。', '[]', '["false"]', '', '', '', '', 100),
        (13, 1, 2, 'single', '空调多少度？', '["26", "20"]', '["A"]', '解析', '空调', '易', '通知', 300),
        (14, 3, 1, 'blank', '第____天', '[]', '["三 | 3"]', '', '', '', '', 200),
        (15, 4, 1, 'essay', '谈谈节水。', '[]', '[]', '', '', '', '', 200);
    INSERT INTO campaign (id, slug, version, state, name, theme, organiser, timezone, opens_ms, bank_id,
        questions_per_paper, points, shuffle_questions, shuffle_options, draw_points, two_person, salt, created_ms)
        VALUES (1, 'week', 2, 'published', '周', '', '', 'Asia/Shanghai', 100, 1, 1, '{"single": 10}', true, true, 0,
        false, 'salt', 100);
    INSERT INTO campaign_question VALUES (1, 11, 1);
    INSERT INTO person VALUES (1, '', NULL, 100);
    INSERT INTO attempt (id, campaign_id, person_id, ordinal, day, state, paper, position, score, begun_ms, shown_ms,
        finished_ms, used_ms) VALUES (1, 1, 1, 1, 20260704, 'finished', '11AB', 2, 10, 100, 100, 101, 1);
    INSERT INTO answer VALUES (1, 1, 11, 'A', 10, 101);
    INSERT INTO draw (id, campaign_id, ordinal, state, entrants, list_hash, announcement, reason, frozen_ms, frozen_by,
        seed, held_ms, confirmed_by) VALUES ('C1-D1', 1, 1, 'held', '', 'hash',
        '{"prizes": [{"prize": "一等奖", "count": 1}, {"prize": "二等奖", "count": 2}]}', '', 200, 'wang', 'seed', 300,
        '');
    INSERT INTO award (draw_id, sequence, prize, entrant, person_id, rank, state, replaces, reason, changed_ms) VALUES
        ('C1-D1', 1, '一等奖', 'a', 1, 1, 'forfeited', NULL, '逾期', 400),
        ('C1-D1', 2, '二等奖', 'b', NULL, 2, 'awarded', NULL, '', 300),
        ('C1-D1', 3, '二等奖', NULL, NULL, NULL, 'unfilled', NULL, '', 300),
        ('C1-D1', 4, '一等奖', 'c', NULL, 3, 'awarded', 1, '', 400);
"""


@pytest.fixture
def released(blank: Store) -> Store:
    """An installation of the first release, with a bank that came with it, one of its own, and an answer."""
    with blank._writing.begin() as connection:
        config = _migrations()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for statement in AS_RELEASED.split(";")[:-1]:
            connection.exec_driver_sql(statement)
        if not blank.on_sqlite:
            for table in ("bank", "question", "question_revision", "campaign", "person", "attempt"):
                connection.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), 100)")
    return blank


def test_an_upgrade_keeps_what_banks_say_and_campaigns_play(released: Store) -> None:
    released.migrate()
    assert differences(released) == []
    with released.reading() as session:
        said = banks.find_question(session, "energy", "1")
        assert (said.revision, said.revision_id, said.status) == (2, 13, banks.Status.REVIEWED)
        assert said.question == Question(
            "1", Kind.SINGLE, "空调多少度？", options_of(["26", "20"]), ("A",), "解析", "空调", "易", "通知"
        )
        (asked,) = load_edition(session, 1).questions.items()
        assert (asked[0], asked[1].stem) == (11, "空调几度？")
        assert session.scalars(select(tables.Answer.revision_id)).all() == [11]
        assert session.scalars(select(tables.Campaign.reviewed_only)).all() == [False]


def test_an_upgrade_calls_the_shipped_questions_reviewed_and_others_drafts(released: Store) -> None:
    released.migrate()
    with released.reading() as session:
        statuses = {
            slug: [banks.find_question(session, slug, number).status.value for number in "12"]
            for slug in ("energy", "office")
        }
    assert statuses == {"energy": ["reviewed", "retired"], "office": ["draft", "retired"]}


def test_an_upgrade_makes_each_import_of_the_past_a_change(released: Store) -> None:
    released.migrate()
    with released.reading() as session:
        told = {
            slug: [(one.what.value, one.at_ms, one.added, one.changed) for one in banks.bank_history(session, slug)]
            for slug in ("energy", "office")
        }
        steps = banks.history(session, "energy", "1")
    assert told == {"energy": [("import", 300, 0, 1), ("shipped", 100, 2, 0)], "office": [("import", 200, 2, 0)]}
    assert [(one.revision, one.at_ms, one.by) for one in steps] == [(1, 100, ""), (2, 300, "")]


def test_an_upgrade_keeps_who_won_and_counts_what_was_given(released: Store) -> None:
    released.migrate()
    with released.reading() as session:
        group, drawn = session.scalars(select(tables.PrizeGroup)).one(), session.scalars(select(tables.Draw)).one()
        assert (group.id, group.campaign_id, group.kind) == (drawn.group_id, 1, "draw")
        prizes = session.scalars(select(tables.Prize).order_by(tables.Prize.ordinal)).all()
        assert [(one.name, one.stock, one.given) for one in prizes] == [("一等奖", 1, 1), ("二等奖", 2, 1)]
        awards = session.scalars(select(tables.Award).order_by(tables.Award.sequence)).all()
        replaced = {one.id: one.sequence for one in awards}
        assert [(one.prize, one.entrant, one.state, one.awarded_ms) for one in awards] == [
            ("一等奖", "a", "forfeited", 400),
            ("二等奖", "b", "awarded", 300),
            ("二等奖", None, "unfilled", 300),
            ("一等奖", "c", "awarded", 400),
        ]
        assert [replaced.get(one.replaces_id or 0) for one in awards] == [None, None, None, 1]
        assert session.scalars(select(tables.Campaign.wins)).all() == ["any"]
    with released.transaction() as session:
        session.add(tables.PrizeGroup(campaign_id=1, ordinal=2, name="再抽", kind="draw"))


def test_an_upgrade_can_be_taken_back_with_what_was_drawn(released: Store) -> None:
    released.migrate()
    with released._writing.connect() as connection, _references_checked_at_the_end(connection):
        config = _migrations()
        config.attributes["connection"] = connection
        command.downgrade(config, "0005")
        rows = connection.execute(text("SELECT sequence, entrant, replaces FROM award ORDER BY sequence")).all()
    assert [tuple(row) for row in rows] == [(1, "a", None), (2, "b", None), (3, None, None), (4, "c", 1)]


def test_news_of_an_award_that_waits_through_an_upgrade_is_taken_back_with_it(released: Store) -> None:
    released.migrate()
    config = _migrations()
    with released._writing.connect() as connection, _references_checked_at_the_end(connection):
        config.attributes["connection"] = connection
        command.downgrade(config, "0005")
        connection.execute(
            text(
                'INSERT INTO outbox (key, way, account, recipient, wording, "values", must, state, due_ms, created_ms,'
                " begun, tries, reason, sent_by) VALUES ('won:C1-D1:4', '', '', '', 'notice.won', '{}', true,"
                " 'waiting', 400, 400, false, 0, '', '')"
            )
        )
    released.migrate()
    with released.transaction() as session:
        awarded = session.scalars(select(tables.Award.id).where(tables.Award.sequence == 4)).one()
        assert take_back(session, awarded, "弃领", 500)
        assert session.scalars(select(tables.OutboxMessage.state)).all() == ["dropped"]


def test_an_upgraded_bank_takes_the_next_import_and_the_next_shipped_questions(released: Store) -> None:
    released.migrate()
    file = [
        Question("1", Kind.BLANK, "第____天", answer=("三 | 3",), where="1"),
        Question("3", Kind.TRUE_FALSE, "水是湿的。", answer=("true",), where="3"),
    ]
    done = banks.import_bank(released, "office", "", Bank("csv", "", tuple(file)), 400)
    assert done == banks.Imported(added=1, changed=0, unchanged=1, left_out=0)
    with released.transaction() as session:
        banks.ensure_shipped_bank(session, 500)
    with released.reading() as session:
        newest = banks.bank_history(session, "energy")[0]
        assert (newest.what, newest.added > 100) == (banks.What.SHIPPED, True)
        assert banks.find_question(session, "energy", "1").question.stem == "空调多少度？"


def test_references_are_watched_again_after_an_upgrade(released: Store) -> None:
    released.migrate()
    with pytest.raises(IntegrityError), released.transaction() as session:
        session.add(answer(position=2, revision_id=99))


def test_an_upgrade_of_a_database_that_contradicts_itself_changes_nothing(blank_sqlite_url: str) -> None:
    store = open_store(blank_sqlite_url)
    with store._writing.begin() as connection:
        config = _migrations()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    raw = sqlite3.connect(blank_sqlite_url.removeprefix("sqlite:///"))
    raw.execute("INSERT INTO answer VALUES (1, 1, 99, 'A', 10, 101)")
    raw.commit()
    raw.close()
    with pytest.raises(StoreUnavailable, match="没有升级"):
        store.migrate()
    with store.engine.connect() as connection:
        assert "bank_change" not in inspect(connection).get_table_names()
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
        "id": "C1-D1", "campaign_id": 1, "group_id": 1, "ordinal": 1, "state": "frozen", "entrants": b"",
        "list_hash": "", "announcement": {}, "reason": "", "frozen_ms": 1, "frozen_by": "", "confirmed_by": "",
    }  # fmt: skip
    return tables.Draw(**(values | changes))


def prize_group(**changes: object) -> tables.PrizeGroup:
    values = {"campaign_id": 1, "ordinal": 1, "name": "抽奖", "kind": "draw"}
    return tables.PrizeGroup(**(values | changes))


def prize(**changes: object) -> tables.Prize:
    values = {"group_id": 1, "ordinal": 1, "name": "一等奖", "stock": 3, "given": 1, "releases": []}
    return tables.Prize(**(values | changes))


def award(**changes: object) -> tables.Award:
    values = {
        "campaign_id": 1, "prize_id": 1, "draw_id": "C1-D1", "sequence": 1, "prize": "一等奖", "entrant": "e",
        "state": "awarded", "awarded_ms": 1, "changed_ms": 1,
    }  # fmt: skip
    return tables.Award(**(values | changes))


@pytest.fixture
def stocked(store: Store) -> Store:
    """One campaign, one person with one open attempt, one answer, one message, one standing, a draw and an award."""
    make_campaign(store)
    people.meet(store, Sender("wechat", "", "oWang"), OPENS)
    people.meet(store, Sender("wechat", "", "oLi"), OPENS)
    for rows in (
        [attempt(), prize_group(), prize_group(name="第 2 次抽奖", ordinal=2)],
        [prize(), answer(), inbound(), standing()],
        [draw()],
        [award(once="1:1", attempt_id=1)],
    ):
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
    "a second draw of a number": lambda: draw(id="C1-D2", group_id=2),
    "a second draw of the same prizes": lambda: draw(id="C1-D2", ordinal=2),
    "a draw that was held without a seed": lambda: draw(id="C1-D2", group_id=2, ordinal=2, state="held"),
    "a draw with a seed before it was held": lambda: draw(id="C1-D2", group_id=2, ordinal=2, seed="0"),
    "a second group of a name": lambda: prize_group(ordinal=2),
    "a prize without stock": lambda: prize(name="二等奖", stock=0, given=0),
    "more of a prize given than there are": lambda: prize(name="二等奖", given=4),
    "a second award of whoever may win once": lambda: award(sequence=2, entrant="f", once="1:1"),
    "a second award at the end of one attempt": lambda: tables.Award(
        campaign_id=1, prize_id=1, entrant="f", state="awarded", attempt_id=1, once="1:2", awarded_ms=1, changed_ms=1
    ),
    "a forfeited award that was handed out": lambda: award(sequence=2, entrant="f", state="forfeited", redeemed_ms=1),
    "a claim of an award that there is not": lambda: tables.Claim(award_id=99, way="post", claimed_ms=1),
    "a second award of an entrant": lambda: award(sequence=2),
    "an unfilled prize with an entrant": lambda: award(sequence=2, entrant="f", state="unfilled"),
    "an award without an entrant": lambda: award(sequence=2, entrant=None),
    "a question in a status that there is not": lambda: tables.Question(
        bank_id=1, number="9", revision=1, status="lost"
    ),
    "a second question of a number": lambda: tables.Question(bank_id=1, number="1", revision=1, status="draft"),
    "a revision that no change brought": lambda: tables.QuestionRevision(
        question_id=1, revision=9, change_id=99, kind="essay", options=[], answer=[]
    ),
    "a change that there is not": lambda: tables.BankChange(bank_id=1, what="wish", at_ms=1),
    "an account in a role that there is not": lambda: tables.Staff(
        name="x", role="king", password_hash="", created_ms=1
    ),
}


def test_the_schema_refuses_what_breaks_the_rules(stocked: Store) -> None:
    taken = []
    for what, row in REFUSED.items():
        try:
            with stocked.transaction() as session:
                session.add(row())
            taken.append(what)
        except IntegrityError:
            continue
    assert taken == []


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
                award(sequence=4, entrant="f", state="forfeited", once="1:1"),
                draw(id="C1-D2", group_id=2, ordinal=2),
            ]
        )


def test_the_schema_refuses_a_campaign_that_cannot_be(stocked: Store) -> None:
    make_campaign(stocked, replace(PLAN, slug="other", closes_ms=CLOSES))
    impossible: tuple[dict[str, object], ...] = (
        {"state": "open"},
        {"closes_ms": OPENS},
        {"questions_per_paper": 0},
        {"attempts_in_all": 0},
        {"attempts_per_day": 0},
        {"slug": "other"},
        {"bank_id": 99},
        {"wins": "never"},
    )
    for changes in impossible:
        with pytest.raises(IntegrityError), stocked.transaction() as session:
            session.execute(update(tables.Campaign).where(tables.Campaign.slug == "week").values(changes))


def test_what_the_console_brought_can_be_taken_back_with_accounts_and_attempts(released: Store) -> None:
    released.migrate()
    with released.transaction() as session:
        session.add(tables.Unit(id=77, code="u77", name="某局", path="/77/"))
        session.flush()
        session.execute(
            text(
                "INSERT INTO staff (name, role, unit_id, password_hash, one_time, failures, locked_until_ms, epoch,"
                " created_ms, totp_step, recovery) VALUES ('li', 'liaison', 77, '', false, 0, 0, 1, 1, 0, '[]')"
            )
        )
        session.execute(update(tables.Attempt).where(tables.Attempt.state == "finished").values(state="void"))
    config = _migrations()
    with released._writing.connect() as connection, _references_checked_at_the_end(connection):
        config.attributes["connection"] = connection
        command.downgrade(config, "0006")
        assert connection.execute(text("SELECT role FROM staff WHERE name = 'li'")).scalars().all() == ["viewer"]
        assert connection.execute(text("SELECT count(*) FROM attempt WHERE state = 'void'")).scalar() == 0
    released.migrate()
