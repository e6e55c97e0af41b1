"""What it costs to look at a campaign's figures: a million attempts beside a thousand, in one PostgreSQL database.

The pages are asked for as a browser does, over the console as it is wired; what the worker adds up meanwhile is
measured apart.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from statistics import median

import psycopg
from visitors import PASSWORD, Visitor

import wsgi
from bench.table import Row
from campaigns import banks, figures, keeping, staff
from campaigns.clock import DAY, HOUR
from campaigns.figures import OVERVIEW, QUESTIONS, Part
from campaigns.figures.adding_up import RARELIER
from campaigns.keeping import Plan
from campaigns.staff import Role
from campaigns.store import Store
from campaigns.stores import Stores, open_stores
from questions.shipped import SHIPPED_NAME, SHIPPED_SLUG, energy_bank
from settings import Settings

FEW, MANY = 1_000, 1_000_000
ANSWERS = 2
UNITS = 10_000
OPENED = 1_783_126_800_000
NOW = OPENED + 30 * HOUR
LIMIT_MS = 300

_UNITS = f"""
INSERT INTO unit (id, code, name, level, officer, headcount, path, sought, retired)
    SELECT n, 'U' || n, '第' || n || '区', 'county', '', NULL, '/' || n || '/', '', FALSE
    FROM generate_series(1, 100) n;
INSERT INTO unit (id, code, name, level, officer, headcount, path, sought, retired, parent_id)
    SELECT n, 'U' || n, '第' || n || '单位', 'unit', '', 150,
           '/' || n % 100 + 1 || '/' || n || '/', '', FALSE, n % 100 + 1
    FROM generate_series(101, {UNITS}) n;
"""
_PLAYED = f"""
INSERT INTO person (id, name, unit_id, staff_number, rostered, created_ms)
    SELECT n, '', 101 + n %% {UNITS - 100}, '', FALSE, {OPENED} FROM generate_series(%(first)s, %(last)s) n;
INSERT INTO identity (id, channel, account, sender, person_id, created_ms)
    SELECT n, (ARRAY['wechat', 'wechat', 'h5', 'wecom'])[1 + n %% 4], '', 's' || n, n, {OPENED}
    FROM generate_series(%(first)s, %(last)s) n;
INSERT INTO attempt (id, campaign_id, person_id, identity_id, ordinal, day, state, paper, position, score, begun_ms,
                     timed_out, shown_ms, finished_ms, used_ms)
    SELECT n, %(campaign)s, n, n, 1, 20260704, 'finished', '1A', 11, n %% 11 * 10,
           {OPENED} + (n * 7919::bigint) %% (30 * {HOUR}), FALSE, {OPENED} + (n * 7919::bigint) %% (30 * {HOUR}),
           {OPENED} + (n * 7919::bigint) %% (30 * {HOUR}) + 90000, 90000
    FROM generate_series(%(first)s, %(last)s) n;
INSERT INTO standing (campaign_id, person_id, attempt_id, points, used_ms, finished_ms, version, changed_ms)
    SELECT campaign_id, person_id, id, score, used_ms, finished_ms, 1, finished_ms FROM attempt
    WHERE campaign_id = %(campaign)s;
INSERT INTO attempt_origin (attempt_id, campaign_id, begun_ms, network, address_hash, device_hash)
    SELECT id, campaign_id, begun_ms, '10.' || id %% 200 || '.1.0/24', 'a' || id %% 5000, '' FROM attempt
    WHERE campaign_id = %(campaign)s AND id %% 4 = 2;
INSERT INTO answer (attempt_id, position, revision_id, given, points, answered_ms)
    SELECT a.id, p, (%(revisions)s::bigint[])[1 + (a.id + p * 7) %% %(asked)s], (ARRAY['A', 'B', 'C'])[1 + a.id %% 3],
           CASE WHEN a.score > 40 THEN 10 ELSE 0 END, a.begun_ms
    FROM attempt a, generate_series(1, {ANSWERS}) p WHERE a.campaign_id = %(campaign)s;
INSERT INTO outbox (key, campaign_id, person_id, way, account, recipient, wording, values, must, state, due_ms, begun,
                    tries, reason, created_ms, sent_ms, sent_by)
    SELECT 'k' || id, campaign_id, person_id, 'sms', '', '', 'sms', '{{}}', FALSE, 'sent', {OPENED}, FALSE, 1, '',
           {OPENED}, {OPENED}, 'sms' FROM attempt WHERE campaign_id = %(campaign)s AND id %% 5 = 0;
"""


def measure(url: str, redis_url: str, folder: Path, rounds: int = 20) -> list[Row]:
    """`url` is an empty PostgreSQL database."""
    folder.mkdir(parents=True, exist_ok=True)
    with open_stores(url, redis_url, folder) as stores:
        stores.sql.migrate()
        ids = _made(stores.sql, url)
        took = {part: _adding_up(stores.sql, ids["many"], part) for part in figures.PARTS}
        figures.add_up(stores, NOW)
        for campaign_id in ids.values():
            stores.units.refresh(campaign_id, NOW)
        with _signed_in(stores, url, redis_url, folder) as visitor:
            rows = [
                _beside(visitor, f"dashboard: {name}", address, rounds)
                for name, address in (
                    ("the page", "/admin/campaigns/{}/figures"),
                    ("its overview as JSON", "/admin/campaigns/{}/figures/overview.json"),
                    ("the units below one", "/admin/campaigns/{}/figures?unit=U7"),
                )
            ]
            home = median(_ms(lambda: visitor.get("/admin/")) for _ in range(rounds))
        name = "dashboard: the list of campaigns with today's figures, beside the limit"
        rows.append(Row(name, home, "ms", LIMIT_MS, home / LIMIT_MS, "≤ 1"))
        rows += [_rested(part, took[part]) for part in (OVERVIEW, QUESTIONS)]
        return rows


def _rested(part: Part, took_ms: float) -> Row:
    """What the worker takes for a part, beside how long it then rests at least."""
    name = f"dashboard: add up the {part} of {MANY:,} attempts with {ANSWERS} answers each, beside the rest after it"
    return Row(name, took_ms, "ms", took_ms * RARELIER, 1 / RARELIER, "≤ 0.05")


def _beside(visitor: Visitor, name: str, address: str, rounds: int) -> Row:
    pairs = [
        (_ms(lambda: visitor.get(address.format("many"))), _ms(lambda: visitor.get(address.format("few"))))
        for _ in range(rounds)
    ]
    many, few = (median(column) for column in zip(*pairs, strict=True))
    return Row(f"{name}, {MANY:,} attempts beside {FEW:,}", many, "ms", few, many / few, "≤ 1.3")


def _adding_up(store: Store, campaign_id: int, part: Part) -> float:
    with store.reading() as session:
        return _ms(lambda: figures.compute(session, campaign_id, part, NOW))


def _made(store: Store, url: str) -> dict[str, int]:
    """Campaigns ``few`` and ``many``, which are open; gives their ids."""
    ids = {}
    with store.transaction() as session:
        banks.carry_out(session, banks.plan_import(session, SHIPPED_SLUG, SHIPPED_NAME, energy_bank()), OPENED - DAY)
        plan = Plan("few", "少", SHIPPED_SLUG, OPENED, OPENED + 7 * DAY, "Asia/Shanghai", 10)
        for slug in ("few", "many"):
            ids[slug] = keeping.create(session, replace(plan, slug=slug), slug * 16, OPENED - DAY)
            keeping.publish(session, slug, Random(1), OPENED - DAY)
    with psycopg.connect(url, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute(_UNITS.encode())
        for slug, first, last in (("few", 1, FEW), ("many", FEW + 1, FEW + MANY)):
            asked = connection.execute(
                "SELECT revision_id FROM campaign_question WHERE campaign_id = %s", [ids[slug]]
            ).fetchall()
            values = {"campaign": ids[slug], "first": first, "last": last, "asked": len(asked)}
            connection.execute(_PLAYED.encode(), {**values, "revisions": [row[0] for row in asked]})
        connection.execute("ANALYZE")
    return ids


@contextmanager
def _signed_in(stores: Stores, url: str, redis_url: str, folder: Path) -> Iterator[Visitor]:
    settings = Settings(data_dir=folder, database_url=url, redis_url=redis_url)
    visitor = Visitor(wsgi.create_app(settings, stores, lambda: NOW).test_client())
    with stores.sql.transaction() as session:
        one_time = staff.add(session, "owner", Role.OWNER, NOW, Random(1))
    visitor.get("/admin/")
    visitor.post("/admin/sign-in", name="owner", password=one_time)
    visitor.post("/admin/password", old=one_time, new=PASSWORD, again=PASSWORD)
    yield visitor


def _ms(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1e3
