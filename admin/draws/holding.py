"""The public numbers of a draw: typed in by one, read again digit by digit, confirmed by another."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from admin.console import console
from admin.context import me, now, stores
from admin.draws.draw_pages import Asked, draw_page
from admin.rights import Action, needs
from campaigns import draws
from campaigns.draws import DrawRecord, DrawState
from campaigns.errors import Moved, Refused


@console.post("/draws/<draw_id>/values")
@needs(Action.RUN_DRAWS)
def enter_values(draw_id: str) -> str | Response | tuple[str, int]:
    """``do=check`` repeats what was typed, ``do=edit`` goes back to it, ``do=enter`` puts it on record.

    While values wait for another's confirmation, others take their place.
    """
    do = request.form.get("do", "check")
    with stores().sql.reading() as session:
        found = draws.find(session, draw_id)
    if do == "edit":
        return draw_page(draw_id, Asked("edit", "", request.form))
    try:
        with stores().sql.reading() as session:
            given = draws.given_for(found, _sent(found))
            if do != "enter":
                read_again = {f"value-{number}": given[one] for number, one in _numbered(found)}
                return draw_page(draw_id, Asked("check", "", read_again))
            prepared = draws.prepare(session, draw_id, given)
        if not request.form.get("sure"):
            raise Refused("没有录入：请与官方公布的号码逐位核对，勾选“已经逐位核对”再录入。")
        correct = request.form.get("correct") == "1"
        with stores().sql.transaction() as session:
            held = draws.hold(session, draw_id, given, me(), now(), correct=correct, prepared=prepared)
    except (Refused, Moved) as error:
        return draw_page(draw_id, Asked("edit", str(error), request.form)), 422
    flash(_entered(held), "success")
    return redirect(url_for("admin.draw", draw_id=draw_id))


@console.post("/draws/<draw_id>/confirm")
@needs(Action.RUN_DRAWS)
def confirm_values(draw_id: str) -> Response | tuple[str, int]:
    """Of exactly the values that were shown: others, typed in since, are not confirmed."""
    try:
        if not request.form.get("sure"):
            raise Refused("没有开奖：请另行到官网查到号码，逐位核对，勾选以后再确认。")
        with stores().sql.reading() as session:
            found = draws.find(session, draw_id)
            values, prepared = _sent(found), draws.prepare(session, draw_id)
        with stores().sql.transaction() as session:
            held = draws.confirm(session, draw_id, me(), now(), values=values, prepared=prepared)
    except (Refused, Moved) as error:
        return draw_page(draw_id, Asked("confirm", str(error), request.form)), 422
    flash(_entered(held), "success")
    return redirect(url_for("admin.draw", draw_id=draw_id))


def _numbered(draw: DrawRecord) -> list[tuple[int, str]]:
    return list(enumerate(draw.announcement.sources))


def _sent(draw: DrawRecord) -> dict[str, str]:
    """The values by source; those left empty are missing."""
    sent = {source: request.form.get(f"value-{number}", "") for number, source in _numbered(draw)}
    return {source: value for source, value in sent.items() if value.strip()}


def _entered(draw: DrawRecord) -> str:
    if draw.state is DrawState.HELD:
        return "已开奖，结果已经公布，能收到消息的中奖者会收到通知。"
    return "号码已录入，等另一位同事登录后核对确认，确认以后才开奖。"
