from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from campaign_made import CLOSES, OPENS, make_campaign
from redis import Redis
from sqlalchemy import insert, update

from campaigns import tables, ticks
from campaigns.editions import Editions
from campaigns.standings import Placed, Rank, Ranking, Standing
from campaigns.store import Store, open_store
from campaigns.stores import Stores

PEOPLE = 3_000


def made_standings(store: Store, campaign_id: int, count: int, random: Random) -> list[Standing]:
    """Standings with many ties, written straight into the table."""
    standings = [
        Standing(person, random.randrange(0, 110, 10), random.randrange(60) * 1_000, OPENS + random.randrange(3))
        for person in range(1, count + 1)
    ]
    with store.transaction() as session:
        session.execute(
            insert(tables.Person), [{"id": s.person_id, "name": "", "created_ms": OPENS} for s in standings]
        )
        session.execute(
            insert(tables.Attempt),
            [
                {
                    "id": s.person_id,
                    "campaign_id": campaign_id,
                    "person_id": s.person_id,
                    "ordinal": 1,
                    "day": 20260704,
                    "state": "finished",
                    "paper": "1A",
                    "position": 2,
                    "score": s.points,
                    "begun_ms": OPENS,
                    "shown_ms": OPENS,
                    "finished_ms": s.finished_ms,
                    "used_ms": s.used_ms,
                }
                for s in standings
            ],
        )
        session.execute(insert(tables.Standing), [row(campaign_id, s) for s in standings])
    return standings


def row(campaign_id: int, standing: Standing) -> dict[str, int]:
    return {
        "campaign_id": campaign_id,
        "person_id": standing.person_id,
        "attempt_id": standing.person_id,
        "points": standing.points,
        "used_ms": standing.used_ms,
        "finished_ms": standing.finished_ms,
        "version": standing.version,
        "changed_ms": standing.finished_ms,
    }


def by_the_rule(standings: list[Standing]) -> list[int]:
    """Persons in order, by the rule as it is published."""
    return [s.person_id for s in sorted(standings, key=lambda s: (-s.points, s.used_ms, s.finished_ms, s.person_id))]


def test_redis_and_sql_give_everybody_the_same_rank(store: Store, redis: Redis) -> None:
    campaign = make_campaign(store)
    standings = made_standings(store, campaign, PEOPLE, Random(5))
    fast, slow = Ranking(store, redis), Ranking(store, None)
    assert fast.rebuild(campaign, OPENS)

    expected = by_the_rule(standings)
    assert [placed.person_id for placed in fast.top(campaign, PEOPLE)] == expected
    assert fast.top(campaign, PEOPLE) == slow.top(campaign, PEOPLE)
    for rank, person in list(enumerate(expected, start=1))[:: PEOPLE // 50]:
        assert fast.rank(campaign, person) == slow.rank(campaign, person) == Rank(rank, PEOPLE)


def test_a_ranking_pushed_row_by_row_is_the_ranking_made_at_once(store: Store, redis: Redis) -> None:
    campaign = make_campaign(store)
    ranking = Ranking(store, redis)
    assert ranking.rebuild(campaign, OPENS)
    standings = made_standings(store, campaign, 300, Random(6))
    for standing in Random(7).sample(standings, len(standings)):
        ranking.place(campaign, standing)
    assert [placed.person_id for placed in ranking.top(campaign, 300)] == by_the_rule(standings)


def test_a_push_answers_the_rank_it_made(store: Store, redis: Redis) -> None:
    campaign = make_campaign(store)
    ranking = Ranking(store, redis)
    ranking.rebuild(campaign, OPENS)
    assert ranking.place(campaign, Standing(1, 50, 9_000, OPENS)) == 1
    assert ranking.place(campaign, Standing(2, 80, 9_000, OPENS)) == 1
    assert ranking.place(campaign, Standing(3, 50, 9_000, OPENS)) == 3


def test_an_older_version_never_replaces_a_newer_one(redis: Redis, store: Store) -> None:
    campaign = make_campaign(store)
    ranking = Ranking(store, redis)
    ranking.rebuild(campaign, OPENS)
    ranking.place(campaign, Standing(1, 80, 9_000, OPENS, version=10))
    ranking.place(campaign, Standing(1, 50, 9_000, OPENS, version=9))
    assert ranking.top(campaign, 5) == [Placed(1, 1, 80, 9_000, OPENS)]


def test_a_ranking_that_was_flushed_counts_as_absent_until_it_is_made_anew(store: Store, redis: Redis) -> None:
    campaign = make_campaign(store)
    standings = made_standings(store, campaign, 20, Random(8))
    ranking = Ranking(store, redis)
    ranking.rebuild(campaign, OPENS)
    redis.flushdb()

    assert ranking.place(campaign, standings[0]) is None
    assert ranking.rank(campaign, by_the_rule(standings)[4]) == Rank(5, 20)
    ranking.refresh(campaign, OPENS)
    assert redis.zcard(f"lvda:{store.name}:{{c{campaign}}}:order") == 20
    assert [placed.person_id for placed in ranking.top(campaign, 20)] == by_the_rule(standings)


def test_changes_made_while_redis_was_away_are_caught_up_from_its_marker(store: Store, redis: Redis) -> None:
    campaign = make_campaign(store)
    made_standings(store, campaign, 20, Random(9))
    ranking = Ranking(store, redis)
    ranking.rebuild(campaign, OPENS + 60_000)
    with store.transaction() as session:
        session.execute(
            update(tables.Standing)
            .where(tables.Standing.person_id == 7)
            .values(points=1_000, version=2, changed_ms=OPENS + 70_000)
        )
    assert ranking.top(campaign, 1)[0].person_id != 7
    ranking.refresh(campaign, OPENS + 3_600_000)
    assert ranking.top(campaign, 1) == Ranking(store, None).top(campaign, 1)
    assert ranking.top(campaign, 1)[0].person_id == 7


def test_the_worker_makes_the_rankings_of_campaigns_that_are_played(store: Store, redis: Redis) -> None:
    campaign = make_campaign(store)
    made_standings(store, campaign, 5, Random(10))
    stores = Stores(store, Ranking(store, redis), Editions())
    assert ticks.refresh_rankings(stores, OPENS - 1) == 0
    assert ticks.refresh_rankings(stores, OPENS) == 1
    assert redis.exists(f"lvda:{store.name}:{{c{campaign}}}:ready")
    assert ticks.refresh_rankings(stores, CLOSES + 30 * 86_400_000) == 0


def test_a_redis_that_does_not_answer_costs_speed_and_nothing_else(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    campaign = make_campaign(store)
    standings = made_standings(store, campaign, 20, Random(11))
    with Redis(port=1, socket_connect_timeout=0.1) as nobody:
        ranking = Ranking(store, nobody)
        assert ranking.place(campaign, standings[0]) is None
        assert ranking.rank(campaign, by_the_rule(standings)[0]) == Rank(1, 20)
        assert [placed.person_id for placed in ranking.top(campaign, 20)] == by_the_rule(standings)
    assert len(caplog.records) == 1, "one warning, not one a question"


def test_a_person_without_a_standing_has_rank_nought(store: Store, redis: Redis) -> None:
    campaign = make_campaign(store)
    made_standings(store, campaign, 3, Random(12))
    ranking = Ranking(store, redis)
    ranking.rebuild(campaign, OPENS)
    assert ranking.rank(campaign, 99) == Ranking(store, None).rank(campaign, 99) == Rank(0, 3)


def test_a_ranking_that_is_being_made_is_left_alone_by_other_workers(store: Store, redis: Redis) -> None:
    campaign = make_campaign(store)
    made_standings(store, campaign, 20, Random(13))
    redis.set(f"lvda:{store.name}:{{c{campaign}}}:building", "another worker", ex=60)
    ranking = Ranking(store, redis)
    assert not ranking.rebuild(campaign, OPENS)
    redis.delete(f"lvda:{store.name}:{{c{campaign}}}:building")
    assert ranking.rebuild(campaign, OPENS)


def test_a_ranking_of_another_database_in_the_same_redis_is_not_taken_for_ours(
    store: Store, redis: Redis, tmp_path: Path
) -> None:
    campaign = make_campaign(store)
    made_standings(store, campaign, 20, Random(14))
    assert Ranking(store, redis).rebuild(campaign, OPENS)

    another = open_store(f"sqlite:///{tmp_path / 'another.db'}")
    another.migrate()
    assert make_campaign(another) == campaign
    assert Ranking(another, redis).rank(campaign, 1) == Rank(0, 0)
    another.close()
