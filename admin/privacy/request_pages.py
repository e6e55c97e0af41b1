"""What persons ask for about their own data: listed by when it is due, done, or refused with a reason."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin.console import console
from admin.context import me, now, settings, stores
from admin.paging import page_asked, pages_offered
from admin.rights import Action, needs
from campaigns.errors import Refused
from campaigns.privacy import kept, requests

SHOWN = 50
DONE = {
    "copy": "副本已经交给您。",
    "correct": "已经更正。",
    "delete": "已经删除。",
}
"""What is answered where nothing else is typed."""


@console.get("/data-requests")
@needs(Action.MANAGE_DATA)
def data_requests() -> str:
    zone = settings().timezone
    with stores().sql.reading() as session:
        total = requests.how_many_ended(session)
        pages = max(1, -(-total // SHOWN))
        page = min(page_asked(), pages)
        return render_template(
            "admin/data_requests.html",
            waiting=requests.waiting(session, zone),
            ended=requests.ended(session, zone, SHOWN, (page - 1) * SHOWN),
            page=page,
            offered=pages_offered(page, pages),
        )


@console.get("/data-requests/<int:request_id>")
@needs(Action.MANAGE_DATA)
def data_request(request_id: int) -> str:
    return _page(request_id)


@console.post("/data-requests/<int:request_id>")
@needs(Action.MANAGE_DATA)
def answer_data_request(request_id: int) -> Response | tuple[str, int]:
    answer, refuses = request.form.get("answer", "").strip(), request.form.get("do") == "refuse"
    try:
        with stores().sql.transaction() as session:
            asked = requests.find(session, request_id, settings().timezone)
            if refuses:
                requests.refuse(session, request_id, answer, me(), now())
            else:
                requests.finish(session, request_id, answer or DONE[asked.kind], me(), now())
    except Refused as error:
        return _page(request_id, str(error), answer), 422
    flash("已答复，申请人在“我的个人信息”里看到。", "success")
    return redirect(url_for("admin.data_requests"))


@console.get("/data-requests/kept")
@needs(Action.MANAGE_DATA)
def data_kept() -> str:
    language = kept.IN_ENGLISH if g.get("console_language") == "en" else kept.IN_CHINESE
    return render_template("admin/data_kept.html", rows=[row.said(language) for row in kept.ROWS])


def _page(request_id: int, refusal: str = "", answer: str = "") -> str:
    with stores().sql.reading() as session:
        asked = requests.find(session, request_id, settings().timezone)
    return render_template(
        "admin/data_request.html", asked=asked, refusal=refusal, answer=answer, done=DONE[asked.kind]
    )
