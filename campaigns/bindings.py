"""Saying who one is (绑定): a unit is chosen; where an office has a roster (花名册), name and staff number lead to a
person of it, who may come by several channels and stays one entrant.

Nobody learns of a name without its staff number: whatever does not match gets one and the same sentence, and after
`TRIES` wrong tries in a row an identity waits. Tries are counted before they are judged, by one conditional UPDATE, so
that many at once are no more than one after the other.

A row of `binding` says what a chat is asked for. It is gone when somebody is bound; when they leave after wrong tries
it stays as a mere count (step ``name`` without a unit), since leaving must not be a way to go on guessing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.orm import Session

from campaigns import units
from campaigns.clock import MINUTE
from campaigns.errors import Moved, NotFound, NotMatched, Refused
from campaigns.merging import Regrouped, merge
from campaigns.people import hold
from campaigns.privacy import masked
from campaigns.store import Store, insertion
from campaigns.tables import Attempt, Binding, Identity, Person, Unit
from campaigns.unit_sums import outdate_for

TRIES = 5
WAIT_MS = 10 * MINUTE
"""How long whoever tried in vain so often waits."""
NO_NUMBER = frozenset({"", "无", "没有", "NONE"})
"""What those answer whom the roster gives no staff number."""
_THEN_PLAY = "play"
"""At the end of `Binding.offered`: the quiz is to begin when they are bound."""
_MISMATCH = "姓名或工号与花名册对不上，请核对后再发；仍对不上请联系本单位联络员。"
_WAIT = "连续几次都没有对上，请 {minutes} 分钟后再试，或联系本单位联络员核对。"


@dataclass(frozen=True, slots=True)
class Asking:
    """What a chat is asked for."""

    step: str
    """``unit``, ``name`` or ``number``."""
    unit_id: int | None
    name: str
    offered: tuple[int, ...]
    """The units that were listed to choose from."""
    then_play: bool


@dataclass(frozen=True, slots=True)
class Bound:
    """Who an identity leads to, as they may read it."""

    person_id: int
    unit_id: int | None
    unit: str
    """Empty: none yet."""
    name: str
    """Masked; empty for a guest."""
    rostered: bool


@dataclass(frozen=True, slots=True)
class Needs:
    """What tells the people of a unit apart."""

    name: bool
    """Whether anybody of the unit, or of those below it, is on a roster."""
    number: bool
    """Whether their staff numbers are asked for, too: somebody there has one."""


def bound(session: Session, person_id: int) -> Bound:
    person = session.get_one(Person, person_id, populate_existing=True)
    unit = session.get_one(Unit, person.unit_id) if person.unit_id is not None else None
    return Bound(
        person_id,
        person.unit_id,
        units.called(session, unit) if unit is not None else "",
        masked(person.name) if person.name else "",
        person.rostered,
    )


def needs(session: Session, unit_id: int) -> Needs:
    """Raises NotFound for a unit that is not offered."""
    unit = _offered(session, unit_id)
    anybody = select(Person.id).join(Unit, Unit.id == Person.unit_id).where(Person.rostered, units.within(unit.path))
    return Needs(session.scalar(anybody.limit(1)) is not None, _is_numbered(session, unit.path))


def choose_unit(session: Session, identity_id: int, unit_id: int, now: int, campaign_id: int | None = None) -> str:
    """Let the person of an identity be of a unit; gives its name.

    Raises NotFound for a unit that is not offered; Refused for one that the campaign is not for, and for somebody whom
    a roster has in another unit.
    """
    unit = _offered(session, unit_id)
    if campaign_id is not None and not units.is_admitted(session, campaign_id, unit_id):
        raise Refused(f"“{unit.name}”不在这次活动的参与单位里，请选别的单位，或联系本单位联络员。")
    person = session.execute(
        select(Person).join(Identity, Identity.person_id == Person.id).where(Identity.id == identity_id)
    ).scalar_one()
    if person.rostered and person.unit_id is not None:
        own = session.get_one(Unit, person.unit_id)
        if not own.path.startswith(unit.path):
            raise Refused(f"您已按花名册绑定在“{own.name}”：要更改，请先发送 解除绑定，或联系本单位联络员。")
        return units.called(session, own)
    person.unit_id = unit_id
    session.flush()
    outdate_for(session, [person.id])
    return units.called(session, unit)


def match(store: Store, identity_id: int, unit_id: int, name: str, staff_number: str, now: int) -> Regrouped:
    """Let an identity be the person whom the roster of a unit, or of one below it, has by this name and staff number.

    What the identity has played so far comes along: see `campaigns.merging`; push the standings (`people.push`)
    afterwards. Raises NotMatched, with what to say: nobody is called so, or there were too many wrong tries. The try is
    counted either way, which is why this takes the store: a raised error must not undo that.
    """
    with store.transaction() as session:
        found = try_match(session, identity_id, unit_id, name, staff_number, now)
    if isinstance(found, str):
        raise NotMatched(found)
    return found


def try_match(
    session: Session, identity_id: int, unit_id: int, name: str, staff_number: str, now: int
) -> Regrouped | str:
    """The same within a transaction, which must be committed; what to say instead of raising NotMatched."""
    unit = _offered(session, unit_id)
    if (waiting := _count_try(session, identity_id, now)) is not None:
        return waiting
    person_id = session.scalar(select(Identity.person_id).where(Identity.id == identity_id))
    if person_id is None:
        raise NotFound("没有这样的身份，请重新进入活动。")
    hold(session, identity_id, person_id)
    found = _of_roster(session, unit.path, name, staff_number)
    if len(found) > 1:
        return "同名的不止一位，请选您所在的部门，或联系本单位联络员。"
    if not found:
        return _MISMATCH
    own = session.get_one(Person, person_id)
    if own.rostered and own.id != found[0]:
        return "您已绑定为花名册上的另一位：如果不是本人，请先发送 解除绑定，或联系本单位联络员。"
    session.execute(delete(Binding).where(Binding.identity_id == identity_id))
    return Regrouped(person_id, {}) if own.id == found[0] else merge(session, person_id, found[0], now)


def is_bound_to_play(session: Session, identity_id: int) -> bool:
    """Whether the identity has begun attempts: whoever has cannot part from their person by themselves, lest somebody
    play under one name by several phones.
    """
    return session.scalar(select(Attempt.id).where(Attempt.identity_id == identity_id).limit(1)) is not None


def asking(session: Session, identity_id: int) -> Asking | None:
    """What a chat is asked for; None: nothing."""
    row = session.get(Binding, identity_id)
    if row is None or (row.step == "name" and row.unit_id is None):
        return None
    ids = tuple(one for one in row.offered if isinstance(one, int))
    return Asking(row.step, row.unit_id, row.name, ids, _THEN_PLAY in row.offered)


def ask(
    session: Session,
    identity_id: int,
    step: str,
    now: int,
    *,
    unit_id: int | None = None,
    name: str = "",
    offered: Sequence[int] = (),
    then_play: bool = False,
) -> None:
    """Ask a chat for a unit, a name or a number from now on; wrong tries of before still count."""
    said = {
        "step": step,
        "unit_id": unit_id,
        "name": name,
        "offered": [*offered, _THEN_PLAY] if then_play else list(offered),
    }
    session.execute(
        insertion(session.get_bind(), Binding)
        .values(identity_id=identity_id, failed=0, changed_ms=now, **said)
        .on_conflict_do_update(index_elements=["identity_id"], set_=said)
    )


def leave(session: Session, identity_id: int) -> None:
    """Ask for nothing any more."""
    session.execute(delete(Binding).where(Binding.identity_id == identity_id, Binding.failed == 0))
    session.execute(
        update(Binding).where(Binding.identity_id == identity_id).values(step="name", unit_id=None, name="", offered=[])
    )


def plain_name(name: str) -> str:
    """A person's name as rosters keep it: without spaces, its dot always the same."""
    return "".join("·" if character in "•・‧∙." else character for character in _spaceless(name))


def plain_number(number: str) -> str:
    """A staff number as it is compared: capitals, no spaces, no zeros before it, since spreadsheets drop those."""
    return _spaceless(number).upper().lstrip("0")


def _spaceless(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def named_on_roster(session: Session, unit_id: int, name: str) -> list[int]:
    """The persons on the rosters of a unit and those below it who are called so, whatever their numbers."""
    path = session.scalars(select(Unit.path).where(Unit.id == unit_id)).one()
    return [row.id for row in _called(session, path, name)]


def _offered(session: Session, unit_id: int) -> Unit:
    unit = session.get(Unit, unit_id)
    if unit is None or unit.retired:
        raise NotFound("没有这个单位，请重新查找。")
    return unit


def _count_try(session: Session, identity_id: int, now: int) -> str | None:
    """Count a try; what to say where there were too many."""
    session.execute(
        insertion(session.get_bind(), Binding)
        .values(identity_id=identity_id, step="name", unit_id=None, name="", offered=[], failed=0, changed_ms=now)
        .on_conflict_do_nothing()
    )
    row = Binding.identity_id == identity_id
    waited = Binding.changed_ms <= now - WAIT_MS
    session.execute(update(Binding).where(row, Binding.failed >= TRIES, waited).values(failed=0))
    counted = session.execute(
        update(Binding)
        .where(row, Binding.failed < TRIES)
        .values(failed=Binding.failed + 1, changed_ms=now)
        .returning(Binding.failed)
    ).one_or_none()
    if counted is not None:
        return None
    since = session.scalar(select(Binding.changed_ms).where(row))
    if since is None:
        raise Moved
    return _WAIT.format(minutes=max(1, -(-(since + WAIT_MS - now) // MINUTE)))


def _of_roster(session: Session, path: str, name: str, staff_number: str) -> list[int]:
    """The persons on the rosters of a unit and those below it who are called so and have that number."""
    rows = _called(session, path, name)
    if not rows or not _is_numbered(session, path):
        return [row.id for row in rows]
    number = plain_number(staff_number)
    number = "" if number in NO_NUMBER else number
    return [row.id for row in rows if plain_number(row.staff_number) == number]


def _called(session: Session, path: str, name: str) -> Sequence[Row[int, str]]:
    return session.execute(
        select(Person.id, Person.staff_number)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Person.rostered, units.within(path), func.upper(Person.name) == plain_name(name).upper())
    ).all()


def _is_numbered(session: Session, path: str) -> bool:
    """Whether anybody on the rosters of a unit and those below it has a staff number."""
    query = select(Person.id).join(Unit, Unit.id == Person.unit_id)
    return (
        session.scalar(query.where(Person.rostered, units.within(path), Person.staff_number != "").limit(1)) is not None
    )
