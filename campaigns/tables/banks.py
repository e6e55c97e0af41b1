"""Banks, their questions, and the questions' immutable revisions."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.tables.base import REFERENCE, Code, Id, JsonList, Line, Milliseconds, Prose, Table


class Bank(Table):
    __tablename__ = "bank"

    id: Mapped[Id]
    slug: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Line]
    created_ms: Mapped[Milliseconds]
    changed_ms: Mapped[Milliseconds]


class Question(Table):
    """A question's identity within its bank; what it says is in its revisions, of which the latest counts."""

    __tablename__ = "question"
    __table_args__ = (UniqueConstraint("bank_id", "number"),)

    id: Mapped[Id]
    bank_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("bank.id"))
    number: Mapped[Code]
    revision: Mapped[int]
    """The latest revision's number."""
    retired: Mapped[bool] = mapped_column(default=False)


class QuestionRevision(Table):
    """What a question said from one import to the next. Written once, never changed: papers refer to it."""

    __tablename__ = "question_revision"
    __table_args__ = (
        UniqueConstraint("question_id", "revision"),
        CheckConstraint("kind IN ('single', 'multiple', 'true_false', 'blank', 'essay')", name="kind"),
    )

    id: Mapped[Id]
    question_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("question.id"))
    revision: Mapped[int]
    kind: Mapped[Code]
    stem: Mapped[Prose]
    options: Mapped[JsonList]
    answer: Mapped[JsonList]
    explanation: Mapped[Prose]
    category: Mapped[Line]
    difficulty: Mapped[Line]
    source: Mapped[Prose]
    created_ms: Mapped[Milliseconds]
