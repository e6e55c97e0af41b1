from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from campaign_made import CLOSES, OPENS, PLAN, make_campaign
from draw_made import freeze
from hypothesis import given, settings
from hypothesis import strategies as st
from lot_rivals import NOW, seat
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from campaigns import people, tables
from campaigns.clock import HOUR, MINUTE
from campaigns.editions import Editions, load_edition
from campaigns.prizes import awards, exclusions, groups, lots
from campaigns.prizes.rules import MILLION, Lot, PlannedGroup, PlannedPrize, Release
from campaigns.standings import Ranking
from campaigns.store import Store, open_store
from campaigns.stores import Stores
from campaigns.tables import Attempt, Award, Person, Prize

ON_SQLITE = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
"""For what no other database could see otherwise."""
CUP = PlannedPrize("杯子", 1, MILLION)
BAG = PlannedPrize("袋子", 100, MILLION)


def offer(store: Store, *prizes: PlannedPrize, wins: str = "campaign", **group: object) -> int:
    """A campaign ``week`` with these instant prizes."""
    one = PlannedGroup("即时奖", "instant", prizes or (CUP,), **group)  # type: ignore[arg-type]
    return make_campaign(store, replace(PLAN, questions_per_paper=1, wins=wins, prize_groups=(one,)))


def drawn(store: Store, attempts: Sequence[int], now: int = NOW) -> list[str | None]:
    """What these attempts win, one after the other."""
    found = []
    for attempt_id in attempts:
        with store.transaction() as session:
            edition = load_edition(session, session.scalars(select(tables.Campaign.id)).one())
            found.append(lots.draw_lot(session, edition, attempt_id, now))
    return found


def stores_over(store: Store) -> Stores:
    return Stores(store, Ranking(store, None), Editions())


def again(session: Session, campaign_id: int, person_id: int, attempt_id: int) -> None:
    """Another finished attempt of somebody."""
    values = {
        "id": attempt_id,
        "campaign_id": campaign_id,
        "person_id": person_id,
        "ordinal": attempt_id,
        "day": 20260704,
        "state": "finished",
        "paper": "1",
        "position": 2,
        "score": 10,
        "begun_ms": OPENS,
        "shown_ms": OPENS,
        "finished_ms": NOW,
        "used_ms": MINUTE,
    }
    session.execute(insert(Attempt).values(values))


def test_an_attempts_lot_is_decided_once_and_told_again(store: Store) -> None:
    campaign_id = offer(store)
    seat(store, campaign_id, (1, 2), finished=True)
    seat(store, campaign_id, (3,))
    assert drawn(store, (1, 2, 3, 99)) == ["杯子", None, None, None], "open ones, and those of nobody, have none"
    with store.transaction() as session:
        prize = session.scalars(select(Prize)).one()
        assert (prize.given, prize.stock - prize.given) == (1, 0)
        award = session.scalars(select(Award)).one()
        assert (award.attempt_id, award.person_id, award.state, award.rank) == (1, 1, "awarded", None)
        assert awards.take_back(session, award.id, "作废", NOW)
    with store.transaction() as session:  # its prize is left again, but nobody's lot is decided a second time
        again(session, campaign_id, 2, 4)
    assert drawn(store, (1, 2, 4)) == [None, None, "杯子"]
    with store.reading() as session:
        assert session.scalars(select(Attempt.lot_ms).order_by(Attempt.id)).all() == [NOW, NOW, None, NOW]


@ON_SQLITE
def test_the_attempt_must_have_the_points_and_is_played_for_each_prize_in_their_order(store: Store) -> None:
    campaign_id = offer(store, CUP, BAG)
    seat(store, campaign_id, (1, 2), finished=True)
    assert drawn(store, (1, 2)) == ["杯子", "袋子"]
    with store.transaction() as session:
        session.execute(update(tables.PrizeGroup).values(least_points=11))
        again(session, campaign_id, 1, 3)
    assert drawn(store, (3,)) == [None]


@ON_SQLITE
@pytest.mark.parametrize(
    ("wins", "second"), [("campaign", [None, "袋子"]), ("group", [None, "袋子"]), ("any", ["袋子", "袋子"])]
)
def test_who_may_win_once_wins_once_also_as_somebody_else(store: Store, wins: str, second: list[str | None]) -> None:
    campaign_id = offer(store, BAG, wins=wins)
    seat(store, campaign_id, (1, 2, 3), finished=True)
    assert drawn(store, (1,)) == ["袋子"]
    with store.transaction() as session:
        people.merge(session, 1, 2, NOW)
    assert drawn(store, (2, 3)) == second
    if wins == "any":
        with store.reading() as session:
            assert session.scalars(select(Award.person_id).order_by(Award.id)).all() == [1, 2, 3]


@ON_SQLITE
def test_an_award_of_another_kind_is_a_win_of_the_campaign(store: Store) -> None:
    campaign_id = offer(store, BAG)
    seat(store, campaign_id, (1,), finished=True)
    with store.transaction() as session:
        planned = PlannedGroup("名次奖", "rank", (PlannedPrize("灯", 1),))
        [group_id] = groups.lay_down(session, campaign_id, [planned])
        awards.put_on_record(session, awards.terms_of(session, group_id), [awards.Winner("灯", "e", 1)], NOW)
    assert drawn(store, (1,)) == [None]


@ON_SQLITE
def test_the_excluded_win_nothing_whoever_they_turn_out_to_be(store: Store) -> None:
    campaign_id = offer(store, BAG)
    seat(store, campaign_id, (1, 2, 3), finished=True)
    with store.transaction() as session:
        assert exclusions.exclude(session, "week", [1], "organiser", "", "wang", NOW) == 1
        people.merge(session, 1, 2, NOW)
    assert drawn(store, (2, 3)) == [None, "袋子"]


def test_a_unit_wins_no_more_than_its_quota(store: Store) -> None:
    campaign_id = offer(store, BAG, unit_quota=1)
    seat(store, campaign_id, range(1, 6), finished=True)
    with store.transaction() as session:
        units = session.scalars(select(tables.Unit.id).order_by(tables.Unit.code)).all()
        for person_id, unit_id in ((1, units[0]), (2, units[0]), (3, units[1])):
            session.execute(update(Person).where(Person.id == person_id).values(unit_id=unit_id))
    assert drawn(store, (1, 2, 3, 4, 5)) == ["袋子", None, "袋子", "袋子", "袋子"], "who has no unit has no quota"


@ON_SQLITE
def test_nobody_wins_while_a_draw_is_frozen_in_which_they_could_win_again(store: Store) -> None:
    campaign_id = offer(store, BAG)
    seat(store, campaign_id, (1,), finished=True)
    assert drawn(store, (1,)) == ["袋子"]
    with store.transaction() as session:
        session.execute(insert(tables.Standing).values(
            campaign_id=campaign_id, person_id=1, attempt_id=1, points=10, used_ms=1, finished_ms=NOW, version=1,
            changed_ms=NOW,
        ))  # fmt: skip
    freeze(store, now=CLOSES + HOUR)
    seat(store, campaign_id, (2,), finished=True)
    assert drawn(store, (2,), CLOSES + 2 * HOUR) == [None]


@pytest.mark.parametrize("state", ["paused", "archived"])
def test_the_worker_decides_what_was_finished_in_time_whatever_has_become_of_the_campaign(
    store: Store, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign_id = offer(store, BAG)
    seat(store, campaign_id, range(1, 8), finished=True)
    seat(store, campaign_id, (8,))
    with store.transaction() as session:
        session.execute(update(tables.Campaign).values(state=state, version=9))
        session.execute(update(Attempt).where(Attempt.id == 3).values(state="superseded"))
    monkeypatch.setattr(lots, "LOOKED_UP", 2)
    assert lots.decide_lots(stores_over(store), NOW) == 0, "whoever has just finished is at it"
    assert lots.decide_lots(stores_over(store), CLOSES) == 6
    assert lots.decide_lots(stores_over(store), CLOSES) == 0
    with store.reading() as session:
        won = session.scalars(select(Award.attempt_id).order_by(Award.attempt_id)).all()
    assert won == [1, 2, 4, 5, 6, 7]


def test_chance_is_as_often_kind_as_was_planned_and_always_says_the_same() -> None:
    kind = [lots.is_kind("salt", attempt_id, 1, 200_000) for attempt_id in range(20_000)]
    assert 3_800 < sum(kind) < 4_200
    assert kind == [lots.is_kind("salt", attempt_id, 1, 200_000) for attempt_id in range(20_000)]
    assert kind != [lots.is_kind("salt", attempt_id, 2, 200_000) for attempt_id in range(20_000)]
    assert all(lots.is_kind("salt", attempt_id, 1, MILLION) for attempt_id in range(1_000))
    assert not any(lots.is_kind("salt", attempt_id, 1, 0) for attempt_id in range(1_000))


ATTEMPTS = 8


@pytest.fixture(scope="module")
def eight(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A campaign that eight have finished."""
    path = tmp_path_factory.mktemp("eight") / "lvda.db"
    shutil.copyfile(sqlite_template, path)
    store = open_store(f"sqlite:///{path}")
    seat(store, offer(store, BAG), range(1, ATTEMPTS + 1), finished=True)
    yield store
    store.close()


@given(
    releases=st.lists(st.tuples(st.integers(0, 9), st.integers(1, 3)), min_size=1, max_size=3),
    times=st.lists(st.integers(0, 10), min_size=ATTEMPTS, max_size=ATTEMPTS),
)
@settings(max_examples=20)
def test_never_more_is_given_than_was_released_by_then_in_whatever_order_they_come(
    eight: Store, releases: list[tuple[int, int]], times: list[int]
) -> None:
    stored = [[NOW + hour * HOUR, count] for hour, count in sorted(releases)]
    with eight.transaction() as session:
        session.execute(delete(tables.OutboxMessage))
        session.execute(delete(Award))
        session.execute(update(Attempt).values(lot_ms=None))
        session.execute(update(Prize).values(given=0, stock=sum(count for _, count in stored), releases=stored))
    given = 0
    for attempt_id, hour in enumerate(times, start=1):
        now = NOW + hour * HOUR
        [won] = drawn(eight, (attempt_id,), now)
        by_now = sum(count for at_ms, count in stored if at_ms <= now)
        assert (won is not None) == (given < by_now), "none is held back that is there"
        given += won is not None
    with eight.reading() as session:
        assert session.scalars(select(Prize.given)).one() == given


def test_what_is_released_later_waits_for_its_time() -> None:
    lot = Lot(1, 1, "杯子", MILLION, (Release(10, 2), Release(20, 3)), 5, 0, None)
    assert [lot.released(now) for now in (9, 10, 19, 20)] == [0, 2, 2, 5]
