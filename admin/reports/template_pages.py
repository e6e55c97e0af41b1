"""The Word templates of reports: taken away, edited in Word, brought back; tried before they are used."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from admin.console import console
from admin.context import me, now, stores
from admin.prizes.award_pages import DOCX
from admin.rights import Action, needs
from campaigns.errors import Refused
from campaigns.reports import templates
from campaigns.reports.content import KINDS
from campaigns.reports.tags import TAGS, Form


@console.get("/reports/templates")
@needs(Action.MAKE_REPORTS)
def report_templates() -> str:
    """Which are used, and which tags there are."""
    return _page()


@console.post("/reports/templates/<kind>")
@needs(Action.MAKE_REPORTS)
def upload_report_template(kind: str) -> AnyResponse | tuple[str, int]:
    templates.known_kind(kind)
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise Refused("还没有选文件，请先选择改好的 Word 文档（.docx）。")
        data, name = file.read(), file.filename
        templates.check(data)
    except Refused as error:
        return _page(kind, str(error)), 422
    with stores().sql.transaction() as session:
        templates.keep(session, kind, name, data, me(), now())
    flash(f"以后的{KINDS[kind]}都用“{name}”生成。", "success")
    return redirect(url_for("admin.report_templates"))


@console.post("/reports/templates/<kind>/shipped")
@needs(Action.MAKE_REPORTS)
def use_shipped_template(kind: str) -> AnyResponse:
    with stores().sql.transaction() as session:
        templates.use_shipped(session, kind, me(), now())
    flash(f"以后的{KINDS[kind]}用自带的模板生成；上传过的模板还在，可以下载。", "success")
    return redirect(url_for("admin.report_templates"))


@console.get("/reports/templates/<kind>/shipped.docx")
@needs(Action.MAKE_REPORTS)
def shipped_template(kind: str) -> Response:
    return _file(templates.shipped(kind), f"{kind}-template.docx")


@console.get("/reports/templates/uploaded/<int:template_id>.docx")
@needs(Action.MAKE_REPORTS)
def uploaded_template(template_id: int) -> Response:
    with stores().sql.reading() as session:
        kept, data = templates.file_of(session, template_id)
    return _file(data, f"{kept.kind}-template-{template_id}.docx")


def _page(refused_kind: str = "", refusal: str = "") -> str:
    with stores().sql.reading() as session:
        kept = {kind: templates.listing(session, kind) for kind in KINDS}
    return render_template(
        "admin/report_templates.html",
        kinds=KINDS,
        kept=kept,
        tags=TAGS,
        forms=Form,
        refused_kind=refused_kind,
        refusal=refusal,
    )


def _file(data: bytes, name: str) -> Response:
    disposition = f'attachment; filename="{name}"'
    return Response(data, mimetype=DOCX, headers={"Content-Disposition": disposition})
