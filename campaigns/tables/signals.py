"""What may be unfair, for a person to judge: where attempts came from, what is odd about them, what was voided."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.tables.base import REFERENCE, Code, Id, Json, JsonList, Line, Milliseconds, Prose, Table


class AttemptOrigin(Table):
    """From where an attempt was begun, where that is known; forgotten with the campaign's personal data."""

    __tablename__ = "attempt_origin"
    __table_args__ = (
        Index("ix_attempt_origin_begun", "campaign_id", "begun_ms"),
        Index("ix_attempt_origin_device", "campaign_id", "device_hash"),
    )

    attempt_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("attempt.id"), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("campaign.id"))
    begun_ms: Mapped[Milliseconds]
    network: Mapped[Code]
    """The network of the address, as ``10.3.7.0/24``: enough to name an office."""
    address_hash: Mapped[Code]
    """The address under the installation's secret: tells equal ones, and names none."""
    device_hash: Mapped[Code]
    """The same of what the browser keeps from person to person; empty: not known."""


class Signal(Table):
    """Something odd about attempts. It does nothing by itself: a person dismisses it, or voids attempts."""

    __tablename__ = "signal"
    __table_args__ = (
        UniqueConstraint("campaign_id", "kind", "key"),
        CheckConstraint("kind IN ('speed', 'same_answers', 'device')", name="kind"),
        CheckConstraint("state IN ('open', 'dismissed', 'voided')", name="state"),
    )

    id: Mapped[Id]
    campaign_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("campaign.id"))
    kind: Mapped[Code]
    key: Mapped[Code]
    """What makes it this one: found again, it is not listed twice."""
    attempts: Mapped[JsonList]
    """The ids of the attempts that it is about."""
    values: Mapped[Json]
    """What is said of it."""
    found_ms: Mapped[Milliseconds]
    state: Mapped[Code] = mapped_column(default="open")
    note: Mapped[Prose]
    """Why it was dismissed, or attempts were voided."""
    by: Mapped[Line]
    decided_ms: Mapped[Milliseconds | None]


class AttemptVoid(Table):
    """An attempt that a person declared void, with the reason that the participant reads."""

    __tablename__ = "attempt_void"

    attempt_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("attempt.id"), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("campaign.id"), index=True)
    reason: Mapped[Prose]
    by: Mapped[Line]
    at_ms: Mapped[Milliseconds]
