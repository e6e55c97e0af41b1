"""The one door to an attempt, for chat, H5 and API: look, expire, begin, answer, finish, resume.

`look` reads where a person stands; `begin` and `answer` change it. Both are refused with `Moved` when somebody was
quicker (a double tap, a twin delivery, the other door): look again and decide anew. What decides is in the schema
(one open attempt, one answer a position) and in the gate ``UPDATE attempt … WHERE position = :position``.

Time limits are kept by the server's clock, at the moment a message was first received. Whoever has looked calls
`expire` next, and looks again if something ran out: what ran out is then recorded, and is never answered any more.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import NamedTuple

import psycopg
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaigns import consents, tables
from campaigns.clock import SECOND, day_number
from campaigns.editions import Edition
from campaigns.errors import Moved, NoAttemptLeft, NotAdmitted, NotOpen, TooQuick
from campaigns.inbound import Effect, record
from campaigns.origins import Origin, note
from campaigns.people import Sender, hold
from campaigns.play_statements import ANSWER, FINISH, LOOK, TIME_OUT, UNRANKED
from campaigns.standings import Standing
from campaigns.store import Direct, Store
from campaigns.stores import Stores
from questions import grading
from questions.model import Question
from questions.papers import Paper, Place, draw_paper, dump, load


@dataclass(frozen=True, slots=True)
class Attempt:
    """An open attempt and the question that waits in it."""

    id: int
    position: int
    """Of the waiting question, from 1."""
    score: int
    paper: Paper
    begun_ms: int
    shown_ms: int
    shown_identity_id: int | None
    due_ms: int | None = None
    """When its time is up, the grace included: the first millisecond that is too late. None: it has no limit."""

    @property
    def place(self) -> Place:
        return self.paper[self.position - 1]

    @property
    def is_last(self) -> bool:
        return self.position == len(self.paper)


@dataclass(frozen=True, slots=True)
class Turn:
    """Where the sender of a message stands at the moment it is looked at."""

    identity_id: int
    person_id: int
    unit_id: int | None
    edition: Edition | None
    """The campaign that the message is about; None while there is none at all."""
    attempt: Attempt | None
    """The open one."""
    effect: Effect | None
    """What this very message has already done."""


@dataclass(frozen=True, slots=True)
class Message:
    """The platform message that an effect belongs to."""

    key: str
    received_ms: int


@dataclass(frozen=True, slots=True)
class Marked:
    """One answered question, as the person is told."""

    attempt: Attempt
    """As it was before the answer."""
    question: Question
    given: str
    right: bool
    points: int
    score: int
    """After the answer."""
    used_ms: int | None
    """Of the whole attempt, once it is finished by this answer."""
    standing: Standing | None = None
    """The person's standing, when this answer changed it."""
    revealed: bool = True
    """Whether verdict, points, score and the right answer may be told now."""
    withdrawn: bool = False
    """Whether the question was found wrong: it has its full points, whatever was given."""

    @property
    def partly(self) -> bool:
        """Whether some right options were missed, and those that were chosen have points."""
        return not self.right and not self.withdrawn and self.points > 0

    @property
    def next_position(self) -> int | None:
        return None if self.attempt.is_last else self.attempt.position + 1


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished attempt."""

    id: int
    score: int
    used_ms: int
    finished_ms: int
    paper: Paper
    timed_out: bool = False


@dataclass(frozen=True, slots=True)
class Expired:
    """What ran out, as it is recorded now."""

    attempt: Attempt
    """As it was before."""
    whole: bool
    """Whether it is the attempt's time that is up; else the waiting question's."""
    finished: bool
    """Whether the attempt is finished by it."""
    standing: Standing | None
    """The person's standing, when this changed it."""


def look(direct: Direct, stores: Stores, sender: Sender, key: str = "") -> Turn | None:
    """Where a sender stands, and whether the message of this key was seen to before. None: not met yet.

    One statement, whatever the answer will be.
    """
    row = direct.one(LOOK, {"channel": sender.channel, "account": sender.account, "sender": sender.sender, "key": key})
    if row is None:
        return None
    (identity, person, unit, campaign, version, seen, reply, seen_attempt) = row[:8]
    (attempt, position, score, paper, begun, shown, shown_identity, due) = row[8:]
    return Turn(
        identity_id=identity,
        person_id=person,
        unit_id=unit,
        edition=None if campaign is None else stores.editions.get(stores.sql, campaign, version),
        attempt=None
        if attempt is None
        else Attempt(attempt, position, score, load(paper), begun, shown, shown_identity, due),
        effect=None if seen is None else Effect(reply, seen_attempt),
    )


def begin(
    store: Store,
    turn: Turn,
    edition: Edition,
    random: Random,
    now: int,
    *,
    in_chat: bool,
    message: Message | None = None,
    tell: Callable[[Attempt], str] | None = None,
    consent: str = "",
    origin: Origin | None = None,
) -> Attempt:
    """Begin an attempt with a paper of its own; `tell` writes the reply that is stored with it.

    `consent` is the version of the notice about personal data that whoever begins agrees to by it; `origin` from where
    a page begins it. Raises NotOpen, NotAdmitted, NoAttemptLeft; Moved when an attempt is open already, or they were
    bound to somebody else meanwhile.
    """
    if not edition.is_open(now):
        raise NotOpen(edition.slug)
    try:
        with store.transaction() as session:
            hold(session, turn.identity_id, turn.person_id)
            _check_admission(session, turn.person_id, edition)
            row = tables.Attempt(
                campaign_id=edition.id,
                person_id=turn.person_id,
                identity_id=turn.identity_id,
                ordinal=_allowed_ordinal(session, turn.person_id, edition, now),
                day=day_number(now, edition.timezone),
                paper=dump(paper_for(edition, random)),
                begun_ms=now,
                due_ms=_due(edition, now),
                shown_ms=now,
                shown_identity_id=turn.identity_id if in_chat else None,
                lot_ms=None if edition.lots else 0,
            )
            session.add(row)
            session.flush()
            attempt = _attempt(row)
            if origin is not None:
                note(session, attempt.id, edition.id, origin, now)
            if consent:
                consents.give(session, turn.identity_id, edition.id, consent, now)
            if message is not None and tell is not None:
                record(session, turn.identity_id, message.key, tell(attempt), now)
            return attempt
    except IntegrityError as error:
        raise Moved from error


def _due(edition: Edition, begun_ms: int) -> int | None:
    if edition.seconds_per_attempt is None:
        return None
    return begun_ms + (edition.seconds_per_attempt + edition.grace_seconds) * SECOND


def _check_admission(session: Session, person_id: int, edition: Edition) -> None:
    """Raises NotAdmitted: ``unit`` for whoever has none, or one that does not take part; ``roster``."""
    if edition.admission == "open":
        return
    person, unit, taking_part = tables.Person, tables.Unit, tables.CampaignUnit
    rostered, path = session.execute(
        select(person.rostered, unit.path).outerjoin(unit, unit.id == person.unit_id).where(person.id == person_id)
    ).one()
    if edition.admission == "roster" and not rostered:
        raise NotAdmitted("roster")
    units = set(session.scalars(select(taking_part.unit_id).where(taking_part.campaign_id == edition.id)))
    if path is None or (units and not units & {int(step) for step in path.split("/") if step}):
        raise NotAdmitted("unit")


def paper_for(edition: Edition, random: Random) -> Paper:
    """A paper by the rules of a campaign."""
    return draw_paper(
        edition.questions,
        edition.parts,
        random,
        same=edition.same_paper,
        shuffle_questions=edition.shuffle_questions,
        shuffle_options=edition.shuffle_options,
    )


def answer(
    direct: Direct,
    turn: Turn,
    position: int,
    given: str,
    now: int,
    *,
    in_chat: bool,
    message: Message | None = None,
    tell: Callable[[Marked], str] | None = None,
) -> Marked:
    """Mark and commit the first answer to the question at a position; `tell` writes the reply stored with it.

    A finishing answer stores no reply, since its rank is known only after the commit: see `inbound.settle_reply`.
    Raises NotOpen when the campaign does not accept answers now; TooQuick; Moved when that question waits no more, or
    not any longer.
    """
    edition, attempt = turn.edition, turn.attempt
    if edition is None or attempt is None or attempt.position != position or _ran_out(edition, attempt, now):
        raise Moved
    if not edition.is_open(now):
        raise NotOpen(edition.slug)
    if attempt.shown_ms <= now < attempt.shown_ms + edition.least_ms_per_question:  # shown later: a clock set back
        raise TooQuick(edition.slug)
    marked = _mark(edition, attempt, given, now)
    parameters = {
        **_gate(turn, edition, attempt),
        "revision": attempt.place.revision,
        "given": given,
        "points": marked.points,
        "now": now,
        "moment": now,
        "used": marked.used_ms,
        "identity": turn.identity_id,
        "shown_identity": turn.identity_id if in_chat else None,
        "key": message.key if message is not None else None,
        "reply": tell(marked) if tell is not None and marked.used_ms is None else None,
    }
    try:
        row = direct.write(FINISH[_rule(edition)] if attempt.is_last else ANSWER, parameters)
    except (psycopg.errors.UniqueViolation, sqlite3.IntegrityError) as error:
        raise Moved from error
    if row is None:
        raise Moved
    if not attempt.is_last or row[0] is None:
        return marked
    return replace(marked, standing=Standing(turn.person_id, *row))


def expire(direct: Direct, turn: Turn, now: int) -> Expired | None:
    """Record what ran out of time before now, if anything did; look again then.

    A question that ran out is answered by nothing, and the next one waits from now on. An attempt that ran out is
    finished as of its limit, whenever that is noticed; but not if it would still have been open at the close. While
    the campaign is paused nothing runs out. Raises Moved when it was recorded, or answered, meanwhile.
    """
    edition, attempt = turn.edition, turn.attempt
    if edition is None or attempt is None or not (ran_out := _ran_out(edition, attempt, now)):
        return None
    whole = ran_out == attempt.due_ms
    left = attempt.paper[attempt.position - 1 :] if whole else (attempt.place,)
    finished = whole or attempt.is_last
    parameters = {
        **_gate(turn, edition, attempt),
        "revision": attempt.place.revision,
        "given": "",
        "points": sum(_full(edition, place) for place in left if place.revision in edition.withdrawn),
        "now": now,
        "moment": ran_out,
        "used": _used(edition, attempt, ran_out - edition.grace_seconds * SECOND) if finished else None,
        "identity": turn.identity_id,
        "shown_identity": attempt.shown_identity_id,
        "key": None,
        "reply": None,
    }
    rule = _rule(edition)
    row = direct.write(TIME_OUT[rule] if whole else FINISH[rule] if finished else ANSWER, parameters)
    if row is None:
        raise Moved
    standing = Standing(turn.person_id, *row) if finished and row[0] is not None else None
    return Expired(attempt, whole, finished, standing)


def timed_out(session: Session, stores: Stores, now: int, *, after: int, most: int) -> list[Turn]:
    """The turns whose attempts, with ids behind that one, ran out before now, as far as they are to be finished."""
    attempt, campaign, person = tables.Attempt, tables.Campaign, tables.Person
    rows = session.execute(
        select(attempt, campaign.version, person.unit_id)
        .join(campaign, campaign.id == attempt.campaign_id)
        .join(person, person.id == attempt.person_id)
        .where(
            attempt.state == "open",
            attempt.due_ms <= now,
            attempt.id > after,
            campaign.state == "published",
            campaign.closes_ms.is_(None) | (attempt.due_ms <= campaign.closes_ms),
        )
        .order_by(attempt.id)
        .limit(most)
    ).all()
    return [
        Turn(
            identity_id=row.identity_id or 0,
            person_id=row.person_id,
            unit_id=unit_id,
            edition=stores.editions.get(stores.sql, row.campaign_id, version),
            attempt=_attempt(row),
            effect=None,
        )
        for row, version, unit_id in rows
    ]


def question_due(edition: Edition, attempt: Attempt) -> int | None:
    """When the time of the waiting question is up, the grace included; None: it has no limit."""
    if edition.seconds_per_question is None:
        return None
    return attempt.shown_ms + (edition.seconds_per_question + edition.grace_seconds) * SECOND


def _ran_out(edition: Edition, attempt: Attempt, now: int) -> int | None:
    """The moment before now at which the time of the attempt, or else of its waiting question, was up."""
    if edition.state != "published":
        return None
    closes, due = edition.closes_ms, attempt.due_ms
    if due is not None and due <= now and (closes is None or due <= closes):
        return due
    due = question_due(edition, attempt)
    return due if due is not None and due <= now and not edition.is_over(now) else None


def _gate(turn: Turn, edition: Edition, attempt: Attempt) -> dict[str, int]:
    return {
        "attempt": attempt.id,
        "person": turn.person_id,
        "position": attempt.position,
        "campaign": edition.id,
        "version": edition.version,
    }


def _rule(edition: Edition) -> str:
    return edition.counts if edition.ranks else UNRANKED


def show_in_chat(session: Session, turn: Turn, now: int) -> None:
    """Note that the waiting question was shown to this chat, so that what is typed there answers it.

    Raises Moved when that question waits no more.
    """
    if turn.attempt is None:
        return
    attempt = tables.Attempt
    shown = session.execute(
        update(attempt)
        .where(attempt.id == turn.attempt.id, attempt.position == turn.attempt.position)
        .values(shown_identity_id=turn.identity_id, shown_ms=now)
        .returning(attempt.id)
    ).one_or_none()
    if shown is None:
        raise Moved


def set_aside(session: Session, turn: Turn) -> None:
    """Let no question wait in this chat until it is asked for again; the attempt stays open, its clock runs on."""
    if turn.attempt is not None:
        session.execute(
            update(tables.Attempt).where(tables.Attempt.id == turn.attempt.id).values(shown_identity_id=None)
        )


def attempts_left(session: Session, person_id: int, edition: Edition, now: int) -> int | None:
    """How many attempts a person may still begin today; None: as many as they like."""
    counts = _attempt_counts(session, person_id, edition, now)
    left = [
        limit - used
        for limit, used in ((edition.attempts_in_all, counts.in_all), (edition.attempts_per_day, counts.today))
        if limit is not None
    ]
    return max(0, min(left)) if left else None


def last_finished(session: Session, person_id: int, campaign_id: int) -> Finished | None:
    """The attempt that a person finished last."""
    attempt = tables.Attempt
    row = session.execute(
        select(attempt)
        .where(attempt.campaign_id == campaign_id, attempt.person_id == person_id, attempt.state == "finished")
        .order_by(attempt.ordinal.desc())
        .limit(1)
    ).scalar_one_or_none()
    if row is None or row.used_ms is None or row.finished_ms is None:
        return None
    return Finished(row.id, row.score, row.used_ms, row.finished_ms, load(row.paper), row.timed_out)


def retell(session: Session, stores: Stores, attempt_id: int, now: int) -> tuple[Edition, Marked]:
    """A finishing answer as it was marked, for a reply that was never stored."""
    row = session.get_one(tables.Attempt, attempt_id)
    version = session.get_one(tables.Campaign, row.campaign_id).version
    edition = stores.editions.get(stores.sql, row.campaign_id, version)
    last = session.get_one(tables.Answer, (attempt_id, len(load(row.paper))))
    finished = _attempt(row)
    before = replace(finished, position=last.position, score=row.score - last.points)
    marked = _marked(edition, before, last.given, last.points, row.used_ms, now)
    return edition, replace(marked, score=row.score)


def answers_of(session: Session, attempt_id: int) -> dict[int, tables.Answer]:
    """An attempt's answers by position."""
    rows = session.scalars(select(tables.Answer).where(tables.Answer.attempt_id == attempt_id))
    return {row.position: row for row in rows}


def standing_of(session: Session, campaign_id: int, person_id: int) -> Standing | None:
    row = session.get(tables.Standing, (campaign_id, person_id))
    return None if row is None else Standing(person_id, row.points, row.used_ms, row.finished_ms, row.version)


def _mark(edition: Edition, attempt: Attempt, given: str, now: int) -> Marked:
    revision = attempt.place.revision
    question, points = edition.questions[revision], _full(edition, attempt.place)
    if revision not in edition.withdrawn:
        points = grading.credit(question, given, points, edition.partial)
    used = _used(edition, attempt, now) if attempt.is_last else None
    return _marked(edition, attempt, given, points, used, now)


def _marked(edition: Edition, attempt: Attempt, given: str, points: int, used_ms: int | None, now: int) -> Marked:
    revision = attempt.place.revision
    question = edition.questions[revision]
    return Marked(
        attempt,
        question,
        given,
        grading.mark(question, given),
        points,
        attempt.score + points,
        used_ms,
        revealed=edition.is_revealed(now, finished=used_ms is not None),
        withdrawn=revision in edition.withdrawn,
    )


def _full(edition: Edition, place: Place) -> int:
    return edition.points_for(edition.questions[place.revision].kind)


def _used(edition: Edition, attempt: Attempt, now: int) -> int:
    """The time that a whole attempt took, in ms; its grace is for the way, and not counted."""
    used = max(0, now - attempt.begun_ms)  # the server's clock may be set back
    limit = edition.seconds_per_attempt
    return used if limit is None else min(used, limit * SECOND)


def _allowed_ordinal(session: Session, person_id: int, edition: Edition, now: int) -> int:
    """The number of the next attempt. Of two that begin together the unique constraint lets one pass."""
    counts = _attempt_counts(session, person_id, edition, now)
    if counts.open:
        raise Moved  # a twin was quicker, and must not be counted against this one
    if edition.attempts_in_all is not None and counts.in_all >= edition.attempts_in_all:
        raise NoAttemptLeft("in_all")
    if edition.attempts_per_day is not None and counts.today >= edition.attempts_per_day:
        raise NoAttemptLeft("today")
    return counts.last + 1


class _Counts(NamedTuple):
    in_all: int
    today: int
    """Begun today."""
    open: int
    last: int
    """The number of the last one, 0 without any: attempts may have been led away with the identity that began them."""


def _attempt_counts(session: Session, person_id: int, edition: Edition, now: int) -> _Counts:
    """A person's attempts, whatever became of them, all by one statement: what begins meanwhile is in every number, or
    in none.
    """
    attempt = tables.Attempt
    row = session.execute(
        select(
            func.count(),
            func.count().filter(attempt.day == day_number(now, edition.timezone)),
            func.count().filter(attempt.state == "open"),
            func.coalesce(func.max(attempt.ordinal), 0),
        ).where(attempt.campaign_id == edition.id, attempt.person_id == person_id)
    ).one()
    return _Counts(*row)


def _attempt(row: tables.Attempt) -> Attempt:
    return Attempt(
        row.id,
        row.position,
        row.score,
        load(row.paper),
        row.begun_ms,
        row.shown_ms,
        row.shown_identity_id,
        row.due_ms,
    )
