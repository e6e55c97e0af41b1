from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from campaign_made import CLOSES, OPENS, PLAN, make_campaign
from figures_made import Played, play
from sqlalchemy import select, update

from campaigns import figures, outbox, tables
from campaigns.clock import DAY, HOUR, MINUTE
from campaigns.figures import OVERVIEW
from campaigns.figures.alarms import LATE_MS, NEAR_MS, SILENT_MS, STALLED_MS, Alarm, alarms
from campaigns.figures.overviews import BURST_ATTEMPTS
from campaigns.store import Store, open_store

NOON = OPENS + 3 * HOUR
RIGHT, WRONG = ("C", "false", "ABD", "1000"), ("B", "true", "AB", "10")


@pytest.fixture
def records(sqlite_url: str) -> Iterator[Store]:
    store = open_store(sqlite_url)
    yield store
    store.close()


@pytest.fixture
def campaign(records: Store) -> int:
    return make_campaign(records)


def add_up(store: Store, campaign_id: int, now: int) -> None:
    with store.transaction() as session:
        for part in figures.PARTS:
            figures.keep(session, campaign_id, part, figures.compute(session, campaign_id, part, now))


def told(store: Store, campaign_id: int, now: int = NOON) -> dict[str, Alarm]:
    """By kind, of figures that were added up just now."""
    add_up(store, campaign_id, now)
    with store.reading() as session:
        return {one.kind: one for one in alarms(session, campaign_id, now)}


def test_a_campaign_that_goes_well_has_nothing_to_look_at(records: Store, campaign: int) -> None:
    play(records, campaign, [*[Played(RIGHT)] * 30, Played(at_ms=NOON - 5 * MINUTE)])
    assert told(records, campaign) == {}


def test_a_draft_and_what_has_not_begun_have_nothing_to_look_at(records: Store, campaign: int) -> None:
    assert told(records, campaign, OPENS - 1) == {}


def test_a_question_that_nearly_everyone_misses_is_told_by_its_number(records: Store, campaign: int) -> None:
    play(records, campaign, [*[Played((WRONG[0], *RIGHT[1:]))] * 25, *[Played(RIGHT)] * 5])
    found = told(records, campaign)["question_missed"]
    assert (found.severity, found.link_kind) == ("error", "questions")
    assert "第 1 题（“公共建筑夏季空调温度设置一般不…”，答对 17%）" in found.sentence


def test_a_question_that_few_answered_is_not_judged(records: Store, campaign: int) -> None:
    play(records, campaign, [Played(WRONG)] * 29)
    assert "question_missed" not in told(records, campaign)


def test_a_question_that_the_able_miss_is_doubtful(records: Store, campaign: int) -> None:
    able, others = (WRONG[0], *RIGHT[1:]), (RIGHT[0], *WRONG[1:])
    play(records, campaign, [*[Played(able)] * 60, *[Played(others)] * 40])
    assert "第 1 题" in told(records, campaign)["question_doubtful"].sentence


def test_a_burst_from_one_address_is_told_with_a_word_about_offices(records: Store, campaign: int) -> None:
    play(records, campaign, [Played(("C",), network="10.3.7.0/24", at_ms=NOON - 5 * MINUTE)] * BURST_ATTEMPTS)
    found = told(records, campaign)["burst"]
    assert "10.3.7.0/24" in found.sentence
    assert "共用一个出口" in found.what_to_do
    assert "burst" not in told(records, campaign, NOON + 10 * MINUTE)


@pytest.mark.parametrize(
    ("last", "now", "is_told"),
    [
        (OPENS, OPENS + SILENT_MS, False),
        (OPENS, NOON, True),
        (None, NOON, True),
        (NOON - SILENT_MS, NOON, False),
        (OPENS, OPENS + 13 * HOUR, False),
        (OPENS, CLOSES, False),
    ],
    ids=["too early", "silent", "nobody ever", "an hour ago", "at night", "over"],
)
def test_an_open_hour_without_answers_is_told(
    records: Store, campaign: int, last: int | None, now: int, is_told: bool
) -> None:
    if last is not None:
        play(records, campaign, [Played(RIGHT[:1], at_ms=last, minutes=0)])
    assert ("silent" in told(records, campaign, now)) is is_told


def test_hours_in_which_nobody_may_answer_are_not_silent(records: Store) -> None:
    campaign = make_campaign(records, replace(PLAN, hours=(12 * 60, 13 * 60)))
    assert "silent" not in told(records, campaign, NOON + 30 * MINUTE)
    assert "silent" not in told(records, campaign, NOON + 5 * HOUR)


def test_a_campaign_that_never_closes_may_rest(records: Store) -> None:
    assert "silent" not in told(records, make_campaign(records, replace(PLAN, closes_ms=None)))


def test_messages_that_lie_and_messages_that_are_dead_are_told(records: Store, campaign: int) -> None:
    play(records, campaign, [Played(at_ms=NOON - 5 * MINUTE)])
    with records.transaction() as session:
        for key in ("a", "b"):
            outbox.post(session, key=key, wording="w", values={}, now=NOON - STALLED_MS - 1, campaign_id=campaign)
    assert set(told(records, campaign, NOON - MINUTE)) == set()
    assert set(told(records, campaign)) == {"messages_stalled"}
    with records.transaction() as session:
        session.execute(update(tables.OutboxMessage).values(state="dead"))
    found = told(records, campaign)
    assert set(found) == {"messages_dead"}
    assert "2 条" in found["messages_dead"].sentence
    with records.transaction() as session:
        session.execute(update(tables.Campaign).values(purged_ms=NOON))
    assert told(records, campaign) == {}  # there is nobody left to send them to


def test_prizes_that_nobody_claims_are_told_before_and_after_their_deadline(records: Store, campaign: int) -> None:
    until = CLOSES + 10 * DAY
    (person,) = play(records, campaign, [Played(RIGHT)])
    with records.transaction() as session:
        group = tables.PrizeGroup(campaign_id=campaign, ordinal=1, name="一等奖", kind="rank")
        session.add(group)
        session.flush()
        prize = tables.Prize(group_id=group.id, ordinal=1, name="台灯", stock=1, given=1, releases=[])
        session.add(prize)
        session.flush()
        award = tables.Award(
            campaign_id=campaign, prize_id=prize.id, prize="台灯", entrant="e", person_id=person, rank=1,
            state="awarded", awarded_ms=CLOSES, changed_ms=CLOSES, claim_until_ms=until,
        )  # fmt: skip
        session.add(award)
    assert set(told(records, campaign, until - NEAR_MS - 1)) == set()
    assert set(told(records, campaign, until - NEAR_MS)) == {"prizes_near"}
    assert set(told(records, campaign, until)) == {"prizes_overdue"}
    with records.transaction() as session:
        session.execute(update(tables.Award).values(redeemed_ms=until - 1))
    assert set(told(records, campaign, until)) == set()


def test_signals_that_nobody_has_looked_at_are_told(records: Store, campaign: int) -> None:
    play(records, campaign, [Played(at_ms=NOON - 5 * MINUTE)])
    with records.transaction() as session:
        for key, state in (("a", "open"), ("b", "dismissed")):
            session.add(
                tables.Signal(
                    campaign_id=campaign, kind="speed", key=key, attempts=[1], values={}, found_ms=NOON, state=state
                )
            )
    assert "1 条公平核查线索" in told(records, campaign)["signals_open"].sentence


def test_a_worker_that_is_away_is_told_before_all_else(records: Store, campaign: int) -> None:
    play(records, campaign, [Played(at_ms=NOON - 5 * MINUTE)])
    add_up(records, campaign, NOON)
    with records.reading() as session:
        took_ms = session.scalars(
            select(tables.CampaignFigures.took_ms).where(tables.CampaignFigures.part == OVERVIEW)
        ).one()
        late = NOON + LATE_MS + 200 * took_ms
        assert alarms(session, campaign, late) == []
        first, *_ = alarms(session, campaign, late + 1)
    assert (first.kind, first.severity) == ("worker_away", "error")
