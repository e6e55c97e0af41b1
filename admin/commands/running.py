"""``lvda campaign close|extend|pause|resume|archive|add-units|notice|changes``: what is done to a published one."""

from __future__ import annotations

import click

from admin.commands.campaigns_shown import tell
from admin.commands.options import by_option, json_option, print_json
from admin.commands.sessions import reading, transaction
from campaigns import keeping
from campaigns.clock import in_words, iso, now_ms
from campaigns.keeping.written_times import closing
from settings import Settings

note_option = click.option("--reason", "note", default="", help="As participants read it.")


@click.command()
@click.argument("slug")
@note_option
@by_option
@json_option
@click.pass_obj
def close(settings: Settings, slug: str, note: str, by: str, as_json: bool) -> None:
    """End a campaign now."""
    with transaction(settings) as session:
        keeping.close(session, slug, now_ms(), by, note)
    tell(settings, slug, f"活动 {slug} 已结束。", as_json)


@click.command()
@click.argument("slug")
@click.option(
    "--closes", required=True, metavar="TIME", help="Later than before, in the campaign's zone; a date alone: after it."
)
@note_option
@by_option
@json_option
@click.pass_obj
def extend(settings: Settings, slug: str, closes: str, note: str, by: str, as_json: bool) -> None:
    """Let a published campaign close later."""
    with transaction(settings) as session:
        zone = keeping.find(session, slug).timezone
        closes_ms = closing(closes, zone)
        if closes_ms is None:
            raise click.BadParameter(f'{closes} is not a time such as "2026-07-04 09:00"', param_hint="--closes")
        keeping.extend(session, slug, closes_ms, now_ms(), by, note)
    tell(settings, slug, f"活动 {slug} 延到 {in_words(closes_ms, zone)}。", as_json)


@click.command()
@click.argument("slug")
@note_option
@by_option
@json_option
@click.pass_obj
def pause(settings: Settings, slug: str, note: str, by: str, as_json: bool) -> None:
    """Accept no answers for a while; attempts stay as they are."""
    with transaction(settings) as session:
        keeping.pause(session, slug, now_ms(), by, note)
    tell(settings, slug, f"活动 {slug} 已暂停；用 lvda campaign resume {slug} 恢复。", as_json)


@click.command()
@click.argument("slug")
@note_option
@by_option
@json_option
@click.pass_obj
def resume(settings: Settings, slug: str, note: str, by: str, as_json: bool) -> None:
    """Accept answers again; nobody has lost time by the pause."""
    with transaction(settings) as session:
        keeping.resume(session, slug, now_ms(), by, note)
    tell(settings, slug, f"活动 {slug} 已恢复，没答完的限时按暂停的时间顺延。", as_json)


@click.command()
@click.argument("slug")
@note_option
@by_option
@json_option
@click.pass_obj
def archive(settings: Settings, slug: str, note: str, by: str, as_json: bool) -> None:
    """Put a campaign that is over away."""
    with transaction(settings) as session:
        keeping.archive(session, slug, now_ms(), by, note)
    tell(settings, slug, f"活动 {slug} 已归档。", as_json)


@click.command("add-units")
@click.argument("slug")
@click.argument("codes", nargs=-1, required=True)
@note_option
@by_option
@json_option
@click.pass_obj
def add_units(settings: Settings, slug: str, codes: tuple[str, ...], note: str, by: str, as_json: bool) -> None:
    """Let more units take part, with all below them."""
    with transaction(settings) as session:
        names = keeping.add_units(session, slug, codes, by, now_ms(), note)
    tell(settings, slug, f"活动 {slug} 增加了 {'、'.join(names)}。", as_json)


@click.command()
@click.argument("slug")
@click.argument("text")
@by_option
@json_option
@click.pass_obj
def notice(settings: Settings, slug: str, text: str, by: str, as_json: bool) -> None:
    """Tell participants something; it stands on the campaign's pages from now on."""
    with transaction(settings) as session:
        keeping.add_notice(session, slug, text, by, now_ms())
    tell(settings, slug, f"活动 {slug} 的公告已经发布。", as_json)


@click.command()
@click.argument("slug")
@json_option
@click.pass_obj
def changes(settings: Settings, slug: str, as_json: bool) -> None:
    """What was done to a campaign since it was published, by whom and why, the latest first."""
    with reading(settings) as session:
        found = keeping.changes_of(session, keeping.find(session, slug).id)
    if as_json:
        print_json(
            [
                {
                    "at": iso(one.at_ms),
                    "by": one.by,
                    "what": one.what.value,
                    "sentence": one.sentence,
                    "detail": one.detail,
                    "values": dict(one.values),
                    "note": one.note,
                }
                for one in found
            ]
        )
        return
    if not found:
        click.echo(f"活动 {slug} 还没有发布过，没有变更。", err=True)
    for one in found:
        more = "；".join(text for text in (one.detail, one.note) if text not in {"", one.sentence})
        said = f"{one.sentence}（{more}）" if more else one.sentence
        click.echo(f"{in_words(one.at_ms, one.timezone)}\t{one.by or '—'}\t{said}")
