"""Time limits, and when verdicts and results are told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from campaign_made import CLOSES, PLAN, QUESTIONS, SUMMER, make_campaign
from phone import Page, Phone

from campaigns.store import Store

RIGHT: list[dict[str, str | list[str]]] = [
    {"option": "C"},
    {"option": "B"},
    {"option": ["A", "B", "D"]},
    {"blank": "1000"},
]


def answer_all(phone: Phone, page: Page) -> Page:
    for fields in RIGHT:
        page = phone.submit(page.form, **fields)
    return page


def test_a_question_says_until_when_it_waits_and_the_next_one_follows(
    phone: Phone, store: Store, clock: object
) -> None:
    make_campaign(store, replace(PLAN, slug="timed", seconds_per_question=30))
    page = phone.begin("/q/timed")
    assert "请在 09:00:30 前提交" in page.text
    assert 'src="/pages/static/timer.js' in page.html
    clock.pass_seconds(34)
    late = phone.submit(page.form, option="C")
    assert "时间到，上一题没有计分，请答这一题。" in late.text
    assert "⏱ 时间到，这题没有作答" in late.text
    assert "第2/4题" in late.text
    assert "请在 09:01:04 前提交" in late.text


def test_an_attempt_whose_time_is_up_is_handed_in(phone: Phone, store: Store, clock: object) -> None:
    make_campaign(store, replace(PLAN, slug="timed", seconds_per_attempt=60))
    page = phone.submit(phone.begin("/q/timed").form, option="C")
    assert "请在 09:01:00 前提交" in page.text
    clock.pass_seconds(70)
    end = phone.submit(page.form, option="B")
    assert end.path.startswith("/q/timed/result")
    assert "时间到，已自动交卷，没有答的题不得分。" in end.text
    assert "得分 10 分" in end.text
    assert "用时 1分00秒" in end.text
    assert "错题（3）" in phone.open("/q/timed/review").text


def test_nobody_is_hurried_by_a_campaign_without_limits(phone: Phone) -> None:
    assert "<script" not in phone.begin("/q/week").html


def test_an_answer_that_nobody_can_have_read_the_question_for_costs_nothing(
    phone: Phone, store: Store, clock: object
) -> None:
    make_campaign(store, replace(PLAN, slug="slow", least_ms_per_question=2_000))
    page = phone.submit(phone.begin("/q/slow").form, option="C")
    assert "提交得太快，没有计入，请看清题目再提交。" in page.text
    assert "第1/4题" in page.text
    clock.pass_seconds(2)
    assert "✅" in phone.submit(page.form, option="C").text


def test_what_is_told_at_the_end_is_not_told_before(phone: Phone, store: Store) -> None:
    make_campaign(store, replace(PLAN, slug="end", reveals="at_end"))
    page = phone.submit(phone.begin("/q/end").form, option="A")
    assert "已记录您的回答。" in page.text
    for hidden in ("✅", "❌", "当前得分", SUMMER.explanation):
        assert hidden not in page.text
    for fields in RIGHT[1:]:
        page = phone.submit(page.form, **fields)
    assert "得分 30 分" in page.text
    assert SUMMER.explanation in phone.open("/q/end/review").text


def test_what_is_told_after_the_close_is_told_nowhere_before(phone: Phone, store: Store, clock: object) -> None:
    make_campaign(store, replace(PLAN, slug="close", reveals="after_close"))
    end = answer_all(phone, phone.begin("/q/close"))
    assert "已交卷" in end.text
    assert "2026年7月5日 17:00" in end.text
    paths = ("", "/result", "/result?after=1", "/review", "/record", "/rankings", "/rankings/units")
    for path in paths:
        page = phone.open(f"/q/close{path}")
        assert "40" not in page.text.replace("满分 40 分", ""), path
        assert SUMMER.explanation not in page.text, path
    assert phone.open("/q/close/result.png").status == 404
    clock.now = CLOSES
    assert "得分 40 分" in phone.open("/q/close/result").text
    assert "第 1 名（共 1 人）" in phone.open("/q/close/rankings").text
    assert all(question.stem in phone.open("/q/close/review?show=all").text for question in QUESTIONS)


def test_some_right_options_are_told_apart_from_all_and_none(phone: Phone, store: Store) -> None:
    make_campaign(store, replace(PLAN, slug="half", partial="half"))
    page = phone.begin("/q/half")
    for fields in ({"option": "C"}, {"option": "B"}):
        page = phone.submit(page.form, **fields)
    assert "少选得部分分，选错不得分" in page.text
    assert "◐ 部分正确，+5分" in phone.submit(page.form, option=["A", "B"]).text


def test_practice_has_no_ranks(phone: Phone, store: Store) -> None:
    make_campaign(store, replace(PLAN, slug="practice", mode="practice"))
    assert "这里是练习，不计名次" in phone.open("/q/practice").text
    end = answer_all(phone, phone.begin("/q/practice"))
    assert "得分 40 分" in end.text
    assert "练习成绩，不计名次。" in end.text
    assert "抽奖资格" not in end.text
    assert "练习不计名次。" in phone.open("/q/practice/rankings").text


@pytest.mark.parametrize(("hour", "state"), [(9, "进行中"), (13, "未到时间 每天 09:00–12:00 可以答题，请到时再来。")])
def test_outside_its_hours_a_campaign_rests(phone: Phone, store: Store, clock: object, hour: int, state: str) -> None:
    make_campaign(store, replace(PLAN, slug="hours", hours=(540, 720)))
    clock.pass_seconds((hour - 9) * 3_600)
    page = phone.open("/q/hours")
    assert state in page.text
    assert bool(page.forms) == (hour == 9)
