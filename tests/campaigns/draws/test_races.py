"""Two organisers in the same moment, on connections of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from draw_made import AFTER, OTHER_VALUES, VALUES, freeze, make_finished
from sqlalchemy.orm import Session

from campaigns import draws
from campaigns.draws import Prize
from campaigns.errors import CampaignsError, DrawRefused
from campaigns.store import Store, open_store

pytestmark = pytest.mark.race


@pytest.fixture
def rival(store_url: str) -> Iterator[Store]:
    """Another process's view of the same database."""
    store = open_store(store_url)
    yield store
    store.close()


def at_once(store: Store, rival: Store, *deeds: Callable[[Session], object]) -> list[object]:
    """What each deed gave or raised, each in a transaction of its own, begun together."""
    start = threading.Barrier(len(deeds))

    def run(where: Store, deed: Callable[[Session], object]) -> object:
        start.wait(10)
        try:
            with where.transaction() as session:
                return deed(session)
        except CampaignsError as error:
            return error

    with ThreadPoolExecutor(len(deeds)) as pool:
        stores = [store, rival] * len(deeds)
        return [future.result(30) for future in [pool.submit(run, *pair) for pair in zip(stores, deeds, strict=False)]]


def failures(outcomes: list[object]) -> list[CampaignsError]:
    return [outcome for outcome in outcomes if isinstance(outcome, CampaignsError)]


def test_two_freezes_at_once_make_one_draw(store: Store, rival: Store, repeats: int) -> None:
    given: dict[str, Any] = {"quotas": {}, "exclusions": (), "fallback": "", "reason": "", "by": "wang", "now": AFTER}
    for number in range(repeats):
        slug = f"week-{number}"
        make_finished(store, slug=slug)

        def freezing(session: Session, slug: str = slug) -> object:
            return draws.freeze(session, slug, [Prize("奖", 2)], ["ssq:2026130"], **given)

        assert len(failures(at_once(store, rival, freezing, freezing))) == 1
        with store.reading() as session:
            assert len(draws.list_draws(session, slug)) == 1


def test_two_holds_at_once_with_other_values_hold_one(store: Store, rival: Store, repeats: int) -> None:
    make_finished(store, wins="any")
    for _ in range(repeats):
        draw_id = freeze(store, reason="又一次").id
        outcomes = at_once(
            store,
            rival,
            lambda session, id=draw_id: draws.hold(session, id, VALUES, "wang", AFTER),
            lambda session, id=draw_id: draws.hold(session, id, OTHER_VALUES, "li", AFTER),
        )
        assert [type(failure) for failure in failures(outcomes)] == [DrawRefused]
        with store.reading() as session:
            held = draws.find(session, draw_id)
        assert held in outcomes
        assert len(held.awards) == 4


def test_two_holds_at_once_with_the_same_values_agree(store: Store, rival: Store, repeats: int) -> None:
    make_finished(store, wins="any")
    for _ in range(repeats):
        draw_id = freeze(store, reason="又一次").id

        def holding(session: Session, id: str = draw_id) -> object:
            return draws.hold(session, id, VALUES, "wang", AFTER)

        first, second = at_once(store, rival, holding, holding)
        assert first == second


def test_two_confirmations_at_once_hold_it_once(store: Store, rival: Store, repeats: int) -> None:
    make_finished(store, two_person=True, wins="any")
    for _ in range(repeats):
        draw_id = freeze(store, reason="又一次").id
        with store.transaction() as session:
            draws.hold(session, draw_id, VALUES, "wang", AFTER)
        outcomes = at_once(
            store,
            rival,
            lambda session, id=draw_id: draws.confirm(session, id, "li", AFTER),
            lambda session, id=draw_id: draws.confirm(session, id, "zhao", AFTER),
        )
        assert len(failures(outcomes)) == 1


def test_an_award_forfeited_twice_at_once_is_replaced_once(store: Store, rival: Store, repeats: int) -> None:
    make_finished(store, wins="any")
    for _ in range(repeats):
        draw_id = held(store)

        def forfeiting(session: Session, id: str = draw_id) -> object:
            return draws.forfeit(session, id, 1, "弃奖", AFTER)

        outcomes = at_once(store, rival, forfeiting, forfeiting)
        assert [type(failure) for failure in failures(outcomes)] == [DrawRefused]
        with store.reading() as session:
            assert [award.replaces for award in draws.find(session, draw_id).awards] == [None] * 4 + [1]


def test_two_awards_forfeited_at_once_go_to_two_entrants(store: Store, rival: Store, repeats: int) -> None:
    make_finished(store, wins="any")
    for _ in range(repeats):
        draw_id = held(store)
        outcomes = at_once(
            store,
            rival,
            lambda session, id=draw_id: draws.forfeit(session, id, 1, "弃奖", AFTER),
            lambda session, id=draw_id: draws.forfeit(session, id, 2, "弃奖", AFTER),
        )
        assert failures(outcomes) == []
        with store.reading() as session:
            assert [award.rank for award in draws.find(session, draw_id).awards] == [1, 2, 3, 4, 5, 6]


def held(store: Store) -> str:
    draw_id = freeze(store, reason="又一次").id
    with store.transaction() as session:
        draws.hold(session, draw_id, VALUES, "wang", AFTER)
    return draw_id
