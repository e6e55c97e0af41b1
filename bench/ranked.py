"""Ranking a million entrants, beside a bare loop that hashes the same tickets and sorts."""

from __future__ import annotations

import hashlib
import time
from statistics import median

from bench.table import Row
from campaigns.draws.scheme import Entrant, rank

ENTRANTS = 1_000_000


def measure(rounds: int = 3) -> list[Row]:
    entrants = [Entrant(f"{n * 2_654_435_761 % 2**64:016x}", f"U{n % 900}", 1 + n % 3) for n in range(ENTRANTS)]
    seed = hashlib.sha256(b"bench").hexdigest()
    ours, bare = [], []
    for _ in range(rounds):
        ours.append(_seconds(lambda: rank(seed, entrants)))
        bare.append(_seconds(lambda: _bare(seed, entrants)))
    ratio = median(a / b for a, b in zip(ours, bare, strict=True))
    return [
        Row(
            "draw: rank 1,000,000 entrants, two tickets on average",
            median(ours) * 1e3,
            "ms",
            median(bare) * 1e3,
            ratio,
            "≤ 2",
        )
    ]


def _bare(seed: str, entrants: list[Entrant]) -> list[tuple[bytes, str]]:
    keys = []
    for name, _, tickets in entrants:
        keys.append(
            (min(hashlib.sha256(f"{seed}\n{name}\n{k}".encode()).digest() for k in range(1, tickets + 1)), name)
        )
    keys.sort()
    return keys


def _seconds(work: object) -> float:
    begun = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - begun
