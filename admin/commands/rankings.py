"""``lvda campaign ranking|absent``: who is first, and who has not taken part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click
from sqlalchemy import select

from admin.commands.lists import output_option, write_table
from admin.commands.options import json_option, print_json
from admin.commands.sessions import opened
from campaigns import absentees, privacy, tables, units
from campaigns.clock import duration_in_words, now_ms
from campaigns.draws.pseudonyms import pseudonym
from campaigns.editions import Edition
from campaigns.standings import Placed
from campaigns.stores import Stores
from campaigns.text_tables import TextTable
from campaigns.unit_standings import UnitPlace, table_of
from settings import Settings

unit_option = click.option("--unit", "unit_code", default="", metavar="CODE", help="Of this unit and all below it.")


@click.command()
@click.argument("slug")
@unit_option
@click.option("--units", "of_units", is_flag=True, help="Units instead of persons: those directly below the unit.")
@click.option("--level", type=click.Choice(list(units.LEVELS)), help="With --units: all units of that level.")
@click.option("--top", type=click.IntRange(1, 1_000_000), default=100, show_default=True, help="So many persons.")
@output_option
@json_option
@click.pass_obj
def ranking(
    settings: Settings,
    slug: str,
    unit_code: str,
    of_units: bool,
    level: str | None,
    top: int,
    output: Path | None,
    as_json: bool,
) -> None:
    """The ranking of persons, names masked, or of units."""
    with opened(settings) as stores:
        edition = stores.editions.by_slug(stores.sql, slug)
        unit_id = _unit_id(stores, unit_code)
        if of_units or level:
            places = stores.units.table(edition, unit_id, level, now=now_ms())
            table, values = table_of(places), [_unit_values(one) for one in places]
        else:
            table, values = _persons(stores, edition, stores.ranking.top(edition.id, top, unit_id))
    _tell(table, values, output, as_json, "还没有人上榜。")


@click.command()
@click.argument("slug")
@unit_option
@output_option
@json_option
@click.pass_obj
def absent(settings: Settings, slug: str, unit_code: str, output: Path | None, as_json: bool) -> None:
    """Who of the roster has not finished an attempt, names in full, for liaison officers."""
    with opened(settings) as stores:
        edition = stores.editions.by_slug(stores.sql, slug)
        unit_id = _unit_id(stores, unit_code)
        with stores.sql.reading() as session:
            found = absentees.of(session, edition, unit_id)
    values = [asdict(one) for one in found]
    _tell(absentees.table(found), values, output, as_json, "花名册里的人都参加了（没有导入花名册时，这里也是空的）。")


def _unit_id(stores: Stores, code: str) -> int | None:
    """Raises NotFound for a code that no unit has."""
    if not code:
        return None
    with stores.sql.reading() as session:
        return units.find(session, code).id


def _persons(stores: Stores, edition: Edition, placed: Sequence[Placed]) -> tuple[TextTable, list[dict[str, object]]]:
    person, unit = tables.Person, tables.Unit
    told: dict[int, tuple[str, str]] = {}
    with stores.sql.reading() as session:
        for start in range(0, len(placed), 500):
            some = [one.person_id for one in placed[start : start + 500]]
            rows = session.execute(
                select(person.id, person.name, unit.name)
                .outerjoin(unit, unit.id == person.unit_id)
                .where(person.id.in_(some))
            )
            for person_id, name, unit_name in rows:
                told[person_id] = (privacy.shown(name, pseudonym(edition.salt, person_id)), unit_name or "")
    table = TextTable(
        "个人排名",
        ("名次", "姓名", "单位", "得分", "用时"),
        [(one.rank, *told[one.person_id], one.points, duration_in_words(one.used_ms)) for one in placed],
    )
    values: list[dict[str, object]] = [
        {
            "rank": one.rank,
            "name": told[one.person_id][0],
            "unit": told[one.person_id][1],
            "points": one.points,
            "used_ms": one.used_ms,
        }
        for one in placed
    ]
    return table, values


def _unit_values(one: UnitPlace) -> dict[str, object]:
    return asdict(one) | {"is_over": one.is_over}


def _tell(
    table: TextTable, values: Sequence[dict[str, object]], output: Path | None, as_json: bool, nothing: str
) -> None:
    if output is not None:
        write_table(output, table)
        click.echo(f"已写入 {output}：{len(table.rows)} 行。")
    elif as_json:
        print_json(values)
    elif not table.rows:
        click.echo(nothing, err=True)
    else:
        for row in (table.header, *table.rows):
            click.echo("\t".join("—" if cell is None else str(cell) for cell in row))
