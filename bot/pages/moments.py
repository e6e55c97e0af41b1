"""Moments and durations as they are read on pages, in the language that is spoken."""

from __future__ import annotations

from bot.wording import tell
from campaigns.clock import SECOND, local


def moment(ms: int, zone: str) -> str:
    """A moment as people in a zone write it: ``2026年7月4日 09:00``."""
    at = local(ms, zone)
    return tell("moment", year=at.year, month=at.month, day=at.day, time=f"{at:%H:%M}")


def duration(ms: int) -> str:
    """A duration as ``3分12秒``; seconds are rounded down."""
    minutes, seconds = divmod(max(ms, 0) // SECOND, 60)
    return tell("duration.minutes" if minutes else "duration.seconds", minutes=minutes, seconds=seconds)


def minute_of_the_day(minute: int) -> str:
    """``09:00`` for 540."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def time_of_day(ms: int, zone: str) -> str:
    """``14:32:10``."""
    return f"{local(ms, zone):%H:%M:%S}"


def date(ms: int, zone: str) -> str:
    """``2026年7月4日``."""
    at = local(ms, zone)
    return tell("date", year=at.year, month=at.month, day=at.day)
