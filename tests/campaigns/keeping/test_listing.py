from __future__ import annotations

from dataclasses import replace

import pytest
from keeping_made import NOW, PLAN, create, published
from sqlalchemy import select, update

from campaigns import keeping, tables
from campaigns.clock import DAY, HOUR
from campaigns.errors import NotFound
from campaigns.keeping import listing
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


def test_of_a_large_campaign_the_figures_that_are_kept_are_listed(store: Store) -> None:
    """A list must not take a second because one campaign in it has a million attempts."""
    campaign_id = published(store)
    for took_ms, people in ((listing.SLOW_MS - 1, 0), (listing.SLOW_MS, 7)):
        with store.transaction() as session:
            session.merge(
                tables.CampaignFigures(
                    campaign_id=campaign_id,
                    part="overview",
                    figures={"people": 7, "attempts": 9, "finished": 8},
                    made_ms=NOW,
                    took_ms=took_ms,
                )
            )
        with store.reading() as session:
            (week,) = keeping.list_campaigns(session)
        assert week.people == people
    assert (week.attempts, week.finished) == (9, 8)


def test_a_campaign_that_somebody_closed_ended_then(store: Store) -> None:
    published(store)
    with store.reading() as session:
        week = keeping.overview(session, "week")
        assert (week.closed_ms, week.ends_ms) == (None, week.closes_ms)
    with store.transaction() as session:
        keeping.close(session, "week", NOW + HOUR, "chen", "提前结束")
    with store.reading() as session:
        week = keeping.overview(session, "week")
    assert week.closes_ms is not None
    assert week.ends_ms == NOW + HOUR < week.closes_ms
