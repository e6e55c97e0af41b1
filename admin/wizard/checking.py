"""The wizard's last step: the plan in a line a step, what a check finds in each, and the button that publishes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import current_app, render_template
from sqlalchemy.orm import Session

from admin.campaigns.campaign_form import form_of, summaries
from admin.campaigns.campaign_pages import check_of, digest
from admin.context import now, stores
from admin.wizard.steps import CHECK, NAME, NOTICES, PAPER, PEOPLE, PRIZES, RULES, beside, marked
from campaigns import banks, keeping
from campaigns.clock import in_words
from campaigns.keeping import Finding, Plan


def findings_of(session: Session, slug: str) -> Sequence[Finding]:
    """What a check of a draft finds, but for the public address, which takes a request."""
    return keeping.check(session, slug, now(), "", current_app.extensions.get("lvda.is_command"))


def check_page(slug: str) -> str:
    with stores().sql.reading() as session:
        found = keeping.overview(session, slug)
        plan = keeping.plan_of(session, slug)
        findings = check_of(session, found, now())
        bank = banks.find_bank(session, plan.bank)
        version = keeping.find(session, slug).version
    return render_template(
        "admin/wizard_check.html",
        campaign=found,
        slug=slug,
        step=CHECK,
        before=beside(CHECK, -1),
        steps=marked(findings),
        said=_said(plan, bank.name),
        wrong=[one for one in findings if one.severity == "error"],
        doubtful=[one for one in findings if one.severity == "warning"],
        read=digest(findings),
        version=version,
    )


def _said(plan: Plan, bank: str) -> Mapping[str, str]:
    """What every step has decided, in a line."""
    chosen = summaries(form_of(plan, 0))
    closes = "长期开放" if plan.closes_ms is None else f"至 {in_words(plan.closes_ms, plan.timezone)}"
    points = "，".join(f"{kind.label} {worth} 分" for kind, worth in plan.points.items() if worth)
    prizes = "，".join(
        f"{group.name} {sum(prize.stock for prize in group.prizes)} 份" if group.prizes else group.name
        for group in plan.prize_groups
    )
    return {
        NAME.code: f"{plan.name} · {in_words(plan.opens_ms, plan.timezone)} 起，{closes}",
        PAPER.code: f"{bank} · 每份 {plan.questions_per_paper} 题 · {points}",
        RULES.code: chosen["rules"],
        PEOPLE.code: f"{chosen['people']} · {chosen['ranking']}",
        PRIZES.code: prizes or "没有奖品",
        NOTICES.code: chosen["notices"],
    }
