"""``lvda bank``: check, import, export, list; what mends a bank is in `bank_keeping`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click

from admin.commands.bank_doubts import Doubt, problem_line, sort_out, with_likenesses
from admin.commands.bank_files import COLUMNS, FILE, read_file
from admin.commands.bank_keeping import BY, merge, show, split, statistics, status
from admin.commands.options import print_json
from admin.commands.progress import progress_bar
from admin.commands.sessions import opened, reading
from campaigns import banks
from campaigns.banks import Imported, ImportPlan
from campaigns.clock import iso, now_ms
from campaigns.errors import Refused
from questions.model import Bank
from questions.readers.check import as_check
from questions.writers import WRITERS, writer_named
from settings import Settings

WARNINGS_SHOWN = 20


@click.group()
def bank() -> None:
    """Question banks."""


for command in (show, status, split, merge, statistics):
    bank.add_command(command)


@bank.command()
@click.argument("file", type=FILE)
@COLUMNS
@click.option("--json", "as_json", is_flag=True, help="Print everything that was read, for machines.")
def check(file: Path, columns: dict[str, str], as_json: bool) -> None:
    """Read a bank file and say what is wrong with it; imports nothing."""
    found = read_file(file, columns)
    found = replace(found, problems=banks.problems_by_place(found))
    if as_json:
        print_json(as_check(found))
        return
    kind = f"{found.format} {found.encoding}".rstrip()
    click.echo(f"{kind}：{sort_out(found).in_words}")
    for problem in found.problems:
        click.echo(problem_line(problem))


@bank.command("import")
@click.argument("file", type=FILE)
@click.option("--slug", required=True, help="The bank's code, in addresses and commands: a-z, 0-9 and hyphens.")
@click.option("--name", default="", help="What people call it; another name for a bank that exists needs --update.")
@COLUMNS
@click.option("--update", is_flag=True, help="Change questions of a bank that exists, and its name if one is given.")
@click.option("--accept-warnings", is_flag=True, help="Import what should be looked at without asking.")
@click.option("--leave-out-doubtful", is_flag=True, help="Import only questions that nothing is said about.")
@click.option("--dry-run", is_flag=True, help="Say what would be done; do nothing.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def import_(
    settings: Settings,
    file: Path,
    slug: str,
    name: str,
    columns: dict[str, str],
    update: bool,
    accept_warnings: bool,
    leave_out_doubtful: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Import the usable questions of a file; what is already there and says the same stays as it is.

    Into a bank that exists, new questions are added; what it already has is only changed with --update. Questions
    with errors are left out. With warnings it asks; without a terminal it does nothing unless it is told how.
    """
    if accept_warnings and leave_out_doubtful:
        raise click.UsageError("--accept-warnings and --leave-out-doubtful exclude each other.")
    name = name.strip()
    found = read_file(file, columns)
    _check_usable(found, file)
    with opened(settings) as stores:
        with stores.sql.reading() as session:
            plan = banks.plan_import(session, slug, name, found)
            found = with_likenesses(found, plan)
            doubt = sort_out(found)
            click.echo(f"{file.name}：{doubt.in_words}", err=as_json)
            leave_out = doubt.doubtful if leave_out_doubtful else frozenset()
            if len(doubt.useless | leave_out) > plan.outcome.left_out:
                plan = banks.plan_import(session, slug, name, found, leave_out=leave_out)
        if dry_run:
            _tell_plan(plan, found, doubt, update=update, as_json=as_json)
            return
        permit = None if update else _additions_only(file)
        if permit is not None:
            permit(plan)
        if not accept_warnings:
            _settle_warnings(found, doubt, left_out=leave_out_doubtful, file=file)
        with progress_bar() as progress:
            done = banks.import_bank(
                stores.sql,
                slug,
                name,
                found,
                now_ms(),
                permit=permit,
                by=BY,
                file=file.name,
                leave_out=leave_out,
                progress=progress,
            )
    if done.renamed_from:
        click.echo(f"题库 {slug} 原名“{done.renamed_from}”，已改名为“{name}”。", err=True)
    if as_json:
        print_json({"slug": slug, **_figures(done)})
        return
    nothing = "" if done.added or done.changed else "题目没有变化，"
    click.echo(
        f"{slug}：{nothing}"
        f"新增 {done.added} 题，更新 {done.changed} 题，不变 {done.unchanged} 题，未导入 {done.left_out} 题。"
    )
    if doubt.useless:
        click.echo(f"有错误的题目没有导入，用 lvda bank check {file} 查看。", err=True)


def _check_usable(found: Bank, file: Path) -> None:
    """Raises Refused where no question of a file can be used, with what to do about it."""
    doubt = sort_out(found)
    if doubt.read and len(doubt.useless) == doubt.read:
        reason = next(one.message for one in found.problems if one.where in doubt.useless)
        raise Refused(
            f"没有导入：{file.name} 读到 {doubt.read} 题，都不能用。例如：{reason}"
            f"用 lvda bank check {file} 查看每一题的原因。"
        )


def _figures(done: Imported) -> dict[str, int]:
    return {
        "added": done.added,
        "changed": done.changed,
        "unchanged": done.unchanged,
        "left_out": done.left_out,
    }


def _tell_plan(plan: ImportPlan, found: Bank, doubt: Doubt, *, update: bool, as_json: bool) -> None:
    done = plan.outcome
    if as_json:
        problems = [
            {"where": one.where, "severity": one.severity.value, "message": one.message} for one in found.problems
        ]
        figures = {"read": doubt.read, "ready": doubt.ready} | {
            "doubtful": len(doubt.doubtful),
            "unusable": len(doubt.useless),
        }
        print_json({"slug": plan.slug, "dry_run": True, **_figures(done), **figures, "problems": problems})
        return
    for problem in found.problems:
        click.echo(problem_line(problem))
    bank_now = f"题库 {plan.slug}（{plan.called}）" if plan.called else f"新题库 {plan.slug}"
    click.echo(
        f"试运行，没有写入。{bank_now}：会新增 {done.added} 题，更新 {done.changed} 题，"
        f"不变 {done.unchanged} 题，不导入 {done.left_out} 题。"
    )
    if not update and (done.changed or done.renamed_from):
        click.echo("要更新已有的题目或改名，正式导入时请加 --update。", err=True)


def _settle_warnings(found: Bank, doubt: Doubt, *, left_out: bool, file: Path) -> None:
    """Show what should be looked at, and have somebody say yes to it. Raises Refused when nobody does."""
    if left_out:
        unsettled = [problem for problem in doubt.warnings if problem.where not in doubt.doubtful]
    else:
        unsettled = list(doubt.warnings)
    for problem in unsettled[:WARNINGS_SHOWN]:
        click.echo(problem_line(problem), err=True)
    if len(unsettled) > WARNINGS_SHOWN:
        click.echo(f"…还有 {len(unsettled) - WARNINGS_SHOWN} 处，用 --dry-run 查看全部。", err=True)
    if left_out or not unsettled:
        return
    number = f"{len(doubt.doubtful)} 题" if doubt.doubtful else f"{len(unsettled)} 处"
    if not _is_at_a_terminal():
        raise Refused(
            f"没有导入：{file.name} 有 {number}需要看一看。看过以后加 --accept-warnings 导入，"
            "或者加 --leave-out-doubtful 只导入没有疑问的题。"
        )
    if not click.confirm(f"{number}需要看一看，仍然导入？", default=False, err=True):
        raise Refused("没有导入。")


def _is_at_a_terminal() -> bool:
    return sys.stdin.isatty()


def _additions_only(file: Path) -> Callable[[ImportPlan], None]:
    """A bank that exists may be another one than the person has in mind: nothing of it changes unasked."""

    def permit(plan: ImportPlan) -> None:
        done = plan.outcome
        if done.renamed_from:
            raise Refused(
                f"没有导入：题库 {plan.slug} 已有，叫“{done.renamed_from}”；"
                "是另一个题库请换一个 --slug，是同一个就不写 --name，要改名请加 --update。"
            )
        if done.changed:
            raise Refused(
                f"没有导入：题库 {plan.slug}（{plan.called}）已有，导入 {file.name} 会新增 {done.added} 题，"
                f"更新 {done.changed} 题，不变 {done.unchanged} 题；"
                "确认要更新请加 --update，是另一个题库请换一个 --slug。"
            )

    return permit


@bank.command()
@click.argument("slug")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The file; its ending chooses the format: .xlsx, .csv, .docx, .gift, .xml (Moodle), .json.",
)
@click.option("--format", "form", type=click.Choice(list(WRITERS)), help="The format, whatever the file is called.")
@click.option("--with-key/--without-key", "key", default=None, help="Of a .docx: with answers and explanations.")
@click.pass_obj
def export(settings: Settings, slug: str, output: Path, form: str | None, key: bool | None) -> None:
    """Write a bank as a file: tables, JSON and a paper with its key can be imported again."""
    chosen = form or writer_named(output.name)
    if chosen is None:
        raise click.UsageError(f"{output.name} 的结尾看不出要什么格式，请加 --format。")
    if key is not None:
        if not chosen.startswith("docx"):
            raise click.UsageError("--with-key 和 --without-key 只用于 docx。")
        chosen = "docx-key" if key else "docx"
    with reading(settings) as session:
        data = banks.export(session, slug, chosen)
    output.write_bytes(data)
    click.echo(str(output))


@bank.command("list")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_(settings: Settings, as_json: bool) -> None:
    """All banks, with their questions by kind."""
    with reading(settings) as session:
        found = banks.list_banks(session)
    if as_json:
        print_json(
            [
                {
                    "slug": one.slug,
                    "name": one.name,
                    "questions": one.total,
                    "playable": one.playable,
                    "statuses": {status.value: number for status, number in one.statuses.items()},
                    "kinds": {kind.value: number for kind, number in one.counts.items()},
                    "changed_at": iso(one.changed_ms),
                }
                for one in found
            ]
        )
        return
    if not found:
        click.echo("还没有题库；用 lvda bank import 导入一个。", err=True)
    for one in found:
        kinds = "，".join(f"{kind.label} {number}" for kind, number in one.counts.items())
        click.echo(f"{one.slug}\t{one.name}\t{one.total} 题{f'（{kinds}）' if kinds else ''}")
