"""The log of the product's calls; it holds no token, no secret, no openid and no text."""

from __future__ import annotations

import threading
from dataclasses import dataclass


@dataclass(frozen=True)
class Call:
    platform: str
    """``wechat`` or ``wecom``."""
    account: str
    """By its name; empty for the default account, and where the call did not say it."""
    path: str
    """``/cgi-bin/…``, without the query."""
    code: int
    """What was answered: 0, or the platform's number; -1 too where a fault left no number."""
    status: int
    """The HTTP status; 0 where the connection was closed without one."""
    began_s: float
    """Seconds since the epoch."""
    seconds: float


class Calls:
    """Every call, in the order of their answers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: list[Call] = []

    def add(self, call: Call) -> None:
        with self._lock:
            self._calls.append(call)

    def all(self) -> list[Call]:
        with self._lock:
            return list(self._calls)

    def of(self, path: str) -> list[Call]:
        """Those whose path ends so."""
        return [call for call in self.all() if call.path.endswith(path)]

    def clear(self) -> None:
        with self._lock:
            self._calls.clear()
