"""Questions → xlsx in our own template, with a sheet that says how to fill it in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from io import BytesIO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from questions.model import KIND_LABELS, Question, UnwritableBank
from questions.readers.tables.template import GUIDE, VERBATIM
from questions.writers.template import template_rows

SHEET = "题库"
GUIDE_SHEET = "说明"
_MOST_CHARACTERS = 32_767
"""Of one cell, in UTF-16 units: what Excel holds."""
_SPARE_ROWS = 1_000
"""Rows below the questions that already know the lists of kinds and difficulties."""
_DIFFICULTIES = ["易", "中", "难"]
_WIDTHS = {"编号": 8, "题型": 8, "题目": 48, "答案": 12, "解析": 40, "分类": 14, "难度": 7, "来源": 24, "标签": 16}
_OPTION_WIDTH = 18
_AS_TEXT = 49
"""The number of the format that Excel calls text."""
_FONT = {"font_name": "宋体", "font_size": 11}
_TEXT = {**_FONT, "num_format": _AS_TEXT, "text_wrap": True, "valign": "top"}
_HEAD = {**_FONT, "bold": True, "bg_color": "#DDEBDA", "border": 1, "border_color": "#BBBBBB", "valign": "vcenter"}
_EPOCH = dt.datetime(2020, 1, 1)
"""When every such file says that it was made, so that the same questions are the same bytes."""

_GUIDE = (
    (GUIDE, ""),
    ("怎么填", "在“题库”工作表里一行写一题。这个工作表只是说明，不会被读入。"),
    ("编号", "可以不填。填自己的编号（如 K-012），改题后再导入就按它对上原来的题。"),
    ("题型", "单选、多选、判断、填空、简答；简答留在题库里，不出现在答题中。"),
    ("题目", "填空题的空用四个下划线 ____ 表示。"),
    ("选项A、选项B……", "一格一个选项，不写字母；不够就在“答案”前面加列：选项E、选项F……"),
    ("答案", "单选写 C；多选写 ABD；判断写 正确 或 错误；几个空用“；”分开，一个空的几种写法用“ | ”分开。"),
    ("解析", "答题后给人看的说明，最好填。"),
    ("分类、难度、来源", "可以不填。难度写 易、中 或 难。"),
    ("标签", "可以不填。几个标签用“、”分开。"),
    (f"题型{VERBATIM}", f"题型后面带{VERBATIM}的题，每一格都照原样读入；自己填写时不必加。"),
    ("数字和日期", "所有单元格都是文本格式：26%、1-2、2026.6.5 写成什么样就是什么样。"),
)


def write_xlsx(questions: Sequence[Question]) -> bytes:
    """The questions as a file that `questions.readers.read_bank` reads as the same questions, without pictures.

    Every cell is text, whatever it looks like. Raises UnwritableBank for a text that no cell holds.
    """
    rows = template_rows(questions)
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as workbook:
        workbook.set_properties({"title": "题库", "created": _EPOCH})
        text, head = workbook.add_format(_TEXT), workbook.add_format(_HEAD)
        _fill(workbook.add_worksheet(SHEET), rows, text, head)
        _explain(workbook.add_worksheet(GUIDE_SHEET), text, workbook.add_format({**_FONT, "bold": True}))
    return out.getvalue()


def _fill(sheet: Worksheet, rows: Sequence[Sequence[str]], text: Format, head: Format) -> None:
    header, last = rows[0], len(rows) - 1
    for column, name in enumerate(header):
        sheet.set_column(column, column, _WIDTHS.get(name, _OPTION_WIDTH), text)
        sheet.write_string(0, column, name, head)
    for number, row in enumerate(rows[1:], 1):
        for column, cell in enumerate(row):
            if not cell:
                continue
            if len(cell.encode("utf-16-le", "replace")) > 2 * _MOST_CHARACTERS:
                raise UnwritableBank(
                    f"编号 {row[0]} 的题“{header[column]}”超过 {_MOST_CHARACTERS} 个字符，xlsx 的一格放不下；"
                    "请缩短它，或者导出为 JSON。"
                )
            sheet.write_string(number, column, cell.encode("utf-8", "replace").decode(), text)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, last, len(header) - 1)
    for name, choices in (("题型", [*KIND_LABELS.values()]), ("难度", _DIFFICULTIES)):
        column = header.index(name)
        sheet.data_validation(
            1,
            column,
            last + _SPARE_ROWS,
            column,
            {
                "validate": "list",
                "source": choices,
                "error_type": "warning",
                "error_title": name,
                "error_message": f"一般写{'、'.join(choices)}；确定要写别的吗？",
            },
        )


def _explain(sheet: Worksheet, text: Format, bold: Format) -> None:
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 90)
    for number, (what, how) in enumerate(_GUIDE):
        sheet.write_string(number, 0, what, bold)
        if how:
            sheet.write_string(number, 1, how, text)
