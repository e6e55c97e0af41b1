"""Long work: asked for in one request, done by a worker, in steps that survive it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.tables.base import REFERENCE, Code, Id, Json, Line, Milliseconds, Prose, Table

_OPEN = text("state IN ('waiting', 'running')")


class Job(Table):
    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'done', 'failed', 'cancelled')", name="state"),
        Index("ix_job_open", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[Id]
    kind: Mapped[Code]
    """What does it: see `campaigns.jobs`."""
    title: Mapped[Line]
    """What people call it."""
    arguments: Mapped[Json]
    by: Mapped[Line]
    unit_id: Mapped[int | None] = mapped_column(REFERENCE, ForeignKey("unit.id"))
    """Of a liaison's: the unit beyond which it shows nothing."""
    state: Mapped[Code] = mapped_column(default="waiting")
    done: Mapped[int] = mapped_column(BigInteger, default=0)
    total: Mapped[int] = mapped_column(BigInteger, default=0)
    """Of how many steps; 0: not known."""
    checkpoint: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """From where it goes on when whoever did it died; null: from the beginning."""
    cancel_ms: Mapped[Milliseconds | None]
    """When somebody asked to stop it."""
    holder: Mapped[Code | None]
    """The worker that does it."""
    held_until_ms: Mapped[Milliseconds] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    """How often it was taken up: one that kills its worker again and again fails."""
    message: Mapped[Prose]
    """What came of it, or why it failed: one sentence."""
    file_name: Mapped[Line]
    """What its file is called; empty: it makes none."""
    media_type: Mapped[Line]
    asked_ms: Mapped[Milliseconds]
    ended_ms: Mapped[Milliseconds | None]


class JobPiece(Table):
    """A piece of the file that a job was given (``in``) or has made (``out``): any machine may serve it."""

    __tablename__ = "job_piece"
    __table_args__ = (CheckConstraint("way IN ('in', 'out')", name="way"),)

    job_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("job.id"), primary_key=True)
    way: Mapped[Code] = mapped_column(primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)
