"""What is recorded of a person in a campaign, as they may read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from bot.pages.moments import duration, moment
from bot.wording import tell
from campaigns import bindings, consents, play, tables
from campaigns.draws import pseudonym
from campaigns.editions import Edition
from campaigns.signals import own_voids

CHATS = ("wechat", "wecom")
"""The channels that notices can be sent by."""


@dataclass(frozen=True, slots=True)
class AttemptLine:
    id: int
    number: int
    when: str
    result: str
    """Points and time; or that it is told later."""
    marks: Sequence[str]
    """Whether it counts, whether its time was up."""
    void: str
    """Why it was declared void, and what that means; empty: it was not."""
    reviewable: bool


@dataclass(frozen=True, slots=True)
class Own:
    unit: str
    name: str
    """Masked; empty for a guest."""
    pseudonym: str
    """What one is called in the campaign's draws; empty where there are none."""
    attempts: Sequence[AttemptLine]
    consent: str
    has_chat: bool
    muted: bool


def own(session: Session, edition: Edition, turn: play.Turn, now: int) -> Own:
    bound = bindings.bound(session, turn.person_id)
    return Own(
        unit=bound.unit,
        name=bound.name,
        pseudonym=pseudonym(edition.salt, turn.person_id) if edition.ranks and not edition.purged else "",
        attempts=_attempts(session, edition, turn.person_id, now),
        consent=_consent(session, edition, turn.identity_id),
        has_chat=has_chat(session, turn.person_id),
        muted=_has(session, turn.person_id, muted=True),
    )


def _attempts(session: Session, edition: Edition, person_id: int, now: int) -> list[AttemptLine]:
    attempt, standing = tables.Attempt, tables.Standing
    rows = session.scalars(
        select(attempt)
        .where(attempt.campaign_id == edition.id, attempt.person_id == person_id, attempt.finished_ms.is_not(None))
        .order_by(attempt.ordinal.desc())
    ).all()
    counted = session.scalar(
        select(standing.attempt_id).where(standing.campaign_id == edition.id, standing.person_id == person_id)
    )
    revealed = edition.is_revealed(now, finished=True)
    reasons = {one.attempt_id: one.reason for one in own_voids(session, edition.id, person_id)}
    return [_attempt(row, edition, counted, reasons.get(row.id), revealed=revealed) for row in rows]


def _attempt(
    row: tables.Attempt, edition: Edition, counted: int | None, void: str | None, *, revealed: bool
) -> AttemptLine:
    marks = []
    if void is not None:
        marks.append(tell("record.void"))
    elif row.state == "superseded":
        marks.append(tell("record.superseded"))
    elif revealed and row.id == counted and edition.counts != "sum":
        marks.append(tell("record.counts"))
    if row.timed_out:
        marks.append(tell("record.timed_out"))
    told = tell("entry.last.sentence", score=row.score, used=duration(row.used_ms or 0))
    return AttemptLine(
        id=row.id,
        number=row.ordinal,
        when=moment(row.begun_ms, edition.timezone),
        result=told if revealed else tell("record.later"),
        marks=marks,
        void="" if void is None else tell("record.void.reason", reason=void),
        reviewable=revealed and row.state == "finished",
    )


def _consent(session: Session, edition: Edition, identity_id: int) -> str:
    given = consents.given(session, identity_id, edition.id)
    if not given:
        return tell("record.consent.none")
    return tell("record.consent.given", when=moment(given[0].given_ms, edition.timezone), version=given[0].version)


def has_chat(session: Session, person_id: int) -> bool:
    """Whether a person can be reached, and known again, by a chat."""
    return _has(session, person_id, muted=False)


def _has(session: Session, person_id: int, *, muted: bool) -> bool:
    """Whether any identity by which notices can be sent leads to a person; or whether one of them is muted."""
    identity = tables.Identity
    conditions = [identity.person_id == person_id, identity.channel.in_(CHATS)]
    if muted:
        conditions.append(identity.muted_ms.is_not(None))
    return bool(session.scalar(select(exists().where(*conditions))))
