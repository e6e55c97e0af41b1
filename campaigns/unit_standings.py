"""Where units stand: participation, average, total and pass rate, rolled up the tree.

SQL's standings are the truth; `campaigns.unit_sums` keeps what they add up to. A worker renews that while a campaign
is played (`UnitRanking.refresh`), and each process keeps what it read for a second: with three seconds at most from
one sum to the end of the next that makes less than five behind. After the close a reader asks first whether anything
has changed since, by an index, and adds up anew if it has: what is shown then is exact.

There is no copy in Redis: a table that a process keeps is read faster than a sorted set over the network, and holds
more than an order. See docs/decisions/0014-rankings-and-mending.md.

**The order** (`TIE_RULE`): by the campaign's measure, then by participation, average, pass rate, all descending, then
by code. Unranked are units nobody of which has finished, those of fewer people than the campaign asks for, and, where
it ranks by participation or asks for a headcount, those whose headcount is not told.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.editions import Edition
from campaigns.store import Store
from campaigns.text_tables import TextTable
from campaigns.unit_sums import Sums, Tally, add_up, read_sums, read_tally, replace_sums, take_over, upwards

TIE_RULE = ("participation", "average", "pass_rate")
"""What decides, in this order, between units whose measure is the same; then their code does."""
KEPT_MS = 1_000
"""How long a process shows what it has read while a campaign is open."""
TALLIED_RARELIER = 4
"""While standings change they are added up so many times rarer than adding them up takes …"""
TALLIED_WITHIN_MS = 3_000
"""… but at least so often, the time that it takes included."""
TREE_KEPT_MS = 3_000
"""The same of the tree of units, their names and headcounts."""
BEHIND_MS = 4_000
"""A tally of an open campaign that is older, though standings have changed, has no worker: a reader renews it."""
KEPT = 64
"""Campaigns, as `campaigns.editions.KEPT`."""


@dataclass(frozen=True, slots=True)
class UnitPlace:
    """A unit in a table."""

    rank: int | None
    """From 1; None: listed, and not ranked."""
    unit_id: int
    code: str
    name: str
    headcount: int | None
    """How many should take part: its own figure, else what those below come to; None: one of them is not told."""
    entrants: int
    rate: float | None
    """Of the headcount, 1 at most; None: the headcount is not told."""
    average: float | None
    """Points of an entrant; None without any."""
    total: int
    passed: int
    pass_rate: float | None
    """Of the entrants; None without any."""
    level: str = "unit"
    parent_id: int | None = None
    units_below: int = 0
    """How many units are directly below it."""

    @property
    def is_over(self) -> bool:
        """Whether more took part than it has people: then its headcount is wrong, or people are in the wrong unit."""
        return self.headcount is not None and self.entrants > self.headcount


class _Unit(NamedTuple):
    id: int
    code: str
    name: str
    parent_id: int | None
    level: str
    headcount: int | None
    retired: bool


class _Tree(NamedTuple):
    """The units that take part in a campaign."""

    units: Mapping[int, _Unit]
    """All there are, by code."""
    tops: Sequence[int]
    children: Mapping[int | None, Sequence[int]]
    in_order: Sequence[int]
    """Each behind the one above it."""
    read_ms: int

    def is_fresh(self, now: int) -> bool:
        return self.read_ms <= now < self.read_ms + TREE_KEPT_MS


class _Kept:
    """What a process holds of one campaign. Tables are made of it when they are asked for, and kept with it."""

    def __init__(self, tally: Tally, sums: Mapping[int, Sums], tree: _Tree, edition: Edition, now: int) -> None:
        self.tally, self.sums, self.tree, self.edition, self.read_ms = tally, sums, tree, edition, now
        self.headcounts = _headcounts(tree)
        self._tables: dict[tuple[int | None, str | None], tuple[UnitPlace, ...]] = {}
        self._ranks: dict[str, Mapping[int, int]] = {}

    def table(self, parent_id: int | None, level: str | None) -> tuple[UnitPlace, ...]:
        found = self._tables.get((parent_id, level))
        if found is None:
            found = ranked(map(self.unranked, self._listed(parent_id, level)), self.edition)
            self._tables[parent_id, level] = found
        return found

    def place(self, unit_id: int) -> UnitPlace | None:
        if unit_id not in self.headcounts:
            return None
        unit = self.tree.units[unit_id]
        while unit.level == "department" and unit.parent_id in self.headcounts:
            unit = self.tree.units[unit.parent_id]
        return replace(self.unranked(unit.id), rank=self._ranks_of(unit.level).get(unit.id))

    def unranked(self, unit_id: int) -> UnitPlace:
        unit, sums, headcount = self.tree.units[unit_id], self.sums.get(unit_id, Sums()), self.headcounts[unit_id]
        return UnitPlace(
            rank=None,
            unit_id=unit_id,
            code=unit.code,
            name=unit.name,
            headcount=headcount,
            entrants=sums.entrants,
            rate=min(1.0, sums.entrants / headcount) if headcount else None,
            average=sums.points / sums.entrants if sums.entrants else None,
            total=sums.points,
            passed=sums.passed,
            pass_rate=sums.passed / sums.entrants if sums.entrants else None,
            level=unit.level,
            parent_id=unit.parent_id,
            units_below=len(self.tree.children.get(unit_id, ())),
        )

    def _listed(self, parent_id: int | None, level: str | None) -> Iterable[int]:
        if parent_id is not None and parent_id not in self.headcounts:
            return ()  # takes no part
        if level is None:
            return self.tree.tops if parent_id is None else self.tree.children.get(parent_id, ())
        if parent_id is None:
            among = self.tree.in_order
        else:
            among = _from_the_top(self.tree.children.get(parent_id, ()), self.tree.children)
        return (one for one in among if self.tree.units[one].level == level)

    def _ranks_of(self, level: str) -> Mapping[int, int]:
        found = self._ranks.get(level)
        if found is None:
            places = (self.unranked(one) for one in self._listed(None, level) if one in self.sums)
            found = {one.unit_id: rank for rank, one in enumerate(_in_order(places, self.edition), start=1)}
            self._ranks[level] = found
        return found


class UnitRanking:
    """The tables of units. Threads may share it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: OrderedDict[int, _Kept] = OrderedDict()
        self._guards: defaultdict[int, threading.Lock] = defaultdict(threading.Lock)

    def table(
        self, edition: Edition, parent_id: int | None = None, level: str | None = None, *, now: int
    ) -> Sequence[UnitPlace]:
        """The units directly below one (None: the tops of what takes part), ranked among themselves.

        Nothing below one that takes no part. With a level: all units of that level, of the whole campaign or below
        that one. Ranked ones come first, in order; then the others, by code.
        """
        return self._current(edition, now).table(parent_id, level)

    def place(self, edition: Edition, unit_id: int, now: int) -> UnitPlace | None:
        """A unit among all of its level; a department stands for the unit that it is of. None: it takes no part."""
        return self._current(edition, now).place(unit_id)

    def refresh(self, campaign_id: int, now: int) -> bool:
        """Add the standings up anew if they changed, and it is time to: the worker's tick. Gives whether it did."""
        with self._store.reading() as session:
            tally = read_tally(session, campaign_id)
        if tally.is_settled or not _is_due(tally, now):
            return False
        self._add_up(campaign_id, tally, now)
        return True

    def _current(self, edition: Edition, now: int) -> _Kept:
        kept = self._kept.get(edition.id)
        if kept is not None and self._may_show(kept, edition, now):
            return kept
        guard, must_wait = self._guards[edition.id], kept is None or edition.is_over(now)
        if not guard.acquire(blocking=must_wait) and kept is not None:
            return kept  # another thread is just reading it
        try:
            kept = self._kept.get(edition.id)  # perhaps another thread has just read it
            if kept is None or not self._may_show(kept, edition, now):
                kept = self._read(edition, kept, now)
                self._kept[edition.id] = kept
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
        finally:
            guard.release()
        return kept

    def _may_show(self, kept: _Kept, edition: Edition, now: int) -> bool:
        if kept.edition.version < edition.version or not kept.read_ms <= now < kept.read_ms + KEPT_MS:
            return False
        if not edition.is_over(now):
            return True
        with self._store.reading() as session:
            return read_tally(session, edition.id) == kept.tally

    def _read(self, edition: Edition, kept: _Kept | None, now: int) -> _Kept:
        with self._store.reading() as session:
            tally = read_tally(session, edition.id)
        tree = None if kept is None or not kept.tree.is_fresh(now) else kept.tree
        if kept is not None and kept.tally == tally:
            if tree is not None and kept.edition.version >= edition.version:
                kept.read_ms = now
                return kept
            sums = kept.sums
        elif not tally.is_settled and (edition.is_over(now) or _is_left_behind(tally, now)):
            tally, sums = self._add_up(edition.id, tally, now)
        else:
            with self._store.reading() as session:
                sums = read_sums(session, edition.id)
        if tree is None or edition.is_over(now):
            with self._store.reading() as session:
                tree = _read_tree(session, edition.id, sums, now)
        return _Kept(tally, sums, tree, edition, now)

    def _add_up(self, campaign_id: int, tally: Tally, now: int) -> tuple[Tally, Mapping[int, Sums]]:
        """Sum the standings up and store it; gives the tally as it is then.

        What somebody else stored meanwhile, or outdated, stays as it is: whoever looks next finds another tally there.
        """
        begun = time.monotonic()
        with self._store.reading() as session:
            sums = add_up(session, campaign_id)
        took_ms = int((time.monotonic() - begun) * 1_000)
        made = Tally(tally.newest_ms, now, took_ms, tally.newest_ms, tally.lately)
        with self._store.transaction() as session:
            if take_over(session, campaign_id, tally, made):
                replace_sums(session, campaign_id, sums)
        return made, sums


def ranked(places: Iterable[UnitPlace], edition: Edition) -> tuple[UnitPlace, ...]:
    """Units in the published order, numbered; then those that are not ranked, by code."""
    found = list(places)
    in_order = _in_order(found, edition)
    others = sorted((one for one in found if not _is_ranked(one, edition)), key=lambda one: one.code)
    return (*(replace(one, rank=rank) for rank, one in enumerate(in_order, start=1)), *others)


def _in_order(places: Iterable[UnitPlace], edition: Edition) -> list[UnitPlace]:
    by_code = sorted((one for one in places if _is_ranked(one, edition)), key=lambda one: one.code)
    return sorted(by_code, key=lambda one: _order(one, edition))


def table_of(places: Iterable[UnitPlace]) -> TextTable:
    """Units as a list for a spreadsheet, rates in percent to two places."""
    return TextTable(
        "单位排名",
        ("名次", "代码", "单位", "应参与人数", "参与人数", "参与率%", "人均得分", "总分", "合格人数", "合格率%"),
        [
            (
                one.rank,
                one.code,
                one.name,
                one.headcount,
                one.entrants,
                _percent(one.rate),
                None if one.average is None else round(one.average, 2),
                one.total,
                one.passed,
                _percent(one.pass_rate),
            )
            for one in places
        ],
    )


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 2)


def _is_ranked(one: UnitPlace, edition: Edition) -> bool:
    if one.entrants == 0:
        return False
    if one.headcount is None:
        return edition.unit_ranking != "participation" and edition.least_headcount == 0
    return one.headcount >= max(edition.least_headcount, 1 if edition.unit_ranking == "participation" else 0)


def _order(one: UnitPlace, edition: Edition) -> tuple[float, ...]:
    """Equal fractions are equal floats, and different ones differ: no unit has as many people as that takes."""
    return tuple(-_measure(one, name) for name in (edition.unit_ranking, *TIE_RULE))


def _measure(one: UnitPlace, name: str) -> float:
    match name:
        case "participation":
            return one.rate or 0.0
        case "average":
            return one.average or 0.0
        case "total":
            return float(one.total)
        case "pass_rate":
            return one.pass_rate or 0.0
    raise ValueError(f"{name} is no measure of units")


def _is_due(tally: Tally, now: int) -> bool:
    if tally.made_ms is None or tally.made_ms <= 0 or now < tally.made_ms:
        return True
    at_least = max(tally.took_ms, TALLIED_WITHIN_MS - tally.took_ms)
    return now >= tally.made_ms + min(TALLIED_RARELIER * tally.took_ms, at_least)


def _is_left_behind(tally: Tally, now: int) -> bool:
    if tally.made_ms is None or tally.made_ms <= 0 or now < tally.made_ms:
        return True
    return tally.standing_ms < tally.newest_ms and now >= tally.made_ms + BEHIND_MS


# --- the tree --------------------------------------------------------------------------------------------------------


def _read_tree(session: Session, campaign_id: int, sums: Mapping[int, Sums], now: int) -> _Tree:
    """What takes part; units that are retired only where somebody has taken part in them."""
    unit, part = tables.Unit, tables.CampaignUnit
    rows = session.execute(
        select(unit.id, unit.code, unit.name, unit.parent_id, unit.level, unit.headcount, unit.retired).order_by(
            unit.code
        )
    )
    units = {one.id: one for one in map(_Unit._make, rows)}
    children: defaultdict[int | None, list[int]] = defaultdict(list)
    for one in units.values():
        if not one.retired or one.id in sums:
            children[one.parent_id].append(one.id)
    chosen = set(session.scalars(select(part.unit_id).where(part.campaign_id == campaign_id)))
    parents = {one.id: one.parent_id for one in units.values()}
    tops = [one for one in units if one in chosen and not chosen & set(upwards(parents[one], parents))]
    if not chosen:
        tops = children[None]
    return _Tree(units, tops, children, _from_the_top(tops, children), now)


def _from_the_top(tops: Iterable[int], children: Mapping[int | None, Sequence[int]]) -> list[int]:
    """The units with all below them, each behind the one above it."""
    found = list(tops)
    for unit_id in found:
        found.extend(children.get(unit_id, ()))
    return found


def _headcounts(tree: _Tree) -> dict[int, int | None]:
    """A unit's own headcount, else the sum of those below, if all of them are known: a part would flatter its rate."""
    found: dict[int, int | None] = {}
    for unit_id in reversed(tree.in_order):
        children = tree.children.get(unit_id, ())
        of_children = [found[child] for child in children if not tree.units[child].retired]
        told = tree.units[unit_id].headcount
        known = [one for one in of_children if one is not None]
        found[unit_id] = told if told is not None else sum(known) if known and len(known) == len(of_children) else None
    return found
