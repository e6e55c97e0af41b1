"""Making a report's file: as a job, step by step, or at once for the command line."""

from __future__ import annotations

from sqlalchemy import select

from campaigns import tables
from campaigns.errors import NotFound, Refused
from campaigns.jobs.kinds import Running
from campaigns.reports import asking, pdf, sheets, templates
from campaigns.reports.content import Content
from campaigns.reports.gathering import STEPS, gather
from campaigns.stores import Stores

MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
_STEPS = STEPS + 2


def make_report(stores: Stores, running: Running, now: int) -> str:
    """The doer of jobs of the kind ``report``: their arguments are the ``report`` and its ``form``.

    Raises NotFound for a report that was removed meanwhile, Refused for one that is of another unit by now, and what
    `gather` and `file_of` raise.
    """
    report_id, form = int(running.asked.arguments["report"]), str(running.asked.arguments["form"])
    slug, written = _written(stores, report_id)
    if written.order.unit_id != running.asked.unit_id:  # whoever sees this job may not see that unit
        raise Refused("这份报告刚刚改了范围，没有做它的文件：请重新生成。")
    content = gather(stores, slug, written.order, now, lambda done: running.step(done, _STEPS))
    data = file_of(stores, content, form, now)
    running.step(STEPS + 1, _STEPS)
    running.deliver(f"{slug}-{written.order.kind}-{report_id}.{form}", MEDIA_TYPES[form], [data])
    return f"已经做好，{max(1, len(data) >> 10)} KB。"


def file_of(stores: Stores, content: Content, form: str, now: int) -> bytes:
    """The bytes. Raises Refused where a PDF lacks a character, and where an uploaded template does not do any more."""
    match form:
        case "xlsx":
            return sheets.write_xlsx(content, now)
        case "pdf":
            return pdf.write_pdf(content, now)
        case "docx":
            with stores.sql.reading() as session:
                template = templates.current(session, content.kind)
            return templates.fill(template, content, now)
    raise Refused("没有这种格式，请从 Word、PDF 和 Excel 里选。")


def _written(stores: Stores, report_id: int) -> tuple[str, asking.Written]:
    report, campaign = tables.Report, tables.Campaign
    with stores.sql.reading() as session:
        found = session.execute(
            select(campaign.id, campaign.slug)
            .join(report, report.campaign_id == campaign.id)
            .where(report.id == report_id)
        ).one_or_none()
        if found is None:
            raise NotFound("这份报告已经被删掉了，没有做它的文件。")
        return found.slug, asking.find(session, found.id, report_id)
