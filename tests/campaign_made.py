"""A small campaign that tests know by heart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

from campaigns import banks, keeping, tables, units
from campaigns.editions import Edition
from campaigns.keeping import Plan
from campaigns.prizes.rules import ONE_TICKET
from campaigns.store import Store
from questions.model import Bank, Kind, Question, options_of

OPENS = 1_783_126_800_000
"""2026-07-04 09:00 in Asia/Shanghai."""
CLOSES = OPENS + 32 * 3_600_000
"""2026-07-05 17:00."""

SUMMER = Question(
    number="1",
    kind=Kind.SINGLE,
    stem="公共建筑夏季空调温度设置一般不低于多少摄氏度？",
    options=options_of(["22 ℃", "24 ℃", "26 ℃", "28 ℃"]),
    answer=("C",),
    explanation="夏季不低于 26 ℃。",
)
STANDBY = Question(
    number="2",
    kind=Kind.TRUE_FALSE,
    stem="电器待机不耗电。",
    answer=("false",),
    explanation="待机也耗电。",
)
COMMUTE = Question(
    number="3",
    kind=Kind.MULTIPLE,
    stem="下列属于绿色出行的有：",
    options=options_of(["步行", "骑自行车", "独自驾车", "乘地铁"]),
    answer=("A", "B", "D"),
)
LITRE = Question(
    number="4",
    kind=Kind.BLANK,
    stem="1 立方米水等于____升。",
    answer=("1000 | 一千",),
    explanation="1 立方米 = 1000 升。",
)
QUESTIONS = (SUMMER, STANDBY, COMMUTE, LITRE)

PLAN = Plan(
    slug="week",
    name="节能宣传周有奖答题",
    bank="made",
    opens_ms=OPENS,
    closes_ms=CLOSES,
    timezone="Asia/Shanghai",
    questions_per_paper=len(QUESTIONS),
    theme="绿色低碳，节能先行",
    organiser="机关事务管理局",
    same_paper=True,
    shuffle_questions=False,
    shuffle_options=False,
)

EDITION = Edition(
    id=1, version=1, slug="week", state="published", name="周", theme="", organiser="", timezone="Asia/Shanghai",
    opens_ms=0, closes_ms=None, questions_per_paper=1, points={kind.value: 10 for kind in Kind},
    shuffle_questions=False, shuffle_options=False, attempts_in_all=None, attempts_per_day=None, draw_points=0,
    two_person=False, salt="0" * 64, keyword=None, brand="", picture_sha256=None, mode="formal", hours=None,
    same_paper=False, partial="none", seconds_per_question=None, seconds_per_attempt=None, grace_seconds=3,
    least_ms_per_question=0, counts="best", reveals="at_once", pass_points=0, admission="open",
    unit_ranking="participation", least_headcount=0, privacy_notice="", questions={}, withdrawn=frozenset(), parts=(),
    wins="campaign", tickets=ONE_TICKET, lots=(),
)  # fmt: skip
"""One that is in no database."""


class TheFirst(Random):
    """Draws what comes first."""

    def sample(self, population: Sequence[Any], k: int, *, counts: Any = None) -> list[Any]:
        return list(population[:k])


def make_campaign(store: Store, plan: Plan = PLAN, questions: Sequence[Question] = QUESTIONS) -> int:
    """Publish a campaign over a bank of its own, with units U01 and U02; gives its id."""
    plan = replace(plan, bank=f"{plan.bank}-{plan.slug}")
    made = OPENS - 86_400_000
    with store.transaction() as session:
        drafts = banks.plan_import(session, plan.bank, plan.bank, Bank("csv", "utf-8", tuple(questions)))
        banks.carry_out(session, drafts, made)
        for code, name in (("U01", "市财政局"), ("U02", "市水务局")):
            if session.query(tables.Unit).filter_by(code=code).count() == 0:
                units.add(session, code, name)
        campaign_id = keeping.create(session, plan, "0" * 64, made)
        keeping.publish(session, plan.slug, TheFirst(), made)
    return campaign_id
