"""报告: a campaign's bulletins and summaries, what stands in them, and their files."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from admin import scope
from admin.console import console
from admin.context import me, now, stores
from admin.jobs.job_pages import STATES
from admin.parts import wants_part
from admin.reports.photo_pages import kept_photos, photos_seen
from admin.reports.report_form import ReportForm, as_sent, empty_form, form_of, order_of
from admin.rights import Action, needs
from campaigns import audit, keeping, tables
from campaigns.errors import NotFound, Refused
from campaigns.jobs import asking as jobs
from campaigns.keeping import Overview
from campaigns.prints.file_names import safe
from campaigns.reports import asking
from campaigns.reports.asking import FORMATS, Written
from campaigns.reports.content import KINDS
from campaigns.reports.photos import MOST_IN_A_REPORT


@console.get("/campaigns/<slug>/reports")
@needs(Action.SEE_REPORTS, scoped=True)
def campaign_reports(slug: str) -> str:
    """All of the campaign; of a liaison those of their own units."""
    with stores().sql.reading() as session:
        found = keeping.overview(session, slug)
        reports = asking.listing(session, found.id, below=scope.own_unit(session))
    return render_template("admin/campaign_reports.html", campaign=found, reports=reports, kinds=KINDS, tab="reports")


@console.route("/campaigns/<slug>/reports/new", methods=["GET", "POST"])
@needs(Action.MAKE_REPORTS, scoped=True)
def new_report(slug: str) -> str | AnyResponse | tuple[str, int]:
    """Written down, and its files begun."""
    with stores().sql.reading() as session:
        found = _published(session, slug)
        own = scope.own_unit(session)
        issue = None if own else asking.next_issue(session, found.id)
    if request.method == "GET":
        return _form_page(found, empty_form(request.args.get("kind", ""), own, issue))
    form = as_sent(request.form)
    try:
        form = form.with_photos(kept_photos(found.id))
        with stores().sql.transaction() as session:
            order = order_of(session, found, form)
            report_id = asking.write(session, found.id, order, me(), now())
            written = asking.find(session, found.id, report_id, below=scope.own_unit(session))
            for wanted in form.formats:
                asking.ask_file(session, slug, written, wanted, me(), now())
    except (Refused, NotFound) as error:
        return _form_page(found, form, str(error)), 404 if isinstance(error, NotFound) else 422
    return redirect(url_for("admin.report", slug=slug, report_id=report_id))


@console.get("/campaigns/<slug>/reports/<int:report_id>")
@needs(Action.SEE_REPORTS, scoped=True)
def report(slug: str, report_id: int) -> str:
    """The page, or the part of it that tells how far its files are."""
    with stores().sql.reading() as session:
        found, written = _asked(session, slug, report_id)
        files = asking.files_of(session, written)
        chosen = [one for one in photos_seen(session, found.id) if one.id in written.order.photos]
    return render_template(
        "admin/report_files.html" if wants_part() else "admin/report.html",
        campaign=found,
        report=written,
        files=files,
        photos=chosen,
        formats=FORMATS,
        kinds=KINDS,
        states=STATES,
        is_busy=any(not one.is_over for one in files),
        tab="reports",
    )


@console.route("/campaigns/<slug>/reports/<int:report_id>/edit", methods=["GET", "POST"])
@needs(Action.MAKE_REPORTS, scoped=True)
def edit_report(slug: str, report_id: int) -> str | AnyResponse | tuple[str, int]:
    """What stands in it; its files are made anew when they are asked for."""
    with stores().sql.reading() as session:
        found, written = _asked(session, slug, report_id)
    if request.method == "GET":
        return _form_page(found, form_of(written, _code(written)), written=written)
    form = as_sent(request.form)
    try:
        form = form.with_photos(kept_photos(found.id))
        with stores().sql.transaction() as session:
            order = order_of(session, found, form)
            others = _photos_of_others(session, written)
            asking.change(session, written, replace(order, photos=(*order.photos, *others)), me(), now())
    except (Refused, NotFound) as error:
        return _form_page(found, form, str(error), written), 404 if isinstance(error, NotFound) else 422
    flash("已经保存。以前做好的文件不会跟着变，请重新生成。", "success")
    return redirect(url_for("admin.report", slug=slug, report_id=report_id))


@console.post("/campaigns/<slug>/reports/<int:report_id>/remove")
@needs(Action.MAKE_REPORTS, scoped=True)
def remove_report(slug: str, report_id: int) -> AnyResponse:
    with stores().sql.transaction() as session:
        _, written = _asked(session, slug, report_id)
        asking.remove(session, written, me(), now())
    flash(f"“{written.called}”已经删除。", "success")
    return redirect(url_for("admin.campaign_reports", slug=slug))


@console.post("/campaigns/<slug>/reports/<int:report_id>/files")
@needs(Action.MAKE_REPORTS, scoped=True)
def make_report_file(slug: str, report_id: int) -> AnyResponse:
    """One file, with the figures as they are when it is made."""
    try:
        with stores().sql.transaction() as session:
            _, written = _asked(session, slug, report_id)
            asking.ask_file(session, slug, written, request.form.get("form", ""), me(), now())
    except Refused as error:
        flash(str(error), "danger")
    return redirect(url_for("admin.report", slug=slug, report_id=report_id))


@console.get("/campaigns/<slug>/reports/<int:report_id>/files/<int:job_id>")
@needs(Action.SEE_REPORTS, scoped=True)
def report_file(slug: str, report_id: int, job_id: int) -> Response:
    """Who took it is on record."""
    with stores().sql.reading() as session:
        _, written = _asked(session, slug, report_id)
        if job_id not in {one.id for one in asking.files_of(session, written) if one.has_file(now())}:
            raise NotFound("这个文件已经不在了：请重新生成。")
        name, media_type, pieces = jobs.file_of(session, job_id)
        data = b"".join(pieces)  # a few megabytes at most, as its photos are
    with stores().sql.transaction() as session:
        audit.record(session, me(), "report.file_taken", f"report:{report_id}", now(), after={"file": name})
    called = f"{safe(written.called)}.{name.rsplit('.', 1)[-1]}"
    return send_file(BytesIO(data), mimetype=media_type, as_attachment=True, download_name=called)


def _published(session: Session, slug: str) -> Overview:
    found = keeping.overview(session, slug)
    if found.state == "draft":
        raise Refused("这个活动还没有发布，没有可以报告的内容：请先发布。")
    return found


def _asked(session: Session, slug: str, report_id: int) -> tuple[Overview, Written]:
    """Raises NotFound for a report that there is not, and for one beyond a liaison's units."""
    found = keeping.overview(session, slug)
    return found, asking.find(session, found.id, report_id, below=scope.own_unit(session))


def _photos_of_others(session: Session, written: Written) -> tuple[int, ...]:
    """What it shows and the form does not, since a liaison did not bring it: they stay in it."""
    seen = {one.id for one in photos_seen(session, written.campaign_id)}
    return tuple(one for one in written.order.photos if one not in seen)


def _code(written: Written) -> str:
    if written.order.unit_id is None:
        return ""
    with stores().sql.reading() as session:
        return session.get_one(tables.Unit, written.order.unit_id).code


def _form_page(found: Overview, form: ReportForm, refusal: str = "", written: Written | None = None) -> str:
    with stores().sql.reading() as session:
        own = scope.own_unit(session)
        photos = photos_seen(session, found.id)
    return render_template(
        "admin/report_form.html",
        campaign=found,
        form=form,
        written=written,
        refusal=refusal,
        own=own,
        photos=photos,
        kinds=KINDS,
        formats=FORMATS,
        most_photos=MOST_IN_A_REPORT,
        tab="reports",
    )
