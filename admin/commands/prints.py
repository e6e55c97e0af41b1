"""`lvda qr`: codes, posters and signs of a campaign, for everybody, for one unit or for all of them."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from admin.commands import sessions
from admin.official_accounts import official_account
from admin.posters import FORMATS, LAYOUTS, Job, Order, collect, led_by, outlives, produce
from campaigns.clock import now_ms
from campaigns.errors import Refused
from campaigns.prints.unit_archives import UnitPrint
from campaigns.stores import Stores
from platforms.errors import PlatformError
from platforms.wechat.codes import code_for, scene_of
from settings import Settings

LOGO_WORDS = ("leaf", "picture")


@click.command()
@click.argument("slug")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="*.png, *.svg, *.pdf; *.zip: of all units.",
)
@click.option("--unit", "unit_code", default="", help="The unit whose own it is; of a zip: below which all are wanted.")
@click.option("--layout", type=click.Choice(tuple(LAYOUTS)), help="Of a pdf, also in a zip: a4 unless said otherwise.")
@click.option("--sign", "slogans", multiple=True, metavar="TEXT", help="A sign's slogan, ours or any; may be repeated.")
@click.option(
    "--logo",
    is_flag=False,
    flag_value="picture",
    default="",
    metavar="[leaf|FILE]",
    help="In the middle of the code: the campaign's picture, or the leaf where it has none.",
)
@click.option("--account", help="Let the code be this official account's; empty: the default account's.")
@click.option("--link", is_flag=True, help="Let the code hold our own link even if an official account is connected.")
@click.option("--json", "as_json", is_flag=True, help="Say as JSON what was made.")
@click.pass_obj
def qr(
    settings: Settings,
    slug: str,
    output: Path,
    unit_code: str,
    layout: str | None,
    slogans: tuple[str, ...],
    logo: str,
    account: str | None,
    link: bool,
    as_json: bool,
) -> None:
    """Write a campaign's QR code (png, svg), its poster or signs (pdf), or everything of all units (zip)."""
    kind = output.suffix.lower().removeprefix(".")
    if kind not in FORMATS:
        raise click.UsageError(f"{output.name}: name a file that ends in .png, .svg, .pdf or .zip.")
    if link and account is not None:
        raise click.UsageError("--link and --account: choose one of them.")
    layout = layout or ("sign" if slogans else "a4")
    if slogans and not layout.startswith("sign"):
        raise click.UsageError(f"--sign needs --layout sign or sign-a5, not {layout}.")
    own = b"" if logo in {"", *LOGO_WORDS} else _read(logo)
    order = Order(slug, kind, layout, unit_code, slogans, "" if own else logo, own)
    with sessions.opened(settings) as stores:
        with stores.sql.reading() as session:
            job = collect(session, order, settings.printed_url, settings.footer)
        account = None if link else _account(settings, account)
        if account is not None:
            job = led_by(job, _content(settings, stores, account, slug))
    _write(output, produce(job, now_ms(), _tell_skipped))
    _tell(settings, output, job, account, as_json)


def _read(logo: str) -> bytes:
    try:
        return Path(logo).read_bytes()
    except OSError as error:
        raise Refused(f"读不到标志图片 {logo}：请检查路径；用我们的叶子请写 --logo leaf。") from error


def _account(settings: Settings, named: str | None) -> str | None:
    """The account whose code it is to be; None: none is connected. Raises Refused when there is a choice."""
    if named is not None:
        return named
    connected = [one.name for one in settings.accounts().wechat.values() if one.may_call]
    if len(connected) > 1:
        called = "、".join(name or "（默认）" for name in connected)
        raise Refused(f"接入了几个公众号：{called}。请用 --account 指明印哪一个的码，或者用 --link 印本站链接。")
    return connected[0] if connected else None


def _content(settings: Settings, stores: Stores, account: str, slug: str) -> Callable[[str], str]:
    """Makes the account's permanent codes, or finds those that it has."""
    official = official_account(settings, stores.sql, account, now_ms)

    def content(unit_code: str) -> str:
        scene = scene_of(slug, unit_code)
        try:
            return code_for(stores.sql, account, scene, official.make_code, now_ms(), permanent=True).url
        except PlatformError:
            click.echo("公众号现在做不了二维码；要先印本站链接，请加 --link。", err=True)
            raise

    return content


def _write(output: Path, pieces: Iterator[bytes]) -> None:
    """All of it or nothing; a file that was there stays until the new one is whole."""
    draft = output.with_name(f".{output.name}.{secrets.token_hex(4)}")
    try:
        with draft.open("xb") as file:
            for piece in pieces:
                file.write(piece)
        os.replace(draft, output)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(output)) from error  # the name that was asked for
    finally:
        draft.unlink(missing_ok=True)


def _tell_skipped(one: UnitPrint, why: str) -> None:
    click.echo(f"{one.code} {one.name}：{why}", err=True)


def _tell(settings: Settings, output: Path, job: Job, account: str | None, as_json: bool) -> None:
    held = job.prints[0]
    units = len(job.prints) - 1 if job.order.format == "zip" else None
    what = held.address if account is None else f"{held.content} → {held.address}"
    if as_json:
        made = {"file": str(output), "address": held.address, "holds": held.content, "account": account, "units": units}
        click.echo(json.dumps(made, ensure_ascii=False))
    else:
        click.echo(f"{output}: {what}{'' if units is None else f'，共 {units} 个单位'}")
    if account is None and not (settings.base_url or settings.code_url):
        click.echo("这个地址只有本机能打开：印制以前请设置 LVDA_BASE_URL（公网 https 地址），再生成一次。", err=True)
    else:
        click.echo(outlives(account, settings.printed_url, settings.public_url), err=True)
