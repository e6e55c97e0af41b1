"""Each platform message has one effect and one reply.

A message is known by the identity it came from (channel, account and sender) and its key: the platform's MsgId, or
for events CreateTime, Event and EventKey. The reply's text is stored under both in the transaction of its effect and
kept for 48 hours; a retry, or a twin that arrives at the same instant, finds it.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.clock import HOUR
from campaigns.store import Direct, Gated, Statement

KEPT_MS = 48 * HOUR
PURGED_AT_ONCE = 2_000
"""So few that nobody who answers meanwhile waits noticeably for it."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What an earlier delivery of a message has done."""

    reply: str | None
    """None while a finishing answer's rank is not known yet: rebuild it from the attempt; or, without an attempt, while
    the quiz is about to begin for somebody who has just said who they are."""
    attempt_id: int | None


def record(session: Session, identity_id: int, key: str, reply: str | None, now: int) -> None:
    """Record the effect of this transaction and its reply; None: it is not known yet, see `settle_reply`.

    A twin that was quicker makes the commit fail with IntegrityError: look again.
    """
    session.add(tables.Inbound(identity_id=identity_id, key=key, reply=reply, attempt_id=None, received_ms=now))


_SET_REPLY = "UPDATE inbound SET reply = :reply WHERE identity_id = :identity AND key = :key AND reply IS NULL"
SET_REPLY = Gated(
    postgresql=Statement(_SET_REPLY + " RETURNING reply"), sqlite=(Statement(_SET_REPLY + " RETURNING reply"),)
)
READ_REPLY = Statement("SELECT reply FROM inbound WHERE identity_id = :identity AND key = :key")


def settle_reply(direct: Direct, identity_id: int, key: str, reply: str) -> str:
    """Set the reply that was left empty, unless a twin has; gives the one that stands."""
    parameters = {"identity": identity_id, "key": key, "reply": reply}
    if direct.write(SET_REPLY, parameters) is not None:
        return reply
    standing = direct.one(READ_REPLY, parameters)
    return reply if standing is None or standing[0] is None else str(standing[0])


def purge(session: Session, now: int, *, most: int) -> int:
    """Forget messages older than 48 hours, at most so many at a time; gives how many."""
    inbound = tables.Inbound
    key = tuple_(inbound.identity_id, inbound.key)
    old = select(inbound.identity_id, inbound.key).where(inbound.received_ms < now - KEPT_MS).limit(most)
    return len(session.execute(delete(inbound).where(key.in_(old)).returning(inbound.identity_id)).all())
