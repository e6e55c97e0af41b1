"""The bank that comes with the program: brought once, and brought up to date by a newer version of the program.

What people have done with it is theirs: a question that somebody has edited is not changed back, one that they have
reworded or moved away does not come again, one that they have retired stays so, and a bank of theirs that happens to
have the same slug is left alone.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.banks.changes import Change, What, note
from campaigns.banks.importing import ImportPlan, carry_out, plan_import
from campaigns.banks.storable import Status
from campaigns.matching import folded
from questions.shipped import SHIPPED_NAME, SHIPPED_SLUG, energy_bank, shipped_file


def ensure_shipped_bank(session: Session, now: int, by: str = "") -> None:
    """Make the shipped bank, or add to it what is new in this version of the program, as reviewed questions.

    `by` is the account's name; empty: the program itself.
    Raises Moved when another process is just doing the same.
    """
    bank, change = tables.Bank, tables.BankChange
    file = shipped_file()
    bank_id = session.scalar(select(bank.id).where(bank.slug == SHIPPED_SLUG))
    brought = session.scalars(
        select(change.file).where(change.bank_id == bank_id, change.what == What.SHIPPED.value)
    ).all()
    if file in brought or (bank_id is not None and not brought):
        return
    plan = plan_import(session, SHIPPED_SLUG, SHIPPED_NAME if bank_id is None else "", energy_bank())
    if bank_id is not None:
        plan = _without_what_is_theirs(session, bank_id, plan)
    if bank_id is not None and plan.changes_nothing:
        note(session, bank_id, Change(What.SHIPPED, by, now, file))
    carry_out(session, plan, now, by=by, file=file, status=Status.REVIEWED, what=What.SHIPPED)


def _without_what_is_theirs(session: Session, bank_id: int, plan: ImportPlan) -> ImportPlan:
    revision, change = tables.QuestionRevision, tables.BankChange
    ever = session.execute(
        select(revision.id, revision.stem, change.what)
        .join(change, change.id == revision.change_id)
        .where(change.bank_id == bank_id)
    ).all()
    ours = {row.id for row in ever if row.what == What.SHIPPED.value}
    stems = {folded(row.stem) for row in ever}
    added = [question for question in plan.added if folded(question.stem) not in stems]
    changed = [pair for pair in plan.changed if pair[0].revision_id in ours]
    return replace(plan, added=added, changed=changed)
