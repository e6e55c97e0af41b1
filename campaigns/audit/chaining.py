"""The chain: every entry's hash holds the hash of the one before it, so that nothing in between is altered unseen.

The hash of an entry is the SHA-256 of the hash before it (empty for the very first), a line feed, and the entry as
JSON: the keys ``after at_ms before by note sequence subject what`` in this order, without spaces, all but ASCII
escaped. Sequences count from 1 without a gap.

A chain proves that nothing was altered or taken out *in between*. Whoever can write to the database can make all of
it anew, or cut off its end; what shows that is a head (the last sequence and its hash) that was noted elsewhere, as
every export and `lvda audit verify` tell it.

What is too old is forgotten from the beginning, and an entry says up to where, and which hash stood there: the first
entry that is left is held against it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, Select, Table, bindparam, delete, func, inspect, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.audit.recording import record
from campaigns.clock import DAY, MINUTE
from campaigns.errors import Refused
from campaigns.stores import Stores

AT_ONCE = 200
"""So many entries are chained in one transaction, lest it hold up others."""
PURGED_AT_ONCE = 5_000
LEAST_KEPT_MS = 184 * DAY
"""Six months: what the law asks for (网络安全法 art. 21) of logs like this one."""
KEPT_MS = 731 * DAY
"""24 months."""
TOLD_LATE_MS = 10 * MINUTE
"""An entry that is not chained by then says that no worker runs."""
FAULTS_TOLD = 20
PURGED = "audit.purged"

_ENTRIES: Table = inspect(tables.AuditEntry).local_table  # type: ignore[assignment]
_SAID = ("after", "at_ms", "before", "by", "note", "subject", "what")


@dataclass(frozen=True, slots=True)
class Head:
    """A place in the chain, and the hash that stands there."""

    sequence: int
    hash: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found when the chain was held against its entries."""

    checked: int
    first: int
    """The first sequence that is there; 0: nothing is chained."""
    head: Head
    """Its end; sequence 0: nothing is chained."""
    unchained: int
    """Entries that no writer has chained yet."""
    is_late: bool
    """Whether one of them has waited for longer than a worker lets it."""
    faults: tuple[str, ...] = field(default=())
    """What is wrong, a sentence each; at most so many as `FAULTS_TOLD`."""

    @property
    def well(self) -> bool:
        return not self.faults

    @property
    def sentences(self) -> list[str]:
        """What a person is told of it."""
        told = list(self.faults)
        if not self.head.sequence and not self.unchained:
            told.append("审计日志还是空的。")
        elif self.well and self.head.sequence:
            told.append(
                f"审计日志完整：核对了 {self.checked} 条（第 {self.first} 至 {self.head.sequence} 条），没有改动。"
            )
        if self.is_late:
            told.append(
                f"有 {self.unchained} 条审计记录还没有连成链：请检查 worker 是否在运行（lvda serve 会带着它）。"
            )
        return told


def chain(stores: Stores, now: int) -> int:
    """Chain what was recorded since; gives how many entries. A worker's tick: one writes, and a second one harms
    nothing, since every entry is taken by a conditional UPDATE and no sequence is given twice.
    """
    chained = 0
    while True:
        with stores.sql.reading() as session:
            if session.scalar(_unchained(1)) is None:
                return chained
        try:
            with stores.sql.transaction() as session:
                batch = _chain_some(session)
        except (IntegrityError, _OtherWriter):
            return chained
        chained += batch
        if batch < AT_ONCE:
            return chained


def head(session: Session) -> Head:
    """The end of the chain; sequence 0 with an empty hash where nothing is chained."""
    entry = tables.AuditEntry
    row = session.execute(
        select(entry.sequence, entry.hash).where(entry.sequence.is_not(None)).order_by(entry.sequence.desc()).limit(1)
    ).one_or_none()
    return Head(row.sequence, row.hash) if row is not None else Head(0, "")


def verify(session: Session, now: int, known: Head | None = None) -> Verdict:
    """Compute every hash again. `known` is a place that somebody noted earlier, which the chain must still have."""
    entry = tables.AuditEntry
    rows = session.execute(
        select(entry.sequence, entry.hash, *_columns())
        .where(entry.sequence.is_not(None))
        .order_by(entry.sequence)
        .execution_options(yield_per=1_000)
    )
    check = _Check(_purges(session))
    for row in rows:
        check.see(row, is_known=known is not None and row.sequence == known.sequence, known=known)
    faults = [*check.faults, *_missing(check, known)]
    waiting = entry.sequence.is_(None)
    oldest = session.scalar(select(func.min(entry.at_ms)).where(waiting))
    return Verdict(
        checked=check.count,
        first=check.first,
        head=Head(check.last, check.hash),
        unchained=session.scalar(select(func.count()).select_from(entry).where(waiting)) or 0,
        is_late=oldest is not None and oldest < now - TOLD_LATE_MS,
        faults=tuple(faults[:FAULTS_TOLD]),
    )


def purge(session: Session, now: int, *, kept_ms: int = KEPT_MS) -> int:
    """Forget the entries at the beginning of the chain that are older than 24 months; gives how many.

    At most `PURGED_AT_ONCE` of them, never the last one; that it was done is an entry itself. Raises Refused for a
    `kept_ms` under six months.
    """
    if kept_ms < LEAST_KEPT_MS:
        raise Refused("审计日志至少要保留六个月，不能清理得更短。")
    entry = tables.AuditEntry
    first: int | None = session.scalar(select(func.min(entry.sequence)))
    if first is None:
        return 0
    stays = session.scalar(
        select(func.min(entry.sequence)).where(entry.sequence.is_not(None), entry.at_ms >= now - kept_ms)
    )
    end: int = head(session).sequence if stays is None else stays
    through = min(end - 1, first + PURGED_AT_ONCE - 1)
    if through < first:
        return 0
    last = session.execute(select(entry.hash, entry.at_ms).where(entry.sequence == through)).one()
    session.execute(delete(entry).where(entry.sequence <= through).execution_options(synchronize_session=False))
    told = {"entries": through - first + 1, "through": through, "hash": last.hash, "until_ms": last.at_ms}
    record(session, "", PURGED, "audit:log", now, after=told)
    return through - first + 1


def purge_all(stores: Stores, now: int) -> int:
    """Once some entries are a month too old, forget all that are too old; gives how many. A worker's tick."""
    with stores.sql.reading() as session:
        oldest = session.scalar(
            select(func.min(tables.AuditEntry.at_ms)).where(tables.AuditEntry.sequence.is_not(None))
        )
    if oldest is None or oldest >= now - KEPT_MS - 30 * DAY:
        return 0
    purged = 0
    while True:
        with stores.sql.transaction() as session:
            batch = purge(session, now)
        purged += batch
        if batch < PURGED_AT_ONCE:
            return purged


def read_head(text: str) -> Head:
    """A head as it is told, ``120:9f86d0…``. Raises Refused for anything else."""
    sequence, _, noted = text.strip().partition(":")
    if not (sequence.isdecimal() and sequence.isascii() and len(noted) == 64):
        raise Refused("记下的链尾要写成 序号:校验值，例如 120:9f86d081…（64 位），见上次导出或核对的结果。")
    return Head(int(sequence), noted.lower())


class _OtherWriter(Exception):
    """Somebody else has chained what we were about to: rolled back, and theirs stands."""


def _chain_some(session: Session) -> int:
    end, places = head(session), []
    rows = session.execute(_unchained(AT_ONCE)).all()
    for row in rows:
        end = Head(end.sequence + 1, _hash(end.hash, end.sequence + 1, row))
        places.append({"entry": row.id, "place": end.sequence, "seal": end.hash})
    if not rows:
        return 0
    taken = session.connection().execute(
        update(_ENTRIES)
        .where(_ENTRIES.c.id == bindparam("entry"), _ENTRIES.c.sequence.is_(None))
        .values(sequence=bindparam("place"), hash=bindparam("seal")),
        places,
    )
    if taken.rowcount != len(rows):
        raise _OtherWriter
    return len(rows)


def _unchained(most: int) -> Select[*tuple[Any, ...]]:
    entry = tables.AuditEntry
    return select(entry.id, *_columns()).where(entry.sequence.is_(None)).order_by(entry.id).limit(most)


def _columns() -> tuple[Any, ...]:
    return tuple(getattr(tables.AuditEntry, name) for name in _SAID)


def _hash(before: str, sequence: int, row: Row[Any]) -> str:
    said = {name: getattr(row, name) for name in _SAID} | {"sequence": sequence}
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()


def _purges(session: Session) -> dict[int, str]:
    """Up to which sequence entries were forgotten, and the hash that stood there."""
    told = session.scalars(select(tables.AuditEntry.after).where(tables.AuditEntry.what == PURGED))
    return {one["through"]: one["hash"] for one in told if one}


class _Check:
    """Goes along the chain, and notes what does not hold."""

    def __init__(self, purges: dict[int, str]) -> None:
        self._purges = purges
        self.faults: list[str] = []
        self.count = self.first = self.last = 0
        self.hash = ""
        self.has_known = False

    def see(self, row: Row[Any], *, is_known: bool, known: Head | None) -> None:
        before = self._before(row.sequence)
        if before is not None and _hash(before, row.sequence, row) != row.hash:
            self.faults.append(f"第 {row.sequence} 条（{row.what}，{row.subject}）与校验值不符：内容被改动过。")
        if is_known and known is not None:
            self.has_known = True
            if row.hash != known.hash:
                self.faults.append(f"第 {row.sequence} 条的校验值与您记下的不同：从头到这里的记录被换过。")
        self.first = self.first or row.sequence
        self.count, self.last, self.hash = self.count + 1, row.sequence, row.hash

    def _before(self, sequence: int) -> str | None:
        """The hash that stands before this sequence; None where it is not known, which is a fault by itself."""
        if sequence == self.last + 1 and (self.last or sequence == 1):
            return self.hash
        if self.last == 0:
            if (purged := self._purges.get(sequence - 1)) is None:
                self.faults.append(f"最早的一条是第 {sequence} 条，前面的没有清理记录：有记录被删除。")
            return purged
        lost = f"第 {self.last + 1} 条" if sequence == self.last + 2 else f"第 {self.last + 1} 至 {sequence - 1} 条"
        self.faults.append(f"缺{lost}：有记录被删除。")
        return None


def _missing(check: _Check, known: Head | None) -> Iterator[str]:
    if known is not None and not check.has_known:
        if known.sequence > check.last:
            yield f"您记下的是第 {known.sequence} 条，现在只有到第 {check.last} 条：末尾的记录被删除。"
        elif known.sequence >= check.first:
            yield f"您记下的第 {known.sequence} 条不在了：有记录被删除。"
