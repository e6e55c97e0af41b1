"""An official account on the platform: what it was given, who follows it, and how it brings what they do."""

from __future__ import annotations

import secrets
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha1, sha256
from typing import Any

from simulator.deliveries import Postman, Seal, greet
from simulator.faults import Faults
from simulator.followers import Follower
from simulator.tokens import TokenBook

Clock = Callable[[], float]


@dataclass
class Ticket:
    """A parametric code. Source: 生成带参数的二维码."""

    ticket: str
    scene: str
    url: str
    until_s: float | None
    """None: permanent."""


@dataclass
class Authorization:
    """What a visitor agreed to on the sign-in page. Source: 网页授权."""

    account: str
    openid: str
    scope: str
    given_s: float
    snapshot: bool = False
    used: bool = False


@dataclass
class OfficialAccount:
    """A verified service account, as the product is registered with it."""

    name: str
    now: Clock
    postman: Postman
    faults: Faults
    product_url: Callable[[], str]
    safe: bool = True
    lock: threading.RLock = field(default_factory=threading.RLock)
    followers: dict[str, Follower] = field(default_factory=dict)
    templates: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Template id → the fields that a notice by it must fill in."""
    tickets: dict[str, Ticket] = field(default_factory=dict)
    """By ticket."""
    menu: dict[str, Any] | None = None
    used: Counter[str] = field(default_factory=Counter)
    """Calls of this day, by path."""
    used_on: str = ""
    clears: int = 0
    sent_ids: dict[tuple[str, str], tuple[float, int]] = field(default_factory=dict)
    """(openid, client_msg_id) of template messages → when, and the message's number."""
    authorizations: dict[str, Authorization] = field(default_factory=dict)
    """By code."""

    def __post_init__(self) -> None:
        self.stable = TokenBook(self.now, lambda: self.faults.generation)
        self.classic = TokenBook(self.now, lambda: self.faults.generation)
        self.jsapi = TokenBook(self.now, lambda: 0)

    # What an administrator copies from the platform's pages. Derived from the name: the same in every run.

    @property
    def app_id(self) -> str:
        return f"wx{self._made('app', 16)}"

    @property
    def secret(self) -> str:
        return self._made("secret", 32)

    @property
    def token(self) -> str:
        return f"token{self._made('token', 12)}"

    @property
    def aes_key(self) -> str:
        return self._made("aes", 43) if self.safe else ""

    @property
    def original_id(self) -> str:
        return f"gh_{self._made('gh', 12)}"

    @property
    def callback(self) -> str:
        return f"{self.product_url()}/wechat{f'/{self.name}' if self.name else ''}"

    @property
    def seal(self) -> Seal:
        return Seal(self.token, self.aes_key, self.app_id, self.original_id)

    def greets(self) -> bool:
        """Whether the product answers the handshake. Source: 接入指南."""
        return greet(self.callback, self.seal)

    def follower(self, name: str = "甲") -> Follower:
        """The person of this name, who at first does not follow the account; the same name is the same person."""
        openid = name if name.startswith("o") and name.isascii() else f"o{sha1(name.encode()).hexdigest()[:27]}"
        with self.lock:
            if openid not in self.followers:
                self.followers[openid] = Follower(account=self, openid=openid, name=name, lock=self.lock)
            return self.followers[openid]

    def ticket_of(self, scene_or_url: str) -> Ticket | None:
        """The last code made of a scene, or the one that holds a link."""
        found = [t for t in self.tickets.values() if scene_or_url in (t.scene, t.url, t.ticket)]
        return found[-1] if found else None

    def codes(self) -> list[Ticket]:
        """The newest ticket of each scene."""
        return list({ticket.scene: ticket for ticket in self.tickets.values()}.values())

    def make_ticket(self, scene: str, until_s: float | None) -> Ticket:
        made = Ticket(
            f"gQ{secrets.token_urlsafe(66)}", scene, f"http://weixin.qq.com/q/{secrets.token_urlsafe(16)}", until_s
        )
        self.tickets[made.ticket] = made
        return made

    def authorize(self, openid: str, scope: str, *, snapshot: bool = False) -> str:
        """A code for a visitor who agreed."""
        code = secrets.token_hex(16)
        self.authorizations[code] = Authorization(self.name, openid, scope, self.now(), snapshot)
        return code

    def _made(self, what: str, length: int) -> str:
        return sha256(f"simulator {self.name} {what}".encode()).hexdigest()[:length].ljust(length, "A")
