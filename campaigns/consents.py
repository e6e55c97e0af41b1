"""Consents to the notice about personal data, each to one wording of it (PIPL, art. 14 and 17)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from campaigns.store import insertion
from campaigns.tables import Consent, Identity

VERSION_LENGTH = 16


@dataclass(frozen=True, slots=True)
class GivenConsent:
    version: str
    given_ms: int


def version_of(text: str) -> str:
    """What tells one wording of a notice from every other: the beginning of its SHA-256."""
    return sha256(text.encode()).hexdigest()[:VERSION_LENGTH]


def give(session: Session, identity_id: int, campaign_id: int, version: str, now: int) -> None:
    """Record that somebody agreed; the same again changes nothing, and keeps the first time."""
    session.execute(
        insertion(session.get_bind(), Consent)
        .values(identity_id=identity_id, campaign_id=campaign_id, version=version, given_ms=now)
        .on_conflict_do_nothing()
    )


def take_back(session: Session, person_ids: Collection[int], campaign_id: int) -> None:
    """Forget that these persons agreed to any wording of a campaign's notice."""
    consent, identity = Consent, Identity
    own = select(identity.id).where(identity.person_id.in_(person_ids))
    session.execute(delete(consent).where(consent.campaign_id == campaign_id, consent.identity_id.in_(own)))


def is_given(session: Session, identity_id: int, campaign_id: int, version: str) -> bool:
    """Whether this identity agreed to this wording."""
    consent = Consent
    found = exists().where(
        consent.identity_id == identity_id, consent.campaign_id == campaign_id, consent.version == version
    )
    return bool(session.scalar(select(found)))


def given(session: Session, identity_id: int, campaign_id: int) -> list[GivenConsent]:
    """What this identity agreed to in a campaign, the newest first."""
    consent = Consent
    rows = session.execute(
        select(consent.version, consent.given_ms)
        .where(consent.identity_id == identity_id, consent.campaign_id == campaign_id)
        .order_by(consent.given_ms.desc(), consent.id.desc())
    )
    return [GivenConsent(*row) for row in rows]
