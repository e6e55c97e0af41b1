"""Lists of units as offices keep them: first what they would do and what is wrong in them, then done as a whole; long
ones by a job.
"""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin.console import console
from admin.context import me, now, settings, stores
from admin.office_files import packed, sent_file
from admin.rights import Action, needs
from campaigns import units
from campaigns.errors import NotFound, Refused
from campaigns.jobs import asking, imports
from campaigns.privacy import Seal


@console.route("/units/import", methods=["GET", "POST"])
@needs(Action.EDIT_UNITS)
def import_units() -> str | Response | tuple[str, int]:
    """A file that is chosen is only shown; the one that comes back confirmed is imported, if nothing has changed."""
    under, retire = request.values.get("under", "").strip(), bool(request.form.get("retire_missing"))
    if request.method == "GET":
        return render_template("admin/units_import.html", under=under, refusal="", planned=None)
    try:
        data = sent_file()
        file = units.read_units(data)
        with stores().sql.reading() as session:
            planned = units.plan_units(session, file, under=under)
        confirmed = request.form.get("confirmed", "")
        if not confirmed or confirmed != imports.seen(planned):
            told = "单位刚刚有改动，还没有导入：请看新的结果，再确认一次。" if confirmed else ""
            return render_template(
                "admin/units_import.html",
                under=under,
                refusal=told,
                planned=planned,
                packed=packed(data),
                state=imports.seen(planned),
            )
        if imports.is_large(planned):
            return redirect(url_for("admin.job", job_id=_ask(data, confirmed, under, retire=retire)))
        with stores().sql.transaction() as session:
            done = units.import_units(
                session,
                file,
                Seal(settings().secret()),
                now=now(),
                by=me(),
                under=under,
                retire_missing=retire,
            )
    except (Refused, NotFound) as error:
        return render_template("admin/units_import.html", under=under, refusal=str(error), planned=None), 422
    flash(imports.told_of_units(done, retire=retire), "success")
    return redirect(url_for("admin.unit", code=under) if under else url_for("admin.unit_tree"))


def _ask(data: bytes, confirmed: str, under: str, *, retire: bool) -> int:
    """A long list is a job; gives its id."""
    arguments = {"seen": confirmed, "under": under, "retire_missing": retire}
    with stores().sql.transaction() as session:
        return asking.ask(session, imports.UNITS, "导入单位", arguments, me(), now(), file=data)
