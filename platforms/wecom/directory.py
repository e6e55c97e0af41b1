"""Names and units from the company's directory, for members whose names we do not know yet.

A member who speaks to us, or opens a page, is a person without a name: nobody waits for the platform then. This job
fills in what is empty, and never changes what somebody has written. Units are the organisers' data: a department is a
unit if exactly one unit is called so, and otherwise the member's unit stays empty. Whose name and unit exactly one
person on a roster has is that person.

Sources: the pages 读取成员 and 获取单个部门详情.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from campaigns import bindings, people, tables
from campaigns.clock import HOUR
from campaigns.merging import Regrouped
from campaigns.stores import Stores
from campaigns.unit_sums import outdate_for
from platforms.deadlines import seconds_left, within
from platforms.errors import Misconfigured, PlatformError, Refused
from platforms.wecom.application import Application

T = TypeVar("T")

log = logging.getLogger(__name__)

CHANNEL = "wecom"
AT_ONCE = 20
TICK_S = 5.0
"""How long the platform may take of one tick, all calls together."""
LEAST_S = 0.5
ASKED_AGAIN_MS = 6 * HOUR
"""After how long a member is asked for again whom the directory did not show."""
_NOT_VISIBLE = 60011


@dataclass(frozen=True, slots=True)
class Member:
    """What the directory says of a member."""

    name: str
    department: int
    """0: none."""


@dataclass
class Directory:
    """An application's view of the directory, and how far its job has come; one worker at a time does it."""

    application: Application
    _after: int = 0
    """The identity that was looked at last."""
    _hidden: dict[str, int] = field(default_factory=dict)
    """Until when not to ask again for members that the directory did not show."""

    def member(self, userid: str) -> Member:
        """Raises Refused for one that the application may not see. Raises other PlatformErrors."""
        answer = self.application.client.user.get(userid)
        department = answer.get("main_department")
        return Member(str(answer.get("name") or ""), department if isinstance(department, int) else 0)

    def department_name(self, department: int) -> str:
        """Raises PlatformError."""
        answer = self.application.client.get("department/get", params={"id": department})
        return str((answer.get("department") or {}).get("name") or "")

    def name_members(self, stores: Stores, now: int) -> int:
        """Fill in names and units of some members; gives how many. Done again and again."""
        with stores.sql.reading() as session:
            nameless = _nameless(session, self._after)
        self._after = nameless[-1].id if len(nameless) == AT_ONCE else 0
        self._hidden = {userid: until for userid, until in self._hidden.items() if until > now}
        named = without_unit = 0
        names: dict[int, str] = {}
        try:
            with within(TICK_S):
                for row in nameless:
                    if row.sender in self._hidden:
                        continue
                    if seconds_left() < LEAST_S:
                        break
                    found = self._look_up(row.sender, names, now)
                    if found is None:
                        continue
                    with stores.sql.transaction() as session:
                        named += 1
                        without_unit += not _fill_in(session, row.person_id, *found)
                        recognised = _recognise(session, row.id, row.person_id, now)
                    if recognised is not None:
                        people.push(stores.ranking, recognised)
        except PlatformError as error:
            log.warning("the directory was not read: %s", error)
        if without_unit:
            log.info("%d members' departments are no units of ours", without_unit)
        return named

    def _look_up(self, userid: str, names: dict[int, str], now: int) -> tuple[str, str] | None:
        """Name and department of a member; None: the directory does not show them."""
        member = _if_shown(lambda: self.member(userid))
        if member is None or not member.name:
            self._hidden[userid] = now + ASKED_AGAIN_MS
            return None
        if member.department and member.department not in names:
            names[member.department] = _if_shown(lambda: self.department_name(member.department)) or ""
        return member.name, names.get(member.department, "")


def _if_shown(look_up: Callable[[], T]) -> T | None:
    """What the directory says; None of what it does not show us. Raises PlatformError when it says nothing at all."""
    try:
        return look_up()
    except Refused as error:
        if isinstance(error, Misconfigured) and error.code != _NOT_VISIBLE:
            raise
        return None


def _nameless(session: Session, after: int) -> list[Row[int, int, str]]:
    """Members without a name, as (id, person_id, sender), those first who came first."""
    identity, person = tables.Identity, tables.Person
    found = (
        select(identity.id, identity.person_id, identity.sender)
        .join(person, person.id == identity.person_id)
        .where(identity.channel == CHANNEL, person.name == "", identity.id > after)
        .order_by(identity.id)
        .limit(AT_ONCE)
    )
    return list(session.execute(found))


def _fill_in(session: Session, person_id: int, name: str, department: str) -> bool:
    """Whether the person has a unit now."""
    person, unit = tables.Person, tables.Unit
    session.execute(update(person).where(person.id == person_id, person.name == "").values(name=name))
    if session.scalar(select(person.unit_id).where(person.id == person_id)) is not None:
        return True
    named = unit.name == department, unit.retired.is_(False)
    units = session.scalars(select(unit.id).where(*named).limit(2)).all() if department else []
    if len(units) != 1:
        return False
    session.execute(update(person).where(person.id == person_id, person.unit_id.is_(None)).values(unit_id=units[0]))
    outdate_for(session, [person_id])
    return True


def _recognise(session: Session, identity_id: int, person_id: int, now: int) -> Regrouped | None:
    """Let a member be the one person of their unit's roster who is called so: the directory says who they are.

    None: they are on it already, nobody or several are called so, or they were parted from somebody: `people.unbind`
    makes a person later than the identity, and that was a wish.
    """
    met = select(tables.Identity.created_ms).where(tables.Identity.id == identity_id).scalar_subquery()
    person = session.scalars(
        select(tables.Person).where(tables.Person.id == person_id, tables.Person.created_ms <= met)
    ).one_or_none()
    if person is None or person.rostered or person.unit_id is None or person.merged_into_id is not None:
        return None
    found = bindings.named_on_roster(session, person.unit_id, person.name)
    return people.merge(session, person_id, found[0], now) if len(found) == 1 else None
