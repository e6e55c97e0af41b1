from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest
from small_bank import NOW, STEMS, bank, counted, kept, question
from sqlalchemy import select

from campaigns import banks, keeping, tables
from campaigns.banks import Status, What, shipping
from campaigns.editions import load_edition
from campaigns.keeping import demo as demo_campaign
from campaigns.store import Store
from questions.model import Question


@pytest.fixture(autouse=True)
def shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    ship(monkeypatch, "one", counted())


def ship(monkeypatch: pytest.MonkeyPatch, file: str, questions: Sequence[Question]) -> None:
    monkeypatch.setattr(shipping, "shipped_file", lambda: file)
    monkeypatch.setattr(shipping, "energy_bank", lambda: bank(questions))


def start(store: Store, now: int = NOW) -> None:
    with store.transaction() as session:
        banks.ensure_shipped_bank(session, now)


def changes(store: Store) -> list[tuple[What, int, int]]:
    with store.reading() as session:
        return [(one.what, one.added, one.changed) for one in banks.bank_history(session, "energy")]


def test_it_is_brought_once_as_reviewed_questions(store: Store) -> None:
    start(store)
    start(store)
    assert changes(store) == [(What.SHIPPED, 5, 0)]
    with store.reading() as session:
        assert {entry.status for entry in banks.search(session, "energy").entries} == {Status.REVIEWED}


def test_a_newer_version_adds_and_mends_what_nobody_has_touched(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    start(store)
    newer = [replace(one, explanation="解析") for one in counted()]
    ship(monkeypatch, "two", [*newer, question("6", "一道新题？")])
    start(store)
    assert changes(store)[0] == (What.SHIPPED, 1, 5)
    assert [(one.stem, one.explanation) for one in kept(store)] == [
        *((stem, "解析") for stem in STEMS),
        ("一道新题？", ""),
    ]


def test_what_people_have_done_with_it_is_theirs(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    start(store)
    with store.transaction() as session:
        edited = replace(counted()[0], explanation="我们的解析")
        banks.edit(session, "energy", "1", edited, 1, "王", NOW)
        banks.edit(session, "energy", "2", question("2", "完全是另一道题，什么颜色？"), 1, "王", NOW)
        banks.set_status(session, "energy", ["3"], Status.RETIRED, "王", NOW)
        banks.rename(session, "energy", "我们的题库", "王", NOW)
    banks.split(store, "energy", banks.Selection(numbers=["4"]), "ours", "", "王", NOW)
    ship(monkeypatch, "two", [replace(one, source="国标") for one in counted()])
    start(store)
    found = {one.number: one for one in kept(store)}
    assert sorted(found) == ["1", "2", "5"]
    assert (found["1"].explanation, found["1"].source) == ("我们的解析", "")
    assert found["2"].stem == "完全是另一道题，什么颜色？"
    assert found["5"].source == "国标"
    with store.reading() as session:
        assert banks.find_question(session, "energy", "3").status is Status.RETIRED
        assert banks.find_bank(session, "energy").name == "我们的题库"


def test_a_version_that_brings_nothing_is_looked_at_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    start(store)
    ship(monkeypatch, "two", counted())
    start(store)
    start(store)
    assert changes(store) == [(What.SHIPPED, 0, 0), (What.SHIPPED, 5, 0)]


def test_a_bank_of_the_same_slug_that_people_made_is_left_alone(store: Store) -> None:
    banks.import_bank(store, "energy", "我们的题库", bank([question("1", "我们的题？")]), NOW)
    start(store)
    assert [one.stem for one in kept(store)] == ["我们的题？"]


def test_a_demo_that_is_there_keeps_its_questions_while_its_bank_grows(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo_campaign, "DEMO", replace(demo_campaign.DEMO, questions_per_paper=3))
    for _ in range(2):
        with store.transaction() as session:
            keeping.ensure_demo(session, NOW, Random(1))
        ship(monkeypatch, "two", [*(replace(one, answer=("B",)) for one in counted()), question("6", "一道新题？")])
    with store.reading() as session:
        demo = session.scalars(select(tables.Campaign)).one()
        edition = load_edition(session, demo.id)
    assert demo.version == 2
    assert [(one.stem, one.answer) for one in edition.questions.values()] == [(stem, ("A",)) for stem in STEMS]
    assert [(one.stem, one.answer) for one in kept(store)][-2:] == [(STEMS[4], ("B",)), ("一道新题？", ("A",))]
