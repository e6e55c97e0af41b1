"""Campaigns, and the questions that each was published with."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.tables.base import REFERENCE, Code, Id, Json, Line, Milliseconds, Table


class Campaign(Table):
    __tablename__ = "campaign"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'published', 'paused', 'closed', 'archived')", name="state"),
        CheckConstraint("closes_ms IS NULL OR closes_ms > opens_ms", name="window"),
        CheckConstraint("questions_per_paper > 0", name="questions_per_paper"),
        CheckConstraint("attempts_in_all IS NULL OR attempts_in_all > 0", name="attempts_in_all"),
        CheckConstraint("reminder_hour BETWEEN 0 AND 23", name="reminder_hour"),
        CheckConstraint("notices_per_day >= 0", name="notices_per_day"),
        CheckConstraint("quiet_from BETWEEN 0 AND 23 AND quiet_until BETWEEN 0 AND 23", name="quiet_hours"),
        CheckConstraint("attempts_per_day IS NULL OR attempts_per_day > 0", name="attempts_per_day"),
    )

    id: Mapped[Id]
    slug: Mapped[Code] = mapped_column(unique=True)
    version: Mapped[int] = mapped_column(default=1)
    """Raised by every change, so that a published campaign may be cached under (id, version)."""
    state: Mapped[Code]
    name: Mapped[Line]
    theme: Mapped[Line]
    organiser: Mapped[Line]
    timezone: Mapped[Code]
    opens_ms: Mapped[Milliseconds]
    closes_ms: Mapped[Milliseconds | None]
    """The first millisecond in which nothing is accepted any more; null: never closes."""
    keyword: Mapped[Code | None] = mapped_column(unique=True)
    """What a participant may send to enter this campaign and no other, as `questions.grading.folded` writes it."""
    bank_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("bank.id"))
    reviewed_only: Mapped[bool] = mapped_column(default=False)
    """Whether it is published without the bank's drafts."""
    questions_per_paper: Mapped[int]
    points: Mapped[Json]
    """Points for a right answer, by kind."""
    shuffle_questions: Mapped[bool] = mapped_column(default=True)
    shuffle_options: Mapped[bool] = mapped_column(default=True)
    attempts_in_all: Mapped[int | None]
    attempts_per_day: Mapped[int | None]
    draw_points: Mapped[int] = mapped_column(default=0)
    """Points a counted attempt needs to take part in a draw."""
    two_person: Mapped[bool] = mapped_column(default=False)
    """Whether a draw's values, entered by one person, wait for another's confirmation."""
    reminder_hour: Mapped[int | None]
    """At which hour of the campaign's zone those who have not played today are reminded; null: never."""
    notices_per_day: Mapped[int] = mapped_column(default=2)
    """The most notices that one person gets of it in a day, but for those they must have."""
    quiet_from: Mapped[int] = mapped_column(default=21)
    quiet_until: Mapped[int] = mapped_column(default=8)
    """The hours between which no notices go out; the same hour twice: at any time."""
    salt: Mapped[Code]
    """Makes this campaign's pseudonyms: secret, never shown."""
    created_ms: Mapped[Milliseconds]


class CampaignQuestion(Table):
    """What a campaign was published with; later revisions of the bank do not reach it."""

    __tablename__ = "campaign_question"

    campaign_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("campaign.id"), primary_key=True)
    revision_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("question_revision.id"), primary_key=True)
    ordinal: Mapped[int]
