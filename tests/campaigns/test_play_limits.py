"""Time, by the server's clock: of an attempt, of a question, of the day; what is too quick, and what is too late."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from campaign_made import CLOSES, EDITION, OPENS, PLAN, make_campaign
from sqlalchemy import select, update

from campaigns import keeping, people, play, tables, ticks
from campaigns.clock import DAY, HOUR, MINUTE, ON_THE_WAY_MS, SECOND, day_number, next_at
from campaigns.editions import Edition, Editions
from campaigns.errors import Moved, NoAttemptLeft, NotOpen, TooQuick
from campaigns.people import Sender
from campaigns.standings import Ranking, Standing
from campaigns.store import Store
from campaigns.stores import Stores

WANG = Sender("wechat", "", "oWang")
LI = Sender("wechat", "", "oLi")
RIGHT = ("C", "false", "ABD", "1000")
TEN_MINUTES = replace(PLAN, seconds_per_attempt=600, grace_seconds=3)
LIMIT, GRACE = 600 * SECOND, 3 * SECOND
HALF_A_MINUTE = replace(PLAN, seconds_per_question=30, grace_seconds=3)
OFFICE_HOURS = replace(PLAN, hours=(9 * 60, 17 * 60))
NINE = OPENS
FIVE = OPENS + 8 * HOUR


@pytest.fixture
def stores(store: Store) -> Stores:
    return Stores(store, Ranking(store, None), Editions())


def looked(stores: Stores, sender: Sender = WANG) -> play.Turn:
    with stores.sql.direct() as direct:
        turn = play.look(direct, stores, sender)
    assert turn is not None
    return turn


def edition_of(turn: play.Turn) -> Edition:
    assert turn.edition is not None
    return turn.edition


def attempt_of(turn: play.Turn) -> play.Attempt:
    assert turn.attempt is not None
    return turn.attempt


def begun(stores: Stores, now: int, sender: Sender = WANG) -> play.Attempt:
    people.meet(stores.sql, sender, now)
    turn = looked(stores, sender)
    return play.begin(stores.sql, turn, edition_of(turn), Random(1), now, in_chat=False)


def answered(stores: Stores, given: str, now: int, sender: Sender = WANG) -> play.Marked:
    turn = looked(stores, sender)
    with stores.sql.direct() as direct:
        return play.answer(direct, turn, attempt_of(turn).position, given, now, in_chat=False)


def expired(stores: Stores, now: int, sender: Sender = WANG) -> play.Expired | None:
    turn = looked(stores, sender)
    with stores.sql.direct() as direct:
        return play.expire(direct, turn, now)


def finished(stores: Stores) -> list[tuple[str, int, int | None, int | None, bool]]:
    with stores.sql.reading() as session:
        rows = session.scalars(select(tables.Attempt).order_by(tables.Attempt.id))
        return [(row.state, row.score, row.used_ms, row.finished_ms, row.timed_out) for row in rows]


def standing(stores: Stores, campaign: int) -> Standing | None:
    with stores.sql.reading() as session:
        return play.standing_of(session, campaign, looked(stores).person_id)


# --- an attempt --------------------------------------------------------------------------------------------------


def test_a_limit_and_its_grace_are_fixed_when_an_attempt_begins(stores: Stores) -> None:
    make_campaign(stores.sql, TEN_MINUTES)
    assert begun(stores, OPENS).due_ms == OPENS + LIMIT + GRACE
    assert attempt_of(looked(stores)).due_ms == OPENS + LIMIT + GRACE


@pytest.mark.parametrize(("after", "in_time"), [(LIMIT, True), (LIMIT + GRACE - 1, True), (LIMIT + GRACE, False)])
def test_the_last_millisecond_of_the_grace_is_in_time_and_the_next_one_is_not(
    stores: Stores, after: int, in_time: bool
) -> None:
    campaign = make_campaign(stores.sql, TEN_MINUTES)
    begun(stores, OPENS)
    for given in RIGHT[:3]:
        answered(stores, given, OPENS + 1_000)
    if in_time:
        assert expired(stores, OPENS + after) is None
        marked = answered(stores, RIGHT[3], OPENS + after)
        assert (marked.score, marked.used_ms) == (40, LIMIT), "the grace is for the way, not for thinking"
        return
    with pytest.raises(Moved):
        answered(stores, RIGHT[3], OPENS + after)
    ran_out = expired(stores, OPENS + after)
    assert ran_out is not None
    assert (ran_out.whole, ran_out.finished) == (True, True)
    due = OPENS + LIMIT + GRACE
    assert finished(stores) == [("finished", 30, LIMIT, due, True)]
    assert ran_out.standing == standing(stores, campaign)
    assert ran_out.standing is not None
    assert (ran_out.standing.points, ran_out.standing.used_ms, ran_out.standing.finished_ms) == (30, LIMIT, due)
    assert looked(stores).attempt is None


def test_whenever_it_is_noticed_an_attempt_ran_out_at_its_limit(stores: Stores) -> None:
    make_campaign(stores.sql, TEN_MINUTES)
    begun(stores, OPENS)
    answered(stores, "C", OPENS + 1)
    expired(stores, OPENS + 20 * HOUR)
    assert finished(stores) == [("finished", 10, LIMIT, OPENS + LIMIT + GRACE, True)]


@pytest.mark.parametrize(("late", "counts"), [(0, True), (1, False)])
def test_whoever_would_still_be_at_it_at_the_close_is_not_counted(stores: Stores, late: int, counts: bool) -> None:
    campaign = make_campaign(stores.sql, TEN_MINUTES)
    begun(stores, CLOSES - LIMIT - GRACE + late)
    answered(stores, "C", CLOSES - 5_000)
    assert (expired(stores, CLOSES + DAY) is not None) == counts
    assert (standing(stores, campaign) is not None) == counts
    assert finished(stores)[0][0] == ("finished" if counts else "open")


def test_an_attempt_that_ran_out_makes_room_for_the_next_one(stores: Stores) -> None:
    make_campaign(stores.sql, replace(TEN_MINUTES, attempts_in_all=2))
    begun(stores, OPENS)
    later = OPENS + HOUR
    assert expired(stores, later) is not None
    assert begun(stores, later).due_ms == later + LIMIT + GRACE
    assert expired(stores, later + HOUR) is not None
    with pytest.raises(NoAttemptLeft):
        begun(stores, later + HOUR)


def test_two_that_notice_it_together_record_it_once(stores: Stores) -> None:
    make_campaign(stores.sql, TEN_MINUTES)
    begun(stores, OPENS)
    turn = looked(stores)
    with stores.sql.direct() as direct:
        assert play.expire(direct, turn, OPENS + HOUR) is not None
        with pytest.raises(Moved):
            play.expire(direct, turn, OPENS + HOUR)
    assert looked(stores).attempt is None


def test_nothing_runs_out_while_a_campaign_is_paused(stores: Stores) -> None:
    make_campaign(stores.sql, TEN_MINUTES)
    begun(stores, OPENS)
    set_state(stores, "paused")
    assert expired(stores, OPENS + HOUR) is None
    assert ticks.finish_timed_out(stores, OPENS + HOUR) == 0


def test_nobody_loses_time_to_a_pause(stores: Stores) -> None:
    make_campaign(stores.sql, TEN_MINUTES)
    begun(stores, OPENS)
    for given in RIGHT[:3]:
        answered(stores, given, OPENS + 60_000)
    with stores.sql.transaction() as session:
        keeping.pause(session, PLAN.slug, OPENS + 90_000)
    with stores.sql.transaction() as session:
        keeping.resume(session, PLAN.slug, OPENS + 90_000 + 30 * MINUTE)
    assert answered(stores, RIGHT[3], OPENS + 32 * MINUTE).used_ms == 2 * MINUTE


def test_the_time_of_an_attempt_runs_out_though_its_hours_of_the_day_are_over(stores: Stores) -> None:
    make_campaign(stores.sql, replace(TEN_MINUTES, hours=OFFICE_HOURS.hours))
    begun(stores, FIVE - MINUTE)
    with pytest.raises(NotOpen):
        answered(stores, "C", FIVE)
    assert expired(stores, FIVE + HOUR) is not None


def test_a_question_found_wrong_has_its_points_even_when_the_time_ran_out_before_it(stores: Stores) -> None:
    campaign = make_campaign(stores.sql, TEN_MINUTES)
    begun(stores, OPENS)
    answered(stores, "A", OPENS + 1)
    withdraw(stores, campaign, ordinal=4)
    expired(stores, OPENS + HOUR)
    assert finished(stores)[0][:2] == ("finished", 10)


# --- the worker's part -------------------------------------------------------------------------------------------


def test_the_worker_finishes_what_nobody_came_back_to(stores: Stores) -> None:
    campaign = make_campaign(stores.sql, TEN_MINUTES)
    begun(stores, OPENS)
    answered(stores, "C", OPENS + 1)
    begun(stores, OPENS + MINUTE, LI)
    due = OPENS + LIMIT + GRACE
    assert ticks.finish_timed_out(stores, due + ON_THE_WAY_MS - 1) == 0, "an answer may still be on its way"
    assert ticks.finish_timed_out(stores, due + ON_THE_WAY_MS) == 1
    assert ticks.finish_timed_out(stores, due + ON_THE_WAY_MS) == 0
    assert finished(stores)[0] == ("finished", 10, LIMIT, due, True)
    assert ticks.finish_timed_out(stores, due + HOUR) == 1
    assert stores.ranking.total(campaign) == 2


def test_the_worker_leaves_what_was_open_at_the_close(stores: Stores) -> None:
    make_campaign(stores.sql, TEN_MINUTES)
    begun(stores, CLOSES - MINUTE)
    assert ticks.finish_timed_out(stores, CLOSES + HOUR) == 0


@pytest.mark.parametrize("state", ["closed", "archived", "paused"])
def test_the_worker_leaves_what_was_open_when_a_campaign_was_ended_or_paused(stores: Stores, state: str) -> None:
    make_campaign(stores.sql, TEN_MINUTES)
    begun(stores, OPENS)
    set_state(stores, state)
    assert ticks.finish_timed_out(stores, OPENS + HOUR) == 0


def test_many_that_run_out_together_are_all_finished(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    make_campaign(stores.sql, TEN_MINUTES)
    for number in range(5):
        begun(stores, OPENS + number, Sender("wechat", "", f"o{number}"))
    monkeypatch.setattr(ticks, "FINISHED_AT_ONCE", 2)
    assert ticks.finish_timed_out(stores, OPENS + HOUR) == 5


# --- a question --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("after", "in_time"), [(32_999, True), (33_000, False)])
def test_a_question_that_ran_out_is_answered_by_nothing_and_the_next_one_waits_from_then_on(
    stores: Stores, after: int, in_time: bool
) -> None:
    make_campaign(stores.sql, HALF_A_MINUTE)
    begun(stores, OPENS)
    now = OPENS + after
    if in_time:
        assert expired(stores, now) is None
        assert answered(stores, "C", now).score == 10
        return
    with pytest.raises(Moved):
        answered(stores, "C", now)
    ran_out = expired(stores, now)
    assert ran_out is not None
    assert (ran_out.whole, ran_out.finished) == (False, False)
    attempt = attempt_of(looked(stores))
    assert (attempt.position, attempt.score, attempt.shown_ms) == (2, 0, now)
    with stores.sql.reading() as session:
        answer = play.answers_of(session, attempt.id)[1]
    assert (answer.given, answer.points, answer.answered_ms) == ("", 0, OPENS + 33_000)
    assert expired(stores, now) is None, "one question at a time"


def test_the_last_question_that_runs_out_finishes_the_attempt(stores: Stores) -> None:
    campaign = make_campaign(stores.sql, HALF_A_MINUTE)
    begun(stores, OPENS)
    for number, given in enumerate(RIGHT[:3]):
        answered(stores, given, OPENS + number * 1_000)
    ran_out = expired(stores, OPENS + HOUR)
    assert ran_out is not None
    assert (ran_out.whole, ran_out.finished) == (False, True)
    assert finished(stores) == [("finished", 30, 32_000, OPENS + 35_000, False)]
    assert ran_out.standing == standing(stores, campaign)


def test_no_question_runs_out_after_the_close(stores: Stores) -> None:
    make_campaign(stores.sql, HALF_A_MINUTE)
    begun(stores, CLOSES - MINUTE)
    assert expired(stores, CLOSES) is None
    assert expired(stores, CLOSES - 1) is not None


def test_the_time_of_the_attempt_comes_before_that_of_the_question(stores: Stores) -> None:
    make_campaign(stores.sql, replace(HALF_A_MINUTE, seconds_per_attempt=60))
    begun(stores, OPENS)
    ran_out = expired(stores, OPENS + 2 * MINUTE)
    assert ran_out is not None
    assert ran_out.whole


def test_a_withdrawn_question_that_ran_out_has_its_points(stores: Stores) -> None:
    campaign = make_campaign(stores.sql, HALF_A_MINUTE)
    begun(stores, OPENS)
    withdraw(stores, campaign, ordinal=1)
    expired(stores, OPENS + HOUR)
    assert attempt_of(looked(stores)).score == 10


# --- what is too quick -------------------------------------------------------------------------------------------


def test_an_answer_that_nobody_can_have_thought_about_is_not_taken_and_costs_nothing(stores: Stores) -> None:
    make_campaign(stores.sql, replace(PLAN, least_ms_per_question=1_500))
    begun(stores, OPENS)
    with pytest.raises(TooQuick):
        answered(stores, "C", OPENS + 1_499)
    assert attempt_of(looked(stores)).position == 1
    assert answered(stores, "C", OPENS + 1_500).score == 10
    with pytest.raises(TooQuick):
        answered(stores, "false", OPENS + 1_501)


def test_a_clock_that_is_set_back_makes_nobody_too_quick(stores: Stores) -> None:
    make_campaign(stores.sql, replace(PLAN, least_ms_per_question=1_500))
    begun(stores, OPENS + HOUR)
    assert answered(stores, "C", OPENS + 1).right


# --- a server whose clock is moved -------------------------------------------------------------------------------


def test_a_clock_set_back_by_an_hour_takes_no_time_from_anybody(stores: Stores) -> None:
    make_campaign(stores.sql, replace(TEN_MINUTES, seconds_per_question=30))
    begun(stores, OPENS + 2 * HOUR)
    for given in RIGHT:
        now = OPENS + HOUR + 5 * MINUTE
        assert expired(stores, now) is None
        marked = answered(stores, given, now)
    assert (marked.score, marked.used_ms) == (40, 0)


def test_a_clock_set_forward_by_an_hour_ends_what_ran_by_it_and_nothing_else(stores: Stores) -> None:
    make_campaign(stores.sql)
    begun(stores, OPENS)
    assert expired(stores, OPENS + HOUR) is None
    assert answered(stores, "C", OPENS + HOUR).right
    timed = make_campaign(stores.sql, replace(TEN_MINUTES, slug="timed"))
    people.meet(stores.sql, LI, OPENS)
    with stores.sql.transaction() as session:
        people.enter(session, looked(stores, LI).identity_id, timed)
    begun(stores, OPENS, LI)
    assert expired(stores, OPENS + HOUR, LI) is not None


# --- hours of the day --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "accepted"),
    [(NINE, True), (FIVE - 1, True), (FIVE, False), (NINE + DAY - 1, False), (NINE + DAY, True)],
    ids=["the first", "the last", "behind the last", "before the first", "the next day's first"],
)
def test_the_hours_of_the_day_hold_their_first_millisecond_and_not_the_one_behind_their_last(
    stores: Stores, now: int, accepted: bool
) -> None:
    make_campaign(stores.sql, OFFICE_HOURS)
    begun(stores, NINE)
    if accepted:
        assert answered(stores, "C", now).right
        return
    with pytest.raises(NotOpen):
        answered(stores, "C", now)
    with pytest.raises(NotOpen):
        begun(stores, now, LI)
    assert attempt_of(looked(stores)).position == 1


SHANGHAI = replace(EDITION, opens_ms=OPENS, closes_ms=CLOSES, hours=(540, 1020))


@pytest.mark.parametrize(
    ("edition", "now", "opens"),
    [
        (SHANGHAI, OPENS - DAY, OPENS),
        (SHANGHAI, OPENS + 5, OPENS + 5),
        (SHANGHAI, FIVE - 1, FIVE - 1),
        (SHANGHAI, FIVE, OPENS + DAY),
        (SHANGHAI, CLOSES - 1, CLOSES - 1),
        (SHANGHAI, CLOSES, None),
        (replace(SHANGHAI, closes_ms=FIVE + HOUR), FIVE, None),
        (replace(SHANGHAI, opens_ms=OPENS - 9 * HOUR), OPENS - DAY, OPENS),
        (replace(SHANGHAI, hours=None), FIVE, FIVE),
        (replace(SHANGHAI, state="paused"), OPENS, None),
        (replace(SHANGHAI, state="closed"), OPENS, None),
    ],
)
def test_when_answers_are_accepted_next_is_known(edition: Edition, now: int, opens: int | None) -> None:
    assert edition.next_open(now) == opens
    assert opens is None or edition.is_open(opens)


def test_a_minute_of_the_day_comes_again_each_day_of_whatever_length() -> None:
    berlin = "Europe/Berlin"
    saturday_noon = next_at(12 * 60, 1_774_652_400_000, berlin)  # 2026-03-28; that night clocks go forward
    assert next_at(12 * 60, saturday_noon, berlin) == saturday_noon
    assert next_at(12 * 60, saturday_noon + 1, berlin) == saturday_noon + 23 * HOUR


# --- days --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Asia/Urumqi", "America/New_York"])
def test_days_change_at_midnight_of_the_campaigns_own_zone(stores: Stores, zone: str) -> None:
    make_campaign(stores.sql, replace(PLAN, timezone=zone, attempts_per_day=1))
    midnight = next_at(0, OPENS, zone)
    assert day_number(midnight - 1, zone) + 1 == day_number(midnight, zone)
    begun(stores, midnight - 1)
    for given in RIGHT:
        answered(stores, given, midnight + 1)
    assert begun(stores, midnight + 2).position == 1, "the one that was finished today was begun yesterday"
    for given in RIGHT:
        answered(stores, given, midnight + 3)
    with pytest.raises(NoAttemptLeft, match="today"):
        begun(stores, midnight + DAY // 2)


def test_a_daily_quiz_is_once_a_day_unless_it_says_otherwise(stores: Stores) -> None:
    make_campaign(stores.sql, replace(PLAN, mode="daily"))
    begun(stores, OPENS)
    for given in RIGHT:
        answered(stores, given, OPENS + 1)
    with pytest.raises(NoAttemptLeft, match="today"):
        begun(stores, OPENS + 2)
    assert begun(stores, OPENS + DAY).position == 1


def set_state(stores: Stores, state: str) -> None:
    with stores.sql.transaction() as session:
        session.execute(update(tables.Campaign).values(state=state, version=tables.Campaign.version + 1))


def withdraw(stores: Stores, campaign: int, ordinal: int) -> None:
    asked = tables.CampaignQuestion
    with stores.sql.transaction() as session:
        session.execute(
            update(asked).where(asked.campaign_id == campaign, asked.ordinal == ordinal).values(withdrawn=True)
        )
        session.execute(update(tables.Campaign).values(version=tables.Campaign.version + 1))
