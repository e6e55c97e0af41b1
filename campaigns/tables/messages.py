"""Messages that must go out, whom they may reach, and what the platforms have given us to reach them by."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.tables.base import REFERENCE, Code, Id, Json, Line, Milliseconds, Table

_WAITS = text("state = 'waiting'")


class OutboxMessage(Table):
    """A message that must go out: written in the transaction of what it tells of, sent afterwards by a worker.

    It holds a wording's key and values, not a text: it is worded when it is sent, in its reader's language.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'sent', 'dead', 'dropped')", name="state"),
        CheckConstraint("(state = 'sent') = (sent_ms IS NOT NULL)", name="sent"),
        Index("ix_outbox_due", "due_ms", "id", sqlite_where=_WAITS, postgresql_where=_WAITS),
        Index("ix_outbox_person_campaign", "person_id", "campaign_id", "sent_ms"),
    )

    id: Mapped[Id]
    key: Mapped[Line] = mapped_column(unique=True)
    """What makes it this message and no other: asked for twice, it is written once."""
    campaign_id: Mapped[int | None] = mapped_column(REFERENCE, ForeignKey("campaign.id"))
    person_id: Mapped[int | None] = mapped_column(REFERENCE, ForeignKey("person.id"))
    """Whom it is for; null where `recipient` says it all, as for a report by mail."""
    way: Mapped[Code]
    """``wechat``, ``wecom``, ``sms``, ``mail``; empty: whichever reaches the person when it is sent."""
    account: Mapped[Code]
    recipient: Mapped[Line]
    """As the way knows them; empty: found by the person when it is sent."""
    wording: Mapped[Code]
    values: Mapped[Json]
    must: Mapped[bool]
    """Whether quiet hours, the day's cap and a wish for no notices do not hold it back: it was asked for, or won."""
    state: Mapped[Code] = mapped_column(default="waiting")
    """Dead: tried in vain, and somebody must look. Dropped: it would be of no use any more, or is not wanted."""
    due_ms: Mapped[Milliseconds]
    expires_ms: Mapped[Milliseconds | None]
    """From when on it is of no use."""
    lease: Mapped[Code | None]
    """The worker that is sending it."""
    leased_until_ms: Mapped[Milliseconds | None]
    begun: Mapped[bool] = mapped_column(default=False)
    """Whether a sending was begun of which nobody knows how it ended."""
    tries: Mapped[int] = mapped_column(default=0)
    reason: Mapped[Line]
    """Why the last try failed, or why it was dropped: one sentence."""
    created_ms: Mapped[Milliseconds]
    sent_ms: Mapped[Milliseconds | None]
    sent_by: Mapped[Code]
    """The way that it took."""


class SubscriptionGrant(Table):
    """A participant's consent to one notice by one template: one grant, one push."""

    __tablename__ = "subscription_grant"
    __table_args__ = (UniqueConstraint("identity_id", "template_id", "key"),)

    id: Mapped[Id]
    identity_id: Mapped[int] = mapped_column(REFERENCE, ForeignKey("identity.id"))
    template_id: Mapped[Line]
    key: Mapped[Line]
    """Of the event that told of it."""
    granted_ms: Mapped[Milliseconds]
    outbox_id: Mapped[int | None] = mapped_column(REFERENCE, ForeignKey("outbox.id"), unique=True)
    """The message that it was spent on."""


class AccessToken(Table):
    """The one token that all processes use for an account."""

    __tablename__ = "access_token"

    platform: Mapped[Code] = mapped_column(primary_key=True)
    account: Mapped[Code] = mapped_column(primary_key=True)
    purpose: Mapped[Code] = mapped_column(primary_key=True)
    """``access``, or the kind of a JS-SDK ticket."""
    sealed: Mapped[str] = mapped_column(Text)
    """Encrypted under the installation's secret; empty: none yet."""
    version: Mapped[int]
    """Raised by every refresh: whoever was refused with an older one takes this one."""
    fetched_ms: Mapped[Milliseconds]
    expires_ms: Mapped[Milliseconds]
    refresher: Mapped[Code | None]
    """The process that is fetching a new one."""
    refreshing_until_ms: Mapped[Milliseconds]


class Circuit(Table):
    """A kind of call that an account must not make for a while."""

    __tablename__ = "circuit"

    platform: Mapped[Code] = mapped_column(primary_key=True)
    account: Mapped[Code] = mapped_column(primary_key=True)
    api: Mapped[Line] = mapped_column(primary_key=True)
    open_until_ms: Mapped[Milliseconds]
    reason: Mapped[Line]
    opened_ms: Mapped[Milliseconds]


class QrTicket(Table):
    """A parametric code of an official account, renewed before it expires."""

    __tablename__ = "qr_ticket"

    account: Mapped[Code] = mapped_column(primary_key=True)
    scene: Mapped[Code] = mapped_column(primary_key=True)
    """``slug`` or ``slug:unit``, as the callback reads it."""
    ticket: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text)
    """What the code holds."""
    made_ms: Mapped[Milliseconds]
    expires_ms: Mapped[Milliseconds | None]
    """Null: permanent."""


class Lease(Table):
    """What only one process may do at a time, and which one does it."""

    __tablename__ = "lease"

    name: Mapped[Code] = mapped_column(primary_key=True)
    holder: Mapped[Code]
    until_ms: Mapped[Milliseconds]
