from __future__ import annotations

from dataclasses import replace

import pytest
from small_bank import NOW, STEMS, bring, counted, kept, question

from campaigns import banks, tables
from campaigns.banks import Selection, Status
from campaigns.errors import NotFound
from campaigns.store import Store
from questions.model import Kind, Question


def test_banks_are_listed_with_their_questions_by_kind(store: Store) -> None:
    essay = Question("6", Kind.ESSAY, "谈谈节水。", where="第 6 行")
    unanswered = replace(question("7", "还没有答案的题"), answer=())
    bring(store, [*counted(), essay, unanswered])
    with store.transaction() as session:
        session.execute(
            tables.Question.__table__.update().where(tables.Question.number == "1").values(status="retired")
        )  # type: ignore[attr-defined]
    with store.reading() as session:
        (summary,) = banks.list_banks(session)
    statuses = {banks.Status.DRAFT: 6, banks.Status.RETIRED: 1}
    assert summary == banks.BankSummary("energy", "节能题库", {Kind.SINGLE: 5, Kind.ESSAY: 1}, 4, NOW, statuses)


def test_search_looks_into_stems_options_categories_and_numbers(store: Store) -> None:
    bring(store, [question("KT-7", STEMS[0], category="空调与照明"), question("ZM-2", STEMS[1])])

    def found(text: str) -> list[str]:
        with store.reading() as session:
            return [one.number for one in banks.search(session, "energy", text).questions]

    assert found("显示器") == ["ZM-2"]
    assert found("２６ ℃") == ["KT-7", "ZM-2"]
    assert found("空调与") == ["KT-7"]
    assert found("zm-2") == ["ZM-2"]
    assert found("没有这句话") == []


def test_a_page_beyond_the_last_shows_the_last(store: Store) -> None:
    bring(store, counted())
    with store.reading() as session:
        page = banks.search(session, "energy", number=99, size=2)
    assert (page.number, page.pages, page.found, [one.number for one in page.questions]) == (3, 3, 5, ["5"])


def test_numbers_are_sorted_as_people_count(store: Store) -> None:
    bring(store, [question(number, f"{STEMS[0]}{number}") for number in ("2-10", "10", "2", "2-9", "甲1")])
    assert [one.number for one in kept(store)] == ["2", "2-9", "2-10", "10", "甲1"]


def test_a_bank_that_does_not_exist_is_said_to_be_missing(store: Store) -> None:
    with store.reading() as session, pytest.raises(NotFound, match="nowhere"):
        banks.export(session, "nowhere")


# --- filters --------------------------------------------------------------------------------------------------------


@pytest.fixture
def varied(store: Store) -> Store:
    bring(
        store,
        [
            replace(question("1", STEMS[0]), category="空调", difficulty="易", tags=("夏季", "办公")),
            replace(question("2", STEMS[1]), category="空调", difficulty="难", tags=("办公",)),
            Question("3", Kind.TRUE_FALSE, "水龙头可以一直开着。", answer=("false",), category="节水", where="3"),
            Question("4", Kind.ESSAY, "谈谈节水。", where="4"),
            question("5", f"{STEMS[0]}（单选）"),
        ],
    )
    with store.transaction() as session:
        banks.set_status(session, "energy", ["3"], Status.REVIEWED, "王", NOW)
        banks.set_status(session, "energy", ["4"], Status.RETIRED, "王", NOW)
    return store


def test_questions_are_found_by_what_is_chosen(varied: Store) -> None:
    expected: list[tuple[Selection, list[str]]] = [
        (Selection(), ["1", "2", "3", "5"]),
        (Selection(text="办公室"), ["1", "2", "5"]),
        (Selection(text="夏季", kind=Kind.SINGLE), ["1", "5"]),
        (Selection(kind=Kind.TRUE_FALSE), ["3"]),
        (Selection(category="空调"), ["1", "2"]),
        (Selection(category=""), ["5"]),
        (Selection(category="空调", difficulty="难"), ["2"]),
        (Selection(tag="办公"), ["1", "2"]),
        (Selection(tag="公"), []),
        (Selection(status=Status.REVIEWED), ["3"]),
        (Selection(status=Status.RETIRED), ["4"]),
        (Selection(numbers=["5", "1", "99"]), ["1", "5"]),
        (Selection(doubtful=True), ["5"]),
    ]
    with varied.reading() as session:
        found = [
            [entry.question.number for entry in banks.search(session, "energy", chosen=chosen).entries]
            for chosen, _ in expected
        ]
    assert found == [numbers for _, numbers in expected]


def test_what_is_doubtful_is_told_with_the_question(varied: Store) -> None:
    with varied.reading() as session:
        (entry,) = banks.search(session, "energy", chosen=Selection(doubtful=True)).entries
    assert ["编号为 1 的题" in problem.message for problem in entry.problems] == [True]


def test_facets_count_what_can_be_chosen(varied: Store) -> None:
    with varied.reading() as session:
        found = banks.facets(session, "energy")
    assert found.kinds == {Kind.SINGLE: 3, Kind.TRUE_FALSE: 1}
    assert found.categories == {"空调": 2, "": 1, "节水": 1}
    assert found.difficulties == {"": 2, "易": 1, "难": 1}
    assert list(found.tags.items()) == [("办公", 2), ("夏季", 1)]
    assert found.statuses == {Status.DRAFT: 3, Status.RETIRED: 1, Status.REVIEWED: 1}
