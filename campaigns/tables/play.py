"""Attempts, their answers, the messages that caused them, and the standings of persons and units.

The schema says the rules: one open attempt a person and campaign, one answer a position, one effect a message.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.tables.base import REFERENCE, Code, Id, Line, Milliseconds, Prose, Table


class Attempt(Table):
    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("campaign_id", "person_id", "ordinal"),
        Index(
            "uq_attempt_open",
            "campaign_id",
            "person_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        CheckConstraint("state IN ('open', 'finished', 'superseded', 'void')", name="state"),
        CheckConstraint("(state = 'open') = (finished_ms IS NULL)", name="finished"),
        Index(
            "ix_attempt_due",
            "due_ms",
            sqlite_where=text("state = 'open' AND due_ms IS NOT NULL"),
            postgresql_where=text("state = 'open' AND due_ms IS NOT NULL"),
        ),
        Index(
            "ix_attempt_lot",
            "campaign_id",
            "finished_ms",
            sqlite_where=text("lot_ms IS NULL"),
            postgresql_where=text("lot_ms IS NULL"),
        ),
    )

    id: Mapped[Id]
    campaign_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("campaign.id"))
    person_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("person.id"), index=True)
    identity_id: Mapped[int | None] = mapped_column(REFERENCE, ForeignKey("identity.id"), index=True)
    """Who began it: what goes with that identity, should it turn out to be another person's. Null: not known."""
    ordinal: Mapped[int]
    """The how-manieth attempt of this person in this campaign, from 1."""
    day: Mapped[int]
    """The day it began, in the campaign's zone, as 20260704."""
    state: Mapped[Code] = mapped_column(default="open")
    """Superseded: beyond the allowance, since identities of one person met. Void: a person declared it so, see
    `AttemptVoid`; it used up its allowance all the same. Neither counts."""
    paper: Mapped[str] = mapped_column(Text)
    """What is asked in which order: see `questions.papers`."""
    position: Mapped[int] = mapped_column(default=1)
    """The question that waits for an answer, from 1; past the last when finished."""
    score: Mapped[int] = mapped_column(default=0)
    begun_ms: Mapped[Milliseconds]
    due_ms: Mapped[Milliseconds | None]
    """When its time is up, the grace included; null: no limit."""
    timed_out: Mapped[bool] = mapped_column(default=False)
    """Whether it was finished by the clock; what was not answered has no points."""
    shown_ms: Mapped[Milliseconds]
    """When the waiting question was first shown."""
    shown_identity_id: Mapped[int | None] = mapped_column(REFERENCE, ForeignKey("identity.id"))
    """Whom it was last shown to in a chat: only there can a typed text answer it."""
    finished_ms: Mapped[Milliseconds | None]
    used_ms: Mapped[Milliseconds | None]
    lot_ms: Mapped[Milliseconds | None]
    """When it was decided whether its end wins an instant prize; null: not yet; 0: there are none."""


class Answer(Table):
    """The first answer to one question of an attempt, as it was marked when it was given."""

    __tablename__ = "answer"

    attempt_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("attempt.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("question_revision.id"), index=True)
    given: Mapped[Prose]
    """Letters of the bank's own order (``AC``), ``true`` or ``false``, or the text typed into the blanks; empty: the
    time for it ran out."""
    points: Mapped[int]
    answered_ms: Mapped[Milliseconds]


class Inbound(Table):
    """A platform message that had an effect, and the reply it got. Kept 48 hours: a retry reads it."""

    __tablename__ = "inbound"

    identity_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("identity.id"), primary_key=True)
    key: Mapped[Line] = mapped_column(primary_key=True)
    """``m:MsgId`` or ``e:CreateTime:Event:EventKey``."""
    reply: Mapped[str | None] = mapped_column(Text)
    """Null between the commit of a finishing answer and the moment its rank is known."""
    attempt_id: Mapped[int | None] = mapped_column(REFERENCE, ForeignKey("attempt.id"))
    received_ms: Mapped[Milliseconds] = mapped_column(index=True)


class Standing(Table):
    """The result of a person in a campaign by their counted attempt. Rankings anywhere else are copies of this."""

    __tablename__ = "standing"
    __table_args__ = (
        Index(
            "ix_standing_order",
            "campaign_id",
            text("points DESC"),
            "used_ms",
            "finished_ms",
            "person_id",
        ),
        Index("ix_standing_changed", "campaign_id", "changed_ms"),
        Index("ix_standing_attempt_id", "attempt_id"),  # without it, each attempt that is purged looks through all
    )

    campaign_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("campaign.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("person.id"), primary_key=True)
    attempt_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("attempt.id"))
    points: Mapped[int]
    used_ms: Mapped[Milliseconds]
    finished_ms: Mapped[Milliseconds]
    version: Mapped[int]
    """Raised by every change; a copy with a higher one is newer."""
    changed_ms: Mapped[Milliseconds]


class UnitStanding(Table):
    """What the persons of a unit, and of those below it, have reached: a copy of what the standings say, for speed."""

    __tablename__ = "unit_standing"

    campaign_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("campaign.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("unit.id"), primary_key=True)
    entrants: Mapped[int]
    """Persons with a standing."""
    points: Mapped[int] = mapped_column(BigInteger)
    """Of all of them together."""
    passed: Mapped[int]


class UnitTally(Table):
    """Which standings the unit standings of a campaign hold."""

    __tablename__ = "unit_tally"

    campaign_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("campaign.id"), primary_key=True)
    standing_ms: Mapped[Milliseconds]
    """The newest `changed_ms` that was seen."""
    made_ms: Mapped[Milliseconds]
    took_ms: Mapped[int]
    """How long it took: large campaigns are tallied less often."""
