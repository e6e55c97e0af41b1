"""Scoring again every attempt that holds a mended question, batch by batch.

Each batch is one transaction that may be done twice: scores, answers' points and standings come out the same. How far
it came is kept with it (`Regrade.done_attempt_id`), so that a worker goes on where a killed process stopped.

Whoever answers meanwhile is marked by the new key, since the change raised the campaign's version. Only a statement
that had begun before, and took its time, may still have used the old one, or have added up a score that a batch was
just about to change: so what was touched since the change is scored again at the end, seconds later.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.counting import recount
from campaigns.editions import Edition
from campaigns.regrade.moves import finish_moves
from campaigns.regrade.scoring import attempts_holding, in_parts, read_attempts, scored
from campaigns.standings import OVERLAP_MS
from campaigns.stores import Stores

BATCH = 200
"""Attempts of one transaction: others write between two."""
TICK_S = 0.5
"""How long a worker stays with it before it looks after its other jobs."""
SETTLED_MS = 4_000
"""How long after a commit a statement may still run that does not know of it: see `Store.direct`'s time limit."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a regrade is."""

    done: int
    """Attempts."""
    of: int
    is_finished: bool


class Mender:
    """Carries regrades out. One a process: it remembers since when one has only been waiting to settle."""

    def __init__(self) -> None:
        self._through_ms: dict[int, int] = {}

    def carry_on_all(self, stores: Stores, now: int) -> int:
        """Go on for a moment with each regrade that is not finished: the worker's tick. Gives how many there were."""
        with stores.sql.reading() as session:
            regrade = tables.Regrade
            unfinished = session.scalars(select(regrade.id).where(regrade.finished_ms.is_(None)).order_by(regrade.id))
            regrade_ids = list(unfinished)
        until = time.monotonic() + TICK_S
        for regrade_id in regrade_ids:
            while not self.carry_on(stores, regrade_id, now):
                if self.is_waiting(regrade_id) or time.monotonic() > until:
                    break
        return len(regrade_ids)

    def is_waiting(self, regrade_id: int) -> bool:
        """Whether all is scored, and what was under way at the change is being waited for."""
        return regrade_id in self._through_ms

    def carry_on(self, stores: Stores, regrade_id: int, now: int) -> bool:
        """Do one batch of a regrade, or finish it; gives whether it is finished."""
        with stores.sql.reading() as session:
            regrade = session.get_one(tables.Regrade, regrade_id)
            if regrade.finished_ms is not None:
                return True
            version = session.get_one(tables.Campaign, regrade.campaign_id).version
            after = regrade.done_attempt_id
            holding = attempts_holding(regrade.campaign_id, regrade.revision_id, after)
            attempt_ids = list(session.scalars(holding.limit(BATCH)))
            session.expunge(regrade)
        edition = stores.editions.get(stores.sql, regrade.campaign_id, version)
        if attempt_ids:
            self._through_ms.pop(regrade_id, None)
            _batch(stores, edition, attempt_ids, now, progress_of=(regrade_id, after))
            return False
        through_ms = self._through_ms.setdefault(regrade_id, now)
        if not stores.sql.on_sqlite and through_ms <= now < through_ms + SETTLED_MS:  # SQLite writes one by one
            return False
        if _touched_again(stores, edition, regrade, now):
            self._through_ms[regrade_id] = now
            return False
        del self._through_ms[regrade_id]
        with stores.sql.transaction() as session:
            finish_moves(session, regrade.campaign_id, regrade_id, now)
        return True


def progress(session: Session, regrade_id: int) -> Progress:
    """How far a regrade is, for whoever waits."""
    regrade = session.get_one(tables.Regrade, regrade_id)
    count = func.count()
    holding = attempts_holding(regrade.campaign_id, regrade.revision_id, 0).order_by(None)
    of = session.scalar(select(count).select_from(holding.subquery())) or 0
    left = attempts_holding(regrade.campaign_id, regrade.revision_id, regrade.done_attempt_id).order_by(None)
    return Progress(
        of - (session.scalar(select(count).select_from(left.subquery())) or 0), of, regrade.finished_ms is not None
    )


def _batch(
    stores: Stores,
    edition: Edition,
    attempt_ids: Sequence[int],
    now: int,
    progress_of: tuple[int, int] | None = None,
) -> bool:
    """Score attempts again; gives whether anything was not yet as it should be.

    With `progress_of`, a regrade and how far it was, that is written too; nothing is done if somebody else was quicker,
    or if the campaign has changed since its edition was read: somebody else may have finished this regrade, and begun
    the next one.
    """
    with stores.sql.transaction() as session:
        if not _is_current(session, edition):
            return True
        if progress_of is not None and not _claim(session, *progress_of, attempt_ids[-1]):
            return False
        is_changed, person_ids = _rescore(session, edition, attempt_ids)
        standings = recount(session, edition.id, person_ids, now) if edition.ranks else []
    stores.ranking.place_all(edition.id, standings)
    return is_changed or bool(standings)


def _is_current(session: Session, edition: Edition) -> bool:
    """Whether a campaign is as its edition says, and stays so until the transaction ends."""
    campaign = tables.Campaign
    version = select(campaign.version).where(campaign.id == edition.id).with_for_update(read=True)
    return session.scalar(version) == edition.version


def _claim(session: Session, regrade_id: int, seen: int, done: int) -> bool:
    """Move the mark on; the row stays locked until the batch is committed."""
    regrade = tables.Regrade
    claimed = session.execute(
        update(regrade)
        .where(regrade.id == regrade_id, regrade.done_attempt_id == seen)
        .values(done_attempt_id=done)
        .returning(regrade.id)
    )
    return claimed.one_or_none() is not None


def _rescore(session: Session, edition: Edition, attempt_ids: Sequence[int]) -> tuple[bool, set[int]]:
    """Write what differs; whether anything did, and whose attempts that are finished were looked at."""
    scores: list[dict[str, int]] = []
    points: list[dict[str, int]] = []
    person_ids: set[int] = set()
    for held in read_attempts(session, attempt_ids, lock=True):
        should = scored(edition, held)
        if should.score != held.score:
            scores.append({"id": held.id, "score": should.score})
        points += [
            {"attempt_id": held.id, "position": position, "points": worth}
            for position, worth in should.points.items()
            if worth != held.answers[position].points
        ]
        if held.state == "finished":
            person_ids.add(held.person_id)
    if scores:
        session.execute(update(tables.Attempt), scores)
    if points:
        session.execute(update(tables.Answer), points)
    return bool(scores or points), person_ids


def _touched_again(stores: Stores, edition: Edition, regrade: tables.Regrade, now: int) -> bool:
    """Score again what was touched since the change; whether any of it was not as it should be."""
    attempt, since = tables.Attempt, regrade.begun_ms - OVERLAP_MS
    with stores.sql.reading() as session:
        touched = list(
            session.scalars(
                select(attempt.id).where(
                    attempt.campaign_id == regrade.campaign_id,
                    (attempt.shown_ms >= since) | (attempt.finished_ms >= since),
                )
            )
        )
    changed = [_batch(stores, edition, some, now) for some in in_parts(touched, BATCH)]
    return any(changed)
