"""The wizard's step of prizes: the same fields as on the page 奖品 of a draft."""

from __future__ import annotations

from dataclasses import replace

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.context import me, now, stores
from admin.parts import part_wanted
from admin.prizes.plan_form import CHOICES, PrizeForm, errors_of, form_of, read_form, read_prizes, reshaped
from admin.wizard.checking import findings_of
from admin.wizard.steps import PRIZES, beside, marked
from admin.wizard.ways import MOVED, WRONG, leads_on, onward
from campaigns import keeping
from campaigns.errors import Moved, PlanRefused, Refused


def prize_page(slug: str) -> str:
    with stores().sql.reading() as session:
        form = form_of(keeping.plan_of(session, slug), keeping.find(session, slug).version)
        return _page(session, slug, form)


def prizes_sent(slug: str) -> str | Response | tuple[str, int]:
    """Another shape of the form, or what it says kept; what the draft says already is not written again."""
    form, do = read_form(request.form), request.form.get("do", "")
    with stores().sql.reading() as session:
        draft = keeping.plan_of(session, slug)
        if not leads_on(do):
            return _page(session, slug, reshaped(form, do), focus=do)
    reading = read_prizes(form, draft)
    if reading.errors:
        return _refused(slug, form, WRONG, dict(reading.errors))
    plan = replace(draft, prize_groups=reading.groups, tickets=reading.tickets, wins=reading.wins)
    try:
        if keeping.settled(plan) != draft:
            with stores().sql.transaction() as session:
                keeping.edit(session, slug, plan, form.version, now=now(), by=me())
    except Moved as error:
        with stores().sql.reading() as session:
            newer = replace(form, version=keeping.find(session, slug).version)
        return _refused(slug, newer, f"{error}{MOVED}", {})
    except PlanRefused as error:
        return _refused(slug, form, str(error), errors_of(error.faults))
    except Refused as error:
        return _refused(slug, form, str(error), {})
    return redirect(onward(slug, PRIZES, do))


def _refused(slug: str, form: PrizeForm, sentence: str, errors: dict[str, str]) -> tuple[str, int]:
    with stores().sql.reading() as session:
        return _page(session, slug, form, errors=errors, refusal=sentence), 422


def _page(
    session: Session,
    slug: str,
    form: PrizeForm,
    *,
    errors: dict[str, str] | None = None,
    refusal: str = "",
    focus: str = "",
) -> str:
    """The step, or its groups alone where those are asked for; inside a session."""
    is_part = part_wanted() == "groups"
    steps = marked(() if is_part else findings_of(session, slug))
    return render_template(
        "admin/prize_groups.html" if is_part else "admin/wizard_prizes.html",
        campaign=keeping.overview(session, slug),
        slug=slug,
        step=PRIZES,
        steps=steps,
        before=beside(PRIZES, -1),
        findings=next(one.findings for one in steps if one.step is PRIZES),
        form=form,
        errors=errors or {},
        refusal=refusal,
        choices=CHOICES,
        focus=focus,
        address=url_for("admin.campaign_step", slug=slug, step=PRIZES.code),
    )
