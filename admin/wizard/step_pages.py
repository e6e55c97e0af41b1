"""The wizard: each step of a draft is kept as soon as it is left, and every step is reached from every one."""

from __future__ import annotations

import secrets
from dataclasses import replace
from itertools import count

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.campaigns.campaign_form import (
    CHOICES,
    ZONES,
    CampaignForm,
    errors_of,
    form_of,
    read_form,
    read_plan_of,
    reshaped,
)
from admin.campaigns.drafts import draft_version, first_form, unit_names, unknown_units, with_picture
from admin.campaigns.recipes import look_up
from admin.console import console
from admin.context import me, now, settings, stores
from admin.parts import part_wanted
from admin.rights import Action, needs
from admin.wizard.checking import check_page, findings_of
from admin.wizard.prize_step import prize_page, prizes_sent
from admin.wizard.steps import CHECK, NAME, PAPER, PRIZES, Step, beside, marked, merged, step_called, step_of
from admin.wizard.ways import MOVED, WRONG, leads_on, onward
from campaigns import banks, keeping, tables
from campaigns.clock import local
from campaigns.errors import Moved, NotFound, PlanRefused, Refused

Page = str | Response | tuple[str, int]


@console.route("/campaigns/begin", methods=["GET", "POST"])
@needs(Action.EDIT_CAMPAIGNS)
def begin_campaign() -> Page:
    """The first step of a campaign that is not there yet; everything else is as is right for most."""
    with stores().sql.reading() as session:
        if not banks.list_banks(session):
            return render_template("admin/wizard_without_bank.html")
        form = _first_form(session)
        if request.method == "GET":
            return _form_page(session, NAME, form)
    form, errors = with_picture(merged(form, read_form(request.form), NAME))
    reading = read_plan_of(form)
    errors = {**reading.errors, **errors}
    if reading.plan is None or errors:
        return _refused(NAME, form, errors, WRONG)
    plan = reading.plan
    try:
        with stores().sql.transaction() as session:
            keeping.create(session, plan, secrets.token_hex(32), now(), me())
    except PlanRefused as error:
        return _refused(NAME, form, errors_of(error.faults), WRONG)
    except (Refused, NotFound) as error:
        return _refused(NAME, form, {}, str(error))
    flash("草稿已保存，随时可以离开，以后再接着填。", "success")
    return redirect(onward(plan.slug, NAME, request.form.get("do", "")))


@console.route("/campaigns/<slug>/steps/<step>", methods=["GET", "POST"])
@needs(Action.EDIT_CAMPAIGNS)
def campaign_step(slug: str, step: str) -> Page:
    """One step of a draft: shown, or kept and left."""
    here = step_called(step)
    if here is None:
        abort(404)
    with stores().sql.reading() as session:
        version = draft_version(session, slug)
    if here is CHECK:
        return check_page(slug)
    if here is PRIZES:
        return prize_page(slug) if request.method == "GET" else prizes_sent(slug)
    if request.method == "GET":
        with stores().sql.reading() as session:
            return _form_page(session, here, form_of(keeping.plan_of(session, slug), version), slug)
    return _sent(here, slug)


def _first_form(session: Session) -> CampaignForm:
    """As the form of all settings opens, with a bank in any case, and with a name for addresses that is free."""
    form = first_form(session)
    bank = form["bank"] or max(banks.list_banks(session), key=lambda one: one.playable).slug
    campaign = tables.Campaign
    year = local(now(), settings().timezone).year
    taken = set(session.scalars(select(campaign.slug).where(campaign.slug.startswith("week-"))))
    names = (f"week-{year}" if number == 1 else f"week-{year}-{number}" for number in count(1))
    slug = next(name for name in names if name not in taken)
    return replace(form, texts={**form.texts, "bank": bank, "slug": slug})


def _sent(step: Step, slug: str) -> Page:
    """Another shape of the form, or its plan kept; what the draft says already is not written again."""
    do = request.form.get("do", "")
    with stores().sql.reading() as session:
        draft = keeping.plan_of(session, slug)
    form = merged(form_of(draft, 0), read_form(request.form), step)
    form, errors = with_picture(form) if step is NAME else (form, {})
    if not leads_on(do):
        with stores().sql.reading() as session:
            return _form_page(session, step, reshaped(form, do), slug, errors=errors, focus=do)
    reading = read_plan_of(form, slug, draft)
    errors = {**reading.errors, **unknown_units(reading.plan), **errors}
    if reading.plan is None or errors:
        return _refused(step, form, errors, WRONG, slug)
    try:
        if reading.plan != draft:
            with stores().sql.transaction() as session:
                keeping.edit(session, slug, reading.plan, form.version, now=now(), by=me())
    except Moved as error:
        with stores().sql.reading() as session:
            newer = replace(form, version=keeping.find(session, slug).version)
        return _refused(step, newer, {}, f"{error}{MOVED}", slug)
    except PlanRefused as error:
        return _refused(step, form, errors_of(error.faults), WRONG, slug)
    except (Refused, NotFound) as error:
        return _refused(step, form, {}, str(error), slug)
    return redirect(onward(slug, step, do))


def _refused(step: Step, form: CampaignForm, errors: dict[str, str], sentence: str, slug: str = "") -> tuple[str, int]:
    """The form again, with everything typed; what is wrong in another step is said with its name."""
    for name, wrong in errors.items():
        other = step_of(name)
        if other is not None and other is not step:
            sentence += f"\n“{other.label}”：{wrong}"
    with stores().sql.reading() as session:
        return _form_page(session, step, form, slug, errors=errors, refusal=sentence), 422


def _form_page(
    session: Session,
    step: Step,
    form: CampaignForm,
    slug: str = "",
    *,
    errors: dict[str, str] | None = None,
    refusal: str = "",
    focus: str = "",
) -> str:
    """A step's fields, or the recipe alone where that is asked for; inside a session."""
    is_part = part_wanted() == "recipe"
    steps = marked(findings_of(session, slug) if slug and not is_part else ())
    return render_template(
        "admin/campaign_recipe.html" if is_part else "admin/wizard_step.html",
        step=step,
        steps=steps,
        before=beside(step, -1),
        findings=next(one.findings for one in steps if one.step is step),
        form=form,
        slug=slug,
        recipe=look_up(session, form) if step is PAPER else None,
        errors=errors or {},
        refusal=refusal,
        choices=CHOICES,
        kinds=keeping.MARKED_KINDS,
        zones=[*ZONES, *sorted({form["timezone"]} - {*ZONES, ""})],
        unit_names=unit_names(session, form),
        focus=focus,
        address=url_for("admin.campaign_step", slug=slug, step=step.code) if slug else url_for("admin.begin_campaign"),
    )
