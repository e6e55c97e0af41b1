"""``lvda user``: accounts of the console."""

from __future__ import annotations

import json
from random import SystemRandom

import click

from admin.commands.options import json_option
from admin.commands.sessions import transaction
from campaigns import staff
from campaigns.clock import now_ms
from campaigns.staff import Role
from settings import Settings


@click.group()
def user() -> None:
    """Accounts of the console."""


@user.command()
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@json_option
@click.pass_obj
def add(settings: Settings, name: str, role: str, as_json: bool) -> None:
    """Make an account; prints its one-time password."""
    with transaction(settings) as session:
        password = staff.add(session, name, Role(role), now_ms(), SystemRandom())
    _tell(name, password, as_json)


@user.command()
@click.argument("name")
@json_option
@click.pass_obj
def reset(settings: Settings, name: str, as_json: bool) -> None:
    """Give an account a new one-time password, end its sessions, lift its lock."""
    with transaction(settings) as session:
        password = staff.reset(session, name, SystemRandom())
    _tell(name, password, as_json)


def _tell(name: str, password: str, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"name": name, "one_time_password": password}, ensure_ascii=False))
    else:
        click.echo(f"用户 {name} 的一次性密码（只显示这一次，首次登录时要换）：{password}")
