"""Where a result brings somebody, in words."""

from __future__ import annotations

from dataclasses import replace

from campaign_made import EDITION

from bot.pages.views.results import rank
from campaigns.play import Finished
from campaigns.standings import Rank, Standing

LAST = Finished(id=1, score=30, used_ms=61_000, finished_ms=1, paper=())


def test_a_rank_is_told_by_the_attempt_that_counts() -> None:
    assert rank(EDITION, LAST, Standing(1, 30, 61_000, 1), Rank(2, 9)) == "个人第 2 名（共 9 人）"
    assert rank(EDITION, LAST, Standing(1, 40, 50_000, 1), Rank(1, 9)) == "个人第 1 名（共 9 人，按最好成绩 40 分）"


def test_nobody_is_told_to_be_number_nought() -> None:
    assert "第 0 名" not in rank(EDITION, LAST, Standing(1, 30, 61_000, 1), Rank(0, 8))


def test_a_rank_by_another_rule_than_the_best_says_so() -> None:
    summed = replace(EDITION, counts="sum")
    assert rank(summed, LAST, Standing(1, 70, 90_000, 1), Rank(1, 9)).endswith("按计入的成绩 70 分）")
