"""Who changed what, when: one row a change, in its transaction; rows are chained afterwards, by one writer."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.tables.base import Code, Id, Line, Milliseconds, Prose, Table

_UNCHAINED = text("sequence IS NULL")


class AuditEntry(Table):
    """Written once. Only the chain's columns are filled in later, once; see `campaigns.audit`."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_unchained", "id", sqlite_where=_UNCHAINED, postgresql_where=_UNCHAINED),
        Index("ix_audit_entry_at_ms", "at_ms"),
        Index("ix_audit_entry_by", "by", "at_ms"),
        Index("ix_audit_entry_subject", "subject", "at_ms"),
    )

    id: Mapped[Id]
    at_ms: Mapped[Milliseconds]
    by: Mapped[Line]
    """The account's name; empty: the command line without ``--by``, or the program itself."""
    what: Mapped[Code]
    """As ``campaign.published``: see `campaigns.audit`."""
    subject: Mapped[Line]
    """What was changed, as ``campaign:demo``, ``person:17``, ``staff:chen``."""
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """What of it was other, before and after; never a secret, a phone or an address."""
    note: Mapped[Prose]
    """The reason that was given."""
    sequence: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    """Its place in the chain, from 1 without gaps; null: not chained yet."""
    hash: Mapped[Code | None]
    """SHA-256 over the hash before it and what it says."""
