"""How people get into a campaign: its codes, posters and signs, its own and those of units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote

from flask import Response, render_template, request
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin.console import console
from admin.context import now, settings, stores
from admin.posters import FORMATS, LAYOUTS, Job, Order, collect, led_by, outlives, produce
from admin.rights import Action, needs
from admin.scope import own_unit, unit_asked, units_seen
from campaigns import addresses, keeping, tables
from campaigns.errors import NotFound, Refused
from campaigns.prints import codes, signs
from campaigns.prints.errors import PrintError
from platforms.wechat.codes import codes_of, scene_of

CODE_PIXELS = 480
OUR_LINK = "-"
"""What a form says instead of an official account's name."""
LONGEST_SLOGAN = 40


@console.get("/campaigns/<slug>/doors")
@needs(Action.SEE_CAMPAIGNS, scoped=True)
def campaign_doors(slug: str) -> str:
    return _page(slug)


@console.get("/campaigns/<slug>/code.png")
@needs(Action.SEE_CAMPAIGNS, scoped=True)
def code(slug: str) -> Response:
    with stores().sql.reading() as session:
        keeping.find(session, slug)
    return Response(codes.png(entry_address(slug), pixels=CODE_PIXELS), mimetype="image/png")


@console.get("/campaigns/<slug>/account-code.png")
@needs(Action.SEE_CAMPAIGNS, scoped=True)
def account_code(slug: str) -> Response:
    """The code of an official account that leads into the campaign, of ``?account=NAME`` and perhaps ``&unit=CODE``."""
    account = request.args.get("account", "")
    with stores().sql.reading() as session:
        content = _contents(session, slug, account)(_unit_named(session))
    return Response(codes.png(content, pixels=CODE_PIXELS), mimetype="image/png")


@console.get("/campaigns/<slug>/poster.pdf")
@needs(Action.SEE_CAMPAIGNS, scoped=True)
def poster(slug: str) -> Response:
    """The campaign's A4 poster; with ``?unit=CODE`` the unit's own."""
    with stores().sql.reading() as session:
        unit_code = _unit_named(session)
    return _printed(Order(slug, "pdf", unit_code=unit_code))


@console.get("/campaigns/<slug>/prints")
@needs(Action.SEE_CAMPAIGNS, scoped=True)
def campaign_print(slug: str) -> Response | tuple[str, int]:
    """What the form on the page orders: a code, a poster, signs, or all of all units; of a liaison's own at most."""
    asked = request.args
    slogans = tuple(line.strip() for line in asked.get("slogans", "").splitlines() if line.strip())
    order = Order(
        slug,
        asked.get("format", "pdf"),
        asked.get("layout", "a4"),
        "",
        slogans if asked.get("layout", "") in signs.SHEETS else (),
        asked.get("logo", ""),
    )
    try:
        if any(len(slogan) > LONGEST_SLOGAN for slogan in slogans):
            raise Refused(f"提示牌上的一句话最多 {LONGEST_SLOGAN} 个字，请缩短。")
        with stores().sql.reading() as session:
            own = own_unit(session)
            unit_code = _unit_named(session) or (own.code if own else "")
        return _printed(replace(order, unit_code=unit_code), asked.get("account", OUR_LINK))
    except (Refused, NotFound, PrintError) as error:
        return _page(slug, str(error)), 404 if isinstance(error, NotFound) else 422


def _unit_named(session: Session) -> str:
    """The code of ``?unit=``; empty: for everybody. Raises NotFound for one beyond a liaison's units."""
    code = request.args.get("unit", "").strip()
    unit = unit_asked(session, code) if code else None
    return unit.code if unit else ""


def entry_address(slug: str, unit_code: str = "") -> str:
    """What a printed code holds."""
    return addresses.entry(settings().printed_url, slug, unit_code)


def _printed(order: Order, account: str = OUR_LINK) -> Response:
    with stores().sql.reading() as session:
        job: Job = collect(session, order, settings().printed_url, settings().footer)
        if account != OUR_LINK:
            job = led_by(job, _contents(session, order.slug, account, permanent=True))
    disposition = f"attachment; filename*=UTF-8''{quote(order.file_name)}"
    return Response(produce(job, now()), mimetype=FORMATS[order.format], headers={"Content-Disposition": disposition})


def _contents(session: Session, slug: str, account: str, *, permanent: bool = False) -> Callable[[str], str]:
    """What the codes of an official account hold, of those that were made already; paper wants `permanent` ones."""
    made = {
        code.scene: code.url
        for code in codes_of(session, slug, now())
        if code.account == account and (code.expires_ms is None or not permanent)
    }

    def content(unit_code: str) -> str:
        found = made.get(scene_of(slug, unit_code))
        if found is None:
            kind, option = ("永久的公众号二维码", " --permanent") if permanent else ("公众号二维码", "")
            raise NotFound(f"这个{kind}还没有做，或者已经过期：请用命令 lvda wechat codes{option} 再做一次。")
        return found

    return content


def _page(slug: str, refusal: str = "") -> str:
    unit = tables.Unit
    with stores().sql.reading() as session:
        found = keeping.overview(session, slug)
        seen = units_seen(session)
        units = session.scalar(select(func.count()).select_from(unit).where(unit.retired.is_(False), *seen)) or 0
        account_codes = codes_of(session, slug, now())
        if seen:
            ours = set(session.scalars(select(unit.code).where(*seen)))
            account_codes = [code for code in account_codes if not code.unit_code or code.unit_code in ours]
    permanent = sorted({code.account for code in account_codes if code.expires_ms is None and not code.unit_code})
    config = settings()
    return render_template(
        "admin/campaign_doors.html",
        campaign=found,
        address=entry_address(slug),
        units=units,
        account_codes=account_codes,
        accounts=permanent,
        layouts=LAYOUTS,
        usual=[slogan.text for slogan in signs.USUAL],
        outlives=outlives(None, config.printed_url, config.public_url),
        account_outlives=outlives(permanent[0], config.printed_url, config.public_url) if permanent else "",
        our_link=OUR_LINK,
        refusal=refusal,
        asked=request.args,
        tab="doors",
    )
