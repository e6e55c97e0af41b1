"""One encrypted answered question, committed on PostgreSQL (fsync on) and ranked in Redis: CPU by process."""

from __future__ import annotations

import http.client
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

import redis

from bench.table import Row
from bot.channels.callback_crypto import AccountCipher, signature
from campaigns import keeping, people, play
from campaigns.clock import now_ms
from campaigns.editions import Editions
from campaigns.people import Sender
from campaigns.standings import Ranking
from campaigns.store import Store, open_store
from campaigns.stores import Stores

TOKEN, AES_KEY, APP_ID = "benchtoken", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wxbench"
QUESTIONS = 10
CONNECTIONS = 8
WARMING = 80
"""Persons who play before it is measured, so that statements are prepared and caches filled."""
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Servers:
    """The real stores that are measured on."""

    database_url: str
    redis_url: str
    postgres_pid: int
    redis_pid: int


@dataclass(frozen=True)
class Cost:
    """CPU microseconds a request, and requests a second."""

    web: float
    postgres: float
    redis: float
    rate: float


def measure(servers: Servers, folder: Path, *, rounds: int, persons: int) -> list[Row]:
    """Rounds of the product, the floor and a bare view in turns; medians, and the median of the rounds' ratios."""
    store = open_store(servers.database_url)
    store.migrate()
    with store.transaction() as session:
        keeping.ensure_demo(session, now_ms() - 60_000, random.SystemRandom())
        campaign_id = keeping.find(session, keeping.DEMO_SLUG).id
    with redis.Redis.from_url(servers.redis_url) as client:
        Ranking(store, client).rebuild(campaign_id, now_ms())
    targets = {"product": "wsgi:create", "floor": "bench.floor:create", "bare": "bench.floor:create_bare"}
    costs: dict[str, list[Cost]] = {name: [] for name in targets}
    for number in range(rounds):
        for name, target in targets.items():
            senders = _begun(store, f"{name}{number}", persons + WARMING)
            with _web(target, servers, folder) as (port, pid):
                _send(port, _answers(senders[:WARMING]))
                costs[name].append(_measured(servers, pid, port, senders[WARMING:]))
    store.close()
    return _rows(costs)


def _rows(costs: dict[str, list[Cost]]) -> list[Row]:
    product, floor, bare = costs["product"], costs["floor"], costs["bare"]

    def compare(name: str, unit: str, aim: str, ours: Sequence[float], beside: Sequence[float]) -> Row:
        ratio = median(a / b for a, b in zip(ours, beside, strict=True) if b)
        return Row(name, median(ours), unit, median(beside), ratio, aim)

    return [
        compare("answer: web CPU, beside the floor", "µs", "≤ 1.5", [c.web for c in product], [c.web for c in floor]),
        compare("answer: web CPU, beside a bare view", "µs", "", [c.web for c in product], [c.web for c in bare]),
        compare(
            "answer: PostgreSQL CPU, beside the floor",
            "µs",
            "≤ 1.5",
            [c.postgres for c in product],
            [c.postgres for c in floor],
        ),
        compare("answer: Redis CPU, beside the floor", "µs", "", [c.redis for c in product], [c.redis for c in floor]),
        compare(
            f"answer: requests a second at {CONNECTIONS} connections, beside the floor",
            "1/s",
            "≥ 0.7",
            [c.rate for c in product],
            [c.rate for c in floor],
        ),
    ]


def _begun(store: Store, prefix: str, persons: int) -> list[str]:
    """Senders with an open attempt each."""
    stores = Stores(store, Ranking(store, None), Editions())
    senders = [f"o{prefix}-{number:05d}" for number in range(persons)]
    now = now_ms() - 5_000
    for name in senders:
        sender = Sender("wechat", "", name)
        people.meet(store, sender, now)
        with store.direct() as direct:
            turn = play.look(direct, stores, sender)
        assert turn is not None
        assert turn.edition is not None
        play.begin(store, turn, turn.edition, random.Random(name), now, in_chat=True)
    return senders


def _measured(servers: Servers, pid: int, port: int, senders: list[str]) -> Cost:
    requests = _answers(senders)
    before = _cpu(pid), _cpu(servers.postgres_pid), _cpu(servers.redis_pid)
    begun = time.monotonic()
    _send(port, requests)
    seconds = time.monotonic() - begun
    after = _cpu(pid), _cpu(servers.postgres_pid), _cpu(servers.redis_pid)
    web, postgres, redis = ((b - a) / len(requests) for a, b in zip(before, after, strict=True))
    return Cost(web, postgres, redis, len(requests) / seconds)


Request = tuple[str, bytes]


def _answers(senders: list[str]) -> list[Request]:
    """Everybody's whole attempt, a question a turn."""
    return [request for step in range(QUESTIONS) for request in _sealed(senders, "A", step)]


def _sealed(senders: list[str], text: str, step: int) -> list[Request]:
    """Path with query, and body, of a text from each sender."""
    cipher, now = AccountCipher(AES_KEY, APP_ID), str(now_ms() // 1_000)
    sent = int(now) + 3_600  # sealed beforehand, but never sent before its question is shown
    requests = []
    for number, sender in enumerate(senders):
        xml = (
            f"<xml><ToUserName><![CDATA[gh_bench]]></ToUserName><FromUserName><![CDATA[{sender}]]></FromUserName>"
            f"<CreateTime>{sent}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{text}]]></Content>"
            f"<MsgId>{23_000_000_000_000_000 + step * 1_000_000 + number}</MsgId></xml>"
        )
        sealed = cipher.encrypt(xml.encode(), os.urandom)
        query = urlencode(
            {
                "signature": signature(TOKEN, now, "nonce"),
                "timestamp": now,
                "nonce": "nonce",
                "encrypt_type": "aes",
                "msg_signature": signature(TOKEN, now, "nonce", sealed),
            }
        )
        body = f"<xml><ToUserName><![CDATA[gh_bench]]></ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
        requests.append((f"/wechat?{query}", body.encode()))
    return requests


def _send(port: int, requests: list[Request]) -> None:
    """Send them over a few kept connections, one person's always over the same one and in order."""
    failed: list[int] = []

    def run(mine: list[Request]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        for path, body in mine:
            connection.request("POST", path, body, {"Content-Type": "text/xml"})
            response = connection.getresponse()
            response.read()
            if response.status != 200:
                failed.append(response.status)
        connection.close()

    threads = [threading.Thread(target=run, args=(requests[n::CONNECTIONS],)) for n in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise RuntimeError(f"{len(failed)} of {len(requests)} requests were refused: {set(failed)}")


@contextmanager
def _web(target: str, servers: Servers, folder: Path) -> Iterator[tuple[int, int]]:
    """One web process of the product's own server; its port, and the process whose descendants are measured."""
    port = 18_000 + random.randrange(2_000)
    environment = os.environ | {
        "LVDA_DATABASE_URL": servers.database_url,
        "LVDA_REDIS_URL": servers.redis_url,
        "LVDA_DATA_DIR": str(folder),
        "LVDA_WECHAT_TOKEN": TOKEN,
        "LVDA_WECHAT_AES_KEY": AES_KEY,
        "LVDA_WECHAT_APP_ID": APP_ID,
    }
    command = [sys.executable, "-m", "admin.operations.web", target, "127.0.0.1", str(port), "1"]
    process = subprocess.Popen(command, env=environment)
    try:
        _wait_for(port)
        yield port, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
            connection.request("GET", "/")
            connection.getresponse().read()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _cpu(pid: int) -> float:
    """CPU microseconds used so far by a process and all its descendants."""
    children: dict[int, list[int]] = {}
    used: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        number = int(path.parent.name)
        children.setdefault(int(fields[1]), []).append(number)
        used[number] = int(fields[11]) + int(fields[12])
    total, waiting = 0, [pid]
    while waiting:
        number = waiting.pop()
        total += used.get(number, 0)
        waiting += children.get(number, [])
    return total * 1_000_000 / TICK
