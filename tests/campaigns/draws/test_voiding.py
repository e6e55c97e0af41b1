"""A frozen draw whose numbers never come is given up, in public; it is no way to draw again."""

from __future__ import annotations

import pytest
from draw_made import AFTER, VALUES, freeze, make_finished

from campaigns import draws
from campaigns.draws import DrawState
from campaigns.draws.waiting import is_pending
from campaigns.errors import DrawRefused, Refused
from campaigns.prizes.rules import PlannedGroup, PlannedPrize
from campaigns.store import Store

LUCKY = PlannedGroup("幸运奖", "draw", (PlannedPrize("一等奖", 1),))


@pytest.fixture
def frozen_id(store: Store) -> str:
    make_finished(store, prize_groups=(LUCKY,), two_person=True)
    return freeze(store, prizes=(), group="幸运奖").id


def void(store: Store, draw_id: str, reason: str = "密语丢失") -> draws.DrawRecord:
    with store.transaction() as session:
        return draws.void(session, draw_id, reason, "wang", AFTER + 1_000)


def test_a_draw_that_cannot_be_held_frees_its_prizes_and_stays_on_record(store: Store, frozen_id: str) -> None:
    with pytest.raises(DrawRefused, match="每人限中一次"):
        freeze(store, reason="再抽一次")
    voided = void(store, frozen_id)
    assert (voided.state, voided.void_reason, voided.voided_by) == (DrawState.VOID, "密语丢失", "wang")
    again = freeze(store, prizes=(), group="幸运奖", reason="上一次的密语丢失")
    assert again.id != frozen_id
    assert again.announcement.reason == "上一次的密语丢失"
    with store.transaction() as session:
        draws.hold(session, again.id, VALUES, "wang", AFTER + 2_000)
    with store.transaction() as session:
        draws.confirm(session, again.id, "li", AFTER + 2_000)
    with store.reading() as session:
        assert [draw.state for draw in draws.list_draws(session)] == [DrawState.VOID, DrawState.HELD]
        assert not draws.verify(draws.audit_zip(session, frozen_id)).held


def test_the_next_draw_of_the_same_prizes_says_by_itself_that_one_was_given_up(store: Store, frozen_id: str) -> None:
    void(store, frozen_id)
    reason = freeze(store, prizes=(), group="幸运奖").announcement.reason
    assert reason == f"抽奖 {frozen_id} 没有开奖，已经作废（密语丢失），本次重新抽“幸运奖”。"


def test_a_draw_that_was_given_up_is_never_held(store: Store, frozen_id: str) -> None:
    void(store, frozen_id)
    with store.transaction() as session:
        assert not is_pending(session, draws.find(session, frozen_id).campaign_id)
        with pytest.raises(DrawRefused, match="作废"):
            draws.hold(session, frozen_id, VALUES, "wang", AFTER + 2_000)
        with pytest.raises(DrawRefused, match="作废"):
            draws.prepare(session, frozen_id, VALUES)
    with pytest.raises(DrawRefused, match="不用再作废"):
        void(store, frozen_id)


def test_nobody_gives_a_draw_up_once_its_numbers_are_entered(store: Store, frozen_id: str) -> None:
    with store.transaction() as session:
        draws.hold(session, frozen_id, VALUES, "wang", AFTER)
    with pytest.raises(DrawRefused, match="不能再作废"):
        void(store, frozen_id)


def test_a_reason_is_published(store: Store, frozen_id: str) -> None:
    with pytest.raises(Refused, match="写明原因"):
        void(store, frozen_id, "  ")
