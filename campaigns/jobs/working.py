"""Doing long work: one job after the other, each held by a lease that others take over when its worker dies.

    waiting → running (held) → done | failed | cancelled

Whoever holds a job renews the lease beside the work (`Heart`), so that a long step is not taken for a death; a process
that was killed renews nothing, and another one goes on, from the last checkpoint. Every write says whose it is, in its
WHERE: a worker that was thought dead and wakes up changes nothing any more.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import TracebackType
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, insert, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.banks.storable import cleaned, line
from campaigns.clock import MINUTE, SECOND
from campaigns.errors import CampaignsError, StoreUnavailable
from campaigns.jobs.asking import FILES_KEPT_MS, KEPT_MS, PIECE_BYTES, State, drop_given, given_to
from campaigns.jobs.kinds import Asked, Cancelled, Interrupted, Kinds, Lost
from campaigns.leases import APART_MS
from campaigns.stores import Stores
from questions.model import QuestionError

log = logging.getLogger(__name__)

LEASE_MS = 20 * SECOND
RENEWED_S = 5.0
SILENT_MS = 15 * MINUTE
"""Without a step for so long, the work has lost its way: the lease is not renewed any more."""
MOST_TRIES = 3
AGAIN_MS = 10 * SECOND
"""How long to leave a job alone when the database was away."""
LOOKED_S = 1.0
SAID_MS = SECOND // 2
"""Progress is written no more often than that."""
FORGOTTEN_AT_ONCE = 20

_WORN_OUT = (
    f"试了 {MOST_TRIES} 次都没有做完（做它的程序中断了，或者数据库连不上）：请再做一次，还不行请把任务编号告诉管理员。"
)
_OUR_MISTAKE = "程序出错了，没有做完：请把任务编号告诉管理员，日志里记着原因。"
_CANCELLED = "已经取消。"


def work_off(stores: Stores, kinds: Kinds, holder: str, clock: Callable[[], int], stop: threading.Event) -> None:
    """Do jobs of these kinds, the oldest first, until told to stop. `holder` is this loop's name, and nobody else's.

    `clock` gives UTC milliseconds. A job that is being done when `stop` is set is put back at its next step, and goes
    on from its checkpoint.
    """
    while not stop.is_set():
        try:
            is_busy = do_next(stores, kinds, holder, clock, stop)
        except (StoreUnavailable, SQLAlchemyError) as error:
            log.warning("jobs are looked for again: %s", type(error).__name__)
            is_busy = False
        if not is_busy:
            stop.wait(LOOKED_S)


def do_next(stores: Stores, kinds: Kinds, holder: str, clock: Callable[[], int], stop: threading.Event) -> bool:
    """Do the oldest job that can be had; False: there is none. Raises StoreUnavailable."""
    with stores.sql.reading() as session:  # a look that locks nothing
        if session.execute(_free(kinds, clock()).limit(1)).first() is None:
            return False
    with stores.sql.transaction() as session:
        job = _claimed(session, kinds, holder, clock())
    if job is not None:
        _do(stores, kinds, Held(stores, job, holder, clock, stop))
    return True


def _free(kinds: Kinds, now: int) -> Any:  # noqa: ANN401 — a Select of one column
    job = tables.Job
    is_free = (job.held_until_ms <= now) | (job.held_until_ms > now + LEASE_MS + APART_MS)  # or a clock was set back
    is_open = job.state.in_((State.WAITING.value, State.RUNNING.value))
    return select(job.id).where(is_open, is_free, job.kind.in_(list(kinds))).order_by(job.id)


def _claimed(session: Session, kinds: Kinds, holder: str, now: int) -> tables.Job | None:
    """Take the oldest job that nobody holds. One that somebody asked to stop, or that wore its workers out, ends here.

    Workers that look at the same moment get different ones: on PostgreSQL what another has locked is skipped, on
    SQLite they take turns.
    """
    job = tables.Job
    job_id = session.scalar(_free(kinds, now).limit(1).with_for_update(skip_locked=True))
    if job_id is None:
        return None
    row = session.get_one(tables.Job, job_id)
    if row.cancel_ms is not None:
        _end(session, job.id == job_id, State.CANCELLED, _CANCELLED, now)
        return None
    if row.tries >= MOST_TRIES:
        _end(session, job.id == job_id, State.FAILED, _WORN_OUT, now)
        return None
    row.state, row.holder, row.held_until_ms = State.RUNNING.value, holder, now + LEASE_MS
    row.tries += 1
    session.flush()
    session.expunge(row)
    return row


def _do(stores: Stores, kinds: Kinds, held: Held) -> None:
    """The work itself, and how it ended."""
    state, message = State.FAILED, _OUR_MISTAKE
    try:
        with held:
            message = kinds[held.asked.kind](stores, held, held.now())
        state = State.DONE
    except Cancelled as error:
        state, message = State.CANCELLED, str(error) or _CANCELLED
    except Interrupted:
        return  # another does it, or will
    except StoreUnavailable:
        log.warning("job %d is tried again: the database is away", held.asked.id)
        held.put_back(AGAIN_MS)
        return
    except (CampaignsError, QuestionError) as error:
        message = str(error)
    except Exception:
        log.exception("job %d (%s) failed", held.asked.id, held.asked.kind)
    with stores.sql.transaction() as session:
        if not _end(session, held.is_ours, state, message, held.now()):
            log.warning("job %d was taken over by another worker", held.asked.id)


def _end(session: Session, which: ColumnElement[bool], state: State, message: str, now: int) -> bool:
    """Say how a job ended. What it was given is forgotten at once; what it made, if that is of no use, by and by."""
    job = tables.Job
    values: dict[str, Any] = {"state": state.value, "message": cleaned(message), "ended_ms": now, "holder": None}
    if state is not State.DONE:
        values["file_name"] = ""
    ended = session.execute(
        update(job)
        .where(which, job.ended_ms.is_(None))
        .values(**values, checkpoint=None, held_until_ms=0)
        .returning(job.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if ended is not None:
        drop_given(session, ended)
    return ended is not None


class Held:
    """A job in the hands of the worker that does it: `kinds.Running`. As a context it keeps the lease alive."""

    def __init__(
        self, stores: Stores, job: tables.Job, holder: str, clock: Callable[[], int], stop: threading.Event
    ) -> None:
        self.asked = Asked(job.id, job.kind, job.title, job.arguments, job.by, job.unit_id, job.asked_ms)
        self.checkpoint: Mapping[str, Any] | None = job.checkpoint
        self.now = clock
        self.is_ours: ColumnElement[bool] = (
            (tables.Job.id == job.id) & (tables.Job.holder == holder) & (tables.Job.state == State.RUNNING.value)
        )
        self._sql = stores.sql
        self._stop = stop
        self._said_ms = -SAID_MS
        self._stepped_ms = clock()
        self._rest = threading.Event()
        self._heart = threading.Thread(target=self._beat, name=f"lease of job {job.id}", daemon=True)

    def __enter__(self) -> None:
        self._heart.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._rest.set()
        self._heart.join()

    def given(self) -> bytes:
        with self._sql.reading() as session:
            return given_to(session, self.asked.id)

    def step(self, done: int, total: int = 0, checkpoint: Mapping[str, Any] | None = None) -> None:
        now = self._stepped_ms = self.now()
        if self._stop.is_set():
            self._write(now, done=done, total=total, **_kept(checkpoint))
            self.put_back(0, costs_a_try=False)
            raise Interrupted
        is_all = 0 < total <= done
        if is_all or checkpoint is not None or not self._said_ms <= now < self._said_ms + SAID_MS:
            self._write(now, done=done, total=total, **_kept(checkpoint))
            self._said_ms = now

    def deliver(self, name: str, media_type: str, pieces: Iterable[bytes]) -> None:
        while self._forgot_some():
            pass
        for ordinal, data in enumerate(_in_pieces(pieces)):
            self._stepped_ms = self.now()
            with self._sql.transaction() as session:
                self._renew(session, self._stepped_ms)
                session.execute(
                    insert(tables.JobPiece).values(job_id=self.asked.id, way="out", ordinal=ordinal, data=data)
                )
        self._write(self.now(), file_name=line(name), media_type=line(media_type))

    def put_back(self, pause_ms: int, *, costs_a_try: bool = True) -> None:
        """Let whoever is next go on with it after a pause; where that cannot be said, when the lease runs out."""
        job = tables.Job
        values = {"state": State.WAITING.value, "holder": None, "held_until_ms": self.now() + pause_ms}
        try:
            with self._sql.transaction() as session:
                session.execute(
                    update(job)
                    .where(self.is_ours)
                    .values(**values, tries=job.tries - (0 if costs_a_try else 1))
                    .execution_options(synchronize_session=False)
                )
        except (StoreUnavailable, SQLAlchemyError):
            log.warning("job %d will be taken up again when its lease runs out", self.asked.id)

    def _write(self, now: int, **values: object) -> None:
        with self._sql.transaction() as session:
            self._renew(session, now, **values)

    def _renew(self, session: Session, now: int, **values: object) -> None:
        """Write what is new about the job, and hold it on. Raises Lost, and Cancelled."""
        renewed = session.execute(
            update(tables.Job)
            .where(self.is_ours)
            .values(held_until_ms=now + LEASE_MS, **values)
            .returning(tables.Job.cancel_ms)
            .execution_options(synchronize_session=False)
        ).one_or_none()
        if renewed is None:
            raise Lost
        if renewed.cancel_ms is not None:
            raise Cancelled

    def _forgot_some(self) -> bool:
        """Forget some of what an earlier try had made; False: there is no more."""
        with self._sql.transaction() as session:
            self._renew(session, self.now())
            return _drop_some_pieces(session, self.asked.id) > 0

    def _beat(self) -> None:
        """Renew the lease every few seconds, until the work rests, has lost its way, or is another's."""
        while not self._rest.wait(RENEWED_S):
            now = self.now()
            if now - self._stepped_ms > SILENT_MS:
                log.error("job %d says nothing any more", self.asked.id)
                return
            try:
                self._write(now)
            except Interrupted:
                return  # its next step will know
            except (StoreUnavailable, SQLAlchemyError) as error:
                log.warning("the lease of job %d could not be renewed: %s", self.asked.id, type(error).__name__)


def _kept(checkpoint: Mapping[str, Any] | None) -> dict[str, Any]:
    return {} if checkpoint is None else {"checkpoint": dict(checkpoint)}


def _in_pieces(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces as rows hold them; an empty file is one empty piece."""
    waiting = bytearray()
    is_empty = True
    for some in pieces:
        waiting += some
        while len(waiting) >= PIECE_BYTES:
            yield bytes(waiting[:PIECE_BYTES])
            del waiting[:PIECE_BYTES]
            is_empty = False
    if waiting or is_empty:
        yield bytes(waiting)


def forget(stores: Stores, now: int) -> int:
    """Forget files a week after their jobs ended, or at once where those failed, and jobs half a year after.

    Gives how many jobs and pieces of files are gone; in small transactions between which others write.
    """
    forgotten = 0
    for forget_some in (_forget_pieces, _forget_jobs):
        while True:
            with stores.sql.transaction() as session:
                some = forget_some(session, now)
            forgotten += some
            if not some:
                break
    return forgotten


def _forget_pieces(session: Session, now: int) -> int:
    job, piece = tables.Job, tables.JobPiece
    has_failed = job.state.in_((State.FAILED.value, State.CANCELLED.value))
    is_old = (job.ended_ms <= now - FILES_KEPT_MS) | has_failed
    job_id = session.scalar(
        select(job.id).where(is_old, exists().where(piece.job_id == job.id, piece.way == "out")).limit(1)
    )
    return 0 if job_id is None else _drop_some_pieces(session, job_id)


def _drop_some_pieces(session: Session, job_id: int) -> int:
    """Forget some of the file that a job has made; gives how many pieces, 0 where there are no more."""
    piece = tables.JobPiece
    some = select(piece.ordinal).where(piece.job_id == job_id, piece.way == "out").limit(FORGOTTEN_AT_ONCE)
    ordinals = list(session.scalars(some))
    is_one = (piece.job_id == job_id, piece.way == "out", piece.ordinal.in_(ordinals))
    session.execute(delete(piece).where(*is_one).execution_options(synchronize_session=False))
    return len(ordinals)


def _forget_jobs(session: Session, now: int) -> int:
    job = tables.Job
    old = session.scalars(select(job.id).where(job.ended_ms <= now - KEPT_MS).limit(FORGOTTEN_AT_ONCE)).all()
    session.execute(delete(job).where(job.id.in_(old)).execution_options(synchronize_session=False))
    return len(old)
