"""Prizes that tests plan a campaign with, by name."""

from __future__ import annotations

from campaigns.prizes.rules import MILLION, PlannedGroup, PlannedPrize, TicketRule

BAG = PlannedGroup(
    "答题惊喜",
    "instant",
    (PlannedPrize("帆布袋", 1, MILLION),),
    place="市民中心一楼大厅，工作日 9:00–17:00",
    claim_days=10,
)
"""One bag, and whoever finishes first has it."""
LAMPS = PlannedGroup("台灯惊喜", "instant", (PlannedPrize("节能台灯", 2, MILLION),), collecting="post", claim_days=10)
"""Two lamps, to be sent by post."""
NEVER = PlannedGroup("答题惊喜", "instant", (PlannedPrize("帆布袋", 5, 1),), least_points=10)
"""One attempt in a million wins."""
BEST = PlannedGroup("优胜奖", "rank", (PlannedPrize("一等奖", 1), PlannedPrize("二等奖", 3)), least_points=10)
DRAWN = PlannedGroup("参与奖", "draw", (PlannedPrize("保温杯", 20),))
PASSED = PlannedGroup("合格证书", "passed", collecting="none")

PRIZES = {
    "bag": (BAG,),
    "lamps": (LAMPS,),
    "never": (NEVER,),
    "all": (BEST, DRAWN, BAG, PASSED),
    "draw": (DRAWN,),
}
TICKETS = {"by_day": TicketRule(base=1, per_day=1, most=3), "by_points": TicketRule(base=1, per_points=10)}
