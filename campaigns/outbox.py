"""Messages that must go out. Posted in the transaction of its cause, sent by a worker afterwards.

    waiting → leased by a worker → begun (committed before the platform is called)
            → sent | waiting again | dead | dropped

A worker that is killed leaves its lease, which runs out; the next one sees by `begun` that nobody knows how the
sending ended, and sends again. So a message goes out at least once, and twice only if its worker died between the
platform's answer and the record of it, and only where the platform knows no idempotency keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, String, delete, func, literal_column, or_, select, update
from sqlalchemy.orm import Session

from campaigns import audit, tables
from campaigns.clock import DAY, HOUR, SECOND
from campaigns.errors import Refused
from campaigns.store import insertion

LEASE_MS = 15 * SECOND
"""Longer than a sending and its record take, by far."""
MOST_TRIES = 8
FIRST_PAUSE_MS = 30 * SECOND
LONGEST_PAUSE_MS = HOUR
KEPT_MS = 90 * DAY
PURGED_AT_ONCE = 500
REASON_LENGTH = 255

WORDINGS = {
    "notice.opens": "活动开始",
    "notice.closes": "活动即将结束",
    "notice.reminder": "每日提醒",
    "notice.won": "中奖通知",
    "notice.claim": "领奖提醒",
    "chat.text": "答题卡片",
    "sms": "短信",
}
WAYS = {
    "wechat": "公众号",
    "custom": "公众号客服消息",
    "subscription": "公众号订阅通知",
    "wecom": "企业微信",
    "sms": "短信",
    "mail": "邮件",
}
"""What staff call kinds of messages, and the ways that they take."""


class State(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"
    """Tried in vain, and somebody must look."""
    DROPPED = "dropped"
    """Of no use any more, or not wanted."""

    @property
    def label(self) -> str:
        return {"waiting": "等待发送", "sent": "已发出", "dead": "没有发出", "dropped": "不再发送"}[self.value]


@dataclass(frozen=True, slots=True)
class Draft:
    """A message before it is posted; what the fields mean is said at `tables.OutboxMessage`."""

    key: str
    wording: str
    values: Mapping[str, Any] = field(default_factory=dict)
    person_id: int | None = None
    campaign_id: int | None = None
    way: str = ""
    account: str = ""
    recipient: str = ""
    must: bool = False
    due_ms: int | None = None
    """None: now."""
    expires_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A message as the worker that leased it knows it."""

    id: int
    key: str
    campaign_id: int | None
    person_id: int | None
    way: str
    account: str
    recipient: str
    wording: str
    values: Mapping[str, Any]
    must: bool
    expires_ms: int | None
    begun: bool
    """Whether an earlier sending was begun of which nobody knows how it ended."""
    tries: int
    created_ms: int
    lease: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A message as the console and the command line show it: nobody's address, nobody's name."""

    id: int
    key: str
    campaign: str | None
    """Its slug."""
    person_id: int | None
    wording: str
    must: bool
    state: State
    reason: str
    tries: int
    due_ms: int
    created_ms: int
    sent_ms: int | None
    sent_by: str
    begun: bool


@dataclass(frozen=True, slots=True)
class Counts:
    waiting: int
    sent_today: int
    dead: int
    dropped: int


# --- posting ---------------------------------------------------------------------------------------------------


def post(
    session: Session,
    *,
    key: str,
    wording: str,
    values: Mapping[str, Any],
    now: int,
    person_id: int | None = None,
    campaign_id: int | None = None,
    way: str = "",
    account: str = "",
    recipient: str = "",
    must: bool = False,
    due_ms: int | None = None,
    expires_ms: int | None = None,
) -> bool:
    """Write a message down, in the transaction of what it tells of; False if this key was posted before."""
    draft = Draft(
        key, wording, values, person_id, campaign_id, way, account, recipient, must, due_ms, expires_ms
    )  # fmt: skip
    return post_all(session, [draft], now) == 1


def post_all(session: Session, drafts: Iterable[Draft], now: int) -> int:
    """Write messages down; gives how many of their keys were new."""
    rows = [_row(draft, now) for draft in drafts]
    if not rows:
        return 0
    insert = insertion(session.get_bind(), tables.OutboxMessage)
    new = insert.on_conflict_do_nothing().returning(tables.OutboxMessage.id)
    return len(session.execute(new, rows).all())


def _row(draft: Draft, now: int) -> dict[str, Any]:
    return {
        "key": draft.key,
        "campaign_id": draft.campaign_id,
        "person_id": draft.person_id,
        "way": draft.way,
        "account": draft.account,
        "recipient": draft.recipient,
        "wording": draft.wording,
        "values": dict(draft.values),
        "must": draft.must,
        "state": State.WAITING.value,
        "due_ms": now if draft.due_ms is None else draft.due_ms,
        "expires_ms": draft.expires_ms,
        "created_ms": now,
        "begun": False,
        "tries": 0,
        "reason": "",
        "sent_by": "",
    }


def withdraw(session: Session, key: str, reason: str) -> bool:
    """Drop a message that has become untrue, a dead one too; False if it was sent, is being sent, or never was.

    One that is being sent expires, so that it is not sent again if nobody answers now.
    """
    return _withdrawn(session, tables.OutboxMessage.key == key, reason) == 1


def withdraw_all(session: Session, campaign_id: int, wording: str, reason: str) -> int:
    """The same with all of a campaign's messages of a wording; gives how many were dropped."""
    outbox = tables.OutboxMessage
    return _withdrawn(session, (outbox.campaign_id == campaign_id) & (outbox.wording == wording), reason)


def _withdrawn(session: Session, which: ColumnElement[bool], reason: str) -> int:
    outbox = tables.OutboxMessage
    is_being_sent = outbox.begun & outbox.lease.is_not(None)
    dropped = session.execute(
        update(outbox)
        .where(which, outbox.state.in_((State.WAITING.value, State.DEAD.value)), ~is_being_sent)
        .values(state=State.DROPPED.value, lease=None, leased_until_ms=None, reason=reason[:REASON_LENGTH])
        .returning(outbox.id)
        .execution_options(synchronize_session=False)
    ).all()
    session.execute(
        update(outbox)
        .where(which, outbox.state == State.WAITING.value)
        .values(expires_ms=0)
        .execution_options(synchronize_session=False)
    )
    return len(dropped)


# --- sending ---------------------------------------------------------------------------------------------------


_WAITING: ColumnElement[str] = literal_column("'waiting'", String)
"""Not as a parameter: planners would not know that the index of what waits will do."""


def _is_due(now: int) -> ColumnElement[bool]:
    outbox = tables.OutboxMessage
    is_free = or_(outbox.leased_until_ms.is_(None), outbox.leased_until_ms <= now)
    return (outbox.state == _WAITING) & (outbox.due_ms <= now) & is_free


def has_due(session: Session, now: int) -> bool:
    """Whether a worker could lease anything: a look that locks nothing."""
    return session.execute(select(tables.OutboxMessage.id).where(_is_due(now)).limit(1)).first() is not None


def lease(session: Session, holder: str, now: int, most: int) -> list[Message]:
    """Take messages that are due, the oldest first, for `LEASE_MS`. `holder` is new for every call.

    Workers that lease at the same moment get different ones: on PostgreSQL what another has locked is skipped, on
    SQLite they take turns (the session must be a transaction).
    """
    outbox = tables.OutboxMessage
    due = select(outbox).where(_is_due(now)).order_by(outbox.due_ms, outbox.id).limit(most)
    rows = session.execute(due.with_for_update(skip_locked=True)).scalars().all()
    session.execute(
        update(outbox)
        .where(outbox.id.in_([row.id for row in rows]))
        .values(lease=holder, leased_until_ms=now + LEASE_MS)
        .execution_options(synchronize_session=False)
    )
    return [_message(row, holder) for row in rows]


def _message(row: tables.OutboxMessage, holder: str) -> Message:
    return Message(
        id=row.id,
        key=row.key,
        campaign_id=row.campaign_id,
        person_id=row.person_id,
        way=row.way,
        account=row.account,
        recipient=row.recipient,
        wording=row.wording,
        values=row.values,
        must=row.must,
        expires_ms=row.expires_ms,
        begun=row.begun,
        tries=row.tries,
        created_ms=row.created_ms,
        lease=holder,
    )


def put_back(session: Session, messages: Iterable[Message]) -> None:
    """Let others lease messages that were leased and not begun."""
    for message in messages:
        _changed(session, *_is_held(message), lease=None, leased_until_ms=None)


def begin(session: Session, message: Message, way: str, now: int) -> bool:
    """Note that a sending begins; to be committed before the platform is called. False: the lease has run out."""
    outbox = tables.OutboxMessage
    values = {"begun": True, "sent_by": way, "leased_until_ms": now + LEASE_MS}
    return _changed(session, *_is_held(message), outbox.leased_until_ms > now, **values)


def settle_sent(session: Session, message: Message, way: str, now: int) -> bool:
    """Every settling gives False, and changes nothing, when another worker has taken the message over."""
    values = {"state": State.SENT, "sent_ms": now, "sent_by": way, "begun": False, "reason": ""}
    return _settled(session, message, values)


def settle_later(
    session: Session, message: Message, due_ms: int, reason: str, *, begun: bool, costs_a_try: bool = False
) -> bool:
    """Let it wait. `begun`: whether it may have gone out all the same; without a reason the last one stands."""
    values: dict[str, Any] = {"due_ms": due_ms, "begun": begun, "tries": message.tries + costs_a_try}
    if reason:
        values["reason"] = reason
    if not begun:
        values["sent_by"] = ""
    return _settled(session, message, values)


def settle_dead(session: Session, message: Message, reason: str, *, begun: bool, costs_a_try: bool = False) -> bool:
    values = {"state": State.DEAD, "reason": reason, "begun": begun, "tries": message.tries + costs_a_try}
    return _settled(session, message, values)


def settle_dropped(session: Session, message: Message, reason: str) -> bool:
    return _settled(session, message, {"state": State.DROPPED, "reason": reason})


def pause_ms(tries: int, random: Random) -> int:
    """How long to wait after so many tries: doubled each time up to an hour, and never the same for two messages."""
    longest = min(FIRST_PAUSE_MS * 2 ** min(tries, 16), LONGEST_PAUSE_MS)
    return int(longest * random.uniform(0.5, 1.0))


def _is_held(message: Message) -> tuple[ColumnElement[bool], ...]:
    return tables.OutboxMessage.id == message.id, tables.OutboxMessage.lease == message.lease


def _settled(session: Session, message: Message, values: Mapping[str, Any]) -> bool:
    return _changed(session, *_is_held(message), lease=None, leased_until_ms=None, **values)


def _changed(session: Session, *conditions: ColumnElement[bool], **values: object) -> bool:
    """Change a message that still waits."""
    outbox = tables.OutboxMessage
    if "reason" in values:
        values["reason"] = str(values["reason"])[:REASON_LENGTH]
    changed = session.execute(
        update(outbox)
        .where(outbox.state == State.WAITING.value, *conditions)
        .values(**values)
        .returning(outbox.id)
        .execution_options(synchronize_session=False)
    )
    return changed.first() is not None


# --- by hand ---------------------------------------------------------------------------------------------------


def counts(session: Session, since_ms: int) -> Counts:
    """How many wait, were sent since a moment, are dead, were dropped."""
    outbox = tables.OutboxMessage
    by_state = {row[0]: row[1] for row in session.execute(select(outbox.state, func.count()).group_by(outbox.state))}
    sent = select(func.count()).where(outbox.state == State.SENT.value, outbox.sent_ms >= since_ms)
    return Counts(
        waiting=by_state.get(State.WAITING, 0),
        sent_today=session.execute(sent).scalar_one(),
        dead=by_state.get(State.DEAD, 0),
        dropped=by_state.get(State.DROPPED, 0),
    )


def listing(session: Session, state: State, *, most: int, skipped: int = 0, campaign: str = "") -> list[Listed]:
    """Messages of a state: what waits by when it is due, all others the newest first."""
    outbox = tables.OutboxMessage
    order = (outbox.due_ms, outbox.id) if state is State.WAITING else (outbox.id.desc(),)
    query = _listed(state, campaign).order_by(*order).limit(most).offset(skipped)
    return [_as_listed(row) for row in session.execute(query)]


def how_many(session: Session, state: State, campaign: str = "") -> int:
    found = _listed(state, campaign).subquery()
    return session.execute(select(func.count()).select_from(found)).scalar_one()


def _listed(state: State, campaign: str) -> Select[tables.OutboxMessage, str]:
    outbox = tables.OutboxMessage
    query = (
        select(outbox, tables.Campaign.slug)
        .outerjoin(tables.Campaign, tables.Campaign.id == outbox.campaign_id)
        .where(outbox.state == state.value)
    )
    return query.where(tables.Campaign.slug == campaign) if campaign else query


def _as_listed(found: Row[tables.OutboxMessage, str]) -> Listed:
    row, slug = found
    return Listed(
        id=row.id,
        key=row.key,
        campaign=slug,
        person_id=row.person_id,
        wording=row.wording,
        must=row.must,
        state=State(row.state),
        reason=row.reason,
        tries=row.tries,
        due_ms=row.due_ms,
        created_ms=row.created_ms,
        sent_ms=row.sent_ms,
        sent_by=row.sent_by,
        begun=row.begun,
    )


def resend(session: Session, now: int, ids: Sequence[int] | None = None, by: str = "") -> int:
    """Let dead messages go again, these or all; gives how many. What was dropped may be named, too. `by` is the
    account's name.

    Raises Refused when one of those named is neither.
    """
    outbox = tables.OutboxMessage
    chosen = (
        outbox.state == State.DEAD.value
        if ids is None
        else outbox.id.in_(ids) & outbox.state.in_((State.DEAD.value, State.DROPPED.value))
    )
    again = session.execute(
        update(outbox)
        .where(chosen)
        .values(state=State.WAITING.value, due_ms=now, tries=0, lease=None, leased_until_ms=None, reason="")
        .returning(outbox.id)
        .execution_options(synchronize_session=False)
    ).all()
    _refuse_others(ids, len(again), "这条通知已经发出，或者正在等待发送，不用重发。")
    if again:
        audit.record(session, by, "message.resent", _subject(ids), now, after={"messages": len(again)})
    return len(again)


def drop(session: Session, reason: str, ids: Sequence[int], now: int, by: str = "") -> int:
    """Give up messages that are dead, or wait and are not being sent; gives how many. Raises Refused as `resend`."""
    outbox = tables.OutboxMessage
    dropped = session.execute(
        update(outbox)
        .where(outbox.id.in_(ids), outbox.state.in_((State.DEAD.value, State.WAITING.value)), outbox.lease.is_(None))
        .values(state=State.DROPPED.value, reason=reason[:REASON_LENGTH])
        .returning(outbox.id)
        .execution_options(synchronize_session=False)
    ).all()
    _refuse_others(ids, len(dropped), "这条通知已经发出、正在发送或者已经放弃，不能放弃。")
    audit.record(session, by, "message.dropped", _subject(ids), now, after={"messages": len(dropped)}, note=reason)
    return len(dropped)


def _subject(ids: Sequence[int] | None) -> str:
    return f"message:{ids[0] if ids is not None and len(ids) == 1 else 'all'}"


def _refuse_others(ids: Sequence[int] | None, done: int, sentence: str) -> None:
    if ids is not None and done < len(set(ids)):
        raise Refused(sentence)


def purge(session: Session, now: int, *, most: int) -> int:
    """Forget what was sent or dropped more than 90 days ago, at most so many at a time; gives how many."""
    outbox, grant = tables.OutboxMessage, tables.SubscriptionGrant
    is_over = outbox.state.in_((State.SENT.value, State.DROPPED.value))
    old = session.scalars(select(outbox.id).where(is_over, outbox.created_ms < now - KEPT_MS).limit(most)).all()
    session.execute(delete(grant).where(grant.outbox_id.in_(old)))  # spent on them: of no use either
    session.execute(delete(outbox).where(outbox.id.in_(old)))
    return len(old)
