"""Small spreadsheets as offices hand them in."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import xlsxwriter


def xlsx_of(*rows: Sequence[object], merged: Sequence[tuple[str, object]] = ()) -> bytes:
    """A workbook of one sheet; `merged`: a range as ``A2:A4``, and what it holds."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("名单")
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if value not in (None, ""):
                    sheet.write(number, column, value)
        for cells, value in merged:
            sheet.merge_range(cells, value)
    return out.getvalue()


def csv_of(*lines: str) -> bytes:
    return "\n".join(lines).encode("utf-8-sig")
