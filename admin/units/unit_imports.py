"""Lists of units as offices keep them: first what they would do and what is wrong in them, then done as a whole."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin.console import console
from admin.context import settings, stores
from admin.office_files import digest, packed, sent_file
from admin.rights import Action, needs
from campaigns import units
from campaigns.errors import NotFound, Refused
from campaigns.privacy import Seal
from campaigns.units import UnitsImported


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
        if not confirmed or confirmed != _state(planned):
            told = "单位刚刚有改动，还没有导入：请看新的结果，再确认一次。" if confirmed else ""
            return render_template(
                "admin/units_import.html",
                under=under,
                refusal=told,
                planned=planned,
                packed=packed(data),
                state=_state(planned),
            )
        with stores().sql.transaction() as session:
            done = units.import_units(session, file, Seal(settings().secret()), under=under, retire_missing=retire)
    except (Refused, NotFound) as error:
        return render_template("admin/units_import.html", under=under, refusal=str(error), planned=None), 422
    gone = f"，停用 {len(done.missing)} 个" if retire and done.missing else ""
    flash(f"导入完成：新增 {done.added} 个单位，更新 {done.changed} 个，不变 {done.same} 个{gone}。", "success")
    return redirect(url_for("admin.unit", code=under) if under else url_for("admin.unit_tree"))


def _state(planned: UnitsImported) -> str:
    """Empty where it cannot be imported."""
    if planned.is_refused:
        return ""
    return digest(planned.added, planned.changed, planned.same, [one.code for one in planned.missing])
