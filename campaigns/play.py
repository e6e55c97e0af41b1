"""The one door to an attempt, for chat, H5 and API: look, begin, answer, finish, resume.

`look` reads where a person stands; `begin` and `answer` change it. Both are refused with `Moved` when somebody was
quicker (a double tap, a twin delivery, the other door): look again and decide anew. What decides is in the schema
(one open attempt, one answer a position) and in the gate ``UPDATE attempt … WHERE position = :position``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import psycopg
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.clock import day_number
from campaigns.editions import Edition
from campaigns.errors import Moved, NoAttemptLeft, NotOpen
from campaigns.inbound import Effect, record
from campaigns.people import Sender
from campaigns.play_statements import ANSWER, FINISH, LOOK
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


def look(direct: Direct, stores: Stores, sender: Sender, key: str = "") -> Turn | None:
    """Where a sender stands, and whether the message of this key was seen to before. None: not met yet.

    One statement, whatever the answer will be.
    """
    row = direct.one(LOOK, {"channel": sender.channel, "account": sender.account, "sender": sender.sender, "key": key})
    if row is None:
        return None
    (identity, person, campaign, version, seen, reply, seen_attempt, attempt, position, score, paper) = row[:11]
    begun, shown, shown_identity = row[11:]
    return Turn(
        identity_id=identity,
        person_id=person,
        edition=None if campaign is None else stores.editions.get(stores.sql, campaign, version),
        attempt=None
        if attempt is None
        else Attempt(attempt, position, score, load(paper), begun, shown, shown_identity),
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
) -> Attempt:
    """Begin an attempt with a paper of its own; `tell` writes the reply that is stored with it.

    Raises NotOpen, NoAttemptLeft; Moved when an attempt is open already.
    """
    if not edition.is_open(now):
        raise NotOpen(edition.slug)
    try:
        with store.transaction() as session:
            row = tables.Attempt(
                campaign_id=edition.id,
                person_id=turn.person_id,
                ordinal=_allowed_ordinal(session, turn.person_id, edition, now),
                day=day_number(now, edition.timezone),
                paper=dump(paper_for(edition, random)),
                begun_ms=now,
                shown_ms=now,
                shown_identity_id=turn.identity_id if in_chat else None,
            )
            session.add(row)
            session.flush()
            attempt = _attempt(row)
            if message is not None and tell is not None:
                record(session, turn.identity_id, message.key, tell(attempt), now)
            return attempt
    except IntegrityError as error:
        raise Moved from error


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
    Raises NotOpen when the campaign does not accept answers now; Moved when that question waits no more.
    """
    edition, attempt = turn.edition, turn.attempt
    if edition is None or attempt is None or attempt.position != position:
        raise Moved
    if not edition.is_open(now):
        raise NotOpen(edition.slug)
    marked = _mark(edition, attempt, given, now)
    reply = tell(marked) if tell is not None and marked.used_ms is None else None
    parameters = {
        "attempt": attempt.id,
        "position": position,
        "campaign": edition.id,
        "version": edition.version,
        "revision": attempt.place.revision,
        "given": given,
        "points": marked.points,
        "now": now,
        "used": marked.used_ms,
        "identity": turn.identity_id,
        "shown_identity": turn.identity_id if in_chat else None,
        "key": message.key if message is not None else None,
        "reply": reply,
    }
    try:
        row = direct.write(FINISH if attempt.is_last else ANSWER, parameters)
    except (psycopg.errors.UniqueViolation, sqlite3.IntegrityError) as error:
        raise Moved from error
    if row is None:
        raise Moved
    if not attempt.is_last or row[0] is None:
        return marked
    return _with_standing(marked, Standing(turn.person_id, *row))


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
    in_all, today, _ = _attempt_counts(session, person_id, edition, now)
    left = [
        limit - used
        for limit, used in ((edition.attempts_in_all, in_all), (edition.attempts_per_day, today))
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
    return Finished(row.id, row.score, row.used_ms, row.finished_ms, load(row.paper))


def retell(session: Session, stores: Stores, attempt_id: int) -> tuple[Edition, Marked]:
    """A finishing answer as it was marked, for a reply that was never stored."""
    row = session.get_one(tables.Attempt, attempt_id)
    version = session.get_one(tables.Campaign, row.campaign_id).version
    edition = stores.editions.get(stores.sql, row.campaign_id, version)
    paper = load(row.paper)
    last = session.get_one(tables.Answer, (attempt_id, len(paper)))
    before = Attempt(
        row.id, len(paper), row.score - last.points, paper, row.begun_ms, row.shown_ms, row.shown_identity_id
    )
    question = edition.questions[last.revision_id]
    right = grading.mark(question, last.given)
    return edition, Marked(before, question, last.given, right, last.points, row.score, row.used_ms)


def answers_of(session: Session, attempt_id: int) -> dict[int, tables.Answer]:
    """An attempt's answers by position."""
    rows = session.scalars(select(tables.Answer).where(tables.Answer.attempt_id == attempt_id))
    return {row.position: row for row in rows}


def standing_of(session: Session, campaign_id: int, person_id: int) -> Standing | None:
    row = session.get(tables.Standing, (campaign_id, person_id))
    return None if row is None else Standing(person_id, row.points, row.used_ms, row.finished_ms, row.version)


def _mark(edition: Edition, attempt: Attempt, given: str, now: int) -> Marked:
    question = edition.questions[attempt.place.revision]
    right = grading.mark(question, given)
    points = edition.points_for(question.kind) if right else 0
    used = max(0, now - attempt.begun_ms) if attempt.is_last else None  # the server's clock may be set back
    return Marked(attempt, question, given, right, points, attempt.score + points, used)


def _with_standing(marked: Marked, standing: Standing) -> Marked:
    return Marked(
        marked.attempt,
        marked.question,
        marked.given,
        marked.right,
        marked.points,
        marked.score,
        marked.used_ms,
        standing,
    )


def _allowed_ordinal(session: Session, person_id: int, edition: Edition, now: int) -> int:
    """The number of the next attempt. Of two that begin together the unique constraint lets one pass."""
    in_all, today, open_now = _attempt_counts(session, person_id, edition, now)
    if open_now:
        raise Moved  # a twin was quicker, and must not be counted against this one
    if edition.attempts_in_all is not None and in_all >= edition.attempts_in_all:
        raise NoAttemptLeft("in_all")
    if edition.attempts_per_day is not None and today >= edition.attempts_per_day:
        raise NoAttemptLeft("today")
    return in_all + 1


def _attempt_counts(session: Session, person_id: int, edition: Edition, now: int) -> tuple[int, int, int]:
    """A person's attempts in all, those begun today, and those open now."""
    attempt = tables.Attempt
    in_all, today, open_now = session.execute(
        select(
            func.count(),
            func.count().filter(attempt.day == day_number(now, edition.timezone)),
            func.count().filter(attempt.state == "open"),
        ).where(attempt.campaign_id == edition.id, attempt.person_id == person_id)
    ).one()
    return in_all, today, open_now


def _attempt(row: tables.Attempt) -> Attempt:
    return Attempt(row.id, row.position, row.score, load(row.paper), row.begun_ms, row.shown_ms, row.shown_identity_id)
