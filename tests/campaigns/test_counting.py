from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from campaign_made import OPENS, PLAN, make_campaign
from hypothesis import given
from hypothesis import strategies as st
from redis import Redis
from sqlalchemy import insert, select, update

from campaigns import tables
from campaigns.counting import FinishedAttempt, Result, counted, recount
from campaigns.standings import Rank, Ranking, Standing
from campaigns.store import Store

RULES = ("best", "first", "last", "sum")

attempts_of_one_person = st.lists(
    st.tuples(st.integers(20260701, 20260703), st.integers(0, 3), st.integers(0, 3), st.integers(0, 3)), max_size=6
).map(
    lambda rows: [
        FinishedAttempt(100 + ordinal, ordinal, day, 10 * score, used, finished)
        for ordinal, (day, score, used, finished) in enumerate(rows, start=1)
    ]
)


def attempt(
    ordinal: int, day: int, score: int, used_ms: int = 1_000, finished_ms: int | None = None
) -> FinishedAttempt:
    return FinishedAttempt(
        100 + ordinal, ordinal, day, score, used_ms, OPENS + ordinal if finished_ms is None else finished_ms
    )


THREE = (attempt(1, 20260704, 30, 9_000), attempt(2, 20260704, 40, 8_000), attempt(3, 20260705, 20, 7_000))


def test_the_best_attempt_is_that_of_the_published_order() -> None:
    assert counted(THREE, "best") == Result(102, 40, 8_000, OPENS + 2)
    quicker = attempt(4, 20260705, 40, 7_999)
    assert counted((*THREE, quicker), "best") == Result(104, 40, 7_999, OPENS + 4)


def test_first_and_last_go_by_the_order_of_beginning() -> None:
    assert counted(THREE, "first") == Result(101, 30, 9_000, OPENS + 1)
    assert counted(THREE, "last") == Result(103, 20, 7_000, OPENS + 3)


def test_the_sum_is_of_each_days_best() -> None:
    assert counted(THREE, "sum") == Result(103, 60, 15_000, OPENS + 3)


def test_nothing_finished_is_no_result() -> None:
    assert [counted((), rule) for rule in RULES] == [None] * 4


def test_an_unknown_rule_is_an_error() -> None:
    with pytest.raises(ValueError, match="median"):
        counted(THREE, "median")


@given(attempts_of_one_person, st.sampled_from(RULES), st.randoms())
def test_the_order_in_which_attempts_are_read_does_not_matter(
    attempts: list[FinishedAttempt], rule: str, random: Random
) -> None:
    shuffled = random.sample(attempts, len(attempts))
    assert counted(shuffled, rule) == counted(attempts, rule)


@given(attempts_of_one_person)
def test_rules_agree_on_what_they_must(attempts: list[FinishedAttempt]) -> None:
    results = {rule: counted(attempts, rule) for rule in RULES}
    if not attempts:
        assert set(results.values()) == {None}
        return
    best, sum_ = results["best"], results["sum"]
    assert best is not None
    assert sum_ is not None
    assert best.points == max(one.score for one in attempts) <= sum_.points
    assert sum_.points <= sum(one.score for one in attempts)
    assert sum_.finished_ms <= max(one.finished_ms for one in attempts)
    if len({one.day for one in attempts}) == 1:
        assert best == sum_
    if len(attempts) == 1:
        assert len(set(results.values())) == 1


@given(attempts_of_one_person)
def test_one_more_attempt_never_takes_from_the_best_or_the_sum(attempts: list[FinishedAttempt]) -> None:
    for rule in ("best", "sum"):
        before, after = counted(attempts[:-1], rule), counted(attempts, rule)
        assert before is None or after is None or after.points >= before.points


# --- in the database -----------------------------------------------------------------------------------------------


def played(store: Store, campaign_id: int, person_id: int, *attempts: FinishedAttempt) -> None:
    """Let a person have these attempts and no others."""
    with store.transaction() as session:
        if session.get(tables.Person, person_id) is None:
            session.add(tables.Person(id=person_id, created_ms=OPENS))
            session.flush()
        for one in attempts:
            session.execute(insert(tables.Attempt).values(**row(campaign_id, person_id, one)))


def row(campaign_id: int, person_id: int, one: FinishedAttempt) -> dict[str, object]:
    return {
        "id": person_id * 1_000 + one.id,
        "campaign_id": campaign_id,
        "person_id": person_id,
        "ordinal": one.ordinal,
        "day": one.day,
        "state": "finished",
        "paper": "1A",
        "position": 2,
        "score": one.score,
        "begun_ms": OPENS,
        "shown_ms": OPENS,
        "finished_ms": one.finished_ms,
        "used_ms": one.used_ms,
    }


def standing_row(store: Store, person_id: int) -> tuple[int, ...] | None:
    standing = tables.Standing
    with store.reading() as session:
        found = session.execute(
            select(
                standing.attempt_id, standing.points, standing.used_ms, standing.finished_ms, standing.version
            ).where(standing.person_id == person_id)
        ).one_or_none()
    return None if found is None else tuple(found)


@pytest.mark.parametrize("rule", RULES)
def test_a_recount_writes_what_the_rule_says(store: Store, rule: str) -> None:
    campaign = make_campaign(store, replace(PLAN, counts=rule))
    played(store, campaign, 7, *THREE)
    played(store, campaign, 8, attempt(1, 20260704, 10))
    with store.transaction() as session:
        changed = recount(session, campaign, [7, 8, 9], OPENS + 50)

    expected = counted(THREE, rule)
    assert expected is not None
    of_seven = Standing(7, expected.points, expected.used_ms, expected.finished_ms)
    assert changed == [of_seven, Standing(8, 10, 1_000, OPENS + 1)]
    assert standing_row(store, 7) == (
        7_000 + expected.attempt_id,
        expected.points,
        expected.used_ms,
        expected.finished_ms,
        1,
    )


def test_a_recount_that_changes_nothing_raises_no_version(store: Store) -> None:
    campaign = make_campaign(store)
    played(store, campaign, 7, *THREE)
    with store.transaction() as session:
        recount(session, campaign, [7], OPENS + 50)
    with store.transaction() as session:
        assert recount(session, campaign, [7], OPENS + 60) == []
    assert standing_row(store, 7) == (7_102, 40, 8_000, OPENS + 2, 1)


def test_what_is_open_or_superseded_does_not_count(store: Store) -> None:
    campaign = make_campaign(store)
    played(store, campaign, 7, *THREE)
    with store.transaction() as session:
        attempt_ = tables.Attempt
        session.execute(update(attempt_).where(attempt_.id == 7_102).values(state="superseded"))
        changed = recount(session, campaign, [7], OPENS + 50)
    assert changed == [Standing(7, 30, 9_000, OPENS + 1)]


def test_practice_makes_no_standings(store: Store) -> None:
    campaign = make_campaign(store, replace(PLAN, mode="practice"))
    played(store, campaign, 7, *THREE)
    with store.transaction() as session:
        assert recount(session, campaign, [7], OPENS + 50) == []


def test_who_has_no_attempt_left_has_no_standing_and_redis_forgets_them(store: Store, redis: Redis) -> None:
    campaign = make_campaign(store)
    played(store, campaign, 7, attempt(1, 20260704, 30))
    played(store, campaign, 8, attempt(1, 20260704, 20))
    with store.transaction() as session:
        before = recount(session, campaign, [7, 8], OPENS + 50)
    ranking = Ranking(store, redis)
    ranking.rebuild(campaign, OPENS + 50)
    assert ranking.rank(campaign, 8) == Rank(2, 2)

    gone = let_go(store, campaign, 7)
    ranking.place_all(campaign, gone)
    assert [one.is_gone for one in gone] == [True]
    assert ranking.rank(campaign, 7) == Ranking(store, None).rank(campaign, 7) == Rank(0, 1)
    assert [one.person_id for one in ranking.top(campaign, 9)] == [8]

    with store.transaction() as session:
        session.execute(update(tables.Attempt).where(tables.Attempt.person_id == 7).values(state="finished"))
        (back,) = recount(session, campaign, [7], OPENS + 60)
    assert back == before[0]
    assert ranking.place(campaign, back) == 1


def test_a_removal_that_redis_missed_is_found_by_the_worker(store: Store, redis: Redis) -> None:
    campaign = make_campaign(store)
    played(store, campaign, 7, attempt(1, 20260704, 30))
    played(store, campaign, 8, attempt(1, 20260704, 20))
    with store.transaction() as session:
        (seven, _) = recount(session, campaign, [7, 8], OPENS + 50)
    ranking = Ranking(store, redis)
    ranking.rebuild(campaign, OPENS + 50)
    let_go(store, campaign, 7)
    ranking.refresh(campaign, OPENS + 20_000)
    assert ranking.top(campaign, 9) == Ranking(store, None).top(campaign, 9)

    ranking.place(campaign, seven)  # a push of what was, that comes late
    assert len(ranking.top(campaign, 9)) == 2
    ranking.refresh(campaign, OPENS + 21_000)
    assert len(ranking.top(campaign, 9)) == 2, "counting takes time: not at every tick"
    ranking.refresh(campaign, OPENS + 60_000)
    assert ranking.top(campaign, 9) == Ranking(store, None).top(campaign, 9)


def let_go(store: Store, campaign_id: int, person_id: int) -> list[Standing]:
    """Let a person's attempts count no more; gives what is to be pushed."""
    with store.transaction() as session:
        attempt_ = tables.Attempt
        session.execute(update(attempt_).where(attempt_.person_id == person_id).values(state="superseded"))
        return recount(session, campaign_id, [person_id], OPENS + 60)
