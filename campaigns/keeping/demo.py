"""The campaign that shows what campaigns are."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import banks, tables, units
from campaigns.keeping.drafting import create
from campaigns.keeping.plans import Plan
from campaigns.keeping.publishing import publish
from campaigns.prizes.rules import PlannedGroup, PlannedPrize
from questions.shipped import SHIPPED_SLUG

DEMO_SLUG = "demo"
DEMO_UNITS = {"D01": "办公室", "D02": "财务处", "D03": "后勤服务中心"}
DEMO = Plan(
    slug=DEMO_SLUG,
    name="节能降碳知识有奖问答（演示）",
    bank=SHIPPED_SLUG,
    opens_ms=0,
    closes_ms=None,
    timezone="Asia/Shanghai",
    questions_per_paper=10,
    theme="绿色低碳，节能先行",
    organiser="机关事务管理局（演示）",
    unit_ranking="average",  # nobody knows how many will try it
    prize_groups=(
        PlannedGroup(
            "幸运奖",
            "draw",
            (PlannedPrize("一等奖", 1), PlannedPrize("二等奖", 3)),
            place="演示活动，没有真的奖品",
            claim_days=30,
        ),
        PlannedGroup("参与证书", "passed", collecting="none"),
    ),
)


def ensure_demo(session: Session, now: int, random: Random) -> None:
    """Make the demo campaign, open and never closing, with its units and the shipped bank, unless it is there.

    An older shipped bank gets what this version of the program ships, whether or not the demo is there; a campaign
    that has been published keeps the questions that it was published with.
    """
    banks.ensure_shipped_bank(session, now)
    if session.scalar(select(tables.Campaign.id).where(tables.Campaign.slug == DEMO_SLUG)) is not None:
        return
    for code, name in DEMO_UNITS.items():
        if session.scalar(select(tables.Unit.id).where(tables.Unit.code == code)) is None:
            units.add(session, code, name)
    create(session, replace(DEMO, opens_ms=now), f"{random.getrandbits(256):064x}", now)
    publish(session, DEMO_SLUG, random, now)
