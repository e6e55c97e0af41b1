from __future__ import annotations

from random import Random

import pytest

from campaigns.clock import HOUR
from platforms.errors import Busy, CircuitOpen, Misconfigured, PlatformError, Refused, Unreachable, Unwelcome
from platforms.lanes import LONGEST_CIRCUIT_MS, LONGEST_REST_MS, PROBE_MS, Full, Lanes

NOW = 1_783_126_800_000


@pytest.fixture
def lanes() -> Lanes:
    return Lanes(2, Random(1))


def went(lanes: Lanes, error: PlatformError | None, now: int = NOW) -> int:
    """How long the way rests after a call that ended so."""
    assert lanes.enter("custom", "", now) == 0
    lanes.leave("custom", "", error, now)
    return max(0, lanes.rests_until("custom", "") - now)


def test_a_way_has_so_many_slots_and_others_have_their_own(lanes: Lanes) -> None:
    assert [lanes.enter("custom", "", NOW) for _ in range(3)] == [0, 0, Full.FULL]
    assert lanes.enter("custom", "west", NOW) == 0
    assert lanes.enter("wecom", "", NOW) == 0
    lanes.abandon("custom", "")
    assert lanes.enter("custom", "", NOW) == 0


def test_a_way_that_answered_rests_not(lanes: Lanes) -> None:
    assert went(lanes, None) == 0
    assert went(lanes, Refused("never")) == 0
    assert went(lanes, Unwelcome("not now")) == 0
    assert lanes.enter("custom", "", NOW) == 0


def test_a_way_that_does_not_answer_rests_longer_each_time_up_to_half_a_minute(lanes: Lanes) -> None:
    now, rests = NOW, []
    for _ in range(8):
        rests.append(went(lanes, Unreachable("away"), now))
        assert lanes.enter("custom", "", now) == now + rests[-1]
        now += rests[-1]
    assert 1_000 <= rests[0] <= 2_000
    assert 15_000 <= rests[-1] <= LONGEST_REST_MS
    assert went(lanes, None, now) == 0
    assert went(lanes, Unreachable("away"), now) <= 2_000


def test_what_was_under_way_together_fails_but_once(lanes: Lanes) -> None:
    assert [lanes.enter("custom", "", NOW) for _ in range(2)] == [0, 0]
    for _ in range(2):
        lanes.leave("custom", "", Unreachable("away"), NOW)
    assert lanes.rests_until("custom", "") <= NOW + 2_000


def test_after_a_rest_one_looks_whether_it_is_there_again_and_the_others_keep_away(lanes: Lanes) -> None:
    now = NOW + went(lanes, Unreachable("away"))
    assert lanes.enter("custom", "", now) == 0
    assert lanes.enter("custom", "", now) == now + PROBE_MS
    lanes.leave("custom", "", None, now)
    assert [lanes.enter("custom", "", now) for _ in range(2)] == [0, 0]


def test_a_platform_that_says_how_long_is_left_alone_so_long(lanes: Lanes) -> None:
    assert went(lanes, Busy("later", after_ms=7_000)) == 7_000
    assert went(lanes, Busy("later"), NOW + 7_000) == 1_000
    assert went(lanes, CircuitOpen("closed", until_ms=NOW + 90_000), NOW + 8_000) == 82_000
    assert went(lanes, Misconfigured("mend it"), NOW + 90_000) == 60_000


def test_a_circuit_that_is_open_for_hours_is_looked_at_now_and_then_since_somebody_may_close_it(lanes: Lanes) -> None:
    assert went(lanes, CircuitOpen("the day's calls are used up", until_ms=NOW + 9 * HOUR)) == LONGEST_CIRCUIT_MS
