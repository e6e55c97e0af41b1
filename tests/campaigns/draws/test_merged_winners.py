"""Persons who turned out to be one, after a draw was frozen with both of them."""

from __future__ import annotations

from draw_made import AFTER, PRIZES, SOURCES, VALUES, make_finished
from sqlalchemy import select

from campaigns import draws, people, tables
from campaigns.draws.pseudonyms import pseudonym
from campaigns.people import Sender
from campaigns.store import Store


def test_a_draw_keeps_its_entrants_and_who_somebody_became_is_told_of_the_prize(store: Store) -> None:
    people.meet(store, Sender("wechat", "", "oWang"), AFTER)
    campaign = make_finished(store)
    with store.transaction() as session:
        frozen = draws.freeze(
            session, "week", PRIZES, SOURCES, quotas={}, exclusions=(), fallback="", reason="", by="", now=AFTER
        )
    with store.transaction() as session:
        known = people.find_identity(session, Sender("wechat", "", "oWang"))
        assert known is not None
        known_id = known.person_id
        for person_id in range(2, 14):
            people.merge(session, person_id, known_id, AFTER)
    with store.transaction() as session:
        draws.hold(session, frozen.id, VALUES, by="", now=AFTER)
    with store.reading() as session:
        awards = session.scalars(select(tables.Award).order_by(tables.Award.sequence)).all()
        assert {award.person_id for award in awards} <= set(range(2, 14)), "the frozen list names those of then"
        assert all(award.entrant == pseudonym("0" * 64, award.person_id or 0) for award in awards)
        assert set(session.scalars(select(tables.OutboxMessage.person_id))) == {known_id}
        published = draws.published_draws(session, campaign, known_id)
        assert sum(len(draw.prizes) for draw in published) == 4
