"""The benchmarks' rows: a table to read, and JSON to compare."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    name: str
    value: float
    unit: str
    beside: float
    """The same of what it is measured against."""
    ratio: float
    aim: str


def as_table(rows: Sequence[Row]) -> str:
    """Markdown."""
    lines = ["| measure | value | beside | ratio | aim |", "|---|---|---|---|---|"]
    lines += [
        f"| {r.name} | {r.value:,.0f} {r.unit} | {r.beside:,.0f} {r.unit} | {r.ratio:.2f} | {r.aim} |" for r in rows
    ]
    return "\n".join(lines)


def write_json(rows: Sequence[Row], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=1) + "\n")
