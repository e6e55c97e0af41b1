"""What there is to win in a campaign: its groups, how many prizes are given and left, how far each group has got."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from campaigns.prizes.rules import Release, releases_of
from campaigns.tables import Draw, Prize, PrizeGroup


@dataclass(frozen=True, slots=True)
class OfferedPrize:
    id: int
    name: str
    stock: int
    given: int
    odds_ppm: int
    releases: tuple[Release, ...]

    @property
    def left(self) -> int:
        return self.stock - self.given


@dataclass(frozen=True, slots=True)
class OfferedGroup:
    id: int
    name: str
    kind: str
    least_points: int
    unit_quota: int | None
    ties: str
    collecting: str
    place: str
    claim_days: int | None
    prizes: tuple[OfferedPrize, ...]
    settled_ms: int | None
    draw_id: str | None
    """Of the draw that its list is frozen for; None: there is none."""
    draw_state: str | None

    @property
    def is_fixed(self) -> bool:
        """Whether it was announced, or decided, how many prizes there are."""
        return self.draw_id is not None or self.settled_ms is not None


def offers(session: Session, campaign_id: int) -> tuple[OfferedGroup, ...]:
    """In the order in which they are listed and given."""
    groups = session.execute(
        select(PrizeGroup, Draw.id.label("draw_id"), Draw.state.label("draw_state"))
        .outerjoin(Draw, and_(Draw.group_id == PrizeGroup.id, Draw.state != "void"))
        .where(PrizeGroup.campaign_id == campaign_id)
        .order_by(PrizeGroup.ordinal)
    ).all()
    prizes: dict[int, list[OfferedPrize]] = {}
    rows = session.execute(
        select(
            Prize.group_id, Prize.id, Prize.name, Prize.stock, Prize.given, Prize.odds_ppm, Prize.releases
        )
        .join(PrizeGroup, PrizeGroup.id == Prize.group_id)
        .where(PrizeGroup.campaign_id == campaign_id)
        .order_by(Prize.ordinal)
    )  # fmt: skip
    for group_id, prize_id, name, stock, given, odds_ppm, releases in rows:
        offered = OfferedPrize(prize_id, name, stock, given, odds_ppm, releases_of(releases))
        prizes.setdefault(group_id, []).append(offered)
    return tuple(
        OfferedGroup(
            id=group.id,
            name=group.name,
            kind=group.kind,
            least_points=group.least_points,
            unit_quota=group.unit_quota,
            ties=group.ties,
            collecting=group.collecting,
            place=group.place,
            claim_days=group.claim_days,
            prizes=tuple(prizes.get(group.id, ())),
            settled_ms=group.settled_ms,
            draw_id=draw_id,
            draw_state=draw_state,
        )
        for group, draw_id, draw_state in groups
    )
