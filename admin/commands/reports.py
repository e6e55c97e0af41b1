"""``lvda report``: a bulletin or summary of a campaign as Word, Excel or PDF, made at once."""

from __future__ import annotations

from pathlib import Path

import click

from admin.commands.options import json_option, print_json
from admin.commands.sessions import opened
from campaigns import units
from campaigns.clock import now_ms
from campaigns.errors import Refused
from campaigns.reports.content import KINDS, Order, suggested_title
from campaigns.stores import Stores
from settings import Settings


@click.command()
@click.argument("slug")
@click.option("--kind", type=click.Choice(tuple(KINDS)), default="summary", show_default=True)
@click.option("--unit", "unit_code", default="", metavar="CODE", help="Of this unit and all below it.")
@click.option(
    "--format", "form", type=click.Choice(("docx", "xlsx", "pdf")), help="By the file's ending unless it is said."
)
@click.option("--title", default="", help="Made of the campaign's name unless it is said.")
@click.option("--sender", default="", help="The office that signs it; empty: the unit, or the campaign's organiser.")
@click.option("--issue", type=click.IntRange(1, 9_999), help="第几期, of a bulletin.")
@click.option(
    "--remarks",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="What is added in one's own words: a text in UTF-8, one paragraph a line.",
)
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path))
@json_option
@click.pass_obj
def report(
    settings: Settings,
    slug: str,
    kind: str,
    unit_code: str,
    form: str | None,
    title: str,
    sender: str,
    issue: int | None,
    remarks: Path | None,
    output: Path,
    as_json: bool,
) -> None:
    """Write a report of a campaign, or of one unit of it, with the template that is in use."""
    from campaigns.reports.gathering import gather  # noqa: PLC0415 — after what was asked for is understood
    from campaigns.reports.making import MEDIA_TYPES, file_of  # noqa: PLC0415

    form = form or output.suffix.lower().removeprefix(".")
    if form not in MEDIA_TYPES:
        raise click.UsageError(f"{output.name}: name a file that ends in .docx, .xlsx or .pdf, or say --format.")
    said, now = _read(remarks), now_ms()
    with opened(settings) as stores:
        unit_id, called = _unit(stores, unit_code)
        title = title or suggested_title(kind, stores.editions.by_slug(stores.sql, slug).name, called)
        content = gather(stores, slug, Order(kind, title, sender, unit_id, issue, said), now)
        output.write_bytes(file_of(stores, content, form, now))
    if as_json:
        found = content.turnout
        print_json(
            {
                "file": str(output),
                "format": form,
                "kind": kind,
                "unit": unit_code or None,
                "title": content.title,
                "as_of_ms": now,
                "people": found.people,
                "finished": found.finished,
                "ranked": found.ranked,
                "average": found.average,
                "passed": found.passed,
                "headcount": content.headcount,
                "units": len(content.units),
                "winners": len(content.winners),
            }
        )
    else:
        click.echo(f"已写入 {output}：{content.title}")


def _unit(stores: Stores, code: str) -> tuple[int | None, str]:
    """A unit's id and name. Raises NotFound for a code that no unit has."""
    if not code:
        return None, ""
    with stores.sql.reading() as session:
        found = units.find(session, code)
        return found.id, units.called(session, found)


def _read(remarks: Path | None) -> str:
    if remarks is None:
        return ""
    try:
        return remarks.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(f"{remarks} 不是 UTF-8 文本，请另存为 UTF-8 后再试。") from error
