"""`lvda qr`: the code or the poster of a campaign, for everybody or for one unit."""

from __future__ import annotations

from pathlib import Path

import click

from admin.commands import sessions
from admin.posters import poster_of
from campaigns import addresses, keeping, people
from campaigns.clock import now_ms
from campaigns.errors import Refused
from campaigns.keeping import Overview
from campaigns.prints import codes
from campaigns.prints.posters import a4
from settings import Settings

FORMATS = (".png", ".svg", ".pdf")


@click.command()
@click.argument("slug")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="*.png, *.svg or *.pdf"
)
@click.option("--unit", "unit_code", default="", help="The code of the unit whose code this is.")
@click.pass_obj
def qr(settings: Settings, slug: str, output: Path, unit_code: str) -> None:
    """Write a campaign's QR code (png, svg) or its A4 poster (pdf)."""
    if output.suffix.lower() not in FORMATS:
        raise click.UsageError(f"{output.name}: name a file that ends in .png, .svg or .pdf.")
    with sessions.reading(settings) as session:
        campaign = keeping.overview(session, slug)
        unit = people.find_unit(session, unit_code).name if unit_code else ""
    address = addresses.entry(settings.public_url, slug, unit_code)
    output.write_bytes(_drawn(output.suffix.lower(), address, campaign, unit, settings))
    click.echo(f"{output}: {address}")
    if not settings.base_url:
        click.echo("这个地址只有本机能打开：印制以前请设置 LVDA_BASE_URL（公网 https 地址），再生成一次。", err=True)


def _drawn(suffix: str, address: str, campaign: Overview, unit: str, settings: Settings) -> bytes:
    match suffix:
        case ".png":
            return codes.png(address)
        case ".svg":
            return codes.svg(address)
        case ".pdf":
            return a4(poster_of(campaign, address, unit, settings.footer), created=now_ms())
        case _:
            raise Refused(f"{suffix} is no format of codes.")
