"""What may stand in a Word template: one table of tags, from which templates are checked, filled and explained.

Tags are Chinese, since offices edit their templates themselves: ``{{标题}}``; of a table ``{%tr for 行 in 单位表 %}`` …
``{{行.单位}}`` … ``{%tr endfor %}``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any

from campaigns.reports import narrative
from campaigns.reports.content import Content, Counted, Photo, percent, points

NOT_KNOWN = "—"
MOST_LINES = 100
"""Of a table in Word; the annex has all."""
MOST_QUESTIONS = 20

Draw = Callable[[str], Any]
"""Gives what a template shows for a chart of `charts.CHARTS`; empty text where there is nothing to draw."""
Show = Callable[[Photo], Any]


class Form(StrEnum):
    TEXT = "text"
    LINES = "lines"
    """Paragraphs."""
    TABLE = "table"
    PICTURE = "picture"


@dataclass(frozen=True, slots=True)
class Tag:
    name: str
    meaning: str
    form: Form = Form.TEXT
    columns: tuple[Tag, ...] = ()
    """Of a table: what each of its lines has."""


def _table(name: str, meaning: str, *columns: Tag) -> Tag:
    return Tag(name, meaning, Form.TABLE, columns)


def _texts(*names: str) -> tuple[Tag, ...]:
    return tuple(Tag(name, "") for name in names)


TAGS = (
    Tag("标题", "报告的标题"),
    Tag("报告类型", "工作简讯或总结"),
    Tag("期号", "如“2026年第9期”；不编期号的为空"),
    Tag("落款", "发文单位"),
    Tag("日期", "成文日期，如“2026年7月10日”"),
    Tag("截至时间", "数据截至什么时候"),
    Tag("活动名称", "活动的名称"),
    Tag("主题", "活动的主题，没有时为空"),
    Tag("品牌", "活动的品牌，没有时为空"),
    Tag("主办单位", "活动的主办单位"),
    Tag("活动时间", "如“2026年7月4日至7月10日”"),
    Tag("单位", "本报告讲的单位；全活动的报告为空"),
    Tag("单位名次", "本单位在同级单位里的名次"),
    Tag("排名依据", "单位按什么排名，如“参与率”"),
    Tag("应参与人数", "不知道时为“—”"),
    Tag("参加人数", "至少开始答过一次的人数"),
    Tag("完成次数", "答完的次数，一人可以多次"),
    Tag("完成人数", "有成绩的人数"),
    Tag("参与率", "完成人数占应参与人数"),
    Tag("平均分", "有成绩的人的平均分"),
    Tag("合格线", "多少分合格；不设合格线时为“—”"),
    Tag("合格人数", "达到合格线的人数"),
    Tag("合格率", "合格人数占完成人数"),
    Tag("获奖人次", "现有的获奖人次"),
    Tag("正文段落", "按数据写好的各段，不分标题", Form.LINES),
    Tag("补充段落", "本单位补充的文字，一行一段", Form.LINES),
    Tag("补充标题", "补充文字在总结里的标题，如“六、主要做法和体会”"),
    _table("各部分", "按数据写好的各段，分标题", Tag("标题", "如“二、参与情况”"), Tag("段落", "", Form.LINES)),
    _table("单位表", f"下级单位的情况，最多 {MOST_LINES} 行",
           *_texts("名次", "代码", "单位", "应参与", "完成", "参与率", "平均分", "合格人数", "合格率")),
    Tag("单位表说明", "单位太多、表里没有列全时说明；列全了为空"),
    _table("成绩表", "各分数段的人数", *_texts("分数", "人数")),
    _table("每日表", "每天答完的次数", *_texts("日期", "次数")),
    _table("入口表", "从哪里参加", *_texts("入口", "人数")),
    _table("题目表", f"各题的正确率，从低到高，最多 {MOST_QUESTIONS} 行",
           *_texts("题号", "题目", "作答次数", "正确率", "常见错误")),
    _table("奖品表", "设了哪些奖", *_texts("奖项", "方式", "奖品", "数量", "已产生", "已发放")),
    _table("获奖表", f"获奖名单，姓名隐去一部分，最多 {MOST_LINES} 行", *_texts("奖项", "奖品", "姓名", "单位")),
    Tag("获奖表说明", "获奖的太多、表里没有列全时说明；列全了为空"),
    _table("照片", "选好的照片", Tag("图", "照片", Form.PICTURE), Tag("说明", "照片下面的文字")),
    Tag("单位图", "各单位比较的条形图", Form.PICTURE),
    Tag("成绩图", "成绩分布的柱形图", Form.PICTURE),
    Tag("每日图", "每天答完次数的柱形图", Form.PICTURE),
)  # fmt: skip
BY_NAME: Mapping[str, Tag] = {tag.name: tag for tag in TAGS}


def values_of(content: Content, draw: Draw, show: Show) -> dict[str, Any]:
    """What each tag stands for."""
    found = content.turnout
    return {
        "标题": content.title,
        "报告类型": content.kind_name,
        "期号": content.issue_line,
        "落款": content.sender,
        "日期": content.issued,
        "截至时间": content.as_of,
        "活动名称": content.campaign,
        "主题": content.theme,
        "品牌": content.brand,
        "主办单位": content.organiser,
        "活动时间": content.days,
        "单位": content.subject,
        "单位名次": _known(content.unit.rank if content.unit else None),
        "排名依据": content.measure,
        "应参与人数": _known(content.headcount),
        "参加人数": str(found.people),
        "完成次数": _known(found.finished),
        "完成人数": str(found.ranked),
        "参与率": percent(content.rate),
        "平均分": points(found.average),
        "合格线": _known(content.pass_points or None),
        "合格人数": str(found.passed),
        "合格率": percent(found.pass_rate),
        "获奖人次": str(len(content.winners)),
        "正文段落": list(narrative.paragraphs(content)),
        "补充段落": list(content.remarks),
        "补充标题": narrative.next_heading(content),
        "各部分": [{"标题": one.heading, "段落": list(one.paragraphs)} for one in narrative.sections(content)],
        **table_lines(content),
        "单位表说明": units_left_out(content),
        "获奖表说明": winners_left_out(content),
        "照片": [{"图": show(one), "说明": one.caption} for one in content.photos],
        "单位图": draw("units"),
        "成绩图": draw("histogram"),
        "每日图": draw("days"),
    }


def table_lines(content: Content) -> dict[str, list[dict[str, str]]]:
    """The lines of each table by its tag, as many as a page bears; of each line what stands in a column."""
    found = content.turnout
    units = (
        (
            _known(one.rank),
            one.code,
            one.name,
            _known(one.headcount),
            str(one.entrants),
            percent(one.rate),
            points(one.average),
            str(one.passed),
            percent(one.pass_rate),
        )
        for one in content.units
    )
    questions = (
        (one.number, one.stem, str(one.answered), percent(one.right_permille / 1000), one.most_chosen_wrong)
        for one in content.questions
    )
    prizes = (
        (one.group, one.way, one.prize, str(one.stock), str(one.given), str(one.handed_out)) for one in content.prizes
    )
    winners = ((one.group, one.prize, one.name, one.unit or NOT_KNOWN) for one in content.winners)
    return {
        "单位表": _lines("单位表", units, MOST_LINES),
        "成绩表": _lines("成绩表", _counts(found.histogram)),
        "每日表": _lines("每日表", _counts(found.days)),
        "入口表": _lines("入口表", _counts(found.doors)),
        "题目表": _lines("题目表", questions, MOST_QUESTIONS),
        "奖品表": _lines("奖品表", prizes),
        "获奖表": _lines("获奖表", winners, MOST_LINES),
    }


def units_left_out(content: Content) -> str:
    return _left_out(len(content.units), "个单位")


def winners_left_out(content: Content) -> str:
    return _left_out(len(content.winners), "人次获奖")


def _left_out(count: int, of: str) -> str:
    """Says that a table in Word is not the whole one; empty where it is."""
    return f"一共{count}{of}，这里列出前{MOST_LINES}个，全部在 Excel 附表里。" if count > MOST_LINES else ""


def _counts(counted: Iterable[Counted]) -> Iterable[tuple[str, ...]]:
    return ((one.label, str(one.count)) for one in counted)


def _lines(name: str, rows: Iterable[tuple[str, ...]], most: int | None = None) -> list[dict[str, str]]:
    heads = [one.name for one in BY_NAME[name].columns]
    return [dict(zip(heads, row, strict=True)) for row in islice(rows, most)]


def _known(value: object) -> str:
    return NOT_KNOWN if value is None else str(value)
