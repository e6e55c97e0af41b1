"""Many workers on one account whose tokens the platform declares dead all the time: each call is answered at last.

`LVDA_TEST_REPEATS` is the storm's length: 50 (`make soak`) are 16 workers with 1,000 calls each.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count, pairwise
from pathlib import Path
from random import Random

import pytest
from platform_stub import OK, Answer, Call, running_stub

from campaigns.clock import MINUTE
from campaigns.store import open_store
from platforms.accounts import WechatAccount
from platforms.deadlines import within
from platforms.errors import CircuitOpen
from platforms.guarded import GuardedWechat
from platforms.tokens import LEASE, Fetched, Tokens

pytestmark = pytest.mark.race
WORKERS = 16
CALLS_A_REPEAT = 20
STABLE = "/cgi-bin/stable_token"


class Clock:
    """Time passes when every worker waits for it: a machine that is slow makes nothing happen sooner."""

    def __init__(self) -> None:
        self._now = 1_795_233_600_000
        self._at_work = WORKERS
        self._waiting: list[int] = []
        self._moved = threading.Condition()

    def __call__(self) -> int:
        return self._now

    def wait_until(self, ms: int) -> None:
        with self._moved:
            self._waiting.append(ms)
            self._move_on()
            self._moved.wait_for(lambda: self._now >= ms)

    def leave(self) -> None:
        """Of a worker that is done."""
        with self._moved:
            self._at_work -= 1
            self._move_on()

    def _move_on(self) -> None:
        if self._waiting and len(self._waiting) == self._at_work:
            self._now = max(self._now, min(self._waiting))
            self._waiting = [ms for ms in self._waiting if ms > self._now]
            self._moved.notify_all()


@dataclass
class Storm:
    """A platform that kills every token after some calls; often it does not know that it did."""

    clock: Clock
    random: Random
    lock: threading.Lock = field(default_factory=threading.Lock)
    number: int = 1
    alive: bool = True
    left: int = 40
    asked: list[tuple[int, bool]] = field(default_factory=list)
    """When a token was asked for, and whether it was forced."""
    served: Counter[str] = field(default_factory=Counter)
    """How often each call came, by its own name."""

    def __call__(self, call: Call) -> Answer:
        with self.lock:
            return self._token(call) if call.path == STABLE else self._call(call)

    def _token(self, call: Call) -> Answer:
        force = call.body["force_refresh"]
        self.asked.append((self.clock(), force))
        if force or (not self.alive and self.random.random() < 0.5):
            self.number, self.alive, self.left = self.number + 1, True, self.random.randrange(200)
        return {"access_token": f"token-{self.number}", "expires_in": 7200}

    def _call(self, call: Call) -> Answer:
        self.served[call.body["text"]["content"]] += 1
        self.left -= 1
        self.alive = self.alive and self.left > 0
        good = self.alive and call.args["access_token"] == f"token-{self.number}"
        return OK if good else {"errcode": self.random.choice([40001, 40014, 42001]), "errmsg": "invalid"}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def storm(clock: Clock) -> Storm:
    return Storm(clock, Random(1))


@pytest.fixture
def workers(store_url: str, storm: Storm, clock: Clock) -> Iterator[list[GuardedWechat]]:
    """Each with a store of its own, as processes have."""
    with running_stub(storm) as stub:
        account = WechatAccount("", "wx1", "hush", "token", "", stub.url)
        stores = [open_store(store_url, connections=2) for _ in range(WORKERS)]
        yield [GuardedWechat(account, store, "secret", clock) for store in stores]
        for store in stores:
            store.close()


def test_a_storm_of_dead_tokens_costs_one_renewal_a_minute_and_one_repetition_a_call(
    workers: list[GuardedWechat], storm: Storm, clock: Clock, repeats: int
) -> None:
    calls = CALLS_A_REPEAT * repeats
    put_off = Counter[int]()
    start = threading.Barrier(WORKERS)
    begun = clock()

    def say(number: int, text: str) -> bool:
        """Whether it was answered; otherwise after the wait that was asked for."""
        try:
            with within(60):
                workers[number].message.send_text("oWang", text)
        except CircuitOpen as closed:
            put_off[number] += 1
            clock.wait_until(closed.until_ms)
            return False
        return True

    def work(number: int) -> None:
        start.wait()
        try:
            for call in range(calls):
                tries = count()
                while not say(number, f"{number}.{call}.{next(tries)}"):
                    pass
        finally:
            clock.leave()

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(work, range(WORKERS)))

    assert max(storm.served.values()) <= 2
    plain = [ms for ms, force in storm.asked if not force][1:]  # the first one renewed nothing
    forced = [ms for ms, force in storm.asked if force]
    assert all(later - earlier >= MINUTE for earlier, later in pairwise(plain))
    assert all(later - earlier >= MINUTE for earlier, later in pairwise(forced))
    assert len(plain) > 2
    print(  # shown by pytest -s
        f"\n{WORKERS * calls} calls answered in {(clock() - begun) / MINUTE:.0f} minutes by {storm.served.total()} "
        f"requests; put off {put_off.total()} times; {len(plain)} renewals, of which {len(forced)} forced"
    )


FETCHER = """
import sys, time
from campaigns.store import open_store
from platforms.tokens import Tokens

def fetch(force, seconds):
    print("fetching", flush=True)
    time.sleep(60)

Tokens(open_store(sys.argv[1]), "wechat", "", "access", fetch, "secret", lambda: int(sys.argv[2]), "p").get(30)
"""


def test_a_process_that_is_killed_while_it_fetches_holds_the_others_up_no_longer_than_its_lease(
    store_url: str, repeats: int
) -> None:
    store = open_store(store_url)
    now = 1_795_233_600_000
    tokens = Tokens(
        store, "wechat", "", "access", lambda force, seconds: Fetched("token", MINUTE), "secret", lambda: now, "q"
    )
    for turn in range(min(repeats, 5)):
        fetcher = subprocess.Popen(
            [sys.executable, "-c", FETCHER, store_url, str(now)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
        )
        with fetcher:
            assert fetcher.stdout is not None
            assert fetcher.stdout.readline() == b"fetching\n"
            fetcher.kill()
        with pytest.raises(CircuitOpen):
            tokens.get(0.1)
        now += LEASE
        assert tokens.get(1).version == turn + 1
        now += MINUTE
    store.close()
