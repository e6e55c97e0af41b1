"""Accounts of those who run campaigns, and where they are signed in."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.tables.base import REFERENCE, Code, Id, JsonList, Line, Milliseconds, Table


class Staff(Table):
    __tablename__ = "staff"
    __table_args__ = (
        CheckConstraint("role IN ('owner', 'organiser', 'editor', 'viewer', 'desk', 'liaison')", name="role"),
        CheckConstraint("(role = 'liaison') = (unit_id IS NOT NULL)", name="unit_id"),
    )

    id: Mapped[Id]
    name: Mapped[Code] = mapped_column(unique=True)
    role: Mapped[Code]
    unit_id: Mapped[int | None] = mapped_column(REFERENCE, ForeignKey("unit.id"))
    """Of a liaison (联络员): the unit of which, and of all below it, they see what there is, and of no other."""
    password_hash: Mapped[Line]
    one_time: Mapped[bool] = mapped_column(default=False)
    """Whether the password was made by the program and must be changed at the first sign-in."""
    failures: Mapped[int] = mapped_column(default=0)
    locked_until_ms: Mapped[Milliseconds] = mapped_column(default=0)
    epoch: Mapped[int] = mapped_column(default=1)
    """Raised with every change of password: sessions that carry an older one are over."""
    disabled_ms: Mapped[Milliseconds | None]
    """Since when nobody signs in by it; accounts are not removed, since histories name them."""
    totp_sealed: Mapped[str | None] = mapped_column(Text)
    """The secret of the second step (RFC 6238), sealed: see `campaigns.privacy`; null: there is none."""
    totp_step: Mapped[Milliseconds] = mapped_column(default=0)
    """The time step of the last code that was taken: none is taken twice."""
    recovery: Mapped[JsonList] = mapped_column(default=list)
    """SHA-256 of the codes, each good once, by which one who lost the device comes in."""
    created_ms: Mapped[Milliseconds]
    last_in_ms: Mapped[Milliseconds | None]
    """When they signed in last; null: never."""


class StaffSession(Table):
    """One place where an account is signed in: a browser that holds its key."""

    __tablename__ = "staff_session"

    id: Mapped[Id]
    key_hash: Mapped[Code] = mapped_column(unique=True)
    """SHA-256 of what the browser's cookie holds."""
    staff_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("staff.id"), index=True)
    begun_ms: Mapped[Milliseconds]
    seen_ms: Mapped[Milliseconds]
    """When it last asked for something, to the minute."""
    ended_ms: Mapped[Milliseconds | None]
    """Signed out, or revoked."""
    address: Mapped[Code]
    agent: Mapped[Line]
    """What the browser calls itself."""
