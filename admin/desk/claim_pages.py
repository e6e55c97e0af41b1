"""Where winners want their prizes: for those who hand them out and send them, and for nobody else."""

from __future__ import annotations

import logging

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from admin.console import console
from admin.context import me, now, settings, stores
from admin.paging import page_asked, pages_offered
from admin.rights import Action, needs
from admin.spreadsheets import MOST_ROWS, people_file
from campaigns import keeping
from campaigns.clock import in_words
from campaigns.errors import Refused
from campaigns.privacy import CLAIMS, Seal
from campaigns.prizes import claims
from campaigns.prizes.claims import ClaimCounts, ClaimLine
from campaigns.text_tables import TextTable

log = logging.getLogger(__name__)

SHOWN = 50
SHOWS: dict[str, tuple[str, str, bool | None]] = {
    "waiting": ("待寄出", "post", True),
    "sent": ("已寄出", "post", False),
    "pickup": ("到场领取", "pickup", None),
}
"""Label, way of collecting, and whether they still wait; None: either."""
UNREADABLE = "打不开：登记时的密钥与现在的 LVDA_SECRET_KEY 不同"
HEADER = ("编号", "奖项", "奖品", "收件人", "手机", "地址", "单位", "登记时间", "快递公司和单号")


@console.get("/desk/claims")
@needs(Action.SEE_CLAIMS)
def desk_claims() -> str:
    return _page()


@console.get("/desk/claims.xlsx")
@needs(Action.SEE_CLAIMS)
def claims_file() -> Response:
    """The claims of one kind, as couriers take them."""
    slug, show = request.args.get("campaign", ""), _show_asked()
    label, way, waiting = SHOWS[show]
    with stores().sql.reading() as session:
        zone = keeping.find(session, slug).timezone
        found = claims.claims_of(session, slug, _seal(), way=way, waiting=waiting, most=MOST_ROWS)
    log.info("%s took the file of %d claims (%s) of campaign %s", me(), len(found), show, slug)
    table = TextTable(f"领奖登记 {label}", HEADER, [_row(one, zone) for one in found])
    return people_file(table, f"{slug}-claims-{show}", f"campaign:{slug}", full=True)


@console.post("/desk/claims/<int:award_id>/ship")
@needs(Action.SEE_CLAIMS)
def ship_prize(award_id: int) -> AnyResponse | tuple[str, int]:
    """On record: it was posted, with carrier and number."""
    shipment, seen = request.form.get("shipment", ""), request.form.get("claimed_ms", type=int)
    try:
        with stores().sql.transaction() as session:
            claims.ship(session, award_id, shipment, me(), now(), claimed_ms=seen)
    except Refused as error:
        return _page(str(error), {award_id: shipment}), 422
    flash("已登记寄出，中奖人会看到快递公司和单号。", "success")
    return redirect(_back())


@console.post("/desk/claims/<int:award_id>/correct")
@needs(Action.SEE_CLAIMS)
def correct_shipment(award_id: int) -> AnyResponse | tuple[str, int]:
    shipment = request.form.get("shipment", "")
    try:
        with stores().sql.transaction() as session:
            claims.correct_shipment(session, award_id, shipment, me(), now())
    except Refused as error:
        return _page(str(error), {award_id: shipment}), 422
    flash("单号已经更正。", "success")
    return redirect(_back())


def _page(refusal: str = "", typed: dict[int, str] | None = None) -> str:
    """One kind of claims of the campaign that was asked for; perhaps with what was refused, and what was typed."""
    show, page = _show_asked(), page_asked()
    _, way, waiting = SHOWS[show]
    with stores().sql.reading() as session:
        campaigns = claims.campaigns_with_awards(session)
        slug = request.values.get("campaign", "") or (campaigns[0][0] if campaigns else "")
        zone = keeping.find(session, slug).timezone if slug else settings().timezone
        counts = claims.count_claims(session, slug)
        pages = max(1, -(-_count_of(counts, show) // SHOWN))
        page = min(page, pages)
        skipped = (page - 1) * SHOWN
        found = claims.claims_of(session, slug, _seal(), way=way, waiting=waiting, most=SHOWN, skipped=skipped)
    return render_template(
        "admin/desk_claims.html",
        campaigns=campaigns,
        slug=slug,
        timezone=zone,
        shows={name: (label, _count_of(counts, name)) for name, (label, _, _) in SHOWS.items()},
        show=show,
        counts=counts,
        lines=found,
        page=page,
        offered=pages_offered(page, pages),
        refusal=refusal,
        typed=typed or {},
        unreadable=UNREADABLE,
        longest=claims.LONGEST_SHIPMENT,
    )


def _count_of(counts: ClaimCounts, show: str) -> int:
    return {"waiting": counts.waiting, "sent": counts.done, "pickup": counts.pickup}[show]


def _show_asked() -> str:
    asked = request.values.get("show", "")
    return asked if asked in SHOWS else "waiting"


def _back() -> str:
    return url_for("admin.desk_claims", campaign=request.form.get("campaign"), show=_show_asked(), page=page_asked())


def _row(line: ClaimLine, zone: str) -> tuple[str | int, ...]:
    text = line.text or claims.ClaimText(address=UNREADABLE)
    told = in_words(line.claimed_ms, zone)
    return (
        line.award_id, line.group, line.prize, text.name, text.phone, text.address, line.unit, told, line.shipment,
    )  # fmt: skip


def _seal() -> Seal:
    return Seal(settings().secret(), CLAIMS)
