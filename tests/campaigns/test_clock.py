from __future__ import annotations

import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from campaign_made import OPENS
from hypothesis import given
from hypothesis import strategies as st

from campaigns.clock import DAY, day_begins, day_number, duration_in_words, in_words, iso, local, now_ms

SHANGHAI = "Asia/Shanghai"
MIDNIGHT = OPENS - 9 * 3_600_000
"""2026-07-04 00:00 in Asia/Shanghai, which is 16:00 of the day before in UTC."""


def test_now_is_in_whole_utc_milliseconds() -> None:
    before = int(time.time() * 1_000)
    assert before <= now_ms() <= int(time.time() * 1_000) + 1


def test_a_day_begins_at_midnight_of_the_campaigns_zone() -> None:
    assert day_number(MIDNIGHT - 1, SHANGHAI) == 20260703
    assert day_number(MIDNIGHT, SHANGHAI) == 20260704
    assert day_number(MIDNIGHT + DAY - 1, SHANGHAI) == 20260704
    assert day_number(MIDNIGHT, "UTC") == 20260703


def test_so_many_days_later_is_that_day_where_clocks_are_changed_too() -> None:
    assert day_begins(8, MIDNIGHT, SHANGHAI) == day_begins(8, MIDNIGHT + DAY - 1, SHANGHAI) == MIDNIGHT + 8 * DAY
    moment = int(datetime(2026, 10, 29, 0, 30, tzinfo=ZoneInfo("America/New_York")).timestamp()) * 1_000
    assert in_words(day_begins(8, moment, "America/New_York"), "America/New_York") == "2026年11月6日 00:00"


def test_moments_are_written_as_people_and_machines_write_them() -> None:
    assert in_words(OPENS, SHANGHAI) == "2026年7月4日 09:00"
    assert in_words(OPENS, "UTC") == "2026年7月4日 01:00"
    assert iso(OPENS + 999) == "2026-07-04T01:00:00Z"
    assert local(OPENS, SHANGHAI).utcoffset() is not None


@pytest.mark.parametrize(
    ("ms", "words"),
    [
        (0, "0秒"),
        (999, "0秒"),
        (59_999, "59秒"),
        (60_000, "1分00秒"),
        (192_500, "3分12秒"),
        (3_600_000, "60分00秒"),
        (-5, "0秒"),
    ],
)
def test_durations_are_rounded_down_to_seconds(ms: int, words: str) -> None:
    assert duration_in_words(ms) == words


@given(st.integers(min_value=0, max_value=4_000_000_000_000))
def test_a_later_moment_is_never_on_an_earlier_day(ms: int) -> None:
    assert day_number(ms, SHANGHAI) <= day_number(ms + 1, SHANGHAI)
    assert day_number(ms, SHANGHAI) < day_number(ms + DAY, SHANGHAI)
