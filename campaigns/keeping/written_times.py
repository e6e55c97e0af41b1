"""Times as organisers write them: in a campaign's zone, to the minute, or a day alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_DAY = "%Y-%m-%d"
_FORMS = tuple(
    f"%Y-%m-%d{between}%H:%M{seconds}{offset}"
    for between in (" ", "T")
    for seconds in ("", ":%S", ":%S.%f")
    for offset in ("", "%z")
)


def moment(text: str, zone: str) -> int | None:
    """``2026-07-04 09:00``, or ``2026-07-04`` for that day's beginning, in a zone, as UTC milliseconds.

    None for what is no such time.
    """
    found = _read(text)
    return None if found is None else _in_zone(found[0], zone)


def closing(text: str, zone: str) -> int | None:
    """The same for the first moment at which something is over: who names a day alone means all of it."""
    found = _read(text)
    if found is None:
        return None
    local, is_day = found
    return _in_zone(local + timedelta(days=1) if is_day else local, zone)


def moment_text(ms: int, zone: str) -> str:
    """A moment as `moment` reads it: as short as it can be, with its offset where a clock that is set back shows it
    twice."""
    there = datetime.fromtimestamp(ms // 1_000, ZoneInfo(zone))
    text = f"{there:%Y-%m-%d %H:%M}"
    if there.second or ms % 1_000:
        text += f":{there.second:02d}" + (f".{ms % 1_000:03d}" if ms % 1_000 else "")
    return text + (f"{there:%z}" if there.fold else "")


def _read(text: str) -> tuple[datetime, bool] | None:
    """The time, and whether it is a day alone; only of years that can be reckoned with."""
    for form in (*_FORMS, _DAY):
        try:
            read = datetime.strptime(text.strip(), form)
        except ValueError:
            continue
        return (read, form == _DAY) if 1971 <= read.year <= 9000 else None
    return None


def _in_zone(local: datetime, zone: str) -> int:
    there = local if local.tzinfo is not None else local.replace(tzinfo=ZoneInfo(zone))
    return int(there.replace(microsecond=0).timestamp()) * 1_000 + local.microsecond // 1_000
