"""What is printed of a campaign, the same from the console and from the command line: codes, posters, signs, archives.

`collect` reads what an order needs, `led_by` lets the codes be an official account's, `produce` makes the bytes; the
last may take minutes for thousands of units, and needs no session.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import addresses, keeping, pictures, tables, units
from campaigns.clock import local
from campaigns.errors import Refused
from campaigns.keeping import Overview
from campaigns.prints import codes, logos, posters, signs
from campaigns.prints.fonts import BUNDLED, Faces
from campaigns.prints.posters import STEPS, Poster, steps
from campaigns.prints.unit_archives import Skipped, UnitPrint, archive
from campaigns.units.tree import ids_in, takes_part, within

FORMATS = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf", "zip": "application/zip"}
LAYOUTS = {
    "a4": "海报 A4",
    "a3": "海报 A3",
    "rollup": "易拉宝 80×200 厘米",
    "sign": "提示牌（一张 A4 裁四块）",
    "sign-a5": "提示牌（一张 A4 裁两块）",
}
"""By name, as people call them."""
CODE_PIXELS = 1024
LOGOS = ("", "leaf", "picture")


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants printed."""

    slug: str
    format: str
    """See `FORMATS`; a zip has all units."""
    layout: str = "a4"
    """See `LAYOUTS`; of a pdf, and of the pdf of each unit in a zip."""
    unit_code: str = ""
    """Whose own it is; of a zip: the unit below which all are wanted."""
    slogans: tuple[str, ...] = ()
    """Of signs, a page each; empty: the usual three."""
    logo: str = ""
    """``leaf``; ``picture``: the campaign's, or the leaf where it has none; empty: none."""
    own_logo: bytes = b""
    """An uploaded picture instead."""

    @property
    def file_name(self) -> str:
        parts = [self.slug, self.unit_code, "" if self.format in {"png", "svg"} else self.layout]
        return f"{'-'.join(filter(None, parts))}.{self.format}"


@dataclass(frozen=True, slots=True)
class Job:
    """An order with all that it needs."""

    order: Order
    campaign: Overview
    footer: str
    logo: bytes
    prints: tuple[UnitPrint, ...]
    """What is wanted first, and in a zip all units after it."""


# --- what is wanted ----------------------------------------------------------------------------------------------


def collect(session: Session, order: Order, code_url: str, footer: str) -> Job:
    """Everything that an order needs, with our own addresses in the codes.

    `code_url` is where printed codes lead. Raises NotFound, Refused, UnusableLogo.
    """
    if order.format not in FORMATS or order.layout not in LAYOUTS or order.logo not in LOGOS:
        raise Refused("没有这种图样，请从页面上选一种。")
    campaign = keeping.overview(session, order.slug)
    logo = _logo(session, order, campaign)
    if order.format == "zip":
        prints = (_of_campaign(campaign, code_url), *_of_units(session, campaign, order.unit_code, code_url))
    elif order.unit_code:
        unit = units.find(session, order.unit_code)
        prints = (_print(campaign.slug, code_url, unit.code, unit.name, ()),)
    else:
        prints = (_of_campaign(campaign, code_url),)
    return Job(order, campaign, footer, logo, prints)


def led_by(job: Job, content_of: Callable[[str], str]) -> Job:
    """The same with codes that hold what `content_of` gives for a unit's code; empty for everybody."""
    return replace(job, prints=tuple(replace(one, content=content_of(one.code)) for one in job.prints))


def _logo(session: Session, order: Order, campaign: Overview) -> bytes:
    if order.own_logo:
        return logos.read_logo(order.own_logo)
    if order.logo == "picture" and campaign.picture_sha256:
        return logos.read_logo(pictures.picture(session, campaign.picture_sha256)[1])
    return logos.leaf() if order.logo else b""


def _of_campaign(campaign: Overview, code_url: str) -> UnitPrint:
    return _print(campaign.slug, code_url, "", campaign.name, ())


def _of_units(session: Session, campaign: Overview, under: str, code_url: str) -> list[UnitPrint]:
    """The units that take part, or of them those below one, as a tree is read."""
    unit = tables.Unit
    wanted = select(unit.code, unit.name, unit.path).where(unit.retired.is_(False), takes_part(campaign.id))
    if under:
        wanted = wanted.where(within(units.find(session, under).path))
    rows = session.execute(wanted).all()
    names: dict[int, str] = {row.id: row.name for row in session.execute(select(unit.id, unit.name))}
    found = [
        _print(campaign.slug, code_url, row.code, row.name, tuple(names[one] for one in ids_in(row.path)[:-1]))
        for row in rows
    ]
    return sorted(found, key=lambda one: (one.above, one.code))


def _print(slug: str, code_url: str, code: str, name: str, above: tuple[str, ...]) -> UnitPrint:
    address = addresses.entry(code_url, slug, code)
    return UnitPrint(code=code, name=name, above=above, address=address, content=address)


# --- how it is made ----------------------------------------------------------------------------------------------


def produce(job: Job, created: int, skipped: Skipped = lambda one, why: None) -> Iterator[bytes]:
    """The bytes, in pieces; `created` is the date in them, UTC milliseconds. The same input gives the same bytes.

    What cannot be printed at all is refused before the first piece: raises PrintError. A unit of a zip whose name
    cannot be printed has its code alone; `skipped` and the zip's table say why.
    """
    first = job.prints[0]
    match job.order.format:
        case "png":
            return iter([codes.png(first.content, pixels=CODE_PIXELS, logo=job.logo)])
        case "svg":
            return iter([codes.svg(first.content, logo=job.logo)])
        case "pdf":
            return iter([_drawn(job, first, BUNDLED, created)])
        case _:
            pieces = archive(
                job.campaign.name,
                job.prints,
                lambda one, faces: _drawn(job, one, faces, created),
                letters=_letters(job),
                skipped=skipped,
                logo=job.logo,
                created=created,
            )
            return chain([next(pieces)], pieces)


def _drawn(job: Job, one: UnitPrint, faces: Faces, created: int) -> bytes:
    if job.order.layout in signs.SHEETS:
        return signs.pdf(_signs(job, one), signs.SHEETS[job.order.layout], created=created, faces=faces)
    return posters.pdf(_poster(job, one), posters.LAYOUTS[job.order.layout], created=created, faces=faces)


def _letters(job: Job) -> str:
    """All that stands on what is drawn, but for units' names."""
    if job.order.layout in signs.SHEETS:
        return "".join(signs.characters(sign) for sign in _signs(job, job.prints[0]))
    return posters.characters(_poster(job, job.prints[0]))


def _poster(job: Job, one: UnitPrint) -> Poster:
    poster = poster_of(job.campaign, one.address, one.name if one.code else "", job.footer)
    return replace(poster, code=one.content, logo=job.logo)


def _signs(job: Job, one: UnitPrint) -> Sequence[signs.Sign]:
    owner = one.name if one.code else job.campaign.organiser
    slogans = [signs.slogan_of(text) for text in job.order.slogans] or signs.USUAL
    return [signs.Sign(slogan, one.address, owner=owner, code=one.content, logo=job.logo) for slogan in slogans]


def poster_of(campaign: Overview, address: str, unit: str, footer: str) -> Poster:
    """What the poster of a campaign, or of one unit in it, says."""
    return Poster(
        name=campaign.name,
        theme=campaign.theme,
        dates=dates(campaign),
        address=address,
        instructions=STEPS[:-1] if campaign.mode == "practice" else steps(campaign.draw_points),
        unit=unit,
        organiser=campaign.organiser,
        footer=footer,
        brand=campaign.brand,
    )


def dates(campaign: Overview) -> str:
    """The days of the window; a close at midnight belongs to the day before. Nothing for one that never closes."""
    if campaign.closes_ms is None:
        return ""
    first, last = (local(ms, campaign.timezone) for ms in (campaign.opens_ms, campaign.closes_ms - 1))
    return "—".join(f"{day.year}年{day.month}月{day.day}日" for day in (first, last))


# --- what outlives what ------------------------------------------------------------------------------------------


def outlives(account: str | None, code_url: str, public_url: str) -> str:
    """What becomes of a printed code when the domain is changed or blocked, in a sentence or two.

    `account` is the official account whose parametric code it is, None for our own link.
    """
    if account is not None:
        called = f"公众号 {account} " if account else "公众号"
        return (
            f"码里是{called}的永久参数，没有本站网址：本站换域名、域名被封都不影响已经印好的码；"
            "公众号注销或更换主体后失效。"
        )
    if code_url.rstrip("/") == public_url.rstrip("/"):
        return (
            "码里是本站网址：换域名以后，请把旧域名保留下来，并设置 LVDA_CODE_URL 为旧网址，已经印好的码就继续可用；"
            "旧域名停用或被封时要重新印。"
        )
    return (
        f"码里是 {code_url}，打开后转到 {public_url}：答题网址更换或被封，只改 LVDA_BASE_URL，已经印好的码继续可用；"
        "码里的域名本身要一直保留。"
    )
