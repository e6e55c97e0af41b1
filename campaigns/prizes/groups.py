"""Groups of prizes in SQL: laid down as they were planned, read again."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from campaigns.prizes.rules import PlannedGroup, PlannedPrize, releases_of
from campaigns.tables import Prize, PrizeGroup


def lay_down(session: Session, campaign_id: int, groups: Sequence[PlannedGroup]) -> list[int]:
    """Write groups down behind those that are there; gives their ids."""
    last = session.scalar(select(func.max(PrizeGroup.ordinal)).where(PrizeGroup.campaign_id == campaign_id)) or 0
    ids = []
    for ordinal, group in enumerate(groups, start=last + 1):
        group_id: int = session.scalars(
            insert(PrizeGroup)
            .values(
                campaign_id=campaign_id,
                ordinal=ordinal,
                name=group.name,
                kind=group.kind,
                least_points=group.least_points,
                unit_quota=group.unit_quota,
                ties=group.ties,
                collecting=group.collecting,
                place=group.place,
                claim_days=group.claim_days,
            )
            .returning(PrizeGroup.id)
        ).one()
        ids.append(group_id)
        rows = [
            {
                "group_id": group_id,
                "ordinal": place,
                "name": prize.name,
                "stock": prize.stock,
                "odds_ppm": prize.odds_ppm,
                "releases": [[release.at_ms, release.count] for release in prize.releases],
            }
            for place, prize in enumerate(group.prizes, start=1)
        ]
        if rows:
            session.execute(insert(Prize), rows)
    return ids


def clear(session: Session, campaign_id: int) -> None:
    """Forget the groups of a draft."""
    own = select(PrizeGroup.id).where(PrizeGroup.campaign_id == campaign_id)
    session.execute(delete(Prize).where(Prize.group_id.in_(own)))
    session.execute(delete(PrizeGroup).where(PrizeGroup.campaign_id == campaign_id))


def planned(session: Session, campaign_id: int) -> tuple[PlannedGroup, ...]:
    """A campaign's groups as they would be planned again."""
    groups = session.scalars(
        select(PrizeGroup).where(PrizeGroup.campaign_id == campaign_id).order_by(PrizeGroup.ordinal)
    ).all()
    prizes = session.scalars(
        select(Prize).where(Prize.group_id.in_([group.id for group in groups])).order_by(Prize.ordinal)
    ).all()
    return tuple(
        PlannedGroup(
            name=group.name,
            kind=group.kind,
            prizes=tuple(
                PlannedPrize(prize.name, prize.stock, prize.odds_ppm, releases_of(prize.releases))
                for prize in prizes
                if prize.group_id == group.id
            ),
            least_points=group.least_points,
            unit_quota=group.unit_quota,
            ties=group.ties,
            collecting=group.collecting,
            place=group.place,
            claim_days=group.claim_days,
        )
        for group in groups
    )
