"""A follower of an official account: what they do on their phone, and what they see there."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from simulator.chats import OUT_OF_ORDER, TEXT_BYTES, Bubble, Phone, Tap, taps_in
from simulator.deliveries import Delivery, cdata

if TYPE_CHECKING:
    from simulator.official_accounts import OfficialAccount

MESSAGE_WINDOW = (5, 48 * 3_600.0)
ACTION_WINDOW = (3, 60.0)
TEXT_CHARACTERS = 600
QUIET = {"unsubscribe", "VIEW", "TEMPLATESENDJOBFINISH"}
"""Events whose sender is shown nothing, whatever is answered; those of subscriptions are too."""

_MESSAGE_IDS = count(time.time_ns())


@dataclass
class Allowance:
    """How many customer-service messages may still be sent, and until when. Source: 客服消息, 发消息规则."""

    left: int = 0
    until_s: float = 0.0


@dataclass(kw_only=True)
class Follower(Phone):
    """One person, with one account."""

    account: OfficialAccount
    openid: str
    subscribed: bool = False
    subscribed_s: int = 0
    subscribe_scene: str = ""
    granted: dict[str, int] = field(default_factory=dict)
    """Template id → how many notices may still be sent."""
    by_message: Allowance = field(default_factory=Allowance)
    by_action: Allowance = field(default_factory=Allowance)
    _last: tuple[str, str] = ("", "")

    def follows(self, scene: str = "") -> str:
        """Follows the account, perhaps by a code's scene; the answer. Source: 接收事件推送, 关注, 扫描带参数二维码."""
        self.subscribed, self.subscribed_s, self.subscribe_scene = True, int(time.time()), scene
        self._allow(self.by_action, ACTION_WINDOW)
        key = f"qrscene_{scene}" if scene else ""
        return self._event("subscribe", key, self._ticket(scene))

    def scans(self, scene: str) -> str:
        """Scans a parametric code, given by its scene, link or ticket; who does not follow yet, does so by it."""
        ticket = self.account.ticket_of(scene)
        if ticket is not None and ticket.until_s is not None and ticket.until_s < self.account.now():
            return self._told("二维码已过期")
        scene = ticket.scene if ticket is not None else scene
        if not self.subscribed:
            return self.follows(scene)
        self._allow(self.by_action, ACTION_WINDOW)
        return self._event("SCAN", scene, self._ticket(scene))

    def unfollows(self) -> None:
        """Source: 接收事件推送, 取消关注."""
        self.subscribed = False
        self._event("unsubscribe", "")

    def says(self, text: str) -> str:
        """Types a text; the answer. Source: 接收普通消息."""
        return self._message("text", f"<Content>{cdata(text)}</Content>", text)

    def speaks(self, recognition: str) -> str:
        """Speaks, and the platform recognises that (nothing: an empty text). Source: 接收普通消息, 语音."""
        extra = (
            f"<MediaId>{cdata('media')}</MediaId><Format>{cdata('amr')}</Format>"
            f"<Recognition>{cdata(recognition)}</Recognition>"
        )
        return self._message("voice", extra, f"🎤 {recognition}")

    def taps(self, content: str, *, of: str | Bubble | None = None) -> str:
        """Taps what is tap-able and says `content` (``B``) in the last message that has it, or in `of`."""
        found = _find(content, self.taps_of(of) if of is not None else self._newest_taps(content))
        extra = f"<Content>{cdata(found.content)}</Content><bizmsgmenuid>{cdata(found.id)}</bizmsgmenuid>"
        return self._message("text", extra, found.content)

    def clicks(self, key: str) -> str:
        """Clicks a menu entry of the type click. Source: 自定义菜单事件推送."""
        self._allow(self.by_action, ACTION_WINDOW)
        return self._event("CLICK", key)

    def views(self, url: str) -> None:
        """Clicks a menu entry that opens a page. Source: 自定义菜单事件推送."""
        self._event("VIEW", url)

    def grants(self, *template_ids: str) -> None:
        """Allows one notice by each template in the pop-up. Source: 订阅通知, 事件推送."""
        for template_id in template_ids:
            self.account.templates.setdefault(template_id, ())
            self.granted[template_id] = self.granted.get(template_id, 0) + 1
        self._popup(template_ids, "accept")

    def refuses(self, *template_ids: str) -> None:
        """Wants no such notice, says so in the pop-up."""
        self._popup(template_ids, "reject")

    def forbids(self, template_id: str) -> None:
        """Switches a notice off in the account's settings. Source: 订阅通知, 事件推送."""
        self.granted.pop(template_id, None)
        inner = (
            f"<SubscribeMsgChangeEvent><List><TemplateId>{cdata(template_id)}</TemplateId>"
            f"<SubscribeStatusString>{cdata('reject')}</SubscribeStatusString></List></SubscribeMsgChangeEvent>"
        )
        self._send("subscribe_msg_change_event", self._event_xml("subscribe_msg_change_event", "", inner, key=False))

    def again(self) -> str:
        """The platform delivers the last message once more, though it was answered."""
        kind, xml = self._last
        return self._send(kind, xml, shown=False)

    def taps_of(self, message: str | Bubble) -> tuple[Tap, ...]:
        return taps_in(message) if isinstance(message, str) else message.taps

    def spend(self) -> int:
        """Use up one customer-service message: 0, or the number that it is refused with."""
        now = self.account.now()
        open_now = [each for each in (self.by_action, self.by_message) if now < each.until_s]
        if not open_now:
            return 45015
        allowance = next((each for each in open_now if each.left), None)
        if allowance is None:
            return 45047
        allowance.left -= 1
        return 0

    def told_of(self, event: str, inner: str) -> None:
        """The platform tells the account what became of a message to this follower."""
        xml = self._event_xml(event, "", inner, key=False)
        self.account.postman.later(lambda: self._send(event, xml, kept=False))

    def _popup(self, template_ids: Sequence[str], status: str) -> None:
        items = "".join(
            f"<List><TemplateId>{cdata(template_id)}</TemplateId><SubscribeStatusString>{cdata(status)}"
            "</SubscribeStatusString><PopupScene>2</PopupScene></List>"
            for template_id in template_ids
        )
        inner = f"<SubscribeMsgPopupEvent>{items}</SubscribeMsgPopupEvent>"
        self._send("subscribe_msg_popup_event", self._event_xml("subscribe_msg_popup_event", "", inner, key=False))

    def _message(self, kind: str, inner: str, shown: str) -> str:
        self._allow(self.by_message, MESSAGE_WINDOW)
        self.show("me", kind, shown)
        return self._send(kind, self._xml(kind, f"{inner}<MsgId>{next(_MESSAGE_IDS)}</MsgId>"))

    def _event(self, event: str, key: str, inner: str = "") -> str:
        return self._send(event, self._event_xml(event, key, inner))

    def _event_xml(self, event: str, event_key: str, inner: str = "", *, key: bool = True) -> str:
        keyed = f"<EventKey>{cdata(event_key)}</EventKey>" if key else ""
        return self._xml("event", f"<Event>{cdata(event)}</Event>{keyed}{inner}")

    def _xml(self, kind: str, inner: str) -> str:
        return (
            f"<xml><ToUserName>{cdata(self.account.original_id)}</ToUserName>"
            f"<FromUserName>{cdata(self.openid)}</FromUserName><CreateTime>{int(time.time())}</CreateTime>"
            f"<MsgType>{cdata(kind)}</MsgType>{inner}</xml>"
        )

    def _send(self, kind: str, xml: str, *, shown: bool = True, kept: bool = True) -> str:
        if kept:
            self._last = (kind, xml)
        account, seal = self.account, self.account.seal
        delivery = account.postman.deliver(
            account.callback, Delivery(kind, self.openid), lambda: seal.posting(xml, self.openid)
        )
        self.deliveries.append(delivery)
        answer = self._answer(delivery)
        if kind in QUIET or kind.startswith("subscribe_msg_") or not shown:
            return answer
        if answer == OUT_OF_ORDER:
            return self._told(answer)
        if answer:
            self.show("account", "text", answer, taps=taps_in(answer))
        return answer

    def _answer(self, delivery: Delivery) -> str:
        """What a person is shown: the passive reply's text, nothing, or that the account is out of order.

        Source: 回复文本消息; what may be answered is a passive reply, ``success`` or nothing. The limits of a text are
        second-hand.
        """
        if not delivery.answered:
            return OUT_OF_ORDER
        body = delivery.attempts[-1].body
        if body.strip() in (b"", b"success"):
            return ""
        try:
            fields = self.account.seal.opened(body)
        except Exception:  # whatever wechatpy raises at an answer that is none, the phone shows one sentence
            return OUT_OF_ORDER
        text = _passive_text(fields, self.openid, self.account.original_id)
        if text is None or len(text.encode()) > TEXT_BYTES or len(text) > TEXT_CHARACTERS:
            return OUT_OF_ORDER
        return text

    def _told(self, sentence: str) -> str:
        self.show("platform", "text", sentence)
        return sentence

    def _ticket(self, scene: str) -> str:
        ticket = self.account.ticket_of(scene) if scene else None
        return f"<Ticket>{cdata(ticket.ticket)}</Ticket>" if ticket is not None else ""

    def _allow(self, allowance: Allowance, window: tuple[int, float]) -> None:
        allowance.left, allowance.until_s = window[0], self.account.now() + window[1]

    def _newest_taps(self, content: str) -> tuple[Tap, ...]:
        for bubble in reversed(self.chat):
            if any(_is_named(tap, content) for tap in bubble.taps):
                return bubble.taps
        return ()


def _passive_text(fields: ET.Element, openid: str, original_id: str) -> str | None:
    """The text of a passive reply; None for one that the platform would not understand."""
    if fields.findtext("ToUserName") != openid or fields.findtext("FromUserName") != original_id:
        return None
    if not (fields.findtext("CreateTime") or "").isdigit():
        return None
    match fields.findtext("MsgType"):
        case "text":
            return fields.findtext("Content") or None
        case "transfer_customer_service":
            return ""
        case _:
            return None


def _is_named(tap: Tap, content: str) -> bool:
    return tap.content == content or re.match(rf"{re.escape(content)}[.．、 ]", tap.content) is not None


def _find(content: str, taps: tuple[Tap, ...]) -> Tap:
    for tap in taps:
        if _is_named(tap, content):
            return tap
    raise LookupError(f"nothing to tap says {content}; there is {[tap.content for tap in taps]}")
