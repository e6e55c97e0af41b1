"""A person's own particulars, put right on request (PIPL, art. 46)."""

from __future__ import annotations

import unicodedata

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaigns import audit, people, tables, units
from campaigns.banks.storable import line
from campaigns.bindings import plain_name
from campaigns.errors import NotFound, Refused
from campaigns.phones import MOBILE, digits
from campaigns.privacy.seals import Seal
from campaigns.unit_sums import outdate_for

LONGEST_NAME = 50
LONGEST_NUMBER = 64


def correct(
    session: Session,
    person_id: int,
    seal: Seal,
    by: str,
    now: int,
    *,
    name: str | None = None,
    staff_number: str | None = None,
    phone: str | None = None,
    unit: str | None = None,
    note: str = "",
) -> list[str]:
    """Change what is told of a person, None: as it is, empty: nothing; gives the names of what is other now.

    `seal` is of `privacy.PHONES`, `unit` a unit's code. Draws that were frozen before keep their lists. Raises
    NotFound; Refused for what cannot be: no name on a roster, a staff number that somebody of the unit has.
    """
    person = session.get(tables.Person, people.held_living(session, person_id))
    if person is None:
        raise NotFound(f"没有编号为 {person_id} 的人，请查找以后再试。")
    told: dict[str, object] = {}
    if name is not None:
        told["name"] = _name(name, rostered=person.rostered)
    if staff_number is not None:
        told["staff_number"] = _number(staff_number)
    if unit is not None:
        told["unit_id"] = _unit_id(session, unit, rostered=person.rostered)
    other = [key for key, value in told.items() if getattr(person, key) != value]
    if phone is not None and (typed := _phone(phone)) != seal.open(person.phone):
        told["phone"] = seal.seal(typed) if typed else None
        other.append("phone")
    if not other:
        return []
    _change(session, person, {key: told[key] for key in other})
    if "unit_id" in other:
        outdate_for(session, [person.id])
    audit.record(
        session, by, "person.corrected", f"person:{person.id}", now, after={"fields": sorted(other)}, note=note
    )
    return other


def _change(session: Session, person: tables.Person, told: dict[str, object]) -> None:
    try:
        with session.begin_nested():
            for key, value in told.items():
                setattr(person, key, value)
            session.flush()
    except IntegrityError as error:
        raise Refused("这个单位里已经有人用这个工号，请核对。") from error


def _name(name: str, *, rostered: bool) -> str:
    name = plain_name(line(name).strip()) if name.strip() else ""
    if not name and rostered:
        raise Refused("花名册上的人要有姓名，请填写。")
    if len(name) > LONGEST_NAME:
        raise Refused(f"姓名最多 {LONGEST_NAME} 个字，请核对。")
    return name


def _number(number: str) -> str:
    number = "".join(unicodedata.normalize("NFKC", line(number)).split())
    if len(number) > LONGEST_NUMBER:
        raise Refused(f"工号最多 {LONGEST_NUMBER} 个字符，请核对。")
    return number


def _phone(phone: str) -> str:
    typed = digits(unicodedata.normalize("NFKC", phone).strip())
    if typed and not MOBILE.fullmatch(typed):
        raise Refused("手机号应当是 11 位数字，请核对。")
    return typed


def _unit_id(session: Session, code: str, *, rostered: bool) -> int | None:
    if not code.strip():
        if rostered:
            raise Refused("花名册上的人要有单位，请填写单位代码。")
        return None
    unit = units.find(session, code.strip())
    held = session.scalar(select(tables.Unit.retired).where(tables.Unit.id == unit.id))
    if held:
        raise Refused(f"“{unit.name}”已经停用，请换一个单位。")
    return unit.id
