"""Who may call which platform now: each way of each account has so many slots, and rests after it did not answer.

So one platform that hangs takes neither all of a sender's threads nor all of its time.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from enum import Enum, auto
from random import Random

from campaigns.clock import MINUTE, SECOND
from platforms.errors import Busy, CircuitOpen, Misconfigured, PlatformError, Unreachable

LONGEST_REST_MS = 30 * SECOND
LONGEST_CIRCUIT_MS = 10 * MINUTE
"""By then it is noticed that a circuit was closed by hand: a quota was cleared."""
MISCONFIGURED_MS = MINUTE
PROBE_MS = 5 * SECOND
"""How long others keep away while one looks whether a platform is there again."""


class Full(Enum):
    FULL = auto()


@dataclass
class Lane:
    """One way of one account, as this process has found it lately."""

    busy: int = 0
    failures: int = 0
    """In a row."""
    rests_until_ms: int = 0


class Lanes:
    """Threads share it."""

    def __init__(self, slots: int, random: Random) -> None:
        self._slots = slots
        self._random = random
        self._lanes: dict[tuple[str, str], Lane] = {}
        self._changed = threading.Condition()

    def enter(self, way: str, account: str, now: int) -> int | Full:
        """0: go ahead, and `leave` afterwards; else when to come again, or that all slots are taken just now."""
        with self._changed:
            lane = self._lane(way, account)
            if now < lane.rests_until_ms:
                return lane.rests_until_ms
            if lane.failures and lane.busy:  # one looks whether it is there again
                return now + max(PROBE_MS, self._rest_ms(lane.failures) // 2)
            if lane.busy >= self._slots:
                return Full.FULL
            lane.busy += 1
            return 0

    def wait(self, seconds: float) -> None:
        """Until somebody has left, at most so long."""
        with self._changed:
            self._changed.wait(seconds)

    def leave(self, way: str, account: str, error: PlatformError | None, now: int) -> None:
        """Note how a call ended."""
        with self._changed:
            lane = self._lane(way, account)
            lane.busy -= 1
            if not isinstance(error, Unreachable):
                lane.failures = 0
            elif not lane.failures or now >= lane.rests_until_ms:  # what was under way together fails but once
                lane.failures += 1
            lane.rests_until_ms = max(lane.rests_until_ms, self._rest_until_ms(lane, error, now)) if error else 0
            self._changed.notify_all()

    def abandon(self, way: str, account: str) -> None:
        """Give a slot back unused."""
        with self._changed:
            self._lane(way, account).busy -= 1
            self._changed.notify_all()

    def rests_until(self, way: str, account: str) -> int:
        """UTC milliseconds; in the past unless it rests."""
        with self._changed:
            return self._lane(way, account).rests_until_ms

    def _rest_until_ms(self, lane: Lane, error: PlatformError, now: int) -> int:
        match error:
            case Unreachable():
                return now + int(self._rest_ms(lane.failures) * self._random.uniform(0.5, 1.0))
            case CircuitOpen():
                return min(max(error.until_ms, now + SECOND), now + LONGEST_CIRCUIT_MS)
            case Busy():
                return now + max(error.after_ms, SECOND)
            case Misconfigured():
                return now + MISCONFIGURED_MS
            case _:
                return now

    def _rest_ms(self, failures: int) -> int:
        return min(SECOND << min(failures, 10), LONGEST_REST_MS)

    def _lane(self, way: str, account: str) -> Lane:
        return self._lanes.setdefault((way, account), Lane())
