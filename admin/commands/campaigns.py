"""``lvda campaign``: list, create, edit, show, check, publish, copy; what is done to it later is in `running`."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from admin.commands.campaigns_shown import PHASES, as_json_values, tell
from admin.commands.mending import correct_key, moves, withdraw_question
from admin.commands.options import by_option, json_option, print_json
from admin.commands.personal_data import keep, purge
from admin.commands.plan_options import plan_options, with_options
from admin.commands.rankings import absent, ranking
from admin.commands.review import dismiss_signal, list_signals, restore_attempt, void_attempt
from admin.commands.running import add_units, archive, changes, close, extend, notice, pause, resume
from admin.commands.sessions import opened, reading, transaction
from admin.public_address import trouble_with_address
from campaigns import keeping, pictures
from campaigns.clock import in_words, now_ms
from campaigns.errors import Refused
from campaigns.keeping import Finding, Plan
from campaigns.keeping.plan_files import plan_from, values_in
from questions.readers.pictures import Pictures
from settings import Settings

IS_COMMAND = "lvda.is_command"
NEEDED = ("name", "bank", "opens")
file_option = click.option(
    "--file",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The whole plan as TOML, as `lvda campaign show` prints it, with its prizes; options change it.",
)


@click.group()
def campaign() -> None:
    """Campaigns."""


_RUNNING = (close, extend, pause, resume, archive, add_units, notice, changes)
_REVIEW = (list_signals, dismiss_signal, void_attempt, restore_attempt)
for command in (*_RUNNING, *_REVIEW, ranking, absent, withdraw_question, correct_key, moves, keep, purge):
    campaign.add_command(command)


@campaign.command("list")
@json_option
@click.pass_obj
def list_(settings: Settings, as_json: bool) -> None:
    """All campaigns, with how many took part."""
    with reading(settings) as session:
        found = keeping.list_campaigns(session)
    now = now_ms()
    if as_json:
        print_json([as_json_values(one, now) for one in found])
        return
    if not found:
        click.echo("还没有活动；用 lvda campaign create 新建一个。", err=True)
    for one in found:
        closes = "长期开放" if one.closes_ms is None else f"至 {in_words(one.closes_ms, one.timezone)}"
        window = f"{in_words(one.opens_ms, one.timezone)} 起，{closes}"
        click.echo(
            f"{one.slug}\t{PHASES[one.phase(now)]}\t{one.name}\t{window}\t"
            f"{one.people} 人参与，完成 {one.finished}/{one.attempts} 次"
        )


@campaign.command()
@click.argument("slug", required=False)
@file_option
@plan_options
@by_option
@json_option
@click.pass_obj
def create(settings: Settings, /, slug: str | None, file: Path | None, by: str, as_json: bool, **given: Any) -> None:  # noqa: ANN401
    """Lay a campaign down as a draft, from options or a file; `lvda campaign publish` lets it be played."""
    values: dict[str, Any] = {} if file is None else values_in(_text(file))
    if slug is not None:
        values["slug"] = slug
    if file is None:
        _require(slug, given)
    plan = _plan(settings, with_options(values, given), given["picture"])
    with transaction(settings) as session:
        _keep_picture(session, given["picture"])
        keeping.create(session, plan, secrets.token_hex(32), now_ms(), by)
    sentence = f"已建好草稿 {plan.slug}。用 lvda campaign check {plan.slug} 核对，再用 lvda campaign publish 发布。"
    tell(settings, plan.slug, sentence, as_json)


@campaign.command()
@click.argument("slug")
@file_option
@plan_options
@by_option
@json_option
@click.pass_obj
def edit(settings: Settings, /, slug: str, file: Path | None, by: str, as_json: bool, **given: Any) -> None:  # noqa: ANN401
    """Change a draft: what the options say, or everything, as a file has it."""
    with reading(settings) as session:
        version = keeping.find(session, slug).version
        before = keeping.plan_of(session, slug)
    values = keeping.plan_values(before) if file is None else values_in(_text(file))
    plan = _plan(settings, with_options(values, given), given["picture"])
    with transaction(settings) as session:
        _keep_picture(session, given["picture"])
        keeping.edit(session, slug, plan, version, now=now_ms(), by=by)
    if not as_json:
        for line in _differences(before, plan):
            click.echo(line)
    tell(settings, plan.slug, f"草稿 {plan.slug} 已改好。", as_json)


@campaign.command()
@click.argument("slug")
@json_option
@click.pass_obj
def show(settings: Settings, slug: str, as_json: bool) -> None:
    """Everything that was decided about a campaign, as the TOML that `create` and `edit` read."""
    with reading(settings) as session:
        plan = keeping.plan_of(session, slug)
        one = keeping.overview(session, slug)
    if as_json:
        print_json(as_json_values(one, now_ms()) | {"version": one.version, "plan": keeping.plan_values(plan)})
        return
    click.echo(keeping.write_plan(plan), nl=False)


@campaign.command()
@click.argument("slug")
@json_option
@click.pass_context
def check(context: click.Context, slug: str, as_json: bool) -> None:
    """What would go wrong, before it is published; exits 1 if something must be mended first."""
    findings = _findings(context, slug)
    if as_json:
        print_json([{"severity": one.severity, "field": one.field, "message": one.sentence} for one in findings])
    else:
        for one in findings:
            click.echo(f"{'✗' if one.severity == 'error' else '！'} {one.sentence}")
        if not findings:
            click.echo(f"没有发现问题，可以用 lvda campaign publish {slug} 发布。")
    context.exit(1 if any(one.severity == "error" for one in findings) else 0)


@campaign.command()
@click.argument("slug")
@by_option
@json_option
@click.pass_context
def publish(context: click.Context, slug: str, by: str, as_json: bool) -> None:
    """Freeze a draft's questions and rules, and let it be played from its opening on."""
    settings: Settings = context.obj
    with reading(settings) as session:
        ready = keeping.make_ready(session, slug, now_ms())
    findings = _findings(context, slug)
    if errors := [one.sentence for one in findings if one.severity == "error"]:
        raise Refused("\n".join(errors))
    with transaction(settings) as session:
        published = keeping.publish(session, slug, random.SystemRandom(), now_ms(), by, ready=ready)
    for one in findings:
        click.echo(f"！ {one.sentence}", err=True)
    tell(settings, slug, f"活动 {slug} 已发布，题目 {published.questions} 道，从此不再改变。", as_json)


@campaign.command("copy")
@click.argument("slug")
@click.argument("new_slug")
@click.option("--name", default="", help="The old one, if not given.")
@by_option
@json_option
@click.pass_obj
def copy(settings: Settings, slug: str, new_slug: str, name: str, by: str, as_json: bool) -> None:
    """Lay a campaign down anew as a draft, a year later: for next year."""
    with transaction(settings) as session:
        keeping.copy(session, slug, new_slug, secrets.token_hex(32), now_ms(), name, by)
        opens = in_words(keeping.find(session, new_slug).opens_ms, keeping.find(session, new_slug).timezone)
        without = "口令没有复制，同一个口令只能给一个没有归档的活动。" if keeping.find(session, slug).keyword else ""
    tell(settings, new_slug, f"已照 {slug} 建好草稿 {new_slug}，{opens} 开始，请核对时间。{without}", as_json)


def _findings(context: click.Context, slug: str) -> list[Finding]:
    settings: Settings = context.obj
    is_command: Callable[[str], bool] | None = context.meta.get(IS_COMMAND)
    address = trouble_with_address(settings)
    with opened(settings) as stores, stores.sql.reading() as session:
        return keeping.check(session, slug, now_ms(), address, is_command)


def _require(slug: str | None, given: Mapping[str, Any]) -> None:
    missing = [name for name in NEEDED if given[name] is None]
    if slug is None:
        raise click.UsageError("Missing argument 'SLUG', or --file.")
    if missing:
        raise click.UsageError(f"Missing option '--{missing[0]}', or --file.")
    if given["questions"] is None and given["part"] is None:
        raise click.UsageError("Missing option '--questions' or '--part', or --file.")


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(f"{file.name} 不是 UTF-8 编码的文本，请另存为 UTF-8 再试。") from error


def _plan(settings: Settings, values: dict[str, Any], picture: Path | None) -> Plan:
    if picture is not None:
        values["picture"] = next(iter(_read_picture(picture)))
    return plan_from(values, settings.timezone)


def _keep_picture(session: Session, picture: Path | None) -> None:
    if picture is not None:
        pictures.keep(session, _read_picture(picture).items(), now_ms())


def _read_picture(file: Path) -> dict[str, bytes]:
    """By hash. Raises Refused for what no browser shows."""
    kept = Pictures()
    if kept.keep(file.read_bytes()) is None:
        raise Refused(f"{file.name} 不是能在网页上显示的图片，请换成 PNG 或 JPEG。")
    return kept.kept


def _differences(before: Plan, after: Plan) -> list[str]:
    old, new = keeping.plan_values(before), keeping.plan_values(after)
    return [
        f"{key}\t{_said(old.get(key))} → {_said(new.get(key))}"
        for key in dict.fromkeys((*old, *new))
        if old.get(key) != new.get(key)
    ]


def _said(value: object) -> str:
    return "（无）" if value in (None, "", []) else str(value).replace("\n", " ")
