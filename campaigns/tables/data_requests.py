"""What persons asked for about their own data (PIPL, art. 44 to 47), and what came of it."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.tables.base import REFERENCE, Code, Id, Line, Milliseconds, Prose, Table

_OPEN = text("state = 'open'")


class DataRequest(Table):
    __tablename__ = "data_request"
    __table_args__ = (
        CheckConstraint("kind IN ('copy', 'correct', 'delete')", name="kind"),
        CheckConstraint("state IN ('open', 'done', 'refused', 'withdrawn')", name="state"),
        Index(
            "uq_data_request_open",
            "person_id",
            "kind",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("person.id"), index=True)
    kind: Mapped[Code]
    text: Mapped[Prose]
    """What is wrong and what it should be, in the person's words."""
    state: Mapped[Code] = mapped_column(default="open")
    answer: Mapped[Prose]
    """What the person reads about it; a refusal says why."""
    by: Mapped[Line]
    asked_ms: Mapped[Milliseconds]
    ended_ms: Mapped[Milliseconds | None]
