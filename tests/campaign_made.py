"""A small campaign that tests know by heart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from campaigns import banks, keeping, tables
from campaigns.keeping import Plan
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
    shuffle_questions=False,
    shuffle_options=False,
)


def make_campaign(store: Store, plan: Plan = PLAN, questions: Sequence[Question] = QUESTIONS) -> int:
    """Publish a campaign over a bank of its own, with units U01 and U02; gives its id."""
    plan = replace(plan, bank=f"{plan.bank}-{plan.slug}")
    made = OPENS - 86_400_000
    with store.transaction() as session:
        drafts = banks.plan_import(session, plan.bank, plan.bank, Bank("csv", "utf-8", tuple(questions)))
        banks.carry_out(session, drafts, made)
        for code, name in (("U01", "市财政局"), ("U02", "市水务局")):
            if session.query(tables.Unit).filter_by(code=code).count() == 0:
                session.add(tables.Unit(code=code, name=name, parent_id=None))
        campaign_id = keeping.create(session, plan, "0" * 64, made)
        keeping.publish(session, plan.slug, made)
    return campaign_id
