"""The one clock: the server's, in UTC milliseconds. Only edges read it; the rules of the game are told the time."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
ON_THE_WAY_MS = 10 * SECOND
"""How long what was received in time may still be worked on."""


def now_ms() -> int:
    """Now, in whole UTC milliseconds."""
    return time.time_ns() // 1_000_000


def local(ms: int, zone: str) -> datetime:
    """A moment as people in a zone read it."""
    return datetime.fromtimestamp(ms / 1_000, ZoneInfo(zone))


def day_number(ms: int, zone: str) -> int:
    """The day that a moment falls on in a zone, as 20260704."""
    moment = local(ms, zone)
    return moment.year * 10_000 + moment.month * 100 + moment.day


def minute_of_day(ms: int, zone: str) -> int:
    """The minute of the day that a moment falls in, in a zone: 540 from 09:00 on."""
    moment = local(ms, zone)
    return moment.hour * 60 + moment.minute


def next_at(minute: int, ms: int, zone: str) -> int:
    """The first moment from this one on at which a minute of the day begins in a zone."""
    midnight = local(ms, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    for days in (0, 1):  # wall time: a day on which clocks are changed is as long as it is
        found = int((midnight + timedelta(days=days, minutes=minute)).timestamp()) * SECOND
        if found >= ms:
            return found
    raise AssertionError("tomorrow's comes after now")


def day_begins(days: int, ms: int, zone: str) -> int:
    """When the day begins in a zone that is so many days after the one that a moment falls on."""
    midnight = local(ms, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return int((midnight + timedelta(days=days)).timestamp()) * SECOND  # wall time, as in `next_at`


def iso(ms: int) -> str:
    """A moment as ``2026-07-04T01:00:00Z``, for machines."""
    return datetime.fromtimestamp(ms // 1_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def in_words(ms: int, zone: str) -> str:
    """A moment as people in a zone write it: ``2026年7月4日 09:00``."""
    moment = local(ms, zone)
    return f"{moment.year}年{moment.month}月{moment.day}日 {moment:%H:%M}"


def duration_in_words(ms: int) -> str:
    """A duration as ``3分12秒``; seconds are rounded down."""
    minutes, seconds = divmod(max(ms, 0) // SECOND, 60)
    return f"{minutes}分{seconds:02d}秒" if minutes else f"{seconds}秒"
