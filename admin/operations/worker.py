"""`lvda worker`: what must happen by itself, in a loop that survives a database or a Redis that is away."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from campaigns import jobs
from campaigns.clock import MINUTE, SECOND
from campaigns.errors import StoreUnavailable
from campaigns.stores import Stores

log = logging.getLogger(__name__)

Job = Callable[[Stores, int], int]
SCHEDULE: tuple[tuple[Job, int], ...] = ((jobs.refresh_rankings, SECOND), (jobs.purge_inbound, 10 * MINUTE))
"""Each job, and every how many milliseconds it is done."""


def work(stores: Stores, clock: Callable[[], int], stop: threading.Event) -> None:
    """Do the schedule's jobs until told to stop."""
    due = dict.fromkeys((job for job, _ in SCHEDULE), 0)
    while not stop.is_set():
        now = clock()
        for job, every in SCHEDULE:
            if not now < due[job] <= now + every:  # later than that: the clock was set back
                _do(job, stores, now)
                due[job] = now + every
        stop.wait(0.2)


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _do(job: Job, stores: Stores, now: int) -> None:
    try:
        job(stores, now)
    except (StoreUnavailable, SQLAlchemyError) as error:
        log.warning("%s will be tried again: %s", job.__name__, type(error).__name__)
