"""Instant prizes under real parallel processes: none is lost, none is given twice, whoever is killed at what moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest
from campaign_made import PLAN, make_campaign
from lot_rivals import NOW, Share, finish, run, seat
from sqlalchemy import func, select, update

from campaigns.editions import Editions
from campaigns.prizes import lots
from campaigns.prizes.rules import MILLION, PlannedGroup, PlannedPrize
from campaigns.standings import Ranking
from campaigns.store import Store
from campaigns.stores import Stores
from campaigns.tables import Attempt, Award, Campaign, OutboxMessage, Prize

pytestmark = pytest.mark.race
PROCESSES = 4


def shares(numbers: Sequence[int], **how: int) -> list[Share]:
    return [Share(numbers[one::PROCESSES], **how) for one in range(PROCESSES)]  # type: ignore[arg-type]


def offer(store: Store, stock: int, odds_ppm: int) -> int:
    group = PlannedGroup("即时奖", "instant", (PlannedPrize("杯子", stock, odds_ppm),))
    return make_campaign(store, replace(PLAN, questions_per_paper=1, prize_groups=(group,)))


def winners(store: Store) -> list[int]:
    """The attempts that have a prize."""
    with store.reading() as session:
        given = session.scalars(select(Prize.given)).one()
        found = list(session.scalars(select(Award.attempt_id).where(Award.state == "awarded")))
        news = session.scalar(select(func.count()).where(OutboxMessage.wording == "notice.won"))
    assert given == len(found) == len(set(found)) == news
    return [one for one in found if one is not None]


def test_of_many_finished_attempts_that_claim_one_prize_exactly_one_gets_it(
    store: Store, store_url: str, repeats: int
) -> None:
    campaign_id = offer(store, 1, MILLION)
    runs, claims = (repeats, 40) if repeats <= 3 else (100, 1_000)
    for one in range(runs):
        numbers = range(one * claims + 1, (one + 1) * claims + 1)
        seat(store, campaign_id, numbers, finished=True)
        said = [name for outcome in run(store_url, shares(numbers, finishes=False)) for name in outcome or ()]
        assert sorted(said, key=str) == [None] * (claims - 1) + ["杯子"]
        [winner] = winners(store)
        assert winner in numbers
        with store.transaction() as session:
            undecided = select(func.count()).where(Attempt.lot_ms.is_(None))
            assert session.scalar(undecided) == 0
            session.execute(update(OutboxMessage).values(wording="old"))
            session.execute(update(Award).values(state="forfeited"))
            session.execute(update(Prize).values(given=0))


def test_a_stock_is_given_whole_and_once_though_processes_are_killed_in_between(
    store: Store, store_url: str, repeats: int
) -> None:
    finishers, stock = (200, 5) if repeats <= 3 else (5_000, 50)
    campaign_id = offer(store, stock, 200_000)
    numbers = range(1, finishers + 1)
    seat(store, campaign_id, numbers)
    work = shares(numbers)
    work[0] = replace(work[0], dies_in=1)
    work[1] = replace(work[1], dies_between=finishers // PROCESSES // 3)
    outcomes = run(store_url, work, killed_after_s=Random(finishers).uniform(0.05, 0.3))
    assert outcomes[0] is None or not any(outcomes[0]), "the others were too quick for it to win and die"
    assert outcomes[1] is None
    assert outcomes[2] is not None
    stores = Stores(store, Ranking(store, None), Editions())
    with store.reading() as session:
        salt, prize_id = session.scalars(select(Campaign.salt)).one(), session.scalars(select(Prize.id)).one()
    for number in numbers:  # those whom the dead have left in the middle of it come back, and nobody draws for them
        finish(stores, number)
    assert lots.decide_lots(stores, NOW) == 0, "whoever finished has a moment for it"
    assert lots.decide_lots(stores, NOW + lots.LEFT_ALONE_MS) > 0
    found = winners(store)
    assert len(found) == stock
    assert all(lots.is_kind(salt, attempt_id, prize_id, 200_000) for attempt_id in found)
    with store.reading() as session:
        assert session.scalar(select(func.count()).where(Attempt.lot_ms.is_(None))) == 0
        assert session.scalar(select(func.count()).where(Attempt.state == "finished")) == finishers


def test_one_attempts_lot_is_drawn_once_by_all_who_try_at_once(store: Store, store_url: str, repeats: int) -> None:
    campaign_id = offer(store, 100, MILLION)
    seat(store, campaign_id, range(1, repeats + 1), finished=True)
    same = [Share(range(1, repeats + 1), finishes=False)] * PROCESSES
    assert run(store_url, same) == [["杯子"] * repeats] * PROCESSES, "each of them says so"
    assert len(winners(store)) == repeats
