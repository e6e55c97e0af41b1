"""Asking for long work, watching it, stopping it, and taking away the file that it made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.orm import Session

from campaigns import audit, tables
from campaigns.banks.storable import line
from campaigns.clock import DAY
from campaigns.errors import NotFound, Refused

PIECE_BYTES = 512 * 1024
"""Of a file, in one row: written in one go without keeping other writers waiting."""
FILES_KEPT_MS = 7 * DAY
KEPT_MS = 180 * DAY
MOST_OPEN = 20
"""Jobs of one account that are not over."""


class State(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Listed:
    """A job as people see it."""

    id: int
    kind: str
    title: str
    arguments: Mapping[str, Any]
    by: str
    unit_id: int | None
    state: State
    done: int
    total: int
    """0: not known."""
    message: str
    file_name: str
    media_type: str
    tries: int
    asked_ms: int
    ended_ms: int | None
    cancel_ms: int | None

    @property
    def is_over(self) -> bool:
        return self.ended_ms is not None

    @property
    def percent(self) -> int | None:
        """How much is done, rounded down; None: not known."""
        return min(100, self.done * 100 // self.total) if self.total else None

    def has_file(self, now: int) -> bool:
        """Whether there is a file to take away: it is kept for `FILES_KEPT_MS`."""
        return bool(self.file_name) and self.ended_ms is not None and now < self.ended_ms + FILES_KEPT_MS


def ask(
    session: Session,
    kind: str,
    title: str,
    arguments: Mapping[str, Any],
    by: str,
    now: int,
    *,
    unit_id: int | None = None,
    file: bytes = b"",
) -> int:
    """Write down work that a worker is to do; gives the job's id.

    `arguments` are kept as JSON, and no secrets; `unit_id` is a liaison's unit, beyond which the work shows nothing;
    `file` is what it works on. Raises Refused where `by` has `MOST_OPEN` already: one account is not to keep the
    workers from everybody else's.
    """
    job = tables.Job
    is_open = job.state.in_((State.WAITING.value, State.RUNNING.value))
    if session.scalar(select(func.count()).where(is_open, job.by == line(by))) >= MOST_OPEN:  # type: ignore[operator]
        raise Refused(f"您还有 {MOST_OPEN} 个任务没有做完，请等做完几个，或者取消用不着的，再提出新的。")
    job_id = session.execute(
        insert(tables.Job)
        .values(
            kind=kind,
            title=line(title),
            arguments=dict(arguments),
            by=line(by),
            unit_id=unit_id,
            asked_ms=now,
        )
        .returning(tables.Job.id)
    ).scalar_one()
    for ordinal, start in enumerate(range(0, len(file), PIECE_BYTES)):
        session.execute(
            insert(tables.JobPiece).values(
                job_id=job_id, way="in", ordinal=ordinal, data=file[start : start + PIECE_BYTES]
            )
        )
    audit.record(session, by, "job.asked", f"job:{job_id}", now, after={"kind": kind, "title": line(title)})
    return job_id


def cancel(session: Session, job_id: int, by: str, now: int) -> None:
    """Stop a job: at once while it waits; one that is being done stops at its next step.

    Raises NotFound, and Refused for one that is over.
    """
    job, ours = tables.Job, tables.Job.id == job_id
    waited = session.execute(
        update(job)
        .where(ours, job.state == State.WAITING.value)
        .values(state=State.CANCELLED.value, cancel_ms=now, ended_ms=now, message=f"{line(by)} 取消了。")
        .returning(job.id)
    ).one_or_none()
    if waited is not None:
        drop_given(session, job_id)
    elif not _asked_to_stop(session, ours, now):
        found = find(session, job_id)
        raise Refused(f"“{found.title}”已经结束，不能取消。")
    audit.record(session, by, "job.cancelled", f"job:{job_id}", now)


def _asked_to_stop(session: Session, which: ColumnElement[bool], now: int) -> bool:
    job = tables.Job
    stopped = session.execute(
        update(job)
        .where(which, job.state == State.RUNNING.value)
        .values(cancel_ms=func.coalesce(job.cancel_ms, now))
        .returning(job.id)
    )
    return stopped.one_or_none() is not None


def find(session: Session, job_id: int) -> Listed:
    """A job as it is now. Raises NotFound."""
    row = session.get(tables.Job, job_id, populate_existing=True)
    if row is None:
        raise NotFound(f"没有编号为 {job_id} 的任务：任务结束 {KEPT_MS // DAY} 天后就不再保留。")
    return _listed(row)


def listing(
    session: Session, *, by: str | None = None, kind: str | None = None, most: int, skipped: int = 0
) -> list[Listed]:
    """The newest first, of all or of one account by its name, of all kinds or of one."""
    query = select(tables.Job).order_by(tables.Job.id.desc()).limit(most).offset(skipped)
    if kind is not None:
        query = query.where(tables.Job.kind == kind)
    return [_listed(row) for row in session.scalars(query.where(*_of(by)))]


def how_many(session: Session, *, by: str | None = None) -> int:
    return session.execute(select(func.count(tables.Job.id)).where(*_of(by))).scalar_one()


def file_of(session: Session, job_id: int) -> tuple[str, str, Iterator[bytes]]:
    """The name, the media type and the bytes of the file that a job made; the session must last while they are read.

    Raises NotFound where there is no job, it made no file, or the file has been forgotten.
    """
    found = find(session, job_id)
    piece = tables.JobPiece
    is_ours = (piece.job_id == job_id, piece.way == "out")
    pieces = session.scalar(select(func.count()).select_from(piece).where(*is_ours)) or 0
    if found.state is not State.DONE or not pieces:
        raise NotFound(f"“{found.title}”没有可以下载的文件：文件只保留 {FILES_KEPT_MS // DAY} 天，需要时请再做一次。")

    def read() -> Iterator[bytes]:
        for ordinal in range(pieces):
            yield session.execute(select(piece.data).where(*is_ours, piece.ordinal == ordinal)).scalar_one()

    return found.file_name, found.media_type, read()


def given_to(session: Session, job_id: int) -> bytes:
    """The file that a job was given; empty: none."""
    piece = tables.JobPiece
    query = select(piece.data).where(piece.job_id == job_id, piece.way == "in").order_by(piece.ordinal)
    return b"".join(session.scalars(query))


def drop_given(session: Session, job_id: int) -> None:
    """Forget the file that a job was given."""
    piece = tables.JobPiece
    session.execute(delete(piece).where(piece.job_id == job_id, piece.way == "in"))


def _of(by: str | None) -> list[ColumnElement[bool]]:
    return [] if by is None else [tables.Job.by == by]


def _listed(row: tables.Job) -> Listed:
    return Listed(
        id=row.id,
        kind=row.kind,
        title=row.title,
        arguments=row.arguments,
        by=row.by,
        unit_id=row.unit_id,
        state=State(row.state),
        done=row.done,
        total=row.total,
        message=row.message,
        file_name=row.file_name,
        media_type=row.media_type,
        tries=row.tries,
        asked_ms=row.asked_ms,
        ended_ms=row.ended_ms,
        cancel_ms=row.cancel_ms,
    )
