"""A frozen draw that cannot be held any more is given up, for a published reason."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from admin.console import console
from admin.context import me, now, stores
from admin.draws.draw_pages import Asked, draw_page
from admin.rights import Action, needs
from campaigns import draws
from campaigns.errors import Moved, Refused


@console.post("/draws/<draw_id>/void")
@needs(Action.RUN_DRAWS)
def void_draw(draw_id: str) -> Response | tuple[str, int]:
    try:
        with stores().sql.transaction() as session:
            draws.void(session, draw_id, request.form.get("reason", ""), me(), now())
    except (Refused, Moved) as error:
        return draw_page(draw_id, Asked("void", str(error), request.form)), 422
    flash("这次抽奖已作废，原因已经公布；奖品可以重新冻结名单再抽。", "success")
    return redirect(url_for("admin.draw", draw_id=draw_id))
