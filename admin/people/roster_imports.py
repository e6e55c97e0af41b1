"""Rosters (花名册) as offices keep them: first what they would do and what is wrong in them, then done; long ones by a
job.
"""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin.console import console
from admin.context import me, now, settings, stores
from admin.office_files import packed, sent_file
from admin.rights import Action, needs
from campaigns import rosters
from campaigns.errors import Moved, NotFound, Refused
from campaigns.jobs import asking, imports
from campaigns.privacy import Seal


@console.route("/people/import", methods=["GET", "POST"])
@needs(Action.EDIT_PEOPLE)
def import_roster() -> str | Response | tuple[str, int]:
    """A file that is chosen is only shown; the one that comes back confirmed is imported, if nothing has changed."""
    if request.method == "GET":
        return render_template("admin/roster_import.html", refusal="", planned=None)
    try:
        data = sent_file()
        file = rosters.read_roster(data)
        with stores().sql.reading() as session:
            planned = rosters.plan_roster(session, file)
        confirmed = request.form.get("confirmed", "")
        if not confirmed or confirmed != imports.seen(planned):
            told = "人员刚刚有改动，还没有导入：请看新的结果，再确认一次。" if confirmed else ""
            return render_template(
                "admin/roster_import.html",
                refusal=told,
                planned=planned,
                packed=packed(data),
                state=imports.seen(planned),
            )
        retire = bool(request.form.get("retire_missing"))
        if imports.is_large(planned):
            return redirect(url_for("admin.job", job_id=_ask(data, confirmed, retire=retire)))
        done = rosters.import_roster(
            stores().sql, file, Seal(settings().secret()), now(), retire_missing=retire, by=me()
        )
    except (Refused, NotFound, Moved) as error:
        return render_template("admin/roster_import.html", refusal=str(error), planned=None), 422
    flash(imports.told_of_roster(done, retire=retire), "success")
    return redirect(url_for("admin.people"))


def _ask(data: bytes, confirmed: str, *, retire: bool) -> int:
    """A long list is a job; gives its id."""
    arguments = {"seen": confirmed, "retire_missing": retire}
    with stores().sql.transaction() as session:
        return asking.ask(session, imports.ROSTER, "导入花名册", arguments, me(), now(), file=data)
