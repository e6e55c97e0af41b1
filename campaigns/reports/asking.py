"""Reports as they were asked for: written down, changed, numbered; their files are made by jobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaigns import audit, tables
from campaigns.banks.storable import cleaned, line
from campaigns.errors import NotFound, Refused
from campaigns.jobs import asking as jobs
from campaigns.reports import photos
from campaigns.reports.content import KINDS, Order

JOB = "report"
"""The kind of job that makes a file."""
FORMATS: Mapping[str, str] = {"docx": "Word", "pdf": "PDF", "xlsx": "Excel 附表"}
LARGEST_ISSUE = 9_999
LONGEST_REMARKS = 20_000


@dataclass(frozen=True, slots=True)
class Written:
    """A report as lists show it."""

    id: int
    campaign_id: int
    order: Order
    unit: str
    """The name of the unit that it is of; empty: of the whole."""
    unit_path: str
    by: str
    at_ms: int

    @property
    def called(self) -> str:
        """How people tell it from others: ``第9期 …``."""
        return f"第{self.order.issue}期 {self.order.title}" if self.order.issue is not None else self.order.title


def write(session: Session, campaign_id: int, order: Order, by: str, now: int) -> int:
    """Write a report down; gives its id. Raises Refused for one that cannot be, as with an issue that is taken."""
    row = tables.Report(campaign_id=campaign_id, by=by, at_ms=now, **_values(session, campaign_id, order))
    session.add(row)
    _flush(session, order)
    audit.record(session, by, "report.written", f"report:{row.id}", now, after=_audited(order))
    return row.id


def change(session: Session, written: Written, order: Order, by: str, now: int) -> None:
    """Say it anew. Raises NotFound where it is gone by now, and Refused as `write`."""
    row = _row(session, written.campaign_id, written.id)
    for name, value in _values(session, written.campaign_id, order).items():
        setattr(row, name, value)
    _flush(session, order)
    before, after = _audited(written.order), _audited(order)
    other = [name for name in after if before[name] != after[name]]
    if other:
        audit.record(
            session,
            by,
            "report.changed",
            f"report:{written.id}",
            now,
            before={name: before[name] for name in other},
            after={name: after[name] for name in other},
        )


def remove(session: Session, written: Written, by: str, now: int) -> None:
    """Forget a report; files that were made of it are forgotten by themselves. Raises NotFound."""
    _row(session, written.campaign_id, written.id)
    session.execute(delete(tables.Report).where(tables.Report.id == written.id))
    audit.record(session, by, "report.removed", f"report:{written.id}", now, before=_audited(written.order))


def find(session: Session, campaign_id: int, report_id: int, *, below: tables.Unit | None = None) -> Written:
    """Raises NotFound for one that there is not, or that is not of the unit `below`, nor of one beneath it."""
    for one in _written(session, tables.Report.campaign_id == campaign_id, tables.Report.id == report_id):
        if below is None or one.unit_path.startswith(below.path):
            return one
    raise NotFound("没有这份报告，可能刚刚被删掉了。")


def listing(session: Session, campaign_id: int, *, below: tables.Unit | None = None) -> list[Written]:
    """A campaign's reports, the newest first; `below`: those of a unit and of the ones beneath it."""
    found = _written(session, tables.Report.campaign_id == campaign_id)
    return [one for one in found if below is None or one.unit_path.startswith(below.path)]


def next_issue(session: Session, campaign_id: int) -> int:
    """The number after the last bulletin's of the whole campaign."""
    report = tables.Report
    last = session.scalar(
        select(func.max(report.issue)).where(report.campaign_id == campaign_id, report.kind == "bulletin")
    )
    return (last or 0) + 1


# --- files ------------------------------------------------------------------------------------------------------------


def ask_file(session: Session, slug: str, written: Written, form: str, by: str, now: int) -> int:
    """Have a file of a report made, of the campaign of a slug; gives the job's id. Raises Refused for no form."""
    if form not in FORMATS:
        raise Refused("没有这种格式，请从 Word、PDF 和 Excel 里选。")
    title = f"{written.called}（{FORMATS[form]}）"
    arguments = {"slug": slug, "report": written.id, "form": form}
    return jobs.ask(session, JOB, title, arguments, by, now, unit_id=written.order.unit_id)


def files_of(session: Session, written: Written) -> list[jobs.Listed]:
    """The jobs that make, or have made, files of it as it is of the unit that it is of now, the newest first."""
    job = tables.Job
    ids = session.scalars(
        select(job.id)
        .where(
            job.kind == JOB,
            job.arguments["report"].as_integer() == written.id,
            job.unit_id.is_not_distinct_from(written.order.unit_id),  # whoever sees the unit may not see the whole
            job.asked_ms >= written.at_ms,  # an id may have been another report's before
        )
        .order_by(job.id.desc())
    )
    return [jobs.find(session, one) for one in ids]


# --- rows -------------------------------------------------------------------------------------------------------------


def _values(session: Session, campaign_id: int, order: Order) -> dict[str, Any]:
    """The columns of a report. Raises Refused."""
    if order.kind not in KINDS:
        raise Refused("没有这种报告，请选工作简讯或总结。")
    title = line(" ".join(order.title.split()))
    if not title:
        raise Refused("请写上报告的标题。")
    if order.issue is not None and (order.kind != "bulletin" or order.unit_id is not None):
        raise Refused("只有全活动的工作简讯编期号，请把期号空着。")
    if order.issue is not None and not 0 < order.issue <= LARGEST_ISSUE:
        raise Refused(f"期号应当是 1 到 {LARGEST_ISSUE} 的整数。")
    if len(order.remarks) > LONGEST_REMARKS:
        raise Refused(f"补充的文字最多 {LONGEST_REMARKS} 个字，请写短一些。")
    if len(order.photos) > photos.MOST_IN_A_REPORT:
        raise Refused(f"一份报告最多放 {photos.MOST_IN_A_REPORT} 张照片，请少选几张。")
    known = {one.id for one in photos.listing(session, campaign_id)}
    if not known.issuperset(order.photos):
        raise Refused("选的照片里有一张刚刚被删掉了，请重新选择。")
    return {
        "kind": order.kind,
        "unit_id": order.unit_id,
        "issue": order.issue,
        "title": title,
        "sender": line(" ".join(order.sender.split())),
        "remarks": cleaned(order.remarks),
        "photos": list(dict.fromkeys(order.photos)),
    }


def _flush(session: Session, order: Order) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        raise Refused(f"第 {order.issue} 期已经有了，请换一个期号。") from error


def _row(session: Session, campaign_id: int, report_id: int) -> tables.Report:
    row = session.get(tables.Report, report_id)
    if row is None or row.campaign_id != campaign_id:
        raise NotFound("没有这份报告，可能刚刚被删掉了。")
    return row


def _written(session: Session, *which: ColumnElement[bool]) -> list[Written]:
    report, unit = tables.Report, tables.Unit
    rows = session.execute(
        select(report, unit.name, unit.path)
        .outerjoin(unit, unit.id == report.unit_id)
        .where(*which)
        .order_by(report.id.desc())
    )
    return [
        Written(row.id, row.campaign_id, _order(row), name or "", path or "", row.by, row.at_ms)
        for row, name, path in rows
    ]


def _order(row: tables.Report) -> Order:
    return Order(row.kind, row.title, row.sender, row.unit_id, row.issue, row.remarks, tuple(row.photos))


def _audited(order: Order) -> dict[str, Any]:
    return {
        "kind": order.kind,
        "title": order.title,
        "sender": order.sender,
        "unit_id": order.unit_id,
        "issue": order.issue,
        "remarks": len(order.remarks),
        "photos": len(order.photos),
    }
