from __future__ import annotations

import logging
from dataclasses import replace
from itertools import pairwise

import pytest
from campaign_made import CLOSES, OPENS, PLAN, make_campaign
from figures_made import Played, play
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from campaigns import figures, item_statistics, outbox, tables
from campaigns.clock import DAY, HOUR, MINUTE, SECOND
from campaigns.editions import Editions
from campaigns.figures import OVERVIEW, QUESTIONS, Burst, ChosenWrong, Door, MessageCount, Overview, ScoreBand
from campaigns.figures.adding_up import EVERY_AFTER_CLOSE_MS, EVERY_MS, RARELIER
from campaigns.figures.items import ATTEMPTS_AT_ONCE
from campaigns.figures.overviews import BURST_ATTEMPTS, bands, by_hour
from campaigns.standings import Ranking
from campaigns.store import Store
from campaigns.stores import Stores

RIGHT = ("C", "false", "ABD", "1000")
HALF = ("C", "false", "AB", "10")
NOON = OPENS + 3 * HOUR
ON_SQLITE_ALONE = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)


@pytest.fixture
def campaign(store: Store) -> int:
    return make_campaign(store, replace(PLAN, pass_points=30))


def overview(store: Store, campaign_id: int, now: int = NOON) -> Overview:
    with store.reading() as session:
        return figures.compute(session, campaign_id, OVERVIEW, now).values


def stores_of(store: Store) -> Stores:
    return Stores(store, Ranking(store, None), Editions())


# --- pure -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("points", "told"),
    [
        ({}, []),
        ({0: 3}, [(0, 0, 3)]),
        ({20: 1, 40: 2}, [(0, 0, 0), (20, 20, 1), (40, 40, 2)]),
        ({10: 1, 300: 2}, [(0, 10, 1), *((n, n + 10, 0) for n in range(20, 300, 20)), (300, 310, 2)]),
    ],
)
def test_bands_have_one_width_and_no_gaps(points: dict[int, int], told: list[tuple[int, int, int]]) -> None:
    assert bands(points) == tuple(ScoreBand(*one) for one in told)


@given(st.dictionaries(st.integers(0, 10**9), st.integers(1, 50), max_size=30))
def test_bands_hold_everybody_and_are_few(points: dict[int, int]) -> None:
    found = bands(points)
    assert sum(band.people for band in found) == sum(points.values())
    assert len(found) <= 21
    assert all(a.most < b.least for a, b in pairwise(found))
    assert all(any(band.least <= score <= band.most for band in found) for score in points)


def test_hours_are_those_of_the_zone_even_where_it_is_half_an_hour_off() -> None:
    begins = OPENS // (15 * MINUTE)
    told = by_hour({begins + n: (1, 2, 3) for n in range(4)}, "Asia/Kolkata")
    assert [(one.hour, one.people, one.begun) for one in told] == [
        ("2026-07-04 06:00", 2, 4),
        ("2026-07-04 07:00", 2, 4),
    ]
    assert [one.hour for one in by_hour({begins: (1, 1, 1)}, "Asia/Shanghai")] == ["2026-07-04 09:00"]


# --- a campaign in numbers ------------------------------------------------------------------------------------------


@ON_SQLITE_ALONE
def test_a_campaign_without_anybody_has_figures_of_nothing(store: Store, campaign: int) -> None:
    found = overview(store, campaign)
    assert (found.people, found.attempts, found.results, found.average, found.last_ms) == (0, 0, 0, None, None)
    assert (found.hours, found.scores, found.doors, found.messages, found.bursts) == ((), (), (), (), ())


def test_people_attempts_and_results_are_counted(store: Store, campaign: int) -> None:
    (first, *_) = play(
        store,
        campaign,
        [
            Played(RIGHT),
            Played(HALF, channel="h5", at_ms=OPENS + HOUR),
            Played(RIGHT[:2], at_ms=NOON - 4 * MINUTE),
            Played(RIGHT, state="void"),
            Played(RIGHT, state="superseded"),
        ],
    )
    play(store, campaign, [Played(RIGHT, person_id=first, ordinal=2, at_ms=NOON - 3 * MINUTE, minutes=1)])
    found = overview(store, campaign)
    assert (found.people, found.attempts, found.open, found.finished, found.void) == (3, 4, 1, 3, 1)
    assert found.online == 2
    assert found.last_ms == NOON - 2 * MINUTE
    assert found.average_used_ms == 100 * SECOND


def test_results_are_those_of_standings(store: Store, campaign: int) -> None:
    play(store, campaign, [Played(RIGHT), Played(HALF), Played(HALF), Played(RIGHT[:1])])
    found = overview(store, campaign)
    assert (found.results, found.passed) == (3, 1)
    assert found.average == pytest.approx(80 / 3)
    assert found.scores == (ScoreBand(0, 0, 0), ScoreBand(20, 20, 2), ScoreBand(40, 40, 1))


@ON_SQLITE_ALONE
def test_where_nobody_is_ranked_the_best_attempt_is_the_result(store: Store) -> None:
    practice = make_campaign(store, replace(PLAN, mode="practice", pass_points=30))
    (person,) = play(store, practice, [Played(HALF)])
    play(store, practice, [Played(RIGHT, person_id=person, ordinal=2)])
    with store.transaction() as session:
        session.execute(delete(tables.Standing))
    found = overview(store, practice)
    assert (found.results, found.average, found.passed) == (1, 40, 1)


def test_attempts_are_told_by_hour_and_by_door(store: Store, campaign: int) -> None:
    (first, *_) = play(
        store,
        campaign,
        [Played(RIGHT, minutes=90), Played(HALF, channel="h5"), Played(RIGHT, channel="h5", at_ms=OPENS + HOUR)],
    )
    play(store, campaign, [Played(RIGHT, channel="h5", person_id=first, ordinal=2, at_ms=OPENS + 2 * HOUR)])
    found = overview(store, campaign)
    assert [(one.hour, one.people, one.begun, one.finished) for one in found.hours] == [
        ("2026-07-04 09:00", 2, 2, 1),
        ("2026-07-04 10:00", 1, 1, 2),
        ("2026-07-04 11:00", 0, 1, 1),
    ]
    assert found.doors == (Door("h5", 3, 3), Door("wechat", 1, 1))


def test_messages_are_told_by_way_and_state(store: Store, campaign: int) -> None:
    with store.transaction() as session:
        for n, way in enumerate(("sms", "sms", "")):
            outbox.post(session, key=f"k{n}", wording="w", values={}, now=OPENS, campaign_id=campaign, way=way)
        outbox.post(session, key="of another", wording="w", values={}, now=OPENS)
        (sent,) = outbox.lease(session, "me", OPENS, 1)
        outbox.begin(session, sent, "sms", OPENS)
        outbox.settle_sent(session, sent, "sms", OPENS)
    assert overview(store, campaign).messages == (
        MessageCount("", "waiting", 1),
        MessageCount("sms", "sent", 1),
        MessageCount("sms", "waiting", 1),
    )


def test_many_attempts_behind_one_address_are_told_of_by_network(store: Store, campaign: int) -> None:
    many = [Played(("C",), network="10.3.7.0/24", at_ms=NOON - MINUTE) for _ in range(BURST_ATTEMPTS)]
    play(store, campaign, [*many, Played(("C",), network="10.9.9.0/24", at_ms=NOON - MINUTE)])
    assert overview(store, campaign).bursts == (Burst("10.3.7.0/24", BURST_ATTEMPTS, BURST_ATTEMPTS),)
    assert overview(store, campaign, NOON + HOUR).bursts == ()


# --- questions ------------------------------------------------------------------------------------------------------


def test_questions_fare_as_the_statistics_of_their_bank_say(
    store: Store, campaign: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In ranges of attempts all the same."""
    papers = [RIGHT, ("B", "true", "AB", "10"), ("B", "false", "AB", "1000"), ("A", "false", "ABD", "10")] * 10
    play(store, campaign, [*map(Played, papers), Played(("B",)), Played(RIGHT, state="void")])
    assert len(papers) < ATTEMPTS_AT_ONCE
    monkeypatch.setattr("campaigns.figures.items.ATTEMPTS_AT_ONCE", 7)
    with store.reading() as session:
        found = figures.compute(session, campaign, QUESTIONS, NOON).values.items
        told = {one.number: one for one in item_statistics.item_statistics(session, f"{PLAN.bank}-week", PLAN.slug)}
    assert [one.number for one in found] == ["1", "2", "3", "4"]
    assert (found[0].answered, found[0].right, found[0].right_permille) == (41, 10, 244)
    assert found[0].most_chosen_wrong == ChosenWrong("B", 21)
    assert found[1].most_chosen_wrong == ChosenWrong("正确", 10)
    assert found[3].most_chosen_wrong is None
    assert found[0].flags == (item_statistics.MOSTLY_WRONG,)
    for one in found:
        assert one.discrimination == pytest.approx(told[one.number].discrimination, abs=1e-4)
        assert one.judged == 40


@ON_SQLITE_ALONE
def test_a_question_that_was_withdrawn_is_not_judged(store: Store, campaign: int) -> None:
    play(store, campaign, [Played(("B", "true", "AB", "10"))] * 40)
    with store.transaction() as session:
        asked = session.scalars(select(tables.CampaignQuestion).order_by(tables.CampaignQuestion.ordinal)).first()
        assert asked is not None
        asked.withdrawn = True
    with store.reading() as session:
        first, second, *_ = figures.compute(session, campaign, QUESTIONS, NOON).values.items
    assert (first.withdrawn, first.flags) == (True, ())
    assert second.flags == (item_statistics.MOSTLY_WRONG,)


# --- kept -----------------------------------------------------------------------------------------------------------


def test_what_was_added_up_is_read_again_as_it_was(store: Store, campaign: int) -> None:
    play(store, campaign, [Played(RIGHT), Played(HALF, channel="h5")])
    assert figures.add_up(stores_of(store), NOON) == 2
    with store.reading() as session:
        for part in figures.PARTS:
            kept, computed = figures.read(session, campaign, part), figures.compute(session, campaign, part, NOON)
            assert kept is not None
            assert (kept.values, kept.made_ms) == (computed.values, NOON)


@ON_SQLITE_ALONE
def test_a_part_is_added_up_again_when_it_is_due(store: Store, campaign: int) -> None:
    stores = stores_of(store)
    assert figures.add_up(stores, NOON) == 2
    with store.transaction() as session:
        session.execute(update(tables.CampaignFigures).values(took_ms=1))
    assert figures.add_up(stores, NOON + EVERY_MS[OVERVIEW] - 1) == 0
    assert figures.add_up(stores, NOON + EVERY_MS[OVERVIEW]) == 1
    assert figures.add_up(stores, NOON + EVERY_MS[QUESTIONS]) == 2


@ON_SQLITE_ALONE
def test_what_takes_long_is_added_up_rarely_and_what_is_quick_more_often(store: Store, campaign: int) -> None:
    """Together a twentieth of the time: 1 s in 80, and 9 s in 240."""
    stores, kept = stores_of(store), tables.CampaignFigures
    figures.add_up(stores, NOON)
    with store.transaction() as session:
        for part, took_ms in ((OVERVIEW, 1_000), (QUESTIONS, 9_000)):
            session.execute(update(kept).where(kept.part == part).values(took_ms=took_ms))
    assert pytest.approx(1 / RARELIER) == 1 / 80 + 9 / 240
    assert figures.add_up(stores, NOON + 80 * SECOND - 1) == 0
    assert figures.add_up(stores, NOON + 80 * SECOND) == 1


@ON_SQLITE_ALONE
def test_drafts_and_what_has_not_begun_are_left_alone_and_what_is_over_is_looked_at_rarely(
    store: Store, campaign: int
) -> None:
    stores = stores_of(store)
    assert figures.add_up(stores, OPENS - 1) == 0
    assert figures.add_up(stores, CLOSES + DAY) == 2
    assert figures.add_up(stores, CLOSES + DAY + EVERY_AFTER_CLOSE_MS - 1) == 0
    assert figures.add_up(stores, CLOSES + 30 * DAY) == 2
    assert figures.add_up(stores, CLOSES + 30 * DAY + HOUR) == 0


@ON_SQLITE_ALONE
def test_what_was_purged_keeps_its_last_figures(store: Store, campaign: int) -> None:
    play(store, campaign, [Played(RIGHT)])
    figures.add_up(stores_of(store), NOON)
    with store.transaction() as session:
        session.get_one(tables.Campaign, campaign).purged_ms = NOON
        for table in (tables.Answer, tables.Standing, tables.Attempt):
            session.execute(delete(table))
    assert figures.add_up(stores_of(store), NOON + DAY) == 0
    assert overview(store, campaign, NOON + DAY).people == 1


@ON_SQLITE_ALONE
def test_a_page_waits_for_few_attempts_only(store: Store, campaign: int, monkeypatch: pytest.MonkeyPatch) -> None:
    play(store, campaign, [Played(RIGHT), Played(HALF)])
    with store.reading() as session:
        found = figures.current(session, campaign, OVERVIEW, NOON)
        assert found is not None
        assert found.values.people == 2
        monkeypatch.setattr("campaigns.figures.kept.FEW_ATTEMPTS", 1)
        assert figures.current(session, campaign, OVERVIEW, NOON) is None


@ON_SQLITE_ALONE
def test_what_an_earlier_version_kept_otherwise_counts_as_absent(
    store: Store, campaign: int, caplog: pytest.LogCaptureFixture
) -> None:
    with store.transaction() as session:
        session.add(
            tables.CampaignFigures(
                campaign_id=campaign, part=OVERVIEW, figures={"people": 3}, made_ms=NOON, took_ms=1
            )
        )  # fmt: skip
    with store.reading() as session, caplog.at_level(logging.WARNING):
        assert figures.read(session, campaign, OVERVIEW) is None
    assert "another shape" in caplog.text


def test_a_newer_part_is_not_replaced_by_an_older_one(store: Store, campaign: int) -> None:
    with store.transaction() as session:
        newer = figures.compute(session, campaign, OVERVIEW, NOON + 1)
        figures.keep(session, campaign, OVERVIEW, newer)
        figures.keep(session, campaign, OVERVIEW, replace(newer, made_ms=NOON))
        kept = figures.read(session, campaign, OVERVIEW)
    assert kept is not None
    assert kept.made_ms == NOON + 1
