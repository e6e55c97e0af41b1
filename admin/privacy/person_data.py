"""One person's data at their request: a copy to hand out, put right, deleted."""

from __future__ import annotations

from urllib.parse import quote

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin.console import console
from admin.context import me, now, settings, stores
from admin.people.person_pages import find_person, name_of
from admin.rights import Action, needs
from campaigns import tables
from campaigns.errors import NotFound, Refused
from campaigns.people import living
from campaigns.privacy import PHONES, Seal, correcting, forgetting, own_data, requests
from campaigns.privacy.own_data_files import export

FIELDS = ("name", "staff_number", "phone", "unit")


@console.get("/people/<int:person_id>/data")
@needs(Action.MANAGE_DATA)
def person_data(person_id: int) -> str:
    return _page(person_id)


@console.post("/people/<int:person_id>/data/export")
@needs(Action.MANAGE_DATA)
def export_person(person_id: int) -> Response:
    """In full: whoever hands it out has made sure who asks."""
    with stores().sql.transaction() as session:
        name, media_type, data = export(
            session, person_id, _secret(), me(), now(), settings().timezone, request.form.get("form", "zip")
        )
    response = make_response(data)
    response.mimetype = media_type
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


@console.post("/people/<int:person_id>/data/correct")
@needs(Action.MANAGE_DATA)
def correct_person(person_id: int) -> Response | tuple[str, int]:
    """A phone that is left empty stays as it is; ``drop_phone`` takes it away."""
    typed = {name: request.form.get(name, "").strip() for name in FIELDS}
    told: dict[str, str | None] = dict(typed)
    told["phone"] = "" if request.form.get("drop_phone") else typed["phone"] or None
    try:
        with stores().sql.transaction() as session:
            done = correcting.correct(
                session, person_id, Seal(_secret(), PHONES), me(), now(), note=request.form.get("note", ""), **told
            )
    except (Refused, NotFound) as error:
        return _page(person_id, str(error), typed), 422
    flash("已经更正。" if done else "和原来一样，没有改动。", "success")
    return redirect(url_for("admin.person_data", person_id=person_id))


@console.post("/people/<int:person_id>/data/forget")
@needs(Action.MANAGE_DATA)
def forget_person(person_id: int) -> Response | tuple[str, int]:
    reason = request.form.get("reason", "")
    try:
        if not request.form.get("sure"):
            raise Refused("删除以后不能恢复：请勾选“我知道”，再删除。")
        with stores().sql.transaction() as session:
            forgetting.forget(session, person_id, me(), now(), reason)
    except Refused as error:
        return _page(person_id, str(error), reason=reason), 422
    flash("这个人的个人信息已经删除；成绩和抽奖名单里只留编号。", "success")
    return redirect(url_for("admin.person", person_id=person_id))


def _page(person_id: int, refusal: str = "", typed: dict[str, str] | None = None, reason: str = "") -> str:
    zone = settings().timezone
    with stores().sql.reading() as session:
        found = find_person(session, living(session, find_person(session, person_id).id))
        unit = session.get(tables.Unit, found.unit_id) if found.unit_id else None
        own = own_data.about(session, found.id, _secret(), now(), zone, whole=False)
        shown = {"name": found.name, "staff_number": found.staff_number, "unit": unit.code if unit else ""}
        return render_template(
            "admin/person_data.html",
            person=found,
            name=name_of(found.name),
            has_phone=bool(found.phone),
            own=own,
            asked=[one for one in requests.of_person(session, found.id, zone) if one.state == "open"],
            obstacles=forgetting.obstacles(session, found.id),
            form=typed or shown,
            refusal=refusal,
            reason=reason,
        )


def _secret() -> str:
    return settings().secret()
