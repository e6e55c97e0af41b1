from __future__ import annotations

from random import Random

from keeping_made import NOW
from sqlalchemy import func, select

from campaigns import banks, keeping, tables
from campaigns.editions import load_edition
from campaigns.store import Store
from questions.model import Bank, Kind, Question


def test_the_demo_is_open_at_once_and_made_only_once(store: Store) -> None:
    for seed in (1, 2):
        with store.transaction() as session:
            keeping.ensure_demo(session, NOW + seed, Random(seed))
    with store.reading() as session:
        demo = load_edition(session, keeping.find(session, "demo").id)
        assert session.scalars(select(tables.Unit.name).order_by(tables.Unit.code)).all() == list(
            keeping.DEMO_UNITS.values()
        )
        assert session.scalar(select(func.count()).select_from(tables.Campaign)) == 1
    assert demo.is_open(NOW + 1)
    assert (demo.closes_ms, demo.attempts_in_all, demo.attempts_per_day, demo.questions_per_paper) == (
        None,
        None,
        None,
        10,
    )
    assert len(demo.questions) >= 60
    assert len(demo.salt) == 64


def test_a_shipped_bank_that_the_organiser_changed_is_left_alone(store: Store) -> None:
    banks.import_bank(
        store,
        "energy",
        "我们的题库",
        Bank("csv", "", tuple(Question(str(n), Kind.TRUE_FALSE, f"第{n}句", answer=("true",)) for n in range(1, 11))),
        NOW,
    )
    with store.transaction() as session:
        keeping.ensure_demo(session, NOW, Random(1))
    with store.reading() as session:
        assert [(one.name, one.total) for one in banks.list_banks(session)] == [("我们的题库", 10)]
