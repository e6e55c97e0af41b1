"""The installation (系统): what the doctor finds, official accounts' menus, rankings made anew."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from flask import current_app, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from admin.console import console
from admin.context import me, now, settings, stores
from admin.official_accounts import official_account
from admin.operations.doctor import examine
from admin.rights import Action, needs
from admin.wechat_menus import SHIPPED_MENU, buttons_there, read_file, record_set
from campaigns import audit, keeping, tables, unit_sums
from campaigns.errors import CampaignsError
from platforms.errors import PlatformError
from platforms.wechat.menus import described, differences

LARGEST_MENU = 100 * 1024


@dataclass(frozen=True, slots=True)
class Preview:
    """What pushing a menu's file would change."""

    text: str
    """The file, sent again unchanged to be carried out."""
    changes: list[str] = field(default_factory=list)
    seen: str = ""
    """The menu as it was on the platform when it was looked at."""


@console.get("/system")
@needs(Action.SEE_SYSTEM)
def system() -> str:
    """With ``?check=1`` what the doctor finds; it asks platforms, and takes some seconds."""
    findings = examine(settings()) if request.args.get("check") else None
    campaign = tables.Campaign
    with stores().sql.reading() as session:
        shown = select(campaign.slug, campaign.name).where(campaign.state.in_(("published", "paused", "closed")))
        ranked = session.execute(shown.order_by(campaign.opens_ms.desc())).all()
    return render_template(
        "admin/system.html",
        findings=findings,
        ailing=[one for one in findings or () if not one.well],
        campaigns=ranked,
        officials=[one for one in settings().accounts().wechat.values() if one.may_call],
        has_redis=stores().ranking.has_redis,
    )


@console.post("/system/rankings")
@needs(Action.SEE_SYSTEM)
def remake_rankings() -> Response:
    """Of one campaign: Redis' copy from SQL, and the sums of units from persons' standings."""
    at, slug = now(), request.form.get("campaign", "")
    with stores().sql.transaction() as session:
        found = keeping.find(session, slug)
        campaign_id, name = found.id, found.name
        unit_sums.outdate(session, [campaign_id])
        audit.record(session, me(), "ranking.rebuilt", f"campaign:{slug}", at)
    if stores().ranking.has_redis and not stores().ranking.rebuild(campaign_id, at):
        flash(
            f"“{name}”的个人排名没有重做：Redis 没有响应，或者正在重做。名次现在直接查数据库，请过一分钟再试。",
            "danger",
        )
    else:
        flash(f"“{name}”的排名已照数据库重做；单位排名在几秒钟内重新汇总。", "success")
    return redirect(url_for("admin.system"))


@console.route("/system/menu", methods=["GET", "POST"])
@needs(Action.SEE_SYSTEM)
def wechat_menu() -> str | Response | tuple[str, int]:
    """The menu of the official account ``?account=``: as it is, then what a file changes, then the file pushed."""
    account = request.values.get("account", "")
    preview, refusal, there = None, "", []
    try:
        official = official_account(settings(), stores().sql, account, now)
        there = buttons_there(official)
        if request.method == "POST":
            preview = _preview(there)
            confirmed = request.form.get("confirmed", "")
            if confirmed and confirmed != preview.seen:
                refusal = "公众号上的菜单刚刚有变化，还没有更新：请看新的比较，再确认一次。"
            elif confirmed and preview.changes:
                wanted = read_file(preview.text.encode(), settings(), stores().sql, _is_command())
                official.set_menu({"button": wanted})
                with stores().sql.transaction() as session:
                    record_set(session, account, preview.changes, me(), now())
                flash("菜单已更新；手机打开公众号时才取新菜单，最多大约 5 分钟后看到。", "success")
                return redirect(url_for("admin.wechat_menu", account=account))
    except (CampaignsError, PlatformError) as error:
        refusal = str(error)
    page = render_template(
        "admin/wechat_menu.html",
        official=account,
        there=described(there),
        preview=preview,
        refusal=refusal,
        shipped=_without_remarks(SHIPPED_MENU.read_text(encoding="utf-8")),
        largest=LARGEST_MENU,
    )
    return page, 422 if refusal and request.method == "POST" else 200


def _preview(there: list[dict[str, object]]) -> Preview:
    """Of the text that was typed. Raises Refused for what is no menu."""
    text = request.form.get("menu", "")[:LARGEST_MENU].replace("\r\n", "\n")
    wanted = read_file(text.encode(), settings(), stores().sql, _is_command())
    return Preview(text, differences(there, wanted), json.dumps(there, sort_keys=True, ensure_ascii=True))


def _without_remarks(text: str) -> str:
    """From its first entry on: what stands before is for those who edit the file itself."""
    return text[text.index("[[menu]]") :]


def _is_command() -> Callable[[str], bool]:
    return cast(Callable[[str], bool], current_app.extensions["lvda.is_command"])
