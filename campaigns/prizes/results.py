"""Who won what, as others may read it: for public pages, lists on notice boards, and the screen of a ceremony."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from campaigns.privacy import guest, shown
from campaigns.tables import Award, Person, Prize, PrizeGroup, Unit

UNFILLED = "（空缺）"
"""What stands for the name where nobody has the prize."""


@dataclass(frozen=True, slots=True)
class WinnerLine:
    """One award, live or not."""

    award_id: int
    group: str
    kind: str
    """How the group is won: see `campaigns.tables.PrizeGroup`."""
    prize: str
    name: str
    """Masked, unless full names were asked for; guests by their pseudonym; `UNFILLED` where there is nobody."""
    unit: str
    """The name of the winner's unit by now; empty: none."""
    entrant: str
    """The winner's pseudonym in the campaign; empty where there is nobody."""
    rank: int | None
    state: str
    """``awarded``, ``forfeited`` or ``unfilled``."""
    reason: str
    """Why it was forfeited."""
    draw_id: str | None
    sequence: int | None
    """Within its draw."""
    replaces: int | None
    """The sequence of the award of its draw whose prize this one has."""
    replaces_id: int | None
    """The same of any kind, by `award_id`."""
    awarded_ms: int
    redeemed_ms: int | None
    """When it was handed out."""

    @property
    def is_live(self) -> bool:
        return self.state == "awarded"


def winners(
    session: Session,
    campaign_id: int,
    *,
    group_id: int | None = None,
    draw_id: str | None = None,
    full_names: bool = False,
) -> list[WinnerLine]:
    """All awards of a campaign, or of one group or draw: groups and prizes in their order, then as they were awarded.

    A winner who turned out to be somebody else goes by that person's name and unit.
    """
    former, person = aliased(Person), aliased(Person)
    query = (
        select(
            Award.id,
            PrizeGroup.name.label("group"),
            PrizeGroup.kind,
            Award.prize,
            person.name.label("person"),
            Unit.name.label("unit"),
            Award.entrant,
            Award.rank,
            Award.state,
            Award.reason,
            Award.draw_id,
            Award.sequence,
            Award.replaces,
            Award.replaces_id,
            Award.awarded_ms,
            Award.redeemed_ms,
        )
        .join(Prize, Prize.id == Award.prize_id)
        .join(PrizeGroup, PrizeGroup.id == Prize.group_id)
        .outerjoin(former, former.id == Award.person_id)
        .outerjoin(person, person.id == func.coalesce(former.merged_into_id, former.id))
        .outerjoin(Unit, Unit.id == person.unit_id)
        .where(Award.campaign_id == campaign_id)
        .order_by(PrizeGroup.ordinal, Prize.ordinal, func.coalesce(Award.sequence, Award.rank, 0), Award.id)
    )
    if group_id is not None:
        query = query.where(PrizeGroup.id == group_id)
    if draw_id is not None:
        query = query.where(Award.draw_id == draw_id)
    return [
        WinnerLine(
            award_id=row.id,
            group=row.group,
            kind=row.kind,
            prize=row.prize,
            name=_name(row.person or "", row.entrant, full_names=full_names),
            unit=row.unit or "",
            entrant=row.entrant or "",
            rank=row.rank,
            state=row.state,
            reason=row.reason,
            draw_id=row.draw_id,
            sequence=row.sequence,
            replaces=row.replaces,
            replaces_id=row.replaces_id,
            awarded_ms=row.awarded_ms,
            redeemed_ms=row.redeemed_ms,
        )
        for row in session.execute(query)
    ]


def _name(name: str, entrant: str | None, *, full_names: bool) -> str:
    if entrant is None:
        return UNFILLED
    if full_names:
        return name or guest(entrant)
    return shown(name, entrant)
