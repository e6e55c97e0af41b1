"""What must happen by itself, in loops that survive a database or a Redis that is away.

Of all workers one does a schedule, by a lease: see `campaigns.leases`.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from campaigns import audit, figures, leases, notices, ticks
from campaigns.clock import HOUR, MINUTE, SECOND
from campaigns.errors import StoreUnavailable
from campaigns.jobs import working
from campaigns.privacy import requests, retention
from campaigns.prizes import deadlines, lots
from campaigns.regrade import Mender
from campaigns.signals import Finder
from campaigns.staff import sessions
from campaigns.store import Store
from campaigns.stores import Stores

log = logging.getLogger(__name__)

Tick = Callable[[Stores, int], int]
Schedule = tuple[tuple[Tick, int], ...]
"""Each tick, and every how many milliseconds it is done."""
SCHEDULE: Schedule = (
    (ticks.refresh_rankings, SECOND),
    (ticks.refresh_units, SECOND // 2),
    (Mender().carry_on_all, SECOND),
    (ticks.finish_timed_out, 2 * SECOND),
    (lots.decide_lots, 2 * SECOND),
    (notices.write_notices, MINUTE),
    (deadlines.remind, 10 * MINUTE),
    (ticks.purge_inbound, 10 * MINUTE),
    (ticks.purge_outbox, HOUR),
    (requests.forget_old, HOUR),
    (audit.chain, 5 * SECOND),
    (audit.purge_all, HOUR),
    (sessions.forget, HOUR),
    (working.forget, HOUR),
)
AT_LEISURE: Schedule = (
    (figures.add_up, SECOND),
    (Finder().find_signals, 5 * SECOND),
    (retention.purge_due, 10 * SECOND),
)
"""What takes its time where there is much to look at, in a thread of its own: nothing else waits for it."""
LEASE_MS = 4 * SECOND
LEISURELY_LEASE_MS = MINUTE
"""Longer than one tick at leisure usually takes. Should it take longer another worker does the same, in vain."""
RENEWED_MS = SECOND


@dataclass
class Ownership:
    """Whether this process is the one that does a schedule. When it dies, another is, seconds later."""

    store: Store
    name: str
    holder: str
    lease_ms: int = LEASE_MS
    _asked_ms: int | None = None
    _is_ours: bool = False

    def __call__(self, now: int) -> bool:
        if self._asked_ms is None or not self._asked_ms <= now < self._asked_ms + RENEWED_MS:
            self._asked_ms = now
            self._is_ours = self._acquired(now)
        return self._is_ours

    def _acquired(self, now: int) -> bool:
        try:
            with self.store.transaction() as session:
                return leases.acquire(session, self.name, self.holder, now, self.lease_ms)
        except (StoreUnavailable, SQLAlchemyError) as error:
            log.warning("who does the schedule is not known: %s", type(error).__name__)
            return False

    def release(self) -> None:
        """Let another do it at once."""
        if not self._is_ours:
            return
        try:
            with self.store.transaction() as session:
                leases.release(session, self.name, self.holder)
        except (StoreUnavailable, SQLAlchemyError):
            log.warning("the schedule will be taken over in some seconds")


def work(
    stores: Stores,
    clock: Callable[[], int],
    stop: threading.Event,
    schedule: Schedule | None = None,
    owns: Callable[[int], bool] = lambda now: True,
) -> None:
    """Do a schedule's ticks (`SCHEDULE`, if none is given) while `owns` says that they are ours, until told to stop."""
    ticks_due = SCHEDULE if schedule is None else schedule
    due = dict.fromkeys((tick for tick, _ in ticks_due), 0)
    while not stop.is_set():
        now = clock()
        for tick, every in ticks_due:
            if not now < due[tick] <= now + every and owns(now):  # later than that: the clock was set back
                _do(tick, stores, now)
                due[tick] = now + every
        stop.wait(0.2)


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _do(tick: Tick, stores: Stores, now: int) -> None:
    try:
        tick(stores, now)
    except (StoreUnavailable, SQLAlchemyError) as error:
        log.warning("%s will be tried again: %s", tick.__name__, type(error).__name__)
