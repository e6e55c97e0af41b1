"""Banks, their questions, the questions' immutable revisions, and what changed them when."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.tables.base import REFERENCE, Code, Id, Json, JsonList, Line, Milliseconds, Prose, Table


class Bank(Table):
    __tablename__ = "bank"

    id: Mapped[Id]
    slug: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Line]
    version: Mapped[int] = mapped_column(default=1)
    """Raised by every change of the bank or its questions: who decided on an older one looks again."""
    created_ms: Mapped[Milliseconds]
    changed_ms: Mapped[Milliseconds]


class BankChange(Table):
    """One change of a bank, written with what it changed."""

    __tablename__ = "bank_change"
    __table_args__ = (
        CheckConstraint(
            "what IN ('import', 'shipped', 'add', 'edit', 'restore', 'status', 'rename', 'split', 'merge')",
            name="what",
        ),
    )

    id: Mapped[Id]
    bank_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("bank.id"), index=True)
    what: Mapped[Code]
    by: Mapped[Line]
    """The name of whoever did it; empty: the program."""
    file: Mapped[Line]
    """What the imported file was called."""
    at_ms: Mapped[Milliseconds]
    added: Mapped[int] = mapped_column(default=0)
    """Questions that the bank has got by it."""
    changed: Mapped[int] = mapped_column(default=0)
    """Questions of the bank that are other than before, or have left it."""
    detail: Mapped[Json] = mapped_column(default=dict)
    """What cannot be read from revisions: see `campaigns.banks.changes`."""


class Question(Table):
    """A question's identity within its bank; what it says is in its revisions, of which one counts."""

    __tablename__ = "question"
    __table_args__ = (
        UniqueConstraint("bank_id", "number"),
        CheckConstraint("status IN ('draft', 'reviewed', 'retired')", name="status"),
    )

    id: Mapped[Id]
    bank_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("bank.id"))
    number: Mapped[Code]
    revision: Mapped[int]
    """The latest revision's number."""
    status: Mapped[Code] = mapped_column(default="draft")


class _Said:
    """The columns of what a question says."""

    kind: Mapped[Code]
    stem: Mapped[Prose]
    options: Mapped[JsonList]
    answer: Mapped[JsonList]
    explanation: Mapped[Prose]
    category: Mapped[Line]
    difficulty: Mapped[Line]
    source: Mapped[Prose]
    tags: Mapped[JsonList] = mapped_column(default=list)
    pictures: Mapped[JsonList] = mapped_column(default=list)
    """``{"sha256", "place", "alt"}`` each: see `questions.model.Picture`."""


class QuestionRevision(_Said, Table):
    """What a question said from one change to the next. Written once, never changed: papers refer to it."""

    __tablename__ = "question_revision"
    __table_args__ = (
        UniqueConstraint("question_id", "revision"),
        CheckConstraint("kind IN ('single', 'multiple', 'true_false', 'blank', 'essay')", name="kind"),
    )

    id: Mapped[Id]
    question_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("question.id"))
    revision: Mapped[int]
    """From 1, without gaps."""
    change_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("bank_change.id"))
    """What brought it: says who, when, and from which file."""


class Picture(Table):
    """A picture that questions show, under the hash of its bytes. Written once; never removed, as revisions are."""

    __tablename__ = "picture"

    sha256: Mapped[Code] = mapped_column(primary_key=True)
    media_type: Mapped[Code]
    data: Mapped[bytes] = mapped_column(LargeBinary)
    created_ms: Mapped[Milliseconds]


class Staging(Table):
    """A large change that is being written in batches, and that nobody sees before all of it is there."""

    __tablename__ = "staging"
    __table_args__ = (CheckConstraint("state IN ('open', 'spent')", name="state"),)

    id: Mapped[Id]
    state: Mapped[Code] = mapped_column(default="open")
    """Spent: published, or given up. What is left of it may go."""
    begun_ms: Mapped[Milliseconds]


class StagedQuestion(_Said, Table):
    """What a question is to say once its staging is published."""

    __tablename__ = "staged_question"

    staging_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("staging.id"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[Code]
    """Of a question that the bank has, or is to have."""
    added: Mapped[bool]
    """Whether the question itself is new."""
    status: Mapped[Code]
    """Of a new one."""
