"""What goes wrong on the platforms' side, on demand."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Literal

Kind = Literal["code", "status", "hang", "drop", "trickle"]


@dataclass
class Fault:
    """One thing that goes wrong."""

    kind: Kind
    value: float
    """Of `code` the platform's number, of `status` the HTTP status, of `hang` and `trickle` seconds."""
    path: str
    """Of the calls that it befalls, as a part of their path; empty: every call."""
    left: int | None
    """How many calls it still befalls; None: until `Faults.clear`."""
    done: bool
    """Whether the call has its effect all the same, so that only its answer is lost."""


class Faults:
    """Switches; each says how many calls it befalls, and with `path` which ones.

    `done`: the call takes effect first, and only its answer goes wrong; otherwise nothing happens but the fault.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._latency_s = 0.0
        self._dead_tokens = 0
        self.over = threading.Event()
        """Set when the simulator ends, so that nobody goes on hanging."""
        self.lifted = threading.Event()
        """Set when the faults are cleared: whoever hangs is let go."""

    def answer(self, code: int, *, times: int | None = 1, path: str = "") -> None:
        """The next calls are refused with a number of the platform's; 45009 is the day's quota."""
        self._add(Fault("code", code, path, times, False))

    def quota(self, path: str = "") -> None:
        """The day's quota is reached: 45009, until `clear`, or until the product clears it by ``clear_quota``."""
        self._add(Fault("code", 45009, path, None, False))

    def status(self, status: int = 503, *, times: int | None = 1, path: str = "", done: bool = False) -> None:
        """An HTTP error and a page that is no JSON."""
        self._add(Fault("status", status, path, times, done))

    def hang(self, seconds: float, *, times: int | None = 1, path: str = "", done: bool = False) -> None:
        """No answer for so long, and then an HTTP 504."""
        self._add(Fault("hang", seconds, path, times, done))

    def drop(self, *, times: int | None = 1, path: str = "", done: bool = False) -> None:
        """The connection is closed without an answer."""
        self._add(Fault("drop", 0, path, times, done))

    def trickle(self, seconds: float, *, times: int | None = 1, path: str = "") -> None:
        """The answer comes, a byte at a time, spread over so many seconds."""
        self._add(Fault("trickle", seconds, path, times, True))

    def latency(self, seconds: float) -> None:
        """Every answer takes so long from now on."""
        self._latency_s = seconds

    def invalidate_tokens(self) -> None:
        """Every token that was ever given is refused from now on (40001; WeCom 40014)."""
        with self._lock:
            self._dead_tokens += 1

    def clear(self) -> None:
        """Everything is well again, and whoever hangs is answered."""
        with self._lock:
            self._faults.clear()
            self._latency_s = 0.0
            self.lifted.set()
            self.lifted = threading.Event()

    def clear_quota(self) -> None:
        with self._lock:
            self._faults = [fault for fault in self._faults if (fault.kind, fault.value) != ("code", 45009)]

    @property
    def generation(self) -> int:
        """How often tokens were invalidated; a token of an older generation is dead."""
        return self._dead_tokens

    @property
    def delay_s(self) -> float:
        return self._latency_s

    def on(self) -> list[Fault]:
        """Those that are still to befall somebody."""
        with self._lock:
            return list(self._faults)

    def take(self, path: str) -> Fault | None:
        """The fault that befalls a call, used up by it."""
        with self._lock:
            for fault in self._faults:
                if fault.path in path:
                    if fault.left is not None:
                        fault.left -= 1
                        if fault.left <= 0:
                            self._faults.remove(fault)
                    return fault
        return None

    def wait(self, seconds: float) -> None:
        """Sleeps, unless the faults are cleared or the simulator ends."""
        lifted = self.lifted
        if not self.over.is_set():
            lifted.wait(seconds)

    def end(self) -> None:
        self.over.set()
        self.clear()

    def _add(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)
