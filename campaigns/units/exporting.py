"""The tree as a list, and as the file that `files` reads again."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.privacy import Seal
from campaigns.tables import Person, Unit
from campaigns.units.tree import LEVELS, ids_in, within

COLUMNS = ("代码", "单位名称", "上级代码", "上级单位", "级别", "应参与人数", "联络员", "联系电话")


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit of the list, parents before those below them."""

    id: int
    code: str
    name: str
    parent_code: str
    """Empty at the top."""
    parent_name: str
    level: str
    headcount: int | None
    officer: str
    officer_phone: str | None
    """Sealed."""
    retired: bool
    depth: int
    """0 at the top."""
    rostered: int
    """How many of its own are on a roster, those of the units below not counted."""


def list_units(session: Session, *, under: str = "") -> list[UnitLine]:
    """The units below a path, or all; of one branch after the other, each branch by name."""
    query = select(Unit)
    rows = session.scalars(query.where(within(under)) if under else query).all()
    units = {unit.id: unit for unit in rows}
    on_roster = select(Person.unit_id, func.count()).where(Person.rostered).group_by(Person.unit_id)
    rostered: dict[int | None, int] = {row[0]: row[1] for row in session.execute(on_roster)}

    def order(unit: Unit) -> tuple[tuple[str, int], ...]:
        return tuple((units[one].name, one) for one in ids_in(unit.path) if one in units)

    lines = []
    for unit in sorted(rows, key=order):
        parent = units.get(unit.parent_id) if unit.parent_id is not None else None
        lines.append(
            UnitLine(
                id=unit.id,
                code=unit.code,
                name=unit.name,
                parent_code=parent.code if parent else "",
                parent_name=parent.name if parent else "",
                level=unit.level,
                headcount=unit.headcount,
                officer=unit.officer,
                officer_phone=unit.officer_phone,
                retired=unit.retired,
                depth=len(order(unit)) - 1,
                rostered=rostered.get(unit.id, 0),
            )
        )
    return lines


def export_units(session: Session, seal: Seal, *, under: str = "") -> bytes:
    """All units that are offered, as an xlsx that `read_units` reads: to be filled in, and imported again.

    With `under`, the path of a unit, that one and those below it.
    """
    import xlsxwriter  # noqa: PLC0415 — most commands write no spreadsheet

    data = BytesIO()
    # What begins with = is text here, and stays text; what looks like a number, as a code, too.
    with xlsxwriter.Workbook(data, {"strings_to_formulas": False, "strings_to_numbers": False}) as workbook:
        sheet = workbook.add_worksheet("单位")
        bold = workbook.add_format({"bold": True})
        sheet.write_row(0, 0, COLUMNS, bold)
        sheet.set_column(0, 0, 12)
        sheet.set_column(1, 3, 26)
        sheet.freeze_panes(1, 0)
        offered = [line for line in list_units(session, under=under) if not line.retired]
        for number, line in enumerate(offered, start=1):
            told = (line.code, line.name, line.parent_code, line.parent_name, LEVELS[line.level])
            sheet.write_row(number, 0, told)
            if line.headcount is not None:
                sheet.write_number(number, 5, line.headcount)
            sheet.write_string(number, 6, line.officer)
            sheet.write_string(number, 7, seal.open(line.officer_phone))
    return data.getvalue()
