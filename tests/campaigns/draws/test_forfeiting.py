from __future__ import annotations

import pytest
from draw_made import AFTER, SALT, VALUES, freeze, make_finished
from sqlalchemy import select

from campaigns import draws, tables
from campaigns.draws import Award, AwardState, DrawRecord, pseudonym
from campaigns.errors import DrawRefused, NotFound
from campaigns.store import Store

LATER = AFTER + 86_400_000


@pytest.fixture
def held(store: Store) -> DrawRecord:
    make_finished(store)
    draw_id = freeze(store).id
    with store.transaction() as session:
        return draws.hold(session, draw_id, VALUES, "wang", AFTER)


def forfeit(store: Store, draw_id: str, sequence: int, reason: str = "逾期未领") -> Award:
    with store.transaction() as session:
        return draws.forfeit(session, draw_id, sequence, reason, LATER)


def test_a_forfeited_prize_goes_to_the_next_and_both_stay_on_record(store: Store, held: DrawRecord) -> None:
    successor = forfeit(store, held.id, 2)
    with store.reading() as session:
        awards = draws.find(session, held.id).awards
        person_id = session.scalars(select(tables.Award.person_id).where(tables.Award.sequence == 5)).one()
    assert (successor.sequence, successor.rank, successor.replaces, successor.prize) == (5, 5, 2, "二等奖")
    assert successor.entrant == pseudonym(SALT, person_id or 0)
    assert awards[-1] == successor
    assert (awards[1].state, awards[1].reason) == (AwardState.FORFEITED, "逾期未领")
    assert [awards[place] for place in (0, 2, 3)] == [held.awards[place] for place in (0, 2, 3)]


def test_a_replacement_may_be_forfeited_in_its_turn(store: Store, held: DrawRecord) -> None:
    forfeit(store, held.id, 2)
    assert (forfeit(store, held.id, 5).rank, forfeit(store, held.id, 1).rank) == (6, 7)


def test_an_award_is_found_by_its_entrant(store: Store, held: DrawRecord) -> None:
    with store.reading() as session:
        assert draws.sequence_of(session, held.id, held.awards[2].entrant or "") == 3
        with pytest.raises(NotFound):
            draws.sequence_of(session, held.id, "0" * 16)


def test_the_same_award_is_not_forfeited_twice(store: Store, held: DrawRecord) -> None:
    forfeit(store, held.id, 2)
    with pytest.raises(DrawRefused, match="已经作废"):
        forfeit(store, held.id, 2)


@pytest.mark.parametrize("reason", ["", "  ", "一\n二", "长" * 501])
def test_a_forfeit_needs_a_reason_that_can_be_published(store: Store, held: DrawRecord, reason: str) -> None:
    with pytest.raises(DrawRefused, match="原因"):
        forfeit(store, held.id, 1, reason)


def test_nothing_is_forfeited_before_the_draw(store: Store) -> None:
    make_finished(store)
    with pytest.raises(DrawRefused, match="尚未开奖"):
        forfeit(store, freeze(store).id, 1)


def test_what_was_prepared_gives_the_same_successor(store: Store, held: DrawRecord) -> None:
    with store.reading() as session:
        prepared = draws.prepare(session, held.id)
    with store.transaction() as session:
        successor = draws.forfeit(session, held.id, 1, "弃奖", LATER, prepared=prepared)
    assert successor.entrant == prepared.ranking[4].entrant
    with store.reading() as session:
        person_id = session.scalars(select(tables.Award.person_id).where(tables.Award.sequence == 5)).one()
    assert person_id == prepared.persons[successor.entrant]
