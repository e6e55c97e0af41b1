"""Lists of units as offices keep them: a parent beside each unit, or a column a level."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from campaigns.errors import Refused
from campaigns.office_tables import Fault, Sheet, is_remark, is_total, read_count, sheets_in
from campaigns.units.tree import LEVELS, read_code
from questions.readers.tables.table import Row

HEADS: Mapping[str, Collection[str]] = {
    "name": ("单位名称", "机构名称", "单位全称", "名称", "单位简称"),
    "parent": ("上级单位", "上级单位名称", "上级", "主管单位", "主管部门", "隶属单位", "上级机构", "上级部门"),
    "parent_code": ("上级代码", "上级单位代码", "上级编码", "上级单位编码", "上级编号", "上级单位编号"),
    "code": ("代码", "单位代码", "编码", "单位编码", "编号", "单位编号", "机构代码", "统一社会信用代码"),
    "level": ("级别", "层级", "单位级别", "单位层级"),
    "headcount": (
        "应参与人数", "应参加人数", "参与人数", "参加人数", "人数", "在编人数", "在职人数", "职工人数", "干部职工人数",
        "单位人数", "总人数", "应答人数",
    ),
    "officer": ("联络员", "联络员姓名", "联系人", "联系人姓名", "节能联络员", "能耗联络员"),
    "officer_phone": (
        "联系电话", "联络员电话", "联络员手机", "联络电话", "联系方式", "手机", "手机号", "手机号码", "电话",
    ),
    "province": ("省", "省份", "省级", "省市自治区"),
    "city": ("市", "地市", "设区市", "地级市", "城市", "市级", "市州", "所属市", "所在市"),
    "county": ("县", "区县", "县区", "县市区", "区", "县级", "所属县区", "所在区县"),
    "unit": ("单位", "所属单位", "所在单位", "一级单位"),
    "department": ("部门", "部门名称", "处室", "科室", "内设机构", "二级单位", "下属单位"),
}  # fmt: skip
_LEVEL_WORDS = {"省": "province", "市": "city", "州": "city", "县": "county", "区": "county", "单位": "unit",
                "部门": "department", "处室": "department", "科室": "department"}  # fmt: skip
_PHONE = re.compile(r"[\d+][\d\s\-－()（）转,，/、;；]{5,40}")
_LONGEST = 100
_TOO_LONG = f"单位名称超过 {_LONGEST} 个字：请核对这一列是不是单位名称。"
_PARTED = re.compile(r"[/\\>›»→]")


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit as a file tells of it."""

    where: str
    name: str
    above: tuple[str, ...] | None = None
    """The names of what is above it, from the top, where the file has a column a level."""
    parent: tuple[str, ...] = ()
    """Otherwise the parent as it is written: its name or code, perhaps with what is above it."""
    parent_code: str = ""
    code: str = ""
    level: str = ""
    headcount: int | None = None
    officer: str = ""
    officer_phone: str = ""
    named: bool = True
    """Whether a row is about it; otherwise it only stands above others."""


@dataclass(frozen=True, slots=True)
class UnitFile:
    rows: tuple[UnitRow, ...]
    faults: tuple[Fault, ...]


def read_units(data: bytes) -> UnitFile:
    """The units of an xlsx, xls, ods or csv file, and what is wrong in it.

    Raises Refused for a file that cannot be read or has no list of units.
    """
    sheets = sheets_in(data, HEADS, _suffices)
    if not sheets:
        raise Refused(
            "文件里没有找到单位：请在表头写“单位名称”和“上级单位”，或一级一列（市、县、单位、部门），下面一行一个单位。"
        )
    rows: list[UnitRow] = []
    faults: list[Fault] = []
    for sheet in sheets:
        read = _with_parents if {"parent", "parent_code"} & sheet.columns.keys() else _by_levels
        for one in read(sheet):
            (rows if isinstance(one, UnitRow) else faults).append(one)  # type: ignore[arg-type]
    if not rows and not faults:
        raise Refused("文件里只有表头，没有单位：请在表头下面一行写一个单位。")
    return UnitFile(tuple(rows), tuple(faults))


def _suffices(columns: Collection[str]) -> bool:
    return bool({"name", "unit", *LEVELS} & set(columns)) and (
        len(set(columns) - {"level"}) > 1 or "name" in columns or "unit" in columns
    )


def _with_parents(sheet: Sheet) -> Iterator[UnitRow | Fault]:
    name_part = "name" if "name" in sheet.columns else "unit" if "unit" in sheet.columns else "department"
    for row in sheet.rows:
        name = sheet.own_cell(row, name_part)
        if _skipped(row):
            yield Fault(sheet.where(row), "这一行是合计或说明，没有算作单位。", serious=False)
        elif not name:
            yield Fault(sheet.where(row), "没有单位名称：请补上，或删去这一行。")
        elif len(name) > _LONGEST:
            yield Fault(sheet.where(row), _TOO_LONG)
        else:
            parent = tuple(part.strip() for part in _PARTED.split(sheet.cell(row, "parent")) if part.strip())
            found = UnitRow(sheet.where(row), name, None, parent, sheet.cell(row, "parent_code"))
            yield from _described(sheet, row, found)


def _by_levels(sheet: Sheet) -> Iterator[UnitRow | Fault]:
    """One column a level, where an empty cell means what stands above it, if nothing to its left is new."""
    columns = [(level, column) for level in LEVELS if (column := sheet.columns.get(level)) is not None]
    if "name" in sheet.columns:
        columns = [(level, column) for level, column in columns if level != "unit"]
        place = next((n for n, (level, _) in enumerate(columns) if level == "department"), len(columns))
        columns.insert(place, ("unit", sheet.columns["name"]))
    levels = [level for level, _ in columns]
    places = [column for _, column in columns]
    above: list[str] = [""] * len(levels)
    for row in sheet.rows:
        own = [" ".join(row.cell(place).split()) for place in places]
        spread = [" ".join(sheet.table.spread.get((row.number, place), "").split()) for place in places]
        if _skipped(row):
            yield Fault(sheet.where(row), "这一行是合计或说明，没有算作单位。", serious=False)
            continue
        deepest = max((n for n, text in enumerate(own) if text), default=None)
        if deepest is None:
            yield Fault(sheet.where(row), "没有单位名称：请补上，或删去这一行。")
            continue
        if any(len(name) > _LONGEST for name in own):
            yield Fault(sheet.where(row), _TOO_LONG)
            continue
        if gap := _gap(own, spread, above, deepest):
            yield Fault(sheet.where(row), f"“{own[deepest]}”左边有空格，看不出是同上还是没有这一级（{gap}）：请写全。")
            continue
        path = _path(own, spread, above, deepest)
        above = [*path, *[""] * (len(levels) - len(path))]
        names = tuple(name for name in path[:-1] if name)
        for depth, name in enumerate(path[:-1]):
            if name:
                yield UnitRow(
                    sheet.where(row), name, tuple(one for one in path[:depth] if one), level=levels[depth], named=False
                )
        yield from _described(sheet, row, UnitRow(sheet.where(row), path[-1], names, level=levels[deepest]))


def _path(own: Sequence[str], spread: Sequence[str], above: Sequence[str], deepest: int) -> list[str]:
    """The names of a row from the top to its unit; empty where a level is left out."""
    path: list[str] = []
    new = False
    for place in range(deepest + 1):
        written = own[place] or spread[place]
        path.append(written or ("" if new else above[place]))
        new = new or (bool(own[place]) and own[place] != above[place])
    return path


def _gap(own: Sequence[str], spread: Sequence[str], above: Sequence[str], deepest: int) -> str:
    """The name that an empty cell may stand for or not: what is left of it was written again, and nothing is new."""
    repeated = False
    for place in range(deepest):
        if not (own[place] or spread[place]) and above[place] and repeated:
            return above[place]
        if own[place] and own[place] != above[place]:
            return ""
        repeated = repeated or bool(own[place])
    return ""


def _described(sheet: Sheet, row: Row, unit: UnitRow) -> Iterator[UnitRow | Fault]:
    """The row with what else it says of its unit; or what is wrong there, all of it."""
    where, faults = sheet.where(row), []
    code, told_level, told_count = (sheet.own_cell(row, part) for part in ("code", "level", "headcount"))
    officer_phone = sheet.own_cell(row, "officer_phone")
    if len(sheet.own_cell(row, "officer")) > _LONGEST:
        faults.append(Fault(where, "联络员太长：这一格请只写姓名。"))
    try:
        code = read_code(code) if code else ""
    except Refused as error:
        faults.append(Fault(where, str(error)))
    level = unit.level
    if told_level:
        level = _LEVEL_WORDS.get(told_level.removesuffix("级") or told_level, "")
        if not level:
            faults.append(Fault(where, f"级别“{told_level}”不认识：请写 省、市、县、单位 或 部门。"))
    headcount = read_count(told_count) if told_count else None
    if told_count and headcount is None:
        faults.append(Fault(where, f"应参与人数“{told_count[:20]}”不是数：请写整数，如 120。"))
    if officer_phone and not _PHONE.fullmatch(officer_phone):
        faults.append(Fault(where, "联络员的电话不像电话号码：请核对，或先空着。"))
    yield from faults
    if not faults:
        yield replace(
            unit,
            code=code,
            level=level,
            headcount=headcount,
            officer=sheet.own_cell(row, "officer"),
            officer_phone=officer_phone,
        )


def _skipped(row: Row) -> bool:
    texts = row.cells
    return is_total(texts) or is_remark(texts)
