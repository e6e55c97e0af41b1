"""The annex of a report: one workbook with every table in full, and charts that Excel and WPS draw themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from campaigns.reports import narrative
from campaigns.reports.content import Content, Counted
from campaigns.text_tables import Cell

GREEN = "#1F7A4D"
CHARTED = 20
"""So many units are drawn: more bars are not read."""
_FONT = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}
_TEXT = {**_FONT, "num_format": 49, "text_wrap": True}
_HEAD = {**_FONT, "bold": True, "bg_color": "#DDEBDA", "border": 1, "border_color": "#BBBBBB", "text_wrap": True}
_SHARE = {**_FONT, "num_format": "0.0%"}
_POINTS = {**_FONT, "num_format": "0.0"}
_TITLE = {**_FONT, "bold": True, "font_size": 14}


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    width: int
    form: str = "text"
    """``text``, ``number``, ``share`` of 1, ``points``."""


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    charted: int | None = None
    """Which column is drawn; None: none."""
    drawn: int | None = None
    """How many of its rows are; None: all."""
    named: int = 0
    """Which column says what is drawn."""


def write_xlsx(content: Content, created: int) -> bytes:
    """`created` is the date in the file, UTC milliseconds. Texts are text, whatever they look like."""
    import xlsxwriter  # noqa: PLC0415 — most processes write no spreadsheet

    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as workbook:
        made = dt.datetime.fromtimestamp(created / 1000, dt.UTC).replace(tzinfo=None)
        workbook.set_properties({"title": content.title, "author": content.sender, "created": made})
        forms = {
            name: workbook.add_format(form)
            for name, form in (
                ("text", _TEXT), ("head", _HEAD), ("share", _SHARE), ("points", _POINTS), ("number", _FONT),
                ("title", _TITLE),
            )
        }  # fmt: skip
        _introduction(workbook.add_worksheet("概况"), content, forms)
        for sheet in sheets_of(content):
            _fill(workbook, sheet, forms)
    return out.getvalue()


def sheets_of(content: Content) -> list[Sheet]:
    """The tables that have anything in them."""
    found = content.turnout
    ranked = sum(one.rank is not None for one in content.units)
    sheets = [
        Sheet("单位", _UNIT_COLUMNS, [
            (one.rank, one.code, one.name, one.headcount, one.entrants, one.rate, one.average, one.total, one.passed,
             one.pass_rate)
            for one in content.units
        ], _MEASURED[content.measure], min(ranked, CHARTED), 2),
        Sheet("成绩分布", (Column("分数", 16), Column("人数", 12, "number")), _counted(found.histogram), 1),
        Sheet("每日", (Column("日期", 16), Column("答完次数", 12, "number")), _counted(found.days), 1),
        Sheet("入口", (Column("入口", 16), Column("人数", 12, "number")), _counted(found.doors), 1),
        Sheet("题目", _QUESTION_COLUMNS, [
            (one.number, one.stem, one.answered, one.right_permille / 1000, one.most_chosen_wrong)
            for one in content.questions
        ]),
        Sheet("奖品", _PRIZE_COLUMNS, [
            (one.group, one.way, one.prize, one.stock, one.given, one.handed_out) for one in content.prizes
        ]),
        Sheet("获奖名单", (Column("奖项", 24), Column("奖品", 24), Column("姓名", 14), Column("单位", 36)), [
            (one.group, one.prize, one.name, one.unit) for one in content.winners
        ]),
    ]  # fmt: skip
    return [one for one in sheets if one.rows]


_UNIT_COLUMNS = (
    Column("名次", 7, "number"), Column("代码", 12), Column("单位", 36), Column("应参与人数", 12, "number"),
    Column("完成人数", 11, "number"), Column("参与率", 10, "share"), Column("平均分", 10, "points"),
    Column("总分", 11, "number"), Column("合格人数", 11, "number"), Column("合格率", 10, "share"),
)  # fmt: skip
_MEASURED = {"参与率": 5, "平均分": 6, "总分": 7, "合格率": 9}
_QUESTION_COLUMNS = (
    Column("题号", 8), Column("题目", 60), Column("作答次数", 11, "number"), Column("正确率", 10, "share"),
    Column("常见错误", 14),
)  # fmt: skip
_PRIZE_COLUMNS = (
    Column("奖项", 24), Column("方式", 12), Column("奖品", 24), Column("数量", 9, "number"),
    Column("已产生", 9, "number"), Column("已发放", 9, "number"),
)  # fmt: skip


def _counted(found: Sequence[Counted]) -> list[tuple[str, int]]:
    return [(one.label, one.count) for one in found]


def _introduction(sheet: Any, content: Content, forms: dict[str, Any]) -> None:  # noqa: ANN401 — xlsxwriter is untyped
    """What it is about, in the words of the report."""
    sheet.set_column(0, 0, 100)
    sheet.write_string(0, 0, content.title, forms["title"])
    about = " · ".join(filter(None, (content.issue_line, content.sender, content.issued)))
    sheet.write_string(1, 0, about, forms["text"])
    for line, text in enumerate((*narrative.paragraphs(content), *content.remarks), start=3):
        sheet.write_string(line, 0, text, forms["text"])


def _fill(workbook: Any, one: Sheet, forms: dict[str, Any]) -> None:  # noqa: ANN401
    sheet = workbook.add_worksheet(one.name)
    for place, column in enumerate(one.columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, column.name, forms["head"])
    for line, row in enumerate(one.rows, start=1):
        for place, (cell, column) in enumerate(zip(row, one.columns, strict=True)):
            if isinstance(cell, str):
                sheet.write_string(line, place, cell, forms["text"])
            elif cell is not None:
                sheet.write_number(line, place, cell, forms[column.form])
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(one.rows), len(one.columns) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    _draw(workbook, sheet, one)


def _draw(workbook: Any, sheet: Any, one: Sheet) -> None:  # noqa: ANN401
    """A chart beside the table, of what it says."""
    drawn = len(one.rows) if one.drawn is None else one.drawn
    if one.charted is None or drawn < 2:
        return
    chart = workbook.add_chart({"type": "column"})
    chart.add_series(
        {
            "name": [one.name, 0, one.charted],
            "categories": [one.name, 1, one.named, drawn, one.named],
            "values": [one.name, 1, one.charted, drawn, one.charted],
            "fill": {"color": GREEN},
            "data_labels": {"value": drawn <= 12},
        }
    )
    chart.set_title({"name": f"{one.name}：{one.columns[one.charted].name}", "name_font": {"size": 12}})
    chart.set_legend({"none": True})
    chart.set_y_axis({"major_gridlines": {"visible": True, "line": {"color": "#DDDDDD"}}, "min": 0})
    chart.set_size({"width": 720, "height": 360})
    sheet.insert_chart(1, len(one.columns) + 1, chart, {"description": f"{one.name}图"})
