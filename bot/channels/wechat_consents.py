"""Consents to subscription notices, as the platform's events tell of them.

A page or a menu asks a follower for consents by template (``subscribe_msg_popup_event``: each ``accept`` is one
notice's worth), and the follower may take them back in WeChat's own settings (``subscribe_msg_change_event``).
Source: the platform's page 订阅通知 → 事件推送.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.channels.callback_xml import Malformed, read_texts
from campaigns import grants
from campaigns.people import Sender, find_identity, meet
from campaigns.store import Store

_POPUP, _CHANGE = "subscribe_msg_popup_event", "subscribe_msg_change_event"
_LONGEST = 255


@dataclass(frozen=True, slots=True)
class Consents:
    """Template ids."""

    given: tuple[str, ...]
    taken_back: tuple[str, ...]


def read_consents(fields: Mapping[str, str], body: bytes) -> Consents | None:
    """What an event says of consents; None for any other message. Raises Malformed."""
    event = fields.get("Event", "").lower() if fields.get("MsgType") == "event" else ""
    if event not in {_POPUP, _CHANGE}:
        return None
    templates, statuses = read_texts(body, "TemplateId"), read_texts(body, "SubscribeStatusString")
    if len(templates) != len(statuses) or not all(0 < len(template_id) <= _LONGEST for template_id in templates):
        raise Malformed("an event about consents names a template and what was said to it")
    said = list(zip(templates, statuses, strict=True))
    given = tuple(template_id for template_id, status in said if status == "accept" and event == _POPUP)
    taken_back = tuple(template_id for template_id, status in said if status == "reject" and event == _CHANGE)
    return Consents(given, taken_back)


def note_consents(store: Store, sender: Sender, key: str, consents: Consents, now: int) -> None:
    """Record what was given and forget what was taken back; the same event again changes nothing.

    Raises StoreUnavailable: the platform will deliver it again.
    """
    with store.reading() as session:
        is_known = find_identity(session, sender) is not None
    if not is_known:
        meet(store, sender, now)
    with store.transaction() as session:
        identity = find_identity(session, sender)
        if identity is not None:
            grants.record(session, identity.id, consents.given, key, now)
            grants.revoke(session, identity.id, consents.taken_back)
