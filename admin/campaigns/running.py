"""What is done to a campaign as a whole: published, paused and resumed, extended, closed, archived, copied, told."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from random import SystemRandom

from flask import flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.campaigns.campaign_form import read_moment, read_units
from admin.campaigns.campaign_pages import Refusal, campaign_page, check_of, digest
from admin.console import console
from admin.context import me, now, stores
from admin.rights import Action, needs
from campaigns import keeping
from campaigns.errors import Moved, NotFound, Refused

Deed = Callable[[Session, int, str], str]
"""Does it, of a session, the version that was seen and the reason; gives the sentence that says so."""


@console.post("/campaigns/<slug>/publish")
@needs(Action.RUN_CAMPAIGNS)
def publish_campaign(slug: str) -> Response | tuple[str, int]:
    """With the warnings read: the form names exactly those that it showed.

    All that is read for it, and the try of the public address, come before the transaction that keeps others waiting.
    """
    try:
        with stores().sql.reading() as looked:
            ready = keeping.make_ready(looked, slug, now())
            findings = check_of(looked, keeping.overview(looked, slug), now())
    except Refused as error:
        return campaign_page(slug, Refusal("publish", str(error), request.form)), 422

    def publish(session: Session, version: int, note: str) -> str:
        if any(one.severity == "error" for one in findings):
            raise Refused("还有必须先改的地方，没有发布：请看检查结果。")
        warned = any(one.severity == "warning" for one in findings)
        if warned and request.form.get("read") != digest(findings):
            raise Refused("有提醒还没有看过，没有发布：请看检查结果，勾选“看过了”再发布。")
        published = keeping.publish(session, slug, SystemRandom(), now(), me(), version, ready)
        return f"活动已发布，题目 {published.questions} 道，从此不再改变。"

    return _do(slug, "publish", publish)


@console.post("/campaigns/<slug>/pause")
@needs(Action.RUN_CAMPAIGNS)
def pause_campaign(slug: str) -> Response | tuple[str, int]:
    def pause(session: Session, version: int, note: str) -> str:
        _needed(note, "暂停的原因")
        keeping.pause(session, slug, now(), me(), note, version)
        return "活动已暂停，答到一半的保留着；参与者会看到原因。"

    return _do(slug, "pause", pause)


@console.post("/campaigns/<slug>/resume")
@needs(Action.RUN_CAMPAIGNS)
def resume_campaign(slug: str) -> Response | tuple[str, int]:
    def resume(session: Session, version: int, note: str) -> str:
        keeping.resume(session, slug, now(), me(), note, version)
        return "活动继续了，答到一半的可以接着答，暂停的时间不算在限时里。"

    return _do(slug, "resume", resume)


@console.post("/campaigns/<slug>/extend")
@needs(Action.RUN_CAMPAIGNS)
def extend_campaign(slug: str) -> Response | tuple[str, int]:
    def extend(session: Session, version: int, note: str) -> str:
        closes_ms = read_moment(request.form.get("closes", ""), keeping.find(session, slug).timezone)
        if closes_ms is None:
            raise Refused("请填写新的结束时间，例如 2026-07-06 17:00。")
        keeping.extend(session, slug, closes_ms, now(), me(), note, version)
        return "活动已延期，参与者会看到新的结束时间。"

    return _do(slug, "extend", extend)


@console.post("/campaigns/<slug>/close")
@needs(Action.RUN_CAMPAIGNS)
def close_campaign(slug: str) -> Response | tuple[str, int]:
    def close(session: Session, version: int, note: str) -> str:
        if not request.form.get("sure"):
            raise Refused("结束以后不能再答题，也不能再开：确定的话请勾选“确定现在结束”。")
        keeping.close(session, slug, now(), me(), note, version)
        return "活动已结束。"

    return _do(slug, "close", close)


@console.post("/campaigns/<slug>/archive")
@needs(Action.RUN_CAMPAIGNS)
def archive_campaign(slug: str) -> Response | tuple[str, int]:
    def archive(session: Session, version: int, note: str) -> str:
        keeping.archive(session, slug, now(), me(), note, version)
        return "活动已归档，成绩、抽奖和证据都还在。"

    return _do(slug, "archive", archive)


@console.post("/campaigns/<slug>/units")
@needs(Action.RUN_CAMPAIGNS)
def add_campaign_units(slug: str) -> Response | tuple[str, int]:
    def add(session: Session, version: int, note: str) -> str:
        codes = read_units(request.form.get("codes", ""))
        if not codes:
            raise Refused("请填写要增加的单位代码，一行一个。")
        names = keeping.add_units(session, slug, codes, me(), now(), note, version)
        return f"已增加：{'、'.join(names)}。"

    return _do(slug, "units", add)


@console.post("/campaigns/<slug>/notice")
@needs(Action.RUN_CAMPAIGNS)
def add_campaign_notice(slug: str) -> Response | tuple[str, int]:
    def add(session: Session, version: int, note: str) -> str:
        _needed(note, "公告的内容")
        keeping.add_notice(session, slug, note, me(), now(), version)
        return "公告已发布，参与者在规则页能看到。"

    return _do(slug, "notice", add)


@console.post("/campaigns/<slug>/copy")
@needs(Action.EDIT_CAMPAIGNS)
def copy_campaign(slug: str) -> Response | tuple[str, int]:
    """For next year: the same plan a year later, as a draft."""
    new_slug = request.form.get("slug", "").strip()
    try:
        with stores().sql.transaction() as session:
            keeping.copy(session, slug, new_slug, secrets.token_hex(32), now(), by=me())
    except (Refused, Moved, NotFound) as error:
        return campaign_page(slug, Refusal("copy", str(error), request.form)), 422
    flash("已复制成草稿，时间推后了一年。请核对时间、题目和单位再发布。", "success")
    return redirect(url_for("admin.edit_campaign", slug=new_slug))


def _do(slug: str, what: str, deed: Deed) -> Response | tuple[str, int]:
    """Do it if nobody has changed the campaign since the page was shown; else show it as it is now, with why not."""
    note = request.form.get("note", "").strip()
    try:
        with stores().sql.transaction() as session:
            done = deed(session, request.form.get("version", 0, type=int), note)
    except (Refused, NotFound, Moved) as error:
        return campaign_page(slug, Refusal(what, str(error), request.form)), 409 if isinstance(error, Moved) else 422
    flash(done, "success")
    return redirect(url_for("admin.campaign", slug=slug))


def _needed(note: str, what: str) -> None:
    if not note:
        raise Refused(f"请填写{what}，参与者会看到。")
