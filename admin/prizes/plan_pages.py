"""奖品: what a campaign offers. Planned in a draft; after publishing what is left of it, and what is added."""

from __future__ import annotations

from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.campaigns.campaign_form import whole
from admin.console import console
from admin.context import me, now, stores
from admin.parts import part_wanted
from admin.prizes.plan_form import (
    CHOICES,
    NEW_GROUP,
    PrizeForm,
    errors_of,
    form_of,
    read_form,
    read_prizes,
    reshaped,
)
from admin.rights import Action, may, needs
from campaigns import keeping
from campaigns.errors import Moved, NotFound, PlanRefused, Refused
from campaigns.keeping import Overview
from campaigns.keeping.prize_files import odds_text
from campaigns.prizes.offers import offers

WRONG = "有几处要改，还没有保存：请看标红的地方。"
MOVED = "您填的都还在；再点一次“保存”，就以您填的为准。"
ADDED_ONTO = "您填的都还在；看过以后再点一次，就照样增加。"


@console.get("/campaigns/<slug>/prizes")
@needs(Action.SEE_DRAWS)
def campaign_prizes(slug: str) -> str:
    with stores().sql.reading() as session:
        found = keeping.overview(session, slug)
        if found.state == "draft" and may(current_user.account.role, Action.EDIT_CAMPAIGNS):
            return _form_page(session, found, form_of(keeping.plan_of(session, slug), found.version))
        return _stock_page(session, found)


@console.post("/campaigns/<slug>/prizes")
@needs(Action.EDIT_CAMPAIGNS)
def save_campaign_prizes(slug: str) -> str | Response | tuple[str, int]:
    """Of a draft: another shape of the form, or what it says kept."""
    form, do = read_form(request.form), request.form.get("do", "save")
    with stores().sql.reading() as session:
        found, plan = keeping.overview(session, slug), keeping.plan_of(session, slug)
        if do != "save":
            return _form_page(session, found, reshaped(form, do), do=do)
    reading = read_prizes(form, plan)
    if reading.errors:
        return _refused(slug, form, WRONG, dict(reading.errors))
    changed = replace(plan, prize_groups=reading.groups, tickets=reading.tickets, wins=reading.wins)
    try:
        with stores().sql.transaction() as session:
            keeping.edit(session, slug, changed, form.version, now=now(), by=me())
    except Moved as error:
        return _refused(slug, _newer(slug, form), f"{error}{MOVED}", {})
    except PlanRefused as error:
        return _refused(slug, form, str(error), errors_of(error.faults))
    except Refused as error:
        return _refused(slug, form, str(error), {})
    flash("奖品已保存。发布以后只能再增加，不能减少。", "success")
    return redirect(url_for("admin.campaign_prizes", slug=slug))


@console.route("/campaigns/<slug>/prizes/new", methods=["GET", "POST"])
@needs(Action.RUN_CAMPAIGNS)
def add_campaign_prizes(slug: str) -> str | Response | tuple[str, int]:
    """Of a published campaign: groups that come behind those it has."""
    if request.method == "GET":
        with stores().sql.reading() as session:
            found = keeping.overview(session, slug)
            return _form_page(session, found, PrizeForm((NEW_GROUP,), version=found.version), adding=True)
    form, do = read_form(request.form), request.form.get("do", "save")
    with stores().sql.reading() as session:
        plan = keeping.plan_of(session, slug)
        if do != "save":
            return _form_page(session, keeping.overview(session, slug), reshaped(form, do), do=do, adding=True)
    reading = read_prizes(form, plan)
    if reading.errors:
        return _refused(slug, form, WRONG, dict(reading.errors), adding=True)
    note = request.form.get("note", "").strip()
    try:
        with stores().sql.transaction() as session:
            keeping.add_prizes(session, slug, reading.groups, me(), now(), note, form.version)
    except Moved as error:
        return _refused(slug, _newer(slug, form), f"{error}{ADDED_ONTO}", {}, adding=True)
    except PlanRefused as error:
        return _refused(slug, form, WRONG, errors_of(error.faults), adding=True)
    except Refused as error:
        return _refused(slug, form, str(error), {}, adding=True)
    flash("奖项已增加，参与者在规则页能看到。", "success")
    return redirect(url_for("admin.campaign_prizes", slug=slug))


@console.post("/campaigns/<slug>/prizes/stock")
@needs(Action.RUN_CAMPAIGNS)
def raise_campaign_stock(slug: str) -> Response | tuple[str, int]:
    """Of a published campaign: more of a prize."""
    sent, prize_id = request.form, request.form.get("prize", 0, type=int)
    try:
        with stores().sql.transaction() as session:
            groups = offers(session, keeping.find(session, slug).id)
            chosen = [(group, prize) for group in groups for prize in group.prizes if prize.id == prize_id]
            more = whole(sent.get("more", ""))
            if not chosen or not more:
                raise Refused("请选一种奖品，并填写要增加的份数。")
            ((group, prize),) = chosen
            version, note = sent.get("version", 0, type=int), sent.get("note", "").strip()
            keeping.raise_stock(session, slug, group.name, prize.name, more, me(), now(), note, version)
    except (Refused, NotFound, Moved) as error:
        with stores().sql.reading() as session:
            shown = _stock_page(session, keeping.overview(session, slug), refusal=str(error))
        return shown, 409 if isinstance(error, Moved) else 422
    flash(f"“{prize.name}”增加了 {more} 份，参与者在规则页能看到。", "success")
    return redirect(url_for("admin.campaign_prizes", slug=slug))


def _newer(slug: str, form: PrizeForm) -> PrizeForm:
    with stores().sql.reading() as session:
        return replace(form, version=keeping.find(session, slug).version)


def _refused(
    slug: str, form: PrizeForm, sentence: str, errors: dict[str, str], *, adding: bool = False
) -> tuple[str, int]:
    with stores().sql.reading() as session:
        found = keeping.overview(session, slug)
        return _form_page(session, found, form, errors=errors, refusal=sentence, adding=adding), 422


def _form_page(
    session: Session,
    campaign: Overview,
    form: PrizeForm,
    *,
    do: str = "",
    errors: dict[str, str] | None = None,
    refusal: str = "",
    adding: bool = False,
) -> str:
    """The form, or the part of it that is asked for; inside a session."""
    return render_template(
        "admin/prize_groups.html" if part_wanted() == "groups" else "admin/prize_plan.html",
        campaign=campaign,
        form=form,
        errors=errors or {},
        refusal=refusal,
        choices=CHOICES,
        focus=do,
        adding=adding,
        note=request.form.get("note", ""),
        address=url_for(f"admin.{'add' if adding else 'save'}_campaign_prizes", slug=campaign.slug),
        tab="prizes",
    )


def _stock_page(session: Session, campaign: Overview, refusal: str = "") -> str:
    """What there is, what is given and left; the figures alone are renewed while somebody looks at them."""
    groups, at = offers(session, campaign.id), now()
    over = campaign.phase(at) in {"over", "archived"}
    raisable = [
        (group, prize)
        for group in groups
        for prize in group.prizes
        if not group.is_fixed and not (over and group.kind == "instant")
    ]
    return render_template(
        "admin/prize_stock.html",
        campaign=campaign,
        version=keeping.find(session, campaign.slug).version,
        plan=keeping.plan_of(session, campaign.slug),
        groups=groups,
        raisable=raisable if campaign.state not in {"draft", "archived"} else [],
        refusal=refusal,
        sent=request.form,
        choices=CHOICES,
        odds_text=odds_text,
        at=at,
        tab="prizes",
    )
