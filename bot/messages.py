"""What passes between a channel and the dialogue."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from campaigns.people import Sender


class Said(StrEnum):
    """What a message is."""

    TEXT = "text"
    """Typed, or spoken and recognised."""
    MENU = "menu"
    """A click in the account's menu; `Inbound.text` is its key, which may be another program's."""
    TAP = "tap"
    """A tap on an option; `Inbound.tap` names it."""
    UNHEARD = "unheard"
    """A voice message that the platform did not recognise."""
    FOLLOW = "follow"
    UNFOLLOW = "unfollow"
    SCAN = "scan"


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message as a channel understood it."""

    sender: Sender
    key: str
    """What the platform's retries of this message have in common."""
    said: Said
    sent_s: int
    """When the person sent it, in whole seconds: the platform's time, brought to our clock by the channel."""
    received_ms: int
    """When it first reached us authenticated."""
    text: str = ""
    tap: str = ""
    scene: str = ""
    """What a scanned code carries: ``slug`` or ``slug:unit code``."""
    taps: bool = False
    """Whether this client can tap options that stand in a text; then it reads links as markup, too."""
    links: bool = False
    """Whether this client reads links as markup."""

    @property
    def markup(self) -> bool:
        return self.taps or self.links


@dataclass(frozen=True, slots=True)
class Reply:
    text: str
    """Empty: nothing to say."""
