"""Awards on record: one statement takes a prize from its stock, one row says who has it, one message tells them.

Every kind of prize comes through here, so that live awards and what is left make up the stock, whatever happens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.orm import Session, aliased

from campaigns import outbox
from campaigns.clock import day_begins
from campaigns.outbox import Draft
from campaigns.people import selves
from campaigns.tables import Award, Campaign, Person, Prize, PrizeGroup

TAKEN_BACK = "中奖已作废，没有发送。"
AT_ONCE = 500
"""Persons who are looked up by one statement."""
REMINDER, REMINDERS = "claim:", (":2d", ":last")
"""What surrounds an award's id in the keys of its reminders."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for all awards of one group."""

    campaign_id: int
    campaign: str
    slug: str
    timezone: str
    salt: str
    group_id: int
    group: str
    kind: str
    wins: str
    collecting: str
    claim_days: int | None
    prizes: Mapping[str, int]
    """Prize ids by name, in their order."""

    def once(self, person_id: int) -> str | None:
        """What nobody may win twice; None: no limit."""
        match self.wins:
            case "campaign":
                return f"{self.campaign_id}:{person_id}"
            case "group":
                return f"{self.campaign_id}:{self.group_id}:{person_id}"
        return None

    def claim_until(self, awarded_ms: int) -> int | None:
        """The end of the last day, in the campaign's zone, on which an award may be claimed; None: no deadline."""
        if self.claim_days is None:
            return None
        return day_begins(self.claim_days + 1, awarded_ms, self.timezone)


@dataclass(frozen=True, slots=True)
class Winner:
    """Who has a prize, or that nobody has (`entrant` and `person_id` None)."""

    prize: str
    entrant: str | None
    person_id: int | None
    rank: int | None = None
    attempt_id: int | None = None
    sequence: int | None = None
    replaces: int | None = None
    replaces_id: int | None = None
    forfeited: str = ""
    """Why they cannot have what falls to them: it is on record as forfeited, and takes nothing from the stock."""

    @property
    def state(self) -> str:
        if self.entrant is None:
            return "unfilled"
        return "forfeited" if self.forfeited else "awarded"


def terms_of(session: Session, group_id: int) -> Terms:
    group, campaign = PrizeGroup, Campaign
    row = session.execute(
        select(
            campaign.id,
            campaign.name,
            campaign.slug,
            campaign.timezone,
            campaign.salt,
            group.id,
            group.name,
            group.kind,
            campaign.wins,
            group.collecting,
            group.claim_days,
        )
        .join(group, group.campaign_id == campaign.id)
        .where(group.id == group_id)
    ).one()
    prizes = session.execute(select(Prize.name, Prize.id).where(Prize.group_id == group_id).order_by(Prize.ordinal))
    return Terms(*row, prizes={row.name: row.id for row in prizes})


def put_on_record(
    session: Session, terms: Terms, winners: Sequence[Winner], now: int, *, draw_id: str | None = None
) -> None:
    """Write awards down, take their prizes from the stock, and post the news to the winners.

    Raises IntegrityError where stock, or the rule of one win a person, would be broken: whoever may be too late takes
    that as a no, inside a savepoint of its own.
    """
    counts: dict[str, int] = {}
    for winner in winners:
        if winner.state == "awarded":
            counts[winner.prize] = counts.get(winner.prize, 0) + 1
    for name, count in counts.items():
        session.execute(update(Prize).where(Prize.id == terms.prizes[name]).values(given=Prize.given + count))
    until = terms.claim_until(now)
    rows = [
        {
            "campaign_id": terms.campaign_id,
            "prize_id": terms.prizes[winner.prize],
            "prize": winner.prize,
            "draw_id": draw_id,
            "sequence": winner.sequence,
            "attempt_id": winner.attempt_id,
            "entrant": winner.entrant,
            "person_id": winner.person_id,
            "rank": winner.rank,
            "state": winner.state,
            "replaces": winner.replaces,
            "replaces_id": winner.replaces_id,
            "once": None if winner.person_id is None else terms.once(winner.person_id),
            "reason": winner.forfeited,
            "awarded_ms": now,
            "changed_ms": now,
            "claim_until_ms": until if winner.state == "awarded" else None,
            "redeemed_by": "",
        }
        for winner in winners
    ]
    ids = _written(session, rows)
    now_called = _merged(session, [winner.person_id for winner in winners if winner.person_id is not None])
    news = [
        _news(
            terms,
            ids[winner.sequence, winner.attempt_id, winner.person_id],
            winner,
            now_called.get(winner.person_id, winner.person_id),
            draw_id,
        )
        for winner in winners
        if winner.person_id is not None and winner.state == "awarded"
    ]
    outbox.post_all(session, news, now)


def _merged(session: Session, person_ids: Sequence[int]) -> dict[int, int]:
    """Who those turned out to be who were merged; a draw has thousands of winners, and asks in one go for many."""
    found: dict[int, int] = {}
    for start in range(0, len(person_ids), AT_ONCE):
        some = Person.id.in_(person_ids[start : start + AT_ONCE])
        for row in session.execute(select(Person.id, Person.merged_into_id).where(some)):
            if row.merged_into_id is not None:
                found[row.id] = row.merged_into_id
    return found


def _written(session: Session, rows: list[dict[str, Any]]) -> dict[tuple[int | None, int | None, int | None], int]:
    """The ids of new awards by what tells them from each other: their places in a draw, their attempts, their persons.

    To ask for them in the order of the rows would be a statement each on SQLite, and ten thousand hold its writer.
    """
    own = Award.sequence, Award.attempt_id, Award.person_id
    new = session.execute(insert(Award).returning(Award.id, *own), rows)
    return {(sequence, attempt_id, person_id): award_id for award_id, sequence, attempt_id, person_id in new}


def take_back(session: Session, award_id: int, reason: str, now: int) -> bool:
    """Forfeit a live award that was not handed out: its prize is left again. Whether it was one."""
    row = session.execute(
        update(Award)
        .where(Award.id == award_id, Award.state == "awarded", Award.redeemed_ms.is_(None))
        .values(state="forfeited", reason=reason, changed_ms=now)
        .returning(Award.prize_id)
    ).one_or_none()
    if row is None:
        return False
    session.execute(update(Prize).where(Prize.id == row.prize_id).values(given=Prize.given - 1))
    for key in keys_of(award_id):
        outbox.withdraw(session, key, TAKEN_BACK)
    return True


def has_won(session: Session, campaign_id: int, person_id: int, *, group_id: int | None = None) -> bool:
    """Whether a person, or whoever turned out to be them, has a live award in a campaign, or in one group of it."""
    own = Award.person_id.in_(selves(session, person_id))
    query = select(Award.id).where(Award.campaign_id == campaign_id, own, Award.state == "awarded")
    if group_id is not None:
        query = query.join(Prize, Prize.id == Award.prize_id).where(Prize.group_id == group_id)
    return session.scalar(query.limit(1)) is not None


def take_turn(session: Session, campaign_id: int, *, shared: bool = False) -> None:
    """Let no awards of a campaign be decided beside ours until the transaction ends; before anything is looked at.

    Whoever decides over many (a freeze, the settling of ranks, a forfeit) is alone; lots, of which each is about one
    person, are `shared` among themselves. Those who play are not held up by either.
    """
    campaign = select(Campaign.id).where(Campaign.id == campaign_id)
    session.execute(campaign.with_for_update(read=shared, key_share=not shared))


def winners_of(session: Session, campaign_id: int, *, group_id: int | None = None) -> frozenset[int]:
    """Whoever has a live award in a campaign, or in one group of it; persons as who they are by now."""
    now_called = func.coalesce(Person.merged_into_id, Person.id)
    query = (
        select(now_called)
        .join(Award, Award.person_id == Person.id)
        .where(Award.campaign_id == campaign_id, Award.state == "awarded")
    )
    if group_id is not None:
        query = query.join(Prize, Prize.id == Award.prize_id).where(Prize.group_id == group_id)
    return frozenset(session.scalars(query))


def served_units(session: Session, group_id: int) -> dict[int, int]:
    """How many live awards of a group the winners of each unit have, by the unit's id."""
    winner = aliased(Person)
    rows = session.execute(
        select(Person.unit_id, func.count())
        .join(winner, Person.id == func.coalesce(winner.merged_into_id, winner.id))
        .join(Award, Award.person_id == winner.id)
        .join(Prize, Prize.id == Award.prize_id)
        .where(Prize.group_id == group_id, Award.state == "awarded", Person.unit_id.is_not(None))
        .group_by(Person.unit_id)
    )
    return {unit_id: count for unit_id, count in rows if unit_id is not None}


def _news(terms: Terms, award_id: int, winner: Winner, person_id: int, draw_id: str | None) -> Draft:
    return Draft(
        key=_key(award_id),
        wording="notice.won",
        values={"campaign": terms.campaign, "slug": terms.slug, "draw": draw_id or "", "prize": winner.prize},
        person_id=person_id,
        campaign_id=terms.campaign_id,
        must=True,
    )


def reminder_keys(award_id: int) -> tuple[str, str]:
    """Of the notices that a prize is still to be claimed: two days before its deadline, and on its last day."""
    return f"{REMINDER}{award_id}{REMINDERS[0]}", f"{REMINDER}{award_id}{REMINDERS[1]}"


def keys_of(award_id: int) -> tuple[str, ...]:
    """Of all that its winner is told of an award."""
    return _key(award_id), *reminder_keys(award_id)


def _key(award_id: int) -> str:
    return f"won:{award_id}"


def to_be_collected(session: Session, *which: ColumnElement[bool]) -> int:
    """How many of these awards are live, and of something that was not handed out yet."""
    query = (
        select(func.count())
        .select_from(Award)
        .join(Prize, Prize.id == Award.prize_id)
        .join(PrizeGroup, PrizeGroup.id == Prize.group_id)
        .where(*which, Award.state == "awarded", Award.redeemed_ms.is_(None), PrizeGroup.collecting != "none")
    )
    return session.scalar(query) or 0
