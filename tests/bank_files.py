"""Bank files in the layouts that are met in the wild, made for these tests."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO, StringIO
from xml.sax.saxutils import escape

import xlsxwriter
import xlwt

from questions.model import Bank, Question, Severity
from questions.readers import read_bank

Rows = Sequence[Sequence[object]]


def csv_bytes(rows: Rows, encoding: str = "utf-8-sig", delimiter: str = ",") -> bytes:
    out = StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


def xlsx_bytes(sheets: Mapping[str, Rows] | Rows) -> bytes:
    """A workbook of some sheets, or of one; texts stay texts, numbers stay numbers."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_numbers": False}) as workbook:
        for name, rows in (sheets if isinstance(sheets, Mapping) else {"Sheet1": sheets}).items():
            sheet = workbook.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    if isinstance(value, str):
                        sheet.write_string(number, column, value)
                    elif value is not None:
                        sheet.write(number, column, value)
    return out.getvalue()


def xls_bytes(rows: Rows, name: str = "Sheet1") -> bytes:
    workbook = xlwt.Workbook()
    sheet = workbook.add_sheet(name)
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write(number, column, value)
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


_ODF = "urn:oasis:names:tc:opendocument:xmlns"
_ODS = "application/vnd.oasis.opendocument.spreadsheet"


def ods_bytes(rows: Rows | str, name: str = "Sheet1", *, styles: str = "", style: str = "") -> bytes:
    """A workbook of one sheet; `rows` may be the XML of the rows itself, `styles` that of automatic styles."""
    body = rows if isinstance(rows, str) else "".join(_ods_row(row) for row in rows)
    spaces = " ".join(f'xmlns:{part}="{_ODF}:{part}:1.0"' for part in ("office", "table", "text", "style"))
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}>'
        f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>"
        f'<table:table table:name="{name}" table:style-name="{style}">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return ods_around(content)


def ods_around(content: str) -> bytes:
    """A workbook of just this content.xml."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", _ODS, zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
    return out.getvalue()


def _ods_row(row: Sequence[object]) -> str:
    return f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>"


def _ods_cell(value: object) -> str:
    if value is None:
        return "<table:table-cell/>"
    kind = "string" if isinstance(value, str) else "float"
    shown = "".join(f"<text:p>{escape(line)}</text:p>" for line in str(value).split("\n"))
    number = "" if kind == "string" else f' office:value="{value}"'
    return f'<table:table-cell office:value-type="{kind}"{number}>{shown}</table:table-cell>'


def bank_of(*rows: Sequence[object]) -> Bank:
    """The bank of one table: through xlsx, so that numbers are numbers."""
    return read_bank(xlsx_bytes(rows))


def only(bank: Bank) -> Question:
    assert len(bank.questions) == 1
    return bank.questions[0]


def texts(question: Question) -> list[str]:
    return [option.text for option in question.options]


def answers(bank: Bank) -> list[tuple[str, ...]]:
    return [question.answer for question in bank.questions]


def kinds(bank: Bank) -> list[str]:
    return [question.kind.value for question in bank.questions]


def errors(bank: Bank) -> list[str]:
    return [f"{problem.where}：{problem.message}" for problem in bank.problems if problem.severity is Severity.ERROR]


def warnings(bank: Bank) -> list[str]:
    return [f"{problem.where}：{problem.message}" for problem in bank.problems if problem.severity is Severity.WARNING]
