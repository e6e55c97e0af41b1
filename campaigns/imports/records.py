"""The records of an uploaded file as plain values, and how they stand in their rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Table, inspect, select
from sqlalchemy.orm import Session

from campaigns.banks.storable import cleaned
from campaigns.errors import NotFound
from campaigns.matching import folded
from campaigns.tables.imports import BankImport, BankImportQuestion
from questions.model import Column, Kind, Picture, Problem, Question, Severity, Sheet, options_of

MOST_NOTES = 200
BATCH = 500
"""Questions that are written in one transaction: SQLite's other writers wait meanwhile."""
QUESTIONS: Table = inspect(BankImportQuestion).local_table  # type: ignore[assignment]
GONE = "这份上传的文件已经导入、按别的列重新读取过，或者放了一天以上，已被清理。请重新上传。"
T = TypeVar("T")


class Decision(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    """Somebody has looked at what is doubtful, and it shall go in as it is."""
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class Uploaded:
    """An uploaded file that waits to be imported."""

    id: int
    token: str
    title: str
    slug: str
    name: str
    format: str
    encoding: str
    columns: Mapping[str, str]
    """Part of a question → the column that the person has named for it."""
    sheets: Sequence[Sheet]
    """How its tables were understood."""
    notes: Sequence[Problem]
    """About the whole file, or about places that hold no question; the first `MOST_NOTES`."""
    more_notes: int
    by: str
    created_ms: int
    version: int


@dataclass(frozen=True, slots=True)
class UploadedQuestion:
    """A question of such a file."""

    ordinal: int
    version: int
    question: Question
    problems: tuple[Problem, ...]
    """What is wrong or doubtful in itself."""
    likenesses: tuple[Problem, ...]
    """What it is too like, in the file or in the bank."""
    decision: Decision
    edited: bool

    @property
    def severity(self) -> Severity | None:
        said = {problem.severity for problem in (*self.problems, *self.likenesses)}
        return Severity.ERROR if Severity.ERROR in said else Severity.WARNING if said else None

    @property
    def undecided(self) -> bool:
        return self.severity is Severity.WARNING and self.decision is Decision.OPEN

    @property
    def goes_in(self) -> bool:
        """Whether an import takes it along; one that is undecided still stands in the way of the import."""
        return self.severity is not Severity.ERROR and self.decision is not Decision.LEFT_OUT


def find(session: Session, token: str) -> Uploaded:
    """Raises NotFound for a token that is not ours, or whose file is no longer kept."""
    made = session.scalars(select(BankImport).where(BankImport.token == token, BankImport.ready)).one_or_none()
    if made is None:
        raise NotFound(GONE)
    return Uploaded(
        made.id,
        made.token,
        made.title,
        made.slug,
        made.name,
        made.format,
        made.encoding,
        made.columns,
        [Sheet(name, tuple(Column(*column) for column in columns)) for name, columns in made.sheets],
        [Problem(where, Severity(severity), message) for where, severity, message in made.notes],
        made.more_notes,
        made.by,
        made.created_ms,
        made.version,
    )


def all_rows(session: Session, uploaded: Uploaded) -> dict[int, UploadedQuestion]:
    """All questions of a file by their places; plain rows, since ten thousand objects of the ORM would take long."""
    rows = session.execute(
        select(*QUESTIONS.c).where(QUESTIONS.c.import_id == uploaded.id).order_by(QUESTIONS.c.ordinal)
    )
    return {row.ordinal: as_uploaded(row) for row in rows}


def as_uploaded(row: Any) -> UploadedQuestion:  # noqa: ANN401 — a row of the ORM, or a plain one with the same names
    question = _question(row.question)
    return UploadedQuestion(
        row.ordinal,
        row.version,
        question,
        _problems(question.where, row.problems),
        _problems(question.where, row.likenesses),
        Decision(row.decision),
        row.edited,
    )


def _problems(where: str, said: Iterable[Sequence[str]]) -> tuple[Problem, ...]:
    return tuple(Problem(where, Severity(severity), message) for severity, message in said)


def columns_of(row: UploadedQuestion) -> dict[str, object]:
    question = row.question
    return {
        "version": row.version,
        "question": _as_json(question),
        "kind": question.kind.value,
        "problems": [[problem.severity.value, problem.message] for problem in row.problems],
        "edited": row.edited,
        "text": cleaned(
            "\n".join(
                folded(text)
                for text in (
                    question.number,
                    question.where,
                    question.stem,
                    question.category,
                    *(option.text for option in question.options),
                )
            )
        ),
    } | told(row)


def told(row: UploadedQuestion) -> dict[str, object]:
    """The columns that follow from the other questions too."""
    return {
        "decision": row.decision.value,
        "likenesses": [[problem.severity.value, problem.message] for problem in row.likenesses],
        "severity": row.severity.value if row.severity else "",
    }


def _as_json(question: Question) -> dict[str, object]:
    return {
        "number": question.number,
        "kind": question.kind.value,
        "stem": question.stem,
        "options": [option.text for option in question.options],
        "answer": list(question.answer),
        "explanation": question.explanation,
        "category": question.category,
        "difficulty": question.difficulty,
        "source": question.source,
        "tags": list(question.tags),
        "pictures": [[picture.sha256, picture.place, picture.alt] for picture in question.pictures],
        "where": question.where,
    }


def _question(kept: Mapping[str, Any]) -> Question:
    return Question(
        number=kept["number"],
        kind=Kind(kept["kind"]),
        stem=kept["stem"],
        options=options_of(kept["options"]),
        answer=tuple(kept["answer"]),
        explanation=kept["explanation"],
        category=kept["category"],
        difficulty=kept["difficulty"],
        source=kept["source"],
        tags=tuple(kept["tags"]),
        pictures=tuple(Picture(*picture) for picture in kept["pictures"]),
        where=kept["where"],
    )


def batches(things: Sequence[T], size: int) -> Iterator[list[T]]:
    iterator = iter(things)
    while batch := list(islice(iterator, size)):
        yield batch
