"""Units, persons, and the identities by which persons reach us."""

from __future__ import annotations

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.tables.base import REFERENCE, Code, Id, Line, Milliseconds, Table


class Unit(Table):
    __tablename__ = "unit"

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Line]
    parent_id: Mapped[int | None] = mapped_column(REFERENCE, ForeignKey("unit.id"))


class Person(Table):
    """One entrant, however many identities lead to them."""

    __tablename__ = "person"

    id: Mapped[Id]
    name: Mapped[Line]
    """Empty for a guest."""
    unit_id: Mapped[int | None] = mapped_column(REFERENCE, ForeignKey("unit.id"), index=True)
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
