"""What somebody has won in a campaign, as they read it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns import people
from campaigns.tables import Award, Claim, Prize, PrizeGroup


@dataclass(frozen=True, slots=True)
class OwnAward:
    """An award of whoever asks; it stays one of theirs when it was forfeited."""

    id: int
    prize: str
    group: str
    kind: str
    collecting: str
    """``pickup`` at the `place`, sent by ``post``, or ``none``."""
    place: str
    claim_until_ms: int | None
    """The first moment that is too late; None: no deadline."""
    claimed: bool
    """Whether it is on record where they want it."""
    redeemed_ms: int | None
    """When it was handed out or sent; None: not yet."""
    shipment: str
    """Carrier and number of what was posted."""
    state: str
    """``awarded`` or ``forfeited``."""
    reason: str
    """Why it was forfeited."""

    def is_overdue(self, now: int) -> bool:
        """Whether its deadline has passed without it being handed out; it may be forfeited then."""
        waits = self.state == "awarded" and self.redeemed_ms is None
        return waits and self.claim_until_ms is not None and self.claim_until_ms <= now


def own_awards(session: Session, campaign_id: int, person_id: int) -> list[OwnAward]:
    """Everything a person, or whoever turned out to be them, won in a campaign, in the order in which they did."""
    rows = session.execute(
        select(
            Award.id,
            Award.prize,
            PrizeGroup.name,
            PrizeGroup.kind,
            PrizeGroup.collecting,
            PrizeGroup.place,
            Award.claim_until_ms,
            Claim.award_id.is_not(None),
            Award.redeemed_ms,
            func.coalesce(Claim.shipment, ""),
            Award.state,
            Award.reason,
        )
        .join(Prize, Prize.id == Award.prize_id)
        .join(PrizeGroup, PrizeGroup.id == Prize.group_id)
        .outerjoin(Claim, Claim.award_id == Award.id)
        .where(Award.campaign_id == campaign_id, Award.person_id.in_(people.selves(session, person_id)))
        .order_by(Award.awarded_ms, Award.id)
    )
    return [OwnAward(*tuple(row)) for row in rows]
