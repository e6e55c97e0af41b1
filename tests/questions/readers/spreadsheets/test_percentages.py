"""What a spreadsheet shows around its numbers."""

from __future__ import annotations

from io import BytesIO

import pytest
import xlsxwriter
import xlwt
from bank_files import only, texts

from questions.readers import read_bank
from questions.readers.spreadsheets.biff import workbook_in
from questions.readers.spreadsheets.percentages import Shown, shown_as

HEADER = ["题目", "选项A", "选项B", "选项C", "选项D", "答案"]
CELLS = [(0.2, "0%"), (1, "0.0%"), (26, '0"℃"'), (3.5, '"约"0.0\\度')]
TEXTS = ["20%", "100%", "26℃", "约3.5度"]


def xlsx() -> bytes:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as workbook:
        workbook.add_worksheet("说明")
        sheet = workbook.add_worksheet("题库")
        sheet.write_row(0, 0, HEADER)
        sheet.write(1, 0, "哪个对？")
        for column, (value, form) in enumerate(CELLS, 1):
            sheet.write_number(1, column, value, workbook.add_format({"num_format": form}))
        sheet.write(1, 5, "B")
    return out.getvalue()


def xls(rows: int = 1) -> bytes:
    workbook = xlwt.Workbook()
    workbook.add_sheet("说明")
    sheet = workbook.add_sheet("题库")
    for column, name in enumerate(HEADER):
        sheet.write(0, column, name)
    styles = [xlwt.easyxf(num_format_str=form) for _, form in CELLS]
    for row in range(1, rows + 1):
        sheet.write(row, 0, f"第{row}题：哪个对？" * 90)
        for column, (value, _) in enumerate(CELLS, 1):
            sheet.write(row, column, value, styles[column - 1])
        sheet.write(row, 5, "B")
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


@pytest.mark.parametrize("data", [xlsx(), xls()], ids=["xlsx", "xls"])
def test_numbers_are_read_as_they_are_shown(data: bytes) -> None:
    bank = read_bank(data)
    assert texts(only(bank)) == TEXTS
    assert [problem for problem in bank.problems if "数字" in problem.message] == []


def test_a_large_xls_is_read_to_its_end() -> None:
    data = xls(5_000)
    assert len(data) > 8_000_000  # its table of sectors goes on outside the first one
    assert len(workbook_in(data).formats[1]) == 4 * 5_000


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("General", None),
        ("0.00", None),
        ("@", None),
        ("#,##0_ ;[Red]-#,##0", None),
        ("yyyy/m/d", None),
        ('yyyy"年"m"月"', None),
        ("0.00E+00", None),
        ("# ?/?", None),
        ("0%", Shown(True)),
        ("0.0 %;[Red]-0.0 %", Shown(True)),
        ('0"%"', Shown(False, "", "%")),
        ("0\\%", Shown(False, "", "%")),
        ('General"度"', Shown(False, "", "度")),
        ("0.0℃", Shown(False, "", "℃")),
        ("[$¥-804]#,##0.00", Shown(False, "¥", "")),
        ('"第"0"题"', Shown(False, "第", "题")),
        ('"', None),
        ("", None),
    ],
)
def test_a_number_format_says_what_stands_around_the_number(code: str, shown: Shown | None) -> None:
    assert shown_as(code) == shown
