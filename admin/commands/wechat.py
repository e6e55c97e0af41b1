"""``lvda wechat``: an official account's menu and codes, and the files by which platforms check our domain."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from urllib.parse import quote

import click
from sqlalchemy import select

from admin.commands.options import by_option, json_option
from admin.commands.sessions import opened
from admin.official_accounts import official_account
from admin.wechat_menus import SHIPPED_MENU, buttons_there, read_file, record_set
from campaigns import keeping, people, tables
from campaigns.clock import in_words, iso, now_ms
from campaigns.errors import Refused
from campaigns.prints import codes as pictures
from campaigns.store import Store
from platforms import verification
from platforms.wechat.codes import Code, code_for, scene_of
from platforms.wechat.menus import described, differences
from platforms.wechat.quotas import INTERFACES
from settings import Settings

IS_COMMAND = "lvda.is_command"
"""Where the wiring puts, for the whole command line, what tells whether a text is a command of the chat."""

account_option = click.option("--account", "name", default="", help="Of the accounts file; the default one otherwise.")


@click.group()
def wechat() -> None:
    """Official accounts: menus, codes, domain verification."""


# --- menus -------------------------------------------------------------------------------------------------------


@wechat.group()
def menu() -> None:
    """The menu of an official account."""


@menu.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=SHIPPED_MENU)
@account_option
@click.option("--yes", is_flag=True, help="Do not ask.")
@by_option
@json_option
@click.pass_context
def push(context: click.Context, file: Path, name: str, yes: bool, by: str, as_json: bool) -> None:
    """Replace the menu by a file's; without FILE by the one that comes with the program (deploy/wechat-menu.toml)."""
    settings: Settings = context.obj
    with opened(settings) as stores:
        wanted = read_file(file.read_bytes(), settings, stores.sql, context.meta[IS_COMMAND])
        official = official_account(settings, stores.sql, name, now_ms)
        changes = differences(buttons_there(official), wanted)
        if changes:
            click.echo("\n".join(changes), err=as_json)
            _confirm("更新菜单吗？", "没有更新：上面是会改的地方，确认无误请加 --yes 再来一次。", yes)
            official.set_menu({"button": wanted})
            with stores.sql.transaction() as session:
                record_set(session, name, changes, by, now_ms())
    if as_json:
        click.echo(json.dumps({"account": name, "changed": bool(changes), "button": wanted}, ensure_ascii=False))
    elif changes:
        click.echo("菜单已更新；手机打开公众号时才取新菜单，最多大约 5 分钟后看到。")
    else:
        click.echo("菜单与文件一样，没有改动。")
    if not settings.base_url:
        click.echo("没有设置 LVDA_BASE_URL：菜单里指向本站的网址手机打不开，请设好以后再更新一次。", err=True)


@menu.command()
@account_option
@json_option
@click.pass_obj
def show(settings: Settings, name: str, as_json: bool) -> None:
    """The menu as it is on the platform."""
    with opened(settings) as stores:
        there = buttons_there(official_account(settings, stores.sql, name, now_ms))
    if as_json:
        click.echo(json.dumps({"account": name, "button": there}, ensure_ascii=False, indent=2))
    elif there:
        click.echo("\n".join(described(there)))
    else:
        click.echo("这个公众号没有菜单；用 lvda wechat menu push 建一个。", err=True)


def _confirm(question: str, otherwise: str, yes: bool) -> None:
    """Raises Refused where nobody can be asked, click.Abort when the answer is no."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise Refused(otherwise)
    click.confirm(question, abort=True, err=True)


# --- codes -------------------------------------------------------------------------------------------------------


@wechat.command()
@click.argument("slug")
@account_option
@click.option("--unit", "unit_codes", multiple=True, metavar="CODE", help="A unit's own code instead; may be repeated.")
@click.option("--all-units", is_flag=True, help="One for every unit.")
@click.option("--permanent", is_flag=True, help="For what hangs on walls; an account has 100,000 of them.")
@click.option(
    "-o", "--output", "folder", type=click.Path(file_okay=False, path_type=Path), help="A folder for the pictures."
)
@json_option
@click.pass_obj
def codes(
    settings: Settings,
    slug: str,
    name: str,
    unit_codes: tuple[str, ...],
    all_units: bool,
    permanent: bool,
    folder: Path | None,
    as_json: bool,
) -> None:
    """Make a campaign's codes: whoever scans one follows the account, and lands in the campaign and the unit."""
    made: list[Code] = []
    with opened(settings) as stores:
        scenes, zone = _scenes(stores.sql, slug, unit_codes, all_units=all_units)
        official = official_account(settings, stores.sql, name, now_ms)
        for scene in scenes:
            made.append(code_for(stores.sql, name, scene, official.make_code, now_ms(), permanent=permanent))
            path = None if folder is None else _drawn(folder, made[-1])
            if not as_json:
                _tell(made[-1], zone, path)
    if as_json:
        click.echo(json.dumps([_as_json(code) for code in made], ensure_ascii=False, indent=2))
    if any(code.expires_ms is not None for code in made):
        click.echo("临时二维码到期前由 worker 自动换新，图案会变：要印出来的请加 --permanent。", err=True)


def _scenes(store: Store, slug: str, unit_codes: tuple[str, ...], *, all_units: bool) -> tuple[list[str], str]:
    """What is to be made, and the campaign's zone. Raises NotFound."""
    with store.reading() as session:
        zone = keeping.find(session, slug).timezone
        units = [people.find_unit(session, code).code for code in unit_codes]
        if all_units:
            units = list(session.scalars(select(tables.Unit.code).order_by(tables.Unit.code)))
            if not units:
                raise Refused("还没有单位，没有单位专用的二维码可做。")
    return [scene_of(slug, unit) for unit in units or [""]], zone


def _drawn(folder: Path, code: Code) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    called = "-".join(filter(None, [code.account, code.slug, code.unit_code]))
    path = folder / f"{quote(called, safe='')}.png"
    path.write_bytes(pictures.png(code.url))
    return path


def _tell(code: Code, zone: str, path: Path | None) -> None:
    until = "永久" if code.expires_ms is None else f"到 {in_words(code.expires_ms, zone)}"
    click.echo("\t".join([code.scene, until, code.url, *([str(path)] if path else [])]))


def _as_json(code: Code) -> dict[str, object]:
    return {
        "account": code.account,
        "scene": code.scene,
        "url": code.url,
        "made_at": iso(code.made_ms),
        "expires_at": None if code.expires_ms is None else iso(code.expires_ms),
    }


# --- quota -------------------------------------------------------------------------------------------------------


@wechat.command()
@account_option
@click.option("--clear", is_flag=True, help="Begin the day's counts anew; the platform allows it ten times a month.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@click.pass_obj
def quota(settings: Settings, name: str, clear: bool, yes: bool, as_json: bool) -> None:
    """How often the account may still call today; what waits for it goes out within ten minutes of --clear."""
    with opened(settings) as stores:
        official = official_account(settings, stores.sql, name, now_ms)
        if clear:
            _confirm("清空今天的调用次数吗？每个月只能清空十次。", "没有清空：确认无误请加 --yes 再来一次。", yes)
            official.clear_quota()
        left = {called: official.quota(path) for path, called in INTERFACES.items()}
    if as_json:
        click.echo(json.dumps({called: asdict(found) for called, found in left.items()}, ensure_ascii=False))
        return
    for called, found in left.items():
        click.echo(f"{called}\t每天 {found.limit} 次，已用 {found.used}，还剩 {found.left}")


# --- domain verification -----------------------------------------------------------------------------------------


@wechat.command("verify-file")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@click.pass_obj
def verify_file(settings: Settings, file: Path, as_json: bool) -> None:
    """Show a file that a platform wants to see at our root (MP_verify_….txt, WW_verify_….txt)."""
    url = f"{settings.public_url}/{verification.keep(settings.data_dir, file)}"
    click.echo(json.dumps({"url": url}) if as_json else f"已放好：{url}；现在可以在平台的页面上点“确定”或“保存”。")
