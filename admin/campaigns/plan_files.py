"""A campaign's whole plan as a file: down from one campaign, up into the form of another."""

from __future__ import annotations

from flask import Response, render_template, request

from admin.campaigns.campaign_form import form_of
from admin.campaigns.drafts import form_page
from admin.console import console
from admin.context import settings, stores
from admin.rights import Action, needs
from campaigns import keeping
from campaigns.errors import Refused

LARGEST = 256 * 1024


@console.get("/campaigns/<slug>/plan.toml")
@needs(Action.EDIT_CAMPAIGNS)
def campaign_file(slug: str) -> Response:
    with stores().sql.reading() as session:
        text = keeping.write_plan(keeping.plan_of(session, slug))
    disposition = f'attachment; filename="{slug}.toml"'
    return Response(text, mimetype="application/toml", headers={"Content-Disposition": disposition})


@console.route("/campaigns/file", methods=["GET", "POST"])
@needs(Action.EDIT_CAMPAIGNS)
def read_campaign_file() -> str | tuple[str, int]:
    """A file, or its text, laid out in the form of a new campaign: nothing is kept before somebody has seen it."""
    if request.method == "GET":
        return render_template("admin/campaign_file.html", refusal="", text="")
    text = request.form.get("text", "")
    try:
        text = _sent(text)
        plan = keeping.read_plan(text, settings().timezone)
    except Refused as error:
        return render_template("admin/campaign_file.html", refusal=str(error), text=text), 422
    with stores().sql.reading() as session:
        return form_page(session, form_of(plan, 0), told="方案文件已读入，还没有保存：请核对下面各项，再点“保存草稿”。")


def _sent(text: str) -> str:
    file = request.files.get("file")
    if file is None or not file.filename:
        if not text.strip():
            raise Refused("还没有选文件，请先选择一个方案文件，或者把它的内容粘贴到下面。")
        return text
    data: bytes = file.read()
    if len(data) > LARGEST:
        raise Refused("方案文件不会超过 256 KB，请检查是不是选错了文件。")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused("方案文件要用 UTF-8 编码保存，请用记事本“另存为”，编码选 UTF-8，再传一次。") from error
