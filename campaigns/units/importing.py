"""A list of units → the tree: decided as a whole, then written in one transaction, or not at all.

A unit is known again by its code, otherwise by its name and where it stands. What a file leaves empty stays as it is;
units that it does not name stay, too, unless they are to be retired: a code that was printed goes on working.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from hashlib import sha256
from typing import Any

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.orm import Session

from campaigns import audit
from campaigns.errors import Refused
from campaigns.matching import folded
from campaigns.office_tables import Fault
from campaigns.privacy import Seal
from campaigns.tables import Unit
from campaigns.unit_sums import outdate_all
from campaigns.units.files import UnitFile, UnitRow
from campaigns.units.sought import sought_of
from campaigns.units.tree import find

_ALPHABET = "346789CDFGHJKMNPQRTVWXY"
"""Letters and digits that nobody takes for one another, without vowels, lest a code become a word."""
_CODE_LENGTH = 6
_ENDS = {"province": ("省", "自治区"), "city": ("市", "自治州", "地区", "盟"), "county": ("县", "区", "旗")}


@dataclass(frozen=True, slots=True)
class MissingUnit:
    """A unit that the tree has and the file does not."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class UnitsImported:
    """What an import does, or would do."""

    added: int
    changed: int
    same: int
    missing: tuple[MissingUnit, ...]
    faults: tuple[Fault, ...]
    """All that is wrong; where one is serious nothing is done."""

    @property
    def is_refused(self) -> bool:
        return any(fault.serious for fault in self.faults)


@dataclass(slots=True)
class _Node:
    """A unit of the file, and which of the tree it is."""

    row: UnitRow
    parent: _Node | None = None
    parent_id: int | None = None
    """Of a parent that only the tree has; None: at the top, or a node is the parent."""
    id: int | None = None
    """The unit that it is; None until it is known, or where it is new."""
    lost: bool = False
    """Whether something is wrong with it, so that nothing more is said of it."""

    @property
    def key(self) -> tuple[int | None, int | None, str]:
        return (id(self.parent) if self.parent else None, self.parent_id, folded(self.row.name))


@dataclass(frozen=True, slots=True)
class _Held:
    id: int
    code: str
    name: str
    parent_id: int | None
    level: str
    headcount: int | None
    officer: str
    path: str
    retired: bool


@dataclass(slots=True)
class _Tree:
    """The units there are."""

    units: dict[int, _Held]
    by_code: dict[str, int] = field(default_factory=dict)
    by_name: dict[str, list[int]] = field(default_factory=dict)
    by_place: dict[tuple[int | None, str], list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for unit in self.units.values():
            self.by_code[unit.code] = unit.id
            self.by_name.setdefault(folded(unit.name), []).append(unit.id)
            self.by_place.setdefault((unit.parent_id, folded(unit.name)), []).append(unit.id)


def plan_units(session: Session, file: UnitFile, *, under: str = "") -> UnitsImported:
    """What `import_units` would do. Raises NotFound for an `under` that no unit has.

    To be asked before: what takes longest is done then, and on SQLite nobody waits for it.
    """
    done, nodes, _ = _decide(session, file, under)
    for node in nodes:
        sought_of(node.row.name)
    return done


def import_units(
    session: Session,
    file: UnitFile,
    seal: Seal,
    *,
    now: int,
    by: str = "",
    under: str = "",
    retire_missing: bool = False,
) -> UnitsImported:
    """Bring a file's units into the tree, below the unit of the code `under` or at the top.

    Does nothing where a fault is serious. `missing` are the units below `under` (in the whole tree, without it) that
    the file does not name; they stay, or with `retire_missing` are offered to nobody any more. `by` is the account's
    name. Raises NotFound.
    """
    done, nodes, tree = _decide(session, file, under)
    if done.is_refused:
        return done
    _audit(session, nodes, tree, done, under, by, now, retired=len(done.missing) if retire_missing else 0)
    _write(session, nodes, tree, seal)
    if retire_missing and done.missing:
        codes = [unit.code for unit in done.missing]
        for start in range(0, len(codes), 500):
            session.execute(update(Unit).where(Unit.code.in_(codes[start : start + 500])).values(retired=True))
    return done


def _decide(session: Session, file: UnitFile, under: str) -> tuple[UnitsImported, list[_Node], _Tree]:
    top = find(session, under) if under else None
    tree = _Tree(_held(session))
    faults = list(file.faults)
    nodes = _nodes(file.rows, faults)
    _find_parents(nodes, tree, top.id if top else None, faults)
    _find_circles(nodes, faults)
    order = _from_the_top(nodes)
    _recognise(order, tree, faults)
    _find_twins(order, faults)
    _find_moves_below_oneself(order, tree, faults)
    changed = sum(node.id is not None and bool(_changes(node, tree)) for node in order)
    added = sum(node.id is None for node in order)
    named = {node.id for node in order}
    scope = top.path if top else "/"
    missing = tuple(
        MissingUnit(unit.code, unit.name)
        for unit in tree.units.values()
        if unit.id not in named and not unit.retired and unit.path.startswith(scope) and unit.path != scope
    )
    done = UnitsImported(added, changed, len(order) - added - changed, missing, tuple(faults))
    return done, order, tree


def _held(session: Session) -> dict[int, _Held]:
    rows = session.execute(
        select(
            Unit.id, Unit.code, Unit.name, Unit.parent_id, Unit.level, Unit.headcount, Unit.officer, Unit.path,
            Unit.retired,
        ).order_by(Unit.path)
    )  # fmt: skip
    return {row.id: _Held(*row) for row in rows}


def _nodes(rows: Sequence[UnitRow], faults: list[Fault]) -> list[_Node]:
    """A node a unit: what only stands above others, in a file with a column a level, is one with its own row."""
    nodes: list[_Node] = []
    placed: dict[tuple[str, ...], _Node] = {}
    codes: dict[str, _Node] = {}
    for row in rows:
        if row.above is not None:
            path = (*map(folded, row.above), folded(row.name))
            before = placed.get(path)
            if before is not None and not row.named:
                continue
            if before is not None and not before.row.named:
                before.row = row
                _note_code(codes, before, faults)
                continue
            if before is not None:
                faults.append(Fault(row.where, f"与{before.row.where}是同一个单位“{row.name}”：请只留一行。"))
                continue
            node = _Node(row, placed.get(path[:-1]) if path[:-1] else None)
            placed[path] = node
        else:
            node = _Node(row)
        _note_code(codes, node, faults)
        nodes.append(node)
    return nodes


def _note_code(codes: dict[str, _Node], node: _Node, faults: list[Fault]) -> None:
    code = node.row.code
    if code and code in codes:
        faults.append(Fault(node.row.where, f"代码 {code} 与{codes[code].row.where}重复：一个代码只能是一个单位。"))
        node.row = replace(node.row, code="")
    elif code:
        codes[code] = node


def _find_parents(nodes: Sequence[_Node], tree: _Tree, top: int | None, faults: list[Fault]) -> None:
    by_code = {node.row.code: node for node in nodes if node.row.code}
    by_name: dict[str, list[_Node]] = {}
    for node in nodes:
        by_name.setdefault(folded(node.row.name), []).append(node)
    for node in nodes:
        row = node.row
        if row.above is not None or not (row.parent or row.parent_code):
            node.parent_id = None if node.parent else top
            continue
        found = _parent_of(node, by_code, by_name, tree)
        match found:
            case str():
                node.lost = True
                faults.append(Fault(row.where, found))
            case _Node():
                node.parent = found
            case _:
                node.parent_id = found


def _parent_of(
    node: _Node, by_code: Mapping[str, _Node], by_name: Mapping[str, list[_Node]], tree: _Tree
) -> _Node | int | str:
    """The parent: a node, the id of a unit, or what is wrong."""
    code = node.row.parent_code or (node.row.parent[0] if len(node.row.parent) == 1 else "")
    if code in by_code:
        return by_code[code]
    if code in tree.by_code:
        return tree.by_code[code]
    if node.row.parent_code:
        return f"没有代码为 {code[:40]} 的上级单位：请在文件里加上它，或改写上级代码。"
    *above, name = map(folded, node.row.parent)
    ours = [one for one in by_name.get(name, ()) if one is not node and _is_below(one, above)]
    if len(ours) == 1:
        return ours[0]
    known = [one for one in tree.by_name.get(name, ()) if _is_unit_below(tree, one, above)]
    if not ours and len(known) == 1:
        return known[0]
    said = "/".join(node.row.parent)[:60]
    if ours or known:
        return f"叫“{said}”的单位不止一个：请改写上级代码，或连同再上一级写成“上上级/上级”。"
    near = get_close_matches(
        node.row.parent[-1], [*(n.row.name for ns in by_name.values() for n in ns), *_names(tree)], 2
    )
    hint = f"是不是“{'”或“'.join(dict.fromkeys(near))}”？" if near else ""
    return f"没有上级单位“{said}”：{hint}请在文件里加上它，或改正名称。"


def _names(tree: _Tree) -> Iterator[str]:
    return (unit.name for unit in tree.units.values())


def _is_below(node: _Node, above: Sequence[str]) -> bool:
    """Whether a node's parent is written like the names above, as far as they are told."""
    return not above or [*map(folded, node.row.parent)][-len(above) :] == list(above)


def _is_unit_below(tree: _Tree, unit_id: int, above: Sequence[str]) -> bool:
    names = [folded(tree.units[one].name) for one in map(int, filter(None, tree.units[unit_id].path.split("/")))][:-1]
    return not above or names[-len(above) :] == list(above)


def _find_circles(nodes: Sequence[_Node], faults: list[Fault]) -> None:
    for node in nodes:
        seen, one = {id(node)}, node.parent
        while one is not None and not one.lost:
            if id(one) in seen:
                faults.append(Fault(node.row.where, f"“{node.row.name}”的上级绕了一圈又回到它自己：请核对上级单位。"))
                node.lost = True
                break
            seen.add(id(one))
            one = one.parent


def _from_the_top(nodes: Sequence[_Node]) -> list[_Node]:
    """Parents before those below them; those with something wrong above them are left out."""

    def depth(node: _Node) -> int | None:
        steps, one = 0, node
        while one.parent is not None and not one.lost:
            steps, one = steps + 1, one.parent
        return None if one.lost or node.lost else steps

    placed = [(steps, place, node) for place, node in enumerate(nodes) if (steps := depth(node)) is not None]
    return [node for _, _, node in sorted(placed, key=lambda one: one[:2])]


def _recognise(order: Sequence[_Node], tree: _Tree, faults: list[Fault]) -> None:
    """Which unit of the tree each node is: by its code, otherwise by its name below its parent."""
    taken: dict[int, _Node] = {}
    coded = {tree.by_code[node.row.code] for node in order if node.row.code in tree.by_code}
    for node in order:
        parent_id = node.parent.id if node.parent else node.parent_id
        known = tree.by_code.get(node.row.code) if node.row.code else None
        if known is None and (node.parent is None or node.parent.id is not None):
            same = [one for one in tree.by_place.get((parent_id, folded(node.row.name)), ()) if one not in coded]
            if len(same) > 1:
                faults.append(Fault(node.row.where, f"已有几个单位都叫“{node.row.name}”、上级也相同：请写上代码。"))
                continue
            known = same[0] if same else None
            if known is not None and node.row.code:
                faults.append(
                    Fault(
                        node.row.where,
                        f"“{node.row.name}”已有代码 {tree.units[known].code}，不能改成 {node.row.code}："
                        "印好的二维码用的是原来的代码，请改回原代码或空着。",
                    )
                )
                continue
        if known is not None and known in taken:
            faults.append(
                Fault(node.row.where, f"与{taken[known].row.where}是同一个单位“{node.row.name}”：请只留一行。")
            )
            continue
        node.id = known
        if known is not None:
            taken[known] = node


def _find_twins(order: Sequence[_Node], faults: list[Fault]) -> None:
    seen: dict[tuple[int | None, int | None, str], _Node] = {}
    for node in order:
        before = seen.setdefault(node.key, node)
        if before is not node and (node.id is None or node.id != before.id):
            faults.append(
                Fault(
                    node.row.where,
                    f"与{before.row.where}重名，上级也相同（“{node.row.name}”）：请只留一行，或改一个名称。",
                )
            )


def _find_moves_below_oneself(order: Sequence[_Node], tree: _Tree, faults: list[Fault]) -> None:
    """A unit that is to go below what is below it."""
    parents = {unit.id: unit.parent_id for unit in tree.units.values()}
    for node in order:
        if node.id is not None:
            parents[node.id] = node.parent.id if node.parent else node.parent_id
    for node in order:
        seen: set[int] = set()
        one = node.id
        while one is not None and one not in seen:
            seen.add(one)
            one = parents.get(one)
        if one is not None and one == node.id:
            faults.append(
                Fault(node.row.where, f"“{node.row.name}”的上级现在是它自己的下级：请先移开下级，或核对上级单位。")
            )


def _changes(node: _Node, tree: _Tree) -> dict[str, Any]:
    """What of a unit there is becomes another one by the file; a phone is always written, since it is sealed."""
    assert node.id is not None
    held, row = tree.units[node.id], node.row
    told = {
        "name": row.name,
        "level": (row.level or held.level) if row.named else held.level,
        "headcount": held.headcount if row.headcount is None else row.headcount,
        "officer": row.officer or held.officer,
        "retired": False,
    }
    changes = {what: value for what, value in told.items() if getattr(held, what) != value}
    parent_id = node.parent.id if node.parent else node.parent_id
    if (node.parent is not None and parent_id is None) or parent_id != held.parent_id:
        changes["parent_id"] = parent_id
    return changes


def _write(session: Session, order: Sequence[_Node], tree: _Tree, seal: Seal) -> None:
    new = [node for node in order if node.id is None]
    moved = any("parent_id" in _changes(node, tree) for node in order if node.id is not None)
    changed = {node.id: _changes(node, tree) for node in order if node.id is not None}
    codes = set(tree.by_code) | {node.row.code for node in order if node.row.code}
    paths = {unit.id: unit.path for unit in tree.units.values()}
    levels = {unit.id: unit.level for unit in tree.units.values()}
    holders = {id(node.parent) for node in order}
    for node, fresh in zip(new, _fresh_ids(session, len(new)), strict=True):
        node.id = fresh
    rows = []
    for node in order:
        assert node.id is not None
        parent_id = node.parent.id if node.parent else node.parent_id
        if node.id in tree.units:
            continue
        paths[node.id] = f"{paths[parent_id] if parent_id is not None else '/'}{node.id}/"
        above = levels[parent_id] if parent_id is not None else ""
        levels[node.id] = node.row.level or _likely_level(node.row.name, above, holds=id(node) in holders)
        code = node.row.code or _new_code(_names_to(node, tree), codes)
        codes.add(code)
        rows.append(
            {
                "id": node.id,
                "code": code,
                "name": node.row.name,
                "parent_id": parent_id,
                "level": levels[node.id],
                "headcount": node.row.headcount,
                "officer": node.row.officer,
                "officer_phone": seal.seal(node.row.officer_phone) if node.row.officer_phone else None,
                "path": paths[node.id],
                "sought": sought_of(node.row.name),
                "retired": False,
            }
        )
    if rows:
        session.execute(insert(Unit), rows)
    for node in order:
        assert node.id is not None
        if node.id not in tree.units:
            continue
        changes: dict[str, Any] = dict(changed.get(node.id, {}))
        if "name" in changes:
            changes["sought"] = sought_of(node.row.name)
        if "parent_id" in changes:
            changes["parent_id"] = node.parent.id if node.parent else node.parent_id
        if node.row.officer_phone:
            changes["officer_phone"] = seal.seal(node.row.officer_phone)
        if changes:
            session.execute(update(Unit).where(Unit.id == node.id).values(**changes))
    if moved:
        _write_paths(session)


def _audit(
    session: Session,
    nodes: Sequence[_Node],
    tree: _Tree,
    done: UnitsImported,
    under: str,
    by: str,
    now: int,
    *,
    retired: int,
) -> None:
    """Of one unit alone what of it is other, of several how many."""
    if len(nodes) == 1 and nodes[0].id is not None:
        held, changes = tree.units[nodes[0].id], _changes(nodes[0], tree)
        told = {key: getattr(held, key) for key in changes}, dict(changes)
        before, after = ({**one, **_parent(one, tree), **_officer(one)} for one in told)
        if before.get("officer") and after.get("officer"):
            after["officer"] = "renamed"
        if nodes[0].row.officer_phone:
            after["officer_phone"] = "changed"
        audit.record(session, by, "unit.edited", f"unit:{held.code}", now, before=before, after=after)
        return
    counts = {"added": done.added, "changed": done.changed, "retired": retired}
    audit.record(session, by, "unit.imported", f"unit:{under}" if under else "unit:all", now, after=counts)


def _parent(changes: Mapping[str, Any], tree: _Tree) -> dict[str, Any]:
    """The unit above by its code, not by a number that nobody knows."""
    above = tree.units.get(changes.get("parent_id", 0))
    return {"parent_id": above.code if above else ""} if "parent_id" in changes else {}


def _officer(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Persons are not named in the audit log."""
    return {"officer": "named" if changes["officer"] else ""} if "officer" in changes else {}


def _likely_level(name: str, above: str, *, holds: bool) -> str:
    """The level of a unit of which nobody told it; only what holds others is taken for a province, city or county."""
    for level, ends in _ENDS.items():
        if holds and name.endswith(ends):
            return level
    return "department" if above in {"unit", "department"} else "unit"


def _write_paths(session: Session) -> None:
    """After units have moved: everybody's path anew, since whole branches move with them."""
    session.flush()
    rows = session.execute(select(Unit.id, Unit.parent_id, Unit.path)).all()
    parents = {row.id: row.parent_id for row in rows}
    paths: dict[int, str] = {}

    def path_of(unit_id: int) -> str:
        if unit_id not in paths:
            parent = parents[unit_id]
            paths[unit_id] = f"{path_of(parent) if parent is not None else '/'}{unit_id}/"
        return paths[unit_id]

    changed = [{"id": row.id, "path": path_of(row.id)} for row in rows if path_of(row.id) != row.path]
    if changed:
        session.execute(update(Unit), changed)
        outdate_all(session)


def _fresh_ids(session: Session, count: int) -> Sequence[int]:
    """Ids that no unit has, so that paths can be written with the rows."""
    if not count:
        return ()
    if session.get_bind().dialect.name == "sqlite":
        highest = session.scalar(select(func.max(Unit.id))) or 0  # nobody else writes before this transaction ends
        return range(highest + 1, highest + 1 + count)
    sequence = text("SELECT nextval(pg_get_serial_sequence('unit', 'id')) FROM generate_series(1, :count)")
    return list(session.scalars(sequence, {"count": count}))


def _names_to(node: _Node, tree: _Tree) -> str:
    """The names from the top to a node: what its code is made of, so that another installation makes the same."""
    names: list[str] = []
    one: _Node | None = node
    while one is not None:
        names.append(folded(one.row.name))
        if one.parent is None and one.parent_id is not None:
            above = map(int, filter(None, tree.units[one.parent_id].path.split("/")))
            names += [folded(tree.units[unit_id].name) for unit_id in reversed(list(above))]
        one = one.parent
    return "/".join(reversed(names))


def _new_code(names: str, taken: set[str]) -> str:
    """A short code that is the same whenever it is made of the same names, unless somebody has it."""
    for attempt in range(1_000):
        number = int.from_bytes(sha256(f"{names}\n{attempt}".encode()).digest(), "big")
        code = ""
        while len(code) < _CODE_LENGTH:
            number, place = divmod(number, len(_ALPHABET))
            code += _ALPHABET[place]
        if code not in taken:
            return code
    raise Refused("单位太多，编不出新的代码：请在文件里写上代码。")
