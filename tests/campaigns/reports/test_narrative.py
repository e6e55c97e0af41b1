from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.reports import narrative
from campaigns.reports.content import Counted, Turnout, percent, points, suggested_title
from campaigns.reports.samples import empty, full

WHOLE = replace(full(), unit=None)


def test_a_bulletin_tells_who_took_part_what_they_reached_and_what_they_know() -> None:
    assert narrative.paragraphs(WHOLE) == (
        "市机关事务管理局组织的以“绿色转型，节能攻坚”为主题的“节能知识答题”（亭·节能 绿色+）已经结束，"
        "活动时间为2026年7月4日至7月10日。活动在线上答题，每人每次回答10道题，得60分为合格。",
        "截至2026年7月10日 09:00，共有420人参加答题，答完510次。应参与500人，其中400人完成答题，参与率80%。"
        "其中通过公众号参加的300人、通过网页参加的120人。",
        "有成绩的400人平均得分82.3分，其中360人合格，合格率90%。得90—99分的人最多，有49人，占12.2%。",
        "4个单位中，有4个单位有人完成答题。参与率居前的是市机关事务管理局（87.2%）、市财政局（86.4%）、"
        "市教育局（85.6%）、市水务局（84.8%）。",
        "7月10日答题最为集中，当天答完70次。",
        "从各题的正确率看，掌握较好的有“公共建筑夏季空调温度设置一般不低于多少摄氏度？”（正确率93.1%）；"
        "掌握不够的有“电器待机不耗电”（正确率41.2%），可以作为下一步宣传的重点。",
        "活动设有幸运奖（抽奖）：保温杯10份。已有10份奖品产生获奖者，发放6份。",
    )


def test_a_unit_is_told_where_it_stands_among_its_like() -> None:
    said = "".join(narrative.paragraphs(full()))
    assert "市机关事务管理局共有420人参加答题" in said
    assert "按参与率，在参加排名的4个单位中排第1名" in said
    assert "4个下级单位中" in said


def test_what_is_not_known_is_not_said() -> None:
    said = "".join(narrative.paragraphs(empty()))
    assert said == (
        "“节能知识答题”正在进行，活动时间为自2026年7月4日起。活动在线上答题，每人每次回答10道题。"
        "截至2026年7月10日 09:00，还没有人参加答题。"
    )
    without = replace(WHOLE, headcount=None, units=(), questions=(), prizes=(), winners=())
    assert "应参与" not in "".join(narrative.paragraphs(without))
    gone = replace(without, turnout=replace(without.turnout, finished=None))
    assert "答完" not in narrative.paragraphs(gone)[1]


def test_more_than_should_take_part_is_told_for_a_doubt() -> None:
    said = narrative.paragraphs(replace(WHOLE, entrants=520, turnout=replace(WHOLE.turnout, ranked=520)))[1]
    assert "参与率100%" in said
    assert "应参与人数有待核对" in said


def test_who_is_of_no_unit_is_counted_apart() -> None:
    said = narrative.paragraphs(replace(WHOLE, turnout=replace(WHOLE.turnout, ranked=412)))[1]
    assert "另有12人完成答题，没有归入参加的单位" in said


def test_the_sections_of_a_summary_are_numbered_without_gaps_and_the_own_words_come_next() -> None:
    assert [one.heading for one in narrative.sections(WHOLE)] == [
        "一、基本情况",
        "二、参与情况",
        "三、答题成绩",
        "四、题目分析",
        "五、奖励情况",
    ]
    assert narrative.next_heading(WHOLE) == "六、主要做法和体会"
    assert [one.heading for one in narrative.sections(empty())] == ["一、基本情况", "二、参与情况"]
    assert narrative.next_heading(empty()) == "三、主要做法和体会"


def test_a_summary_and_a_bulletin_say_the_same() -> None:
    told = [text for one in narrative.sections(WHOLE) for text in one.paragraphs]
    assert sorted(told) == sorted(narrative.paragraphs(WHOLE))


def test_units_are_compared_by_what_they_are_ranked_by() -> None:
    for measure, said in {"平均分": "市机关事务管理局（83.5分）", "总分": "（8999分）", "合格率": "（90%）"}.items():
        assert said in "".join(narrative.paragraphs(replace(WHOLE, measure=measure)))


def test_units_where_nobody_took_part_are_named() -> None:
    absent = tuple(replace(one, entrants=0, rank=None) for one in WHOLE.units[1:])
    said = "".join(narrative.paragraphs(replace(WHOLE, units=(WHOLE.units[0], *absent))))
    assert "市财政局、市教育局、市水务局3个单位还没有人完成答题" in said


@given(st.integers(0, 300), st.integers(1, 300))
def test_only_nobody_is_none_and_only_all_are_all(some: int, of: int) -> None:
    share = min(some, of) / of
    assert (percent(share) == "0%") == (some == 0)
    assert (percent(share) == "100%") == (some >= of)


def test_figures_are_written_without_needless_digits() -> None:
    assert [percent(None), percent(0.5), percent(0.4125), percent(0.9999), percent(0.0001)] == [
        "—",
        "50%",
        "41.2%",
        "99.9%",
        "0.1%",
    ]
    assert [points(None), points(80.0), points(82.34)] == ["—", "80", "82.3"]


@pytest.mark.parametrize(("kind", "unit"), [("summary", ""), ("bulletin", ""), ("summary", "市财政局")])
def test_a_report_has_a_name_of_its_own(kind: str, unit: str) -> None:
    title = suggested_title(kind, "节能答题", unit)
    assert "节能答题" in title
    assert unit in title


def test_days_that_are_level_are_all_named_and_points_that_are_level_are_not() -> None:
    level = (Counted("7月4日", 3), Counted("7月5日", 3), Counted("7月6日", 1))
    said = "".join(narrative.paragraphs(replace(WHOLE, turnout=replace(WHOLE.turnout, days=level, histogram=level))))
    assert "7月4日、7月5日答题最为集中，每天答完3次。" in said
    assert "的人最多" not in said


def test_one_day_alone_is_no_peak() -> None:
    turnout = Turnout(people=3, finished=3, ranked=3, average=1.0, passed=3, days=(Counted("7月4日", 3),))
    assert "最为集中" not in "".join(narrative.paragraphs(replace(WHOLE, turnout=turnout)))
