"""Campaigns, the questions that each was published with, and what was changed in them since."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.tables.base import REFERENCE, Code, Id, Json, JsonList, Line, Milliseconds, Prose, Table


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
        CheckConstraint("mode IN ('practice', 'formal', 'daily')", name="mode"),
        CheckConstraint(
            "(hours_from IS NULL) = (hours_until IS NULL)"
            " AND (hours_from IS NULL OR (hours_from >= 0 AND hours_from < hours_until AND hours_until <= 1440))",
            name="hours",
        ),
        CheckConstraint("partial IN ('none', 'half', 'each')", name="partial"),
        CheckConstraint("seconds_per_question IS NULL OR seconds_per_question > 0", name="seconds_per_question"),
        CheckConstraint("seconds_per_attempt IS NULL OR seconds_per_attempt > 0", name="seconds_per_attempt"),
        CheckConstraint("grace_seconds >= 0", name="grace_seconds"),
        CheckConstraint("least_ms_per_question >= 0", name="least_ms_per_question"),
        CheckConstraint("counts IN ('best', 'first', 'last', 'sum')", name="counts"),
        CheckConstraint("reveals IN ('at_once', 'at_end', 'after_close')", name="reveals"),
        CheckConstraint("admission IN ('open', 'unit', 'roster')", name="admission"),
        CheckConstraint("unit_ranking IN ('participation', 'average', 'total', 'pass_rate')", name="unit_ranking"),
        CheckConstraint("least_headcount >= 0", name="least_headcount"),
        CheckConstraint("keep_days IS NULL OR keep_days > 0", name="keep_days"),
        CheckConstraint("wins IN ('campaign', 'group', 'any')", name="wins"),
    )

    id: Mapped[Id]
    slug: Mapped[Code] = mapped_column(unique=True)
    version: Mapped[int] = mapped_column(default=1)
    """Raised by every change, so that a published campaign may be cached under (id, version)."""
    state: Mapped[Code]
    name: Mapped[Line]
    theme: Mapped[Line]
    brand: Mapped[Line]
    """The organiser's brand of such weeks, as 亭·节能 绿色+."""
    organiser: Mapped[Line]
    picture_sha256: Mapped[str | None] = mapped_column(ForeignKey("picture.sha256"))
    """What heads its entry page."""
    mode: Mapped[Code] = mapped_column(default="formal")
    """``practice``: ranks nobody; ``formal``; ``daily``: anew each day."""
    timezone: Mapped[Code]
    opens_ms: Mapped[Milliseconds]
    closes_ms: Mapped[Milliseconds | None]
    """The first millisecond in which nothing is accepted any more; null: never closes."""
    hours_from: Mapped[int | None]
    """From which minute of each day, in its zone, answers are accepted; null: all day."""
    hours_until: Mapped[int | None]
    """The first minute of each day in which nothing is accepted any more, up to 1440."""
    keyword: Mapped[Code | None] = mapped_column(unique=True)
    """What a participant may send to enter this campaign and no other, as `questions.grading.folded` writes it."""
    bank_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("bank.id"))
    """The bank of the parts that name no other."""
    reviewed_only: Mapped[bool] = mapped_column(default=False)
    """Whether it is published without the bank's drafts."""
    questions_per_paper: Mapped[int]
    """Of all parts together."""
    same_paper: Mapped[bool] = mapped_column(default=False)
    """Whether everybody is asked the same questions."""
    points: Mapped[Json]
    """Points for a right answer, by kind."""
    partial: Mapped[Code] = mapped_column(default="none")
    """What of a multiple choice's points those get who miss some right options and choose no wrong one: ``none``,
    ``half``, or a share for ``each`` that they chose."""
    seconds_per_question: Mapped[int | None]
    seconds_per_attempt: Mapped[int | None]
    grace_seconds: Mapped[int] = mapped_column(default=3)
    """How much later than its limit an answer may still arrive."""
    least_ms_per_question: Mapped[int] = mapped_column(default=0)
    """A quicker answer is not taken: nobody can have read the question."""
    counts: Mapped[Code] = mapped_column(default="best")
    """Which attempt is a person's standing: ``best``, ``first``, ``last``, or the ``sum`` of each day's best."""
    reveals: Mapped[Code] = mapped_column(default="at_once")
    """When verdicts, scores and right answers are told: ``at_once``, ``at_end`` of the attempt, ``after_close``."""
    pass_points: Mapped[int] = mapped_column(default=0)
    """The points of a standing that has passed; 0: whoever finished has."""
    admission: Mapped[Code] = mapped_column(default="open")
    """Who may take part: anybody (``open``), who has chosen a ``unit``, who is on the ``roster``."""
    unit_ranking: Mapped[Code] = mapped_column(default="participation")
    """By what units are ranked: ``participation``, ``average``, ``total``, ``pass_rate``."""
    least_headcount: Mapped[int] = mapped_column(default=0)
    """Units of fewer people are listed, and not ranked."""
    privacy_notice: Mapped[Prose]
    """What people are told about their personal data; empty: the text that ships with the program."""
    shuffle_questions: Mapped[bool] = mapped_column(default=True)
    shuffle_options: Mapped[bool] = mapped_column(default=True)
    attempts_in_all: Mapped[int | None]
    attempts_per_day: Mapped[int | None]
    draw_points: Mapped[int] = mapped_column(default=0)
    """Points a counted attempt needs to take part in a draw."""
    tickets: Mapped[Json]
    """How many tickets a person has in its draws: see `campaigns.prizes.rules.TicketRule`."""
    wins: Mapped[Code] = mapped_column(default="campaign")
    """Whoever has an award may have no other one of the whole ``campaign``, of the same ``group``; ``any``: may."""
    two_person: Mapped[bool] = mapped_column(default=False)
    """Whether a draw's values, entered by one person, wait for another's confirmation."""
    reminder_hour: Mapped[int | None]
    """At which hour of the campaign's zone those who have not played today are reminded; null: never."""
    notices_per_day: Mapped[int] = mapped_column(default=2)
    """The most notices that one person gets of it in a day, but for those they must have."""
    quiet_from: Mapped[int] = mapped_column(default=21)
    quiet_until: Mapped[int] = mapped_column(default=8)
    """The hours between which no notices go out; the same hour twice: at any time."""
    keep_days: Mapped[int | None]
    """How many days after its close its personal data are kept; null: until somebody purges them."""
    purged_ms: Mapped[Milliseconds | None]
    """When its personal data were purged; figures and evidence stay."""
    salt: Mapped[Code]
    """Makes this campaign's pseudonyms: secret, never shown."""
    created_ms: Mapped[Milliseconds]


class CampaignQuestion(Table):
    """What a campaign was published with; later revisions of the bank do not reach it."""

    __tablename__ = "campaign_question"

    campaign_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("campaign.id"), primary_key=True)
    revision_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("question_revision.id"), primary_key=True)
    ordinal: Mapped[int]
    part: Mapped[int] = mapped_column(default=1)
    """The ordinal of the part of the paper that it may be drawn for."""
    withdrawn: Mapped[bool] = mapped_column(default=False)
    """Whether it was found wrong: every paper that holds it has its full points."""
    answer: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    """The corrected key; null: the revision's own."""


class CampaignPart(Table):
    """One line of the recipe of a campaign's papers: so many questions of a bank, a kind, a category, a difficulty."""

    __tablename__ = "campaign_part"
    __table_args__ = (CheckConstraint("count > 0", name="count"),)

    campaign_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("campaign.id"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    """From 1, in the order in which papers show the parts where questions are not shuffled."""
    count: Mapped[int]
    bank_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("bank.id"))
    kind: Mapped[Code]
    """Empty, as the following: any."""
    category: Mapped[Line]
    difficulty: Mapped[Line]


class CampaignUnit(Table):
    """A unit that takes part, with all below it. A campaign without any is for all units."""

    __tablename__ = "campaign_unit"

    campaign_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("campaign.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("unit.id"), primary_key=True)


class CampaignChange(Table):
    """What was done to a campaign, by whom; participants see what concerns them. Never changed, never removed."""

    __tablename__ = "campaign_change"

    id: Mapped[Id]
    campaign_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("campaign.id"), index=True)
    at_ms: Mapped[Milliseconds]
    by: Mapped[Line]
    """The account's name; empty: the command line without ``--by``."""
    what: Mapped[Code]
    """See `campaigns.keeping.changes`."""
    values: Mapped[Json]
    """What of it was before and is after."""
    note: Mapped[Prose]
    """The reason, or a notice's text, as participants read it."""


class Regrade(Table):
    """A question of a campaign that was withdrawn, or whose key was corrected, and how far scores were recomputed."""

    __tablename__ = "regrade"

    id: Mapped[Id]
    campaign_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("campaign.id"), index=True)
    revision_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("question_revision.id"))
    answer_before: Mapped[JsonList]
    answer_after: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    """Null: the question was withdrawn."""
    by: Mapped[Line]
    begun_ms: Mapped[Milliseconds]
    done_attempt_id: Mapped[int] = mapped_column(REFERENCE, default=0)
    """Attempts up to this one are recomputed."""
    finished_ms: Mapped[Milliseconds | None]


class RegradeMove(Table):
    """Whose points or rank a regrade moved, and from where to where."""

    __tablename__ = "regrade_move"

    regrade_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("regrade.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("person.id"), primary_key=True)
    points_before: Mapped[int]
    rank_before: Mapped[int]
    points_after: Mapped[int | None]
    """Null, as the rank, until the regrade is finished."""
    rank_after: Mapped[int | None]
