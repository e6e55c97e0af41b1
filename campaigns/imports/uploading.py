"""From the upload to the preview: a file and what was read from it, kept piece by piece; and forgotten again."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, replace

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from campaigns import banks, pictures
from campaigns.banks.storable import line
from campaigns.clock import DAY
from campaigns.imports.deciding import by_place, has_bank, rework
from campaigns.imports.records import (
    BATCH,
    MOST_NOTES,
    QUESTIONS,
    Decision,
    UploadedQuestion,
    batches,
    columns_of,
)
from campaigns.store import Store
from campaigns.tables.imports import BankImport, BankImportPart, BankImportPicture, BankImportQuestion
from questions.model import Bank, Problem, Question
from questions.review import duplicates

KEPT_MS = DAY
_PIECE = 1024 * 1024
"""Bytes of a file that are written in one transaction."""


@dataclass(frozen=True, slots=True)
class Upload:
    data: bytes
    title: str
    """What the person calls the file."""
    slug: str = ""
    """The bank it is meant for."""
    name: str = ""
    columns: Mapping[str, str] | None = None
    by: str = ""


def keep(store: Store, upload: Upload, bank: Bank, token: str, now: int) -> None:
    """Keep a file and what was read from it, to be found by `token` (which nobody can guess) for a day.

    Written piece by piece, so that no writer waits long; nobody sees it before all is there. Also removes what
    nobody came back to.
    """
    _sweep(store, now)
    rows, notes = _taken_apart(bank)
    with store.transaction() as session:
        import_id = _insert_import(session, upload, bank, notes, token, now)
    for part, data in enumerate(_pieces(upload.data)):
        with store.transaction() as session:
            session.execute(insert(BankImportPart).values(import_id=import_id, ordinal=part, data=data))
    for portion in pictures.portions(bank.pictures):
        values = [{"import_id": import_id, "sha256": sha256, "data": data} for sha256, data in portion]
        with store.transaction() as session:
            session.execute(insert(BankImportPicture), values)
    for batch in batches(rows, BATCH):
        values = [columns_of(row) | {"import_id": import_id, "ordinal": row.ordinal} for row in batch]
        with store.transaction() as session:
            session.connection().execute(insert(QUESTIONS), values)
    with store.transaction() as session:
        session.execute(update(BankImport).where(BankImport.id == import_id).values(ready=True))
    with store.reading() as session:
        compare = has_bank(session, upload.slug)
    if compare:
        rework(store, token, lambda rows: None)


def _insert_import(session: Session, upload: Upload, bank: Bank, notes: Sequence[Problem], token: str, now: int) -> int:
    made = BankImport(
        token=token,
        title=line(upload.title),
        slug=upload.slug,
        name=line(upload.name),
        format=bank.format,
        encoding=bank.encoding,
        columns=dict(upload.columns or {}),
        sheets=[[sheet.name, [astuple(column) for column in sheet.columns]] for sheet in bank.sheets],
        notes=[[note.where, note.severity.value, note.message] for note in notes[:MOST_NOTES]],
        more_notes=max(0, len(notes) - MOST_NOTES),
        by=upload.by,
        created_ms=now,
    )
    session.add(made)
    session.flush()
    return made.id


def _taken_apart(bank: Bank) -> tuple[list[UploadedQuestion], list[Problem]]:
    """The questions, each with what is said about it, and what is said about the rest of the file."""
    between = duplicates(bank.questions)
    pairs = Counter(between)
    places = {question.where for question in bank.questions if question.where}
    own: dict[str, list[Problem]] = defaultdict(list)
    notes = []
    for problem in banks.problems_by_place(bank):
        if pairs[problem]:
            pairs[problem] -= 1
        elif problem.where in places:
            own[problem.where].append(problem)
        else:
            notes.append(problem)
    questions = _told_apart(bank.questions)
    if any(told is not read for told, read in zip(questions, bank.questions, strict=True)):
        between = duplicates(questions)
    alike = by_place(between)
    rows = [
        UploadedQuestion(
            ordinal,
            1,
            question,
            tuple(own[read.where]),
            tuple(alike[question.where]),
            Decision.OPEN,
            edited=False,
        )
        for ordinal, (question, read) in enumerate(zip(questions, bank.questions, strict=True), start=1)
    ]
    return rows, notes


def _told_apart(questions: Sequence[Question]) -> list[Question]:
    """With places that tell them apart, since it is by its place that a problem finds its question."""
    counts = Counter(question.where for question in questions)
    return [
        question
        if question.where and counts[question.where] == 1
        else replace(question, where=f"{question.where}（第{ordinal}题）" if question.where else f"第{ordinal}题")
        for ordinal, question in enumerate(questions, start=1)
    ]


def drop(store: Store, token: str) -> None:
    """Forget a file; nothing happens where it is forgotten already."""
    with store.transaction() as session:
        import_id = session.scalar(select(BankImport.id).where(BankImport.token == token))
        session.execute(update(BankImport).where(BankImport.id == import_id).values(ready=False))
    if import_id is not None:
        _remove(store, import_id)


def _sweep(store: Store, now: int) -> None:
    """Remove what nobody came back to for a day."""
    with store.reading() as session:
        old = session.scalars(select(BankImport.id).where(BankImport.created_ms < now - KEPT_MS)).all()
    for import_id in old:
        _remove(store, import_id)


def _remove(store: Store, import_id: int) -> None:
    """Piece by piece, and the file's own row last: whoever is interrupted is followed by the next sweep."""
    with store.transaction() as session:
        session.execute(update(BankImport).where(BankImport.id == import_id).values(ready=False))
    question, part, picture = BankImportQuestion, BankImportPart, BankImportPicture
    with store.reading() as session:
        last = session.scalar(select(func.max(question.ordinal)).where(question.import_id == import_id)) or 0
        parts = session.scalars(select(part.ordinal).where(part.import_id == import_id)).all()
        hashes = session.scalars(select(picture.sha256).where(picture.import_id == import_id)).all()
    for end in range(BATCH, last + BATCH, BATCH):
        with store.transaction() as session:
            session.execute(delete(question).where(question.import_id == import_id, question.ordinal <= end))
    for ordinal in parts:
        with store.transaction() as session:
            session.execute(delete(part).where(part.import_id == import_id, part.ordinal == ordinal))
    for sha256 in hashes:
        with store.transaction() as session:
            session.execute(delete(picture).where(picture.import_id == import_id, picture.sha256 == sha256))
    with store.transaction() as session:
        session.execute(delete(BankImport).where(BankImport.id == import_id))


def _pieces(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), _PIECE):
        yield data[start : start + _PIECE]
