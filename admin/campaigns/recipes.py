"""What the lines of a recipe could draw just now, and what they can choose from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from admin.campaigns.campaign_form import CampaignForm, PartRow, whole
from campaigns import banks
from campaigns.banks import BankSummary, Facets
from campaigns.keeping import MARKED_KINDS
from campaigns.keeping.recipes import share_out
from questions.model import Question
from questions.papers import drawable


@dataclass(frozen=True, slots=True)
class Available:
    """What one line could draw from."""

    candidates: int | None
    """Questions, those left out that another line takes; None: no bank is chosen."""
    count: int
    """How many it wants; 0 where that cannot be read."""

    @property
    def is_short(self) -> bool:
        return self.candidates is not None and self.candidates < self.count


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the form shows beside its lines."""

    available: Sequence[Available]
    facets: Sequence[Facets | None]
    banks: Sequence[BankSummary]

    @property
    def total(self) -> int:
        return sum(one.count for one in self.available)


def look_up(session: Session, form: CampaignForm) -> Recipe:
    """As `campaigns.keeping.recipes` would share the questions out, were the form kept and published now."""
    found = banks.list_banks(session)
    known = {bank.slug for bank in found}
    chosen = [bank if bank in known else "" for bank in (row.bank or form["bank"] for row in form.parts)]
    used = [bank for bank in dict.fromkeys(chosen) if bank]
    current = {bank: _asked(session, form, bank) for bank in used}
    fitting = [
        {revision: one for revision, one in current.get(bank, {}).items() if _fits(one, row)}
        for bank, row in zip(chosen, form.parts, strict=True)
    ]
    wanted = {revision: one for questions in fitting for revision, one in questions.items()}
    among = set(drawable(wanted))
    own = share_out([tuple(revision for revision in questions if revision in among) for questions in fitting])
    facets = {bank: banks.facets(session, bank) for bank in used}
    return Recipe(
        available=[
            Available(len(mine) if bank else None, whole(row.count) or 0)
            for bank, row, mine in zip(chosen, form.parts, own, strict=True)
        ],
        facets=[facets.get(bank) for bank in chosen],
        banks=found,
    )


def _asked(session: Session, form: CampaignForm, bank: str) -> dict[int, Question]:
    """The questions of a bank whose kinds have points."""
    asked = {kind for kind in MARKED_KINDS if (whole(form[f"points_{kind.value}"]) or 0) > 0}
    bank_id = banks.find_bank(session, bank).id
    current = banks.current_questions(session, bank_id, reviewed_only="reviewed_only" in form.ticks)
    return {revision: one for revision, one in current if one.kind in asked}


def _fits(question: Question, row: PartRow) -> bool:
    return (
        row.kind in {"", question.kind.value}
        and row.category in {"", question.category}
        and row.difficulty in {"", question.difficulty}
    )
