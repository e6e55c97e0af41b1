"""What a person sees on their phone, on either platform."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass, field
from html import unescape
from typing import Any, Literal

from simulator.deliveries import Delivery

OUT_OF_ORDER = "该公众号暂时无法提供服务，请稍后再试"
TEXT_BYTES = 2_048

_TAP = re.compile(r'<a href="weixin://bizmsgmenu\?msgmenucontent=([^&"]*)&(?:amp;)?msgmenuid=([^"]*)">(.*?)</a>', re.S)
_MARKUP = re.compile(r"<a [^>]*>(.*?)</a>", re.S)

Who = Literal["me", "account", "platform"]


@dataclass(frozen=True)
class Tap:
    """Something in a message that can be tapped, and what the account then gets."""

    content: str
    id: str


@dataclass
class Bubble:
    """One message in the chat."""

    number: int
    who: Who
    kind: str
    """``text``, ``msgmenu``, ``subscription``, ``template``, ``textcard``, ``template_card``."""
    text: str
    at_s: float
    later: bool = False
    """Whether it came by itself, and not as the answer to something."""
    title: str = ""
    url: str = ""
    taps: tuple[Tap, ...] = ()
    values: dict[str, str] = field(default_factory=dict)
    """Of a notice, its fields."""
    template_id: str = ""
    card: dict[str, Any] = field(default_factory=dict)
    """Of a template card, as it was last updated."""
    task_id: str = ""
    message_id: str = ""

    @property
    def plain(self) -> str:
        """What a person reads."""
        return without_markup(self.text)


@dataclass(kw_only=True)
class Phone:
    """A person's chat with one account."""

    name: str
    lock: threading.RLock
    chat: list[Bubble] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    """What they did, as it was brought to the product."""
    changes: int = 0
    """Goes up with whatever changes in the chat."""

    @property
    def received(self) -> list[Bubble]:
        """What came later, by itself: messages and notices that answer nothing."""
        return [bubble for bubble in self.chat if bubble.later]

    @property
    def last(self) -> str:
        """The text of the newest message that they did not write."""
        return next((bubble.text for bubble in reversed(self.chat) if bubble.who != "me"), "")

    def show(self, who: Who, kind: str, text: str, **more: Any) -> Bubble:
        """A message appears in the chat."""
        with self.lock:
            bubble = Bubble(len(self.chat) + 1, who, kind, text, time.time(), **more)
            self.chat.append(bubble)
            self.changes += 1
        return bubble


def taps_in(text: str) -> tuple[Tap, ...]:
    """The options of a text that can be tapped. Source: the links ``weixin://bizmsgmenu`` of passive replies."""
    return tuple(Tap(unescape(content), unescape(id)) for content, id, _ in _TAP.findall(text))


def without_markup(text: str) -> str:
    return _MARKUP.sub(r"\1", text)
