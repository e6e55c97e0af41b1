"""Accounts of those who run campaigns."""

from __future__ import annotations

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.tables.base import Code, Id, Line, Milliseconds, Table


class Staff(Table):
    __tablename__ = "staff"
    __table_args__ = (CheckConstraint("role IN ('owner', 'organiser', 'editor', 'viewer', 'desk')", name="role"),)

    id: Mapped[Id]
    name: Mapped[Code] = mapped_column(unique=True)
    role: Mapped[Code]
    password_hash: Mapped[Line]
    one_time: Mapped[bool] = mapped_column(default=False)
    """Whether the password was made by the program and must be changed at the first sign-in."""
    failures: Mapped[int] = mapped_column(default=0)
    locked_until_ms: Mapped[Milliseconds] = mapped_column(default=0)
    epoch: Mapped[int] = mapped_column(default=1)
    """Raised with every change of password: sessions that carry an older one are over."""
    created_ms: Mapped[Milliseconds]
