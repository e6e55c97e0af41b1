"""Draws, the values of their public sources, and their awards."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.tables.base import REFERENCE, Code, Json, Line, Milliseconds, Prose, Table


class Draw(Table):
    __tablename__ = "draw"
    __table_args__ = (
        UniqueConstraint("campaign_id", "ordinal"),
        CheckConstraint("state IN ('frozen', 'entered', 'held')", name="state"),
        CheckConstraint("(state = 'held') = (seed IS NOT NULL)", name="seed"),
    )

    id: Mapped[Code] = mapped_column(primary_key=True)
    """``C<campaign id>-D<ordinal>``; part of the seed."""
    campaign_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("campaign.id"))
    ordinal: Mapped[int]
    state: Mapped[Code]
    """``frozen``; ``entered`` while values wait for another person's confirmation; ``held``."""
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


class DrawValue(Table):
    """The value of one announced source, as it was entered."""

    __tablename__ = "draw_value"

    draw_id: Mapped[Code] = mapped_column(ForeignKey("draw.id"), primary_key=True)
    source: Mapped[str] = mapped_column(String(255), primary_key=True)
    value: Mapped[Line]
    entered_ms: Mapped[Milliseconds]
    entered_by: Mapped[Line]


class Award(Table):
    """A prize of a draw and who has it; a forfeited one stays, and the one that replaces it points back."""

    __tablename__ = "award"
    __table_args__ = (
        CheckConstraint("state IN ('awarded', 'forfeited', 'unfilled')", name="state"),
        CheckConstraint("(state = 'unfilled') = (entrant IS NULL)", name="entrant"),
        Index(
            "uq_award_entrant",
            "draw_id",
            "entrant",
            unique=True,
            sqlite_where=text("entrant IS NOT NULL"),
            postgresql_where=text("entrant IS NOT NULL"),
        ),
        UniqueConstraint("draw_id", "replaces"),
    )

    draw_id: Mapped[Code] = mapped_column(ForeignKey("draw.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    prize: Mapped[Line]
    entrant: Mapped[Code | None]
    person_id: Mapped[int | None] = mapped_column(REFERENCE, ForeignKey("person.id"))
    rank: Mapped[int | None]
    state: Mapped[Code]
    replaces: Mapped[int | None]
    """The sequence of the forfeited award whose prize this one has."""
    reason: Mapped[Prose]
    changed_ms: Mapped[Milliseconds]
