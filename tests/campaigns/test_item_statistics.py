from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest
from campaign_made import COMMUTE, OPENS, PLAN, QUESTIONS, STANDBY, SUMMER, make_campaign
from hypothesis import given
from hypothesis import strategies as st

from campaigns import banks, item_statistics, tables
from campaigns.errors import NotFound
from campaigns.item_statistics import (
    MOSTLY_WRONG,
    NEGATIVE,
    TOO_EASY,
    ItemStatistics,
    Sums,
    WrongChoice,
    discrimination,
    flags,
)
from campaigns.store import Store
from questions import grading

RIGHT = ("C", "false", "ABD", "1000")


def sums(pairs: Sequence[tuple[int, int]]) -> Sums:
    """Of (item score, rest score) pairs."""
    return Sums(
        len(pairs),
        sum(x for x, _ in pairs),
        sum(y for _, y in pairs),
        sum(x * y for x, y in pairs),
        sum(y * y for _, y in pairs),
    )


# --- pure -----------------------------------------------------------------------------------------------------------


def test_discrimination_is_the_point_biserial_correlation() -> None:
    """By the textbook's formula: (M1 - M0) / s * sqrt(p q)."""
    ones, zeros = [30, 20, 30, 10], [10, 0, 20]
    everybody = [*ones, *zeros]
    mean = sum(everybody) / 7
    s = math.sqrt(sum((y - mean) ** 2 for y in everybody) / 7)
    expected = (sum(ones) / 4 - sum(zeros) / 3) / s * math.sqrt(4 / 7 * 3 / 7)
    found = discrimination([sums([*((1, y) for y in ones), *((0, y) for y in zeros)])])
    assert found == pytest.approx(expected)


@pytest.mark.parametrize(
    "pairs",
    [[], [(1, 10)], [(1, 10), (1, 20)], [(0, 10), (0, 20)], [(0, 10), (1, 10)]],
    ids=["nobody", "one", "all right", "all wrong", "all others alike"],
)
def test_discrimination_is_undefined_where_nothing_differs(pairs: list[tuple[int, int]]) -> None:
    assert discrimination([sums(pairs)]) is None


def test_campaigns_of_different_totals_are_not_compared_with_each_other() -> None:
    """An item that was easy in the campaign with the long papers discriminates no better for that."""
    short = [(0, 10), (1, 20), (0, 20), (1, 10)]
    long = [(1, 110), (1, 120), (1, 120), (1, 110)]
    assert discrimination([sums([*short, *long])]) == pytest.approx(0.574, abs=0.001)
    assert discrimination([sums(short), sums(long)]) == 0


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 10_000)), max_size=50))
def test_discrimination_stays_within_its_bounds(pairs: list[tuple[int, int]]) -> None:
    found = discrimination([sums(pairs)])
    assert found is None or -1 <= found <= 1


@pytest.mark.parametrize(
    ("answered", "right", "r", "expected"),
    [
        (29, 29, None, ()),
        (30, 29, None, (TOO_EASY,)),
        (30, 28, None, ()),
        (30, 15, 0.3, ()),
        (30, 14, 0.3, (MOSTLY_WRONG,)),
        (100, 30, -0.3, (MOSTLY_WRONG, NEGATIVE)),
        (100, 60, -0.1, ()),
        (20, 12, -0.9, ()),
    ],
)
def test_flags_say_what_figures_mean_and_nothing_of_few(
    answered: int, right: int, r: float | None, expected: tuple[str, ...]
) -> None:
    assert flags(answered, right, r, answered) == expected


# --- from play ------------------------------------------------------------------------------------------------------


def play(store: Store, campaign_id: int, papers: Sequence[Sequence[str]], state: str = "finished") -> None:
    """One attempt a paper, each of a person of its own; a paper says what was given to the first questions."""
    with store.transaction() as session:
        revisions = [entry.revision_id for entry in banks.search(session, bank_of(session, campaign_id)).entries]
        for given in papers:
            person = tables.Person(name="", unit_id=None, created_ms=OPENS)
            session.add(person)
            session.flush()
            points = [10 if grading.mark(one, what) else 0 for one, what in zip(QUESTIONS, given, strict=False)]
            attempt = tables.Attempt(
                campaign_id=campaign_id, person_id=person.id, ordinal=1, day=20260704, state=state, paper="",
                position=len(given) + 1, score=sum(points), begun_ms=OPENS, shown_ms=OPENS,
                finished_ms=None if state == "open" else OPENS, used_ms=1,
            )  # fmt: skip
            session.add(attempt)
            session.flush()
            session.add_all(
                tables.Answer(
                    attempt_id=attempt.id, position=n, revision_id=revision, given=what, points=got, answered_ms=OPENS
                )
                for n, (revision, what, got) in enumerate(zip(revisions, given, points, strict=False), start=1)
            )


def bank_of(session: object, campaign_id: int) -> str:
    campaign = session.get_one(tables.Campaign, campaign_id)  # type: ignore[attr-defined]
    return str(session.get_one(tables.Bank, campaign.bank_id).slug)  # type: ignore[attr-defined]


def told(store: Store, slug: str = "made-week", campaign: str = "") -> dict[str, ItemStatistics]:
    with store.reading() as session:
        return {one.number: one for one in item_statistics.item_statistics(session, slug, campaign)}


@pytest.fixture
def campaign(store: Store) -> int:
    return make_campaign(store)


def test_a_question_that_nobody_answered_has_no_figures(store: Store, campaign: int) -> None:
    assert told(store)["1"] == ItemStatistics("1", SUMMER.stem, 0, 0, None, None, None, 0, 0, ())


def test_right_answers_and_wrong_choices_are_counted(store: Store, campaign: int) -> None:
    play(store, campaign, [RIGHT, ("B", "true", "AB", "10"), ("B", "false", "AB", "10"), ("A", "false", "ABD", "1")])
    found = told(store)
    assert [(one.answered, one.right, one.right_permille) for one in found.values()] == [
        (4, 1, 250),
        (4, 3, 750),
        (4, 2, 500),
        (4, 1, 250),
    ]
    assert [one.most_chosen_wrong for one in found.values()] == [
        WrongChoice("B", 2),
        WrongChoice("正确", 1),
        WrongChoice("AB", 2),
        None,
    ]


def test_discrimination_is_of_finished_attempts_and_the_rest_of_each(store: Store, campaign: int) -> None:
    papers = [RIGHT, ("B", "true", "AB", "10"), ("C", "true", "AB", "10"), ("A", "false", "ABD", "1000")]
    play(store, campaign, papers)
    play(store, campaign, [("C",)], state="open")
    play(store, campaign, [RIGHT], state="superseded")
    found = told(store)["1"]
    assert (found.answered, found.right, found.judged) == (5, 3, 4)
    assert found.discrimination == pytest.approx(discrimination([sums([(1, 30), (0, 0), (1, 0), (0, 30)])]))


def test_one_campaign_can_be_asked_for(store: Store, campaign: int) -> None:
    play(store, campaign, [RIGHT, RIGHT])
    assert told(store, campaign="week")["1"].answered == 2
    make_campaign(store, replace(PLAN, slug="other"))
    assert told(store, campaign="other")["1"].answered == 0
    with pytest.raises(NotFound, match="活动"):
        told(store, campaign="nowhere")
    with pytest.raises(NotFound, match="题库"):
        told(store, slug="nowhere")


def test_an_edit_of_what_is_asked_begins_a_new_item_and_any_other_does_not(store: Store, campaign: int) -> None:
    play(store, campaign, [RIGHT, ("B", "true", "AB", "10")])
    with store.transaction() as session:
        banks.edit(session, "made-week", "1", replace(SUMMER, answer=("D",), explanation=""), 1, "王", OPENS)
        banks.edit(session, "made-week", "2", replace(STANDBY, explanation="新的解析", tags=("电",)), 1, "王", OPENS)
    found = told(store)
    assert (found["1"].answered, found["1"].earlier) == (0, 2)
    assert (found["2"].answered, found["2"].earlier, found["2"].right) == (2, 0, 1)


def test_a_question_takes_its_figures_along_to_another_bank(store: Store, campaign: int) -> None:
    play(store, campaign, [RIGHT, RIGHT])
    banks.split(store, "made-week", banks.Selection(numbers=["3"]), "other", "", "王", OPENS)
    found = told(store, "other")["3"]
    assert (found.stem, found.answered, found.right) == (COMMUTE.stem, 2, 2)


def test_large_points_do_not_overflow(store: Store, campaign: int) -> None:
    play(store, campaign, [RIGHT, ("B", "true", "AB", "10"), RIGHT])
    with store.transaction() as session:
        for row in session.query(tables.Attempt):
            row.score *= 50_000_000
    assert told(store)["1"].discrimination == pytest.approx(1.0, abs=1e-6)


def test_a_key_that_is_wrong_shows_itself(store: Store, campaign: int) -> None:
    random = Random(1)
    papers = []
    for _ in range(200):
        able = random.random() < 0.6
        papers.append(("B" if able else "C", *(RIGHT[1:] if able else ("true", "AB", "10"))))
    play(store, campaign, papers)
    found = told(store)["1"]
    assert found.flags == (MOSTLY_WRONG, NEGATIVE)
    assert found.most_chosen_wrong is not None
    assert found.most_chosen_wrong.chosen == "B"
