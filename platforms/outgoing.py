"""One message as a way out takes it: worded, addressed, ready to be sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Outgoing:
    key: str
    """The outbox row's: where a platform knows idempotency keys, this is it."""
    wording: str
    """The wording's key, by which an account knows the template of a subscription notice."""
    recipient: str
    """An openid, a userid, a phone number or a mail address."""
    text: str
    title: str = ""
    """A mail's subject, a card's headline; empty: none."""
    url: str = ""
    """Where it leads."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """The wording's own values, for templates that are filled in on the platform's side."""
    resent: bool = False
    """Whether an earlier sending was begun of which nobody knows how it ended."""


class Way(Protocol):
    """A way out. Makes one call (and what it needs for that), in at most `seconds`."""

    def __call__(self, outgoing: Outgoing, seconds: float) -> None:
        """Raises PlatformError (`platforms.errors`): what kind says what to do next."""
