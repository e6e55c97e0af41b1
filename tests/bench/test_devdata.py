from __future__ import annotations

import pytest
from campaign_made import OPENS, make_campaign
from sqlalchemy import func, select

from bench.devdata import Made, pour
from campaigns import tables
from campaigns.errors import Refused
from campaigns.standings import sql_rank, sql_top
from campaigns.store import Store
from questions.papers import load

NOW = OPENS + 30 * 86_400_000


def test_scores_are_the_sum_of_points_and_standings_the_best_attempt(store: Store) -> None:
    made = pour(store, "large", 60, 12, NOW)
    with store.reading() as session:
        attempts = list(session.scalars(select(tables.Attempt)))
        points = dict(
            session.execute(
                select(tables.Answer.attempt_id, func.sum(tables.Answer.points)).group_by("attempt_id")
            ).all()
        )
        answered = dict(
            session.execute(select(tables.Answer.attempt_id, func.count()).group_by(tables.Answer.attempt_id)).all()
        )
        standings = {row.person_id: row for row in session.scalars(select(tables.Standing))}
    assert (made.persons, made.attempts, made.answers) == (60, len(attempts), sum(answered.values()))
    assert len(attempts) > 60, "somebody tried twice"
    for attempt in attempts:
        assert attempt.score == points.get(attempt.id, 0)
        assert attempt.position == answered.get(attempt.id, 0) + 1
        assert (attempt.state == "finished") == (attempt.position > len(load(attempt.paper)))
    best: dict[int, tuple[int, int, int, int]] = {}
    for one in attempts:
        if one.state == "finished":
            mine = (-one.score, one.used_ms or 0, one.finished_ms or 0, one.id)
            best[one.person_id] = min(mine, best.get(one.person_id, mine))
    assert {p: (-s.points, s.used_ms, s.finished_ms, s.attempt_id) for p, s in standings.items()} == best


def test_a_second_run_adds_only_who_is_missing(store: Store) -> None:
    pour(store, "large", 10, 3, NOW)
    assert pour(store, "large", 10, 3, NOW + 1_000) == Made(0, 0, 0)
    assert pour(store, "large", 12, 3, NOW + 2_000).persons == 2
    with store.reading() as session:
        assert session.scalar(select(func.count()).select_from(tables.Person)) == 12
        campaign_id = session.scalars(select(tables.Campaign.id)).one()
        first = sql_top(session, campaign_id, 1)[0]
        assert sql_rank(session, campaign_id, first.person_id).rank == 1


def test_made_up_people_never_get_into_a_real_campaign(store: Store) -> None:
    make_campaign(store)
    with pytest.raises(Refused, match="--slug"):
        pour(store, "week", 5, 1, NOW)
    with store.reading() as session:
        assert session.scalar(select(func.count()).select_from(tables.Person)) == 0
