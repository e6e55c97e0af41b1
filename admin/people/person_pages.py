"""People: found by name, staff number or id; one with identities and attempts. Masked for those without the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template, request
from flask_login import current_user
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from admin.console import console
from admin.context import settings, stores
from admin.paging import page_asked, pages_offered
from admin.rights import Action, may, needs
from admin.scope import own_path, person_asked, unit_asked
from campaigns import directory, tables, units
from campaigns.directory import FoundIdentity, FoundPerson
from campaigns.errors import NotFound
from campaigns.privacy import Seal, masked

SHOWN = 50
SEARCH_LENGTH = 60
CHANNELS = {"wechat": "公众号", "wecom": "企业微信", "h5": "网页", "web": "网页", "api": "接口", "terminal": "命令行"}
STATES = {"open": "没有答完", "finished": "完成", "superseded": "不计（超出次数）", "void": "已作废"}


@dataclass(frozen=True, slots=True)
class AttemptLine:
    id: int
    slug: str
    campaign: str
    zone: str
    ordinal: int
    begun_ms: int
    state: str
    score: int
    used_ms: int | None
    counts: bool
    """Whether the person's standing is made of it."""


@console.get("/people")
@needs(Action.SEE_PEOPLE, scoped=True)
def people() -> str:
    wanted, code = request.args.get("search", "").strip()[:SEARCH_LENGTH], request.args.get("unit", "").strip()
    with stores().sql.reading() as session:
        unit = unit_asked(session, code)
        where = _of_unit(unit)
        total = session.scalar(select(func.count()).select_from(tables.Person).where(*where)) or 0
        pages = max(1, -(-total // SHOWN))
        page = min(page_asked(), pages)
        if wanted:
            under = own_path(session)
            found, pages = directory.find_people(session, wanted, whole_names=not sees_names(), under=under), 1
        else:
            found = _of(session, where, (page - 1) * SHOWN) if unit is not None else []
    return render_template(
        "admin/people.html",
        lines=found,
        total=total,
        search=wanted,
        is_cut=bool(wanted) and len(found) >= directory.MOST,
        unit=unit,
        page=page,
        offered=pages_offered(page, pages),
        name_of=name_of,
        hidden=hidden,
    )


@console.get("/people/<int:person_id>")
@needs(Action.SEE_PEOPLE, scoped=True)
def person(person_id: int) -> str:
    with stores().sql.reading() as session:
        return person_page(session, person_asked(session, person_id))


def person_page(session: Session, found: tables.Person, refusal: str = "", into: str = "") -> str:
    """One person; perhaps with why they could not be merged into another."""
    unit = session.get(tables.Unit, found.unit_id) if found.unit_id else None
    return render_template(
        "admin/person.html",
        person=found,
        name=name_of(found.name),
        staff_number=hidden(found.staff_number),
        phone=_phone(found.phone),
        unit=unit,
        above=units.names_above(session, [unit.path])[unit.path] if unit else "",
        identities=_identities(session, found.id),
        channels=CHANNELS,
        attempts=attempts_of(session, [found.id]),
        states=STATES,
        refusal=refusal,
        into=into,
    )


def find_person(session: Session, person_id: int) -> tables.Person:
    """Raises NotFound."""
    found = session.get(tables.Person, person_id)
    if found is None:
        raise NotFound(f"没有编号为 {person_id} 的人，请查找以后再试。")
    return found


def _identities(session: Session, person_id: int) -> list[tuple[FoundIdentity, str]]:
    """Each with how the account reaches it."""
    identity = tables.Identity
    rows = session.execute(
        select(identity.id, identity.unfollowed_ms, identity.muted_ms).where(identity.person_id == person_id)
    )
    reached = {
        row.id: "已取消关注" if row.unfollowed_ms is not None else "不收通知" if row.muted_ms is not None else "正常"
        for row in rows
    }
    return [(one, reached.get(one.id, "正常")) for one in directory.person(session, person_id).identities]


def _of_unit(unit: tables.Unit | None) -> list[ColumnElement[bool]]:
    """That a person is of a unit or of one below it; None: anybody. Whoever was merged is nobody any more."""
    person = tables.Person
    where: list[ColumnElement[bool]] = [person.merged_into_id.is_(None)]
    if unit is not None:
        where.append(person.unit_id.in_(select(tables.Unit.id).where(units.within(unit.path))))
    return where


def _of(session: Session, where: Sequence[ColumnElement[bool]], skipped: int) -> list[FoundPerson]:
    person, unit = tables.Person, tables.Unit
    ids = session.scalars(
        select(person.id)
        .outerjoin(unit, unit.id == person.unit_id)
        .where(*where)
        .order_by(unit.path, person.name, person.id)
        .offset(skipped)
        .limit(SHOWN)
    )
    return directory.describe(session, ids.all())


def attempts_of(session: Session, person_ids: Sequence[int]) -> list[AttemptLine]:
    """The attempts of persons, the latest first."""
    attempt, campaign, standing = tables.Attempt, tables.Campaign, tables.Standing
    rows = session.execute(
        select(attempt, campaign.slug, campaign.name, campaign.timezone, standing.attempt_id)
        .join(campaign, campaign.id == attempt.campaign_id)
        .outerjoin(standing, standing.attempt_id == attempt.id)
        .where(attempt.person_id.in_(person_ids))
        .order_by(attempt.begun_ms.desc(), attempt.id.desc())
    )
    return [
        AttemptLine(
            id=row.id,
            slug=slug,
            campaign=name,
            zone=zone,
            ordinal=row.ordinal,
            begun_ms=row.begun_ms,
            state=row.state,
            score=row.score,
            used_ms=row.used_ms,
            counts=counted is not None,
        )
        for row, slug, name, zone, counted in rows
    ]


def sees_names() -> bool:
    return may(current_user.account.role, Action.SEE_NAMES)


def name_of(name: str) -> str:
    """A person's name as this role may see it; a guest has none."""
    if not name:
        return "没有姓名"
    return name if sees_names() else masked(name)


def hidden(text: str) -> str:
    """A staff number as this role may see it."""
    return text if sees_names() or not text else "*" * max(2, len(text) - 2) + text[-2:]


def _phone(sealed: str | None) -> str:
    if not sealed:
        return ""
    phone = Seal(settings().secret()).open(sealed) if sees_names() else ""
    return phone or "已登记"
