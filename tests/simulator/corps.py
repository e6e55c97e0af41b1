"""A company in WeCom, its application that is the product's, and its directory."""

from __future__ import annotations

import secrets
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from simulator.chats import Bubble
from simulator.deliveries import Postman, Seal, greet
from simulator.faults import Faults
from simulator.members import Member
from simulator.tokens import TokenBook

CARD_CODE_S = 72 * 3_600.0


@dataclass
class CardCode:
    """What a card may be updated by, once and within 72 hours. Source: 更新模版卡片消息."""

    bubbles: list[tuple[Member, Bubble]]
    until_s: float
    used: bool = False


@dataclass
class SignIn:
    """What a member agreed to on the sign-in page; `userid` is empty for somebody who is no member."""

    userid: str
    given_s: float
    used: bool = False


@dataclass
class Corp:
    """The company and the application."""

    now: Callable[[], float]
    postman: Postman
    faults: Faults
    product_url: Callable[[], str]
    lock: threading.RLock = field(default_factory=threading.RLock)
    name: str = ""
    departments: dict[int, tuple[str, int]] = field(
        default_factory=lambda: {1: ("机关事务管理局", 0), 2: ("办公室", 1), 3: ("节能处", 1)}
    )
    """Number → name, and the number of the one above."""
    members: dict[str, Member] = field(default_factory=dict)
    menu: dict[str, Any] | None = None
    used: Counter[str] = field(default_factory=Counter)
    used_on: str = ""
    sent: dict[str, tuple[float, dict[str, Any]]] = field(default_factory=dict)
    """A message with duplicate check → until when, and what was answered."""
    sent_to: dict[str, list[float]] = field(default_factory=dict)
    """userid → when something was sent."""
    task_ids: set[str] = field(default_factory=set)
    codes: dict[str, CardCode] = field(default_factory=dict)
    sign_ins: dict[str, SignIn] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.access = TokenBook(self.now, lambda: self.faults.generation)

    # What an administrator copies from the platform's pages.

    corp_id = "ww0123456789abcdef"
    agent_id = "1000002"
    secret = sha256(b"simulator wecom secret").hexdigest()[:43]
    token = sha256(b"simulator wecom token").hexdigest()[:24]
    aes_key = sha256(b"simulator wecom aes").hexdigest()[:42] + "A"

    @property
    def callback(self) -> str:
        return f"{self.product_url()}/wecom"

    @property
    def seal(self) -> Seal:
        return Seal(self.token, self.aes_key, self.corp_id, self.corp_id, work=True, agent_id=self.agent_id)

    def greets(self) -> bool:
        """Whether the product answers the handshake. Source: 回调配置, 验证URL有效性."""
        return greet(self.callback, self.seal)

    def member(self, userid: str, name: str = "", department: int | str = 2) -> Member:
        """A member whom the application may see; the same userid is the same person.

        `department`: its number, or a name, which is added to the directory.
        """
        with self.lock:
            if userid not in self.members:
                number = department if isinstance(department, int) else self._department(department)
                self.members[userid] = Member(
                    corp=self, userid=userid, name=name or userid, department=number, lock=self.lock
                )
            return self.members[userid]

    def card_code(self, bubbles: Iterable[tuple[Member, Bubble]]) -> str:
        """A new ``response_code`` for these cards."""
        code = secrets.token_urlsafe(32)
        self.codes[code] = CardCode(list(bubbles), self.now() + CARD_CODE_S)
        return code

    def sign_in(self, userid: str) -> str:
        """A code for a member who opened the sign-in page."""
        code = secrets.token_urlsafe(32)
        self.sign_ins[code] = SignIn(userid, self.now())
        return code

    def _department(self, name: str) -> int:
        for number, (known, _) in self.departments.items():
            if known == name:
                return number
        number = max(self.departments) + 1
        self.departments[number] = (name, 1)
        return number
