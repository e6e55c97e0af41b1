"""LVDA-DRAW-1: who wins a draw, as a pure function of a frozen list and of numbers that came later.

All parts are UTF-8 text, all hashes lower-case hex. Anyone can write this again in any language:

- the list is one line ``entrant\\tunit\\ttickets\\n`` each, sorted by the entrant's bytes, without a header;
- seed = SHA-256 of ``LVDA-DRAW-1\\n`` + draw id + ``\\n`` + SHA-256 of the list + ``\\n`` + the sources' values
  (``source:value``) joined by ``/`` in the announced order;
- ticket k (from 1) of an entrant gets SHA-256 of seed + ``\\n`` + entrant + ``\\n`` + k; an entrant's key is the
  smallest of its tickets'; ascending keys are the ranking;
- prizes go down the ranking, past excluded entrants and past units whose quota is used;
- a forfeited prize goes to the first of the ranking who was never awarded, is not excluded and whose unit's live
  awards are under its quota; nobody else moves.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from mmap import mmap
from operator import itemgetter
from typing import NamedTuple

from campaigns.errors import DrawRefused, Unverifiable

SCHEME = "LVDA-DRAW-1"
NO_UNIT = "-"
"""What stands in the list for an entrant who belongs to no unit."""

TICKET_LIMIT = 20_000_000
"""Tickets that one list may hold: far above any campaign, low enough that a forged list cannot stall a checker."""


class Entrant(NamedTuple):
    entrant: str
    """A pseudonym."""
    unit: str
    tickets: int


class Ranked(NamedTuple):
    key: bytes
    """The smallest digest of the entrant's tickets."""
    entrant: str
    unit: str


@dataclass(frozen=True, slots=True)
class Prize:
    name: str
    count: int


class AwardState(StrEnum):
    AWARDED = "awarded"
    FORFEITED = "forfeited"
    UNFILLED = "unfilled"
    """No entrant was left who may have this prize."""


@dataclass(frozen=True, slots=True)
class Award:
    sequence: int
    """From 1; the prizes in their order, then the replacements in the order of the forfeits."""
    prize: str
    entrant: str | None
    rank: int | None
    """The entrant's place in the ranking, from 1."""
    state: AwardState
    replaces: int | None = None
    """The sequence of the forfeited award whose prize this one has."""
    reason: str = ""
    """Why it was forfeited."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What was announced about who may have which prize."""

    prizes: tuple[Prize, ...]
    quotas: Mapping[str, int]
    """The most live awards of a unit; units that are not named have no limit."""
    exclusions: frozenset[str]
    """Entrants who stay on the list but are passed over."""


def list_bytes(entrants: Iterable[Entrant]) -> bytes:
    """The frozen list. Raises ValueError for an entrant named twice or a field that would break its line."""
    rows = sorted((entrant.encode(), unit.encode(), tickets) for entrant, unit, tickets in entrants)
    for (former, _, _), (latter, _, _) in pairwise(rows):
        if former == latter:
            raise ValueError(f"{former.decode()} is on the list twice")
    data = b"".join([b"%b\t%b\t%d\n" % row for row in rows])
    if data.count(b"\t") != 2 * len(rows) or data.count(b"\n") != len(rows) or b"\r" in data:
        raise ValueError("an entrant or a unit holds a tab or a line break")
    return data


def read_list(data: bytes) -> list[Entrant]:
    """The entrants of a frozen list. Raises Unverifiable, in one sentence, when it is not one."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise Unverifiable("名单不是 UTF-8 文本。") from error
    if text and not text.endswith("\n"):
        raise Unverifiable("名单的最后一行不完整。")
    entrants = [_read_line(number, line) for number, line in enumerate(text.split("\n")[:-1], start=1)]
    for number, (former, latter) in enumerate(pairwise(entrants), start=2):
        if former.entrant.encode() >= latter.entrant.encode():
            raise Unverifiable(f"名单第 {number} 行没有按编号排在前一行之后，或与之重复。")
    if sum(entrant.tickets for entrant in entrants) > TICKET_LIMIT:
        raise Unverifiable(f"名单的抽奖券超过 {TICKET_LIMIT} 张，无法核验。")
    return entrants


def find_entrant(data: bytes | mmap, entrant: str) -> Entrant | None:
    """One line of a frozen list, which is sorted, and may be too long to be read as a whole."""
    sought, low, high = entrant.encode(), 0, len(data)
    while low < high:
        start = max(low, data.rfind(b"\n", low, (low + high) // 2) + 1)
        end = data.find(b"\n", start) + 1
        line = data[start : end - 1]
        name = line.partition(b"\t")[0]
        if name == sought:
            return _read_line(1, line.decode())
        low, high = (end, high) if name < sought else (low, start)
    return None


def _read_line(number: int, line: str) -> Entrant:
    match line.split("\t"):
        case [entrant, unit, tickets] if entrant and unit and _is_count(tickets):
            return Entrant(entrant, unit, int(tickets))
    raise Unverifiable(f"名单第 {number} 行不是“编号、单位、券数”三项。")


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and text[0] != "0" and len(text) <= 8


def list_hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def seed_of(draw_id: str, frozen_list_hash: str, values: Sequence[str]) -> str:
    """The seed; each value is written ``source:value``, in the announced order."""
    return hashlib.sha256("\n".join((SCHEME, draw_id, frozen_list_hash, "/".join(values))).encode()).hexdigest()


def rank(seed: str, entrants: Iterable[Entrant]) -> list[Ranked]:
    """All entrants, best first. Takes little longer than hashing their tickets: seconds for a million entrants."""
    sha256, head = hashlib.sha256, f"{seed}\n"
    ranking = [
        Ranked(min([sha256(f"{head}{entrant}\n{k}".encode()).digest() for k in range(1, tickets + 1)]), entrant, unit)
        for entrant, unit, tickets in entrants
    ]
    ranking.sort(key=itemgetter(0))  # the keys alone: twice as fast as comparing named tuples
    return ranking


def fill(ranking: Sequence[Ranked], rules: Rules) -> tuple[Award, ...]:
    """The first awards: one for each prize in the announced order, unfilled when nobody is left who may have it."""
    used: Counter[str] = Counter()
    entitled = _entitled(ranking, rules, used, frozenset())
    awards: list[Award] = []
    for prize in rules.prizes:
        for _ in range(prize.count):
            award = _award(len(awards) + 1, prize.name, next(entitled, None))
            if award.rank is not None:
                used[ranking[award.rank - 1].unit] += 1
            awards.append(award)
    return tuple(awards)


def forfeit(
    ranking: Sequence[Ranked], awards: Sequence[Award], rules: Rules, sequence: int, reason: str
) -> tuple[Award, ...]:
    """The awards after one of them was forfeited: that one marked, and the one that replaces it appended.

    `awards` are all awards of the draw by sequence. Raises DrawRefused when that one is not a live award.
    """
    lost = next((award for award in awards if award.sequence == sequence), None)
    if lost is None:
        raise DrawRefused(f"没有序号为 {sequence} 的中奖记录，请查看中奖名单中的序号。")
    if lost.state is not AwardState.AWARDED:
        said = "已经作废，不能再次作废" if lost.state is AwardState.FORFEITED else "本来就没有中奖人"
        raise DrawRefused(f"序号 {sequence} 的奖品{said}，请核对序号。")
    used = Counter(ranking[award.rank - 1].unit for award in awards if award.rank and _is_live(award))
    used[ranking[(lost.rank or 0) - 1].unit] -= 1
    ever = frozenset(award.entrant for award in awards if award.entrant is not None)
    successor = _award(len(awards) + 1, lost.prize, next(_entitled(ranking, rules, used, ever), None))
    marked = replace(lost, state=AwardState.FORFEITED, reason=reason)
    return (
        *(marked if award is lost else award for award in awards),
        replace(successor, replaces=sequence),
    )


def _is_live(award: Award) -> bool:
    return award.state is AwardState.AWARDED


def _entitled(
    ranking: Sequence[Ranked], rules: Rules, used: Mapping[str, int], ever_awarded: frozenset[str]
) -> Iterator[tuple[int, str]]:
    """Rank and entrant of those who may have the next prize, from the top; `used` may grow between two of them."""
    for place, (_, entrant, unit) in enumerate(ranking, start=1):
        if entrant in rules.exclusions or entrant in ever_awarded:
            continue
        if unit in rules.quotas and used.get(unit, 0) >= rules.quotas[unit]:
            continue
        yield place, entrant


def _award(sequence: int, prize: str, found: tuple[int, str] | None) -> Award:
    if found is None:
        return Award(sequence, prize, None, None, AwardState.UNFILLED)
    place, entrant = found
    return Award(sequence, prize, entrant, place, AwardState.AWARDED)
