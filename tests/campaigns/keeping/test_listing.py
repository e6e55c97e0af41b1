from __future__ import annotations

from dataclasses import replace

import pytest
from keeping_made import NOW, PLAN, create, published
from sqlalchemy import select, update

from campaigns import keeping, tables
from campaigns.clock import DAY, HOUR
from campaigns.errors import NotFound
from campaigns.store import Store


def test_campaigns_are_listed_with_who_took_part_the_last_opened_first(store: Store) -> None:
    published(store)
    create(store, replace(PLAN, slug="later", opens_ms=NOW + HOUR))
    with store.transaction() as session:
        campaign_id = keeping.find(session, "week").id
        for _ in range(2):
            session.add(tables.Person(name="", unit_id=None, created_ms=NOW))
        session.flush()
        people = session.scalars(select(tables.Person.id).order_by(tables.Person.id)).all()
        for person_id, ordinal, state in [
            (people[0], 1, "finished"),
            (people[0], 2, "open"),
            (people[1], 1, "finished"),
        ]:
            session.add(
                tables.Attempt(
                    campaign_id=campaign_id,
                    person_id=person_id,
                    ordinal=ordinal,
                    day=20260704,
                    state=state,
                    paper="",
                    begun_ms=NOW,
                    shown_ms=NOW,
                    finished_ms=NOW if state == "finished" else None,
                )
            )
    with store.reading() as session:
        later, week = keeping.list_campaigns(session)
        assert keeping.overview(session, "week") == week
    assert (later.slug, later.people, later.attempts, later.finished) == ("later", 0, 0, 0)
    assert (week.slug, week.people, week.attempts, week.finished) == ("week", 2, 3, 2)


@pytest.mark.parametrize(
    ("state", "now", "phase"),
    [
        ("draft", NOW, "draft"),
        ("published", NOW - 1, "coming"),
        ("published", NOW, "open"),
        ("published", NOW + 7 * DAY, "over"),
        ("paused", NOW, "paused"),
        ("closed", NOW, "over"),
        ("archived", NOW, "archived"),
    ],
)
def test_a_phase_is_what_people_would_call_the_state(store: Store, state: str, now: int, phase: str) -> None:
    published(store)
    with store.transaction() as session:
        session.execute(update(tables.Campaign).values(state=state))
    with store.reading() as session:
        assert keeping.overview(session, "week").phase(now) == phase


def test_a_campaign_that_is_not_there_is_told_by_its_slug(store: Store) -> None:
    with store.reading() as session, pytest.raises(NotFound, match="nowhere"):
        keeping.overview(session, "nowhere")
