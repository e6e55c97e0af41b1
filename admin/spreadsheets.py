"""Tables to take away."""

from __future__ import annotations

from flask import Response

from admin.context import me, now, stores
from campaigns import audit
from campaigns.text_tables import TextTable, as_xlsx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 100_000
"""What spreadsheet programs of offices open without trouble."""


def sheet_file(table: TextTable, name: str) -> Response:
    """As ``name.xlsx``; `name` is ASCII."""
    disposition = f'attachment; filename="{name}.xlsx"'
    return Response(as_xlsx(table), mimetype=XLSX, headers={"Content-Disposition": disposition})


def people_file(table: TextTable, name: str, subject: str, *, full: bool) -> Response:
    """The same of a list of persons, names in `full` or masked: who takes it is written into the audit log."""
    note_export(table.title, subject, len(table.rows), "xlsx", full=full)
    return sheet_file(table, name)


def note_export(title: str, subject: str, rows: int, form: str, *, full: bool) -> None:
    """Write down that whoever is signed in takes a list of persons away; before they have it."""
    told = {"table": title, "format": form, "rows": rows, "names": "full" if full else "masked"}
    with stores().sql.transaction() as session:
        audit.record(session, me(), "export.made", subject, now(), after=told)
