"""Drafts: laid down and edited by a form, or by a file that holds the whole plan."""

from __future__ import annotations

import secrets
from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.campaigns.campaign_form import (
    CHOICES,
    SECTIONS,
    ZONES,
    CampaignForm,
    elsewhere,
    empty_form,
    errors_of,
    form_of,
    read_form,
    read_plan_of,
    reshaped,
    summaries,
)
from admin.campaigns.recipes import look_up
from admin.console import console
from admin.context import me, now, settings, stores
from admin.parts import part_wanted
from admin.rights import Action, needs
from campaigns import keeping, pictures, tables
from campaigns.errors import Moved, NotFound, PlanRefused, Refused
from campaigns.keeping import Plan
from questions.readers.pictures import Pictures

WRONG = "有几处要改，还没有保存：请看标红的地方。"
MOVED = "再点一次“保存”，就以您填的为准。"


@console.route("/campaigns/new", methods=["GET", "POST"])
@needs(Action.EDIT_CAMPAIGNS)
def new_campaign() -> str | Response | tuple[str, int]:
    if request.method == "GET":
        with stores().sql.reading() as session:
            return form_page(session, first_form(session))
    return _sent("")


@console.route("/campaigns/<slug>/edit", methods=["GET", "POST"])
@needs(Action.EDIT_CAMPAIGNS)
def edit_campaign(slug: str) -> str | Response | tuple[str, int]:
    """Of a draft: what was published never changes."""
    if request.method == "GET":
        with stores().sql.reading() as session:
            version = draft_version(session, slug)
            return form_page(session, form_of(keeping.plan_of(session, slug), version), slug)
    return _sent(slug)


@console.get("/campaigns/pictures/<sha256>")
@needs(Action.SEE_CAMPAIGNS, scoped=True)
def campaign_picture(sha256: str) -> Response:
    """A picture that heads an entry page, or is about to."""
    with stores().sql.reading() as session:
        media_type, data = pictures.picture(session, sha256)
    return Response(data, mimetype=media_type, headers={"X-Content-Type-Options": "nosniff"})


def first_form(session: Session) -> CampaignForm:
    """With the bank and the organiser of the campaign that was made last."""
    campaign, bank = tables.Campaign, tables.Bank
    last = session.execute(
        select(bank.slug, campaign.organiser).join(bank, bank.id == campaign.bank_id).order_by(campaign.id.desc())
    ).first()
    return empty_form(now(), settings().timezone, *(last or ("", "")))


def draft_version(session: Session, slug: str) -> int:
    """Raises NotFound; Refused for a campaign that is no draft any more."""
    found = keeping.find(session, slug)
    if found.state != "draft":
        raise Refused("这个活动已经发布，题目和规则不能再改；延期、暂停、增加单位和公告请到活动页面。")
    return found.version


def _sent(slug: str) -> str | Response | tuple[str, int]:
    """Another shape of the form, or its plan kept; `slug` is empty for a campaign that is new."""
    form, errors = with_picture(read_form(request.form))
    do = request.form.get("do", "save")
    if do != "save":
        with stores().sql.reading() as session:
            return form_page(session, reshaped(form, do), slug, do=do, errors=errors)
    try:
        reading = read_plan_of(form, slug, _draft(slug))
    except Refused as error:
        return _refused(form, slug, str(error), {})
    errors = {**reading.errors, **unknown_units(reading.plan), **errors}
    if reading.plan is None or errors:
        return _refused(form, slug, "\n".join([WRONG, *elsewhere(errors)]), errors)
    try:
        with stores().sql.transaction() as session:
            if slug:
                keeping.edit(session, slug, reading.plan, form.version, now=now(), by=me())
            else:
                keeping.create(session, reading.plan, secrets.token_hex(32), now(), me())
    except Moved as error:
        with stores().sql.reading() as session:
            newer = replace(form, version=keeping.find(session, slug).version)
        return _refused(newer, slug, f"{error}您填的都还在；{MOVED}", {})
    except PlanRefused as error:
        return _refused(form, slug, WRONG, errors_of(error.faults))
    except (Refused, NotFound) as error:
        return _refused(form, slug, str(error), {})
    flash("草稿已保存。下一步：看检查结果，没有问题就发布。", "success")
    return redirect(url_for("admin.campaign", slug=reading.plan.slug))


def _draft(slug: str) -> Plan | None:
    if not slug:
        return None
    with stores().sql.reading() as session:
        return keeping.plan_of(session, slug)


def with_picture(form: CampaignForm) -> tuple[CampaignForm, dict[str, str]]:
    """A picture that was sent is kept at once, so that a form which is refused has it still."""
    file = request.files.get("picture")
    if file is None or not file.filename:
        return form, {}
    found = Pictures()
    picture = found.keep(file.read())
    if picture is None:
        return form, {"picture": "这个文件不是能显示的图片，请换一张 JPG 或 PNG。"}
    with stores().sql.transaction() as session:
        pictures.keep(session, found.kept.items(), now())
    return replace(form, picture=picture.sha256), {}


def _refused(form: CampaignForm, slug: str, sentence: str, errors: dict[str, str]) -> tuple[str, int]:
    with stores().sql.reading() as session:
        return form_page(session, form, slug, errors=errors, refusal=sentence), 422


def form_page(
    session: Session,
    form: CampaignForm,
    slug: str = "",
    *,
    do: str = "",
    errors: dict[str, str] | None = None,
    refusal: str = "",
    told: str = "",
) -> str:
    """The form of a new campaign or of a draft, or the part of it that is asked for; inside a session."""
    recipe = look_up(session, form)
    return render_template(
        "admin/campaign_recipe.html" if part_wanted() == "recipe" else "admin/campaign_form.html",
        form=form,
        slug=slug,
        recipe=recipe,
        errors=errors or {},
        refusal=refusal,
        told=told,
        choices=CHOICES,
        kinds=keeping.MARKED_KINDS,
        zones=[*ZONES, *sorted({form["timezone"]} - {*ZONES, ""})],
        wrong={section for section, names in SECTIONS.items() if set(names) & (errors or {}).keys()},
        summaries=summaries(form),
        unit_names=unit_names(session, form),
        focus=do,
        address=url_for("admin.edit_campaign", slug=slug) if slug else url_for("admin.new_campaign"),
    )


def unknown_units(plan: Plan | None) -> dict[str, str]:
    if plan is None or not plan.units:
        return {}
    with stores().sql.reading() as session:
        known = set(session.scalars(select(tables.Unit.code).where(tables.Unit.code.in_(plan.units))))
    unknown = [code for code in plan.units if code not in known]
    return {"units": f"没有代码为 {'、'.join(unknown[:5])} 的单位，请到“单位”页面核对。"} if unknown else {}


def unit_names(session: Session, form: CampaignForm) -> list[str]:
    """The units that the form names, as people call them."""
    plan = read_plan_of(replace(form, prizes=""), "any").plan
    if plan is None or not plan.units:
        return []
    unit = tables.Unit
    rows = session.execute(select(unit.code, unit.name).where(unit.code.in_(plan.units)).order_by(unit.code))
    return [f"{name}（{code}）" for code, name in rows]
