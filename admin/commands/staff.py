"""``lvda user``: accounts of the console."""

from __future__ import annotations

from dataclasses import asdict
from random import SystemRandom

import click

from admin.commands.options import by_option, json_option, print_json
from admin.commands.sessions import reading, transaction
from campaigns import staff
from campaigns.clock import in_words, now_ms
from campaigns.staff import AccountLine, Role, second_steps, sessions
from settings import Settings

ROLES = click.Choice([role.value for role in Role])
unit_option = click.option("--unit", default="", metavar="CODE", help="Of a liaison: the unit whose subtree they see.")


@click.group()
def user() -> None:
    """Accounts of the console."""


@user.command()
@click.argument("name")
@click.option("--role", type=ROLES, required=True)
@unit_option
@by_option
@json_option
@click.pass_obj
def add(settings: Settings, name: str, role: str, unit: str, by: str, as_json: bool) -> None:
    """Make an account; prints its one-time password."""
    with transaction(settings) as session:
        password = staff.add(session, name, Role(role), now_ms(), SystemRandom(), unit_code=unit, by=by)
    _tell_password(name, password, as_json)


@user.command("list")
@json_option
@click.pass_obj
def list_users(settings: Settings, as_json: bool) -> None:
    """All accounts, with roles, states and second steps."""
    with reading(settings) as session:
        lines = staff.list_accounts(session, now_ms())
    if as_json:
        print_json([asdict(line) for line in lines])
        return
    for line in lines:
        last = in_words(line.last_in_ms, settings.timezone) if line.last_in_ms is not None else "从未登录"
        told = (line.name, line.role.label, line.unit, _state(line), "两步验证" * line.has_second_step, last)
        click.echo("  ".join(filter(None, told)))
    if not lines:
        click.echo("还没有账号。请用 lvda user add 用户名 --role owner 新建一个管理员。")


@user.command()
@click.argument("name")
@click.option("--role", type=ROLES, required=True)
@unit_option
@by_option
@click.pass_obj
def role(settings: Settings, name: str, role: str, unit: str, by: str) -> None:
    """Give an account another role, or a liaison another unit; ends its sessions."""
    with transaction(settings) as session:
        staff.change_role(session, name, Role(role), now_ms(), unit_code=unit, by=by)
    click.echo(f"{name} 现在是{Role(role).label}，需要重新登录。")


@user.command()
@click.argument("name")
@by_option
@json_option
@click.pass_obj
def reset(settings: Settings, name: str, by: str, as_json: bool) -> None:
    """Give an account a new one-time password, end its sessions, lift its lock."""
    with transaction(settings) as session:
        password = staff.reset(session, name, SystemRandom(), now_ms(), by=by)
    _tell_password(name, password, as_json)


@user.command()
@click.argument("name")
@by_option
@click.pass_obj
def disable(settings: Settings, name: str, by: str) -> None:
    """Let nobody sign in by an account; ends its sessions. What it did stays in the histories."""
    with transaction(settings) as session:
        staff.disable(session, name, now_ms(), by=by)
    click.echo(f"{name} 已停用，登录已全部退出。")


@user.command()
@click.argument("name")
@by_option
@click.pass_obj
def enable(settings: Settings, name: str, by: str) -> None:
    """Let somebody sign in by an account again, with the password that it had."""
    with transaction(settings) as session:
        staff.enable(session, name, now_ms(), by=by)
    click.echo(f"{name} 可以登录了，密码还是原来的。")


@user.command("sessions")
@click.argument("name")
@json_option
@click.pass_obj
def list_sessions(settings: Settings, name: str, as_json: bool) -> None:
    """Where an account is signed in now."""
    with reading(settings) as session:
        found = sessions.places(session, staff.one(session, name, now_ms()).id, now_ms())
    if as_json:
        print_json([asdict(one) for one in found])
        return
    for one in found:
        begun, seen = in_words(one.begun_ms, settings.timezone), in_words(one.seen_ms, settings.timezone)
        click.echo(f"{one.id}  {begun} 登录  {seen} 最近使用  {one.address}  {one.agent}")
    if not found:
        click.echo(f"{name} 现在没有在任何地方登录。")


@user.command()
@click.argument("name")
@click.option("--session", "session_id", type=int, help="Only this one of `user sessions`.")
@by_option
@click.pass_obj
def revoke(settings: Settings, name: str, session_id: int | None, by: str) -> None:
    """End the sessions of an account."""
    ended = 1
    with transaction(settings) as session:
        if session_id is not None:
            sessions.revoke(session, name, session_id, now_ms(), by=by)
        else:
            ended = sessions.revoke_all(session, name, now_ms(), by=by)
    click.echo(f"{name} 的 {ended} 处登录已退出。")


@user.command("lift-second-step")
@click.argument("name")
@by_option
@click.pass_obj
def lift_second_step(settings: Settings, name: str, by: str) -> None:
    """Let somebody in by the password alone, who lost the phone and the recovery codes."""
    with transaction(settings) as session:
        second_steps.lift(session, name, now_ms(), by=by)
    click.echo(f"{name} 的两步验证已解除，登录已全部退出；请他登录以后重新设置。")


def _state(line: AccountLine) -> str:
    if line.disabled_ms is not None:
        return "已停用"
    if line.is_locked:
        return "锁定中"
    return "还没换密码" if line.one_time else "正常"


def _tell_password(name: str, password: str, as_json: bool) -> None:
    if as_json:
        print_json({"name": name, "one_time_password": password})
    else:
        click.echo(f"用户 {name} 的一次性密码（只显示这一次，首次登录时要换）：{password}")
