"""Which attempt counts, by each rule: the statement that finishes one agrees with what is counted from nothing."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from campaign_made import OPENS, PLAN, make_campaign
from sqlalchemy import func, select, update

from campaigns import counting, people, play, tables
from campaigns.clock import DAY, HOUR
from campaigns.editions import Editions
from campaigns.errors import NoAttemptLeft
from campaigns.people import Sender
from campaigns.standings import Ranking
from campaigns.store import Store
from campaigns.stores import Stores

WANG = Sender("wechat", "", "oWang")
RULES = ("best", "first", "last", "sum")
RIGHT = ("C", "false", "ABD", "1000")
WRONG = ("A", "true", "CD", "一百")
ALL_YEAR = replace(PLAN, closes_ms=None, seconds_per_attempt=600)
MIDNIGHT = OPENS + 15 * HOUR


@pytest.fixture
def stores(store: Store) -> Stores:
    return Stores(store, Ranking(store, None), Editions())


def looked(stores: Stores, sender: Sender = WANG) -> play.Turn:
    with stores.sql.direct() as direct:
        turn = play.look(direct, stores, sender)
    assert turn is not None
    return turn


def played(stores: Stores, right: int, begins: int, used: int, *, answered: int = 4, sender: Sender = WANG) -> None:
    """An attempt of so many answers, the first of them right; fewer than all run out of time."""
    people.meet(stores.sql, sender, begins)
    turn = looked(stores, sender)
    assert turn.edition is not None
    play.begin(stores.sql, turn, turn.edition, Random(1), begins, in_chat=False)
    for number in range(answered):
        given = (RIGHT if number < right else WRONG)[number]
        with stores.sql.direct() as direct:
            play.answer(direct, looked(stores, sender), number + 1, given, begins + used, in_chat=False)
    if answered < 4:
        with stores.sql.direct() as direct:
            assert play.expire(direct, looked(stores, sender), begins + HOUR) is not None


def points(stores: Stores) -> int | None:
    with stores.sql.reading() as session:
        return session.scalar(select(tables.Standing.points))


@pytest.mark.parametrize(("rule", "expected"), [("best", 30), ("first", 10), ("last", 20), ("sum", 50)])
def test_each_rule_counts_another_attempt(stores: Stores, rule: str, expected: int) -> None:
    make_campaign(stores.sql, replace(ALL_YEAR, counts=rule))
    for right, begins in ((1, OPENS), (3, OPENS + HOUR), (2, OPENS + DAY)):
        played(stores, right, begins, 5_000)
    assert points(stores) == expected


def test_the_sum_of_days_parts_at_midnight_by_when_attempts_began(stores: Stores) -> None:
    make_campaign(stores.sql, replace(ALL_YEAR, counts="sum"))
    played(stores, 1, MIDNIGHT - 2_000, 1_000)
    played(stores, 2, MIDNIGHT - 1, 1_000)
    assert points(stores) == 20, "finished behind midnight, begun before it"
    played(stores, 3, MIDNIGHT + 5_000, 1_000)
    assert points(stores) == 50


@pytest.mark.parametrize("rule", RULES)
def test_after_every_attempt_the_standing_is_what_is_counted_from_nothing(
    stores: Stores, rule: str, repeats: int
) -> None:
    campaign = make_campaign(stores.sql, replace(ALL_YEAR, counts=rule))
    for seed in range(repeats):
        random = Random(f"{rule}{seed}")
        sender = replace(WANG, sender=f"oWang{seed}")
        now = OPENS + seed
        for _ in range(7):
            answered = random.choice((1, 2, 4, 4, 4))
            played(
                stores,
                random.randint(0, 4),
                now,
                random.choice((5_000, 5_000, 9_000)),
                answered=answered,
                sender=sender,
            )
            check(stores, campaign, looked(stores, sender).person_id, rule)
            now += random.choice((2 * HOUR, 5 * HOUR, 20 * HOUR))


def check(stores: Stores, campaign: int, person: int, rule: str) -> None:
    with stores.sql.transaction() as session:
        attempt, row = tables.Attempt, session.get_one(tables.Standing, (campaign, person))
        finished = [
            counting.FinishedAttempt(a.id, a.ordinal, a.day, a.score, a.used_ms or 0, a.finished_ms or 0)
            for a in session.scalars(select(attempt).where(attempt.person_id == person, attempt.state == "finished"))
        ]
        assert counting.Result(row.attempt_id, row.points, row.used_ms, row.finished_ms) == counting.counted(
            finished, rule
        )
        assert counting.recount(session, campaign, [person], OPENS) == [], "nothing to mend"


@pytest.mark.parametrize(("rule", "expected"), [("first", 10), ("last", 30)])
def test_first_and_last_are_by_when_attempts_were_begun_and_not_by_when_they_were_finished(
    stores: Stores, rule: str, expected: int
) -> None:
    """As it comes when two identities turn out to be one person, one of them in the middle of an attempt."""
    make_campaign(stores.sql, replace(ALL_YEAR, counts=rule))
    played(stores, 3, OPENS, 5_000)
    with stores.sql.transaction() as session:
        session.execute(update(tables.Attempt).values(ordinal=2))
    turn = looked(stores)
    assert turn.edition is not None
    play.begin(stores.sql, turn, turn.edition, Random(1), OPENS + HOUR, in_chat=False)
    with stores.sql.transaction() as session:
        session.execute(update(tables.Attempt).where(tables.Attempt.ordinal == 3).values(ordinal=1))
    for number, given in enumerate(("C", "true", "CD", "一百"), 1):
        with stores.sql.direct() as direct:
            play.answer(direct, looked(stores), number, given, OPENS + HOUR + 9_000, in_chat=False)
    assert points(stores) == expected


def test_practice_is_marked_and_finished_and_ranks_nobody(stores: Stores) -> None:
    make_campaign(stores.sql, replace(ALL_YEAR, mode="practice"))
    played(stores, 3, OPENS, 5_000)
    played(stores, 3, OPENS + HOUR, 5_000, answered=2)
    with stores.sql.reading() as session:
        assert session.scalar(select(func.count()).select_from(tables.Standing)) == 0
        scores = session.scalars(select(tables.Attempt.score).where(tables.Attempt.state == "finished")).all()
        assert sorted(scores) == [20, 30]
        last = play.last_finished(session, looked(stores).person_id, 1)
    assert last is not None
    assert (last.score, last.timed_out) == (20, True)


def test_attempts_that_were_led_away_leave_room_and_their_numbers_are_not_used_again(stores: Stores) -> None:
    make_campaign(stores.sql, replace(ALL_YEAR, attempts_in_all=3))
    for number in range(3):
        played(stores, number, OPENS + number * HOUR, 5_000)
    other = Sender("wechat", "", "oLi")
    people.meet(stores.sql, other, OPENS)
    with stores.sql.transaction() as session:
        led_away = update(tables.Attempt).where(tables.Attempt.ordinal == 2)
        session.execute(led_away.values(person_id=looked(stores, other).person_id))
    played(stores, 3, OPENS + 5 * HOUR, 5_000)
    with stores.sql.reading() as session:
        mine = tables.Attempt.person_id == looked(stores).person_id
        assert sorted(session.scalars(select(tables.Attempt.ordinal).where(mine))) == [1, 3, 4]


def test_a_superseded_attempt_was_one_of_those_allowed(stores: Stores) -> None:
    make_campaign(stores.sql, replace(ALL_YEAR, attempts_in_all=2))
    played(stores, 1, OPENS, 5_000)
    played(stores, 2, OPENS + HOUR, 5_000)
    with stores.sql.transaction() as session:
        session.execute(update(tables.Attempt).where(tables.Attempt.ordinal == 2).values(state="superseded"))
    with pytest.raises(NoAttemptLeft):
        played(stores, 3, OPENS + 2 * HOUR, 5_000)
