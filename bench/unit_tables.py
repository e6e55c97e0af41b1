"""The table of units: adding up a million standings, and reading what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import psycopg
import redis

from bench.table import Row
from campaigns import banks, keeping
from campaigns.clock import DAY
from campaigns.editions import Edition, load_edition
from campaigns.keeping import Plan
from campaigns.standings import OVERLAP_MS
from campaigns.store import Store, open_store
from campaigns.unit_standings import KEPT_MS, UnitRanking
from questions.shipped import SHIPPED_NAME, SHIPPED_SLUG, energy_bank

PERSONS = 1_000_000
UNITS = 10_000
OPENED = 1_783_126_800_000

_MADE = f"""
INSERT INTO unit (id, code, name, level, officer, headcount, path, sought, retired)
    SELECT n, 'U' || n, '第' || n || '区', 'county', '', NULL, '/' || n || '/', '', FALSE
    FROM generate_series(1, 100) n;
INSERT INTO unit (id, code, name, level, officer, headcount, path, sought, retired, parent_id)
    SELECT n, 'U' || n, '第' || n || '单位', 'unit', '', 150,
           '/' || n % 100 + 1 || '/' || n || '/', '', FALSE, n % 100 + 1
    FROM generate_series(101, {UNITS}) n;
INSERT INTO person (id, name, unit_id, staff_number, rostered, created_ms)
    SELECT n, '', 101 + n % {UNITS - 100}, '', FALSE, {OPENED} FROM generate_series(1, {PERSONS}) n;
INSERT INTO attempt (id, campaign_id, person_id, ordinal, day, state, paper, position, score, begun_ms, timed_out,
                     shown_ms, finished_ms, used_ms)
    SELECT n, 1, n, 1, 20260704, 'finished', '1A', 2, n % 11 * 10, {OPENED}, FALSE, {OPENED}, {OPENED} + n, n % 90000
    FROM generate_series(1, {PERSONS}) n;
INSERT INTO standing (campaign_id, person_id, attempt_id, points, used_ms, finished_ms, version, changed_ms)
    SELECT 1, id, id, score, used_ms, finished_ms, 1, finished_ms FROM attempt;
ANALYZE;
"""
_BARE = """
SELECT p.unit_id, count(*), sum(s.points) FROM standing s JOIN person p ON p.id = s.person_id
WHERE s.campaign_id = 1 GROUP BY p.unit_id
"""


def measure(url: str, redis_url: str, rounds: int = 5) -> list[Row]:
    store = open_store(url)
    try:
        store.migrate()
        edition = _made(store, url)
        with psycopg.connect(url) as bare, redis.Redis.from_url(redis_url) as client:
            client.zadd("bench:units", {f"U{n}": n for n in range(UNITS)})
            return _measure(store, edition, bare, client, rounds)
    finally:
        store.close()


def _made(store: Store, url: str) -> Edition:
    with store.transaction() as session:
        banks.carry_out(session, banks.plan_import(session, SHIPPED_SLUG, SHIPPED_NAME, energy_bank()), OPENED)
        plan = Plan("bench", "bench", SHIPPED_SLUG, OPENED, OPENED + DAY, "Asia/Shanghai", 10)
        campaign_id = keeping.create(session, plan, "0" * 64, OPENED)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_MADE.encode())
    with store.reading() as session:
        return load_edition(session, campaign_id)


def _measure(store: Store, edition: Edition, bare: psycopg.Connection, client: redis.Redis, rounds: int) -> list[Row]:
    after = edition.closes_ms or 0
    now = after + OVERLAP_MS + PERSONS
    adding: list[tuple[float, float]] = []
    fresh: list[tuple[float, float]] = []
    kept: list[tuple[float, float]] = []
    for nth in range(rounds):
        bare.execute("UPDATE unit_tally SET made_ms = 0")
        bare.commit()
        ranking = UnitRanking(store)
        adding.append(
            (_ms(lambda: ranking.refresh(edition.id, now)), _ms(lambda: bare.execute(_BARE).fetchall()))  # noqa: B023
        )
        read = lambda: client.zrevrange("bench:units", 0, -1, withscores=True)  # noqa: E731
        at = now + nth * 10 * KEPT_MS
        fresh.append((_ms(lambda: ranking.table(edition, level="unit", now=at)), _ms(read)))  # noqa: B023
        kept.append((_ms(lambda: ranking.table(edition, level="unit", now=at)), _ms(read)))  # noqa: B023
    return [
        _row("units: add up 1,000,000 standings of 10,000 units, beside a bare GROUP BY", adding, "≤ 2"),
        _row("units: the table after the close as a process that has it reads it, beside ZREVRANGE", kept, "≤ 3"),
        _row("units: the same, first read of a process or after a second, beside ZREVRANGE", fresh, ""),
    ]


def _row(name: str, pairs: list[tuple[float, float]], aim: str) -> Row:
    ours, beside = (median(column) for column in zip(*pairs, strict=True))
    return Row(name, ours, "ms", beside, median(a / b for a, b in pairs), aim)


def _ms(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1e3
