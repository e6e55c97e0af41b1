"""``lvda draw``: freeze, hold, confirm, forfeit, audit, verify, list."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path

import click

from admin.commands.options import print_json
from campaigns import draws
from campaigns.clock import iso, now_ms
from campaigns.draws import Award, AwardState, DrawRecord, DrawState, Prize, Verdict
from campaigns.errors import DrawRefused, Unverifiable
from campaigns.keeping.changes import What, note_down
from campaigns.stores import Stores, open_stores
from settings import Settings

STATES = {
    DrawState.FROZEN: "名单已冻结，尚未开奖",
    DrawState.ENTERED: "数值已录入，等待另一人复核",
    DrawState.HELD: "已开奖",
    DrawState.VOID: "已作废",
}
AWARD_STATES = {AwardState.AWARDED: "中奖", AwardState.FORFEITED: "作废", AwardState.UNFILLED: "空缺"}


def _open(settings: Settings) -> AbstractContextManager[Stores]:
    return open_stores(settings.sql_url, settings.redis_url, settings.data_dir)


def _counts(context: click.Context, parameter: click.Parameter, given: Sequence[str]) -> dict[str, int]:
    """``NAME=N``, where the name may hold equals signs."""
    counts: dict[str, int] = {}
    for text in given:
        name, _, number = text.rpartition("=")
        if not (name and number.isascii() and number.isdigit() and len(number) <= 6):
            raise click.BadParameter(f"{text} is not NAME=NUMBER", context, parameter)
        if name in counts:
            raise click.BadParameter(f"{name} is given twice", context, parameter)
        counts[name] = int(number)
    return counts


def _values(context: click.Context, parameter: click.Parameter, given: Sequence[str]) -> dict[str, str]:
    """``SOURCE=TEXT``, where the text may hold equals signs."""
    values: dict[str, str] = {}
    for text in given:
        source, _, value = text.partition("=")
        if not (source and value):
            raise click.BadParameter(f"{text} is not {parameter.make_metavar(context)}", context, parameter)
        if source in values:
            raise click.BadParameter(f"{source} is given twice", context, parameter)
        values[source] = value
    return values


draw_id_argument = click.argument("draw_id", metavar="ID")
by_option = click.option("--by", default=getpass.getuser, help="Who does this; the system's user name otherwise.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
value_option = click.option(
    "--value", "values", multiple=True, metavar="SOURCE=VALUE", callback=_values, help="Once for each source."
)


@click.group("draw")
def draw() -> None:
    """Draws that anyone can check."""


@draw.command()
@click.argument("campaign", metavar="CAMPAIGN")
@click.option("--prize", "prizes", multiple=True, metavar="NAME=N", callback=_counts, help="In order.")
@click.option("--group", default="", metavar="NAME", help="Instead: a group of prizes that was planned to be drawn.")
@click.option(
    "--source",
    "sources",
    multiple=True,
    required=True,
    metavar="KIND:WHICH",
    help="A public number of the future: ssq:2026130, sse:20261130; or secret:SHA256 of a secret that is revealed "
    "at the draw (printf %s SECRET | sha256sum).",
)
@click.option(
    "--format",
    "formats",
    multiple=True,
    metavar="SOURCE=FORM",
    callback=_values,
    help="How the value of a source of any other kind is written, such as weather:20261130=##.#: # is a digit, "
    "x a digit or a letter a to f, all else stands for itself. Published.",
)
@click.option("--quota", "quotas", multiple=True, metavar="UNIT=N", callback=_counts, help="Most prizes of a unit.")
@click.option("--default-quota", type=click.IntRange(min=0), help="Most prizes of every other unit.")
@click.option("--exclude", "exclusions", multiple=True, metavar="ENTRANT", help="Stays on the list, wins nothing.")
@click.option("--fallback", default="", help="What happens when a number does not appear; the usual otherwise.")
@click.option("--reason", default="", help="Why there is another draw of this campaign; published.")
@by_option
@json_option
@click.pass_obj
def freeze(
    settings: Settings,
    campaign: str,
    prizes: dict[str, int],
    group: str,
    sources: tuple[str, ...],
    formats: dict[str, str],
    quotas: dict[str, int],
    default_quota: int | None,
    exclusions: tuple[str, ...],
    fallback: str,
    reason: str,
    by: str,
    as_json: bool,
) -> None:
    """Fix and publish the entrants and the rules of a draw."""
    if not (prizes or group):
        raise click.UsageError("Say what is drawn: either --prize, once for each, or --group.")
    with _open(settings) as stores:
        with stores.sql.reading() as session:
            gathered = draws.gather(session, campaign)
        with stores.sql.transaction() as session:
            frozen = draws.freeze(
                session,
                campaign,
                [Prize(name, count) for name, count in prizes.items()],
                sources,
                formats=formats,
                quotas=quotas,
                default_quota=default_quota,
                exclusions=exclusions,
                fallback=fallback,
                reason=reason,
                by=by,
                now=now_ms(),
                gathered=gathered,
                group=group,
            )
    announcement, page = frozen.announcement, f"{settings.public_url}/draws/{frozen.id}"
    if as_json:
        print_json(
            {
                **announcement.as_json(),
                "announcement_hash": announcement.sha256,
                "page": page,
                "warnings": list(frozen.warnings),
            }
        )
        return
    click.echo(f"抽奖 {frozen.id} 的名单已冻结，共 {announcement.count} 人。")
    click.echo(f"名单哈希：{frozen.list_hash}")
    click.echo(f"公告哈希：{announcement.sha256}")
    click.echo(f"公示页：{page}")
    click.echo("请在来源数字公布之前，把以上哈希写进公告。")
    for warning in frozen.warnings:
        click.echo(f"注意：{warning}", err=True)


@draw.command()
@draw_id_argument
@value_option
@click.option("--correct", is_flag=True, help="Replace values that still wait for confirmation.")
@click.option("--yes", is_flag=True, help="Do not ask; without a terminal nothing is asked anyway.")
@by_option
@json_option
@click.pass_obj
def hold(
    settings: Settings, draw_id: str, values: dict[str, str], correct: bool, yes: bool, by: str, as_json: bool
) -> None:
    """Enter the public numbers; the awards follow from them."""
    with _open(settings) as stores:
        with stores.sql.reading() as session:
            prepared = draws.prepare(session, draw_id, values)
            record = draws.find(session, draw_id)
        if not yes and _changes(record, correct) and _is_at_a_terminal():
            _ask(record, draws.given_for(record, values))
        with stores.sql.transaction() as session:
            held = draws.hold(session, draw_id, values, by, now_ms(), correct=correct, prepared=prepared)
    _print_draw(held, as_json)


def _changes(record: DrawRecord, correct: bool) -> bool:
    """Whether to hold would change anything: values that are on record already are only compared."""
    return record.state is DrawState.FROZEN or (correct and record.state is DrawState.ENTERED)


def _is_at_a_terminal() -> bool:
    return sys.stdin.isatty()


def _ask(record: DrawRecord, given: Mapping[str, str]) -> None:
    """Show what is about to be entered. Raises DrawRefused unless the person says yes."""
    click.echo(f"{record.announcement.campaign}，抽奖 {record.id}，共 {record.announcement.count} 人", err=True)
    for source, value in given.items():
        click.echo(f"  {source} = {value}", err=True)
    wording = "录入后由另一人复核" if record.two_person else "录入后立即开奖，不能更改，也不能重来"
    if not click.confirm(f"请与官方公布的数值逐位核对。{wording}，确定吗？", err=True):
        raise DrawRefused("没有录入，什么都没有改变；核对以后请再输入一次命令。")


@draw.command()
@draw_id_argument
@value_option
@by_option
@json_option
@click.pass_obj
def confirm(settings: Settings, draw_id: str, values: dict[str, str], by: str, as_json: bool) -> None:
    """Confirm the numbers that another person entered (with --value: only if they are these)."""
    with _open(settings) as stores:
        with stores.sql.reading() as session:
            prepared = draws.prepare(session, draw_id)
        with stores.sql.transaction() as session:
            held = draws.confirm(session, draw_id, by, now_ms(), values=values or None, prepared=prepared)
    _print_draw(held, as_json)


@draw.command()
@draw_id_argument
@click.argument("sequence", type=int, required=False)
@click.option("--entrant", help="Instead of the sequence: whose award.")
@click.option("--reason", required=True, help="Published.")
@by_option
@json_option
@click.pass_obj
def forfeit(
    settings: Settings, draw_id: str, sequence: int | None, entrant: str | None, reason: str, by: str, as_json: bool
) -> None:
    """Take back an award; the prize goes to the next who may have it."""
    if (sequence is None) == (entrant is None):
        raise click.UsageError("Say which award: either its sequence, or --entrant.")
    with _open(settings) as stores:
        with stores.sql.reading() as session:
            campaign_id, prepared = draws.find(session, draw_id).campaign_id, draws.prepare(session, draw_id)
            lost = draws.sequence_of(session, draw_id, entrant) if entrant is not None else sequence or 0
        with stores.sql.transaction() as session:
            successor = draws.forfeit(session, draw_id, lost, reason, now_ms(), prepared=prepared)
            said = {"prize": successor.prize}
            note_down(session, campaign_id, What.FORFEITED, by, now_ms(), said=said, note=reason.strip())
    if as_json:
        print_json({"id": draw_id, "forfeited": lost, "replacement": asdict(successor)})
    elif successor.entrant is None:
        click.echo(f"序号 {lost} 已作废；没有可以递补的人，“{successor.prize}”空缺。")
    else:
        click.echo(f"序号 {lost} 已作废；“{successor.prize}”由 {successor.entrant} 递补。")


@draw.command()
@draw_id_argument
@click.option("--reason", required=True, help="Published.")
@by_option
@json_option
@click.pass_obj
def void(settings: Settings, draw_id: str, reason: str, by: str, as_json: bool) -> None:
    """Give up a frozen draw whose numbers never come; its prizes may then be drawn on a list frozen anew."""
    with _open(settings) as stores, stores.sql.transaction() as session:
        voided = draws.void(session, draw_id, reason, by, now_ms())
    _print_draw(voided, as_json)


@draw.command()
@draw_id_argument
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="audit-ID.zip otherwise.")
@click.pass_obj
def audit(settings: Settings, draw_id: str, output: Path | None) -> None:
    """Write a draw's evidence as a zip."""
    with _open(settings) as stores, stores.sql.reading() as session:
        data = draws.audit_zip(session, draw_id)
    path = output or Path(f"audit-{draw_id}.zip")
    path.write_bytes(data)
    click.echo(f"证据包已写入 {path}。")


@draw.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
def verify(file: Path, as_json: bool) -> None:
    """Compute a draw again from its evidence."""
    if file.stat().st_size > draws.SIZE_LIMIT:
        raise Unverifiable(f"{file} 太大，不是抽奖证据包。")
    verdict = draws.verify(file.read_bytes())
    if as_json:
        print_json({"holds": verdict.holds, **asdict(verdict)})
    else:
        _print_verdict(verdict)
    if not verdict.holds:
        raise Unverifiable("核验不通过：" + "".join(verdict.problems))


def _print_verdict(verdict: Verdict) -> None:
    click.echo(f"抽奖 {verdict.draw_id}，{verdict.count} 人")
    click.echo(f"名单哈希：{verdict.list_hash}")
    click.echo(f"公告哈希：{verdict.announcement_hash}")
    if verdict.seed:
        click.echo(f"种子：{verdict.seed}")
    for award in verdict.awards:
        click.echo(_award_line(award))
    if verdict.holds:
        click.echo("核验通过。" if verdict.held else "名单与公告一致；尚未开奖，还没有可核验的结果。")
        click.echo("证据包不能自证：请把名单哈希与公告中的比对。")


@draw.command("list")
@click.option("--campaign", help="Only this campaign's.")
@json_option
@click.pass_obj
def list_(settings: Settings, campaign: str | None, as_json: bool) -> None:
    """All draws."""
    with _open(settings) as stores, stores.sql.reading() as session:
        found = draws.list_draws(session, campaign)
    if as_json:
        click.echo(json.dumps([_draw_json(record) for record in found], ensure_ascii=False))
        return
    if not found:
        click.echo("还没有抽奖；用 lvda draw freeze 公布一次的名单和规则。", err=True)
    for record in found:
        click.echo(
            f"{record.id}\t{record.campaign_slug}\t{STATES[record.state]}\t{record.announcement.count} 人"
            f"\t{record.announcement.list_hash}"
        )


def _print_draw(record: DrawRecord, as_json: bool) -> None:
    if as_json:
        print_json(_draw_json(record))
        return
    click.echo(f"抽奖 {record.id}：{STATES[record.state]}")
    for value in record.values:
        click.echo(f"来源 {value.text}（{value.entered_by} 录入）")
    if record.seed:
        click.echo(f"种子：{record.seed}")
    for award in record.awards:
        click.echo(_award_line(award))


def _award_line(award: Award) -> str:
    """``1  一等奖  7f3a…  第 12 名  中奖``"""
    place = f"第 {award.rank} 名" if award.rank else "—"
    return "\t".join((str(award.sequence), award.prize, award.entrant or "—", place, AWARD_STATES[award.state]))


def _draw_json(record: DrawRecord) -> dict[str, object]:
    return {
        "id": record.id,
        "campaign": record.campaign_slug,
        "state": record.state,
        "list_hash": record.announcement.list_hash,
        "announcement_hash": record.announcement.sha256,
        "count": record.announcement.count,
        "frozen_at": record.announcement.frozen_at,
        "values": [{"source": value.source, "value": value.text} for value in record.values],
        "seed": record.seed,
        "held_at": None if record.held_ms is None else iso(record.held_ms),
        "awards": [asdict(award) for award in record.awards],
    }
