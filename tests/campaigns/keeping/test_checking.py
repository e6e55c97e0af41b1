from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from keeping_made import NOW, PLAN, bring, bring_bank, check, create, publish, statements

from campaigns import keeping, tables, units
from campaigns.clock import DAY, HOUR, MINUTE, day_number, minute_of_day
from campaigns.errors import Refused
from campaigns.keeping import Part
from campaigns.keeping.checking import Days, _days
from campaigns.store import Store, open_store
from questions.model import Kind, Question, options_of


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    """What is found is decided in Python; the tests of publishing read what it is decided on from both databases."""
    store = open_store(sqlite_url)
    yield store
    store.close()


def found(store: Store, now: int = NOW, **changes: Any) -> list[tuple[str, str]]:
    """Severity and field of every finding about the plan with changes."""
    bring(store)
    create(store, replace(PLAN, **changes))
    return [(one.severity, one.field) for one in check(store, now=now)]


def sentence(store: Store) -> str:
    (one,) = check(store)
    return one.sentence


def test_there_is_nothing_to_say_about_a_plan_that_is_well(store: Store) -> None:
    assert found(store) == []


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"questions_per_paper": 9}, ("error", "questions_per_paper")),
        ({"reviewed_only": True}, ("error", "reviewed_only")),
        ({"draw_points": 31}, ("error", "draw_points")),
        ({"pass_points": 31}, ("error", "pass_points")),
        ({"mode": "practice", "draw_points": 10}, ("error", "draw_points")),
        ({"points": {Kind.SINGLE: 10, Kind.BLANK: 5}}, ("warning", "points")),
        ({"closes_ms": None, "reveals": "after_close"}, ("error", "reveals")),
        ({"same_paper": True}, ("warning", "reveals")),
        ({"closes_ms": NOW + HOUR, "hours": (0, 540)}, ("error", "hours")),
        ({"closes_ms": NOW + 8 * HOUR, "attempts_per_day": 1}, ("warning", "attempts_per_day")),
        ({"closes_ms": NOW + 8 * HOUR, "counts": "sum"}, ("warning", "counts")),
        ({"closes_ms": NOW + 8 * HOUR, "mode": "daily"}, ("warning", "mode")),
        ({"attempts_per_day": 3, "attempts_in_all": 2}, ("warning", "attempts_per_day")),
        ({"seconds_per_attempt": 10, "least_ms_per_question": 4_000}, ("error", "least_ms_per_question")),
        ({"admission": "unit"}, ("error", "admission")),
        ({"admission": "roster"}, ("error", "admission")),
        ({"unit_ranking": "pass_rate"}, ("warning", "pass_points")),
        ({"organiser": ""}, ("warning", "organiser")),
        ({"reminder_hour": 22}, ("warning", "reminder_hour")),
        ({"reminder_hour": 7}, ("warning", "reminder_hour")),
        ({"reminder_hour": 19, "notices_per_day": 0}, ("warning", "reminder_hour")),
        ({"reminder_hour": 19, "hours": (540, 1020)}, ("warning", "reminder_hour")),
        ({"seconds_per_question": 30}, ("warning", "seconds_per_question")),
        ({"keyword": "B"}, ("error", "keyword")),
        ({"keyword": "１３"}, ("error", "keyword")),
        ({"keyword": "正确"}, ("error", "keyword")),
    ],
)
def test_what_would_go_wrong_is_found(store: Store, changes: dict[str, Any], finding: tuple[str, str]) -> None:
    assert found(store, **changes) == [finding]
    (one,) = check(store)
    assert one.sentence.endswith("。")


@pytest.mark.parametrize(
    "changes",
    [
        {"draw_points": 30, "pass_points": 30},
        {"draw_points": 210, "counts": "sum"},
        {"draw_points": 10**6, "counts": "sum", "closes_ms": None},
        {"closes_ms": None},
        {"hours": (0, 1440)},
        {"reminder_hour": 19, "hours": (540, 1200)},
        {"reminder_hour": 22, "quiet_from": 0, "quiet_until": 0},
        {"seconds_per_attempt": 600, "least_ms_per_question": 1_000},
        {"keyword": "节能"},
        {"attempts_per_day": 2, "attempts_in_all": 10},
        {"mode": "practice", "same_paper": True},
        {"opens_ms": NOW + DAY},
    ],
)
def test_what_is_unusual_and_well_is_not_found(store: Store, changes: dict[str, Any]) -> None:
    assert found(store, **changes) == []


def test_the_days_of_a_sum_are_those_on_which_it_can_be_played(store: Store) -> None:
    """Seven times 24 hours from 09:00 on touch eight days; with the mornings alone it is seven."""
    assert found(store, draw_points=240, counts="sum") == []
    with store.transaction() as session:
        keeping.edit(session, "week", replace(PLAN, draw_points=240, counts="sum", hours=(540, 660)), now=NOW)
    assert "而满分只有 210" in sentence(store)
    with store.transaction() as session:
        keeping.edit(session, "week", replace(PLAN, draw_points=61, counts="sum", attempts_in_all=2), now=NOW)
    assert "而满分只有 60" in sentence(store)


def test_a_window_in_the_past_is_told_with_its_end(store: Store) -> None:
    assert found(store, now=NOW + 7 * DAY) == [("error", "closes_ms")]
    (one,) = check(store, now=NOW + 7 * DAY)
    assert "2026年7月11日 09:00" in one.sentence


@given(
    st.integers(0, 4_000),
    st.integers(1, 4_000),
    st.tuples(st.integers(0, 700), st.integers(701, 1440)) | st.none(),
    st.sampled_from(["Asia/Shanghai", "Asia/Kathmandu", "UTC"]),
    st.integers(-3_000, 9_000),
)
def test_the_time_that_is_left_is_the_sum_of_its_minutes(
    first: int, length: int, hours: tuple[int, int] | None, zone: str, ahead: int
) -> None:
    """Each minute looked at by itself, as `Edition.is_within_hours` does."""
    opens = NOW + first * MINUTE
    start, until = hours or (None, None)
    planned = tables.Campaign(
        opens_ms=opens, closes_ms=opens + length * MINUTE, hours_from=start, hours_until=until, timezone=zone
    )
    now = NOW + ahead * MINUTE
    played = [
        at
        for at in range(max(opens, now), opens + length * MINUTE, MINUTE)
        if hours is None or hours[0] <= minute_of_day(at, zone) < hours[1]
    ]
    days = len({day_number(at, zone) for at in played})
    assert _days(planned, now) == Days(days, len(played) * MINUTE)


def test_hours_that_are_over_on_the_last_day_leave_no_time(store: Store) -> None:
    closes = NOW + 8 * HOUR
    assert found(store, closes_ms=closes, hours=(540, 660)) == []
    assert [one.field for one in check(store, now=NOW + 2 * HOUR)] == ["hours"]
    assert "09:00-11:00" in check(store, now=NOW + 2 * HOUR)[0].sentence
    assert check(store, now=NOW + 2 * HOUR - MINUTE) == []


def test_time_for_all_questions_is_compared_with_that_of_the_attempt(store: Store) -> None:
    assert found(store, seconds_per_question=30, seconds_per_attempt=80) == [
        ("warning", "seconds_per_attempt"),
        ("warning", "seconds_per_question"),
    ]
    assert "合起来 90 秒" in check(store)[0].sentence


def test_nobody_is_as_quick_as_to_read_in_no_time(store: Store) -> None:
    assert ("error", "least_ms_per_question") in found(store, seconds_per_question=2, least_ms_per_question=2_000)


def test_each_part_says_how_many_questions_it_lacks(store: Store) -> None:
    bring_bank(store, "water", statements(range(1, 4), "节水"))
    recipe = (Part(2, kind=Kind.BLANK), Part(5, "water", category="节水"), Part(1))
    assert found(store, recipe=recipe) == [("error", "recipe"), ("error", "recipe")]
    first, second = (one.sentence for one in check(store))
    assert first.startswith("第 1 部分（填空）可以出的题只有 1 道，而要出 2 道，还差 1 道")
    assert second.startswith("第 2 部分（节水）可以出的题只有 3 道，而要出 5 道，还差 2 道")


def test_questions_too_long_for_a_chat_are_counted(store: Store) -> None:
    bring(store, ["短" * 20, "长" * 600, "中" * 600])
    create(store)
    assert "有 2 道题太长" in sentence(store)


def test_options_count_as_well(store: Store) -> None:
    long = Question("1", Kind.SINGLE, "哪个对？", options_of(["甲" * 300, "乙" * 300]), ("A",))
    bring_bank(store, "energy", [long, *statements(range(2, 5))])
    create(store)
    assert "有 1 道题太长" in sentence(store)


def test_units_without_headcounts_are_named_where_it_matters(store: Store) -> None:
    with store.transaction() as session:
        units.add(session, "C", "某市", level="city")
        for n in range(1, 6):
            units.add(session, f"C{n}", f"{n} 局", "C", headcount=10 if n == 5 else None)
    assert found(store) == [("warning", "unit_ranking")]
    assert "1 局、2 局、3 局 等 4 个单位没有填应参与人数" in sentence(store)
    with store.transaction() as session:
        keeping.edit(session, "week", replace(PLAN, units=("C5",)), now=NOW)
    assert check(store) == []
    with store.transaction() as session:
        keeping.edit(session, "week", replace(PLAN, units=("C5",), least_headcount=11), now=NOW)
    assert "没有一个单位达到 11 人" in sentence(store)


def test_a_roster_elsewhere_is_of_no_use(store: Store) -> None:
    with store.transaction() as session:
        here, there = units.add(session, "A", "甲局", headcount=5), units.add(session, "B", "乙局", headcount=5)
        session.add(tables.Person(name="张三", unit_id=there, rostered=True, created_ms=NOW))
        session.add(tables.Person(name="", unit_id=here, created_ms=NOW))
    assert found(store, admission="roster", units=("A",)) == [("error", "admission")]
    with store.transaction() as session:
        session.add(tables.Person(name="李四", unit_id=here, rostered=True, created_ms=NOW))
    assert check(store) == []


def test_what_the_door_knows_is_listed_with_the_rest(store: Store) -> None:
    found(store, keyword="排名", organiser="")
    with store.reading() as session:
        listed = keeping.check(session, "week", NOW, "外面打不开。", lambda text: text == "排名")
    assert [(one.severity, one.field) for one in listed] == [("error", "keyword"), ("warning", "organiser"),
                                                             ("warning", "")]  # fmt: skip
    assert listed[2].sentence == "外面打不开。"


def test_of_a_published_campaign_only_what_can_be_mended_is_listed(store: Store) -> None:
    assert found(store, same_paper=True, reminder_hour=22) == [("warning", "reveals"), ("warning", "reminder_hour")]
    publish(store)
    assert [one.field for one in check(store)] == ["reminder_hour"]
    with store.transaction() as session:
        keeping.close(session, "week", NOW)
    with pytest.raises(Refused, match="已经结束"):
        check(store)
