"""Figures as tables: what a page shows under its charts, and what is taken away as CSV."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from admin.people.person_pages import CHANNELS
from campaigns.figures import OVERVIEW, QUESTIONS, ChosenWrong, Overview, Part, Questions, ScoreBand
from campaigns.outbox import WAYS, State
from campaigns.text_tables import TextTable
from questions.model import Kind

UNKNOWN = "不清楚"


def hours(found: Overview) -> TextTable:
    rows = [(one.hour, one.people, one.begun, one.finished) for one in found.hours]
    return TextTable("分时段", ("时间", "新参与人数", "开始答题", "完成答题"), rows)


def scores(found: Overview) -> TextTable:
    return TextTable("得分分布", ("得分", "人数"), [(band_label(one), one.people) for one in found.scores])


def doors(found: Overview) -> TextTable:
    rows = [(channel_label(one.channel), one.people, one.attempts) for one in found.doors]
    return TextTable("参与入口", ("入口", "人数", "答题次数"), rows)


def messages(found: Overview) -> TextTable:
    rows = [(way_label(one.way), state_label(one.state), one.count) for one in found.messages]
    return TextTable("通知发送", ("方式", "状态", "条数"), rows)


def questions(found: Questions) -> TextTable:
    head = ("题号", "题型", "分类", "题干", "作答", "答对", "正确率%", "区分度", "选错最多", "选错次数", "提示")
    rows = [
        (
            one.number,
            Kind(one.kind).label,
            one.category,
            one.stem,
            one.answered,
            one.right,
            None if one.right_permille is None else one.right_permille / 10,
            None if one.discrimination is None else round(one.discrimination, 2),
            *_wrong(one.most_chosen_wrong),
            "已作废（全部给分）" if one.withdrawn else "；".join(one.flags),
        )
        for one in found.items
    ]
    return TextTable("题目", head, rows)


TABLES: Mapping[str, tuple[Part, Callable[[Any], TextTable]]] = MappingProxyType(
    {
        "hours": (OVERVIEW, hours),
        "scores": (OVERVIEW, scores),
        "doors": (OVERVIEW, doors),
        "messages": (OVERVIEW, messages),
        "questions": (QUESTIONS, questions),
    }
)
"""What can be taken away, of which part; the units' own table comes beside these."""


def band_label(band: ScoreBand) -> str:
    return str(band.least) if band.least == band.most else f"{band.least}–{band.most}"


def channel_label(channel: str) -> str:
    return CHANNELS.get(channel, channel) or UNKNOWN


def way_label(way: str) -> str:
    return WAYS.get(way, way) or "还没有选定"


def state_label(state: str) -> str:
    return State(state).label


def _wrong(found: ChosenWrong | None) -> tuple[str, int | None]:
    return ("", None) if found is None else (found.chosen, found.count)
