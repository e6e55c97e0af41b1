"""Rosters (花名册): who belongs to which unit, as offices keep it in a table.

A row is a person before they ever come; whoever then says name and staff number is led to it (`campaigns.bindings`).
People are known again by unit and staff number, otherwise by unit and name; somebody who has come already, and is
called so in that unit, is put on the roster instead of being made anew. Phones are sealed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaigns import audit
from campaigns.bindings import plain_name, plain_number
from campaigns.errors import Moved, Refused
from campaigns.keeping.changing import note_people
from campaigns.matching import folded
from campaigns.office_tables import Fault, Sheet, is_remark, is_total, sheets_in
from campaigns.phones import MOBILE, digits
from campaigns.privacy import Seal, masked
from campaigns.store import Store
from campaigns.tables import Identity, Person, Unit
from campaigns.unit_sums import outdate_for

HEADS: Mapping[str, Collection[str]] = {
    "unit": ("单位", "单位名称", "所在单位", "工作单位", "所属单位", "机构名称"),
    "unit_code": ("单位代码", "单位编码", "单位编号", "机构代码"),
    "department": ("部门", "部门名称", "处室", "科室", "所在部门", "内设机构"),
    "name": ("姓名", "名字", "人员姓名", "职工姓名", "员工姓名"),
    "number": ("工号", "职工号", "员工号", "人员编号", "职工编号", "员工编号", "工作证号", "编号"),
    "phone": ("手机", "手机号", "手机号码", "联系电话", "电话", "移动电话"),
}
_LONGEST_NUMBER = 64
_LONGEST_NAME = 60
_AT_ONCE = 1_000
"""Persons of one transaction: so few that nobody who answers meanwhile waits noticeably."""


@dataclass(frozen=True, slots=True)
class RosterRow:
    where: str
    unit: str
    """As it is written; empty where only its code is."""
    unit_code: str
    department: str
    name: str
    """As `bindings.plain_name` writes it."""
    staff_number: str
    phone: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class RosterFile:
    rows: tuple[RosterRow, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class MissingPerson:
    """Somebody on the roster of a unit that the file is about, whom the file does not name."""

    id: int
    unit: str
    name: str
    """Masked."""


@dataclass(frozen=True, slots=True)
class RosterImported:
    """What an import does, or would do."""

    added: int
    changed: int
    same: int
    missing: tuple[MissingPerson, ...]
    faults: tuple[Fault, ...]
    """All that is wrong; where one is serious nothing is done."""

    @property
    def is_refused(self) -> bool:
        return any(fault.serious for fault in self.faults)


@dataclass(frozen=True, slots=True)
class _Known:
    id: int
    unit_id: int
    name: str
    staff_number: str
    rostered: bool
    came: bool
    """Whether an identity leads to them."""
    phone: str | None
    """Sealed."""


@dataclass(slots=True)
class _Plan:
    added: list[tuple[int, RosterRow]] = field(default_factory=list)
    """The unit, and who is new there."""
    changed: list[tuple[int, int, RosterRow]] = field(default_factory=list)
    """Person, unit, and what the file says of them."""
    same: int = 0
    missing: list[MissingPerson] = field(default_factory=list)


def read_roster(data: bytes) -> RosterFile:
    """The people of an xlsx, xls, ods or csv file, and what is wrong in it.

    Raises Refused for a file that cannot be read or has no list of people.
    """
    sheets = sheets_in(data, HEADS, lambda columns: "name" in columns and bool({"unit", "unit_code"} & set(columns)))
    if not sheets:
        raise Refused("文件里没有找到花名册：请在表头写“单位”“姓名”“工号”（可加“部门”“手机”），下面一行一个人。")
    rows: list[RosterRow] = []
    faults: list[Fault] = []
    for sheet in sheets:
        for found in _rows(sheet):
            if isinstance(found, Fault):
                faults.append(found)
            else:
                rows.append(found)
    if not rows and not faults:
        raise Refused("文件里只有表头，没有人：请在表头下面一行写一个人。")
    return RosterFile(tuple(rows), tuple(faults))


def plan_roster(session: Session, file: RosterFile) -> RosterImported:
    """What `import_roster` would do, as far as it can be seen without opening what is sealed."""
    return _decide(session, file, None)[0]


def find_listed(session: Session, file: RosterFile) -> tuple[list[tuple[int, RosterRow]], list[Fault]]:
    """The people whom a file's rows name, with their ids, once each; and the rows that name nobody, or several.

    By unit and staff number, or where a row or that unit has none, by unit and name; never by a guess.
    """
    faults = list(file.faults)
    placed = _placed(session, file.rows, faults)
    known = _known(session, {unit_id for unit_id, _ in placed})
    found: dict[int, RosterRow] = {}
    for unit_id, row in placed:
        meant = _meant(known.get(unit_id, ()), row)
        if isinstance(meant, str):
            faults.append(Fault(row.where, meant))
        else:
            found.setdefault(meant.id, row)
    return list(found.items()), faults


def _meant(known: Sequence[_Known], row: RosterRow) -> _Known | str:
    """Whom of a unit a row names, or why nobody can tell."""
    number = plain_number(row.staff_number)
    numbered = [one for one in known if number and plain_number(one.staff_number) == number]
    if numbered:
        if plain_name(numbered[0].name) == row.name:
            return numbered[0]
        return f"这个工号在这个单位是 {masked(numbered[0].name)}，姓名对不上：请核对工号。"
    named = [one for one in known if plain_name(one.name) == row.name and _may_be(one, row)]
    if len(named) == 1:
        return named[0]
    if named:
        return "这个单位有几位同名的人，看不出是哪一位：请写上工号。"
    return f"这个单位没有{f'工号是 {row.staff_number} 的' if row.staff_number else ''}“{row.name}”：请核对单位和姓名。"


def import_roster(
    store: Store,
    file: RosterFile,
    seal: Seal,
    now: int,
    *,
    retire_missing: bool = False,
    by: str = "",
    step: Callable[[int, int], None] = lambda done, total: None,
) -> RosterImported:
    """Put a file's people on the rosters of their units. Does nothing where a fault is serious.

    `missing` are those on the rosters of the units that the file names, whom it does not; they stay, or with
    `retire_missing` are on no roster any more: nobody can be bound to them, nobody misses them, and what they have
    done stays theirs. Written in batches; given again after it broke off, it goes on. Campaigns that are on, and for
    the roster alone, are told how many came: `by` is the account's name. `step` hears after each batch how many of how
    many persons are written, and may break off by raising. Raises Moved when another import was at it in the same
    moment.
    """
    with store.reading() as session:
        done, plan = _decide(session, file, seal)
    if done.is_refused:
        return done
    gone = [person.id for person in plan.missing] if retire_missing else []
    counts = {"added": done.added, "changed": done.changed, "retired": len(gone)}
    with store.transaction() as session:  # before the first batch: what breaks off half-way is on record, too
        audit.record(session, by, "roster.imported", "roster:all", now, after=counts)
    total = len(plan.changed) + len(plan.added) + len(gone)
    try:
        for start in range(0, len(plan.changed), _AT_ONCE):
            with store.transaction() as session:
                _change(session, plan.changed[start : start + _AT_ONCE], seal)
            step(min(start + _AT_ONCE, len(plan.changed)), total)
        written = len(plan.changed)
        for start in range(0, len(plan.added), _AT_ONCE):
            with store.transaction() as session:
                _add(session, plan.added[start : start + _AT_ONCE], seal, now)
            step(written + min(start + _AT_ONCE, len(plan.added)), total)
        written += len(plan.added)
    except IntegrityError as error:
        raise Moved("同一时刻有人在导入花名册，请再导入一次。") from error
    for start in range(0, len(gone), _AT_ONCE):
        with store.transaction() as session:
            session.execute(update(Person).where(Person.id.in_(gone[start : start + _AT_ONCE])).values(rostered=False))
        step(written + min(start + _AT_ONCE, len(gone)), total)
    if plan.added:
        with store.transaction() as session:
            note_people(session, now, by, now)
    return done


def _rows(sheet: Sheet) -> Iterator[RosterRow | Fault]:
    for row in sheet.rows:
        where = sheet.where(row)
        if is_total(row.cells) or is_remark(row.cells):
            yield Fault(where, "这一行是合计或说明，没有算作人。", serious=False)
            continue
        said = {part: sheet.own_cell(row, part) for part in ("name", "number", "phone")}
        unit, code, department = (sheet.cell(row, part) for part in ("unit", "unit_code", "department"))
        phone = digits(said["phone"])
        faults = [
            Fault(where, message)
            for message, wrong in (
                ("没有姓名：请补上，或删去这一行。", not said["name"]),
                ("没有单位：请补上单位名称或单位代码。", not (unit or code)),
                ("手机号不是 11 位：请核对，或先空着。", bool(said["phone"]) and not MOBILE.fullmatch(phone)),
                ("姓名太长：请核对这一列是不是姓名。", len(said["name"]) > _LONGEST_NAME),
                ("工号太长：请核对这一列是不是工号。", len(said["number"]) > _LONGEST_NUMBER),
            )
            if wrong
        ]
        yield from faults
        if not faults:
            number = re.sub(r"^(\d+)\.0+$", r"\1", folded(said["number"]).upper())
            yield RosterRow(where, unit, code, department, plain_name(said["name"]), number, phone)


def _decide(session: Session, file: RosterFile, seal: Seal | None) -> tuple[RosterImported, _Plan]:
    faults = list(file.faults)
    placed = _placed(session, file.rows, faults)
    placed = _without_twins(placed, faults)
    known = _known(session, {unit_id for unit_id, _ in placed})
    plan = _matched(placed, known, faults, seal)
    _find_missing(session, plan, placed, known)
    done = RosterImported(len(plan.added), len(plan.changed), plan.same, tuple(plan.missing), tuple(faults))
    return done, plan


def _placed(session: Session, rows: Sequence[RosterRow], faults: list[Fault]) -> list[tuple[int, RosterRow]]:
    """Each person with the unit they belong to."""
    units = session.execute(
        select(Unit.id, Unit.code, Unit.name, Unit.parent_id, Unit.path).where(Unit.retired.is_(False))
    ).all()
    by_code = {unit.code: unit.id for unit in units}
    by_name: dict[str, list[int]] = {}
    below: dict[int | None, dict[str, int]] = {}
    for unit in units:
        by_name.setdefault(folded(unit.name), []).append(unit.id)
        below.setdefault(unit.parent_id, {})[folded(unit.name)] = unit.id
    names = [unit.name for unit in units]
    sentences: dict[tuple[str, str, str], int | str] = {}
    placed = []
    for row in rows:
        key = (row.unit, row.unit_code, row.department)
        if key not in sentences:
            sentences[key] = _unit_of(row, by_code, by_name, below, names)
        found = sentences[key]
        if isinstance(found, str):
            faults.append(Fault(row.where, found))
        else:
            placed.append((found, row))
    return placed


def _unit_of(
    row: RosterRow,
    by_code: Mapping[str, int],
    by_name: Mapping[str, list[int]],
    below: Mapping[int | None, Mapping[str, int]],
    names: Sequence[str],
) -> int | str:
    """The unit, or what is wrong."""
    if row.unit_code:
        if row.unit_code not in by_code:
            return f"没有代码为 {row.unit_code[:40]} 的单位：请核对代码，或先导入单位。"
        unit_id = by_code[row.unit_code]
    elif row.unit in by_code:
        unit_id = by_code[row.unit]
    else:
        found = by_name.get(folded(row.unit), [])
        if len(found) > 1:
            return f"叫“{row.unit[:60]}”的单位不止一个：请加一列“单位代码”写明是哪一个。"
        if not found:
            near = get_close_matches(row.unit, names, 2)
            hint = f"是不是“{'”或“'.join(near)}”？请" if near else "请先导入单位，或"
            return f"没有单位“{row.unit[:60]}”：{hint}改正名称，或写单位代码。"
        unit_id = found[0]
    departments = below.get(unit_id)
    if not row.department or not departments or folded(row.department) == folded(row.unit):
        return unit_id
    if folded(row.department) in departments:
        return departments[folded(row.department)]
    return f"“{row.unit or row.unit_code}”下面没有部门“{row.department[:60]}”：请改正名称，或空着这一格。"


def _without_twins(placed: Sequence[tuple[int, RosterRow]], faults: list[Fault]) -> list[tuple[int, RosterRow]]:
    """Each person once; where two rows cannot be told apart, or share a number, nobody guesses."""
    numbers: dict[tuple[int, str], RosterRow] = {}
    names: dict[tuple[int, str], RosterRow] = {}
    single = []
    for unit_id, row in placed:
        number, same_name = (unit_id, plain_number(row.staff_number)), names.get((unit_id, row.name))
        same_number = numbers.get(number) if number[1] else None
        if same_number is not None and same_number.name == row.name:
            faults.append(Fault(row.where, f"与{same_number.where}是同一个人，只算一次。", serious=False))
        elif same_number is not None:
            faults.append(Fault(row.where, f"工号与{same_number.where}相同，姓名却不同：请核对工号。"))
        elif same_name is not None and not (row.staff_number and same_name.staff_number):
            faults.append(
                Fault(row.where, f"与{same_name.where}同单位、同姓名：是两个人就请都写上工号，是一个人就请只留一行。")
            )
        else:
            numbers[number] = row
            names[(unit_id, row.name)] = row
            single.append((unit_id, row))
    return single


def _known(session: Session, unit_ids: Collection[int]) -> dict[int, list[_Known]]:
    """Who belongs to these units by now, on a roster or by having come."""
    came = select(Identity.id).where(Identity.person_id == Person.id).exists()
    found: dict[int, list[_Known]] = {}
    ids = sorted(unit_ids)
    for start in range(0, len(ids), 500):
        rows = session.execute(
            select(
                Person.id,
                Person.unit_id,
                Person.name,
                Person.staff_number,
                Person.rostered,
                came,
                Person.phone,
            ).where(Person.unit_id.in_(ids[start : start + 500]), Person.merged_into_id.is_(None), Person.name != "")
        )
        for row in rows:
            one = _Known(row[0], row[1] or 0, row[2], row[3], row[4], row[5], row[6])
            found.setdefault(one.unit_id, []).append(one)
    return found


def _matched(
    placed: Sequence[tuple[int, RosterRow]],
    known: Mapping[int, Sequence[_Known]],
    faults: list[Fault],
    seal: Seal | None,
) -> _Plan:
    plan = _Plan()
    taken: set[int] = set()
    by_number = {
        (unit_id, plain_number(one.staff_number)): one
        for unit_id, ones in known.items()
        for one in ones
        if one.staff_number
    }
    by_name: dict[tuple[int, str], list[_Known]] = {}
    for unit_id, ones in known.items():
        for one in ones:
            by_name.setdefault((unit_id, plain_name(one.name)), []).append(one)
    moved = _moved(placed, known)
    for unit_id, row in placed:
        found = by_number.get((unit_id, plain_number(row.staff_number))) if row.staff_number else None
        if found is None:
            same = [one for one in by_name.get((unit_id, row.name), ()) if one.id not in taken and _may_be(one, row)]
            found = same[0] if len(same) == 1 else None
            if len(same) > 1:
                faults.append(Fault(row.where, "这个单位已有几位同名的人，看不出是哪一位：请写上工号。"))
                continue
        elif plain_name(found.name) != row.name and found.came:
            faults.append(
                Fault(
                    row.where,
                    f"这个工号原来是 {masked(found.name)}，且已有人用它参加：请核对；确是改名请先在后台改姓名。",
                )
            )
            continue
        found = found or moved.get((plain_number(row.staff_number), row.name))
        if found is None:
            plan.added.append((unit_id, row))
            continue
        if found.id in taken:
            faults.append(Fault(row.where, "与文件里另一行是同一个人：请只留一行，或写上工号。"))
            continue
        taken.add(found.id)
        if found.unit_id == unit_id and _is_same(found, row, seal):
            plan.same += 1
        else:
            plan.changed.append((found.id, unit_id, row))
    return plan


def _moved(
    placed: Sequence[tuple[int, RosterRow]], known: Mapping[int, Sequence[_Known]]
) -> dict[tuple[str, str], _Known]:
    """Staff number and name → who has left one unit of the file, and stands in another one: the same person.

    Only where the file is about both units, since staff numbers mean nothing from one office to another.
    """
    here = {(unit_id, plain_number(row.staff_number)) for unit_id, row in placed if row.staff_number}
    left: dict[tuple[str, str], list[_Known]] = {}
    for unit_id, ones in known.items():
        for one in ones:
            number = plain_number(one.staff_number)
            if one.rostered and number and (unit_id, number) not in here:
                left.setdefault((number, plain_name(one.name)), []).append(one)
    return {key: ones[0] for key, ones in left.items() if len(ones) == 1}


def _may_be(one: _Known, row: RosterRow) -> bool:
    """Whether somebody of the same name may be who a row is about: no two different staff numbers."""
    return not (one.staff_number and row.staff_number)


def _is_same(one: _Known, row: RosterRow, seal: Seal | None) -> bool:
    if not one.rostered or one.name != row.name or (row.staff_number and one.staff_number != row.staff_number):
        return False
    if not row.phone:
        return True
    return one.phone is not None and (seal is None or seal.open(one.phone) == row.phone)


def _find_missing(
    session: Session, plan: _Plan, placed: Sequence[tuple[int, RosterRow]], known: Mapping[int, Sequence[_Known]]
) -> None:
    numbers = {(unit_id, plain_number(row.staff_number)) for unit_id, row in placed if row.staff_number}
    names = {(unit_id, row.name) for unit_id, row in placed}
    moved = {person_id for person_id, _, _ in plan.changed}
    units = {row.id: row.name for row in session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(known.keys())))}
    for unit_id, ones in known.items():
        plan.missing += [
            MissingPerson(one.id, units[unit_id], masked(one.name))
            for one in ones
            if one.rostered
            and one.id not in moved
            and (unit_id, plain_number(one.staff_number)) not in numbers
            and (unit_id, plain_name(one.name)) not in names
        ]


def _add(session: Session, people: Sequence[tuple[int, RosterRow]], seal: Seal, now: int) -> None:
    rows = [
        {
            "unit_id": unit_id,
            "name": row.name,
            "staff_number": row.staff_number,
            "phone": seal.seal(row.phone) if row.phone else None,
            "rostered": True,
            "created_ms": now,
        }
        for unit_id, row in people
    ]
    session.execute(insert(Person), rows)


def _change(session: Session, people: Sequence[tuple[int, int, RosterRow]], seal: Seal) -> None:
    for person_id, unit_id, row in people:
        values: dict[str, Any] = {"unit_id": unit_id, "name": row.name, "rostered": True}
        if row.staff_number:
            values["staff_number"] = row.staff_number
        if row.phone:
            values["phone"] = seal.seal(row.phone)
        session.execute(update(Person).where(Person.id == person_id, Person.merged_into_id.is_(None)).values(**values))
    outdate_for(session, [person_id for person_id, _, _ in people])
