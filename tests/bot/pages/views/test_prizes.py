"""Prizes and draws in words."""

from __future__ import annotations

from dataclasses import replace

from campaign_made import EDITION

from bot.pages.views.prizes import draw_rule, own_draw
from campaigns.prizes.chances import Chance
from campaigns.prizes.rules import TicketRule

FEW = Chance(entrant="7f3a", tickets=0, missing=20, least=30)
ENOUGH = Chance(entrant="7f3a", tickets=2, missing=0, least=30)


def test_whoever_lacks_points_is_told_how_many_while_they_can_be_had() -> None:
    assert own_draw(FEW, may_improve=True) == "再得 20 分可参加抽奖"
    assert own_draw(FEW, may_improve=False) == "满 30 分可参加抽奖，本次未达到。"
    assert own_draw(ENOUGH, may_improve=False) == "您已获得抽奖资格（抽奖编号 7f3a，2 张）"


def test_whoever_may_not_win_is_told_so_and_nothing_of_tickets() -> None:
    assert own_draw(replace(ENOUGH, excluded=True), may_improve=True) == "按活动规则，您不参加评奖，成绩照常计入。"
    frozen = own_draw(replace(ENOUGH, frozen=True), may_improve=True)
    assert frozen == "抽奖名单已经公布，您是否在名单中，请看抽奖公示。"
    won = own_draw(replace(ENOUGH, won=True), may_improve=True)
    assert won == "您已经获奖，本活动每人最多获奖一次，不再参加抽奖。"


def test_a_campaign_that_draws_nothing_says_nothing_of_draws() -> None:
    assert own_draw(None, may_improve=True) == ""
    assert draw_rule(replace(EDITION, prize_kinds=frozenset({"rank"}))) == ""
    assert draw_rule(replace(EDITION, mode="practice")) == ""


def test_the_rule_of_tickets_is_told_in_words() -> None:
    rule = TicketRule(base=1, per_points=10, per_day=2, most=5)
    assert draw_rule(replace(EDITION, draw_points=60, tickets=rule)) == (
        "得分达到 60 分即可参加抽奖。每人 1 张抽奖券；每多 10 分加 1 张；每多答一天加 2 张；最多 5 张。"
    )
    assert draw_rule(EDITION) == "完成答题即可参加抽奖。"
