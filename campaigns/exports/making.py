"""An export from the wish for it to the file: asked for in a request, made by a job, on record before it is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.orm import Session

from campaigns import audit, keeping, tables
from campaigns.errors import Refused
from campaigns.exports import datasets
from campaigns.exports.scopes import Dataset, Rows, Scope
from campaigns.jobs import asking
from campaigns.jobs.kinds import Running
from campaigns.stores import Stores
from campaigns.text_tables import Cell, csv_lines, save_xlsx
from campaigns.units import tree

KIND = "export"
FORMATS = {
    "xlsx": ("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": ("CSV", "text/csv; charset=utf-8"),
}
READ_BYTES = 512 * 1024


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to take away."""

    slug: str
    dataset: str
    form: str = "xlsx"
    """A key of `FORMATS`."""
    unit: str = ""
    """The code of a unit: of it and those below; empty: all."""
    full: bool = False
    """With names and staff numbers in full."""


def ask(session: Session, wish: Wish, by: str, now: int, *, own: tables.Unit | None = None) -> int:
    """Ask for an export; gives the job's id. `own`: a liaison's unit, beyond which nothing is shown.

    Whether `by` may have it is for the caller to say. Raises NotFound for a campaign, a kind of table or a unit that
    there is not, Refused for a draft and for what is not made by unit.
    """
    dataset, campaign = datasets.find(wish.dataset), keeping.find(session, wish.slug)
    if campaign.state == "draft":
        raise Refused("活动还没有发布，没有可以导出的数据：请先发布。")
    if wish.form not in FORMATS:
        raise Refused("请选择 Excel 或 CSV。")
    unit = tree.find(session, wish.unit, below=own) if wish.unit else own
    if unit is not None and not dataset.by_unit:
        raise Refused(f"“{dataset.title}”不能按单位导出：请不填单位。")
    told = "，".join(part for part in (unit.name if unit else "", "完整姓名" if wish.full else "") if part)
    title = f"导出{dataset.title}：{campaign.name}" + (f"（{told}）" if told else "")
    arguments = {
        "slug": wish.slug,
        "dataset": wish.dataset,
        "form": wish.form,
        "unit": unit.code if unit else "",
        "full": wish.full and dataset.names,
    }
    return asking.ask(session, KIND, title, arguments, by, now, unit_id=own.id if own else None)


def make_export(stores: Stores, running: Running, now: int) -> str:
    """The job: write the table, put on record that it was taken, deliver it."""
    wish = Wish(**running.asked.arguments)
    dataset, scope = datasets.find(wish.dataset), _scope(stores, wish, running.asked.unit_id, now)
    with stores.sql.reading() as session:
        total = dataset.count(session, scope) if dataset.count else 0
    running.step(0, total)
    counted = _Counted(running, total)
    name = f"{wish.slug}-{dataset.title}{f'-{wish.unit}' if wish.unit else ''}.{wish.form}"
    with TemporaryDirectory(prefix="lvda-export-") as folder:
        path = Path(folder) / name
        _write(path, wish.form, dataset, counted.rows(dataset.rows(stores, scope)))
        running.step(counted.done, counted.done)
        _put_on_record(stores, running, wish, dataset, counted.done, now)
        running.deliver(name, FORMATS[wish.form][1], _read(path))
    return f"导出了 {counted.done} 行。" if counted.done else "没有符合的记录：文件里只有表头。"


def _scope(stores: Stores, wish: Wish, own_id: int | None, now: int) -> Scope:
    edition = stores.editions.by_slug(stores.sql, wish.slug)
    with stores.sql.reading() as session:
        own = session.get_one(tables.Unit, own_id) if own_id is not None else None
        unit = tree.find(session, wish.unit, below=own) if wish.unit else own
        return Scope(edition, unit.id if unit else None, unit.path if unit else "", wish.full, now)


class _Counted:
    """Rows as they are written, counted, with the job told how far it is."""

    def __init__(self, running: Running, total: int) -> None:
        self.done = 0
        self._running = running
        self._total = total

    def rows(self, some: Iterable[Rows]) -> Iterator[Sequence[Cell]]:
        for rows in some:
            yield from rows
            self.done += len(rows)
            self._running.step(self.done, max(self._total, self.done) if self._total else 0)


def _write(path: Path, form: str, dataset: Dataset, rows: Iterable[Sequence[Cell]]) -> None:
    if form == "xlsx":
        save_xlsx(path, dataset.title, dataset.header, rows)
        return
    with path.open("wb") as file:
        file.writelines(csv_lines(dataset.header, rows))


def _put_on_record(stores: Stores, running: Running, wish: Wish, dataset: Dataset, rows: int, now: int) -> None:
    """Nothing leaves without an entry: it is written before the file can be had."""
    taken = {
        "table": dataset.title,
        "format": FORMATS[wish.form][0],
        "unit": wish.unit,
        "rows": rows,
        "names": "none" if not dataset.names else "full" if wish.full else "masked",
    }
    with stores.sql.transaction() as session:
        audit.record(session, running.asked.by, "export.made", f"campaign:{wish.slug}", now, after=taken)


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while some := file.read(READ_BYTES):
            yield some
