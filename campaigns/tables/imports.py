"""Bank files that somebody has uploaded and not imported yet, with what has been decided about their questions.

What is large and never changes (the file, its pictures) stands apart from what every click changes: SQLite writes a
row anew as a whole.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.tables.base import REFERENCE, Code, Id, Json, JsonList, Line, Milliseconds, Prose, Table


class BankImport(Table):
    """One uploaded file. Its questions and pieces are written before it is ready, and nobody sees it until then."""

    __tablename__ = "bank_import"

    id: Mapped[Id]
    token: Mapped[Code] = mapped_column(unique=True)
    """What its address holds; cannot be guessed."""
    title: Mapped[Line]
    """What the person calls the file."""
    slug: Mapped[Code]
    """The bank that it is meant for, which need not exist."""
    name: Mapped[Line]
    """What that bank shall be called if it is made."""
    format: Mapped[Code]
    encoding: Mapped[Code]
    columns: Mapped[Json]
    """Part of a question -> the column that the person chose for it."""
    sheets: Mapped[JsonList]
    """How the columns of its tables were understood: [name, [[letter, header, sample, part], …]]."""
    notes: Mapped[JsonList]
    """What is to be said about the whole file, or about places without a question: [where, severity, message]."""
    more_notes: Mapped[int] = mapped_column(default=0)
    """How many further ones were found than are kept."""
    by: Mapped[Line]
    created_ms: Mapped[Milliseconds]
    ready: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    """Raised with every change of a question or a decision."""


class BankImportPart(Table):
    """A piece of the uploaded file."""

    __tablename__ = "bank_import_part"

    import_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("bank_import.id"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class BankImportPicture(Table):
    """A picture of the uploaded file."""

    __tablename__ = "bank_import_picture"

    import_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("bank_import.id"), primary_key=True)
    sha256: Mapped[Code] = mapped_column(primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class BankImportQuestion(Table):
    """A question of the uploaded file, as it was read or as somebody has mended it since."""

    __tablename__ = "bank_import_question"
    __table_args__ = (
        CheckConstraint("decision IN ('open', 'accepted', 'left_out')", name="decision"),
        CheckConstraint("severity IN ('', 'warning', 'error')", name="severity"),
    )

    import_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("bank_import.id"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    """Its place in the file, from 1."""
    version: Mapped[int] = mapped_column(default=1)
    """Raised with every change of what it says."""
    question: Mapped[Json]
    kind: Mapped[Code]
    problems: Mapped[JsonList]
    """What is wrong or doubtful in itself: [severity, message]."""
    likenesses: Mapped[JsonList]
    """The same of what it is too like, in the file and in the bank: these change with other questions."""
    severity: Mapped[Code] = mapped_column(default="")
    """The worst of both; empty: nothing."""
    decision: Mapped[Code] = mapped_column(default="open")
    edited: Mapped[bool] = mapped_column(default=False)
    text: Mapped[Prose]
    """What a search looks through, folded."""
