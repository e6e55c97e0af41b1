"""A member of the company: what they do in WeCom's chat with the application, and what they see there."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from simulator.chats import TEXT_BYTES, Bubble, Phone
from simulator.deliveries import Delivery, cdata

if TYPE_CHECKING:
    from simulator.corps import Corp

NO_ANSWER = "（应用没有回应）"
"""The simulator's own remark: WeCom itself shows nothing."""
INTERACTIVE = {"button_interaction", "vote_interaction", "multiple_interaction"}

_MESSAGE_IDS = count(time.time_ns())


@dataclass(kw_only=True)
class Member(Phone):
    """One person in the company's directory."""

    corp: Corp
    userid: str
    department: int
    visible: bool = True
    """Whether the application may see and write to them."""
    _last: tuple[str, str, Bubble | None] = ("", "", None)

    def says(self, text: str) -> str:
        """Types a text; the answer. Source: 接收消息与事件, 消息格式."""
        self.show("me", "text", text)
        return self._send("text", self._xml("text", f"<Content>{cdata(text)}</Content>{_message_id()}"))

    def speaks(self) -> str:
        """Speaks; WeCom recognises nothing. Source: 消息格式, 语音消息."""
        self.show("me", "voice", "🎤")
        media = f"<MediaId>{cdata('media')}</MediaId><Format>{cdata('amr')}</Format>"
        return self._send("voice", self._xml("voice", f"{media}{_message_id()}"))

    def enters(self) -> str:
        """Opens the application. Source: 事件格式, 进入应用."""
        return self._event("enter_agent")

    def clicks(self, key: str) -> str:
        """Clicks a menu entry. Source: 事件格式, 点击菜单拉取消息的事件推送."""
        return self._event("click", key)

    def joins(self) -> str:
        """Comes into the application's sight. Source: 事件格式, 成员关注及取消关注事件."""
        self.visible = True
        return self._event("subscribe")

    def leaves(self) -> str:
        """Goes out of the application's sight. Source: 事件格式, 成员关注及取消关注事件."""
        self.visible = False
        return self._event("unsubscribe")

    def taps_card(self, button: str, card: Bubble | None = None) -> str:
        """Taps the button of the newest card that is called so, or whose key it is; the text of the answer, if any.

        Source: 事件格式, 通用模板卡片事件推送. A card that is answered with an update changes where it stands.
        """
        found = card or self._newest("button_list")
        if "replaced" in found.card:
            raise LookupError(f"this card's buttons were replaced by {found.card['replaced']}")
        for each in found.card.get("button_list", []):
            if button in (each.get("key"), each.get("text")) or str(each.get("text", "")).startswith(f"{button}."):
                return self._tap(found, str(each["key"]))
        raise LookupError(f"no button is called {button}: {found.card.get('button_list')}")

    def votes(self, *options: str, card: Bubble | None = None) -> str:
        """Ticks options of the newest vote card, by their number, text or first letter, and submits it."""
        found = card or self._newest("checkbox")
        if "replaced" in found.card:
            raise LookupError(f"this card's buttons were replaced by {found.card['replaced']}")
        box = found.card["checkbox"]
        ticked = [_option(box["option_list"], option) for option in options]
        if len(ticked) > 1 and not int(box.get("mode", 0)):
            raise LookupError("this vote card takes one option")
        chosen = "".join(f"<OptionId>{cdata(option)}</OptionId>" for option in ticked)
        items = (
            f"<SelectedItems><SelectedItem><QuestionKey>{cdata(str(box['question_key']))}</QuestionKey>"
            f"<OptionIds>{chosen}</OptionIds></SelectedItem></SelectedItems>"
        )
        for option in box["option_list"]:
            option["is_checked"] = str(option["id"]) in ticked
        return self._tap(found, str(found.card.get("submit_button", {}).get("key", "")), items)

    def again(self) -> str:
        """The platform delivers the last message once more, though it was answered."""
        kind, xml, card = self._last
        return self._send(kind, xml, card=card, shown=False)

    @property
    def cards(self) -> list[Bubble]:
        """The template cards, oldest first, each as it was last updated."""
        return [bubble for bubble in self.chat if bubble.kind == "template_card"]

    def change_card(self, bubble: Bubble, card: dict[str, Any] | None, replaced: str) -> None:
        """A card is replaced, or its buttons by a text that cannot be tapped."""
        with self.lock:
            if card is not None:
                bubble.card, bubble.task_id = card, str(card.get("task_id") or bubble.task_id)
                bubble.text = card_text(card)
                replaced = replaced or str(card.get("replace_text", ""))
            if replaced:
                bubble.card = {**bubble.card, "replaced": replaced}
            self.changes += 1

    def _newest(self, part: str) -> Bubble:
        for bubble in reversed(self.cards):
            if part in bubble.card and "replaced" not in bubble.card:
                return bubble
        raise LookupError(f"no card has a {part}")

    def _tap(self, bubble: Bubble, key: str, items: str = "") -> str:
        code = self.corp.card_code([(self, bubble)])
        inner = (
            f"<TaskId>{cdata(bubble.task_id)}</TaskId><CardType>{cdata(str(bubble.card['card_type']))}</CardType>"
            f"<ResponseCode>{cdata(code)}</ResponseCode>{items}"
        )
        return self._send("template_card_event", self._event_xml("template_card_event", key, inner), card=bubble)

    def _event(self, event: str, key: str = "") -> str:
        return self._send(event, self._event_xml(event, key))

    def _event_xml(self, event: str, key: str, inner: str = "") -> str:
        return self._xml("event", f"<Event>{cdata(event)}</Event><EventKey>{cdata(key)}</EventKey>{inner}")

    def _xml(self, kind: str, inner: str) -> str:
        return (
            f"<xml><ToUserName>{cdata(self.corp.corp_id)}</ToUserName>"
            f"<FromUserName>{cdata(self.userid)}</FromUserName><CreateTime>{int(time.time())}</CreateTime>"
            f"<MsgType>{cdata(kind)}</MsgType>{inner}<AgentID>{self.corp.agent_id}</AgentID></xml>"
        )

    def _send(self, kind: str, xml: str, *, card: Bubble | None = None, shown: bool = True) -> str:
        self._last = (kind, xml, card)
        corp, seal = self.corp, self.corp.seal
        delivery = corp.postman.deliver(corp.callback, Delivery(kind, self.userid), lambda: seal.posting(xml))
        self.deliveries.append(delivery)
        answer = self._answer(delivery, card)
        if answer and shown:
            self.show("platform" if answer == NO_ANSWER else "account", "text", answer)
        return answer

    def _answer(self, delivery: Delivery, card: Bubble | None) -> str:
        """Source: 被动回复消息格式. A text is cut at 2,048 bytes; a tap's answer may change the card."""
        if not delivery.answered:
            return NO_ANSWER
        body = delivery.attempts[-1].body
        if body.strip() in (b"", b"success"):
            return ""
        try:
            fields = self.corp.seal.opened(body)
        except Exception:  # whatever wechatpy raises at an answer that is none
            return NO_ANSWER
        if fields.findtext("ToUserName") != self.userid or fields.findtext("FromUserName") != self.corp.corp_id:
            return NO_ANSWER
        match fields.findtext("MsgType"):
            case "text":
                return (fields.findtext("Content") or "").encode()[:TEXT_BYTES].decode(errors="ignore")
            case "update_button" if card is not None:
                self.change_card(card, None, fields.findtext("Button/ReplaceName") or "")
                return ""
            case "update_template_card" if card is not None and (given := fields.find("TemplateCard")) is not None:
                self.change_card(card, read_card(given), "")
                return ""
            case _:
                return NO_ANSWER


def read_card(element: ET.Element) -> dict[str, Any]:
    """A card in a reply's XML, as the JSON calls have it: ``MainTitle`` is ``main_title``, ``…List`` a list."""
    card: dict[str, Any] = {}
    for child in element:
        name = {"CheckBox": "checkbox", "KeyName": "keyname"}.get(child.tag) or _snake(child.tag)
        value: Any = read_card(child) if len(child) else (child.text or "").strip()
        if name == "is_checked":
            value = value in ("1", "true")
        if name.endswith("_list"):
            card.setdefault(name, []).append(value)
        else:
            card[name] = value
    return card


def card_text(card: dict[str, Any]) -> str:
    """What a card says, as lines."""
    title = card.get("main_title", {})
    lines = [
        title.get("title", ""),
        title.get("desc", ""),
        card.get("sub_title_text", ""),
        *(f"{each.get('keyname')}：{each.get('value', '')}" for each in card.get("horizontal_content_list", [])),
    ]
    return "\n".join(line for line in lines if line)


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _option(options: Sequence[dict[str, Any]], wanted: str) -> str:
    for option in options:
        text = str(option.get("text", ""))
        if wanted in (str(option.get("id")), text) or text.startswith(f"{wanted}."):
            return str(option["id"])
    raise LookupError(f"no option is called {wanted}: {options}")


def _message_id() -> str:
    return f"<MsgId>{next(_MESSAGE_IDS)}</MsgId>"
