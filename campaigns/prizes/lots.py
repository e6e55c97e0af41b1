"""Lots (即时抽奖): whether the end of an attempt wins a prize on the spot. Each attempt's is decided once, for good.

It is decided behind the commit of the finish, in a transaction of its own, by whoever finished the attempt; what a
process that was killed left behind, and what the clock has finished, the worker decides. Whether chance is kind
follows from the campaign's secret, the attempt and the prize: to try again does not roll again. Then the stock
decides, and what was released of it by now; who finds none left has not won.

Locks are taken in one order, which is that of `merging`, too: the person, the attempt, the campaign, group, prize.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaigns import outbox, people
from campaigns.clock import SECOND
from campaigns.draws.pseudonyms import pseudonym
from campaigns.draws.waiting import pending
from campaigns.editions import Edition
from campaigns.prizes.awards import Terms, Winner, has_won, keys_of, put_on_record, served_units, terms_of
from campaigns.prizes.chances import is_excluded
from campaigns.prizes.rules import MILLION, Lot
from campaigns.stores import Stores
from campaigns.tables import Attempt, Award, Campaign, OutboxMessage, Person, Prize, PrizeGroup

LEFT_ALONE_MS = 5 * SECOND
"""How long an attempt's lot is left to whoever finished it."""
LOOKED_UP = 500


@dataclass(frozen=True, slots=True)
class _Drawer:
    """Whose lot it is, and what with; nobody else decides it, or makes them another person, until we are done."""

    attempt_id: int
    person_id: int
    score: int


def draw_lot(session: Session, edition: Edition, attempt_id: int, now: int) -> str | None:
    """Decide an attempt's lot if nobody has; gives the name of the prize that the attempt has won, also earlier.

    To be called in a transaction that has done nothing yet, after the finish was committed. None: it has won nothing,
    what it won was taken back, or it is not finished.
    """
    lots = [lot for lot in edition.lots if is_kind(edition.salt, attempt_id, lot.prize_id, lot.odds_ppm)]
    if not lots:
        if edition.lots:
            _claim(session, edition, attempt_id, now)
        return None
    drawer = _taken(session, edition, attempt_id, now)
    if drawer is None:
        won = select(Award.prize).where(Award.attempt_id == attempt_id, Award.state == "awarded")
        return session.scalar(won)
    lots = _left(session, [lot for lot in lots if drawer.score >= lot.least_points], now)
    if lots and _may_win(session, edition, drawer):
        for lot in lots:
            if _give(session, lot, drawer, now):
                return lot.name
    return None


def decide_lots(stores: Stores, now: int) -> int:
    """Decide what was left undecided, each in a transaction of its own; gives how many: a worker's tick."""
    decided = 0
    with stores.sql.reading() as session:
        campaigns = _campaigns(session)
    for campaign_id, version in campaigns:
        edition = stores.editions.get(stores.sql, campaign_id, version)
        last = 0
        while True:
            with stores.sql.reading() as session:
                batch = _undecided(session, campaign_id, now - LEFT_ALONE_MS, last)
            for last in batch:
                with stores.sql.transaction() as session:
                    draw_lot(session, edition, last, now)
                decided += 1
            if len(batch) < LOOKED_UP:
                break
    return decided


def follow(session: Session, attempt_ids: Sequence[int], person_id: int, now: int) -> None:
    """Let a person who was parted from another have what their attempts won; what was drawn, or won by rank, stays.

    To be called by whoever led the attempts to them.
    """
    for award in session.scalars(select(Award).where(Award.attempt_id.in_(attempt_ids)).order_by(Award.id)):
        terms = terms_of(session, session.scalars(select(Prize.group_id).where(Prize.id == award.prize_id)).one())
        award.person_id, award.entrant = person_id, pseudonym(terms.salt, person_id)
        award.once, award.changed_ms = terms.once(person_id), now
        news = OutboxMessage.key.in_(keys_of(award.id)), OutboxMessage.state == outbox.State.WAITING
        session.execute(update(OutboxMessage).where(*news).values(person_id=person_id))


def is_kind(salt: str, attempt_id: int, prize_id: int, odds_ppm: int) -> bool:
    """Whether chance lets an attempt have a prize: a number below 2⁶⁴ that only the campaign's secret tells."""
    number = int.from_bytes(hmac.digest(salt.encode(), f"lot\n{attempt_id}\n{prize_id}".encode(), "sha256")[:8])
    return number * MILLION < odds_ppm << 64


def _taken(session: Session, edition: Edition, attempt_id: int, now: int) -> _Drawer | None:
    """Whose attempt it is, if its lot is ours to decide."""
    own = _undecided_one(edition, attempt_id)
    while (person_id := session.scalar(select(Attempt.person_id).where(*own))) is not None:
        held = people.held_living(session, person_id)
        score = _claim(session, edition, attempt_id, now, Attempt.person_id.in_({person_id, held}))
        if score is not None:  # else they were parted while we waited, or somebody else decides
            return _Drawer(attempt_id, held, score)
    return None


def _claim(session: Session, edition: Edition, attempt_id: int, now: int, *more: ColumnElement[bool]) -> int | None:
    """Write down that an attempt's lot is decided; its score, or None if that is not ours to do."""
    return session.execute(
        update(Attempt)
        .where(*_undecided_one(edition, attempt_id), *more)
        .values(lot_ms=now)
        .returning(Attempt.score)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()


def _undecided_one(edition: Edition, attempt_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        Attempt.id == attempt_id,
        Attempt.campaign_id == edition.id,
        Attempt.state == "finished",
        Attempt.lot_ms.is_(None),
    )


def _left(session: Session, lots: Sequence[Lot], now: int) -> list[Lot]:
    """Those of which some are left, as it looks: most of the time none are, and nobody need be held up."""
    prizes = [lot.prize_id for lot in lots]
    rows = session.execute(select(Prize.id, Prize.given).where(Prize.id.in_(prizes)))
    given = {row.id: row.given for row in rows}
    return [lot for lot in lots if given[lot.prize_id] < lot.released(now)]


def _may_win(session: Session, edition: Edition, drawer: _Drawer) -> bool:
    """Whether they may win anything at all."""
    if is_excluded(session, edition.id, drawer.person_id):
        return False
    return edition.wins != "campaign" or not pending(session, edition.id)


def _give(session: Session, lot: Lot, drawer: _Drawer, now: int) -> bool:
    """Whether they have the prize now."""
    terms = terms_of(session, lot.group_id)
    if _has_won(session, terms, drawer.person_id) or _is_full(session, lot, drawer.person_id):
        return False
    winner = Winner(
        prize=lot.name,
        entrant=pseudonym(terms.salt, drawer.person_id),
        person_id=drawer.person_id,
        attempt_id=drawer.attempt_id,
    )
    try:
        with session.begin_nested():
            if not _is_taken(session, lot, now):
                return False
            put_on_record(session, terms, [winner], now)
    except IntegrityError:  # somebody else gave them a prize in this moment
        return False
    return True


def _is_taken(session: Session, lot: Lot, now: int) -> bool:
    """Whether one of the prize is left and released; if so its row is ours until the transaction ends."""
    return (
        session.execute(
            update(Prize)
            .where(Prize.id == lot.prize_id, Prize.given < Prize.stock, Prize.given < lot.released(now))
            .values(given=Prize.given)
            .returning(Prize.id)
            .execution_options(synchronize_session=False)
        ).one_or_none()
        is not None
    )


def _has_won(session: Session, terms: Terms, person_id: int) -> bool:
    """Whether they have what nobody may have twice: the index says so only of those who were not merged."""
    if terms.wins == "any":
        return False
    group_id = terms.group_id if terms.wins == "group" else None
    return has_won(session, terms.campaign_id, person_id, group_id=group_id)


def _is_full(session: Session, lot: Lot, person_id: int) -> bool:
    """Whether their unit has had all that one unit may have; the group is ours then, until the transaction ends."""
    if lot.unit_quota is None:
        return False
    unit_id = session.scalar(select(Person.unit_id).where(Person.id == person_id))
    if unit_id is None:
        return False
    session.execute(select(PrizeGroup.id).where(PrizeGroup.id == lot.group_id).with_for_update(key_share=True))
    return served_units(session, lot.group_id).get(unit_id, 0) >= lot.unit_quota


def _campaigns(session: Session) -> list[tuple[int, int]]:
    """The (id, version) of campaigns with instant prizes, of whatever state: what was finished was finished in time."""
    instant = select(PrizeGroup.campaign_id).where(PrizeGroup.kind == "instant")
    rows = session.execute(
        select(Campaign.id, Campaign.version).where(
            Campaign.id.in_(instant), Campaign.state != "draft", Campaign.purged_ms.is_(None)
        )
    )
    return [(row.id, row.version) for row in rows]


def _undecided(session: Session, campaign_id: int, until_ms: int, after: int) -> list[int]:
    """The next attempts by id that were finished by then; what was superseded is none of them."""
    return list(
        session.scalars(
            select(Attempt.id)
            .where(
                Attempt.campaign_id == campaign_id,
                Attempt.lot_ms.is_(None),
                Attempt.finished_ms <= until_ms,
                Attempt.state == "finished",
                Attempt.id > after,
            )
            .order_by(Attempt.id)
            .limit(LOOKED_UP)
        )
    )
