from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from keeping_made import NOW, PLAN, bring, bring_bank, statements

from campaigns import keeping, pictures, units
from campaigns.clock import DAY, HOUR
from campaigns.errors import PlanRefused
from campaigns.keeping import CHOICES, MARKED_KINDS, Part, Plan, plan_values, read_plan, settled, write_plan
from campaigns.keeping.plan_files import plan_from
from campaigns.keeping.plans import faults
from campaigns.keeping.written_times import closing, moment, moment_text
from campaigns.prizes.rules import COLLECTING, KINDS, TIES, PlannedGroup, PlannedPrize, Release, TicketRule
from campaigns.store import Store, open_store
from questions.model import Kind

ZONE = "Asia/Shanghai"
LEAST = """
slug = "week"
name = "节能宣传周知识问答"
organiser = "机关事务管理局"
bank = "energy"
opens = "2026-07-04 09:00"
closes = "2026-07-11 09:00"
questions = 3
"""

ONE = "prize_group = [{name = '奖', kind = 'instant', prize = [{name = '杯', "

lines = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)
proses = st.text(st.one_of(st.sampled_from('\n\t"\\#='), st.characters(exclude_categories=("Cs", "Cc"))), max_size=40)
zones = st.sampled_from(["Asia/Shanghai", "Asia/Urumqi", "Europe/Berlin", "America/St_Johns", "UTC"])
moments = st.integers(NOW - 900 * DAY, NOW + 900 * DAY)
some = st.integers(1, 100)
parts = st.builds(
    Part, st.integers(1, 20), st.sampled_from(["", "water"]), st.sampled_from([None, *MARKED_KINDS]), lines, lines
)


names = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=8)


@st.composite
def prizes(draw: st.DrawFn, name: str, kind: str, opens: int) -> PlannedPrize:
    if kind != "instant":
        return PlannedPrize(name, draw(some))
    releases = draw(st.lists(st.builds(Release, st.integers(opens, opens + DAY - 1), some), max_size=2))
    stock = sum(release.count for release in releases) or draw(some)
    return PlannedPrize(name, stock, draw(st.integers(1, 1_000_000)), tuple(releases))


@st.composite
def prize_groups(draw: st.DrawFn, opens: int) -> tuple[PlannedGroup, ...]:
    found = [PlannedGroup("证", "passed", least_points=draw(some))] if draw(st.booleans()) else []
    for name in draw(st.lists(names, max_size=2, unique=True)):
        kind = draw(st.sampled_from(["rank", "draw", "instant"]))
        found.append(
            PlannedGroup(
                name=f"{name}组",
                kind=kind,
                prizes=tuple(draw(prizes(one, kind, opens)) for one in draw(st.lists(names, min_size=1, unique=True))),
                least_points=0 if kind == "draw" else draw(some),
                unit_quota=draw(st.none() | some),
                ties=draw(st.sampled_from(TIES)) if kind == "rank" else "time",
                collecting=draw(st.sampled_from(COLLECTING)),
                place=draw(proses),
                claim_days=draw(st.none() | some),
            )
        )
    return tuple(found)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    opens, mode = draw(moments), draw(st.sampled_from(CHOICES["mode"]))
    return settled(
        Plan(
            slug=draw(st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True)),
            name="名" + draw(lines),
            bank="energy",
            opens_ms=opens,
            closes_ms=draw(st.none() | st.integers(opens + DAY, opens + 900 * DAY)),
            timezone=draw(zones),
            questions_per_paper=draw(some),
            theme=draw(lines),
            organiser=draw(lines),
            points={kind: draw(st.integers(0, 20)) for kind in draw(st.sets(st.sampled_from(MARKED_KINDS)))}
            | {Kind.SINGLE: draw(some)},
            keyword=draw(st.text("节能ab", max_size=8)),
            reminder_hour=draw(st.none() | st.integers(0, 23)),
            quiet_from=draw(st.integers(0, 23)),
            brand=draw(lines),
            picture_sha256=draw(st.none() | st.just("a" * 64)),
            hours=draw(st.none() | st.tuples(st.integers(0, 600), st.integers(601, 1440))),
            recipe=tuple(draw(st.lists(parts, max_size=3))),
            units=tuple(draw(st.lists(st.sampled_from(["U01", "U02", "U03"]), unique=True))),
            privacy_notice=draw(proses),
            keep_days=draw(st.none() | st.integers(1, 3_650)),
            tickets=draw(st.builds(TicketRule, some, some, some, st.just(0) | st.integers(100, 1_000))),
            **{name: draw(st.sampled_from(choices)) for name, choices in CHOICES.items()} | {"mode": mode},
            prize_groups=() if mode == "practice" else draw(prize_groups(opens)),
            **{name: draw(st.booleans()) for name in _NAMES[bool]},
            **{name: draw(st.none() | some) for name in _NAMES[None]},
        )
    )


_NAMES: dict[Any, tuple[str, ...]] = {
    bool: ("shuffle_questions", "shuffle_options", "two_person", "reviewed_only", "same_paper"),
    None: ("attempts_in_all", "attempts_per_day", "seconds_per_question", "seconds_per_attempt"),
}


@given(plans(), zones)
@example(settled(replace(PLAN, privacy_notice='"""\n\\u0041\x7f'.replace("\x7f", ""))), ZONE)
def test_what_is_written_is_read_as_the_same_plan(plan: Plan, zone: str) -> None:
    assert faults(plan) == {}
    assert read_plan(write_plan(plan), zone) == plan


@pytest.fixture
def sqlite(sqlite_url: str) -> Iterator[Store]:
    store = open_store(sqlite_url)
    bring(store)
    bring_bank(store, "water", statements(range(1, 3)))
    with store.transaction() as session:
        pictures.keep(session, [("a" * 64, b"\x89PNG")], NOW)
        for code in ("U01", "U02", "U03"):
            units.add(session, code, code)
    yield store
    store.close()


@given(plan=plans())
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_shown_of_a_campaign_makes_the_same_one(sqlite: Store, plan: Plan) -> None:
    with sqlite.reading() as session:  # what is written in it is rolled back
        keeping.create(session, plan, "salt", NOW)
        shown = write_plan(keeping.plan_of(session, plan.slug))
    read = read_plan(shown, ZONE)
    assert replace(read, units=()) == replace(plan, units=())
    assert sorted(read.units) == sorted(plan.units)


def test_every_decision_is_a_key() -> None:
    groups = (PlannedGroup("奖", "rank", (PlannedPrize("杯", 1),)),)
    written = tomllib.loads(write_plan(replace(PLAN, recipe=(Part(2, kind=Kind.BLANK), Part(1)), prize_groups=groups)))
    keys = {"opens_ms": "opens", "closes_ms": "closes", "picture_sha256": "picture", "questions_per_paper": "questions"}
    keys |= {"quiet_from": "quiet", "quiet_until": "quiet", "recipe": "part", "prize_groups": "prize_group"}
    every = {keys.get(field.name, field.name) for field in fields(Plan)}
    assert set(plan_values(PLAN)) | {"part", "prize_group"} == every
    unset = {"picture", "hours", "attempts_in_all", "attempts_per_day", "seconds_per_question", "seconds_per_attempt"}
    assert every - set(written) == {*unset, "reminder_hour", "keep_days", "questions"}


def test_a_file_needs_only_what_nobody_else_can_know() -> None:
    assert read_plan(LEAST, ZONE) == PLAN


def test_a_file_reads_as_people_write_it() -> None:
    plan = read_plan(
        LEAST.replace("questions = 3", "")
        + """
hours = "9:00 - 17:00"   # no answers at night
closes = 2026-07-05      # a day alone: all of it
quiet = "22-7"
mode = "daily"
units = ["U01", "U02"]
[points]
multiple = 20
[[part]]
count = 5
kind = "single"
[[part]]
count = 5
bank = "water"
category = "节水"
difficulty = "易"
""".replace("closes = 2026-07-05      # a day alone: all of it\n", ""),
        ZONE,
    )
    assert plan.hours == (540, 1020)
    assert (plan.quiet_from, plan.quiet_until, plan.mode, plan.attempts_per_day) == (22, 7, "daily", 1)
    assert plan.points == {Kind.SINGLE: 10, Kind.MULTIPLE: 20, Kind.TRUE_FALSE: 10, Kind.BLANK: 10}
    assert plan.recipe == (Part(5, kind=Kind.SINGLE), Part(5, "water", None, "节水", "易"))
    assert (plan.questions_per_paper, plan.units) == (10, ("U01", "U02"))


@pytest.mark.parametrize(
    ("written", "closes_ms"),
    [
        ('"2026-07-05"', NOW + 39 * HOUR),
        ("2026-07-05", NOW + 39 * HOUR),
        ("2026-07-05T17:00:00", NOW + 32 * HOUR),
        ('"2026-07-05 17:00"', NOW + 32 * HOUR),
        ("2026-07-05T17:00:00+09:00", NOW + 31 * HOUR),
    ],
)
def test_times_may_be_written_with_quotes_and_without(written: str, closes_ms: int) -> None:
    assert read_plan(LEAST.replace('"2026-07-11 09:00"', written), ZONE).closes_ms == closes_ms


def test_a_zone_of_its_own_is_the_one_of_its_times() -> None:
    assert read_plan(LEAST + 'timezone = "Asia/Urumqi"', ZONE).opens_ms == NOW + 2 * HOUR


@pytest.mark.parametrize(
    ("line", "key", "reason"),
    [
        ('organizer = "局"', "organizer", "是不是 organiser"),
        ("colour = 3", "colour", "没有这个项目"),
        ("theme = 3", "theme", "要写成加引号的文字，现在是 3"),
        ('draw_points = "20"', "draw_points", "要写成整数"),
        ("draw_points = true", "draw_points", "要写成整数"),
        ("draw_points = 99999999999", "draw_points", "要写成整数"),
        ("two_person = 1", "two_person", "要写成true 或 false"),
        ('hours = "9-17"', "hours", "09:00-17:00"),
        ('hours = "9:00-17:60"', "hours", "09:00-17:00"),
        ('hours = "17:00-09:00"', "hours", "晚于"),
        ('quiet = "night"', "quiet", "21-8"),
        ('quiet = "21-30"', "quiet", "0 到 23"),
        ('timezone = "Beijing"', "timezone", '没有 "Beijing" 这个时区'),
        ("timezone = 8", "timezone", "加引号的文字"),
        ('units = "U01"', "units", "U01"),
        ("units = [1]", "units", "单位代码"),
        ("points = 10", "points", r"[points]"),
        ("points.essay = 10", "points.essay", "没有这种题型"),
        ("points.single = 1.5", "points.single", "要写成整数"),
        ("part = 5", "part", "[[part]]"),
        ("part = [{}]", "part.1.count", "part 第 1 节的 count：必须写上"),
        ("part = [{count = 0}]", "part.1.count", "1 到 1000"),
        ("part = [{count = 3, kind = 'essay'}]", "part.1.kind", "没有这种题型"),
        ("part = [{count = 3, sort = 'single'}]", "part.1.sort", "没有这个项目"),
        ("part = [{count = 3, category = 1}]", "part.1.category", "加引号的文字"),
        ("part = [{count = 2}]", "questions", "写的是 3，而各部分合起来是 2"),
        ('mode = "party"', "mode", "practice、formal、daily"),
        ("attempts_per_day = 0", "attempts_per_day", "至少一次"),
        ('wins = "once"', "wins", "campaign、group、any"),
        ("tickets = 3", "tickets", "[tickets]"),
        ("tickets.base = '1'", "tickets.base", "要写成整数"),
        ("tickets.per_days = 1", "tickets.per_days", "没有这个项目，是不是 per_day？"),
        ("tickets.base = 0", "tickets.base", "至少 1 张"),
        ("prize_group = 1", "prize_group", "[[prize_group]]"),
        ("prize_group = [{name = '奖'}]", "prize_group.1.kind", "必须写上"),
        ("prize_group = [{name = '奖', kind = 'gift'}]", "prize_group.1.kind", "rank、draw、instant、passed"),
        ("prize_group = [{name = '奖', kind = 'draw', prize = 1}]", "prize_group.1.prize", "[[prize_group.prize]]"),
        ("prize_group = [{name = '奖', kind = 'draw', quota = 1}]", "prize_group.1.quota", "是不是 unit_quota？"),
        (ONE + "stock = 1, odds = 2}]}]", "prize_group.1.prize.1.odds", "加引号的文字"),
        (ONE + "stock = 1, odds = '2'}]}]", "prize_group.1.prize.1.odds", "2.5%"),
        (ONE + "stock = 1, odds = '0.00001%'}]}]", "prize_group.1.prize.1.odds", "四位小数"),
        (ONE + "stock = 1, odds = '101%'}]}]", "prize_group.1.prize.1.odds", "100%"),
        (ONE + "odds = '1%'}]}]", "prize_group.1.prize.1.stock", "必须写上"),
        (ONE + "stock = 1, odds = '1%', releases = ['soon']}]}]", "prize_group.1.prize.1.releases", "09:00 = 10"),
        (ONE + "stock = 1, odds = '1%', releases = '9'}]}]", "prize_group.1.prize.1.releases", "09:00 = 10"),
    ],
)
def test_each_mistake_is_a_sentence_that_names_its_key(line: str, key: str, reason: str) -> None:
    with pytest.raises(PlanRefused) as refused:
        read_plan(LEAST + line, ZONE)
    (told,) = refused.value.faults.items()
    assert told[0] == key
    assert told[1].startswith((f"{key}：", "part 第", "tickets 的 ", "prize_group 第"))
    assert reason in told[1]
    assert told[1].endswith(("。", "？"))


@pytest.mark.parametrize("value", ["tomorrow", "2026-13-01", "12:00", "9999-12-31"])
def test_what_is_no_time_is_told(value: str) -> None:
    with pytest.raises(PlanRefused) as refused:
        read_plan(LEAST.replace("2026-07-11 09:00", value), ZONE)
    assert list(refused.value.faults) == ["closes"]


def test_all_mistakes_are_told_together() -> None:
    with pytest.raises(PlanRefused) as refused:
        read_plan('name = 3\nopens = "soon"\ncolour = "red"\nhours = 9\nmode = "party"', ZONE)
    assert set(refused.value.faults) == {"slug", "bank", "questions", "name", "opens", "colour", "hours", "mode"}
    assert len(str(refused.value).splitlines()) == 8


@pytest.mark.parametrize("text", ["", "slug", "slug = week", "a" * 10, "[" * 5_000, "x = " + "[" * 5_000])
def test_what_is_no_plan_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(PlanRefused, match=r"必须写上|TOML"):
        read_plan(text, ZONE)


_INNER_KEYS = st.sampled_from(["count", "kind", "single", "name", "prize", "base"])


@given(st.dictionaries(st.sampled_from([*plan_values(PLAN), "part", "prize_group", "x"]), st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_INNER_KEYS, inner),
    max_leaves=5,
)))  # fmt: skip
def test_whatever_a_file_says_is_read_or_refused(values: dict[str, Any]) -> None:
    with suppress(PlanRefused):
        assert faults(plan_from(plan_values(PLAN) | values, ZONE)) == {}


@given(st.integers(NOW - 20 * 365 * DAY, NOW + 20 * 365 * DAY), zones)
@example(1_792_892_700_000, "Europe/Berlin")
@example(1_792_892_700_000 - HOUR, "Europe/Berlin")
def test_a_moment_is_written_so_that_it_is_read_again(ms: int, zone: str) -> None:
    assert moment(moment_text(ms, zone), zone) == ms


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("2026-07-04 09:00", NOW),
        ("2026-07-04T09:00", NOW),
        (" 2026-07-04 ", NOW - 9 * HOUR),
        ("2026-07-04 09:00:07", NOW + 7_000),
        ("2026-07-04 01:00Z", NOW),
    ],
)
def test_a_moment_is_read_in_its_zone(text: str, ms: int) -> None:
    assert moment(text, ZONE) == ms


@pytest.mark.parametrize(
    ("text", "ms"), [("2026-07-04 09:00", NOW), ("2026-07-03", NOW - 9 * HOUR), ("2026-12-31", 1_798_732_800_000)]
)
def test_a_day_that_something_closes_on_is_its_own_last_one(text: str, ms: int) -> None:
    assert closing(text, ZONE) == ms


def test_a_day_is_as_long_as_its_zone_has_it() -> None:
    first, last = moment("2026-03-29", "Europe/Berlin"), closing("2026-03-29", "Europe/Berlin")
    assert first is not None
    assert last == first + 23 * HOUR


@pytest.mark.parametrize("text", ["", "2026-7", "09:00", "2026-02-30", "tomorrow", "1066-10-14", "9999-12-31"])
def test_what_is_no_moment_is_none(text: str) -> None:
    assert moment(text, ZONE) is None
    assert closing(text, ZONE) is None


def test_the_page_for_organisers_shows_every_key_and_is_a_plan() -> None:
    page = (Path(__file__).parents[3] / "docs" / "campaigns.md").read_text("utf-8")
    (shown,) = re.findall(r"^```toml\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    plan = read_plan(shown, ZONE)
    assert [part.count for part in plan.recipe] == [5, 5]
    told = {*tomllib.loads(shown), "picture", "questions"}
    assert told == {*plan_values(PLAN), "part", "prize_group"}
    assert [group.kind for group in plan.prize_groups] == list(KINDS)
