"""排除名单: who takes part and may not win, why, by whom; added one by one, by file, or as past winners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.console import LARGEST_ID, console
from admin.context import me, now, stores
from admin.office_files import digest, packed, sent_file
from admin.paging import page_asked, pages_offered
from admin.people.person_pages import hidden, name_of, sees_names
from admin.rights import Action, needs
from campaigns import directory, keeping, rosters, tables, units
from campaigns.directory import FoundPerson
from campaigns.draws.waiting import is_pending
from campaigns.errors import Moved, NotFound, Refused
from campaigns.office_tables import Fault
from campaigns.prizes import exclusions
from campaigns.prizes.exclusions import WHY

SHOWN = 100
FOUND = 200
LONGEST_NOTE = 100
SEARCH_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Sought:
    """Whom somebody looks for, to exclude them."""

    text: str
    unit: str
    """A unit's code: those of it, and of all below it."""

    def __bool__(self) -> bool:
        return bool(self.text or self.unit)


@console.get("/campaigns/<slug>/exclusions")
@needs(Action.SEE_DRAWS)
def campaign_exclusions(slug: str) -> str:
    """With ``?search=`` or ``?unit=`` people to exclude."""
    return exclusions_page(slug)


def exclusions_page(slug: str, refusal: str = "") -> str:
    sought = _sought()
    with stores().sql.reading() as session:
        found = keeping.overview(session, slug)
        listed = exclusions.exclusions_of(session, found.id)
        excluded = exclusions.excluded_ids(session, found.id)
        pages = max(1, -(-len(listed) // SHOWN))
        page = min(page_asked(), pages)
        people: Sequence[FoundPerson] = ()
        whole = 0
        try:
            people = _people(session, sought) if sought else ()
            if sought.unit and not sought.text:
                whole = len(session.scalars(_of_unit(session, sought.unit)).all())
        except NotFound as error:
            refusal = refusal or str(error)
        others = [one for one in keeping.list_campaigns(session) if one.slug != slug and one.state != "draft"]
        waits = is_pending(session, found.id)
    return render_template(
        "admin/exclusions.html",
        campaign=found,
        lines=listed[(page - 1) * SHOWN : page * SHOWN],
        total=len(listed),
        page=page,
        offered=pages_offered(page, pages),
        excluded=excluded,
        sought=sought,
        people=people,
        whole=whole,
        is_cut=len(people) >= (FOUND if sought.unit else directory.MOST),
        others=others,
        is_pending=waits,
        whys=WHY,
        name_of=name_of,
        hidden=hidden,
        refusal=refusal,
        sent=request.form,
        tab="awards",
        part="exclusions",
    )


@console.post("/campaigns/<slug>/exclusions")
@needs(Action.RUN_DRAWS)
def exclude_people(slug: str) -> Response | tuple[str, int]:
    """Those that were ticked; or all of a unit, if they are still as many as the form said."""
    chosen, whole = _persons(), request.form.get("whole", type=int)
    try:
        why, note = _reason()
        with stores().sql.transaction() as session:
            if whole is not None:
                chosen = list(session.scalars(_of_unit(session, request.form.get("unit", ""))))
                if len(chosen) != whole:
                    raise Moved(f"这个单位现在是 {len(chosen)} 人，还没有加入：请看一看，再确认一次。")
            if not chosen:
                raise Refused("还没有选人：请先查找，再勾选要排除的人。")
            done = exclusions.exclude(session, slug, chosen, why, note, me(), now())
    except (Refused, NotFound, Moved) as error:
        return exclusions_page(slug, str(error)), 409 if isinstance(error, Moved) else 422
    flash(_told(done), "success")
    return redirect(url_for("admin.campaign_exclusions", slug=slug))


@console.post("/campaigns/<slug>/exclusions/winners")
@needs(Action.RUN_DRAWS)
def exclude_winners(slug: str) -> Response | tuple[str, int]:
    """Whoever won in an earlier campaign."""
    try:
        with stores().sql.transaction() as session:
            done = exclusions.exclude_winners_of(session, slug, request.form.get("earlier", ""), me(), now())
    except (Refused, NotFound, Moved) as error:
        return exclusions_page(slug, str(error)), 422
    flash(_told(done), "success")
    return redirect(url_for("admin.campaign_exclusions", slug=slug))


@console.post("/campaigns/<slug>/exclusions/remove")
@needs(Action.RUN_DRAWS)
def readmit_people(slug: str) -> Response | tuple[str, int]:
    try:
        with stores().sql.transaction() as session:
            done = exclusions.readmit(session, slug, _persons(), me(), now())
    except (Refused, NotFound, Moved) as error:
        return exclusions_page(slug, str(error)), 422
    flash(f"已移出排除名单：{done} 人。" if done else "名单里没有这个人，没有改动。", "success")
    return redirect(url_for("admin.campaign_exclusions", slug=slug, page=request.form.get("page")))


@console.route("/campaigns/<slug>/exclusions/import", methods=["GET", "POST"])
@needs(Action.RUN_DRAWS)
def import_exclusions(slug: str) -> str | Response | tuple[str, int]:
    """A file that is chosen is only shown; the one that comes back confirmed is done, if it means the same people."""
    with stores().sql.reading() as session:
        found = keeping.overview(session, slug)
    if request.method == "GET":
        return _import_page(found)
    try:
        data = sent_file()
        why, note = _reason()
        file = rosters.read_roster(data)
        with stores().sql.reading() as session:
            named, faults = rosters.find_listed(session, file)
            people = directory.describe(session, [person_id for person_id, _ in named])
        ids = [one.id for one in people]
        confirmed, state = request.form.get("confirmed", ""), digest(sorted(ids)) if ids else ""
        if not confirmed or confirmed != state:
            told = "人员刚刚有改动，还没有加入：请看新的结果，再确认一次。" if confirmed else ""
            return _import_page(found, people, faults, packed=packed(data), state=state, refusal=told)
        with stores().sql.transaction() as session:
            done = exclusions.exclude(session, slug, ids, why, note, me(), now())
    except (Refused, NotFound, Moved) as error:
        return _import_page(found, refusal=str(error)), 422
    flash(_told(done), "success")
    return redirect(url_for("admin.campaign_exclusions", slug=slug))


def _import_page(
    campaign: keeping.Overview,
    people: Sequence[FoundPerson] | None = None,
    faults: Sequence[Fault] = (),
    *,
    packed: str = "",
    state: str = "",
    refusal: str = "",
) -> str:
    return render_template(
        "admin/exclusions_import.html",
        campaign=campaign,
        people=people,
        faults=[replace(one, serious=False) for one in faults],  # whoever was found may be excluded all the same
        packed=packed,
        state=state,
        refusal=refusal,
        whys=WHY,
        sent=request.form,
        name_of=name_of,
        hidden=hidden,
        tab="awards",
        part="exclusions",
    )


def _people(session: Session, sought: Sought) -> list[FoundPerson]:
    """Raises NotFound for a code that no unit has."""
    if not sought.unit:
        found = directory.find_people(session, sought.text, whole_names=not sees_names())
        return [one for one in found if one.merged_into is None]
    person = tables.Person
    query = _of_unit(session, sought.unit).limit(FOUND)
    if sought.text:
        named = person.name.contains(sought.text, autoescape=True) if sees_names() else person.name == sought.text
        query = query.where(named | (person.staff_number == sought.text))
    return directory.describe(session, session.scalars(query).all())


def _of_unit(session: Session, code: str) -> Select[int]:
    """The people of a unit and of all below it. Raises NotFound for a code that no unit has."""
    person, unit = tables.Person, tables.Unit
    return (
        select(person.id)
        .join(unit, unit.id == person.unit_id)
        .where(units.within(units.find(session, code).path), person.merged_into_id.is_(None))
        .order_by(unit.path, person.name, person.id)
    )


def _sought() -> Sought:
    text, code = (
        "".join(filter(str.isprintable, request.values.get(name, ""))).strip()[:SEARCH_LENGTH]
        for name in ("search", "unit")
    )
    return Sought(text, code)


def _persons() -> list[int]:
    """The ids that a form names, without what cannot be one."""
    return [one for one in request.form.getlist("person", type=int) if 0 < one <= LARGEST_ID]


def _reason() -> tuple[str, str]:
    why, note = request.form.get("why", ""), request.form.get("note", "").strip()
    if why not in WHY:
        raise Refused("请选择为什么排除。")
    if len(note) > LONGEST_NOTE:
        raise Refused(f"说明最多 {LONGEST_NOTE} 个字，请写短一些。")
    return why, note


def _told(done: int) -> str:
    return f"已加入排除名单：{done} 人。" if done else "这些人已经在排除名单里了，没有改动。"
