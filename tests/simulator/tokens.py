"""Access tokens as the platforms give and refuse them."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from simulator.refusals import Refusal

LIFETIME_S = 7_200
OVERLAP_S = 300
FORCED_A_DAY = 20
FORCED_APART_S = 30


@dataclass
class Given:
    """A token that was given."""

    value: str
    until_s: float
    generation: int
    """Of invalidations; see `Faults.invalidate_tokens`."""
    revoked: bool = False


@dataclass
class TokenBook:
    """The tokens of one account of one kind."""

    now: Callable[[], float]
    """Seconds."""
    generation: Callable[[], int]
    lifetime_s: int = LIFETIME_S
    given: list[Given] = field(default_factory=list)
    forced_s: list[float] = field(default_factory=list)
    fetches: int = 0
    """How often one was asked for."""
    refreshes: int = 0
    """How often that made a new one."""

    def stable(self, force: bool = False) -> tuple[str, int]:
        """A token and how many seconds it is good for.

        Source: 获取稳定版接口调用凭据. The same one while it is valid; in its last five minutes a new one, and both
        work. Forced: a new one, and the last one is dead; at most 20 a day, and within 30 s of the last nothing is
        refreshed.
        """
        self.fetches += 1
        now, current = self.now(), self._current()
        if force and not (self.forced_s and now - self.forced_s[-1] < FORCED_APART_S):
            if sum(now - then < 86_400 for then in self.forced_s) >= FORCED_A_DAY:
                raise Refusal(45009)
            self.forced_s.append(now)
            if current is not None:
                current.revoked = True
            current = None
        if current is None or current.until_s - now < OVERLAP_S:
            current = self._new()
        return current.value, int(current.until_s - now)

    def classic(self) -> tuple[str, int]:
        """Source: 获取接口调用凭据. Every call makes a new token; the one before works for five minutes more."""
        self.fetches += 1
        current = self._current()
        if current is not None:
            current.until_s = min(current.until_s, self.now() + OVERLAP_S)
        made = self._new()
        return made.value, self.lifetime_s

    def kept(self) -> tuple[str, int]:
        """Source: 企业微信 获取access_token. The same token while it is valid, then a new one."""
        self.fetches += 1
        current = self._current() or self._new()
        return current.value, int(current.until_s - self.now())

    def state(self, value: str) -> str:
        """``valid``, ``expired``, ``dead`` or ``unknown``."""
        found = next((token for token in self.given if token.value == value), None)
        if found is None:
            return "unknown"
        if found.revoked or found.generation != self.generation():
            return "dead"
        return "valid" if self.now() < found.until_s else "expired"

    def _current(self) -> Given | None:
        last = self.given[-1] if self.given else None
        return last if last is not None and self.state(last.value) == "valid" else None

    def _new(self) -> Given:
        self.refreshes += 1
        made = Given(secrets.token_urlsafe(96), self.now() + self.lifetime_s, self.generation())
        self.given = [*self.given[-63:], made]
        return made
