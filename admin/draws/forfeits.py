"""A prize of a draw that its winner may not keep or does not collect: it goes to the next, and nobody else moves."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from admin.console import console
from admin.context import me, now, stores
from admin.draws.draw_pages import Asked, draw_page
from admin.rights import Action, needs
from campaigns import draws
from campaigns.errors import Moved, NotFound, Refused
from campaigns.prizes import deadlines
from campaigns.tables import Award


@console.post("/draws/<draw_id>/forfeit")
@needs(Action.RUN_DRAWS)
def forfeit_drawn(draw_id: str) -> Response | tuple[str, int]:
    """The award of a ``sequence``, for a published ``reason``."""
    sequence, reason = request.form.get("sequence", 0, type=int), request.form.get("reason", "")
    try:
        with stores().sql.reading() as session:
            award_id = session.scalar(select(Award.id).where(Award.draw_id == draw_id, Award.sequence == sequence))
            if award_id is None:
                raise NotFound(f"本次抽奖没有序号为 {sequence} 的中奖记录，请刷新页面看看。")
            prepared = draws.prepare(session, draw_id)
        with stores().sql.transaction() as session:
            heir = deadlines.forfeit(session, award_id, reason, me(), now(), prepared=prepared)
    except (Refused, Moved) as error:
        return draw_page(draw_id, Asked("forfeit", str(error), request.form)), 422
    told = "没有可以递补的人，这份奖品空缺" if heir is None else f"由编号 {heir} 递补"
    flash(f"序号 {sequence} 已作废，{told}；其他人不变，公示页已更新。", "success")
    return redirect(url_for("admin.draw", draw_id=draw_id, page=request.args.get("page"), _anchor="awards"))
