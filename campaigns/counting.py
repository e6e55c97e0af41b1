"""Which of a person's attempts count, and the standing that they make.

The statement that finishes an attempt keeps the standing by the same rules (see `campaigns.play_statements`); this is
how it is made from nothing: after persons were merged or parted, after a question was mended, and in tests as what
that statement must agree with.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.standings import Standing
from campaigns.store import insertion
from campaigns.unit_sums import outdate

AT_ONCE = 500
"""Persons whose attempts are read by one statement."""


@dataclass(frozen=True, slots=True)
class FinishedAttempt:
    id: int
    ordinal: int
    """The how-manieth of its person, from 1."""
    day: int
    """On which it began, as 20260704."""
    score: int
    used_ms: int
    finished_ms: int


@dataclass(frozen=True, slots=True)
class Result:
    """What a person's attempts come to."""

    attempt_id: int
    """Of several that count, the one that was finished last."""
    points: int
    used_ms: int
    """Of all that count together."""
    finished_ms: int
    """When the last of those that count was finished."""


def counted(attempts: Sequence[FinishedAttempt], rule: str) -> Result | None:
    """What one person's finished attempts come to by a campaign's rule; None without any.

    ``best``: most points, then least time, then earliest finish. ``first`` and ``last``: by the order in which they
    were begun. ``sum``: the best of each day on which attempts were begun, together.
    """
    if not attempts:
        return None
    in_order = sorted(attempts, key=lambda attempt: attempt.ordinal)
    match rule:
        case "best":
            return _together([_best(in_order)])
        case "first":
            return _together(in_order[:1])
        case "last":
            return _together(in_order[-1:])
        case "sum":
            by_day = groupby(sorted(in_order, key=lambda attempt: attempt.day), key=lambda attempt: attempt.day)
            return _together([_best(list(of_day)) for _, of_day in by_day])
    raise ValueError(f"{rule} is no rule of which attempt counts")


def recount(session: Session, campaign_id: int, person_ids: Iterable[int], now: int) -> list[Standing]:
    """Make the standings of persons anew from their finished attempts; gives those that changed.

    Whose attempts are all gone has no standing any more: theirs comes back as `Standing.is_gone`. Push what comes back
    to `Ranking.place_all` once it is committed. The rows of these persons are locked until then.
    """
    mode, rule = session.execute(
        select(tables.Campaign.mode, tables.Campaign.counts).where(tables.Campaign.id == campaign_id)
    ).one()
    changed: list[Standing] = []
    for batch in _batches(sorted(set(person_ids))):
        held = _held(session, campaign_id, batch)  # locked before the attempts are read: whoever finishes now waits
        attempts = {} if mode == "practice" else finished_attempts(session, campaign_id, batch)
        for person_id in batch:
            result = counted(attempts.get(person_id, ()), rule)
            standing = _settle(session, campaign_id, person_id, held.get(person_id), result, now)
            if standing is not None:
                changed.append(standing)
    if any(standing.is_gone for standing in changed):
        outdate(session, [campaign_id])  # no `changed_ms` tells of a row that is no more
    return changed


def _best(attempts: Sequence[FinishedAttempt]) -> FinishedAttempt:
    return min(attempts, key=lambda attempt: (-attempt.score, attempt.used_ms, attempt.finished_ms, attempt.ordinal))


def _together(attempts: Sequence[FinishedAttempt]) -> Result:
    last = max(attempts, key=lambda attempt: (attempt.finished_ms, attempt.ordinal))
    return Result(
        last.id,
        sum(attempt.score for attempt in attempts),
        sum(attempt.used_ms for attempt in attempts),
        last.finished_ms,
    )


def _batches(person_ids: Sequence[int]) -> Iterator[list[int]]:
    rest = iter(person_ids)
    while batch := list(islice(rest, AT_ONCE)):
        yield batch


def _held(session: Session, campaign_id: int, person_ids: Sequence[int]) -> dict[int, tuple[Result, int]]:
    """The standings there are, and their versions."""
    standing = tables.Standing
    rows = session.execute(
        select(
            standing.person_id,
            standing.attempt_id,
            standing.points,
            standing.used_ms,
            standing.finished_ms,
            standing.version,
        )
        .where(standing.campaign_id == campaign_id, standing.person_id.in_(person_ids))
        .order_by(standing.person_id)
        .with_for_update()
    )
    return {person_id: (Result(*result), version) for person_id, *result, version in rows}


def finished_attempts(
    session: Session, campaign_id: int, person_ids: Sequence[int]
) -> dict[int, list[FinishedAttempt]]:
    """The attempts of persons that may count, by person."""
    attempt = tables.Attempt
    rows = session.execute(
        select(
            attempt.person_id,
            attempt.id,
            attempt.ordinal,
            attempt.day,
            attempt.score,
            attempt.used_ms,
            attempt.finished_ms,
        ).where(attempt.campaign_id == campaign_id, attempt.person_id.in_(person_ids), attempt.state == "finished")
    )
    found: dict[int, list[FinishedAttempt]] = {}
    for person_id, attempt_id, ordinal, day, score, used_ms, finished_ms in rows:
        one = FinishedAttempt(attempt_id, ordinal, day, score, used_ms or 0, finished_ms or 0)
        found.setdefault(person_id, []).append(one)
    return found


def _settle(
    session: Session,
    campaign_id: int,
    person_id: int,
    held: tuple[Result, int] | None,
    result: Result | None,
    now: int,
) -> Standing | None:
    """Bring one row to a result; the changed standing, or None where nothing changed."""
    if result is None:
        return None if held is None else _remove(session, campaign_id, person_id, held, now)
    if held is None:
        return _add(session, campaign_id, person_id, result, now)
    was, version = held
    if was == result:
        return None
    standing = tables.Standing
    session.execute(
        update(standing)
        .where(standing.campaign_id == campaign_id, standing.person_id == person_id)
        .values(**_values(result), version=version + 1, changed_ms=now)
    )
    return Standing(person_id, result.points, result.used_ms, result.finished_ms, version + 1)


def _add(session: Session, campaign_id: int, person_id: int, result: Result, now: int) -> Standing | None:
    added = session.execute(
        insertion(session.get_bind(), tables.Standing)
        .values(campaign_id=campaign_id, person_id=person_id, **_values(result), version=1, changed_ms=now)
        .on_conflict_do_nothing()
        .returning(tables.Standing.version)
    ).one_or_none()
    if added is not None:
        return Standing(person_id, result.points, result.used_ms, result.finished_ms)
    # A first attempt was finished at this very moment: look again, now that the row can be locked.
    held = _held(session, campaign_id, [person_id])[person_id]
    rule = session.scalars(select(tables.Campaign.counts).where(tables.Campaign.id == campaign_id)).one()
    again = counted(finished_attempts(session, campaign_id, [person_id])[person_id], rule)
    return _settle(session, campaign_id, person_id, held, again, now)


def _remove(session: Session, campaign_id: int, person_id: int, held: tuple[Result, int], now: int) -> Standing:
    was, version = held
    standing = tables.Standing
    session.execute(delete(standing).where(standing.campaign_id == campaign_id, standing.person_id == person_id))
    return Standing(person_id, was.points, was.used_ms, was.finished_ms, version + 1, is_gone=True)


def _values(result: Result) -> dict[str, int]:
    return {
        "attempt_id": result.attempt_id,
        "points": result.points,
        "used_ms": result.used_ms,
        "finished_ms": result.finished_ms,
    }
