from __future__ import annotations

from dataclasses import replace

from admin.posters import dates, poster_of
from campaigns.keeping import Overview

CAMPAIGN = Overview(
    id=1,
    slug="week",
    name="节能宣传周知识问答",
    theme="绿色低碳",
    organiser="机关事务管理局",
    state="published",
    timezone="Asia/Shanghai",
    opens_ms=1_783_126_800_000,
    closes_ms=1_783_699_200_000,
    questions_per_paper=10,
    draw_points=0,
    reminder_hour=None,
    notices_per_day=2,
    quiet_from=21,
    quiet_until=8,
    people=0,
    attempts=0,
    finished=0,
)


def test_a_close_at_midnight_belongs_to_the_day_before() -> None:
    assert dates(CAMPAIGN) == "2026年7月4日—2026年7月10日"


def test_a_campaign_that_never_closes_has_no_dates() -> None:
    assert dates(replace(CAMPAIGN, closes_ms=None)) == ""


def test_a_poster_says_what_the_campaign_says() -> None:
    made = poster_of(CAMPAIGN, "https://quiz.example.cn/q/week?u=D01", "办公室", "京ICP备00000000号")
    assert (made.name, made.theme, made.organiser, made.unit, made.footer) == (
        "节能宣传周知识问答",
        "绿色低碳",
        "机关事务管理局",
        "办公室",
        "京ICP备00000000号",
    )


def test_a_poster_names_the_points_that_the_draw_asks_for() -> None:
    assert poster_of(CAMPAIGN, "https://quiz.example.cn/q/week", "", "").instructions[-1] == "完成可参加抽奖"
    asking = replace(CAMPAIGN, draw_points=60)
    assert poster_of(asking, "https://quiz.example.cn/q/week", "", "").instructions[-1] == "得 60 分可参加抽奖"
