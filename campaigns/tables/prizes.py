"""Prizes in their groups, who was awarded them, how they are claimed and handed out, and who may have none.

The schema says the rules: no more given than there are, no award a second time to whoever may win once, no prize drawn
twice, one award an attempt and a place on a draw's list.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.tables.base import REFERENCE, Code, Id, JsonList, Line, Milliseconds, Prose, Table


class PrizeGroup(Table):
    """Prizes that are won in the same way (奖项组)."""

    __tablename__ = "prize_group"
    __table_args__ = (
        UniqueConstraint("campaign_id", "name"),
        CheckConstraint("kind IN ('rank', 'draw', 'instant', 'passed')", name="kind"),
        CheckConstraint("ties IN ('time', 'points')", name="ties"),
        CheckConstraint("collecting IN ('pickup', 'post', 'none')", name="collecting"),
        CheckConstraint("unit_quota IS NULL OR unit_quota > 0", name="unit_quota"),
        CheckConstraint("claim_days IS NULL OR claim_days > 0", name="claim_days"),
    )

    id: Mapped[Id]
    campaign_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("campaign.id"))
    ordinal: Mapped[int]
    """From 1, in the order in which they are listed and given."""
    name: Mapped[Line]
    kind: Mapped[Code]
    """``rank``: by the ranking; ``draw``; ``instant``: at the end of an attempt; ``passed``: a certificate for everyone
    who has the points, without prizes of its own."""
    least_points: Mapped[int] = mapped_column(default=0)
    """Points that a standing, or of ``instant`` the attempt, needs; of ``draw`` the campaign's own are asked for."""
    unit_quota: Mapped[int | None]
    """The most live awards of one unit; null: no limit."""
    ties: Mapped[Code] = mapped_column(default="time")
    """Who is level at the last place of ``rank``: those with equal points and ``time``, or with equal ``points``."""
    collecting: Mapped[Code] = mapped_column(default="pickup")
    """``pickup`` at the `place`; sent by ``post``; ``none``: there is nothing to hand out."""
    place: Mapped[Prose]
    """Where and when to collect, as winners read it."""
    claim_days: Mapped[int | None]
    """How many days winners have; null: no deadline."""
    settled_ms: Mapped[Milliseconds | None]
    """When the awards of ``rank`` were decided."""


class Prize(Table):
    __tablename__ = "prize"
    __table_args__ = (
        UniqueConstraint("group_id", "name"),
        CheckConstraint("stock > 0", name="stock"),
        CheckConstraint("given >= 0 AND given <= stock", name="given"),
        CheckConstraint("odds_ppm BETWEEN 0 AND 1000000", name="odds_ppm"),
    )

    id: Mapped[Id]
    group_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("prize_group.id"))
    ordinal: Mapped[int]
    name: Mapped[Line]
    stock: Mapped[int]
    given: Mapped[int] = mapped_column(default=0)
    """Its live awards: what is left is `stock` less these."""
    odds_ppm: Mapped[int] = mapped_column(default=0)
    """Of ``instant``: the chance of one attempt, in millionths."""
    releases: Mapped[JsonList]
    """Of ``instant``: ``[[at_ms, count], …]``, how many more may be given from when on; empty: all from the start."""


class Award(Table):
    """A prize and who has it; a forfeited one stays, and the one that replaces it points back."""

    __tablename__ = "award"
    __table_args__ = (
        CheckConstraint("state IN ('awarded', 'forfeited', 'unfilled')", name="state"),
        CheckConstraint("(state = 'unfilled') = (entrant IS NULL)", name="entrant"),
        CheckConstraint("redeemed_ms IS NULL OR state = 'awarded'", name="redeemed"),
        UniqueConstraint("draw_id", "sequence"),
        UniqueConstraint("draw_id", "replaces"),
        Index(
            "uq_award_entrant",
            "draw_id",
            "entrant",
            unique=True,
            sqlite_where=text("draw_id IS NOT NULL AND entrant IS NOT NULL"),
            postgresql_where=text("draw_id IS NOT NULL AND entrant IS NOT NULL"),
        ),
        Index(
            "uq_award_once",
            "once",
            unique=True,
            sqlite_where=text("state = 'awarded' AND once IS NOT NULL"),
            postgresql_where=text("state = 'awarded' AND once IS NOT NULL"),
        ),
        Index(
            "uq_award_replaces_id",
            "replaces_id",
            unique=True,
            sqlite_where=text("replaces_id IS NOT NULL"),
            postgresql_where=text("replaces_id IS NOT NULL"),
        ),
        Index("ix_award_campaign_id_person_id", "campaign_id", "person_id"),
    )

    id: Mapped[Id]
    campaign_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("campaign.id"))
    prize_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("prize.id"), index=True)
    prize: Mapped[Line]
    """Its name, as it was awarded."""
    draw_id: Mapped[Code | None] = mapped_column(ForeignKey("draw.id"))
    """Null: it was not drawn."""
    sequence: Mapped[int | None]
    """Within its draw, from 1."""
    attempt_id: Mapped[int | None] = mapped_column(REFERENCE, ForeignKey("attempt.id"), unique=True)
    """The attempt at whose end it was won."""
    entrant: Mapped[Code | None]
    """The winner's pseudonym in the campaign."""
    person_id: Mapped[int | None] = mapped_column(REFERENCE, ForeignKey("person.id"))
    rank: Mapped[int | None]
    """The winner's place in the draw's ranking, or in the campaign's; null at the end of an attempt."""
    state: Mapped[Code]
    replaces: Mapped[int | None]
    """Of a draw: the sequence of the forfeited award whose prize this one has."""
    replaces_id: Mapped[int | None] = mapped_column(REFERENCE, ForeignKey("award.id"))
    """The same, of any kind, by its id."""
    once: Mapped[Code | None]
    """What nobody may win twice: ``<campaign>:<person>``, or ``<campaign>:<group>:<person>``; null: no limit."""
    reason: Mapped[Prose]
    """Why it was forfeited, as everybody may read it."""
    awarded_ms: Mapped[Milliseconds]
    changed_ms: Mapped[Milliseconds]
    claim_until_ms: Mapped[Milliseconds | None]
    """Until when its winner may claim and collect it; null: no deadline."""
    code_hash: Mapped[Code | None] = mapped_column(unique=True)
    """SHA-256 of the code by which it is handed out; null: the winner has not seen one yet."""
    code_sealed: Mapped[str | None] = mapped_column(Text)
    """The code itself, for its winner to see again: see `campaigns.privacy`."""
    redeemed_ms: Mapped[Milliseconds | None]
    """When it was handed out or sent; once, by a conditional UPDATE."""
    redeemed_by: Mapped[Line]


class Claim(Table):
    """Where a winner wants their prize: personal data, sealed, for the prize desk alone."""

    __tablename__ = "claim"
    __table_args__ = (CheckConstraint("way IN ('pickup', 'post')", name="way"),)

    award_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("award.id"), primary_key=True)
    way: Mapped[Code]
    sealed: Mapped[Prose]
    """Name, phone and address as JSON, sealed: see `campaigns.privacy`."""
    claimed_ms: Mapped[Milliseconds]
    shipment: Mapped[Line]
    """Carrier and number of what was posted."""


class CodeTry(Table):
    """Wrong codes that somebody at the prize desk has typed in lately."""

    __tablename__ = "code_try"

    by: Mapped[Code] = mapped_column(primary_key=True)
    """The account's name."""
    failed: Mapped[int]
    since_ms: Mapped[Milliseconds]


class Exclusion(Table):
    """Somebody who takes part, and may not win (排除名单)."""

    __tablename__ = "exclusion"
    __table_args__ = (CheckConstraint("why IN ('organiser', 'won_before', 'other')", name="why"),)

    campaign_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("campaign.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("person.id"), primary_key=True)
    why: Mapped[Code]
    note: Mapped[Line]
    by: Mapped[Line]
    at_ms: Mapped[Milliseconds]


class Certificate(Table):
    """A certificate of having taken part or passed, under a number that anybody can check."""

    __tablename__ = "certificate"
    __table_args__ = (UniqueConstraint("group_id", "person_id"),)

    number: Mapped[Code] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("prize_group.id"))
    person_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("person.id"))
    name: Mapped[Line]
    """As it is printed; empty: by the pseudonym."""
    points: Mapped[int]
    issued_ms: Mapped[Milliseconds]
