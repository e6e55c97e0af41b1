"""What leads to a person, taken out of the rows that stay: names, numbers, senders, devices.

Rows that others count on keep their place, empty: a person whom an award or a frozen list once named, an identity
by whose channel doors are counted.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import String, cast, delete, func, literal, select, update
from sqlalchemy.orm import Session

from campaigns import tables

DROPPED = "这个人的个人信息已经删除。"
CLEARED = "cleared-"
"""How senders begin that were taken out: nobody comes by one."""


def clear_identities(session: Session, person_ids: Collection[int]) -> int:
    """Let nobody be known by these persons' identities any more; gives how many there were."""
    identity = tables.Identity
    ids = session.scalars(select(identity.id).where(identity.person_id.in_(person_ids))).all()
    for table in (tables.Binding, tables.Consent, tables.SubscriptionGrant, tables.Inbound):
        session.execute(delete(table).where(table.identity_id.in_(ids)))
    session.execute(
        update(identity)
        .where(identity.id.in_(ids))
        .values(
            sender=literal(CLEARED) + cast(identity.id, String),
            account="",
            campaign_id=None,
            unfollowed_ms=None,
            muted_ms=None,
        )
        .execution_options(synchronize_session=False)
    )
    return len(ids)


def clear_messages(session: Session, message_ids: Collection[int], reason: str) -> None:
    """Drop what waits to go out, and let what went out be nobody's."""
    outbox = tables.OutboxMessage
    session.execute(
        update(outbox)
        .where(outbox.id.in_(message_ids), outbox.state.in_(("waiting", "dead")))
        .values(state="dropped", lease=None, leased_until_ms=None, reason=reason)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(outbox)
        .where(outbox.id.in_(message_ids))
        .values(person_id=None, recipient="", values={})
        .execution_options(synchronize_session=False)
    )


def clear_messages_to(session: Session, person_ids: Collection[int]) -> None:
    outbox = tables.OutboxMessage
    found = session.scalars(select(outbox.id).where(outbox.person_id.in_(person_ids))).all()
    clear_messages(session, found, DROPPED)


def clear_persons(session: Session, person_ids: Collection[int], *, units_too: bool) -> None:
    """Empty the rows of persons; `units_too` where nothing of them is counted in their unit any more."""
    person = tables.Person
    emptied: dict[str, object] = {"name": "", "staff_number": "", "phone": None, "rostered": False}
    if units_too:
        emptied["unit_id"] = None
    session.execute(
        update(person).where(person.id.in_(person_ids)).values(**emptied).execution_options(synchronize_session="fetch")
    )
    request = tables.DataRequest
    session.execute(
        update(request)
        .where(request.person_id.in_(person_ids), request.state != "open")
        .values(text="")
        .execution_options(synchronize_session=False)
    )


def delete_claims(session: Session, award_ids: Collection[int]) -> int:
    """Forget where winners wanted their prizes; gives how many had said so."""
    claim = tables.Claim
    found = session.scalar(select(func.count()).select_from(claim).where(claim.award_id.in_(award_ids))) or 0
    session.execute(delete(claim).where(claim.award_id.in_(award_ids)))
    return found


def with_former_selves(session: Session, person_ids: Collection[int]) -> list[int]:
    """Persons, and whoever was merged into them: their rows keep what they had told."""
    former = session.scalars(select(tables.Person.id).where(tables.Person.merged_into_id.in_(person_ids)))
    return [*person_ids, *former]
