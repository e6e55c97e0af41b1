"""Commands of whoever runs the machine: ``lvda serve``, ``lvda init``."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import click
from sqlalchemy.exc import IntegrityError

from admin.operations import serve as serving
from campaigns import addresses, keeping, staff
from campaigns.clock import now_ms
from campaigns.errors import Moved, Refused
from campaigns.prints import codes
from campaigns.store import Store, open_store
from settings import Settings


@click.command()
@click.option("--demo", is_flag=True, help="Make sure that the demo campaign is there.")
@click.pass_obj
def serve(settings: Settings, demo: bool) -> None:
    """Serve the pages, the callbacks and the worker, until Ctrl-C."""
    settings.accounts()  # a file that cannot be used is told here, once, and not by each process that starts
    password: list[str] = []

    def prepare() -> None:
        made = _prepare(settings, demo=demo)
        password.extend([made] if made else [])

    sys.exit(serving.serve(settings, prepare=prepare, banner=lambda: _banner(settings, demo, password)))


@click.command()
@click.option("--demo", is_flag=True, help="Make the demo campaign, too.")
@click.pass_obj
def init(settings: Settings, demo: bool) -> None:
    """Make or migrate the database, and the first account."""
    password = _prepare(settings, demo=demo)
    click.echo(f"数据库已就绪：{settings.sql_url.rpartition('@')[2]}")
    if password:
        click.echo(_first_account(password))


def _prepare(settings: Settings, *, demo: bool) -> str | None:
    """Bring the database up to date; gives the first account's one-time password while nobody has changed it."""
    store = open_store(settings.sql_url)
    try:
        store.migrate()
        if demo:
            _ensure_demo(store)
        with store.transaction() as session:
            return staff.ensure_owner(session, now_ms(), random.SystemRandom())
    finally:
        store.close()


def _ensure_demo(store: Store) -> None:
    """Make the demo, unless it is there; or another machine, started with this one, is just making it."""
    for last in (False, True):
        try:
            with store.transaction() as session:
                return keeping.ensure_demo(session, now_ms(), random.SystemRandom())
        except (Moved, Refused, IntegrityError):
            if last:
                raise
    return None


def _banner(settings: Settings, demo: bool, password: list[str]) -> str:
    """What the operator is told once the server answers."""
    url = settings.public_url
    lines = []
    if demo:
        entry = addresses.entry(url, keeping.DEMO_SLUG)
        lines += [codes.terminal(entry, colours=sys.stdout.isatty()), f"答题入口  {entry}"]
        if not settings.base_url:
            lines.append("          手机扫不开本机地址：请把 LVDA_BASE_URL 设成手机能打开的网址。")
    if settings.base_url:
        lines.append(f"本机监听  {settings.host}:{settings.port}")
    lines.append(f"管理后台  {url}/admin/")
    if password:
        lines.append(f"          {_first_account(password[0])}")
    lines.append(f"微信回调  {url}/wechat")
    if not settings.wechat_token.get_secret_value():
        lines += ["          " + line for line in TO_CONNECT]
    if settings.wecom_token.get_secret_value():
        lines.append(f"企业微信  {url}/wecom")
    lines.append(f"终端答题  {_lvda()} chat{' --campaign demo' if demo else ''}")
    return "\n".join(lines)


def _lvda() -> str:
    """The command as it was typed, to be typed again."""
    return sys.argv[0] if Path(sys.argv[0]).name == "lvda" else "lvda"


TO_CONNECT = (
    "接入公众号：设置 LVDA_BASE_URL（公网 https 地址）、LVDA_WECHAT_APP_ID、LVDA_WECHAT_TOKEN、LVDA_WECHAT_AES_KEY，",
    "并在微信开发者平台“我的业务 → 公众号/服务号 → 消息与事件推送”填同样的地址、Token、EncodingAESKey，选安全模式。",
)


def _first_account(password: str) -> str:
    return f"账号 admin，一次性密码 {password}（首次登录须修改）"
