from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from campaigns.clock import HOUR, SECOND
from campaigns.store import Store, open_store
from platforms import circuits
from platforms.circuits import REACHABILITY, Circuits
from platforms.errors import CircuitOpen

API = "/cgi-bin/menu/create"
Open = Callable[..., Circuits]


@dataclass
class Clock:
    now: int = 1_795_233_600_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of these tests moves by itself, and nobody waits for what a process remembers for a while."""
    monkeypatch.setattr(circuits, "_REMEMBERED_S", 0.0)


@pytest.fixture
def process(store_url: str, clock: Clock) -> Iterator[Open]:
    """Makes the circuits of one more process."""
    stores: list[Store] = []

    def one(account: str = "") -> Circuits:
        stores.append(open_store(store_url, connections=2))
        return Circuits(stores[-1], "wechat", account, clock)

    yield one
    for store in stores:
        store.close()


def lets_through(one: Circuits, *apis: str) -> bool:
    try:
        one.check(*apis)
    except CircuitOpen:
        return False
    return True


def test_an_open_circuit_holds_for_all_processes_until_its_moment(process: Open, clock: Clock) -> None:
    one, other = process(), process()
    one.open(API, clock.now + HOUR, "明天再来。")
    with pytest.raises(CircuitOpen, match="明天再来") as refused:
        other.check(API)
    assert refused.value.until_ms == clock.now + HOUR
    assert [(circuit.api, circuit.reason) for circuit in other.all_open()] == [(API, "明天再来。")]
    clock.now += HOUR
    assert lets_through(other, API)
    assert other.all_open() == []


def test_a_circuit_is_of_one_interface_and_one_account(process: Open, clock: Clock) -> None:
    process().open(API, clock.now + HOUR, "明天再来。")
    assert lets_through(process(), "/cgi-bin/menu/get")
    assert lets_through(process("west"), API)


def test_a_circuit_that_is_open_longer_stays_so(process: Open, clock: Clock) -> None:
    one = process()
    one.open(API, clock.now + HOUR, "明天再来。")
    one.open(API, clock.now + SECOND, "等一下。")
    clock.now += 2 * SECOND
    assert not lets_through(one, API)


def test_circuits_are_closed_by_name_or_all(process: Open, clock: Clock) -> None:
    one = process()
    for api in ("a", "b", "c"):
        one.open(api, clock.now + HOUR, "明天再来。")
    one.close("a")
    assert (lets_through(one, "a"), lets_through(one, "b")) == (True, False)
    one.close()
    assert lets_through(one, "b", "c")


def test_a_platform_that_does_not_answer_a_few_times_in_a_row_is_left_alone(process: Open) -> None:
    one, other = process(), process()
    for _ in range(2):
        one.check(API)
        one.unreached()
    one.reached()
    for _ in range(2):
        one.unreached()
    assert lets_through(one, API)
    one.unreached()
    assert not lets_through(one, API)
    assert not lets_through(other, "/another")


def test_after_a_while_one_call_of_one_process_is_let_through_as_a_probe(process: Open, clock: Clock) -> None:
    processes = [process() for _ in range(4)]
    for _ in range(3):
        processes[0].unreached()
    clock.now += 10 * SECOND
    assert [lets_through(one, API) for one in processes].count(True) == 1


def test_a_probe_that_is_answered_lets_everybody_through(process: Open, clock: Clock) -> None:
    one, other = process(), process()
    for _ in range(3):
        one.unreached()
    clock.now += 10 * SECOND
    one.check(API)
    one.reached()
    assert lets_through(other, API)
    assert one.all_open() == []


def test_the_longer_probes_fail_the_rarer_they_become(process: Open, clock: Clock) -> None:
    one = process()
    for _ in range(3):
        one.unreached()
    waited = []
    for _ in range(6):
        (circuit,) = one.all_open()
        waited.append((circuit.open_until_ms - clock.now) // SECOND)
        clock.now = circuit.open_until_ms
        one.check(API)
        one.unreached()
    assert waited == sorted(waited)
    assert (waited[0], waited[-1]) == (10, 60)


def test_a_probe_whose_process_died_is_followed_by_another(process: Open, clock: Clock) -> None:
    one, other = process(), process()
    for _ in range(3):
        one.unreached()
    clock.now += 10 * SECOND
    assert lets_through(one, API)
    clock.now += circuits.PROBE
    assert lets_through(other, API)


def test_what_is_remembered_spares_the_database(
    process: Open, store: Store, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    monkeypatch.setattr(circuits, "_REMEMBERED_S", 60.0)
    one, other = process(), process()
    one.check(API)
    other.open(REACHABILITY, clock.now + HOUR, "没有响应。")
    assert lets_through(one, API)
    one.open(API, clock.now + HOUR, "明天再来。")  # what a process does itself it knows at once
    assert not lets_through(one)
