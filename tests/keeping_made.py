"""A bank and a plan for what keeps campaigns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from random import Random

from campaigns import banks, keeping, tables
from campaigns.clock import DAY
from campaigns.keeping import Finding, Plan
from campaigns.store import Store
from questions.model import Bank, Kind, Question, options_of

NOW = 1_783_126_800_000
"""2026-07-04 09:00 in Asia/Shanghai."""
STEMS = ["空调一般不低于多少度？", "下班后怎样处理显示器？", "宣传周在几月？", "复印四十页要几张纸？"]
PLAN = Plan(
    slug="week",
    name="节能宣传周知识问答",
    bank="energy",
    opens_ms=NOW,
    closes_ms=NOW + 7 * DAY,
    timezone="Asia/Shanghai",
    questions_per_paper=3,
    organiser="机关事务管理局",
)


def bring(store: Store, stems: Sequence[str] = STEMS) -> None:
    """The bank: single choices of these stems, an essay and a blank."""
    questions = [
        *(
            Question(str(n), Kind.SINGLE, stem, options_of(["甲", "乙"]), ("A",), where=f"第 {n} 行")
            for n, stem in enumerate(stems, start=1)
        ),
        Question("9", Kind.ESSAY, "谈谈节水。", where="第 9 行"),
        Question("10", Kind.BLANK, "第____天", answer=("三",), where="第 10 行"),
    ]
    bring_bank(store, "energy", questions)


def bring_bank(store: Store, slug: str, questions: Iterable[Question]) -> None:
    banks.import_bank(store, slug, f"{slug} 题库", Bank("csv", "", tuple(questions)), NOW)


def statements(numbers: range, category: str = "", difficulty: str = "") -> list[Question]:
    """True or false, one for each number."""
    return [
        Question(str(n), Kind.TRUE_FALSE, f"第 {n} 句{category}", answer=("true",), category=category,
                 difficulty=difficulty)
        for n in numbers
    ]  # fmt: skip


def create(store: Store, plan: Plan = PLAN) -> int:
    with store.transaction() as session:
        return keeping.create(session, plan, "salt", NOW)


def publish(store: Store, slug: str = "week", now: int = NOW, seed: int = 1) -> int:
    with store.transaction() as session:
        return keeping.publish(session, slug, Random(seed), now).questions


def published(store: Store, **changes: object) -> int:
    """A campaign of the plan, with changes, that is played; gives its id."""
    bring(store)
    campaign_id = create(store, replace(PLAN, **changes))  # type: ignore[arg-type]
    publish(store)
    return campaign_id


def campaign(store: Store, slug: str = "week") -> tables.Campaign:
    with store.reading() as session:
        return keeping.find(session, slug)


def check(store: Store, slug: str = "week", now: int = NOW) -> list[Finding]:
    with store.reading() as session:
        return keeping.check(session, slug, now)
