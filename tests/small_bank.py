"""A small bank that tests know by heart, and what they do with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import func, select

from campaigns import banks, tables
from campaigns.store import Store
from questions.model import Bank, Kind, Problem, Question, options_of

NOW = 1_783_126_800_000


def question(number: str, stem: str, answer: str = "A", **changes: object) -> Question:
    made = Question(
        number=number,
        kind=Kind.SINGLE,
        stem=stem,
        options=options_of(["26 ℃", "20 ℃", "18 ℃"]),
        answer=(answer,),
        where=f"第 {number} 行",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


STEMS = [
    "夏季办公室空调温度一般不低于多少摄氏度？",
    "下班离开办公室以后应当怎样处理显示器？",
    "公共机构的节能宣传周通常在每年几月举行？",
    "双面打印一份四十页的文件要用多少张纸？",
    "一盏十二瓦的灯亮十小时用多少电？",
]


def counted(stems: Sequence[str] | None = None) -> list[Question]:
    return [question(str(place), stem) for place, stem in enumerate(stems or STEMS, start=1)]


def bank(questions: Sequence[Question], *problems: Problem) -> Bank:
    return Bank("csv", "utf-8-sig", tuple(questions), problems)


def bring(store: Store, questions: Sequence[Question], *problems: Problem, slug: str = "energy") -> banks.Imported:
    return banks.import_bank(store, slug, "节能题库", bank(questions, *problems), NOW)


def kept(store: Store, slug: str = "energy") -> list[Question]:
    with store.reading() as session:
        return list(banks.search(session, slug, size=10_000).questions)


def revisions(store: Store) -> int:
    with store.reading() as session:
        return session.scalar(select(func.count()).select_from(tables.QuestionRevision)) or 0
