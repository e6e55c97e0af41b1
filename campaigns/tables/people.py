"""Units, persons, the identities by which persons reach us, and what they agreed to."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.tables.base import REFERENCE, Code, Id, JsonList, Line, Milliseconds, Prose, Table


class Unit(Table):
    """A node of the tree 省–市–县–单位–部门; levels may be left out, and units may hold units."""

    __tablename__ = "unit"
    __table_args__ = (
        CheckConstraint("level IN ('province', 'city', 'county', 'unit', 'department')", name="level"),
        CheckConstraint("headcount IS NULL OR headcount >= 0", name="headcount"),
        CheckConstraint("parent_id IS NULL OR parent_id <> id", name="parent"),
    )

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Line]
    parent_id: Mapped[int | None] = mapped_column(REFERENCE, ForeignKey("unit.id"), index=True)
    level: Mapped[Code] = mapped_column(default="unit")
    headcount: Mapped[int | None]
    """How many people should take part (应参与人数), those of the units below included; null: not told."""
    officer: Mapped[Line]
    """The name of its liaison officer (联络员)."""
    officer_phone: Mapped[str | None] = mapped_column(Text)
    """Sealed: see `campaigns.privacy`."""
    path: Mapped[str] = mapped_column(Text, default="")
    """The ids from the root to itself, as ``/1/4/9/``: what begins with it is below it."""
    sought: Mapped[Prose]
    """What it is found by: its name, the name in pinyin, and the initials, folded and joined by spaces."""
    retired: Mapped[bool] = mapped_column(default=False)
    """Whether it is offered to nobody any more."""


class Person(Table):
    """One entrant, however many identities lead to them."""

    __tablename__ = "person"
    __table_args__ = (
        Index(
            "uq_person_staff_number",
            "unit_id",
            "staff_number",
            unique=True,
            sqlite_where=text("staff_number <> '' AND merged_into_id IS NULL"),
            postgresql_where=text("staff_number <> '' AND merged_into_id IS NULL"),
        ),
        Index(
            "ix_person_merged_into_id",
            "merged_into_id",
            sqlite_where=text("merged_into_id IS NOT NULL"),
            postgresql_where=text("merged_into_id IS NOT NULL"),
        ),
        CheckConstraint("merged_into_id IS NULL OR merged_into_id <> id", name="merged_into"),
    )

    id: Mapped[Id]
    name: Mapped[Line]
    """Empty for a guest."""
    unit_id: Mapped[int | None] = mapped_column(REFERENCE, ForeignKey("unit.id"), index=True)
    staff_number: Mapped[Code] = mapped_column(default="")
    """工号, unique within the unit; empty: not told."""
    phone: Mapped[str | None] = mapped_column(Text)
    """Sealed: see `campaigns.privacy`."""
    rostered: Mapped[bool] = mapped_column(default=False)
    """Whether an office has put them on its roster (花名册)."""
    merged_into_id: Mapped[int | None] = mapped_column(REFERENCE, ForeignKey("person.id"))
    """Who they turned out to be; the row stays, since draws of the past name it."""
    created_ms: Mapped[Milliseconds]


class Identity(Table):
    """A sender on one account of one channel, and the person it leads to."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("channel", "account", "sender"),)

    id: Mapped[Id]
    channel: Mapped[Code]
    account: Mapped[Code]
    """The platform account that was spoken to, since senders are only unique within one; may be empty."""
    sender: Mapped[Line]
    person_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("person.id"), index=True)
    campaign_id: Mapped[int | None] = mapped_column(REFERENCE, ForeignKey("campaign.id"))
    """The campaign that this sender's next message is about."""
    unfollowed_ms: Mapped[Milliseconds | None]
    """Since when the account cannot reach them: they unfollowed it, or left the office."""
    muted_ms: Mapped[Milliseconds | None]
    """Since when they want no notices but those they must have."""
    created_ms: Mapped[Milliseconds]


class Binding(Table):
    """Where a chat stands in saying who somebody is (绑定); gone when it is done."""

    __tablename__ = "binding"
    __table_args__ = (CheckConstraint("step IN ('unit', 'name', 'number')", name="step"),)

    identity_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("identity.id"), primary_key=True)
    step: Mapped[Code]
    """What is asked for."""
    unit_id: Mapped[int | None] = mapped_column(REFERENCE, ForeignKey("unit.id"))
    name: Mapped[Line]
    offered: Mapped[JsonList]
    """The ids of the units that were listed to choose from."""
    failed: Mapped[int] = mapped_column(default=0)
    """How often name and number matched nobody: names of colleagues are not to be found out by trying."""
    changed_ms: Mapped[Milliseconds]


class Consent(Table):
    """Somebody agreed to the notice about their personal data (PIPL, art. 14 and 17), in this wording of it."""

    __tablename__ = "consent"
    __table_args__ = (UniqueConstraint("identity_id", "campaign_id", "version"),)

    id: Mapped[Id]
    identity_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("identity.id"))
    campaign_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("campaign.id"))
    version: Mapped[Code]
    """The beginning of the SHA-256 of the text that they read."""
    given_ms: Mapped[Milliseconds]
