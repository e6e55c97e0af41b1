"""Tables to take away."""

from __future__ import annotations

from flask import Response

from campaigns.text_tables import TextTable, as_xlsx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 100_000
"""What spreadsheet programs of offices open without trouble."""


def sheet_file(table: TextTable, name: str) -> Response:
    """As ``name.xlsx``; `name` is ASCII."""
    disposition = f'attachment; filename="{name}.xlsx"'
    return Response(as_xlsx(table), mimetype=XLSX, headers={"Content-Disposition": disposition})
