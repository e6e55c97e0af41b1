"""Notices that the schedule writes: a campaign opens, will close within a day, or was not played today.

Each tick looks at who lacks which notice and posts it under a key of campaign, occasion and person, in batches:
ticks that run twice, at once or after a crash write nothing twice.

To whom: persons known to the campaign, which are those whose next message is about it (they scanned its code, used
its keyword, or came while it was the current one). Its opening is also told to those who came while there was no
campaign at all, as they were promised. Only to persons whom a way may reach; whether it does is decided when it is
sent: see `reaching`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from campaigns import outbox, tables
from campaigns.clock import DAY, HOUR, day_number, in_words, local
from campaigns.outbox import Draft
from campaigns.reaching import WINDOW_MS, day_start_ms, next_day_ms
from campaigns.stores import Stores

NOTICES: Mapping[str, tuple[str, ...]] = {
    "notice.opens": ("campaign", "slug", "closes"),
    "notice.closes": ("campaign", "slug", "closes"),
    "notice.reminder": ("campaign", "slug", "closes"),
    "notice.won": ("campaign", "slug", "draw", "prize"),
    "notice.claim": ("campaign", "slug", "prize", "until"),
}
"""Every notice, and its values: what a template on a platform may be filled with."""
BATCH = 500
"""So few that nobody who answers meanwhile waits noticeably for it."""
OPENING_MS = DAY
"""How long after its opening a campaign is still announced: a worker may have been away."""
CLOSING_MS = DAY
REMINDING_MS = 3 * HOUR
"""How long after its hour a reminder is still written."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """A notice that is to be written now, and to whom."""

    campaign_id: int
    wording: str
    prefix: str
    """Of the key, which ends with the person's id."""
    values: Mapping[str, Any]
    expires_ms: int
    whom: ColumnElement[bool]


def write_notices(stores: Stores, now: int) -> int:
    """Post every notice that is due and not posted yet; gives how many."""
    with stores.sql.reading() as session:
        occasions = [occasion for campaign in _open(session, now) for occasion in _occasions(campaign, now)]
    return sum(_write(stores, occasion, now) for occasion in occasions)


def _write(stores: Stores, occasion: Occasion, now: int) -> int:
    written, last = 0, 0
    while True:
        with stores.sql.reading() as session:
            persons = session.scalars(_lacking(occasion, now, last)).all()
        if persons:
            with stores.sql.transaction() as session:
                written += outbox.post_all(session, (_draft(occasion, person_id) for person_id in persons), now)
        if len(persons) < BATCH:
            return written
        last = persons[-1]


def _draft(occasion: Occasion, person_id: int) -> Draft:
    return Draft(
        key=f"{occasion.prefix}{person_id}",
        wording=occasion.wording,
        values=occasion.values,
        person_id=person_id,
        campaign_id=occasion.campaign_id,
        expires_ms=occasion.expires_ms,
    )


def _open(session: Session, now: int) -> list[tables.Campaign]:
    campaign = tables.Campaign
    closes_later = or_(campaign.closes_ms.is_(None), campaign.closes_ms > now)
    found = session.scalars(
        select(campaign).where(campaign.state == "published", campaign.opens_ms <= now, closes_later)
    ).all()
    session.expunge_all()
    return list(found)


def _occasions(campaign: tables.Campaign, now: int) -> Iterator[Occasion]:
    for occasion in (_opening, _closing, _reminder):
        if campaign.notices_per_day and (found := occasion(campaign, now)) is not None:
            yield found


def _opening(campaign: tables.Campaign, now: int) -> Occasion | None:
    if now >= campaign.opens_ms + OPENING_MS:
        return None
    identity = tables.Identity
    were_there = and_(
        identity.created_ms < campaign.opens_ms,  # who comes later is welcomed
        or_(identity.campaign_id == campaign.id, identity.campaign_id.is_(None)),
    )
    expires_ms = min(campaign.closes_ms or now + 2 * DAY, campaign.opens_ms + 2 * DAY)
    whom = and_(were_there, ~_attempted(campaign.id))
    return _occasion(campaign, "notice.opens", "opens", expires_ms, whom)


def _closing(campaign: tables.Campaign, now: int) -> Occasion | None:
    closes_ms = campaign.closes_ms
    if closes_ms is None or now < closes_ms - CLOSING_MS or campaign.opens_ms > closes_ms - CLOSING_MS:
        return None
    whom = and_(tables.Identity.campaign_id == campaign.id, ~_attempted(campaign.id, tables.Attempt.state != "open"))
    return _occasion(campaign, "notice.closes", f"closes:{closes_ms}", closes_ms, whom)


def _reminder(campaign: tables.Campaign, now: int) -> Occasion | None:
    zone, hour = campaign.timezone, campaign.reminder_hour
    today = day_start_ms(now, zone)
    if hour is None or not 0 <= now - _hour_ms(now, hour, zone) < REMINDING_MS:
        return None
    finished_today = _attempted(campaign.id, tables.Attempt.finished_ms >= today)
    whom = [tables.Identity.campaign_id == campaign.id, ~finished_today]
    if campaign.attempts_in_all is not None:
        whom.append(_attempts(campaign.id) < campaign.attempts_in_all)
    expires_ms = min(next_day_ms(now, zone), campaign.closes_ms or now + DAY)
    return _occasion(campaign, "notice.reminder", f"remind:{day_number(now, zone)}", expires_ms, and_(*whom))


def _hour_ms(now: int, hour: int, zone: str) -> int:
    """That full hour of today; where clocks skip it, when they do so."""
    return int(local(now, zone).replace(hour=hour, minute=0, second=0, microsecond=0, fold=0).timestamp()) * 1_000


def _occasion(
    campaign: tables.Campaign, wording: str, occasion: str, expires_ms: int, whom: ColumnElement[bool]
) -> Occasion:
    closes = "" if campaign.closes_ms is None else in_words(campaign.closes_ms, campaign.timezone)
    return Occasion(
        campaign_id=campaign.id,
        wording=wording,
        prefix=f"{occasion}:{campaign.id}:",
        values={"campaign": campaign.name, "slug": campaign.slug, "closes": closes},
        expires_ms=expires_ms,
        whom=whom,
    )


# --- to whom ---------------------------------------------------------------------------------------------------


def _lacking(occasion: Occasion, now: int, after: int) -> Select[int]:
    """The next persons, by id, whom an occasion is for and who lack its notice."""
    identity, message = tables.Identity, tables.OutboxMessage
    key = literal(occasion.prefix) + cast(identity.person_id, String)
    has_it = select(message.id).where(message.key == key).exists()
    return (
        select(identity.person_id)
        .where(identity.person_id > after, occasion.whom, _may_be_reached(now), ~_wants_none(), ~has_it)
        .distinct()
        .order_by(identity.person_id)
        .limit(BATCH)
    )


def _may_be_reached(now: int) -> ColumnElement[bool]:
    identity, inbound, grant = tables.Identity, tables.Inbound, tables.SubscriptionGrant
    spoke = select(inbound.key).where(inbound.identity_id == identity.id, inbound.received_ms > now - WINDOW_MS)
    consents = select(grant.id).where(grant.identity_id == identity.id, grant.outbox_id.is_(None))
    by_wechat = and_(identity.channel == "wechat", or_(spoke.exists(), consents.exists()))
    return and_(identity.unfollowed_ms.is_(None), or_(identity.channel == "wecom", by_wechat))


def _wants_none() -> ColumnElement[bool]:
    other = aliased(tables.Identity)
    muted = select(other.id).where(other.person_id == tables.Identity.person_id, other.muted_ms.is_not(None))
    return muted.exists()


def _attempted(campaign_id: int, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    attempt = tables.Attempt
    own = (attempt.campaign_id == campaign_id, attempt.person_id == tables.Identity.person_id)
    return select(attempt.id).where(*own, *conditions).exists()


def _attempts(campaign_id: int) -> ColumnElement[int]:
    attempt = tables.Attempt
    own = (attempt.campaign_id == campaign_id, attempt.person_id == tables.Identity.person_id)
    return select(func.count()).select_from(attempt).where(*own).scalar_subquery()
