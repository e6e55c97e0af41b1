from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from campaign_made import CLOSES, OPENS, PLAN, make_campaign
from draw_made import VALUES, finish, freeze, make_finished
from sqlalchemy import delete, select, update

from campaigns import draws, grants, inbound, keeping, notices, outbox, people, tables, ticks
from campaigns.clock import DAY, HOUR, MINUTE
from campaigns.editions import Editions
from campaigns.people import Sender
from campaigns.prizes import deadlines
from campaigns.standings import Ranking
from campaigns.store import Store, open_store
from campaigns.stores import Stores

EIGHT = OPENS + 23 * HOUR
"""The next morning, an hour before the campaign's opening hour."""


def stores_over(store: Store) -> Stores:
    return Stores(store, Ranking(store, None), Editions())


def known(store: Store, name: str, channel: str = "wecom", met: int = OPENS - DAY, campaign: int | None = 1) -> int:
    """The id of a person who was met then, and whose next message is about a campaign."""
    people.meet(store, Sender(channel, "", name), met)
    with store.transaction() as session:
        identity = people.find_identity(session, Sender(channel, "", name))
        assert identity is not None
        identity.campaign_id = campaign
        return identity.person_id


def changed(store: Store, **values: Any) -> None:
    with store.transaction() as session:
        session.execute(update(tables.Campaign).values(**values))


def written(store: Store, now: int) -> list[str]:
    """Keys of the notices that a tick wrote."""
    with store.reading() as session:
        before = set(session.scalars(select(tables.OutboxMessage.key)))
    count = notices.write_notices(stores_over(store), now)
    with store.reading() as session:
        keys = sorted(set(session.scalars(select(tables.OutboxMessage.key))) - before)
    assert count == len(keys)
    assert notices.write_notices(stores_over(store), now) == 0, "a tick that runs twice writes nothing twice"
    return keys


def test_the_opening_is_told_to_who_knows_of_it_and_to_who_was_promised_to_be_told(store: Store) -> None:
    campaign_id = make_campaign(store)
    other = make_campaign(store, replace(PLAN, slug="other", opens_ms=OPENS + 9 * DAY, closes_ms=None))
    told = [known(store, "knows"), known(store, "promised", campaign=None)]
    known(store, "in another", campaign=other)
    known(store, "came later", met=OPENS)
    begun = known(store, "has begun")
    with store.transaction() as session:
        finish(session, campaign_id, begun, 10)
    assert written(store, OPENS - 1) == []
    assert written(store, OPENS) == sorted(f"opens:{campaign_id}:{person}" for person in told)
    with store.reading() as session:
        row = session.scalars(select(tables.OutboxMessage)).first()
        assert row is not None
        assert (row.wording, row.campaign_id, row.must) == ("notice.opens", campaign_id, False)
        assert row.values["campaign"] == PLAN.name
        assert row.expires_ms == CLOSES


def test_an_opening_of_days_ago_is_no_news(store: Store) -> None:
    make_campaign(store, replace(PLAN, closes_ms=None))
    known(store, "knows")
    assert written(store, OPENS + DAY) == []


@pytest.mark.parametrize("state", ["draft", "paused", "closed"])
def test_what_is_not_open_tells_nothing(store: Store, state: str) -> None:
    make_campaign(store)
    known(store, "knows")
    changed(store, state=state)
    assert written(store, OPENS) == []


def test_a_campaign_that_wants_no_notices_writes_none(store: Store) -> None:
    make_campaign(store)
    known(store, "knows")
    changed(store, notices_per_day=0)
    assert written(store, OPENS) == []


def test_only_persons_whom_a_way_may_reach_are_written_to(store: Store) -> None:
    campaign_id = make_campaign(store)
    reached = {name: known(store, name, "wechat") for name in ("spoke", "consented", "silent", "left", "muted")}
    known(store, "on pages", "page")
    with store.transaction() as session:
        of = {row.sender: row.id for row in session.scalars(select(tables.Identity))}
        for name in ("spoke", "left", "muted"):
            inbound.record(session, of[name], "m:1", "", OPENS - HOUR)
        inbound.record(session, of["silent"], "m:1", "", OPENS - 49 * HOUR)
        grants.record(session, of["consented"], ["t"], "e:1", OPENS)
        people.unfollow(session, of["left"], OPENS)
        people.mute(session, reached["muted"], OPENS)
    expected = [f"opens:{campaign_id}:{reached[name]}" for name in ("spoke", "consented")]
    assert written(store, OPENS) == sorted(expected)


def test_the_close_is_told_a_day_before_to_who_has_not_finished(store: Store) -> None:
    campaign_id = make_campaign(store)
    waiting, done = known(store, "waiting", met=OPENS), known(store, "done", met=OPENS)
    with store.transaction() as session:
        finish(session, campaign_id, done, 10)
    assert written(store, CLOSES - DAY - 1) == []
    assert written(store, CLOSES - DAY) == [f"closes:{CLOSES}:{campaign_id}:{waiting}"]
    assert written(store, CLOSES) == []


def test_an_extended_campaign_tells_of_its_new_close(store: Store) -> None:
    campaign_id = make_campaign(store)
    person = known(store, "waiting", met=OPENS)
    [old] = written(store, CLOSES - HOUR)
    with store.transaction() as session:
        keeping.extend(session, PLAN.slug, CLOSES + 2 * DAY, CLOSES - HOUR)
    with store.reading() as session:
        waited = session.scalars(select(tables.OutboxMessage).where(tables.OutboxMessage.key == old)).one()
        assert waited.state == "dropped", "the close that it tells of is none any more"
    assert written(store, CLOSES) == []
    assert written(store, CLOSES + DAY) == [f"closes:{CLOSES + 2 * DAY}:{campaign_id}:{person}"]


def test_a_campaign_of_a_day_does_not_say_at_once_that_it_will_close(store: Store) -> None:
    make_campaign(store, replace(PLAN, closes_ms=OPENS + 10 * HOUR))
    known(store, "knows", met=OPENS)
    assert written(store, OPENS) == []


def test_who_has_not_played_today_is_reminded_once_at_the_hour(store: Store) -> None:
    campaign_id = make_campaign(store, replace(PLAN, closes_ms=None, reminder_hour=19))
    lazy, keen = known(store, "lazy", met=OPENS), known(store, "keen", met=OPENS)
    with store.transaction() as session:
        finish(session, campaign_id, keen, 10)
    evening = OPENS + 10 * HOUR
    assert written(store, evening - 1) == []
    assert written(store, evening) == [f"remind:20260704:{campaign_id}:{lazy}"]
    assert written(store, evening + HOUR) == []
    assert written(store, evening + DAY + 3 * HOUR) == [], "too late for today"
    assert written(store, evening + 2 * DAY) == sorted(
        f"remind:20260706:{campaign_id}:{person}" for person in (lazy, keen)
    )
    with store.reading() as session:
        expiries = set(session.scalars(select(tables.OutboxMessage.expires_ms)))
    assert expiries == {OPENS + 15 * HOUR, OPENS + 2 * DAY + 15 * HOUR}, "of no use after midnight"


def test_who_may_not_play_any_more_is_not_reminded(store: Store) -> None:
    campaign_id = make_campaign(store, replace(PLAN, closes_ms=None, reminder_hour=19, attempts_in_all=1))
    person = known(store, "done", met=OPENS)
    with store.transaction() as session:
        finish(session, campaign_id, person, 10)
    assert written(store, OPENS + 10 * HOUR + DAY) == []


def test_the_hour_is_that_of_the_campaigns_zone(store: Store) -> None:
    zone = ZoneInfo("America/New_York")
    make_campaign(store, replace(PLAN, closes_ms=None, reminder_hour=2, timezone=zone.key, opens_ms=OPENS - 900 * DAY))
    known(store, "knows", met=OPENS)
    skipped = int(datetime(2026, 3, 8, 3, tzinfo=zone).timestamp()) * 1_000  # there is no 2 o'clock on that day
    assert written(store, skipped - 1) == []
    assert len(written(store, skipped)) == 1


def test_many_are_written_in_batches_to_the_last(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    make_campaign(store)
    for number in range(7):
        known(store, f"{number}")
    monkeypatch.setattr(notices, "BATCH", 3)
    assert len(written(store, OPENS)) == 7


def test_a_person_with_two_identities_is_told_once(store: Store) -> None:
    make_campaign(store)
    person = known(store, "wang")
    people.meet(store, Sender("wecom", "", "wang2"), OPENS - DAY, person_id=person)
    assert len(written(store, OPENS)) == 1


@pytest.mark.race
def test_two_ticks_at_once_write_each_notice_once(store: Store, store_url: str, repeats: int) -> None:
    make_campaign(store)
    for number in range(30):
        known(store, f"{number}")
    rival = open_store(store_url)
    for _ in range(repeats):
        with store.transaction() as session:
            session.execute(delete(tables.OutboxMessage))
        start = threading.Barrier(2)

        def tick(mine: Store, start: threading.Barrier = start) -> int:
            start.wait(10)
            return notices.write_notices(stores_over(mine), OPENS)

        with ThreadPoolExecutor(2) as pool:
            assert sum(pool.map(tick, (store, rival))) == 30
    rival.close()


# --- draws -----------------------------------------------------------------------------------------------------


def won(store: Store) -> dict[int, tuple[str, str, int | None]]:
    """State, prize and person of each award's news, by its sequence."""
    with store.reading() as session:
        sequences = {f"won:{award.id}": award.sequence or 0 for award in session.scalars(select(tables.Award))}
        rows = session.scalars(select(tables.OutboxMessage).where(tables.OutboxMessage.wording == "notice.won"))
        return {sequences[row.key]: (row.state, row.values["prize"], row.person_id) for row in rows}


def test_every_notice_has_the_values_that_a_template_may_be_filled_with(store: Store) -> None:
    campaign_id = make_campaign(store, replace(PLAN, reminder_hour=9))
    known(store, "waiting", campaign=campaign_id)
    assert len(written(store, OPENS)) == 2
    assert len(written(store, CLOSES - MINUTE)) == 1
    make_finished(store, slug="other")
    draw_id = freeze(store, campaign_slug="other").id
    with store.transaction() as session:
        draws.hold(session, draw_id, VALUES, "wang", CLOSES + HOUR)
        session.execute(update(tables.Award).values(claim_until_ms=CLOSES + 3 * DAY))
    assert deadlines.remind(stores_over(store), CLOSES + DAY + HOUR) == 4
    with store.reading() as session:
        found = {row.wording: set(row.values) for row in session.scalars(select(tables.OutboxMessage))}
    assert found == {wording: set(values) for wording, values in notices.NOTICES.items()}


def test_who_wins_is_told_in_the_transaction_of_the_draw(store: Store) -> None:
    make_finished(store)
    draw_id = freeze(store).id

    def fails() -> None:
        with store.transaction() as session:
            draws.hold(session, draw_id, VALUES, "wang", CLOSES + HOUR)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert won(store) == {}
    for _ in range(2):  # the same values again change nothing
        with store.transaction() as session:
            held = draws.hold(session, draw_id, VALUES, "wang", CLOSES + HOUR)
    with store.reading() as session:
        persons = {row.sequence: row.person_id for row in session.scalars(select(tables.Award))}
    assert won(store) == {award.sequence: ("waiting", award.prize, persons[award.sequence]) for award in held.awards}
    with store.reading() as session:
        assert all(session.scalars(select(tables.OutboxMessage.must)))


def test_a_draw_that_two_persons_hold_tells_nobody_before_the_second_has_confirmed(store: Store) -> None:
    make_finished(store, two_person=True)
    draw_id = freeze(store).id
    with store.transaction() as session:
        draws.hold(session, draw_id, VALUES, "wang", CLOSES + HOUR)
    assert won(store) == {}
    with store.transaction() as session:
        draws.confirm(session, draw_id, "li", CLOSES + HOUR)
    assert len(won(store)) == 4


def test_a_forfeit_tells_the_next_and_takes_back_what_has_not_gone_out(store: Store) -> None:
    make_finished(store)
    draw_id = freeze(store).id
    with store.transaction() as session:
        draws.hold(session, draw_id, VALUES, "wang", CLOSES + HOUR)
    with store.transaction() as session:
        draws.forfeit(session, draw_id, 1, "联系不上", CLOSES + 2 * HOUR)
    news = won(store)
    assert news[1][0] == "dropped"
    assert news[5][:2] == ("waiting", "一等奖")


# --- purging ---------------------------------------------------------------------------------------------------


def test_old_messages_are_purged_to_the_last_in_small_transactions(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_campaign(store)
    for number in range(5):
        known(store, f"{number}")
    written(store, OPENS)
    with store.transaction() as session:
        session.execute(update(tables.OutboxMessage).values(state="dropped"))
    monkeypatch.setattr(outbox, "PURGED_AT_ONCE", 2)
    assert ticks.purge_outbox(stores_over(store), OPENS + outbox.KEPT_MS) == 0
    assert ticks.purge_outbox(stores_over(store), OPENS + outbox.KEPT_MS + MINUTE) == 5
