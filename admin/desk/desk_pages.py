"""Handing prizes out: a winner's code is scanned or typed in, the prize is shown, one button says that it was given.

The code a phone scans is an address of this page with the winner's code behind its ``#``, which no server and no log
gets to see: `static/desk.js` puts it in the form.
"""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin.console import console
from admin.context import me, now, stores
from admin.rights import Action, needs
from campaigns.errors import CodeRefused
from campaigns.prizes import redeeming
from campaigns.prizes.redeeming import Found


@console.get("/desk")
@needs(Action.REDEEM)
def desk() -> str:
    return _form()


@console.route("/desk/found", methods=["GET", "POST"])
@needs(Action.REDEEM)
def look_up_code() -> str | Response | tuple[str, int]:
    """At an address of its own, so that a code that is scanned next opens the page with the form anew."""
    if request.method == "GET":  # loaded again, or come back to after signing in: the code was only in the form
        return redirect(url_for("admin.desk"))
    typed = request.form.get("code", "")
    try:
        found = redeeming.look_up(stores().sql, me(), typed, now())
    except CodeRefused as error:
        return _form(str(error), typed), 422
    return _shown(found, typed, done=False)


@console.post("/desk/redeem")
@needs(Action.REDEEM)
def redeem_code() -> str | tuple[str, int]:
    typed = request.form.get("code", "")
    try:
        outcome = redeeming.redeem(stores().sql, me(), typed, now())
    except CodeRefused as error:
        return _form(str(error), typed), 422
    page = _shown(outcome.found, typed, done=outcome.done)
    return page if outcome.done else (page, 409)


def _form(refusal: str = "", typed: str = "") -> str:
    return render_template("admin/desk.html", refusal=refusal, typed=typed)


def _shown(found: Found, typed: str, *, done: bool) -> str:
    """An award as it is now, with what can be done about it; `done`: it was handed out just now."""
    return render_template("admin/desk_found.html", found=found, code=typed, done=done, overdue=found.is_overdue(now()))
