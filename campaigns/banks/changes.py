"""Who changed what in a bank, and when: one row a change, written with what it changed.

Its `detail` says what revisions do not:

============ ==========================================================================
what         detail
============ ==========================================================================
import       ``before`` and ``name``, where the bank got another name by it
rename       ``before`` and ``name``
status       ``status``, and ``was``: {the status before: [question ids]}
split, merge in the bank that got questions ``from``: the other's name, and ``questions``:
             [ids] where they moved; in the bank that they left ``to``: the other's name,
             and as for status, where some were retired
============ ==========================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from campaigns import audit, tables
from campaigns.banks.storable import line
from campaigns.errors import Moved
from questions.model import Question

OTHERWISE_BY_NOW = "这个题库刚刚被别人改过，请看一下现在的样子再决定。"


class What(StrEnum):
    IMPORT = "import"
    SHIPPED = "shipped"
    """The bank that comes with the program, brought by the program itself."""
    ADD = "add"
    EDIT = "edit"
    RESTORE = "restore"
    STATUS = "status"
    RENAME = "rename"
    SPLIT = "split"
    MERGE = "merge"

    @property
    def label(self) -> str:
        """The Chinese name that people read."""
        return WHAT_LABELS[self]


WHAT_LABELS = {
    What.IMPORT: "导入",
    What.SHIPPED: "随程序提供",
    What.ADD: "新增",
    What.EDIT: "修改",
    What.RESTORE: "恢复旧版",
    What.STATUS: "改状态",
    What.RENAME: "题库改名",
    What.SPLIT: "拆分题库",
    What.MERGE: "合并题库",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One change, as it is to be noted."""

    what: What
    by: str
    """A person's name; empty: the program."""
    now: int
    file: str = ""
    added: int = 0
    changed: int = 0
    detail: Mapping[str, Any] = field(default_factory=dict)
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    """What of one question is other, for the audit log."""


_DEEDS = {
    What.IMPORT: "imported",
    What.SHIPPED: "shipped",
    What.ADD: "question_added",
    What.EDIT: "question_edited",
    What.RESTORE: "question_restored",
    What.STATUS: "status_set",
    What.RENAME: "renamed",
    What.SPLIT: "split",
    What.MERGE: "merged",
}
"""As the audit log calls them."""


def note(session: Session, bank_id: int, change: Change) -> int:
    """Write down a change, and let the bank be of a newer version; gives the change's id.

    For changes that hold whatever else has changed since; `claim` is for those that do not.
    """
    bank = tables.Bank
    session.execute(update(bank).where(bank.id == bank_id).values(version=bank.version + 1, changed_ms=change.now))
    return _noted(session, bank_id, change)


def claim(session: Session, bank_id: int, version: int, change: Change) -> int:
    """The same for what was decided on a version of the bank. Raises Moved when it is of another by now."""
    bank = tables.Bank
    claimed = session.execute(
        update(bank)
        .where(bank.id == bank_id, bank.version == version)
        .values(version=version + 1, changed_ms=change.now)
        .returning(bank.id)
    ).one_or_none()
    if claimed is None:
        raise Moved(OTHERWISE_BY_NOW)
    return _noted(session, bank_id, change)


def _noted(session: Session, bank_id: int, change: Change) -> int:
    _audit(session, bank_id, change)
    return session.execute(
        insert(tables.BankChange)
        .values(
            bank_id=bank_id,
            what=change.what.value,
            by=line(change.by),
            file=line(change.file),
            at_ms=change.now,
            added=change.added,
            changed=change.changed,
            detail=dict(change.detail),
        )
        .returning(tables.BankChange.id)
    ).scalar_one()


def _audit(session: Session, bank_id: int, change: Change) -> None:
    slug = session.scalars(select(tables.Bank.slug).where(tables.Bank.id == bank_id)).one()
    told = {
        "file": change.file,
        "added": change.added,
        "changed": change.changed,
        "name": change.detail.get("name"),
        "status": change.detail.get("status"),
        "from": change.detail.get("from"),
        "to": change.detail.get("to"),
    }
    was = {"name": change.detail["before"]} if "before" in change.detail else None
    audit.record(
        session,
        change.by,
        f"bank.{_DEEDS[change.what]}",
        f"bank:{slug}",
        change.now,
        before=was if change.before is None else change.before,
        after={key: value for key, value in told.items() if value} if change.after is None else change.after,
    )


def said(question: Question) -> dict[str, object]:
    """The columns of what a question says."""
    return {
        "kind": question.kind.value,
        "stem": question.stem,
        "options": [option.text for option in question.options],
        "answer": list(question.answer),
        "explanation": question.explanation,
        "category": question.category,
        "difficulty": question.difficulty,
        "source": question.source,
        "tags": list(question.tags),
        "pictures": [{"sha256": one.sha256, "place": one.place, "alt": one.alt} for one in question.pictures],
    }
