"""``lvda outbox``: what waits to go out, what could not, and sending it again."""

from __future__ import annotations

import json

import click

from admin.commands.options import by_option, json_option
from admin.commands.sessions import reading, transaction
from campaigns import outbox as messages
from campaigns.clock import in_words, iso, now_ms
from campaigns.outbox import Listed, State
from campaigns.reaching import day_start_ms
from settings import Settings


@click.group()
def outbox() -> None:
    """Messages that must go out."""


@outbox.command("list")
@click.option(
    "--state",
    type=click.Choice([state.value for state in State]),
    default=State.DEAD.value,
    show_default=True,
)
@click.option("--campaign", default="", metavar="SLUG", help="Only this campaign's.")
@click.option("--most", type=click.IntRange(1, 10_000), default=100, show_default=True)
@json_option
@click.pass_obj
def list_(settings: Settings, state: str, campaign: str, most: int, as_json: bool) -> None:
    """Messages of a state, and how many there are of each."""
    with reading(settings) as session:
        found = messages.listing(session, State(state), most=most, campaign=campaign)
        counts = messages.counts(session, day_start_ms(now_ms(), settings.timezone))
    if as_json:
        click.echo(json.dumps([_as_json(one) for one in found], ensure_ascii=False, indent=2))
        return
    for one in found:
        when = in_words(one.sent_ms or one.due_ms, settings.timezone)
        click.echo(f"{one.id}\t{one.key}\t{one.state.label}\t{when}\t试过 {one.tries} 次\t{one.reason}")
    told = (counts.waiting, counts.sent_today, counts.dead, counts.dropped)
    click.echo("等待 {} 条，今天发出 {} 条，没有发出 {} 条，不再发送 {} 条。".format(*told), err=True)


@outbox.command()
@click.argument("ids", metavar="[ID]...", nargs=-1, type=int)
@click.option("--all", "every", is_flag=True, help="All that could not be sent.")
@by_option
@json_option
@click.pass_obj
def resend(settings: Settings, ids: tuple[int, ...], every: bool, by: str, as_json: bool) -> None:
    """Let messages that could not be sent go again."""
    if every == bool(ids):
        raise click.UsageError("Say which messages: either their numbers, or --all.")
    with transaction(settings) as session:
        again = messages.resend(session, now_ms(), None if every else ids, by)
    click.echo(json.dumps({"resent": again}) if as_json else f"{again} 条通知将马上重发。")


def _as_json(one: Listed) -> dict[str, object]:
    return {
        "id": one.id,
        "key": one.key,
        "campaign": one.campaign,
        "wording": one.wording,
        "state": one.state.value,
        "reason": one.reason,
        "tries": one.tries,
        "due_at": iso(one.due_ms),
        "created_at": iso(one.created_ms),
        "sent_at": None if one.sent_ms is None else iso(one.sent_ms),
        "way": one.sent_by,
    }
