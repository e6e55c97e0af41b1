"""What only the look of a sheet says: hidden rows, texts that are struck out."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
from bank_files import warnings

from questions.model import Bank
from questions.readers import read_bank

HEADER = ["题目", "A", "B", "答案"]


def _bank(rows: int, look: Mapping[int, Mapping[str, Any]], *, hidden: frozenset[int] = frozenset()) -> Bank:
    """So many questions from row 2 on; `look`: row → the format of its cells."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("题库")
        sheet.write_row(0, 0, HEADER)
        for number in range(1, rows + 1):
            made = workbook.add_format(look[number + 1]) if number + 1 in look else None
            sheet.write_row(number, 0, [f"第{number}种灯叫什么？", f"甲{number}", f"乙{number}", "A"], made)
        for row in hidden:
            sheet.set_row(row - 1, None, None, {"hidden": True})
    return read_bank(out.getvalue())


def test_a_hidden_row_is_read_and_that_is_said_beside_its_question() -> None:
    bank = _bank(3, {}, hidden=frozenset({3, 9}))
    assert len(bank.questions) == 3
    (said,) = warnings(bank)
    assert said.startswith(f"{bank.questions[1].where}：这一行在表格里是隐藏的")


def test_text_that_is_struck_out_is_said_beside_its_question() -> None:
    bank = _bank(3, {4: {"font_strikeout": True}, 2: {"bold": True}})
    (said,) = warnings(bank)
    assert said.startswith(f"{bank.questions[2].where}：这一行有加了删除线的文字")


def test_a_struck_style_that_no_cell_has_says_nothing() -> None:
    assert warnings(_bank(2, {9: {"font_strikeout": True}})) == []


@pytest.mark.parametrize(("hidden", "word"), [(True, "筛选"), (False, "删除线")])
def test_many_such_rows_are_said_once(hidden: bool, word: str) -> None:
    rows = range(2, 32)
    struck = {} if hidden else {row: {"font_strikeout": True} for row in rows}
    (said,) = warnings(_bank(30, struck, hidden=frozenset(rows) if hidden else frozenset()))
    assert said.startswith("工作表“题库”：有 30 行")
    assert word in said
