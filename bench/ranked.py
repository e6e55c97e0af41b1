"""A draw of a million entrants: ranking beside a bare loop, its SQL apart, and the memory that it takes.

The freeze and the draw are measured in processes of their own, as the commands do them, since the peak of a process
only rises.
"""

from __future__ import annotations

import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import psycopg

from bench.table import Row
from campaigns import banks, draws, keeping
from campaigns.clock import DAY
from campaigns.draws.evidence import write_audit
from campaigns.draws.records import find, frozen_list
from campaigns.draws.scheme import Entrant, Prize, rank
from campaigns.keeping import Plan
from campaigns.prizes.rules import TicketRule
from campaigns.store import Store, open_store
from questions.shipped import SHIPPED_NAME, SHIPPED_SLUG, energy_bank

ENTRANTS = 1_000_000
OPENED = 1_783_126_800_000
AFTER = OPENED + 2 * DAY
VALUES = {"ssq:2026130": "03.08.15.22.27.31+09", "sse:20261130": "3857.93"}
MEMORY_MIB = 1024

_MADE = f"""
INSERT INTO unit (id, code, name, level, officer, path, sought, retired)
    SELECT n, 'U' || n, '第' || n || '单位', 'unit', '', '/' || n || '/', '', FALSE FROM generate_series(1, 900) n;
INSERT INTO person (id, name, unit_id, staff_number, rostered, created_ms)
    SELECT n, '', 1 + n % 900, '', FALSE, {OPENED} FROM generate_series(1, {ENTRANTS}) n;
INSERT INTO attempt (id, campaign_id, person_id, ordinal, day, state, paper, position, score, begun_ms, timed_out,
                     shown_ms, finished_ms, used_ms)
    SELECT n, 1, n, 1, 20260704, 'finished', '1A', 2, n % 3 * 10, {OPENED}, FALSE, {OPENED}, {OPENED} + n, n % 90000
    FROM generate_series(1, {ENTRANTS}) n;
INSERT INTO standing (campaign_id, person_id, attempt_id, points, used_ms, finished_ms, version, changed_ms)
    SELECT 1, id, id, score, used_ms, finished_ms, 1, finished_ms FROM attempt;
ANALYZE;
"""
_BARE_READ = """
SELECT s.person_id, s.points, u.code FROM standing s JOIN person p ON p.id = s.person_id
LEFT JOIN unit u ON u.id = p.unit_id WHERE s.campaign_id = 1
"""


def measure(url: str, rounds: int = 3) -> list[Row]:
    """`url` is an empty PostgreSQL database."""
    store = open_store(url)
    try:
        store.migrate()
        _make(store, url)
    finally:
        store.close()
    froze, held = (_in_a_process(part, url) for part in ("freeze", "hold"))
    return [
        _ranking(rounds),
        _row("draw: gather and freeze 1,000,000 entrants, beside a bare SELECT", froze["ms"], froze["bare_ms"]),
        _row("draw: its list out of SQL and read, beside fetching the blob", held["list_ms"], held["blob_ms"]),
        _row("draw: hold it once it is prepared, beside preparing", held["hold_ms"], held["prepare_ms"]),
        _row("draw: its evidence, beside preparing", held["audit_ms"], held["prepare_ms"]),
        _memory("draw: peak memory of a freeze of 1,000,000 entrants", froze["peak_mib"]),
        _memory("draw: peak memory of holding it and making its evidence", held["peak_mib"]),
    ]


def _row(name: str, ms: float, beside: float) -> Row:
    return Row(name, ms, "ms", beside, ms / beside, "")


def _memory(name: str, peak: float) -> Row:
    return Row(name, peak, "MiB", MEMORY_MIB, peak / MEMORY_MIB, "≤ 1")


def _ranking(rounds: int) -> Row:
    entrants = [Entrant(f"{n * 2_654_435_761 % 2**64:016x}", f"U{n % 900}", 1 + n % 3) for n in range(ENTRANTS)]
    seed = hashlib.sha256(b"bench").hexdigest()
    pairs = [(_cpu_ms(lambda: rank(seed, entrants)), _cpu_ms(lambda: _bare(seed, entrants))) for _ in range(rounds)]
    ours, bare = (median(column) for column in zip(*pairs, strict=True))
    name = "draw: rank 1,000,000 entrants, two tickets on average, beside a bare loop that hashes them"
    return Row(name, ours, "ms", bare, median(a / b for a, b in pairs), "≤ 2")


def _bare(seed: str, entrants: list[Entrant]) -> list[tuple[bytes, str]]:
    keys = []
    for name, _, tickets in entrants:
        keys.append(
            (min(hashlib.sha256(f"{seed}\n{name}\n{k}".encode()).digest() for k in range(1, tickets + 1)), name)
        )
    keys.sort()
    return keys


def _make(store: Store, url: str) -> None:
    """A campaign that is over, whose people have one to three tickets."""
    with store.transaction() as session:
        banks.carry_out(session, banks.plan_import(session, SHIPPED_SLUG, SHIPPED_NAME, energy_bank()), OPENED)
        rule = TicketRule(base=1, per_points=10)
        plan = Plan("bench", "bench", SHIPPED_SLUG, OPENED, OPENED + DAY, "Asia/Shanghai", 10, tickets=rule)
        keeping.create(session, plan, "0" * 64, OPENED)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_MADE.encode())


def _in_a_process(part: str, url: str) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.ranked", part, url]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, cwd=Path(__file__).parent.parent)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def _freeze(store: Store, url: str) -> dict[str, float]:
    begun = time.perf_counter()
    with store.reading() as session:
        gathered = draws.gather(session, "bench")
    with store.transaction() as session:
        more = {"quotas": {}, "exclusions": (), "fallback": "", "reason": "", "by": "", "now": AFTER}
        draws.freeze(session, "bench", [Prize("奖", 1_000)], list(VALUES), gathered=gathered, **more)  # type: ignore[arg-type]
    ms = (time.perf_counter() - begun) * 1e3
    peak = _peak_mib()
    with psycopg.connect(url) as bare:
        return {"ms": ms, "peak_mib": peak, "bare_ms": _ms(lambda: bare.execute(_BARE_READ).fetchall())}


def _hold(store: Store, url: str) -> dict[str, float]:
    figures: dict[str, float] = {}
    begun = time.perf_counter()
    with store.reading() as session:
        (draw_id,) = [draw.id for draw in draws.list_draws(session)]
        prepared = draws.prepare(session, draw_id, VALUES)
    figures["prepare_ms"] = (time.perf_counter() - begun) * 1e3
    begun = time.perf_counter()
    with store.transaction() as session:
        draws.hold(session, draw_id, VALUES, "", AFTER, prepared=prepared)
    figures["hold_ms"] = (time.perf_counter() - begun) * 1e3
    del prepared
    with store.reading() as session, tempfile.TemporaryFile() as stream:
        record = find(session, draw_id)
        figures["audit_ms"] = _ms(lambda: write_audit(session, record, stream))
    figures["peak_mib"] = _peak_mib()
    with store.reading() as session:
        figures["blob_ms"] = _ms(lambda: frozen_list(session, record))
        figures["list_ms"] = _ms(lambda: draws.scheme.read_list(frozen_list(session, record)))
    return figures


def _peak_mib() -> float:
    """The most that this process ever held; Linux counts in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _cpu_ms(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return (time.process_time() - begun) * 1e3


def _ms(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1e3


if __name__ == "__main__":
    part, address = sys.argv[1:]
    opened = open_store(address)
    print(json.dumps({"freeze": _freeze, "hold": _hold}[part](opened, address)))
    opened.close()
