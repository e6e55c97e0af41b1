"""The audit log to take away: as a table that people read, and as lines of JSON by which the chain can be proved."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from campaigns.audit import words
from campaigns.audit.reading import Entry
from campaigns.clock import iso, local
from campaigns.text_tables import TextTable

TITLE = "审计日志"
HEADER = ("序号", "时间", "谁", "做了什么", "对象", "改动", "说明", "代码", "校验值")


def table(entries: Iterable[Entry], zone: str) -> TextTable:
    """Times are the zone's; the hash is what stands in the chain."""
    return TextTable(TITLE, HEADER, [_row(one, zone) for one in entries])


def _row(one: Entry, zone: str) -> tuple[str | int | None, ...]:
    return (
        one.sequence,
        f"{local(one.at_ms, zone):%Y-%m-%d %H:%M:%S}",
        words.whose(one.by),
        words.deed(one.what),
        words.subject(one.subject),
        words.in_one_line(one, zone),
        one.note,
        one.what,
        one.hash,
    )


def as_json(one: Entry) -> dict[str, object]:
    return {
        "sequence": one.sequence,
        "at": iso(one.at_ms),
        "at_ms": one.at_ms,
        "by": one.by,
        "what": one.what,
        "subject": one.subject,
        "before": one.before,
        "after": one.after,
        "note": one.note,
        "hash": one.hash,
    }


def json_lines(entries: Iterable[Entry]) -> Iterator[str]:
    for one in entries:
        yield json.dumps(as_json(one), ensure_ascii=False) + "\n"
