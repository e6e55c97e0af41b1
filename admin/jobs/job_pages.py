"""任务: what was asked for and takes its time, how far it is, what came of it, and its file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO
from urllib.parse import quote

from flask import Response, flash, redirect, render_template, url_for
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from admin import scope
from admin.console import console
from admin.context import me, now, stores
from admin.jobs.job_kinds import kind_of, way_on
from admin.paging import page_asked, pages_offered
from admin.parts import wants_part
from admin.rights import Action, may, needs
from campaigns import audit, regrade, tables
from campaigns.errors import NotFound, Refused
from campaigns.jobs import asking
from campaigns.jobs.asking import PIECE_BYTES, Listed

SHOWN = 30
IN_MEMORY = 8 * 1024 * 1024
"""Larger files wait on the disk while they are sent: no connection to the database waits with them."""
STATES = {
    "waiting": ("等待", "secondary"),
    "running": ("进行中", "blue"),
    "done": ("完成", "green"),
    "failed": ("没有完成", "red"),
    "cancelled": ("已取消", "secondary"),
}


@dataclass(frozen=True, slots=True)
class Recount:
    """A correction of a question that is still being carried out: work of another kind, with a page of its own."""

    id: int
    slug: str
    campaign: str
    done: int
    of: int


@console.get("/jobs")
@needs(Action.SEE_CAMPAIGNS, scoped=True)
def jobs() -> str:
    """One's own; those of all for whoever runs campaigns."""
    by, page = None if _sees_all() else me(), page_asked()
    with stores().sql.reading() as session:
        total = asking.how_many(session, by=by)
        pages = max(1, -(-total // SHOWN))
        page = min(page, pages)
        found = asking.listing(session, by=by, most=SHOWN, skipped=(page - 1) * SHOWN)
        seen = {one.id for one in found if _may_see(session, one)}
        recounts = _recounts(session) if _sees_all() else []
    return render_template(
        "admin/jobs.html",
        jobs=found,
        seen=seen,
        recounts=recounts,
        states=STATES,
        kind_of=kind_of,
        everybody=_sees_all(),
        total=total,
        page=page,
        offered=pages_offered(page, pages),
    )


@console.get("/jobs/<int:job_id>")
@needs(Action.SEE_CAMPAIGNS, scoped=True)
def job(job_id: int) -> str:
    """The page, or the part of it that renews itself."""
    with stores().sql.reading() as session:
        found = _asked(session, job_id)
    return render_template(
        "admin/job_state.html" if wants_part() else "admin/job.html",
        job=found,
        states=STATES,
        kind=kind_of(found),
        way_on=way_on(found) if found.is_over else None,
        kept_days=asking.FILES_KEPT_MS // 86_400_000,
    )


@console.post("/jobs/<int:job_id>/cancel")
@needs(Action.SEE_CAMPAIGNS, scoped=True)
def cancel_job(job_id: int) -> AnyResponse:
    try:
        with stores().sql.transaction() as session:
            _asked(session, job_id)
            asking.cancel(session, job_id, me(), now())
    except Refused as error:
        flash(str(error), "warning")
    return redirect(url_for("admin.job", job_id=job_id))


@console.get("/jobs/<int:job_id>/file")
@needs(Action.SEE_CAMPAIGNS, scoped=True)
def job_file(job_id: int) -> Response:
    """Who took it is on record: it may be another one than who asked for it."""
    with stores().sql.reading() as session:
        found = _asked(session, job_id)
        if not found.has_file(now()):
            raise NotFound(f"“{found.title}”没有可以下载的文件了，需要时请再做一次。")
        name, media_type, pieces = asking.file_of(session, job_id)
        copy = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 — closed with the response
        copy.writelines(pieces)
    with stores().sql.transaction() as session:
        audit.record(session, me(), "job.file_taken", f"job:{job_id}", now(), after={"title": found.title})
    response = Response(_read(copy), content_type=media_type)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"  # RFC 6266
    response.headers["Content-Length"] = str(copy.tell())
    response.call_on_close(copy.close)
    copy.seek(0)
    return response


def _read(copy: IO[bytes]) -> Iterator[bytes]:
    with copy:
        while some := copy.read(PIECE_BYTES):
            yield some


def _sees_all() -> bool:
    account = current_user.account
    return account.unit_id is None and may(account.role, Action.RUN_CAMPAIGNS)


def _asked(session: Session, job_id: int) -> Listed:
    """Raises NotFound for a job that there is not, and for one that is not this account's to see."""
    found = asking.find(session, job_id)
    if not _may_see(session, found):
        raise NotFound(f"没有编号为 {job_id} 的任务，请从任务列表里选。")
    return found


def _may_see(session: Session, found: Listed) -> bool:
    """Whether it is one's own, or one sees all; and still has the rights, and the unit, that it takes."""
    role = current_user.account.role
    if not (found.by == me() or _sees_all()) or not all(
        may(role, one) for one in kind_of(found).needs(found.arguments)
    ):
        return False
    own = scope.own_unit(session)
    if own is None:
        return True
    path = session.scalar(select(tables.Unit.path).where(tables.Unit.id == found.unit_id))
    return path is not None and path.startswith(own.path)


def _recounts(session: Session) -> Sequence[Recount]:
    one, campaign = tables.Regrade, tables.Campaign
    rows = session.execute(
        select(one.id, campaign.slug, campaign.name)
        .join(campaign, campaign.id == one.campaign_id)
        .where(one.finished_ms.is_(None))
        .order_by(one.id)
    ).all()
    found = []
    for row in rows:
        far = regrade.progress(session, row.id)
        found.append(Recount(row.id, row.slug, row.name, far.done, far.of))
    return found
