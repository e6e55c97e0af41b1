"""Consents to one notice each, as participants give them on the platform: spent once, given back if unused."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.store import insertion


def record(session: Session, identity_id: int, template_ids: Iterable[str], key: str, now: int) -> None:
    """Record consents that one event tells of; the same event again changes nothing."""
    rows = [
        {"identity_id": identity_id, "template_id": template_id, "key": key, "granted_ms": now}
        for template_id in dict.fromkeys(template_ids)
    ]
    if rows:
        session.execute(insertion(session.get_bind(), tables.SubscriptionGrant).on_conflict_do_nothing(), rows)


def revoke(session: Session, identity_id: int, template_ids: Iterable[str]) -> None:
    """Forget the unspent consents to these templates: the participant took them back."""
    grant = tables.SubscriptionGrant
    session.execute(
        delete(grant).where(
            grant.identity_id == identity_id, grant.template_id.in_(list(template_ids)), grant.outbox_id.is_(None)
        )
    )


def claim(session: Session, identity_id: int, template_id: str, outbox_id: int) -> bool:
    """Spend the oldest consent on a message, once for all tries of it; False: there is none left.

    What an earlier try by another identity, or another template, has spent is used up, and stands in nobody's way.
    """
    grant = tables.SubscriptionGrant
    earlier = session.execute(
        select(grant.identity_id, grant.template_id).where(grant.outbox_id == outbox_id)
    ).one_or_none()
    if earlier is not None:
        if (earlier.identity_id, earlier.template_id) == (identity_id, template_id):
            return True
        session.execute(delete(grant).where(grant.outbox_id == outbox_id))
    unspent = (
        select(grant.id)
        .where(grant.identity_id == identity_id, grant.template_id == template_id, grant.outbox_id.is_(None))
        .order_by(grant.granted_ms, grant.id)
        .limit(1)
    )
    while (grant_id := session.scalar(unspent)) is not None:
        spent = session.execute(
            update(grant)
            .where(grant.id == grant_id, grant.outbox_id.is_(None))
            .values(outbox_id=outbox_id)
            .returning(grant.id)
        )
        if spent.one_or_none() is not None:
            return True
    return False


def give_back(session: Session, outbox_id: int) -> None:
    """The platform certainly did not use it: another message may."""
    grant = tables.SubscriptionGrant
    session.execute(update(grant).where(grant.outbox_id == outbox_id).values(outbox_id=None))
