"""``lvda bank``: check, import, export, list."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click

from admin.commands.sessions import opened, reading
from campaigns import banks
from campaigns.banks import ImportPlan
from campaigns.clock import iso, now_ms
from campaigns.errors import Refused
from questions.model import Severity
from questions.readers import as_check, read_bank
from settings import Settings

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
SEVERITIES = {Severity.ERROR: "不能用", Severity.WARNING: "请看"}


@click.group()
def bank() -> None:
    """Question banks."""


@bank.command()
@click.argument("file", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Print everything that was read, for machines.")
def check(file: Path, as_json: bool) -> None:
    """Read a bank file and say what is wrong with it; imports nothing."""
    found = read_bank(file.read_bytes(), file.name)
    found = replace(found, problems=banks.problems_by_place(found))
    if as_json:
        _print_json(as_check(found))
        return
    for problem in found.problems:
        click.echo(f"{problem.where}\t{SEVERITIES[problem.severity]}\t{problem.message}")
    faulty = {problem.where for problem in found.problems if problem.severity is Severity.ERROR}
    useless = sum(question.where in faulty for question in found.questions)
    kind = f"{found.format} {found.encoding}".rstrip()
    click.echo(f"{kind}：读到 {len(found.questions)} 题，不能用 {useless} 题。")


@bank.command("import")
@click.argument("file", type=FILE)
@click.option("--slug", required=True, help="The bank's code, in addresses and commands: a-z, 0-9 and hyphens.")
@click.option("--name", default="", help="What people call it; another name for a bank that exists needs --update.")
@click.option("--update", is_flag=True, help="Change questions of a bank that exists, and its name if one is given.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def import_(settings: Settings, file: Path, slug: str, name: str, update: bool, as_json: bool) -> None:
    """Import the usable questions of a file; what is already there and says the same stays as it is.

    Into a bank that exists, new questions are added; what it already has is only changed with --update.
    """
    found = read_bank(file.read_bytes(), file.name)
    with opened(settings) as stores:
        permit = None if update else _additions_only(file)
        done = banks.import_bank(stores.sql, slug, name.strip(), found, now_ms(), permit=permit)
    if done.renamed_from:
        click.echo(f"题库 {slug} 原名“{done.renamed_from}”，已改名为“{name.strip()}”。", err=True)
    if as_json:
        _print_json(
            {
                "slug": slug,
                "added": done.added,
                "changed": done.changed,
                "unchanged": done.unchanged,
                "left_out": done.left_out,
            }
        )
        return
    nothing = "" if done.added or done.changed else "题目没有变化，"
    click.echo(
        f"{slug}：{nothing}"
        f"新增 {done.added} 题，更新 {done.changed} 题，不变 {done.unchanged} 题，未导入 {done.left_out} 题。"
    )
    if done.left_out:
        click.echo(f"未导入的题目有错误，用 lvda bank check {file} 查看。", err=True)


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
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="A .csv file.")
@click.pass_obj
def export(settings: Settings, slug: str, output: Path) -> None:
    """Write a bank as a CSV file that can be edited and imported again."""
    with reading(settings) as session:
        data = banks.export(session, slug)
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
        _print_json(
            [
                {
                    "slug": one.slug,
                    "name": one.name,
                    "questions": one.total,
                    "playable": one.playable,
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
        click.echo(f"{one.slug}\t{one.name}\t{one.total} 题（{kinds}）")


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
