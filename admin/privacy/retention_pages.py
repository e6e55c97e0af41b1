"""How long campaigns keep personal data, and purging them: what goes, what stays, what speaks against it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin.campaigns.campaign_form import whole
from admin.console import console
from admin.context import me, now, stores
from admin.rights import Action, needs
from campaigns import keeping
from campaigns.errors import Moved, Refused
from campaigns.privacy import purging, retention

AT_ONCE_S = 2.0
"""How long a request goes on removing; the worker does the rest."""


@console.get("/data-requests/retention")
@needs(Action.MANAGE_DATA)
def data_retention() -> str:
    with stores().sql.reading() as session:
        found = retention.kept(session, now())
        waiting = {one.slug: purging.obstacles(session, one.slug, now()) for one in found if one.is_due(now())}
    return render_template("admin/data_retention.html", campaigns=found, waiting=waiting)


@console.get("/campaigns/<slug>/data")
@needs(Action.MANAGE_DATA)
def campaign_data(slug: str) -> str:
    return _page(slug)


@console.post("/campaigns/<slug>/data/keep")
@needs(Action.MANAGE_DATA)
def keep_campaign_data(slug: str) -> Response | tuple[str, int]:
    typed = request.form.get("days", "")
    try:
        days = whole(typed)
        if days is None:
            raise Refused("请填写天数，例如 180。")
        with stores().sql.transaction() as session:
            retention.set_keep_days(session, slug, days, me(), now(), _version())
    except (Refused, Moved) as error:
        return _page(slug, str(error), typed), 422
    flash(f"个人信息在活动结束 {days} 天后清除，参与者会看到。", "success")
    return redirect(url_for("admin.campaign_data", slug=slug))


@console.post("/campaigns/<slug>/data/purge")
@needs(Action.MANAGE_DATA)
def purge_campaign_data(slug: str) -> Response | tuple[str, int]:
    reason = request.form.get("reason", "")
    try:
        if not request.form.get("sure"):
            raise Refused("清除以后不能恢复：请勾选“我知道”，再清除。")
        purging.begin(stores(), slug, me(), now(), reason, _version())
    except (Refused, Moved) as error:
        return _page(slug, str(error), reason=reason), 422
    with stores().sql.reading() as session:
        campaign_id = keeping.find(session, slug).id
    done = purging.carry_on(stores(), campaign_id, now(), for_s=AT_ONCE_S)
    rest = "" if done else "量比较大，剩下的由后台接着清，这一页会显示还剩多少。"
    flash(f"个人信息已经清除，统计数字和抽奖证据保留。{rest}" if done else f"清除已经开始。{rest}", "success")
    return redirect(url_for("admin.campaign_data", slug=slug))


def _version() -> int | None:
    return whole(request.form.get("version", ""))


def _page(slug: str, refusal: str = "", days: str = "", reason: str = "") -> str:
    with stores().sql.reading() as session:
        campaign = keeping.overview(session, slug)
        if campaign.state == "draft":
            raise Refused(f"活动 {slug} 还没有发布，没有个人信息；保存期限在草稿的“谁参加”里定。")
        kept = retention.kept_of(session, slug, now())
        found = purging.obstacles(session, slug, now())
        return render_template(
            "admin/campaign_data.html",
            campaign=campaign,
            kept=kept,
            counted=purging.count(session, campaign.id),
            left=purging.left(session, campaign.id) if kept.purged_ms is not None else 0,
            obstacles=found,
            is_possible=kept.purged_ms is None and not any(one.is_final for one in found),
            refusal=refusal,
            days=days,
            reason=reason,
        )
