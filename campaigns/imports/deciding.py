"""Mend a question, accept or leave out, say which bank the file is meant for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, and_, bindparam, func, select, update
from sqlalchemy.orm import Session

from campaigns import banks
from campaigns.banks.storable import line
from campaigns.errors import Moved, NotFound, Refused
from campaigns.imports.records import (
    BATCH,
    GONE,
    QUESTIONS,
    Decision,
    Uploaded,
    UploadedQuestion,
    all_rows,
    as_uploaded,
    batches,
    columns_of,
    find,
    told,
)
from campaigns.store import Store
from campaigns.tables.banks import Bank as BankRow
from campaigns.tables.imports import BankImport
from questions.model import Bank, Problem, Question, Severity
from questions.review import duplicates, review

_TRIES = 5
_MOST_DECIDED = 2_500
"""Rows that one transaction decides about."""


def edit(store: Store, token: str, ordinal: int, version: int, question: Question) -> UploadedQuestion:
    """Let a question say what a person has written. What its reading had to guess is thereby decided.

    Its number and place stay. Raises Moved when the question is no longer the `version` that the person saw.
    """

    def mend(rows: dict[int, UploadedQuestion]) -> None:
        row = _the(rows, ordinal)
        if row.version != version:
            raise Moved("这道题刚刚在别处改过，您的改动没有保存。请看现在的内容，再改一次。")
        said = replace(question, number=row.question.number, where=row.question.where)
        rows[ordinal] = replace(
            row,
            version=version + 1,
            question=said,
            problems=tuple(review(said)),
            decision=Decision.OPEN,
            edited=True,
        )

    return rework(store, token, mend)[ordinal]


def decide(store: Store, token: str, ordinal: int, decision: Decision) -> UploadedQuestion:
    """Accept what is doubtful about a question, leave the question out, or take either back."""

    def apply(rows: dict[int, UploadedQuestion]) -> None:
        rows[ordinal] = replace(_the(rows, ordinal), decision=decision)

    if decision is Decision.ACCEPTED and (accepted := _accept(store, token, ordinal)):
        return accepted
    return rework(store, token, apply)[ordinal]


def _accept(store: Store, token: str, ordinal: int) -> UploadedQuestion | None:
    """What concerns no other question needs no look at all of them; None where it was left out until now."""
    open_ = and_(QUESTIONS.c.ordinal == ordinal, QUESTIONS.c.decision != Decision.LEFT_OUT.value)
    with store.transaction() as session:
        uploaded = find(session, token)
        _raise_version(session, uploaded)
        if not _set_decision(session, uploaded, open_, Decision.ACCEPTED):
            return None
        return as_uploaded(session.execute(select(*QUESTIONS.c).where(_at(uploaded, ordinal))).one())


def decide_rest(store: Store, token: str, decision: Decision) -> int:
    """Decide alike about all doubtful questions that nobody has decided about; gives how many there were."""
    with store.reading() as session:
        uploaded = find(session, token)
        last = session.scalar(select(func.max(QUESTIONS.c.ordinal)).where(QUESTIONS.c.import_id == uploaded.id)) or 0
    decided = 0
    for start in range(0, last, _MOST_DECIDED):
        undecided = and_(
            QUESTIONS.c.severity == Severity.WARNING.value,
            QUESTIONS.c.decision == Decision.OPEN.value,
            QUESTIONS.c.ordinal.between(start + 1, start + _MOST_DECIDED),
        )
        with store.transaction() as session:
            _raise_version(session, uploaded)
            decided += _set_decision(session, uploaded, undecided, decision)
    if decision is Decision.LEFT_OUT:
        rework(store, token, lambda rows: None)
    return decided


def _set_decision(session: Session, uploaded: Uploaded, these: ColumnElement[bool], decision: Decision) -> int:
    changed = session.execute(
        update(QUESTIONS).where(QUESTIONS.c.import_id == uploaded.id, these).values(decision=decision.value)
    )
    return int(changed.rowcount)  # type: ignore[attr-defined]


def _raise_version(session: Session, uploaded: Uploaded) -> None:
    """Also holds up whoever passes the gate, until the end of the transaction."""
    session.execute(update(BankImport).where(BankImport.id == uploaded.id).values(version=BankImport.version + 1))


def _at(uploaded: Uploaded, ordinal: object) -> ColumnElement[bool]:
    return and_(QUESTIONS.c.import_id == uploaded.id, QUESTIONS.c.ordinal == ordinal)


def _the(rows: Mapping[int, UploadedQuestion], ordinal: int) -> UploadedQuestion:
    if ordinal not in rows:
        raise NotFound("这份文件里没有这道题，请回到检查页面。")
    return rows[ordinal]


def aim(store: Store, token: str, slug: str, name: str) -> None:
    """Say which bank a file is meant for; its questions are compared with that bank's. Raises Refused for no slug."""
    if not banks.SLUG.fullmatch(slug):
        raise Refused("题库代号只能用小写字母、数字和连字符（最多 64 个），例如 energy-2026。")
    with store.transaction() as session:
        changed = session.execute(
            update(BankImport)
            .where(BankImport.token == token, BankImport.ready)
            .values(slug=slug, name=line(name), version=BankImport.version + 1)
        )
    if not changed.rowcount:  # type: ignore[attr-defined]
        raise NotFound(GONE)
    rework(store, token, lambda rows: None)


def rework(
    store: Store, token: str, change: Callable[[dict[int, UploadedQuestion]], None]
) -> dict[int, UploadedQuestion]:
    """Change questions or decisions, and what follows from that for all; gives the questions as they are then."""
    said = False  # what the person wants is written; the rest may take another try
    for _ in range(_TRIES):
        with store.reading() as session:
            uploaded = find(session, token)
            before = all_rows(session, uploaded)
            after = dict(before)
            if not said:
                change(after)
            touched = [ordinal for ordinal, row in after.items() if row != before[ordinal]]
            _liken(session, uploaded, after)
        if after == before:
            return after
        if written := _write_what_was_said(store, uploaded, [after[ordinal] for ordinal in touched]):
            said = True
            if _write_likenesses(store, written, before, after):
                return after
    if said:
        return after  # what others are changing has its likenesses from them
    raise Moved("这份文件正有别人在改，这次没有保存。请再试一次。")


def _write_what_was_said(store: Store, uploaded: Uploaded, rows: Sequence[UploadedQuestion]) -> Uploaded | None:
    """Write what a person has changed, in one transaction; gives the file as it is then.

    None, with nothing written, if somebody was quicker.
    """
    with store.transaction() as session:
        if not _pass_gate(session, uploaded, uploaded.version + 1):
            return None
        if rows:
            values = [columns_of(row) | {"at": row.ordinal} for row in rows]
            session.connection().execute(update(QUESTIONS).where(_at(uploaded, bindparam("at"))), values)
    return replace(uploaded, version=uploaded.version + 1)


def _write_likenesses(
    store: Store, uploaded: Uploaded, before: Mapping[int, UploadedQuestion], after: Mapping[int, UploadedQuestion]
) -> bool:
    """Write what every change computes anew, in as many transactions as it takes; False when somebody comes between,
    whose decisions must not be undone.
    """
    alike = [row for ordinal, row in after.items() if row.likenesses != before[ordinal].likenesses]
    for batch in batches(alike, BATCH):
        values = [told(row) | {"at": row.ordinal} for row in batch]
        with store.transaction() as session:
            if not _pass_gate(session, uploaded, uploaded.version):
                return False
            session.connection().execute(update(QUESTIONS).where(_at(uploaded, bindparam("at"))), values)
    return True


def _pass_gate(session: Session, uploaded: Uploaded, version: int) -> bool:
    """Whether the file is still as it was read; it is of `version` from now on, and until the end of the transaction
    nobody else passes. All go through here before they touch a question, lest two wait for each other.
    """
    passed = session.execute(
        update(BankImport)
        .where(BankImport.id == uploaded.id, BankImport.version == uploaded.version, BankImport.ready)
        .values(version=version)
    )
    return bool(passed.rowcount)  # type: ignore[attr-defined]


def _liken(session: Session, uploaded: Uploaded, rows: dict[int, UploadedQuestion]) -> None:
    """Say anew which questions are too like each other, or too like the bank's; those left out are like nobody, and
    keep what was said about them.

    A doubt that nobody has seen yet is not accepted.
    """
    questions = [row.question for row in rows.values() if row.decision is not Decision.LEFT_OUT]
    found = by_place([*duplicates(questions), *_against_bank(session, uploaded, questions)])
    for ordinal, row in rows.items():
        alike = tuple(found.get(row.question.where, ()))
        if row.decision is Decision.LEFT_OUT or alike == row.likenesses:
            continue
        unseen = set(alike) - set(row.likenesses)
        decision = Decision.OPEN if unseen and row.decision is Decision.ACCEPTED else row.decision
        rows[ordinal] = replace(row, likenesses=alike, decision=decision)


def _against_bank(session: Session, uploaded: Uploaded, questions: Sequence[Question]) -> Sequence[Problem]:
    if not questions or not has_bank(session, uploaded.slug):
        return ()
    return banks.compare(session, uploaded.slug, bank_of(uploaded, questions))


def bank_of(uploaded: Uploaded, questions: Sequence[Question]) -> Bank:
    """The questions as a bank that names its pictures, whose bytes nobody needs who only compares."""
    names = {picture.sha256: b"" for question in questions for picture in question.pictures}
    return Bank(uploaded.format, uploaded.encoding, tuple(questions), (), names)


def has_bank(session: Session, slug: str) -> bool:
    return session.scalar(select(BankRow.id).where(BankRow.slug == slug)) is not None


def by_place(problems: Iterable[Problem]) -> dict[str, list[Problem]]:
    found: dict[str, list[Problem]] = defaultdict(list)
    for problem in problems:
        found[problem.where].append(problem)
    return found
