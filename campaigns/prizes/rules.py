"""What is decided about a campaign's prizes before it is published: their groups, how they are won, and tickets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

KINDS = ("rank", "draw", "instant", "passed")
"""``rank``: by the ranking; ``draw``; ``instant``: at the end of an attempt; ``passed``: a certificate for everyone."""
WINS = ("campaign", "group", "any")
"""Where whoever has an award may have no other one: in the whole ``campaign``, in the ``group``; ``any``: they may."""
TIES = ("time", "points")
"""Who is level at the last place: those with equal points and ``time``, or all with equal ``points``."""
COLLECTING = ("pickup", "post", "none")
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class TicketRule:
    """How many tickets somebody has in a campaign's draws. Whoever lacks its `draw_points` has none."""

    base: int = 1
    per_points: int = 0
    """One more for every so many points above those that the draw asks for; 0: none for points."""
    per_day: int = 0
    """So many more for every further day on which an attempt was finished."""
    most: int = 0
    """The most that anybody can have; 0: no limit."""

    def tickets(self, points: int, draw_points: int, days: int = 1) -> int:
        """Tickets for the points of a standing and the days with a finished attempt; 0: no entrant."""
        if points < draw_points:
            return 0
        found = self.base + self.per_day * max(0, days - 1)
        if self.per_points:
            found += (points - draw_points) // self.per_points
        return min(found, self.most) if self.most else found

    @property
    def counts_days(self) -> bool:
        return self.per_day > 0

    def as_json(self) -> dict[str, int]:
        return {"base": self.base, "per_points": self.per_points, "per_day": self.per_day, "most": self.most}


ONE_TICKET = TicketRule()


def ticket_rule(stored: dict[str, Any]) -> TicketRule:
    """The rule that `TicketRule.as_json` wrote; one ticket each where nothing is stored."""
    return TicketRule(**stored)


@dataclass(frozen=True, slots=True)
class Release:
    """So many prizes more that may be given from a moment on."""

    at_ms: int
    count: int


@dataclass(frozen=True, slots=True)
class PlannedPrize:
    name: str
    stock: int
    odds_ppm: int = 0
    """Of an instant prize: the chance of one attempt, in millionths."""
    releases: tuple[Release, ...] = ()
    """Of an instant prize; empty: all from the start. Together they make up the stock."""


@dataclass(frozen=True, slots=True)
class PlannedGroup:
    """A group of prizes (奖项组); see `campaigns.tables.PrizeGroup` for what each column means."""

    name: str
    kind: str
    prizes: tuple[PlannedPrize, ...] = ()
    """In the order in which they are given; none of ``passed``."""
    least_points: int = 0
    unit_quota: int | None = None
    ties: str = "time"
    collecting: str = "pickup"
    place: str = ""
    claim_days: int | None = None


@dataclass(frozen=True, slots=True)
class Lot:
    """An instant prize as attempts are played for it."""

    prize_id: int
    group_id: int
    name: str
    odds_ppm: int
    releases: tuple[Release, ...]
    stock: int
    least_points: int
    unit_quota: int | None

    def released(self, now: int) -> int:
        """How many may have been given by now."""
        if not self.releases:
            return self.stock
        return min(self.stock, sum(one.count for one in self.releases if one.at_ms <= now))


def releases_of(stored: list[list[int]]) -> tuple[Release, ...]:
    """From ``[[at_ms, count], …]``, as `campaigns.tables.Prize` keeps them."""
    return tuple(Release(at_ms, count) for at_ms, count in stored)
