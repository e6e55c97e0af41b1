"""Whether a message may go to its person now, and by which ways: pure rules over facts that `gather` reads.

By the person's own wish and the campaign's manners: not once it has expired, not to who wants no notices, not of a
campaign that was closed meanwhile, not in quiet hours, not more than so many a day. What must be said (asked for, or
won) waits for none of these, but is of no use once expired either.

Ways, the best first: ``wecom``; ``subscription``, where an unspent consent to the wording's template is there;
``custom``, where the person spoke within 48 hours and was not sent five messages since.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.clock import HOUR, MINUTE, local
from campaigns.outbox import Message

WINDOW_MS = 48 * HOUR - MINUTE
"""How long after a message of theirs a follower may be written to; a little less than the platform says."""
CUSTOM_MESSAGES = 5
"""So many within that window."""
FOLDED_DAYS = 4

EXPIRED = "已经过时，没有发送。"
MUTED = "本人不要通知（发过“退订”）。"
NO_WAY_IN = "只在网页上参加过，没有能送达的渠道。"
UNFOLLOWED = "本人已取消关注，送不到。"
OUT_OF_REACH = "48 小时内没有发来消息，也没有可用的订阅授权，公众号送不到。"
QUIET = "现在是免打扰时段，稍后发送。"
ENOUGH = "今天给这个人的通知已到上限，明天再发。"
NEVER = "活动设置为不发通知。"
NOT_ON = "活动已经结束或暂停，没有发送。"


@dataclass(frozen=True, slots=True)
class Manners:
    """How a campaign treats people; hours from 0 to 23, in its zone."""

    timezone: str
    quiet_from: int
    quiet_until: int
    """The same hour as `quiet_from`: never quiet."""
    notices_per_day: int
    is_on: bool = True
    """Whether it is published; not so when it was closed or paused by hand since the message was written."""


@dataclass(frozen=True, slots=True)
class Reach:
    """An identity of the person, as far as sending goes."""

    identity_id: int
    channel: str
    account: str
    recipient: str
    unfollowed: bool = False
    muted: bool = False
    spoke_ms: int | None = None
    """When they last wrote, if within 48 hours."""
    template_id: str = ""
    """The template of the message's wording, if an unspent consent to it (or one spent on this message) is there."""


@dataclass(frozen=True, slots=True)
class Facts:
    manners: Manners | None = None
    """None: the message is no campaign's."""
    reaches: tuple[Reach, ...] = ()
    notices_today: int = 0
    """Of the campaign to this person, but for those they must have; those being sent counted."""
    custom_sent_ms: tuple[int, ...] = ()
    """When customer-service messages were sent to this person in the last 48 hours; those being sent counted."""


@dataclass(frozen=True, slots=True)
class Route:
    way: str
    account: str
    recipient: str
    identity_id: int = 0
    """0: the recipient is given, and need be no identity of ours."""
    template_id: str = ""
    """Whose consent is to be spent."""


@dataclass(frozen=True, slots=True)
class Go:
    routes: tuple[Route, ...]
    """At least one, the best first."""


@dataclass(frozen=True, slots=True)
class Wait:
    until_ms: int
    reason: str


@dataclass(frozen=True, slots=True)
class Never:
    reason: str
    is_expired: bool = False


Verdict = Go | Wait | Never


def judge(message: Message, facts: Facts, now: int) -> Verdict:
    """What to do with a message now."""
    if message.expires_ms is not None and now >= message.expires_ms:
        return Never(EXPIRED, is_expired=True)
    if not message.must:
        held = _held_back(facts, now)
        if isinstance(held, Wait) and message.expires_ms is not None and held.until_ms >= message.expires_ms:
            return Never(held.reason)
        if held is not None:
            return held
    routes = _routes(message, facts, now)
    return Go(routes) if routes else Never(_why_unreachable(facts))


def _held_back(facts: Facts, now: int) -> Wait | Never | None:
    manners = facts.manners
    if any(reach.muted for reach in facts.reaches):
        return Never(MUTED)
    if manners is None:
        return None
    if not manners.is_on:
        return Never(NOT_ON)
    if manners.notices_per_day == 0:
        return Never(NEVER)
    if facts.notices_today >= manners.notices_per_day:
        tomorrow = next_day_ms(now, manners.timezone)
        return Wait(quiet_until_ms(tomorrow, manners) or tomorrow, ENOUGH)
    until = quiet_until_ms(now, manners)
    return None if until is None else Wait(until, QUIET)


def _routes(message: Message, facts: Facts, now: int) -> tuple[Route, ...]:
    if message.recipient:
        return (Route(message.way, message.account, message.recipient),)
    found = [route for reach in facts.reaches if not reach.unfollowed for route in _routes_of(reach, facts, now)]
    order = ("wecom", "subscription", "custom")
    return tuple(
        sorted(
            (route for route in found if message.way in {"", route.way}), key=lambda route: order.index(route.way)
        )
    )  # fmt: skip


def _routes_of(reach: Reach, facts: Facts, now: int) -> list[Route]:
    who = (reach.account, reach.recipient, reach.identity_id)
    if reach.channel == "wecom":
        return [Route("wecom", *who)]
    if reach.channel != "wechat":
        return []
    routes = [Route("subscription", *who, reach.template_id)] if reach.template_id else []
    spoke_ms = reach.spoke_ms
    if spoke_ms is not None and now - spoke_ms < WINDOW_MS:
        since = sum(sent_ms >= spoke_ms for sent_ms in facts.custom_sent_ms)
        routes += [Route("custom", *who)] if since < CUSTOM_MESSAGES else []
    return routes


def _why_unreachable(facts: Facts) -> str:
    ours = [reach for reach in facts.reaches if reach.channel in {"wechat", "wecom"}]
    if not ours:
        return NO_WAY_IN
    return UNFOLLOWED if all(reach.unfollowed for reach in ours) else OUT_OF_REACH


# --- hours and days --------------------------------------------------------------------------------------------


def quiet_until_ms(now: int, manners: Manners) -> int | None:
    """The end of the quiet hours that a moment falls into; None outside of them."""
    end = now
    for _ in range(FOLDED_DAYS):
        if not _is_quiet(end, manners):
            return None if end == now else end
        end = _next_hour_ms(end, manners.quiet_until, manners.timezone)
    return end


def _is_quiet(ms: int, manners: Manners) -> bool:
    start, end, hour = manners.quiet_from, manners.quiet_until, local(ms, manners.timezone).hour
    if start == end:
        return False
    return start <= hour < end if start < end else hour >= start or hour < end


def _next_hour_ms(ms: int, hour: int, zone: str) -> int:
    """The next time, after a moment, that it is a full hour by a zone's clocks; where they skip it, when they do so."""
    today = local(ms, zone).date()
    for days in range(FOLDED_DAYS):
        moment = datetime.combine(today + timedelta(days=days), time(hour), ZoneInfo(zone))
        for fold in (0, 1):  # an hour that clocks repeat comes twice
            found = int(moment.replace(fold=fold).timestamp()) * 1_000
            if found > ms:
                return found
    raise AssertionError("every hour comes again within days")


def day_start_ms(ms: int, zone: str) -> int:
    """The first moment of the day that a moment falls on in a zone."""
    return _midnight_ms(local(ms, zone), 0, zone)


def next_day_ms(ms: int, zone: str) -> int:
    """The first moment of the day after it."""
    return _midnight_ms(local(ms, zone), 1, zone)


def _midnight_ms(moment: datetime, days: int, zone: str) -> int:
    midnight = datetime.combine(moment.date() + timedelta(days=days), time(), ZoneInfo(zone))
    return int(midnight.timestamp()) * 1_000


# --- facts -----------------------------------------------------------------------------------------------------

TemplateOf = Callable[[str, str], str]
"""The template of an account for a wording; empty: none."""


def gather(session: Session, message: Message, template_of: TemplateOf, now: int) -> Facts:
    """The facts about a message; its person's row is locked, so that two messages never count past each other."""
    manners = _manners(session, message.campaign_id)
    if message.person_id is None:
        return Facts(manners)
    lock = select(tables.Person.id).where(tables.Person.id == message.person_id).with_for_update(key_share=True)
    session.execute(lock)
    day_ms = now if manners is None else day_start_ms(now, manners.timezone)
    return Facts(
        manners=manners,
        reaches=_reaches(session, message, template_of, now),
        notices_today=0 if manners is None or message.must else _notices(session, message, day_ms, now),
        custom_sent_ms=_custom_sent(session, message, now),
    )


def _manners(session: Session, campaign_id: int | None) -> Manners | None:
    if campaign_id is None:
        return None
    campaign = tables.Campaign
    columns = (campaign.timezone, campaign.quiet_from, campaign.quiet_until, campaign.notices_per_day)
    is_on = campaign.state == "published"
    return Manners(*session.execute(select(*columns, is_on).where(campaign.id == campaign_id)).one())


def _reaches(session: Session, message: Message, template_of: TemplateOf, now: int) -> tuple[Reach, ...]:
    identity, inbound = tables.Identity, tables.Inbound
    spoke = (
        select(func.max(inbound.received_ms))
        .where(
            inbound.identity_id == identity.id,
            inbound.key.like("m:%"),  # clicks and scans open a window of a minute only
            inbound.received_ms > now - WINDOW_MS,
        )
        .scalar_subquery()
    )
    rows = session.execute(
        select(identity, spoke.label("spoke_ms")).where(identity.person_id == message.person_id).order_by(identity.id)
    )
    return tuple(_reach(session, message, template_of, *row) for row in rows)


def _reach(
    session: Session, message: Message, template_of: TemplateOf, identity: tables.Identity, spoke_ms: int | None
) -> Reach:
    template_id = template_of(identity.account, message.wording) if identity.channel == "wechat" else ""
    if template_id and not _has_consent(session, identity.id, template_id, message.id):
        template_id = ""
    return Reach(
        identity_id=identity.id,
        channel=identity.channel,
        account=identity.account,
        recipient=identity.sender,
        unfollowed=_is_gone(identity, spoke_ms),
        muted=identity.muted_ms is not None,
        spoke_ms=spoke_ms,
        template_id=template_id,
    )


def _is_gone(identity: tables.Identity, spoke_ms: int | None) -> bool:
    """Whether they unfollowed; who has spoken since follows again, whether or not the platform's word of it came."""
    left_ms = identity.unfollowed_ms
    return left_ms is not None and (spoke_ms is None or spoke_ms <= left_ms)


def _has_consent(session: Session, identity_id: int, template_id: str, outbox_id: int) -> bool:
    grant = tables.SubscriptionGrant
    usable = grant.outbox_id.is_(None) | (grant.outbox_id == outbox_id)
    found = select(grant.id).where(grant.identity_id == identity_id, grant.template_id == template_id, usable).limit(1)
    return session.execute(found).first() is not None


def _notices(session: Session, message: Message, day_ms: int, now: int) -> int:
    outbox = tables.OutboxMessage
    is_being_sent = (outbox.state == "waiting") & outbox.begun & (outbox.leased_until_ms > now)
    found = select(func.count()).where(
        outbox.person_id == message.person_id,
        outbox.campaign_id == message.campaign_id,
        outbox.id != message.id,
        ~outbox.must,
        (outbox.sent_ms >= day_ms) | is_being_sent,
    )
    return session.execute(found).scalar_one()


def _custom_sent(session: Session, message: Message, now: int) -> tuple[int, ...]:
    outbox = tables.OutboxMessage
    found = select(outbox.sent_ms).where(
        outbox.person_id == message.person_id,
        outbox.id != message.id,
        outbox.sent_by == "custom",
        (outbox.sent_ms > now - WINDOW_MS) | ((outbox.state == "waiting") & outbox.begun),
    )
    return tuple(now if sent_ms is None else sent_ms for sent_ms in session.scalars(found))
