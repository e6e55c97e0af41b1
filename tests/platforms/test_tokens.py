from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select, update

from campaigns import tables
from campaigns.clock import HOUR, MINUTE, SECOND
from campaigns.store import Store, open_store
from platforms.errors import CircuitOpen, Misconfigured, Unreachable
from platforms.tokens import LEASE, Fetched, Token, Tokens

NOON = 1_795_233_600_000  # 2026-11-21 12:00 in Shanghai
SECRET = "the installation's secret"


@dataclass
class Clock:
    now: int = NOON

    def __call__(self) -> int:
        return self.now


@dataclass
class Platform:
    """Gives the same token until it is forced, or the token ends: as stable_token does."""

    clock: Clock
    number: int = 1
    asked: list[bool] = field(default_factory=list)
    failing: Exception | None = None
    lifetime_ms: int = 2 * HOUR
    gate: threading.Event | None = None
    began: threading.Event = field(default_factory=threading.Event)

    def fetch(self, force: bool, seconds: float) -> Fetched:
        self.asked.append(force)
        self.began.set()
        if self.gate is not None:
            self.gate.wait(10)
        if self.failing is not None:
            raise self.failing
        self.number += force
        return Fetched(f"token {self.number}", self.lifetime_ms)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def platform(clock: Clock) -> Platform:
    return Platform(clock)


Open = Callable[..., Tokens]


@pytest.fixture
def process(store_url: str, clock: Clock, platform: Platform) -> Iterator[Open]:
    """Makes the tokens of one more process."""
    stores: list[Store] = []

    def one(secret: str = SECRET, forced_a_day: int = 3) -> Tokens:
        stores.append(open_store(store_url, connections=4))
        return Tokens(
            stores[-1], "wechat", "", "access", platform.fetch, secret, clock, f"p{len(stores)}", forced_a_day
        )

    yield one
    for store in stores:
        store.close()


def test_a_token_is_fetched_once_for_all_processes(process: Open, platform: Platform) -> None:
    first = process().get(1)
    assert process().get(1) == first == Token("token 1", 1)
    assert platform.asked == [False]


def test_a_token_is_kept_sealed(process: Open, store: Store) -> None:
    process().get(1)
    with store.reading() as session:
        row = session.scalars(select(tables.AccessToken)).one()
    assert "token 1" not in row.sealed


def test_a_token_that_another_secret_sealed_is_not_used(process: Open, platform: Platform) -> None:
    """Another AppID under the same name, say: its token would speak for somebody else."""
    process().get(1)
    platform.number = 7
    assert process(secret="another").get(1) == Token("token 7", 2)


def test_a_token_shows_its_value_nowhere() -> None:
    assert "hush" not in repr(Token("hush", 1))
    assert "hush" not in repr(Fetched("hush", 1))


def test_a_token_is_renewed_in_its_last_five_minutes(process: Open, platform: Platform, clock: Clock) -> None:
    tokens = process()
    tokens.get(1)
    clock.now += 2 * HOUR - 5 * MINUTE - 1
    assert tokens.get(1).version == 1
    clock.now += 1
    platform.number = 2
    assert tokens.get(1) == Token("token 2", 2)


def test_while_one_renews_the_others_go_on_with_the_old_token(process: Open, platform: Platform, clock: Clock) -> None:
    one, other = process(), process()
    one.get(1)
    other.get(1)
    clock.now += 2 * HOUR - 4 * MINUTE
    platform.gate = threading.Event()
    platform.began.clear()
    with ThreadPoolExecutor(1) as pool:
        renewing = pool.submit(one.get, 5)
        assert platform.began.wait(10)
        assert other.get(1).version == 1
        platform.gate.set()
        assert renewing.result().version == 2
    assert platform.asked == [False, False]


def test_a_failed_renewal_does_no_harm_while_the_old_token_is_good(
    process: Open, platform: Platform, clock: Clock
) -> None:
    tokens = process()
    tokens.get(1)
    clock.now += 2 * HOUR - 4 * MINUTE
    platform.failing = Unreachable("nobody there")
    assert tokens.get(1).version == 1
    clock.now += 4 * MINUTE
    with pytest.raises(Unreachable):
        tokens.get(1)


def test_a_lifetime_that_is_nearly_over_does_not_make_every_call_a_fetch(
    process: Open, platform: Platform, clock: Clock
) -> None:
    platform.lifetime_ms = 2 * MINUTE
    tokens = process()
    for _ in range(10):
        tokens.get(1)
        clock.now += SECOND
    assert platform.asked == [False]


def test_a_refused_token_is_replaced_by_the_one_that_the_platform_now_gives(
    process: Open, platform: Platform, clock: Clock
) -> None:
    """Another program forced a new one: to force yet another would only take it away from that one."""
    tokens = process()
    refused = tokens.get(1)
    clock.now += HOUR
    platform.number = 2
    assert tokens.renew(refused, 1) == Token("token 2", 2)
    assert platform.asked == [False, False]


def test_a_new_token_is_forced_where_the_platform_insists_on_the_refused_one(
    process: Open, platform: Platform, clock: Clock
) -> None:
    tokens = process()
    refused = tokens.get(1)
    clock.now += HOUR
    assert tokens.renew(refused, 1) == Token("token 2", 2)
    assert platform.asked == [False, False, True]


def test_whoever_was_refused_with_an_older_token_takes_the_newer_one(
    process: Open, platform: Platform, clock: Clock
) -> None:
    one, other = process(), process()
    refused = one.get(1)
    assert other.get(1) == refused
    clock.now += HOUR
    newer = one.renew(refused, 1)
    assert other.renew(refused, 1) == newer
    assert platform.asked == [False, False, True]


def test_a_token_is_not_renewed_twice_in_a_minute(process: Open, platform: Platform, clock: Clock) -> None:
    one, other = process(), process()
    renewed = one.renew(one.get(1), 1)  # at once, however new it was
    clock.now += MINUTE - 1
    for tokens in (one, other):
        with pytest.raises(CircuitOpen) as refused:
            tokens.renew(renewed, 1)
        assert refused.value.until_ms == clock.now + 1
    clock.now += 1
    assert other.renew(renewed, 1).version == 3


def test_no_more_tokens_are_forced_a_day_than_the_platform_allows(
    process: Open, platform: Platform, clock: Clock
) -> None:
    tokens = process(forced_a_day=3)
    token = tokens.get(1)
    for _ in range(3):
        clock.now += 2 * MINUTE
        token = tokens.renew(token, 1)
    clock.now += 2 * MINUTE
    with pytest.raises(CircuitOpen, match="次数已经用完") as spent:
        process(forced_a_day=3).renew(token, 1)
    assert spent.value.until_ms == clock.now + MINUTE
    assert platform.asked.count(True) == 3
    clock.now += MINUTE
    platform.number = 9  # somebody else forced one
    assert tokens.renew(token, 1).value == "token 9"
    clock.now += 12 * HOUR
    tomorrows = tokens.get(1)
    clock.now += 2 * MINUTE
    assert tokens.renew(tomorrows, 1).value == "token 10"


def test_where_nothing_can_be_forced_one_waits(process: Open, platform: Platform, clock: Clock) -> None:
    tokens = process(forced_a_day=0)
    token = tokens.get(1)
    clock.now += HOUR
    with pytest.raises(CircuitOpen):
        tokens.renew(token, 1)
    assert True not in platform.asked


def test_a_failed_fetch_is_not_repeated_by_everybody_who_waits_for_it(
    process: Open, platform: Platform, clock: Clock
) -> None:
    platform.failing, platform.gate = Misconfigured("wrong secret"), threading.Event()
    processes = [process() for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        getting = [pool.submit(one.get, 30) for one in processes]
        assert platform.began.wait(10)
        platform.gate.set()
        raised = [future.exception(20) for future in getting]
    assert platform.asked == [False]
    assert sorted(type(error).__name__ for error in raised) == ["CircuitOpen"] * 5 + ["Misconfigured"]
    clock.now += 5 * SECOND
    platform.failing = None
    assert processes[0].get(1).version == 1


def test_a_fetch_that_a_circuit_stopped_is_tried_again_when_that_is_over(
    process: Open, platform: Platform, clock: Clock
) -> None:
    """But within a minute, however long the circuit: a quota may be begun anew."""
    tokens = process()
    for seconds, waited in ((3, 3), (3_600, 60)):
        platform.failing = CircuitOpen("not now", until_ms=clock.now + seconds * SECOND)
        with pytest.raises(CircuitOpen, match="not now"):
            tokens.get(2)
        clock.now += waited * SECOND - 1
        with pytest.raises(CircuitOpen, match="刚才没有取到"):
            tokens.get(2)
        clock.now += 1
    platform.failing = None
    assert tokens.get(2).version == 1


def test_a_fetch_that_its_caller_left_no_time_for_says_nothing_about_the_platform(
    process: Open, platform: Platform
) -> None:
    platform.failing = Unreachable("no time left")
    with pytest.raises(Unreachable):
        process().get(0.1)
    platform.failing = None
    assert process().get(1).version == 1


def test_whoever_waits_for_another_process_does_not_wait_beyond_its_deadline(
    process: Open, platform: Platform, clock: Clock
) -> None:
    platform.gate = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        fetching = pool.submit(process().get, 5)
        assert platform.began.wait(10)
        with pytest.raises(CircuitOpen) as waited:
            process().get(0.2)
        platform.gate.set()
        assert fetching.result().version == 1
    assert waited.value.until_ms == clock.now + SECOND


def test_the_lease_of_a_process_that_died_runs_out(
    process: Open, platform: Platform, clock: Clock, store: Store
) -> None:
    tokens = process()
    tokens.get(1)
    with store.transaction() as session:
        dead = {"refresher": "dead", "refreshing_until_ms": clock.now + HOUR + LEASE}
        session.execute(update(tables.AccessToken).values(**dead))
    clock.now += HOUR
    refused = tokens.get(1)
    with ThreadPoolExecutor(1) as pool:
        renewing = pool.submit(tokens.renew, refused, 10)
        clock.now += LEASE
        assert renewing.result(10).version == 2


def test_who_lost_the_lease_leaves_the_row_alone(process: Open, platform: Platform, clock: Clock, store: Store) -> None:
    platform.gate = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(process().get, 5)
        assert platform.began.wait(10)
        clock.now += LEASE
        platform.gate, waiting = None, platform.gate
        quick = process().get(1)
        waiting.set()
        assert slow.result(10) == quick
    with store.reading() as session:
        assert session.scalars(select(tables.AccessToken.version)).one() == 1


def test_the_tokens_of_accounts_and_purposes_are_apart(store: Store, clock: Clock) -> None:
    def fetched(value: str) -> Callable[[bool, float], Fetched]:
        return lambda force, seconds: Fetched(value, HOUR)

    keys = [("", "access"), ("", "jsapi"), ("west", "access")]
    for number, (account, purpose) in enumerate(keys):
        tokens = Tokens(store, "wechat", account, purpose, fetched(f"token {number}"), SECRET, clock, "p")
        assert tokens.get(1).value == f"token {number}"
