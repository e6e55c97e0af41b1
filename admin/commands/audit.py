"""``lvda audit``: who changed what and when, and whether the log still says so."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from admin.commands.lists import write_table
from admin.commands.options import json_option, print_json
from admin.commands.sessions import opened, reading
from campaigns import audit as log
from campaigns.audit import Head, Wanted, files, words
from campaigns.clock import day_begins, now_ms
from settings import Settings

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def audit() -> None:
    """The audit log (审计日志): who changed what, when, and what it was before and is after."""


def wanted_options(command: click.decorators.FC) -> click.decorators.FC:
    """By whom, what, whom it was about, and when."""
    for option in (
        click.option("--until", type=DAY, help="The last day."),
        click.option("--from", "since", type=DAY, help="The first day, as 2026-07-04."),
        click.option("--subject", default="", help="A part of what was changed, as campaign:demo or demo."),
        click.option("--what", default="", help="A code, as campaign.published, or its room, as campaign."),
        click.option(
            "--by", default="", help=f"The account's name; {log.PROGRAM} for the command line and the program."
        ),
    ):
        command = option(command)
    return command


@audit.command("list")
@wanted_options
@click.option("--most", type=click.IntRange(1, 10_000), default=100, show_default=True)
@json_option
@click.pass_obj
def list_(
    settings: Settings,
    by: str,
    what: str,
    subject: str,
    since: datetime | None,
    until: datetime | None,
    most: int,
    as_json: bool,
) -> None:
    """The latest changes first."""
    wanted = _wanted(settings, by, what, subject, since, until)
    with reading(settings) as session:
        found = log.entries(session, wanted, most=most)
        total = log.how_many(session, wanted)
    if as_json:
        print_json([files.as_json(one) for one in found])
        return
    for row in files.table(found, settings.timezone).rows:
        click.echo("\t".join("" if cell is None else str(cell) for cell in row[:7]))
    if total > len(found):
        click.echo(
            f"一共 {total} 条，只列出最近 {len(found)} 条；更多请加 --most 或用 lvda audit export 导出。", err=True
        )
    elif not found:
        click.echo("没有这样的记录。", err=True)


@audit.command("export")
@wanted_options
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="*.xlsx or *.csv for people, *.jsonl for programs.",
)
@json_option
@click.pass_obj
def export(
    settings: Settings,
    by: str,
    what: str,
    subject: str,
    since: datetime | None,
    until: datetime | None,
    output: Path,
    as_json: bool,
) -> None:
    """Write the log into a file, the first change first, and tell the end of its chain to note down."""
    wanted = _wanted(settings, by, what, subject, since, until)
    with opened(settings) as stores:
        log.chain(stores, now_ms())
        with stores.sql.reading() as session:
            rows = log.how_many(session, wanted)
            if output.suffix.lower() == ".jsonl":
                with output.open("w", encoding="utf-8") as file:
                    file.writelines(files.json_lines(log.unfold(session, wanted)))
            else:
                write_table(output, files.table(log.unfold(session, wanted), settings.timezone))
            end = log.head(session)
        with stores.sql.transaction() as session:
            told = {"what": files.TITLE, "rows": rows, "format": output.suffix.lower().removeprefix(".")}
            log.record(session, "", "export.made", "audit:log", now_ms(), after=told)
    if as_json:
        print_json({"file": str(output), "entries": rows, "head": asdict(end)})
        return
    click.echo(f"已写入 {output}：{rows} 条。")
    _tell_head(end)


@audit.command("verify")
@click.option("--known", metavar="SEQUENCE:HASH", help="An end of the chain that was noted earlier.")
@json_option
@click.pass_obj
def verify(settings: Settings, known: str | None, as_json: bool) -> None:
    """Compute the whole chain again; exits 1 where an entry was altered or taken out."""
    noted = None if known is None else log.read_head(known)
    with reading(settings) as session:
        verdict = log.verify(session, now_ms(), noted)
    if as_json:
        click.echo(json.dumps(asdict(verdict) | {"well": verdict.well}, ensure_ascii=False))
    else:
        for sentence in verdict.sentences:
            click.echo(sentence, err=not verdict.well)
        _tell_head(verdict.head)
    sys.exit(0 if verdict.well else 1)


def _tell_head(end: Head) -> None:
    if end.sequence:
        click.echo(f"链尾 {end.sequence}:{end.hash}，请另外记下，以后用 lvda audit verify --known 核对。", err=True)


def _wanted(
    settings: Settings, by: str, what: str, subject: str, since: datetime | None, until: datetime | None
) -> Wanted:
    def begins(day: datetime) -> int:
        return int(day.replace(tzinfo=ZoneInfo(settings.timezone)).timestamp()) * 1_000

    return Wanted(
        by=by,
        what=what,
        subject=words.sought(subject),
        from_ms=None if since is None else begins(since),
        until_ms=None if until is None else day_begins(1, begins(until), settings.timezone),
    )
