"""Jobs that tests ask for, and a worker that does one of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from sqlalchemy import select

from campaigns import tables
from campaigns.editions import Editions
from campaigns.jobs import asking
from campaigns.jobs.asking import Listed
from campaigns.jobs.kinds import Kinds, Running
from campaigns.jobs.working import do_next
from campaigns.standings import Ranking
from campaigns.store import Store
from campaigns.stores import Stores

NOW = 1_783_126_800_000


def asked(
    store: Store,
    kind: str = "count",
    title: str = "数数",
    arguments: Mapping[str, object] | None = None,
    by: str = "chen",
    file: bytes = b"",
    unit_id: int | None = None,
) -> int:
    with store.transaction() as session:
        return asking.ask(session, kind, title, arguments or {}, by, NOW, file=file, unit_id=unit_id)


def look(store: Store, job_id: int) -> Listed:
    with store.reading() as session:
        return asking.find(session, job_id)


def without_redis(store: Store) -> Stores:
    return Stores(store, Ranking(store, None), Editions())


def work_once(
    store: Store, kinds: Kinds, clock: Callable[[], int] = lambda: NOW, holder: str = "one", *, stop: bool = False
) -> bool:
    """Let a worker do what it can have; gives whether there was anything."""
    stopping = threading.Event()
    if stop:
        stopping.set()
    return do_next(without_redis(store), kinds, holder, clock, stopping)


def _nothing(stores: Stores, running: Running, now: int) -> str:
    return "做完了。"


NOTHING: Kinds = {"count": _nothing}


def ended(store: Store, job_id: int, data: bytes) -> int:
    """Let a job make a file of these bytes; gives when it was done."""

    def write(stores: Stores, running: Running, now: int) -> str:
        running.deliver("表.csv", "text/csv", [data])
        return "做完了。"

    work_once(store, {"count": write})
    done_ms = look(store, job_id).ended_ms
    assert done_ms is not None
    return done_ms


def entries(store: Store) -> list[tuple[str, str, str]]:
    """Who did what to what, as the audit log says."""
    with store.reading() as session:
        rows = session.scalars(select(tables.AuditEntry).order_by(tables.AuditEntry.id))
        return [(one.by, one.what, one.subject) for one in rows]
