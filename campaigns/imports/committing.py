"""From the preview into the bank: everything that goes in, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import banks
from campaigns.banks import Imported, ImportPlan
from campaigns.errors import Moved, Refused, StoreUnavailable
from campaigns.imports.deciding import aim, bank_of, rework
from campaigns.imports.records import Uploaded, UploadedQuestion, all_rows, find
from campaigns.imports.uploading import drop
from campaigns.store import Store
from campaigns.tables.imports import BankImportPicture

_CHANGED = "题目刚刚有改动，还没有导入。请看现在的数字，再导入一次。"


def plan(session: Session, uploaded: Uploaded) -> ImportPlan:
    """What an import of the file, as it has been decided about until now, would do. Raises Refused where nothing
    would go in.
    """
    rows = all_rows(session, uploaded).values()
    bank = bank_of(uploaded, [row.question for row in rows])
    return banks.plan_import(session, uploaded.slug, "", bank, leave_out=_left_out(rows))


def _left_out(rows: Iterable[UploadedQuestion]) -> set[str]:
    """Their places. They stay in the bank that is imported, to tell the others which of the old ones are not theirs."""
    return {row.question.where for row in rows if not row.goes_in}


def _check_decided(rows: Iterable[UploadedQuestion]) -> None:
    """Raises Refused while a doubtful question is undecided."""
    if undecided := sum(row.undecided for row in rows):
        raise Refused(f"还有 {undecided} 题“请看”没有决定，所以没有导入。请逐题接受或不导入，或者一次接受其余的题。")


def state_of(plan: ImportPlan) -> str:
    """Which bank in which state a plan is for; empty for a bank that is still to be made."""
    return "" if plan.called is None else ":".join((plan.slug, *map(str, plan.basis)))


def permission(confirmed: str) -> Callable[[ImportPlan], None]:
    """For `commit`: nothing is done to a bank that exists unless somebody said yes to it, in this state of it."""

    def permit(plan: ImportPlan) -> None:
        if confirmed == state_of(plan):
            return
        if confirmed:
            raise Refused("题库刚刚有改动，还没有导入。请看新的对比，再确认一次。")
        raise Refused(f"代号 {plan.slug} 已有题库“{plan.called}”，还没有导入。请看对比后确认更新，或者换一个代号。")

    return permit


def commit(
    store: Store,
    token: str,
    version: int,
    slug: str,
    name: str,
    now: int,
    *,
    permit: Callable[[ImportPlan], None] | None = None,
    by: str = "",
) -> Imported:
    """Import what goes in, all of it or nothing, and forget the file. An empty name leaves the bank's as it is.

    Raises Moved when the file is no longer the `version` that the person saw; Refused while a doubtful question is
    undecided, or something else would go in than the person saw, or nothing; and what `banks.import_bank` and
    `permit` raise. The file then waits on.
    """
    with store.reading() as session:
        seen = find(session, token)
        shown = all_rows(session, seen).values()
    if seen.version != version:
        raise Moved(_CHANGED)
    _check_decided(shown)  # before the file is meant for another bank: one thing at a time
    if banks.SLUG.fullmatch(slug) and (seen.slug != slug or name not in {"", seen.name}):
        aim(store, token, slug, name)
    else:
        rework(store, token, lambda rows: None)
    with store.reading() as session:
        uploaded = find(session, token)
        rows = all_rows(session, uploaded).values()
        bank = replace(bank_of(uploaded, [row.question for row in rows]), pictures=_pictures(session, uploaded))
    _check_decided(rows)
    if [row.version for row in rows] != [row.version for row in shown]:
        raise Moved(_CHANGED)
    if _left_out(rows) != _left_out(shown):
        raise Refused("与题库里的题比较以后，能导入的题变了，所以没有导入。请看过“不能用”的题，再导入一次。")
    if not any(row.goes_in for row in rows):
        raise Refused("没有可以导入的题：都不能用，或者都选了不导入。请先改好或者恢复几题。")
    done = banks.import_bank(
        store, slug, name, bank, now, permit=permit, by=by, file=uploaded.title, leave_out=_left_out(rows)
    )
    with suppress(StoreUnavailable):  # it is done all the same; what stays goes in a day
        drop(store, token)
    return done


def _pictures(session: Session, uploaded: Uploaded) -> dict[str, bytes]:
    kept = BankImportPicture
    rows = session.execute(select(kept.sha256, kept.data).where(kept.import_id == uploaded.id))
    return {row.sha256: row.data for row in rows}
