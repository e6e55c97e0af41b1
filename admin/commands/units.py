"""`lvda units`: the tree of units."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from admin.commands.options import by_option
from admin.commands.sessions import opened, reading
from campaigns import units as unit_tree
from campaigns.clock import now_ms
from campaigns.errors import Refused
from campaigns.office_tables import Fault
from campaigns.privacy import Seal
from campaigns.rosters import RosterImported
from campaigns.units import LEVELS, UnitsImported
from settings import Settings

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
SHOWN = 30
"""Faults, and units that a file does not name, of one listing."""
json_option = click.option("--json", "as_json", is_flag=True, help="For a program.")


@click.group()
def units() -> None:
    """Units (单位): the tree that people and rankings belong to."""


@units.command("import")
@click.argument("file", type=FILE)
@click.option("--under", default="", metavar="CODE", help="The unit that those at the top of the file are below.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option("--retire-missing", is_flag=True, help="Offer units that the file does not name to nobody any more.")
@by_option
@json_option
@click.pass_obj
def import_file(
    settings: Settings, file: Path, under: str, dry_run: bool, retire_missing: bool, by: str, as_json: bool
) -> None:
    """Import units from a table (xlsx, xls, ods, csv): all of it, or nothing where something is wrong."""
    read = unit_tree.read_units(file.read_bytes())
    with opened(settings) as stores:
        with stores.sql.reading() as session:
            done = unit_tree.plan_units(session, read, under=under)
        if not (dry_run or done.is_refused):
            seal = Seal(settings.secret())
            with stores.sql.transaction() as session:
                done = unit_tree.import_units(
                    session, read, seal, now=now_ms(), by=by, under=under, retire_missing=retire_missing
                )
    refuse_or_warn(done.faults, refused=done.is_refused, as_json=as_json)
    if as_json:
        click.echo(json.dumps(imported_values(done, done_now=not dry_run), ensure_ascii=False))
        return
    lead = "将" if dry_run else "已"
    click.echo(f"{lead}新增 {done.added} 个单位，更新 {done.changed} 个，{done.same} 个没有变化。")
    if done.missing:
        what = f"{lead}停用" if retire_missing else "原样保留（要停用请加 --retire-missing）"
        click.echo(f"文件里没有的 {len(done.missing)} 个单位{what}：")
        for unit in done.missing[:SHOWN]:
            click.echo(f"  {unit.code}\t{unit.name}")
        _more(len(done.missing))


@units.command("export")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="*.xlsx")
@json_option
@click.pass_obj
def export_file(settings: Settings, output: Path, as_json: bool) -> None:
    """Write all units to an xlsx that can be filled in and imported again."""
    if output.suffix.lower() != ".xlsx":
        raise Refused("单位只能导出为 xlsx：请把文件名写成 单位.xlsx 这样。")
    with reading(settings) as session:
        output.write_bytes(unit_tree.export_units(session, Seal(settings.secret())))
    click.echo(json.dumps({"file": str(output)}, ensure_ascii=False) if as_json else f"已写入 {output}。")


@units.command("list")
@click.option("--under", default="", metavar="CODE", help="Only this unit and those below it.")
@json_option
@click.pass_obj
def list_all(settings: Settings, under: str, as_json: bool) -> None:
    """List units, each with its code, headcount and how many are on its roster."""
    with reading(settings) as session:
        path = unit_tree.find(session, under).path if under else ""
        lines = unit_tree.list_units(session, under=path)
    if as_json:
        told = ({key: value for key, value in asdict(line).items() if key != "officer_phone"} for line in lines)
        click.echo(json.dumps(list(told), ensure_ascii=False))
        return
    for line in lines:
        headcount = "" if line.headcount is None else f" 应参与 {line.headcount} 人"
        rostered = f" 花名册 {line.rostered} 人" if line.rostered else ""
        retired = " 已停用" if line.retired else ""
        click.echo(f"{'  ' * line.depth}{line.code} {line.name}（{LEVELS[line.level]}）{headcount}{rostered}{retired}")


def refuse_or_warn(faults: tuple[Fault, ...], *, refused: bool, as_json: bool) -> None:
    """Say on stderr what is wrong in a file. Raises Refused where nothing was imported for it."""
    serious = [fault for fault in faults if fault.serious]
    shown = serious if refused else list(faults)
    if not as_json or refused:
        for fault in shown[:SHOWN]:
            click.echo(str(fault), err=True)
        if len(shown) > SHOWN:
            click.echo(f"……还有 {len(shown) - SHOWN} 处。", err=True)
    if refused:
        raise Refused(f"文件里有 {len(serious)} 处要改，什么也没有导入：请改好后再导入。")


def imported_values(done: UnitsImported | RosterImported, *, done_now: bool) -> dict[str, object]:
    """What an import did, or would do, for a program."""
    return {
        "added": done.added,
        "changed": done.changed,
        "same": done.same,
        "missing": [asdict(one) for one in done.missing],
        "problems": [as_problem(fault) for fault in done.faults],
        "done": done_now,
    }


def as_problem(fault: Fault) -> dict[str, str]:
    return {"where": fault.where, "severity": "error" if fault.serious else "warning", "message": fault.message}


def _more(count: int) -> None:
    if count > SHOWN:
        click.echo(f"  ……还有 {count - SHOWN} 个。")
