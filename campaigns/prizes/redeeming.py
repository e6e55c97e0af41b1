"""The prize desk (兑奖台): whose code this is, and handing the prize out, once.

A code says all there is to know, so wrong ones are counted before they are judged: by one conditional UPDATE of the
account's row, which other tries of the same account wait for. Right ones are taken from the count again; they do not
set it back, or else a guesser would type a right one in between.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import case, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from campaigns import audit
from campaigns.clock import MINUTE
from campaigns.errors import CodeRefused
from campaigns.privacy import shown
from campaigns.prizes.codes import hash_of, read_code
from campaigns.store import Store, insertion
from campaigns.tables import Award, Campaign, Claim, CodeTry, Person, Prize, PrizeGroup, Unit

TRIES = 5
"""Wrong codes of one account, none of them a minute after the one before."""
LOCKED_MS = MINUTE
WRONG = "没有这个兑奖码，请核对后重新输入；连续输错 5 次要等一分钟。"
LOCKED = "连续输错 5 次，请一分钟后再试。"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found:
    """The award that a code belongs to, as the prize desk reads it."""

    award_id: int
    campaign: str
    timezone: str
    group: str
    prize: str
    winner: str
    """Masked; a guest by the end of their pseudonym."""
    unit: str
    state: str
    """``awarded`` or ``forfeited``."""
    reason: str
    """Why it was forfeited."""
    claim_until_ms: int | None
    redeemed_ms: int | None
    redeemed_by: str
    way: str
    """How it was claimed: ``pickup``, ``post``; empty: it was not."""
    shipment: str

    @property
    def may_be_redeemed(self) -> bool:
        return self.state == "awarded" and self.redeemed_ms is None

    def is_overdue(self, now: int) -> bool:
        """Whether its deadline has passed; that takes nothing away by itself, and the desk may still hand it out."""
        return self.may_be_redeemed and self.claim_until_ms is not None and self.claim_until_ms <= now


@dataclass(frozen=True, slots=True)
class Redeemed:
    """What became of handing a prize out."""

    done: bool
    """Whether it was handed out by this very call; else `found` says why not: to whom it went, or that it is void."""
    found: Found


def look_up(store: Store, by: str, code: str, now: int) -> Found:
    """The award that a code, as it was typed or scanned, belongs to; nothing is handed out.

    `by` is the account that asks. Raises CodeRefused for a code that no award has, and for every code while the
    account is locked.
    """
    return _tried(store, by, code, now, _find)


def redeem(store: Store, by: str, code: str, now: int) -> Redeemed:
    """Hand out the prize that a code belongs to, if that was not done and it is not void; of several at once, one does.

    Raises CodeRefused as `look_up` does.
    """

    def hand_out(session: Session, hashed: str) -> Redeemed | None:
        given = session.execute(
            update(Award)
            .where(Award.code_hash == hashed, Award.state == "awarded", Award.redeemed_ms.is_(None))
            .values(redeemed_ms=now, redeemed_by=by, changed_ms=now)
            .returning(Award.id)
        ).one_or_none()
        if given is not None:
            audit.record(session, by, "award.redeemed", f"award:{given.id}", now)
        found = _find(session, hashed)
        return None if found is None else Redeemed(given is not None, found)

    return _tried(store, by, code, now, hand_out)


def _tried(store: Store, by: str, code: str, now: int, judge: Callable[[Session, str], T | None]) -> T:
    """What `judge` finds by the hash of a code, as one of the tries that an account has. Raises CodeRefused."""
    read = read_code(code)
    with store.transaction() as session:
        if not _charge(session, by, now):
            raise CodeRefused(LOCKED)
        found = None if read is None else judge(session, hash_of(read))
        own = update(CodeTry).where(CodeTry.by == by)
        session.execute(own.values(since_ms=now) if found is None else own.values(failed=CodeTry.failed - 1))
    if found is None:  # after the commit: the try counts
        raise CodeRefused(WRONG)
    return found


def _charge(session: Session, by: str, now: int) -> bool:
    """Count a try of an account as if it were wrong; False, with nothing counted, while it is locked.

    A minute after the last wrong one they begin anew. The row is held until the transaction ends.
    """
    forgotten = CodeTry.since_ms <= now - LOCKED_MS
    charged = session.scalar(
        insertion(session.connection(), CodeTry)
        .values(by=by, failed=1, since_ms=now)
        .on_conflict_do_update(
            index_elements=[CodeTry.by],
            set_={"failed": case((forgotten, 1), else_=CodeTry.failed + 1)},
            where=or_(forgotten, CodeTry.failed < TRIES),
        )
        .returning(CodeTry.failed)
    )
    return charged is not None


def _find(session: Session, hashed: str) -> Found | None:
    origin = aliased(Person)
    row = session.execute(
        select(
            Award.id,
            Award.prize,
            Award.entrant,
            Award.state,
            Award.reason,
            Award.claim_until_ms,
            Award.redeemed_ms,
            Award.redeemed_by,
            Campaign.name.label("campaign"),
            Campaign.timezone,
            PrizeGroup.name.label("group"),
            Person.name,
            func.coalesce(Unit.name, "").label("unit"),
            func.coalesce(Claim.way, "").label("way"),
            func.coalesce(Claim.shipment, "").label("shipment"),
        )
        .join(Campaign, Campaign.id == Award.campaign_id)
        .join(Prize, Prize.id == Award.prize_id)
        .join(PrizeGroup, PrizeGroup.id == Prize.group_id)
        .join(origin, origin.id == Award.person_id)
        .join(Person, Person.id == func.coalesce(origin.merged_into_id, origin.id))
        .outerjoin(Unit, Unit.id == Person.unit_id)
        .outerjoin(Claim, Claim.award_id == Award.id)
        .where(Award.code_hash == hashed)
    ).one_or_none()
    if row is None:
        return None
    return Found(
        award_id=row.id,
        campaign=row.campaign,
        timezone=row.timezone,
        group=row.group,
        prize=row.prize,
        winner=shown(row.name, row.entrant),
        unit=row.unit,
        state=row.state,
        reason=row.reason,
        claim_until_ms=row.claim_until_ms,
        redeemed_ms=row.redeemed_ms,
        redeemed_by=row.redeemed_by,
        way=row.way,
        shipment=row.shipment,
    )
