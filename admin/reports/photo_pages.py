"""Photos for a campaign's reports: brought in, described, removed. A liaison sees those that they brought alone."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from admin.console import console
from admin.context import me, now, stores
from admin.rights import Action, needs
from campaigns import keeping, pictures
from campaigns.errors import NotFound, Refused
from campaigns.reports import photos
from campaigns.reports.photos import Kept


@console.route("/campaigns/<slug>/reports/photos", methods=["GET", "POST"])
@needs(Action.MAKE_REPORTS, scoped=True)
def report_photos(slug: str) -> str | AnyResponse | tuple[str, int]:
    with stores().sql.reading() as session:
        found = keeping.overview(session, slug)
    refusal = ""
    if request.method == "POST":
        try:
            count = len(kept_photos(found.id, request.form.get("caption", "")))
            if not count:
                raise Refused("还没有选照片，请先选择一张或几张。")
            flash(f"传了 {count} 张照片，写报告时可以选用。", "success")
            return redirect(url_for("admin.report_photos", slug=slug))
        except Refused as error:
            refusal = str(error)
    with stores().sql.reading() as session:
        kept = photos_seen(session, found.id)
    page = render_template(
        "admin/report_photos.html", campaign=found, photos=kept, most=photos.MOST, refusal=refusal, tab="reports"
    )
    return (page, 422) if refusal else page


@console.get("/campaigns/<slug>/reports/photos/<int:photo_id>")
@needs(Action.SEE_REPORTS, scoped=True)
def report_photo(slug: str, photo_id: int) -> Response:
    """The picture itself."""
    with stores().sql.reading() as session:
        kept = _seen(session, slug, photo_id)
        media_type, data = pictures.picture(session, kept.sha256)
    return Response(data, mimetype=media_type, headers={"X-Content-Type-Options": "nosniff"})


@console.post("/campaigns/<slug>/reports/photos/<int:photo_id>/caption")
@needs(Action.MAKE_REPORTS, scoped=True)
def describe_report_photo(slug: str, photo_id: int) -> AnyResponse:
    with stores().sql.transaction() as session:
        _seen(session, slug, photo_id)
        campaign_id = keeping.find(session, slug).id
        photos.describe(session, campaign_id, photo_id, request.form.get("caption", "").strip(), me(), now())
    flash("照片的说明已经保存。", "success")
    return redirect(url_for("admin.report_photos", slug=slug))


@console.post("/campaigns/<slug>/reports/photos/<int:photo_id>/remove")
@needs(Action.MAKE_REPORTS, scoped=True)
def remove_report_photo(slug: str, photo_id: int) -> AnyResponse:
    with stores().sql.transaction() as session:
        _seen(session, slug, photo_id)
        photos.remove(session, keeping.find(session, slug).id, photo_id, me(), now())
    flash("照片已经删除，以后做的报告里不再有它。", "success")
    return redirect(url_for("admin.report_photos", slug=slug))


def photos_seen(session: Session, campaign_id: int) -> list[Kept]:
    """The oldest first, as they are shown in reports."""
    by = None if current_user.account.unit_id is None else me()
    return photos.listing(session, campaign_id, by=by)[::-1]


def kept_photos(campaign_id: int, caption: str = "") -> list[int]:
    """Keep the photos that were sent with a form, if any; gives their ids. Raises Refused for what is no picture."""
    sent = [photos.drawn(one.read()) for one in request.files.getlist("photos") if one.filename]
    with stores().sql.transaction() as session:
        return [photos.add(session, campaign_id, one, caption.strip(), me(), now()) for one in sent]


def _seen(session: Session, slug: str, photo_id: int) -> Kept:
    for one in photos_seen(session, keeping.find(session, slug).id):
        if one.id == photo_id:
            return one
    raise NotFound("没有这张照片，可能刚刚被删掉了。")
