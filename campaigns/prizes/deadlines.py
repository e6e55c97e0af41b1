"""Deadlines of awards: who is late, who is reminded, and the one door by which an award of any kind is forfeited.

A deadline takes nothing away by itself: what is overdue is listed, and somebody forfeits it, for a reason that is
published. The prize then goes to the next in rank; what was won at the end of an attempt goes back into the stock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, String, cast, exists, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from campaigns import draws, outbox
from campaigns.clock import DAY, MINUTE, in_words
from campaigns.draws import Prepared
from campaigns.errors import NotFound, Refused
from campaigns.keeping.changes import What, note_down
from campaigns.outbox import Draft
from campaigns.privacy.purged import refuse_purged
from campaigns.prizes import ranks
from campaigns.prizes.awards import REMINDER, REMINDERS, reminder_keys, take_back, take_turn
from campaigns.prizes.reasons import stated
from campaigns.reaching import Manners, quiet_until_ms
from campaigns.stores import Stores
from campaigns.tables import Award, Campaign, Claim, OutboxMessage, Person, Prize, PrizeGroup, Unit

BATCH = 500


@dataclass(frozen=True, slots=True)
class Overdue:
    """A live award that was not claimed and collected in time, as the organiser reads it: full names."""

    award_id: int
    prize: str
    group: str
    kind: str
    draw_id: str | None
    entrant: str
    person_id: int | None
    name: str
    """Empty for a guest."""
    unit: str
    """Its name; empty: none."""
    claimed: bool
    """Whether it is on record where they want it."""
    claim_until_ms: int
    """The first moment that was too late."""


def overdue(session: Session, campaign_id: int, now: int) -> list[Overdue]:
    """What is late, by its deadline. Who has said where to post a prize waits for the office, and is not late."""
    winner = aliased(Person)
    rows = session.execute(
        select(
            Award.id,
            Award.prize,
            PrizeGroup.name,
            PrizeGroup.kind,
            Award.draw_id,
            func.coalesce(Award.entrant, ""),
            Person.id,
            func.coalesce(Person.name, ""),
            func.coalesce(Unit.name, ""),
            Claim.award_id.is_not(None),
            func.coalesce(Award.claim_until_ms, 0),
        )
        .join(Prize, Prize.id == Award.prize_id)
        .join(PrizeGroup, PrizeGroup.id == Prize.group_id)
        .outerjoin(Claim, Claim.award_id == Award.id)
        .outerjoin(winner, winner.id == Award.person_id)
        .outerjoin(Person, Person.id == func.coalesce(winner.merged_into_id, winner.id))
        .outerjoin(Unit, Unit.id == Person.unit_id)
        .where(Award.campaign_id == campaign_id, *_waits_for_its_winner(), Award.claim_until_ms <= now)
        .order_by(Award.claim_until_ms, Award.id)
    )
    return [Overdue(*row) for row in rows]


def count_due(session: Session, campaign_id: int, after: int, until: int) -> int:
    """How many live awards that nobody has claimed and collected have their deadline between two moments.

    `until` is among them, `after` is not.
    """
    query = (
        select(func.count())
        .select_from(Award)
        .join(Prize, Prize.id == Award.prize_id)
        .join(PrizeGroup, PrizeGroup.id == Prize.group_id)
        .outerjoin(Claim, Claim.award_id == Award.id)
        .where(Award.campaign_id == campaign_id, *_waits_for_its_winner())
        .where(Award.claim_until_ms > after, Award.claim_until_ms <= until)
    )
    return session.scalar(query) or 0


def remind(stores: Stores, now: int) -> int:
    """Tell winners who have not collected, two days before their deadline and again on its last day: a worker's tick.

    Gives how many notices were written; in quiet hours they wait. A tick that runs twice writes nothing twice.
    """
    return sum(_remind(stores, now, which) for which in range(len(_WINDOWS)))


def forfeit(
    session: Session, award_id: int, reason: str, by: str, now: int, *, prepared: Prepared | None = None
) -> str | None:
    """Take an award back. Gives the pseudonym of whoever has the prize now; None: nobody.

    `prepared` is what `draws.prepare` gave, for the award of a draw with a long list.
    Raises NotFound, and Refused for an award that is not live or was handed out, and without a reason.
    """
    reason = stated(reason)
    row = session.execute(
        select(Award.prize, Award.campaign_id, Award.draw_id, Award.sequence, PrizeGroup.kind)
        .join(Prize, Prize.id == Award.prize_id)
        .join(PrizeGroup, PrizeGroup.id == Prize.group_id)
        .where(Award.id == award_id)
    ).one_or_none()
    if row is None:
        raise NotFound(f"没有编号为 {award_id} 的中奖记录，请核对编号。")
    refuse_purged(session, row.campaign_id, "作废奖品")
    if row.kind == "rank":
        place = ranks.replace(session, award_id, reason, by, now)
        return None if place is None else place.entrant
    successor = None
    if row.draw_id is not None and row.sequence is not None:
        successor = draws.forfeit(session, row.draw_id, row.sequence, reason, now, prepared=prepared).entrant
    else:
        take_turn(session, row.campaign_id)
        if not take_back(session, award_id, reason, now):
            raise Refused("这份奖品已经领走或者已经作废，不能再作废。")
    note_down(session, row.campaign_id, What.FORFEITED, by, now, said={"prize": row.prize}, note=reason)
    return successor


def _waits_for_its_winner() -> tuple[ColumnElement[bool], ...]:
    """Of an award, with its group and claim: it is live, and the winner has still to do something."""
    return (
        Award.state == "awarded",
        Award.redeemed_ms.is_(None),
        PrizeGroup.collecting != "none",
        or_(Claim.award_id.is_(None), Claim.way != "post"),
    )


# --- reminders -------------------------------------------------------------------------------------------------

_WINDOWS = ((2 * DAY, DAY), (DAY, 0))
"""From and until how long before the deadline each of `reminder_keys` is written."""


def _remind(stores: Stores, now: int, which: int) -> int:
    written, last = 0, 0
    while True:
        with stores.sql.reading() as session:
            batch = session.execute(_lacking(now, which, last)).all()
        if batch:
            with stores.sql.transaction() as session:
                written += outbox.post_all(session, [_draft(row, which, now) for row in batch], now)
        if len(batch) < BATCH:
            return written
        last = batch[-1].id


def _lacking(now: int, which: int, after: int) -> Select[*tuple[Any, ...]]:
    """The next awards by id that are to be reminded of now, and were not; none that were made on such a day."""
    begins, ends = _WINDOWS[which]
    key = literal(REMINDER) + cast(Award.id, String) + literal(REMINDERS[which])
    return (
        select(
            Award.id,
            Award.prize,
            Award.claim_until_ms,
            Award.campaign_id,
            func.coalesce(Person.merged_into_id, Person.id).label("person_id"),
            Campaign.name,
            Campaign.slug,
            Campaign.timezone,
            Campaign.quiet_from,
            Campaign.quiet_until,
        )
        .join(Person, Person.id == Award.person_id)
        .join(Prize, Prize.id == Award.prize_id)
        .join(PrizeGroup, PrizeGroup.id == Prize.group_id)
        .join(Campaign, Campaign.id == Award.campaign_id)
        .outerjoin(Claim, Claim.award_id == Award.id)
        .where(
            Award.id > after,
            *_waits_for_its_winner(),
            Award.claim_until_ms <= now + begins,
            Award.claim_until_ms > now + ends,
            Award.awarded_ms < Award.claim_until_ms - begins,
            ~exists().where(OutboxMessage.key == key),
        )
        .order_by(Award.id)
        .limit(BATCH)
    )


def _draft(row: Row[*tuple[Any, ...]], which: int, now: int) -> Draft:
    """`must`, since a campaign is over by then; so quiet hours are minded here."""
    manners = Manners(row.timezone, row.quiet_from, row.quiet_until, 0)
    return Draft(
        key=reminder_keys(row.id)[which],
        wording="notice.claim",
        values={
            "campaign": row.name,
            "slug": row.slug,
            "prize": row.prize,
            "until": in_words(row.claim_until_ms - MINUTE, row.timezone),
        },
        person_id=row.person_id,
        campaign_id=row.campaign_id,
        must=True,
        due_ms=quiet_until_ms(now, manners),
        expires_ms=row.claim_until_ms - _WINDOWS[which][1],
    )
