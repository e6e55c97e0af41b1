"""The participant's door on the command line."""

from __future__ import annotations

import random
import sys

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
        for reply in terminal.converse(sys.stdin, name, slug, desk, now_ms):
            click.echo(reply + "\n")


COMMANDS = (chat,)
