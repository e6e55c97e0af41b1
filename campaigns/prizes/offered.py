"""What there is to win in a campaign, and how much of it is left."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.tables import Prize, PrizeGroup


@dataclass(frozen=True, slots=True)
class OfferedPrize:
    name: str
    stock: int
    left: int


@dataclass(frozen=True, slots=True)
class Offered:
    """A group of prizes; see `campaigns.tables.PrizeGroup` for what each column means."""

    name: str
    kind: str
    least_points: int
    collecting: str
    place: str
    claim_days: int | None
    unit_quota: int | None
    prizes: tuple[OfferedPrize, ...]
    """In the order in which they are given; none of ``passed``."""


def offered(session: Session, campaign_id: int) -> tuple[Offered, ...]:
    """A campaign's groups in their order."""
    groups = session.scalars(
        select(PrizeGroup).where(PrizeGroup.campaign_id == campaign_id).order_by(PrizeGroup.ordinal)
    ).all()
    prizes: dict[int, list[OfferedPrize]] = {group.id: [] for group in groups}
    rows = session.execute(
        select(Prize.group_id, Prize.name, Prize.stock, Prize.given)
        .where(Prize.group_id.in_(prizes))
        .order_by(Prize.ordinal)
    )
    for row in rows:
        prizes[row.group_id].append(OfferedPrize(row.name, row.stock, row.stock - row.given))
    return tuple(
        Offered(
            name=group.name,
            kind=group.kind,
            least_points=group.least_points,
            collecting=group.collecting,
            place=group.place,
            claim_days=group.claim_days,
            unit_quota=group.unit_quota,
            prizes=tuple(prizes[group.id]),
        )
        for group in groups
    )
