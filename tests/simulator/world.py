"""Everything that the simulator knows: accounts, people, faults and the log, with one clock."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from simulator.calls import Calls
from simulator.corps import Corp
from simulator.deliveries import PATIENCE_S, Postman
from simulator.faults import Faults
from simulator.official_accounts import OfficialAccount
from simulator.texts import Gateway

BEIJING_S = 8 * 3_600


class World:
    """In memory, and gone with the process."""

    def __init__(self, names: Sequence[str] = ("",), *, safe: bool = True, patience_s: float = PATIENCE_S) -> None:
        self.lock = threading.RLock()
        self.faults = Faults()
        self.calls = Calls()
        self.postman = Postman(patience_s)
        self.product_url = "http://127.0.0.1:8000"
        self._passed_s = 0.0
        self.accounts = {
            name: OfficialAccount(
                name, self.now, self.postman, self.faults, lambda: self.product_url, safe=safe, lock=self.lock
            )
            for name in names
        }
        self.corp = Corp(self.now, self.postman, self.faults, lambda: self.product_url, lock=self.lock)
        self.gateway = Gateway()

    def now(self) -> float:
        """Seconds since the epoch, as the platforms count windows and lifetimes."""
        return time.time() + self._passed_s

    def pass_time(self, seconds: float) -> None:
        """Let so much time pass for windows, lifetimes and quotas; what is delivered still says the real time."""
        self._passed_s += seconds

    def today(self) -> str:
        """The day in Beijing, by which quotas are counted."""
        return time.strftime("%Y-%m-%d", time.gmtime(self.now() + BEIJING_S))

    def end(self) -> None:
        self.faults.end()
        self.postman.end()
