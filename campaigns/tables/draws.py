"""Draws, and the values of their public sources; their awards are in `campaigns.tables.prizes`."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.tables.base import REFERENCE, Code, Json, Line, Milliseconds, Prose, Table


class Draw(Table):
    __tablename__ = "draw"
    __table_args__ = (
        UniqueConstraint("campaign_id", "ordinal"),
        CheckConstraint("state IN ('frozen', 'entered', 'held', 'void')", name="state"),
        CheckConstraint("(state = 'held') = (seed IS NOT NULL)", name="seed"),
        CheckConstraint("(state = 'void') = (voided_ms IS NOT NULL)", name="voided_ms"),
        Index(
            "uq_draw_group_id",
            "group_id",
            unique=True,
            sqlite_where=text("state <> 'void'"),
            postgresql_where=text("state <> 'void'"),
        ),
    )

    id: Mapped[Code] = mapped_column(primary_key=True)
    """``C<campaign id>-D<ordinal>``; part of the seed."""
    campaign_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("campaign.id"))
    group_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("prize_group.id"))
    """The prizes that it is about: no group is drawn twice."""
    ordinal: Mapped[int]
    state: Mapped[Code]
    """``frozen``; ``entered`` while values wait for another person's confirmation; ``held``; ``void``: given up before
    it was held, for a published reason."""
    entrants: Mapped[bytes] = mapped_column(LargeBinary)
    """The frozen list, byte for byte."""
    list_hash: Mapped[Code]
    announcement: Mapped[Json]
    reason: Mapped[Prose]
    """Why there is another draw: published, and required from the second of a campaign on."""
    frozen_ms: Mapped[Milliseconds]
    frozen_by: Mapped[Line]
    seed: Mapped[Code | None]
    held_ms: Mapped[Milliseconds | None]
    confirmed_by: Mapped[Line]
    voided_ms: Mapped[Milliseconds | None]
    voided_by: Mapped[Line]
    void_reason: Mapped[Prose]


class DrawValue(Table):
    """The value of one announced source, as it was entered."""

    __tablename__ = "draw_value"

    draw_id: Mapped[Code] = mapped_column(ForeignKey("draw.id"), primary_key=True)
    source: Mapped[str] = mapped_column(String(255), primary_key=True)
    value: Mapped[Line]
    entered_ms: Mapped[Milliseconds]
    entered_by: Mapped[Line]
