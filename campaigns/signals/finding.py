"""Looking for signals: the worker's tick, and the same at once.

Each finished attempt is read once, a batch at a time, and compared with what was read before: its own time and score,
how often its wrong answers were given together, who else began by its device. What was read is remembered by the
process alone, and is read again after a restart, or when a question was mended; what was found is in SQL, where nothing
is listed twice. A tick takes a fraction of a second, however many attempts there are, and answering pays nothing.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.clock import DAY, SECOND
from campaigns.editions import Edition
from campaigns.signals.alike import Choices, Pattern, expected, is_odd, pattern_of, same_order
from campaigns.signals.kinds import Found, Kind, State
from campaigns.signals.one_device import LEAST_PERSONS
from campaigns.signals.quick import quick
from campaigns.standings import OVERLAP_MS
from campaigns.store import insertion
from campaigns.stores import Stores
from questions.model import Question
from questions.papers import load

BATCH = 400
"""Attempts that are read at once."""
TICK_S = 0.25
"""How long a tick goes on; it is done every five seconds, so that this is at most a twentieth of one core."""
LOOKED_EVERY_MS = 10 * SECOND
"""How often it is looked who has finished since …"""
LOOKED_RARELIER = 20
"""… and for how many times the time that it takes it is not done again."""
WATCHED_MS = 30 * DAY
"""How long after its close a campaign is looked at."""
MOST_LISTED = 500
"""Attempts of one signal."""


class _Read(NamedTuple):
    """A finished attempt, as it is compared."""

    id: int
    person_id: int
    score: int
    used_ms: int
    timed_out: bool
    paper: Sequence[int]
    """The revisions in the order in which they were shown."""
    given: Mapping[int, str]
    """By revision."""


@dataclass
class _Watched:
    """What was read of a campaign."""

    edition: Edition
    since_ms: int
    """Who finished before is read, or waits to be."""
    choices: Choices = field(default_factory=Choices)
    groups: dict[int, int | list[int]] = field(default_factory=dict)
    """Fingerprint of a pattern → the attempt, or attempts, that have it."""
    grown: dict[int, Pattern] = field(default_factory=dict)
    """The patterns of groups that are to be judged: once all is read, since it is by the answers of all."""
    after: int | None = 0
    """In the first round the last attempt that was read; None: that is over."""
    waiting: list[int] = field(default_factory=list)
    """Attempts that were finished since and are to be read."""
    lately: set[int] = field(default_factory=set)
    """Those read that may be met again, since they were finished about `since_ms`."""
    due_ms: int = 0
    """When it is to be looked again who has finished."""


class Finder:
    """Looks for signals. One a process: it remembers what it has read."""

    def __init__(self) -> None:
        self._watched: dict[int, _Watched] = {}
        self._looked: dict[int, int] = {}
        self._turn = 0

    def find_signals(self, stores: Stores, now: int, *, seconds: float = TICK_S) -> int:
        """Go on for a moment, each campaign in its turn: the worker's tick. Gives how many signals are new."""
        until = time.monotonic() + seconds
        with stores.sql.reading() as session:
            live = _live(session, now)
        self._watched = {one: kept for one, kept in self._watched.items() if one in live}
        self._looked = {one: turn for one, turn in self._looked.items() if one in live}
        found = 0
        for campaign_id in sorted(live, key=lambda one: self._looked.get(one, 0)):
            self._turn += 1
            self._looked[campaign_id] = self._turn
            watched = self._watch(stores, campaign_id, live[campaign_id], now)
            while (signals := self._step(stores, watched, now)) is not None:
                found += signals
                if time.monotonic() > until:
                    return found
        return found

    def _step(self, stores: Stores, watched: _Watched, now: int) -> int | None:
        """As `_step`; what fails half-way is read again from the beginning."""
        try:
            return _step(stores, watched, now)
        except BaseException:
            self._watched.pop(watched.edition.id, None)
            raise

    def _watch(self, stores: Stores, campaign_id: int, version: int, now: int) -> _Watched:
        """What was read of a campaign; nothing yet where its questions are others by now."""
        edition = stores.editions.get(stores.sql, campaign_id, version)
        kept = self._watched.get(campaign_id)
        if kept is None or (kept.edition.version != edition.version and _asks_other(kept.edition, edition)):
            kept = self._watched[campaign_id] = _Watched(edition, now)
        kept.edition = edition
        return kept


def find_signals(stores: Stores, now: int) -> int:
    """Read all that there is to read, whatever time it takes; gives how many signals are new."""
    return Finder().find_signals(stores, now, seconds=float("inf"))


def find_signals_of(stores: Stores, campaign_id: int, now: int) -> int:
    """The same of one campaign, however long ago it was closed."""
    with stores.sql.reading() as session:
        version = session.scalars(select(tables.Campaign.version).where(tables.Campaign.id == campaign_id)).one()
    watched, found = _Watched(stores.editions.get(stores.sql, campaign_id, version), now), 0
    while (signals := _step(stores, watched, now)) is not None:
        found += signals
    return found


def _live(session: Session, now: int) -> dict[int, int]:
    """Id → version of the campaigns that are played, or were until lately, and whose persons are still known."""
    campaign = tables.Campaign
    rows = session.execute(
        select(campaign.id, campaign.version).where(
            campaign.state.in_(("published", "paused", "closed")),
            campaign.mode != "practice",
            campaign.purged_ms.is_(None),
            campaign.opens_ms <= now,
            campaign.closes_ms.is_(None) | (campaign.closes_ms > now - WATCHED_MS),
        )
    )
    return {row.id: row.version for row in rows}


def _asks_other(one: Edition, other: Edition) -> bool:
    return (one.withdrawn, one.questions) != (other.withdrawn, other.questions)


def _step(stores: Stores, watched: _Watched, now: int) -> int | None:
    """Read the next attempts of a campaign, or judge what was read; gives how many signals are new.

    None: there is nothing to do now.
    """
    with stores.sql.reading() as session:
        ids = _next(session, watched, now)
        if ids is None and not watched.grown:
            return None
        found = [] if ids is None else _compare(session, watched, ids)
        outdated: list[int] = []
        if watched.after is None:
            alike, unlike = _judge(session, watched)
            found += alike
            outdated = _listed(session, watched.edition.id, unlike)
    if not found and not outdated:
        return 0
    with stores.sql.transaction() as session:
        signal = tables.Signal
        session.execute(delete(signal).where(signal.id.in_(outdated), signal.state == State.OPEN))
        return _keep(session, watched.edition.id, found, now)


# --- what is to be read -----------------------------------------------------------------------------------------------


def _next(session: Session, watched: _Watched, now: int) -> list[int] | None:
    if watched.after is not None:
        return _next_of_first_round(session, watched, watched.after)
    if not watched.waiting and now >= watched.due_ms:
        _look_who_finished(session, watched, now)
    ids, watched.waiting = watched.waiting[:BATCH], watched.waiting[BATCH:]
    return ids or None


def _next_of_first_round(session: Session, watched: _Watched, after: int) -> list[int]:
    """By id. Who finishes meanwhile, behind it, is found as everybody is who finishes later."""
    attempt = tables.Attempt
    rows = session.execute(
        select(attempt.id, attempt.shown_ms)
        .where(attempt.campaign_id == watched.edition.id, attempt.state == "finished", attempt.id > after)
        .order_by(attempt.id)
        .limit(BATCH)
    ).all()
    watched.after = rows[-1].id if len(rows) == BATCH else None
    watched.lately |= {row.id for row in rows if row.shown_ms >= watched.since_ms - OVERLAP_MS}
    return [row.id for row in rows]


def _look_who_finished(session: Session, watched: _Watched, now: int) -> None:
    """`shown_ms` of a finished attempt is the moment at which that was written, also where the clock finished it."""
    begun = time.monotonic()
    attempt, since = tables.Attempt, watched.since_ms - OVERLAP_MS
    rows = session.execute(
        select(attempt.id, attempt.shown_ms).where(
            attempt.campaign_id == watched.edition.id, attempt.state == "finished", attempt.shown_ms >= since
        )
    ).all()
    watched.waiting = sorted(row.id for row in rows if row.id not in watched.lately)
    watched.lately = {row.id for row in rows if row.shown_ms >= now - OVERLAP_MS}
    watched.since_ms = now
    took_ms = int((time.monotonic() - begun) * 1_000)
    watched.due_ms = now + max(LOOKED_EVERY_MS, LOOKED_RARELIER * took_ms)


def _read(session: Session, attempt_ids: Sequence[int]) -> list[_Read]:
    attempt, answer = tables.Attempt, tables.Answer
    rows = session.execute(
        select(attempt.id, attempt.person_id, attempt.score, attempt.used_ms, attempt.timed_out, attempt.paper)
        .where(attempt.id.in_(attempt_ids), attempt.state == "finished")
        .order_by(attempt.id)
    ).all()
    given: dict[int, dict[int, str]] = defaultdict(dict)
    for attempt_id, revision, text in session.execute(
        select(answer.attempt_id, answer.revision_id, answer.given).where(answer.attempt_id.in_(attempt_ids))
    ):
        given[attempt_id][revision] = text
    return [
        _Read(
            row.id,
            row.person_id,
            row.score,
            row.used_ms or 0,
            row.timed_out,
            [place.revision for place in load(row.paper)],
            given[row.id],
        )
        for row in rows
    ]


# --- what is odd ------------------------------------------------------------------------------------------------------


def _compare(session: Session, watched: _Watched, attempt_ids: Sequence[int]) -> list[Found]:
    read, edition = _read(session, attempt_ids), watched.edition
    counting = _counting(edition)
    found = [signal for one in read if (signal := _quick(edition, counting, one)) is not None]
    for one in read:
        watched.choices.add(counting, one.given)
        pattern = pattern_of(counting, one.given)
        if pattern is not None and _is_known(watched.groups, pattern.fingerprint, one.id):
            watched.grown[pattern.fingerprint] = pattern
    return found + _shared(session, edition.id, attempt_ids)


def _quick(edition: Edition, counting: Mapping[int, Question], one: _Read) -> Found | None:
    full = sum(edition.points_for(edition.questions[revision].kind) for revision in one.paper)
    odd = None if one.timed_out else quick(len(one.paper), one.used_ms, one.score, full)
    if odd is None:
        return None
    values = {
        "ms_per_question": odd.ms_per_question,
        "questions": odd.questions,
        "score": odd.score,
        "full": odd.full,
    }
    return Found(Kind.SPEED, str(one.id), [one.id], values)


def _is_known(groups: dict[int, int | list[int]], fingerprint: int, attempt_id: int) -> bool:
    """Put an attempt to those with its pattern; gives whether there was one before."""
    held = groups.setdefault(fingerprint, attempt_id)
    if held == attempt_id:
        return False
    if isinstance(held, int):
        groups[fingerprint] = [held, attempt_id]
    elif len(held) < MOST_LISTED and attempt_id not in held:
        held.append(attempt_id)
    return True


def _judge(session: Session, watched: _Watched) -> tuple[list[Found], list[str]]:
    """Of the next groups that have grown those that chance does not explain; and the keys of those that it does."""
    counting, choices, attempt = _counting(watched.edition), watched.choices, tables.Attempt
    odd, usual = [], []
    for fingerprint in list(watched.grown)[:BATCH]:
        pattern, key = watched.grown.pop(fingerprint), f"{fingerprint:016x}"
        group = watched.groups[fingerprint]
        ids = [group] if isinstance(group, int) else group
        if not is_odd(counting, choices, pattern.wrong, len(ids), len(ids)):
            usual.append(key)  # and the more if they are of fewer persons
            continue
        rows = session.execute(
            select(attempt.id, attempt.person_id, attempt.paper)
            .where(attempt.id.in_(ids), attempt.state == "finished")
            .order_by(attempt.id)
        ).all()
        persons = {row.person_id for row in rows}
        if not is_odd(counting, choices, pattern.wrong, len(persons), len(rows)):
            usual.append(key)
            continue
        values = {
            "persons": len(persons),
            "questions": len(pattern.revisions),
            "wrong": len(pattern.wrong),
            "expected": float(f"{expected(counting, choices, pattern.wrong, len(rows)):.2g}"),
            "same_order": same_order([[place.revision for place in load(row.paper)] for row in rows]),
        }
        odd.append(Found(Kind.SAME_ANSWERS, key, [row.id for row in rows], values))
    return odd, usual


def _counting(edition: Edition) -> dict[int, Question]:
    """The questions that can be answered wrongly."""
    return {one: question for one, question in edition.questions.items() if one not in edition.withdrawn}


def _shared(session: Session, campaign_id: int, attempt_ids: Sequence[int]) -> list[Found]:
    """The devices of these attempts by which several persons have finished some."""
    origin, attempt, person = tables.AttemptOrigin, tables.Attempt, tables.Person
    own = select(origin.device_hash).where(origin.attempt_id.in_(attempt_ids), origin.device_hash != "").distinct()
    devices = session.scalars(own).all()
    if not devices:
        return []
    rows = session.execute(
        select(origin.device_hash, attempt.id, attempt.person_id, person.unit_id)
        .join(attempt, attempt.id == origin.attempt_id)
        .join(person, person.id == attempt.person_id)
        .where(origin.campaign_id == campaign_id, origin.device_hash.in_(devices), attempt.state == "finished")
        .order_by(attempt.id)
    )
    by_device: dict[str, list[tuple[int, int, int | None]]] = defaultdict(list)
    for row in rows:
        by_device[row.device_hash].append((row.id, row.person_id, row.unit_id))
    found = []
    for device, attempts in by_device.items():
        persons = {person_id for _, person_id, _ in attempts}
        if len(persons) >= LEAST_PERSONS:
            units = {unit_id for _, _, unit_id in attempts if unit_id is not None}
            values = {"persons": len(persons), "attempts": len(attempts), "units": len(units)}
            found.append(Found(Kind.DEVICE, device, [one for one, _, _ in attempts[:MOST_LISTED]], values))
    return found


# --- what is kept -----------------------------------------------------------------------------------------------------


def _listed(session: Session, campaign_id: int, keys: Sequence[str]) -> list[int]:
    """The ids of open signals of these groups, which nobody has looked at yet."""
    signal = tables.Signal
    own = signal.campaign_id == campaign_id, signal.kind == Kind.SAME_ANSWERS, signal.state == State.OPEN
    return list(session.scalars(select(signal.id).where(*own, signal.key.in_(keys)))) if keys else []


def _keep(session: Session, campaign_id: int, found: Iterable[Found], now: int) -> int:
    """List what is new, and what has grown since it was listed; gives how many are new.

    What a person dismissed stays so. What led to void attempts is open again as soon as there are others.
    """
    signal, new = tables.Signal, 0
    for one in found:
        row = session.execute(
            select(signal.id, signal.state, signal.attempts, signal.decided_ms).where(
                signal.campaign_id == campaign_id, signal.kind == one.kind, signal.key == one.key
            )
        ).one_or_none()
        said = {"attempts": list(one.attempts), "values": dict(one.values), "found_ms": now}
        if row is None:
            own = {"campaign_id": campaign_id, "kind": one.kind.value, "key": one.key, "state": State.OPEN.value}
            added = session.execute(
                insertion(session.get_bind(), signal)
                .values(**own, **said, note="", by="")
                .on_conflict_do_nothing(index_elements=["campaign_id", "kind", "key"])
                .returning(signal.id)
            )
            new += added.one_or_none() is not None
        elif row.state != State.DISMISSED and set(one.attempts) - set(row.attempts):
            undecided = {"state": State.OPEN.value, "note": "", "by": "", "decided_ms": None}
            session.execute(
                update(signal).where(signal.id == row.id, signal.state == row.state).values(**said, **undecided)
            )
    return new
