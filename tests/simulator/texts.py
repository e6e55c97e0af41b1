"""An operator's gateway of short messages: what it was given and what it took. No operator's in particular."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

ADDRESS = "/sms-gateway"
SECRET = "gateway-secret"
MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)


@dataclass(frozen=True)
class Text:
    phone: str
    content: str


@dataclass
class Gateway:
    name: str = ""
    texts: list[Text] = field(default_factory=list)
    used: Counter[str] = field(default_factory=Counter)
    used_on: str = ""
    _taken: set[str] = field(default_factory=set)

    def take(self, phone: str, content: str, id: str) -> str:
        """Its answer's code; a message whose id it knows is taken, and not sent again."""
        if not MOBILE.fullmatch(phone):
            return "31"
        if id not in self._taken:
            self._taken.add(id)
            self.texts.append(Text(phone, content))
        return "0"
