"""Options that several commands take, and what they print for a program."""

from __future__ import annotations

import json

import click

json_option = click.option("--json", "as_json", is_flag=True)
by_option = click.option("--by", default="", help="Who does it.")


def print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
