"""The audit log (审计日志): who changed what and when, found again, proved, and taken away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from admin.console import console
from admin.context import me, now, settings, stores
from admin.paging import page_asked, pages_offered
from admin.rights import Action, needs
from admin.spreadsheets import MOST_ROWS, sheet_file
from campaigns import audit
from campaigns.audit import Entry, Wanted, files, words
from campaigns.clock import day_begins
from campaigns.text_tables import as_csv

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Line:
    entry: Entry
    whose: str
    deed: str
    subject: str
    differences: list[words.Difference]


@console.get("/audit")
@needs(Action.SEE_AUDIT)
def audit_log() -> str:
    """The latest first; ``?by= what= subject= from= until=`` ask for some, the days as ``2026-07-04``."""
    return _page()


@console.get("/audit/verify")
@needs(Action.SEE_AUDIT)
def verify_audit_log() -> str:
    """The same page, and whether the chain of all entries holds."""
    with stores().sql.reading() as session:
        return _page(audit.verify(session, now()))


@console.get("/audit/audit.<any(xlsx, csv):form>")
@needs(Action.SEE_AUDIT)
def audit_file(form: str) -> Response | AnyResponse:
    """What the page's filter asks for, the first first. To take it is an entry itself."""
    wanted = _asked()
    with stores().sql.reading() as session:
        total = audit.how_many(session, wanted)
        if total > MOST_ROWS:
            flash(f"一共 {total} 条，一个文件最多 {MOST_ROWS} 条：请缩小日期范围，分几次导出。", "danger")
            return redirect(f"{url_for('admin.audit_log')}?{urlencode(_query())}")
        table = files.table(audit.unfold(session, wanted), settings().timezone)
    with stores().sql.transaction() as session:
        told = {"what": files.TITLE, "rows": len(table.rows), "format": form}
        audit.record(session, me(), "export.made", "audit:log", now(), after=told)
    if form == "xlsx":
        return sheet_file(table, "audit")
    disposition = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    return Response(as_csv(table), mimetype="text/csv", headers=disposition)


def _page(verdict: audit.Verdict | None = None) -> str:
    wanted, zone = _asked(), settings().timezone
    with stores().sql.reading() as session:
        total = audit.how_many(session, wanted)
        pages = max(1, -(-total // SHOWN))
        page = min(page_asked(), pages)
        found = audit.entries(session, wanted, most=SHOWN, skipped=(page - 1) * SHOWN)
        authors, codes = audit.authors(session), audit.codes(session)
    return render_template(
        "admin/audit_log.html",
        lines=list(_lines(found, zone)),
        total=total,
        page=page,
        offered=pages_offered(page, pages),
        authors=authors,
        program=audit.PROGRAM,
        nobody=words.NOBODY,
        deeds=_deeds(codes),
        rooms=words.ROOMS,
        asked=_query(),
        verdict=verdict,
    )


def _lines(found: list[Entry], zone: str) -> Iterator[Line]:
    for one in found:
        differences = words.differences(one, zone)
        yield Line(one, words.whose(one.by), words.deed(one.what), words.subject(one.subject), differences)


def _deeds(codes: list[str]) -> dict[str, list[tuple[str, str]]]:
    """What can be asked for, by room: codes, and what they are called."""
    found: dict[str, list[tuple[str, str]]] = {}
    for code in codes:
        found.setdefault(code.partition(".")[0], []).append((code, words.deed(code)))
    return found


def _query() -> dict[str, str]:
    """The filter as an address has it, without what is empty."""
    asked = {name: request.args.get(name, "").strip()[:100] for name in ("by", "what", "subject", "from", "until")}
    return {name: value for name, value in asked.items() if value}


def _asked() -> Wanted:
    asked = _query()
    until = _day(asked.get("until", ""))
    return Wanted(
        by=asked.get("by", ""),
        what=asked.get("what", ""),
        subject=words.sought(asked.get("subject", "")),
        from_ms=_day(asked.get("from", "")),
        until_ms=None if until is None else day_begins(1, until, settings().timezone),
    )


def _day(written: str) -> int | None:
    """When a day begins; None for what is no day."""
    try:
        day = datetime.strptime(written, "%Y-%m-%d").replace(tzinfo=ZoneInfo(settings().timezone))
    except ValueError:
        return None
    return int(day.timestamp()) * 1_000 if 2_000 <= day.year < 2_200 else None
