"""The rules as a chat tells them: every decision of an organiser has its words, and all of them fit one reply."""

from __future__ import annotations

from dataclasses import replace

import pytest
from campaign_made import CLOSES, COMMUTE, EDITION, OPENS, STANDBY, SUMMER

from bot.fitting import fits
from bot.rules import full_points, rules
from campaigns.editions import Edition
from campaigns.keeping.changes import Change, What
from questions.papers import PaperPart

PLAYED = replace(
    EDITION,
    name="节能宣传周有奖答题",
    opens_ms=OPENS,
    closes_ms=CLOSES,
    questions_per_paper=2,
    questions={1: SUMMER, 2: STANDBY, 3: COMMUTE},
    parts=(PaperPart(1, (1, 2)), PaperPart(1, (3,))),
)
PLAIN = rules(PLAYED).splitlines()


@pytest.mark.parametrize(
    ("edition", "line"),
    [
        (replace(PLAYED, mode="practice"), "方式：练习，不排名次，不抽奖"),
        (replace(PLAYED, mode="daily"), "方式：每日答题"),
        (replace(PLAYED, hours=(540, 1020)), "时间：2026年7月4日 09:00 至 2026年7月5日 17:00，每天 09:00–17:00"),
        (replace(PLAYED, hours=(0, 1440), closes_ms=None), "时间：2026年7月4日 09:00 起，每天 00:00–24:00"),
        (replace(PLAYED, partial="half"), "多选：少选得一半分（不足 1 分的舍去），选错不得分"),
        (replace(PLAYED, partial="each"), "多选：少选按选对的比例得分（不足 1 分的舍去），选错不得分"),
        (replace(PLAYED, seconds_per_question=20), "限时：每题 20 秒，超时不得分；网络延迟宽限 3 秒"),
        (
            replace(PLAYED, seconds_per_attempt=90, grace_seconds=5),
            "限时：每次 1分30秒，到时自动交卷，没答的题不得分；网络延迟宽限 5 秒",
        ),
        (replace(PLAYED, least_ms_per_question=1_500), "看题不足 1.5 秒的回答不计入，可以重答"),
        (replace(PLAYED, least_ms_per_question=2_000), "看题不足 2 秒的回答不计入，可以重答"),
        (replace(PLAYED, attempts_per_day=1, attempts_in_all=3), "次数：每天 1 次，共 3 次"),
        (replace(PLAYED, reveals="at_end"), "公布：交卷后公布成绩和解析"),
        (replace(PLAYED, reveals="after_close"), "公布：活动结束后公布成绩、名次和解析"),
        (replace(PLAYED, pass_points=12), "合格：12 分及以上"),
        (replace(PLAYED, admission="unit"), "参加：先选定单位"),
        (replace(PLAYED, admission="roster"), "参加：花名册上的人员，先核对单位和姓名"),
        (replace(PLAYED, draw_points=12), "抽奖：得 12 分及以上可参加。"),
        (replace(PLAYED, counts="first"), "排名：先比得分，再比用时，再比先完成；多次答题以第一次成绩为准。"),
        (replace(PLAYED, counts="last"), "排名：先比得分，再比用时，再比先完成；多次答题以最后一次成绩为准。"),
        (replace(PLAYED, counts="sum"), "排名：先比得分，再比用时，再比先完成；每天取最好成绩，各天相加。"),
    ],
)
def test_each_rule_has_its_line(edition: Edition, line: str) -> None:
    assert line not in PLAIN
    assert line in rules(edition).splitlines()


def test_practice_speaks_of_no_draw_and_no_ranks() -> None:
    told = rules(replace(PLAYED, mode="practice", draw_points=10))
    assert "抽奖：" not in told
    assert "排名：" not in told


def test_partial_points_are_no_rule_where_nothing_has_several_answers() -> None:
    assert "多选" not in rules(replace(PLAYED, partial="half", questions={1: SUMMER}, parts=()))


def test_the_full_points_are_those_of_the_best_paper_that_the_recipe_can_draw() -> None:
    assert full_points(PLAYED) == 20
    assert full_points(replace(PLAYED, points={"single": 5, "true_false": 2, "multiple": 10})) == 15


@pytest.mark.parametrize(
    ("what", "note", "values", "line"),
    [
        (What.NOTICE, "颁奖在大厅。", {}, "颁奖在大厅。"),
        (What.PAUSED, "", {}, "活动暂停"),
        (What.PAUSED, "网络检修", {}, "活动暂停（网络检修）"),
    ],
)
def test_the_last_change_is_told_with_its_reason(what: What, note: str, values: dict[str, object], line: str) -> None:
    change = Change(1, OPENS, "admin", what, values, note, "Asia/Shanghai")
    assert rules(PLAYED, change).splitlines()[-1] == f"最新变更（2026年7月4日 09:00）：{line}"


def test_all_rules_together_fit_one_reply() -> None:
    edition = replace(
        PLAYED,
        name="某某省公共机构绿色低碳节能宣传周有奖知识竞答活动" * 2,
        mode="daily",
        hours=(540, 1020),
        partial="each",
        seconds_per_question=20,
        seconds_per_attempt=600,
        least_ms_per_question=1_500,
        attempts_per_day=2,
        attempts_in_all=10,
        reveals="after_close",
        pass_points=60,
        admission="roster",
        draw_points=60,
        counts="sum",
    )
    change = Change(1, OPENS, "", What.NOTICE, {}, "请各单位于活动结束后三日内报送参与情况。" * 2, "Asia/Shanghai")
    assert fits(rules(edition, change))
