"""The tree of units: walked down, searched, one unit seen and edited, a new one put below it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session
from werkzeug.wrappers import Response as AnyResponse

from admin.campaigns.campaign_form import whole
from admin.console import console
from admin.context import me, now, settings, stores
from admin.rights import Action, may, needs
from admin.scope import ancestors_seen, own_path, own_unit, unit_asked
from admin.spreadsheets import XLSX, note_export
from campaigns import audit, tables, units
from campaigns.errors import NotFound, Refused
from campaigns.phones import digits
from campaigns.privacy import Seal, masked
from campaigns.units import UnitFile, UnitRow

FOUND = 50
LONGEST = 100
"""Characters of a unit's name, and of its officer's: as many as a file's may have."""
LISTED = 500
"""Units below one that a page lists: so many are only looked for."""


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit as a table shows it."""

    code: str
    name: str
    level: str
    headcount: int | None
    officer: str
    """Masked for those who may not see names."""
    below: int
    """Units directly below it."""
    rostered: int
    """On its own roster."""
    above: str = ""


@console.get("/units")
@needs(Action.SEE_UNITS, scoped=True)
def unit_tree() -> str:
    """The tops of the tree; with ``?search=`` the units that it finds."""
    return _page("")


@console.get("/units/<code>")
@needs(Action.SEE_UNITS, scoped=True)
def unit(code: str) -> str:
    return _page(code)


@console.get("/units/export.xlsx")
@needs(Action.SEE_NAMES, scoped=True)
def export_units() -> Response:
    """All units, as the file that the import reads."""
    with stores().sql.reading() as session:
        data = units.export_units(session, Seal(settings().secret()), under=own_path(session))
        count = len(units.list_units(session, under=own_path(session)))
    note_export("单位和联络员", "unit:all", count, "xlsx", full=True)
    return Response(data, mimetype=XLSX, headers={"Content-Disposition": 'attachment; filename="units.xlsx"'})


@console.post("/units/<code>")
@needs(Action.EDIT_UNITS)
def edit_unit(code: str) -> AnyResponse | tuple[str, int]:
    sent = request.form
    try:
        with stores().sql.transaction() as session:
            found = units.find(session, code)
            headcount, phone = _checked(sent)
            row = UnitRow(
                where="这个单位",
                name=sent.get("name", "").strip(),
                parent_code=sent.get("parent", "").strip(),
                code=found.code,
                level=sent.get("level", ""),
                headcount=headcount,
                officer=sent.get("officer", "").strip(),
                officer_phone=phone,
            )
            if not row.name:
                raise Refused("单位名称不能为空。")
            seal = Seal(settings().secret())
            done = units.import_units(session, UnitFile((row,), ()), seal, now=now(), by=me())
            if done.is_refused:
                raise Refused(" ".join(fault.message for fault in done.faults if fault.serious))
    except Refused as error:
        return _page(code, refusal=str(error), sent=sent), 422
    flash(f"“{row.name}”已保存。", "success")
    return redirect(url_for("admin.unit", code=code))


@console.post("/units")
@needs(Action.EDIT_UNITS)
def add_unit() -> AnyResponse | tuple[str, int]:
    """Below the unit of the field ``parent``, or at the top."""
    sent = request.form
    parent = sent.get("parent", "").strip()
    try:
        headcount, phone = _checked(sent)
        with stores().sql.transaction() as session:
            units.add(
                session,
                sent.get("code", ""),
                sent.get("name", ""),
                parent,
                sent.get("level", "unit"),
                headcount,
                sent.get("officer", "").strip(),
                Seal(settings().secret()).seal(phone) if phone else None,
            )
            after = {"name": sent.get("name", "").strip(), "parent_id": parent, "headcount": headcount}
            audit.record(session, me(), "unit.added", f"unit:{sent.get('code', '').strip()}", now(), after=after)
    except (Refused, NotFound) as error:
        return _page(parent, adding=str(error), sent=sent), 422
    flash(f"“{sent.get('name', '').strip()}”已加入。", "success")
    return redirect(url_for("admin.unit", code=parent) if parent else url_for("admin.unit_tree"))


def _checked(sent: Mapping[str, str]) -> tuple[int | None, str]:
    """The headcount and the phone as they can be kept. Raises Refused for these and for what else cannot be."""
    for name, called in (("name", "单位名称"), ("officer", "联络员姓名")):
        if len(sent.get(name, "")) > LONGEST or not sent.get(name, "").strip().isprintable():
            raise Refused(f"{called}最多 {LONGEST} 个字，也不能有看不见的字符：请重新输入。")
    if sent.get("level", "") not in units.LEVELS:
        raise Refused("请从列表里选单位的级别。")
    text, phone = sent.get("headcount", "").strip(), digits(sent.get("officer_phone", ""))
    headcount = whole(text) if text else None
    if text and headcount is None:
        raise Refused("应参与人数请填整数；不知道就空着。")
    if phone and not (phone.isdecimal() and 5 <= len(phone) <= 20):
        raise Refused("联络员电话请只填数字，例如 13812345678 或 02588886666；不改就空着。")
    return headcount, phone


def _page(code: str, *, refusal: str = "", adding: str = "", sent: Mapping[str, str] | None = None) -> str:
    wanted = request.args.get("search", "").strip()[:60] if request.method == "GET" else ""
    with stores().sql.reading() as session:
        own = own_unit(session)
        found = unit_asked(session, code) if code or not wanted else None
        listing = units.look_up(session, wanted, most=FOUND, under=own_path(session)) if wanted else None
        if listing is not None:
            chosen: ColumnElement[bool] = tables.Unit.id.in_([one.id for one in listing.units])
            above = {one.code: one.above for one in listing.units}
        else:
            parent = tables.Unit.parent_id
            chosen = (parent.is_(None) if found is None else parent == found.id) & tables.Unit.retired.is_(False)
            above = {}
        lines = _lines(session, chosen, above)
        if listing is not None:
            order = [one.code for one in listing.units]
            lines.sort(key=lambda line: order.index(line.code))
        return render_template(
            "admin/units.html",
            unit=found,
            parent_code=_code_of(session, found.parent_id) if found and found.parent_id else "",
            is_top=found is own or found is None,
            ancestors=ancestors_seen(session, found.id) if found else [],
            officer=_officer(found.officer) if found else "",
            has_phone=bool(found and found.officer_phone),
            lines=lines,
            search=wanted,
            total=listing.total if listing else len(lines),
            is_cut=len(lines) >= LISTED,
            levels=units.LEVELS,
            refusal=refusal,
            adding=adding,
            sent=sent or {},
            people=_people(session, found) if found else 0,
        )


def _lines(session: Session, chosen: ColumnElement[bool], above: Mapping[str, str]) -> list[UnitLine]:
    unit, person = tables.Unit, tables.Person
    rows = session.execute(
        select(unit.id, unit.code, unit.name, unit.level, unit.headcount, unit.officer)
        .where(chosen)
        .order_by(unit.name, unit.id)
        .limit(LISTED)
    ).all()
    ids = [row.id for row in rows]
    below: dict[int | None, int] = {}
    rostered: dict[int | None, int] = {}
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        below.update(_counts(session, unit.parent_id, unit.parent_id.in_(some) & unit.retired.is_(False)))
        rostered.update(_counts(session, person.unit_id, person.unit_id.in_(some) & person.rostered))
    return [
        UnitLine(
            row.code,
            row.name,
            units.LEVELS[row.level],
            row.headcount,
            _officer(row.officer),
            below.get(row.id, 0),
            rostered.get(row.id, 0),
            above.get(row.code, ""),
        )
        for row in rows
    ]


def _counts(
    session: Session, by: InstrumentedAttribute[int | None], where: ColumnElement[bool]
) -> dict[int | None, int]:
    rows = session.execute(select(by, func.count()).where(where).group_by(by))
    return {row[0]: row[1] for row in rows}


def _people(session: Session, found: tables.Unit) -> int:
    """Who is of it or of a unit below it."""
    person, unit = tables.Person, tables.Unit
    return (
        session.scalar(
            select(func.count())
            .select_from(person)
            .join(unit, unit.id == person.unit_id)
            .where(units.within(found.path), person.merged_into_id.is_(None))
        )
        or 0
    )


def _code_of(session: Session, unit_id: int) -> str:
    return session.get_one(tables.Unit, unit_id).code


def _officer(name: str) -> str:
    return name if not name or may(current_user.account.role, Action.SEE_NAMES) else masked(name)
