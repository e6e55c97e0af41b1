"""How long callbacks take while the platform that we call is well, and while it hangs; and how fast notices leave.

The program as its users start it, on PostgreSQL and Redis, with the simulator of the platforms: followers play, and
each of their messages is timed as the platform would, from its posting to the whole reply.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from simulator import Simulator, running_simulator
from simulator.followers import Follower
from sqlalchemy import func, select
from system.program import installed

from bench.table import Row
from campaigns import outbox, tables
from campaigns.clock import now_ms
from campaigns.people import Sender, find_identity
from campaigns.store import Store, open_store

FOLLOWERS = 8
ROUNDS = 10
NOTICES_EACH = 4
"""Fewer than the five that the platform allows after a message."""
ALLOWED_MS = 1_000.0


def measure(url: str, redis_url: str, folder: Path) -> list[Row]:
    """`url`: an empty PostgreSQL database."""
    folder.mkdir(parents=True, exist_ok=True)
    with running_simulator() as platforms:
        program = installed(folder, database_url=url, redis_url=redis_url, workers="2", **platforms.settings())
        platforms.connect(program.url)
        program.run("init", "--demo")
        store = open_store(url)
        with program.serving():
            followers = [platforms.follower(f"关注者{number}") for number in range(FOLLOWERS)]
            _each(followers, _comes)
            well = _p99(platforms, followers)
            sent = _sent_a_second(store, followers)
            platforms.faults.hang(30, times=None)
            _post(store, followers, "hanging")
            hanging = _p99(platforms, followers)
            platforms.faults.clear()
        retried = sum(len(delivery.attempts) > 1 for delivery in platforms.deliveries)
        store.close()
    return [
        Row("callback p99, the platform well", well, "ms", ALLOWED_MS, well / ALLOWED_MS, "≤ 1"),
        Row("callback p99, the platform hangs 30 s", hanging, "ms", ALLOWED_MS, hanging / ALLOWED_MS, "≤ 1"),
        Row("callback p99, the platform hangs, beside well", hanging, "ms", well, hanging / well, "≤ 1.5"),
        Row("callbacks that the platform had to deliver again", retried, "", 1, float(retried), "0"),
        Row("notices sent by one worker", sent, "/s", 1, sent, "the higher the better"),
    ]


def _each(followers: list[Follower], does: Callable[[Follower], object]) -> None:
    with ThreadPoolExecutor(len(followers)) as pool:
        list(pool.map(does, followers))


def _comes(follower: Follower) -> None:
    follower.follows("demo")
    _plays(follower)


def _plays(follower: Follower) -> None:
    reply = follower.says("答题")
    while "🎉" not in reply:
        reply = follower.says("A")


def _p99(platforms: Simulator, followers: list[Follower]) -> float:
    begun = len(platforms.deliveries)
    for _ in range(ROUNDS):
        _each(followers, _plays)
    took = sorted(delivery.milliseconds for delivery in platforms.deliveries[begun:])
    return took[int(len(took) * 0.99)]


def _post(store: Store, followers: list[Follower], round_: str) -> None:
    with store.transaction() as session:
        for follower in followers:
            identity = find_identity(session, Sender("wechat", "", follower.openid))
            assert identity is not None
            for number in range(NOTICES_EACH):
                outbox.post(
                    session,
                    key=f"{round_}:{number}:{follower.openid}",
                    wording="sms",
                    values={"text": f"通知 {round_} {number}"},
                    now=now_ms(),
                    person_id=identity.person_id,
                    must=True,
                )


def _sent_a_second(store: Store, followers: list[Follower]) -> float:
    row = tables.OutboxMessage
    begun = time.perf_counter()
    _post(store, followers, "well")
    wanted = NOTICES_EACH * len(followers)
    while True:
        with store.reading() as session:
            sent = session.scalar(select(func.count()).select_from(row).where(row.state == "sent")) or 0
        if sent == wanted:
            return wanted / (time.perf_counter() - begun)
        assert time.perf_counter() - begun < 60, f"{sent} of {wanted}"
        time.sleep(0.02)
