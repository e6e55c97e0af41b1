from __future__ import annotations

from dataclasses import replace

import pytest
from campaign_made import PLAN
from hypothesis import given
from hypothesis import strategies as st
from visitors import NOW
from werkzeug.datastructures import MultiDict

from admin.campaigns.campaign_form import (
    CHOICES,
    SECTIONS,
    TICKS,
    CampaignForm,
    elsewhere,
    empty_form,
    form_of,
    read_form,
    read_plan_of,
    reshaped,
    summaries,
)
from admin.prizes.plan_form import CHOICES as PRIZE_CHOICES
from campaigns.errors import Refused
from campaigns.keeping import CHOICES as WORDS
from campaigns.keeping import Part, Plan, settled
from campaigns.prizes.rules import PlannedGroup, PlannedPrize, TicketRule
from questions.model import Kind

MINUTE = 60_000
WHOLE = st.integers(0, 1_000)
LIMIT = st.none() | st.integers(1, 1_000)
TEXT = st.text(alphabet="节能 week+·", max_size=12)
PARTS = st.builds(
    Part,
    st.integers(1, 250),
    st.sampled_from(["", "other"]),
    st.none() | st.sampled_from([Kind.SINGLE, Kind.BLANK]),
    TEXT,
    st.sampled_from(["", "易"]),
)
PLANS = st.builds(
    replace,
    st.just(PLAN),
    theme=TEXT,
    brand=TEXT,
    closes_ms=st.none() | st.integers(1, 99).map(lambda days: PLAN.opens_ms + days * 1_440 * MINUTE),
    timezone=st.sampled_from(["Asia/Shanghai", "Asia/Urumqi", "Europe/London"]),
    recipe=st.lists(PARTS, max_size=4).map(tuple),
    questions_per_paper=st.integers(1, 1_000),
    points=st.fixed_dictionaries({kind: st.integers(0, 99) for kind in Kind if kind is not Kind.ESSAY}).filter(
        lambda points: any(points.values())
    ),
    **{name: st.booleans() for name in TICKS},
    **{name: st.sampled_from(words) for name, words in WORDS.items()},
    attempts_in_all=LIMIT,
    attempts_per_day=LIMIT,
    seconds_per_question=LIMIT,
    seconds_per_attempt=LIMIT,
    least_ms_per_question=st.integers(0, 60_000),
    pass_points=WHOLE,
    draw_points=WHOLE,
    least_headcount=WHOLE,
    hours=st.none() | st.tuples(st.integers(0, 700), st.integers(701, 1_440)),
    reminder_hour=st.none() | st.integers(0, 23),
    units=st.lists(st.sampled_from(["U01", "U02", "D-3"]), unique=True).map(tuple),
    keyword=st.sampled_from(["", "节能周"]),
    privacy_notice=st.sampled_from(["", "第一段\n\n第二段"]),
    picture_sha256=st.none() | st.just("a" * 64),
).map(settled)


def sent(form: CampaignForm) -> MultiDict[str, str]:
    """The form as a browser would send it."""
    fields = [(name, text.replace("\n", "\r\n")) for name, text in form.texts.items()]
    fields += [(name, "1") for name in form.ticks]
    for row in form.parts:
        fields += [(f"part_{name}", getattr(row, name)) for name in row.__slots__]
    hidden = [("picture_sha256", form.picture), ("version", str(form.version)), ("prizes", form.prizes)]
    return MultiDict([*fields, *hidden])


@given(PLANS)
def test_a_plan_comes_back_from_the_form_as_it_was(plan: Plan) -> None:
    form = read_form(sent(form_of(plan, 7)))
    assert form == form_of(plan, 7)
    reading = read_plan_of(form, plan.slug, replace(plan, name="草稿"))
    assert reading.errors == {}
    assert reading.plan == plan


def test_prizes_of_a_file_come_through_the_form_of_a_new_campaign() -> None:
    group = PlannedGroup("前三名", "rank", (PlannedPrize("保温杯", 3),), unit_quota=1)
    plan = settled(replace(PLAN, tickets=TicketRule(2, per_day=1), wins="group", prize_groups=(group,)))
    form = read_form(sent(form_of(plan, 0)))
    assert read_plan_of(form, plan.slug).plan == plan
    mode = {**form.texts, "mode": "practice"}
    errors = read_plan_of(replace(form, texts=mode), plan.slug).errors
    assert [sentence[:2] for sentence in elsewhere(errors)] == ["练习"]


@pytest.mark.parametrize("prizes", ["{", "[]", "null", '{"tickets": 1}', '{"prize_group": [{}]}'])
def test_prizes_that_did_not_come_whole_are_not_kept_in_part(prizes: str) -> None:
    with pytest.raises(Refused, match="重新读入"):
        read_plan_of(replace(form_of(PLAN, 0), prizes=prizes), "week")


@given(st.dictionaries(st.sampled_from(sorted({*form_of(PLAN, 1).texts, "version", "part_count"})), st.text()))
def test_whatever_is_sent_is_a_plan_or_says_beside_which_fields_it_is_none(fields: dict[str, str]) -> None:
    reading = read_plan_of(read_form(MultiDict({**sent(form_of(PLAN, 1)), **fields})))
    assert (reading.plan is None) == bool(reading.errors)
    known = {name for names in SECTIONS.values() for name in names}
    assert set(reading.errors) <= known
    assert all(sentence.endswith("。") for sentence in reading.errors.values())


def test_a_new_form_is_a_week_that_begins_tomorrow_and_lacks_only_what_nobody_can_guess() -> None:
    form = empty_form(NOW, "Asia/Shanghai", "energy", "市局")
    assert (form["opens"], form["closes"]) == ("2026-07-05T09:00", "2026-07-11T17:00")
    assert set(read_plan_of(form).errors) == {"slug", "name"}


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("opens", "明天", "请填写日期和时间"),
        ("closes", "2026-07-04T08:00", "晚于开始"),
        ("slug", "节能周", "小写字母"),
        ("attempts_per_day", "两次", "整数"),
        ("attempts_per_day", "0", "至少一次"),
        ("points_single", "-1", "整数"),
        ("hours_until", "25:00", "例如 09:00"),
        ("least_seconds_per_question", "快", "秒数"),
        ("grace_seconds", "999", "宽限"),
        ("timezone", "Mars/Olympus", "时区"),
        ("keyword", "很" * 17, "口令最多"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(field: str, text: str, sentence: str) -> None:
    form = form_of(replace(PLAN, hours=(540, 1_020)), 1)
    reading = read_plan_of(replace(form, texts={**form.texts, field: text}))
    assert list(reading.errors) == [field]
    assert sentence in reading.errors[field]


def test_several_mistakes_are_all_told_at_once() -> None:
    form = form_of(PLAN, 1)
    reading = read_plan_of(replace(form, texts={**form.texts, "name": "", "pass_points": "很多", "closes": "?"}))
    assert set(reading.errors) == {"name", "pass_points", "closes"}


def test_the_day_may_end_at_midnight() -> None:
    form = form_of(replace(PLAN, hours=(540, 1_440)), 1)
    assert form["hours_until"] == "00:00"
    plan = read_plan_of(form).plan
    assert plan is not None
    assert plan.hours == (540, 1_440)


def test_lines_of_the_recipe_are_added_and_removed_and_one_always_stays() -> None:
    form = form_of(replace(PLAN, recipe=(Part(3), Part(2, kind=Kind.SINGLE))), 1)
    assert [row.count for row in reshaped(form, "add").parts] == ["3", "2", ""]
    assert [row.count for row in reshaped(form, "remove-0").parts] == ["2"]
    assert reshaped(form, "remove-9").parts == form.parts
    assert len(reshaped(reshaped(form, "remove-0"), "remove-0").parts) == 1


def test_the_choices_are_those_that_a_plan_knows() -> None:
    shown = {**CHOICES, "wins": PRIZE_CHOICES["wins"]}
    assert {name: set(words) for name, words in WORDS.items()} == {name: set(one) for name, one in shown.items()}


def test_what_is_folded_away_is_told_in_a_line() -> None:
    told = summaries(form_of(replace(PLAN, attempts_per_day=3, seconds_per_attempt=600, pass_points=60), 1))
    assert told["rules"] == "正式答题 · 每天 3 次 · 取最好的一次 · 答完一题就公布 · 整份限时 600 秒"
    assert "合格 60 分" in told["ranking"]
