"""The participant's door on the command line."""

from __future__ import annotations

import random
import readline  # noqa: F401 — importing it is what lets the arrow keys edit a line
import sys
from collections.abc import Iterator

import click

from bot.channels import terminal
from bot.dialogue import Desk
from bot.links import Links
from campaigns.clock import now_ms
from campaigns.stores import open_stores
from settings import Settings


@click.command()
@click.option("--as", "name", default="me", show_default=True, help="Who speaks.")
@click.option("--campaign", "slug", default="", help="The campaign to enter first.")
@click.pass_obj
def chat(settings: Settings, name: str, slug: str) -> None:
    """Play in the terminal: a line in, the reply out, until the end of input."""
    with open_stores(settings.sql_url, settings.redis_url, settings.data_dir) as stores:
        stores.sql.migrate()
        if slug:
            stores.editions.by_slug(stores.sql, slug)
        desk = Desk(stores, Links(settings.public_url, settings.secret()), random.SystemRandom())
        if slug:
            welcome = terminal.enter(name, slug, desk, now_ms)
            if sys.stdin.isatty():
                click.echo(welcome + "\n")
        lines = _typed() if sys.stdin.isatty() else _piped()
        for reply in terminal.converse(lines, name, desk, now_ms):
            click.echo(reply + "\n")


def _piped() -> Iterator[str]:
    """The lines of a pipe or a file, which may be of any encoding: what is not ours is not understood, no more."""
    for line in sys.stdin.buffer:
        yield line.decode(errors="replace")


def _typed() -> Iterator[str]:
    """What a person types, until Ctrl-D or Ctrl-C."""
    click.echo("发送 答题 开始，发送 帮助 查看更多，按 Ctrl-D 结束。")
    while True:
        try:
            yield input("> ")
        except (EOFError, KeyboardInterrupt):
            click.echo()
            return
