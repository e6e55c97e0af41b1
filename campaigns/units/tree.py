"""Where a unit stands: what is above it, what is below it, and whether a campaign is for it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, exists, false, or_, select
from sqlalchemy.orm import Session, aliased

from campaigns.errors import NotFound, Refused
from campaigns.tables import CampaignUnit, Unit
from campaigns.units.sought import sought_of

LEVELS: Mapping[str, str] = {"province": "省", "city": "市", "county": "县", "unit": "单位", "department": "部门"}
"""The levels from the top, and what they are called."""
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}", re.ASCII)


def read_code(text: str) -> str:
    """A unit's code as it is kept. Raises Refused for one that an address or a parametric code could not carry."""
    code = unicodedata.normalize("NFKC", text).strip()
    if not _CODE.fullmatch(code):
        raise Refused(f"单位代码“{text[:40]}”不能用：请只用字母、数字和 - _ .，以字母或数字开头，最多 32 个字符。")
    return code


def add(
    session: Session,
    code: str,
    name: str,
    parent_code: str = "",
    level: str = "unit",
    headcount: int | None = None,
    officer: str = "",
    officer_phone: str | None = None,
) -> int:
    """Put a unit below another one, or at the top; gives its id. `officer_phone` is sealed already.

    Raises Refused for a code that is taken or cannot be one, and NotFound for a parent that does not exist.
    """
    code, name = read_code(code), name.strip()
    if not name:
        raise Refused(f"代码为 {code} 的单位没有名称：请写上单位名称。")
    if level not in LEVELS:
        raise Refused(f"“{level}”不是单位的级别：请用 {'、'.join(LEVELS)} 之一。")
    if session.scalar(select(exists().where(Unit.code == code))):
        raise Refused(f"代码 {code} 已经有单位在用：请换一个代码。")
    parent = find(session, parent_code) if parent_code else None
    unit = Unit(
        code=code,
        name=name,
        parent_id=parent.id if parent else None,
        level=level,
        headcount=headcount,
        officer=officer,
        officer_phone=officer_phone,
        sought=sought_of(name),
    )
    session.add(unit)
    session.flush()
    unit.path = f"{parent.path if parent else '/'}{unit.id}/"
    session.flush()
    return unit.id


def find(session: Session, code: str, *, below: Unit | None = None) -> Unit:
    """Raises NotFound for a code that no unit has, or one that is not `below`, nor that unit itself."""
    unit = session.scalars(select(Unit).where(Unit.code == code)).one_or_none()
    if unit is None or (below is not None and not unit.path.startswith(below.path)):
        raise NotFound(f"没有代码为 {code[:64]} 的单位，请核对代码或二维码，不清楚的请问本单位联络员。")
    return unit


def children(session: Session, unit_id: int | None = None) -> Sequence[Unit]:
    """The units right below one, or at the top, by name; those that are retired left out."""
    query = select(Unit).where(Unit.parent_id == unit_id, Unit.retired.is_(False)).order_by(Unit.name, Unit.id)
    return session.scalars(query).all()


def ancestors(session: Session, unit_id: int) -> list[Unit]:
    """What is above a unit, from the top."""
    path = session.scalars(select(Unit.path).where(Unit.id == unit_id)).one_or_none()
    ids = ids_in(path or "")[:-1]
    found = {unit.id: unit for unit in session.scalars(select(Unit).where(Unit.id.in_(ids)))} if ids else {}
    return [found[one] for one in ids if one in found]


def names_above(session: Session, paths: Iterable[str]) -> dict[str, str]:
    """Path → the names of what is above it, from the top, as ``江苏省·苏州市``; empty at the top."""
    above = {path: ids_in(path)[:-1] for path in paths}
    ids = set().union(*above.values())
    rows = session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(ids))) if ids else ()
    names: dict[int, str] = {row.id: row.name for row in rows}
    return {path: "·".join(names[one] for one in own if one in names) for path, own in above.items()}


def called(session: Session, unit: Unit) -> str:
    """What a unit is called by whoever is of it: a department with what it belongs to, as ``市财政局·办公室``."""
    if unit.level != "department" or unit.parent_id is None:
        return unit.name
    return f"{session.get_one(Unit, unit.parent_id).name}·{unit.name}"


def ids_in(path: str) -> list[int]:
    """The ids of a path from the root to the unit itself: ``/1/4/9/`` → 1, 4, 9."""
    return [int(part) for part in path.split("/") if part]


def within(path: str) -> ColumnElement[bool]:
    """That a unit is the one of this path, or below it; an empty path is no unit's."""
    return Unit.path.startswith(path) if path else false()


def takes_part(campaign_id: int) -> ColumnElement[bool]:
    """That a unit is one of those a campaign is for, or below one; true of every unit where it names none."""
    named, above = aliased(CampaignUnit), aliased(Unit)
    anybody = ~exists().where(named.campaign_id == campaign_id)
    ours = (
        select(above.id)
        .join(named, named.unit_id == above.id)
        .where(named.campaign_id == campaign_id, Unit.path.startswith(above.path))
        .correlate(Unit)
        .exists()
    )
    return or_(anybody, ours)


def is_admitted(session: Session, campaign_id: int, unit_id: int) -> bool:
    """Whether a campaign is for a unit."""
    condition: Any = takes_part(campaign_id)
    return session.scalar(select(Unit.id).where(Unit.id == unit_id, condition)) is not None
