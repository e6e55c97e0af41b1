from __future__ import annotations

import string
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from keeping_made import NOW, PLAN

from campaigns import keeping
from campaigns.keeping import Part
from campaigns.keeping.plans import faults
from questions.model import Kind


def test_a_plan_as_most_have_it_can_be() -> None:
    assert faults(keeping.settled(PLAN)) == {}


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"slug": "Week 1"}, "slug", "活动代号"),
        ({"name": "  "}, "name", "活动名称"),
        ({"theme": "长" * 256}, "theme", "最多 255"),
        ({"name": "藏\x00着"}, "name", "控制字符"),
        ({"bank": ""}, "bank", "题库"),
        ({"closes_ms": NOW}, "closes_ms", "结束时间"),
        ({"opens_ms": 0}, "opens_ms", "2000 年"),
        ({"timezone": "Asia/Nowhere"}, "timezone", "时区"),
        ({"questions_per_paper": 0}, "questions_per_paper", "至少一道"),
        ({"recipe": (Part(0), Part(1))}, "recipe", "第 1 部分"),
        ({"recipe": (Part(1), Part(1, kind=Kind.ESSAY))}, "recipe", "第 2 部分是问答题"),
        ({"attempts_in_all": 0}, "attempts_in_all", "答题次数"),
        ({"attempts_per_day": -1}, "attempts_per_day", "答题次数"),
        ({"points": {Kind.SINGLE: -1, Kind.BLANK: 2}}, "points", "分值"),
        ({"points": {}}, "points", "分值"),
        ({"points": {Kind.ESSAY: 10, Kind.SINGLE: 1}}, "points", "问答题"),
        ({"hours": (600, 600)}, "hours", "时段"),
        ({"hours": (0, 1441)}, "hours", "时段"),
        ({"mode": "party"}, "mode", "practice、formal、daily"),
        ({"counts": "worst"}, "counts", "best"),
        ({"reminder_hour": 24}, "reminder_hour", "钟点"),
        ({"quiet_from": -1}, "quiet_from", "钟点"),
        ({"notices_per_day": -1}, "notices_per_day", "通知数"),
        ({"seconds_per_question": 0}, "seconds_per_question", "限时"),
        ({"grace_seconds": -1}, "grace_seconds", "宽限"),
        ({"pass_points": -1}, "pass_points", "合格分"),
        ({"keyword": "长" * 17}, "keyword", "口令"),
        ({"privacy_notice": "长" * 20_001}, "privacy_notice", "最多 20000"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_with_a_reason_by_its_field(
    changes: dict[str, Any], field: str, reason: str
) -> None:
    found = faults(keeping.settled(replace(PLAN, **changes)))
    assert list(found) == [field]
    assert reason in found[field]


@given(
    st.builds(
        Part,
        st.integers(1, 9),
        st.sampled_from(["", " energy", "water "]),
        st.sampled_from([None, Kind.BLANK]),
        st.text(string.printable, max_size=5),
    )
)
def test_what_is_settled_is_settled_once(part: Part) -> None:
    for recipe in ((), (part,), (part, part)):
        plan = keeping.settled(replace(PLAN, recipe=recipe, keyword=" Ａb ", points={Kind.BLANK: 1}))
        assert keeping.settled(plan) == plan
        assert plan.questions_per_paper == (sum(one.count for one in recipe) or 3)
