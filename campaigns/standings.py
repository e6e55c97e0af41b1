"""Who stands where: points descending, then time used, then earlier finish, then person id; all integers.

SQL's `standing` table is the truth. Redis holds a copy for speed: a sorted set (score = −points, member =
zero-padded ``used|finish|person``, so that Redis' own order, by score and then by member, is the tie rule) and a
hash person → ``version|member``, changed by a script that ignores older versions. Who has no standing any more, since
they turned out to be somebody else, is taken out of both; and now and then the worker compares the numbers of copy
and truth, in case such a removal was missed.

The ready marker holds the moment up to which SQL's changes are in the copy. A copy without it counts as absent:
ranks then come from SQL until the worker has made the copy anew. Since the marker is written behind the rows that it
speaks of, a Redis that lost its last second, or was away for an hour, is caught up from the marker it still has.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar, cast

import redis
from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.store import Store

log = logging.getLogger(__name__)
T = TypeVar("T")

TIE_RULE = (
    tables.Standing.points.desc(),
    tables.Standing.used_ms,
    tables.Standing.finished_ms,
    tables.Standing.person_id,
)

OVERLAP_MS = 10_000
"""How much later than its `changed_ms` a change may become visible: transactions in flight, clocks apart."""
BATCH = 1_000
AWAY_S = 1.0
"""How long a Redis that did not answer is left alone, so that its absence costs one time-out a second."""
BUILD_LOCK_S = 60
PARTS = ("order", "members", "ready", "building")
COUNTED_EVERY_MS = 5_000
"""How often the worker looks whether the copy holds as many as SQL does …"""
COUNTED_RARELIER = 20
"""… and for how many times the time that it takes it is not done again."""

_APPLY = """
local order, members, ready = KEYS[1], KEYS[2], KEYS[3]
for i = 1, #ARGV, 4 do
  local person, version, score, member = ARGV[i], ARGV[i+1], ARGV[i+2], ARGV[i+3]
  local old = redis.call('HGET', members, person)
  local newer = true
  if old then
    local bar = string.find(old, '|', 1, true)
    newer = tonumber(string.sub(old, 1, bar - 1)) < tonumber(version)
    if newer then redis.call('ZREM', order, string.sub(old, bar + 1)) end
  end
  if newer and member == '' then
    redis.call('HDEL', members, person)
  elseif newer then
    redis.call('ZADD', order, score, member)
    redis.call('HSET', members, person, version .. '|' .. member)
  end
end
if #ARGV ~= 4 or redis.call('EXISTS', ready) == 0 then return false end
local held = redis.call('HGET', members, ARGV[1])
if not held then return false end
return redis.call('ZRANK', order, string.sub(held, string.find(held, '|', 1, true) + 1)) + 1
"""

_RANK = """
if redis.call('EXISTS', KEYS[3]) == 0 then return false end
local total = redis.call('ZCARD', KEYS[1])
local held = redis.call('HGET', KEYS[2], ARGV[1])
if not held then return {0, total} end
return {redis.call('ZRANK', KEYS[1], string.sub(held, string.find(held, '|', 1, true) + 1)) + 1, total}
"""

_TOP = """
if redis.call('EXISTS', KEYS[3]) == 0 then return false end
return redis.call('ZRANGE', KEYS[1], 0, ARGV[1], 'WITHSCORES')
"""

_BEGIN_BUILD = """
if not redis.call('SET', KEYS[4], ARGV[1], 'NX', 'EX', ARGV[2]) then return 0 end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
return 1
"""

_FINISH_BUILD = """
if redis.call('GET', KEYS[4]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[3], ARGV[2])
redis.call('DEL', KEYS[4])
return 1
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """One row of the truth. `version` grows with every change of it."""

    person_id: int
    points: int
    used_ms: int
    finished_ms: int
    version: int = 1
    is_gone: bool = False
    """Whether the row is no more: what a copy has to forget."""


@dataclass(frozen=True, slots=True)
class Placed:
    rank: int
    person_id: int
    points: int
    used_ms: int
    finished_ms: int


@dataclass(frozen=True, slots=True)
class Rank:
    rank: int
    """0 for a person without a standing."""
    total: int


class Ranking:
    """Reads ranks from Redis when its copy is there, from SQL otherwise. Threads may share it."""

    def __init__(self, store: Store, client: redis.Redis | None) -> None:
        self._store = store
        self._client = client
        self._away_until = 0.0
        self._is_away = False
        self._counted_next: dict[int, int] = {}
        if client is not None:
            self._apply = client.register_script(_APPLY)
            self._rank = client.register_script(_RANK)
            self._top = client.register_script(_TOP)
            self._begin_build = client.register_script(_BEGIN_BUILD)
            self._finish_build = client.register_script(_FINISH_BUILD)

    @property
    def has_redis(self) -> bool:
        return self._client is not None

    def ping(self) -> bool:
        """Whether Redis answers now."""
        self._away_until = 0.0
        return bool(self._ask(lambda client: client.ping()))

    def place(self, campaign_id: int, standing: Standing) -> int | None:
        """Push one changed row to Redis; gives its rank, or None if it is gone, or Redis has no whole copy."""
        return cast(
            int | None,
            self._ask(lambda _: self._apply(keys=self._keys(campaign_id), args=_arguments([standing]))),
        )

    def place_all(self, campaign_id: int, standings: Iterable[Standing]) -> None:
        """Push changed rows, those that are gone too. What does not arrive is caught up by the worker."""
        rows = iter(standings)
        while batch := list(islice(rows, BATCH)):
            if self._ask(lambda _: self._apply(keys=self._keys(campaign_id), args=_arguments(batch)) or True) is None:
                return

    def rank(self, campaign_id: int, person_id: int) -> Rank:
        """A person's rank and how many have one."""
        found = self._ask(lambda _: self._rank(keys=self._keys(campaign_id), args=[person_id]))
        if found is not None:
            return Rank(*cast(list[int], found))
        with self._store.reading() as session:
            return sql_rank(session, campaign_id, person_id)

    def top(self, campaign_id: int, count: int, unit_id: int | None = None) -> list[Placed]:
        """The first `count` of a campaign, best first; of a unit and all below it, that is of its persons, from SQL."""
        if unit_id is None:
            found = self._ask(lambda _: self._top(keys=self._keys(campaign_id), args=[count - 1]))
            if found is not None:
                return _placed(cast("list[Any]", found))
        with self._store.reading() as session:
            return sql_top(session, campaign_id, count, unit_id)

    def total(self, campaign_id: int) -> int:
        """How many have a standing."""
        return self.rank(campaign_id, 0).total

    def refresh(self, campaign_id: int, now: int) -> None:
        """Bring Redis' copy up to SQL: the worker's tick. Does nothing while Redis is away."""
        marker = self._ask(lambda client: client.get(self._keys(campaign_id)[2]) or b"")
        if marker is None:
            return
        if not marker:
            self.rebuild(campaign_id, now)
            return
        begun = time.monotonic()
        is_counted = now >= self._counted_next.get(campaign_id, 0)
        least = self._held(campaign_id) if is_counted else 0
        if not self._copy(campaign_id, int(cast(bytes, marker)) - OVERLAP_MS):
            return
        self._ask(lambda client: client.set(self._keys(campaign_id)[2], now, xx=True))
        if is_counted and not self._holds(campaign_id, least):
            self.rebuild(campaign_id, now)
        if is_counted:
            took_ms = int((time.monotonic() - begun) * 1_000)
            self._counted_next[campaign_id] = now + max(COUNTED_EVERY_MS, COUNTED_RARELIER * took_ms)

    def _holds(self, campaign_id: int, least: int) -> bool:
        """Whether the copy holds at least so many, and no more than SQL does a moment later."""
        copied = self._ask(lambda client: client.zcard(self._keys(campaign_id)[0]))
        return copied is None or least <= cast(int, copied) <= self._held(campaign_id)

    def _held(self, campaign_id: int) -> int:
        with self._store.reading() as session:
            return _total(session, campaign_id)

    def rebuild(self, campaign_id: int, now: int) -> bool:
        """Make Redis' copy anew from SQL; False if Redis is away or another process is at it.

        Rows that are pushed meanwhile go into the same keys; the script's versions settle the order.
        """
        token = secrets.token_hex(8)
        begun = self._ask(lambda _: self._begin_build(keys=self._keys(campaign_id), args=[token, BUILD_LOCK_S]))
        return (
            bool(begun)
            and self._copy(campaign_id, 0)
            and bool(self._ask(lambda _: self._finish_build(keys=self._keys(campaign_id), args=[token, now])))
        )

    def _copy(self, campaign_id: int, since_ms: int) -> bool:
        """Send the rows that changed since a moment, as they are read; whether all arrived."""
        with self._store.reading() as session:
            rows = _changed_since(session, campaign_id, since_ms)
            while batch := list(islice(rows, BATCH)):
                if not self._send_batch(campaign_id, _arguments(batch)):
                    return False
        return True

    def _send_batch(self, campaign_id: int, arguments: list[str | int]) -> bool:
        def send(client: redis.Redis) -> bool:
            self._apply(keys=self._keys(campaign_id), args=arguments)
            client.expire(self._keys(campaign_id)[3], BUILD_LOCK_S)  # a build that gets on is left alone
            return True

        return bool(self._ask(send))

    def _keys(self, campaign_id: int) -> list[str]:
        """The braces keep a campaign's keys on one node of a cluster.

        The database's own name is in them, so that a ranking of another one, in the same Redis, is never taken for
        ours: after a restore, say, or where two installations share a server.
        """
        return [f"lvda:{self._store.name}:{{c{campaign_id}}}:{part}" for part in PARTS]

    def _ask(self, question: Callable[[redis.Redis], T]) -> T | None:
        """Ask Redis; None if there is none or it does not answer, which costs speed and nothing else."""
        if self._client is None or time.monotonic() < self._away_until:
            return None
        try:
            answer = question(self._client)
        except redis.RedisError as error:
            self._away_until = time.monotonic() + AWAY_S
            if not self._is_away:
                log.warning("redis does not answer, ranks come from SQL: %s", type(error).__name__)
            self._is_away = True
            return None
        if self._is_away:
            log.warning("redis answers again")
            self._is_away = False
        return answer


def sql_rank(session: Session, campaign_id: int, person_id: int) -> Rank:
    """A person's rank by the tie rule, counted in SQL."""
    standing = tables.Standing
    total = _total(session, campaign_id)
    own = session.get(standing, (campaign_id, person_id))
    if own is None:
        return Rank(0, total)
    place = tuple_(standing.used_ms, standing.finished_ms, standing.person_id)
    above = session.scalar(
        select(func.count()).where(
            standing.campaign_id == campaign_id,
            (standing.points > own.points)
            | ((standing.points == own.points) & (place < (own.used_ms, own.finished_ms, own.person_id))),
        )
    )
    return Rank((above or 0) + 1, total)


def sql_top(session: Session, campaign_id: int, count: int, unit_id: int | None = None) -> list[Placed]:
    """The first `count` by the tie rule, from SQL: of all, or of a unit and those below it."""
    standing = tables.Standing
    query = (
        select(standing.person_id, standing.points, standing.used_ms, standing.finished_ms)
        .where(standing.campaign_id == campaign_id)
        .order_by(*TIE_RULE)
        .limit(count)
    )
    if unit_id is not None:
        path = session.scalars(select(tables.Unit.path).where(tables.Unit.id == unit_id)).one()
        query = query.join(tables.Person, tables.Person.id == standing.person_id).where(
            tables.Person.unit_id.in_(select(tables.Unit.id).where(tables.Unit.path.startswith(path)))
        )
    return [Placed(rank, *row) for rank, row in enumerate(session.execute(query), start=1)]


def _total(session: Session, campaign_id: int) -> int:
    return session.scalar(select(func.count()).where(tables.Standing.campaign_id == campaign_id)) or 0


def _changed_since(session: Session, campaign_id: int, since_ms: int) -> Iterator[Standing]:
    standing = tables.Standing
    rows = session.execute(
        select(standing.person_id, standing.points, standing.used_ms, standing.finished_ms, standing.version).where(
            standing.campaign_id == campaign_id, standing.changed_ms >= since_ms
        )
    )
    return (Standing(*row) for row in rows.yield_per(BATCH))


def _arguments(standings: Iterable[Standing]) -> list[str | int]:
    return [part for s in standings for part in (s.person_id, s.version, -s.points, _member(s))]


def _member(standing: Standing) -> str:
    if standing.is_gone:
        return ""
    return f"{standing.used_ms:012d}|{standing.finished_ms:014d}|{standing.person_id:012d}"


def _placed(found: list[Any]) -> list[Placed]:
    placed = []
    for rank, (member, score) in enumerate(_pairs(found), start=1):
        used, finished, person = (member.decode() if isinstance(member, bytes) else member).split("|")
        placed.append(Placed(rank, int(person), -int(float(score)), int(used), int(finished)))
    return placed


def _pairs(found: list[Any]) -> Iterable[tuple[Any, Any]]:
    """RESP3 answers pairs, RESP2 a flat list."""
    if found and isinstance(found[0], list):
        return ((member, score) for member, score in found)
    flat = iter(found)
    return zip(flat, flat, strict=True)
