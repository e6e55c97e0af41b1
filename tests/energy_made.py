"""A bank ``energy`` over which tests of the console lay their drafts, and a unit."""

from __future__ import annotations

from campaign_made import SUMMER
from visitors import NOW

from campaigns import banks, units
from campaigns.store import Store
from questions.model import Bank, Kind, Question


def make_energy(records: Store) -> None:
    """Ten questions of the kinds single and true/false, half of them about water; and the unit U01."""
    questions = [
        Question(
            number=str(number),
            kind=Kind.SINGLE if number <= 6 else Kind.TRUE_FALSE,
            stem=f"第 {number} 题的题干是什么？",
            options=SUMMER.options if number <= 6 else (),
            answer=("C",) if number <= 6 else ("true",),
            category="节水" if number % 2 else "节电",
        )
        for number in range(1, 11)
    ]
    with records.transaction() as session:
        plan = banks.plan_import(session, "energy", "节能题库", Bank("csv", "utf-8", tuple(questions)))
        banks.carry_out(session, plan, NOW)
        units.add(session, "U01", "市财政局", headcount=50)
