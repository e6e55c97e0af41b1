"""A new draw: what it is about, a look at what would be published, and the freeze that publishes it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import and_, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.console import console
from admin.context import me, now, stores
from admin.draws.freeze_form import FreezeForm, Order, form_of, read_order
from admin.rights import Action, needs
from campaigns import draws, keeping
from campaigns.clock import local
from campaigns.draws import FrozenDraw, Gathered, Prize
from campaigns.draws.in_words import exclusions_in_words, quotas_in_words, source_in_words, tickets_in_words
from campaigns.draws.sources import ZONE, spelling
from campaigns.errors import Moved, NotFound, Refused
from campaigns.tables import Draw, PrizeGroup
from campaigns.tables import Prize as PrizeRow


@console.get("/campaigns/<slug>/draws/new")
@needs(Action.RUN_DRAWS)
def new_draw(slug: str) -> str:
    with stores().sql.reading() as session:
        names = list(open_groups(session, keeping.find(session, slug).id))
    asked = request.args.get("group", "")
    return _form_page(slug, FreezeForm(group=asked if asked in names else next(iter(names), "")), {}, "")


@console.post("/campaigns/<slug>/draws/new")
@needs(Action.RUN_DRAWS)
def make_draw(slug: str) -> str | Response | tuple[str, int]:
    """``do=preview`` shows what would be published, ``do=edit`` goes back, ``do=freeze`` publishes it."""
    form, do = form_of(request.form), request.form.get("do", "preview")
    if do == "edit":
        return _form_page(slug, form, {}, "")
    order, errors = read_order(form)
    if errors:
        return _form_page(slug, form, errors, "还没有冻结：请先改标红的地方。"), 422
    try:
        with stores().sql.reading() as session:
            gathered = draws.gather(session, slug)
        if do == "freeze":
            return _freeze(slug, form, order, gathered)
        return _preview(slug, form, _try(slug, form, order, gathered), "")
    except (Refused, NotFound, Moved) as error:
        return _form_page(slug, form, {}, f"没有冻结。{error}"), 409 if isinstance(error, Moved) else 422


def open_groups(session: Session, campaign_id: int) -> dict[str, tuple[Prize, ...]]:
    """The prizes by name of the planned groups that are still to be drawn."""
    rows = session.execute(
        select(PrizeGroup.name.label("group"), PrizeRow.name, PrizeRow.stock)
        .join(PrizeRow, PrizeRow.group_id == PrizeGroup.id)
        .outerjoin(Draw, and_(Draw.group_id == PrizeGroup.id, Draw.state != "void"))
        .where(PrizeGroup.campaign_id == campaign_id, PrizeGroup.kind == "draw", Draw.id.is_(None))
        .order_by(PrizeGroup.ordinal, PrizeRow.ordinal)
    )
    found: dict[str, tuple[Prize, ...]] = {}
    for row in rows:
        found[row.group] = (*found.get(row.group, ()), Prize(row.name, row.stock))
    return found


def _freeze(slug: str, form: FreezeForm, order: Order, gathered: Gathered) -> Response | str | tuple[str, int]:
    """With the warnings read, and no other draw of the campaign made since the look at it: a second press is none."""
    with stores().sql.transaction() as session:
        if request.form.get("seen", "") != _seen(session, slug):
            raise Moved("您看预览的时候，本活动又有了一次抽奖。请先看它，再决定要不要另抽一次。")
        frozen = _frozen(session, slug, form, order, gathered)
        unread = bool(frozen.warnings) and request.form.get("read") != digest(frozen.warnings)
        if unread:
            session.rollback()
    if unread:
        return _preview(slug, form, frozen, "没有冻结：请先看提醒，勾选“看过了”再冻结。"), 422
    flash(f"名单已冻结，共 {frozen.announcement.count} 人。请在来源号码公布之前，把公告发出去。", "success")
    return redirect(url_for("admin.draw", draw_id=frozen.id))


def _try(slug: str, form: FreezeForm, order: Order, gathered: Gathered) -> FrozenDraw:
    """What a freeze would publish: done, and undone."""
    with stores().sql.transaction() as session:
        frozen = _frozen(session, slug, form, order, gathered)
        session.rollback()
    return frozen


def _frozen(session: Session, slug: str, form: FreezeForm, order: Order, gathered: Gathered) -> FrozenDraw:
    return draws.freeze(
        session,
        slug,
        order.prizes,
        order.sources,
        quotas=order.quotas,
        default_quota=order.default_quota,
        exclusions=order.exclusions,
        fallback=form.fallback,
        formats=order.formats,
        reason=form.reason,
        by=me(),
        now=now(),
        gathered=gathered,
        group=form.group,
    )


def _seen(session: Session, slug: str) -> str:
    """Names the draws that there are."""
    return " ".join(draw.id for draw in draws.listed_draws(session, keeping.find(session, slug).id))


def digest(warnings: tuple[str, ...]) -> str:
    """Names these warnings, whatever the figures in them: in a busy campaign those change while one reads."""
    return hashlib.sha256(re.sub(r"[0-9]+", "n", "\n".join(warnings)).encode()).hexdigest()[:16]


def _form_page(slug: str, form: FreezeForm, errors: dict[str, str], refusal: str) -> str:
    with stores().sql.reading() as session:
        found = keeping.overview(session, slug)
        return render_template(
            "admin/draw_new.html",
            campaign=found,
            tab="draws",
            form=replace(form, secret=""),
            errors=errors,
            refusal=refusal,
            groups=open_groups(session, found.id),
            drawn=[draw.id for draw in draws.listed_draws(session, found.id)],
            year=local(now(), ZONE).year,
        )


def _preview(slug: str, form: FreezeForm, frozen: FrozenDraw, refusal: str) -> str:
    with stores().sql.reading() as session:
        return render_template(
            "admin/draw_preview.html",
            campaign=keeping.overview(session, slug),
            tab="draws",
            form=form,
            announcement=frozen.announcement,
            excluded=exclusions_in_words(frozen.announcement),
            quotas=quotas_in_words(frozen.announcement.quotas),
            tickets=tickets_in_words(frozen.announcement),
            warnings=frozen.warnings,
            read=digest(frozen.warnings),
            seen=_seen(session, slug),
            refusal=refusal,
            source_in_words=source_in_words,
            spelling=spelling,
            two_person=keeping.plan_of(session, slug).two_person,
        )
