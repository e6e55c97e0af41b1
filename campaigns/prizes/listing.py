"""What became of a campaign's prizes: how many of each are left, and every award with how far it has got."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from campaigns.clock import MINUTE, in_words
from campaigns.privacy import shown
from campaigns.tables import Award, Campaign, Claim, Person, Prize, PrizeGroup, Unit
from campaigns.text_tables import TextTable

AWARD_STATES = {"awarded": "有效", "forfeited": "已作废", "unfilled": "空缺"}
KIND_NAMES = {"rank": "名次奖", "draw": "抽奖", "instant": "即时抽奖", "passed": "证书"}


class Which(StrEnum):
    """Which awards of a campaign."""

    ALL = "all"
    OVERDUE = "overdue"
    UNCLAIMED = "unclaimed"
    WAITING = "waiting"
    HANDED_OUT = "handed_out"
    FORFEITED = "forfeited"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Which.ALL: "全部",
    Which.OVERDUE: "逾期未领",
    Which.UNCLAIMED: "没有登记地址",
    Which.WAITING: "没有发放",
    Which.HANDED_OUT: "已经发放",
    Which.FORFEITED: "已经作废",
}


@dataclass(frozen=True, slots=True)
class Stocked:
    """A prize and what became of it."""

    group_id: int
    group: str
    kind: str
    prize_id: int
    prize: str
    stock: int
    given: int
    live: int
    """Awards of it that hold, counted: as many as were `given`, or something is wrong."""
    handed_out: int

    @property
    def left(self) -> int:
        return self.stock - self.given

    @property
    def kind_name(self) -> str:
        return KIND_NAMES[self.kind]

    @property
    def adds_up(self) -> bool:
        return self.live == self.given


@dataclass(frozen=True, slots=True)
class AwardLine:
    id: int
    campaign_id: int
    group_id: int
    group: str
    kind: str
    collecting: str
    prize: str
    person_id: int | None
    """Who the winner is by now; None: nobody, the prize stayed unfilled."""
    name: str
    """In full, for whoever may see it; empty: a guest."""
    unit: str
    entrant: str | None
    rank: int | None
    draw_id: str | None
    sequence: int | None
    state: str
    reason: str
    awarded_ms: int
    claim_until_ms: int | None
    claimed_ms: int | None
    """When the winner said where they want it."""
    way: str
    """As they said; empty: not yet."""
    redeemed_ms: int | None
    redeemed_by: str
    shipment: str
    replaces_id: int | None
    """The forfeited award whose prize this one has."""

    @property
    def is_live(self) -> bool:
        return self.state == "awarded"

    @property
    def last_ms(self) -> int | None:
        """The last minute in which it may be claimed; None: no deadline."""
        return None if self.claim_until_ms is None else self.claim_until_ms - MINUTE

    def called(self, *, full: bool) -> str:
        """The winner in full or masked; empty where there is none."""
        if self.entrant is None:
            return ""
        if self.name and full:
            return self.name
        return shown(self.name, self.entrant)

    def progress(self, now: int) -> str:
        """How far it has got, in words."""
        if self.state != "awarded":
            return AWARD_STATES[self.state]
        if self.redeemed_ms is not None:
            return "已寄出" if self.shipment else "已发放"
        if self.collecting == "none":
            return "不用领取"
        if self.way == "post":
            return "已登记，待寄出"
        if self.claim_until_ms is not None and self.claim_until_ms <= now:
            return "逾期未领"
        if self.claimed_ms is not None:
            return "已登记，待领取"
        return "没有登记地址" if self.collecting == "post" else "待领取"


def stock_of(session: Session, campaign_id: int) -> list[Stocked]:
    """The prizes of a campaign in their order."""
    live = (
        select(
            Award.prize_id,
            func.count().label("live"),
            func.count(Award.redeemed_ms).label("handed_out"),
        )
        .where(Award.campaign_id == campaign_id, Award.state == "awarded")
        .group_by(Award.prize_id)
        .subquery()
    )
    rows = session.execute(
        select(
            PrizeGroup.id,
            PrizeGroup.name,
            PrizeGroup.kind,
            Prize.id,
            Prize.name,
            Prize.stock,
            Prize.given,
            func.coalesce(live.c.live, 0),
            func.coalesce(live.c.handed_out, 0),
        )
        .join(Prize, Prize.group_id == PrizeGroup.id)
        .outerjoin(live, live.c.prize_id == Prize.id)
        .where(PrizeGroup.campaign_id == campaign_id)
        .order_by(PrizeGroup.ordinal, Prize.ordinal)
    )
    return [Stocked(*row) for row in rows]


def counts_of(
    session: Session, campaign_id: int, overdue: Collection[int], group_id: int | None = None
) -> dict[Which, int]:
    """How many awards there are of each, in all or of one group; `overdue` are ids, as `forfeiting` gives them."""
    found = {}
    for which in Which:
        query = _of(campaign_id, which, overdue, group_id)
        found[which] = session.scalars(select(func.count()).select_from(query.subquery())).one()
    return found


def awards_of(
    session: Session,
    campaign_id: int,
    which: Which = Which.ALL,
    overdue: Collection[int] = (),
    *,
    group_id: int | None = None,
    skipped: int = 0,
    most: int | None = None,
) -> list[AwardLine]:
    """Awards by group and prize, in the order in which they were made; `overdue` as `counts_of` takes it."""
    query = _of(campaign_id, which, overdue, group_id)
    return _lines(session, query.order_by(PrizeGroup.ordinal, Prize.ordinal, Award.id).offset(skipped).limit(most))


def award_lines(session: Session, campaign_id: int, award_ids: Collection[int]) -> dict[int, AwardLine]:
    """Awards of a campaign by id; others are left out."""
    query = _of(campaign_id, Which.ALL, (), None).where(Award.id.in_(award_ids))
    return {one.id: one for one in _lines(session, query)}


def won_twice(session: Session, campaign_id: int) -> list[AwardLine]:
    """Live awards of whoever has several where one may win once, person by person: they were merged since they won.

    Which of them stands is for the organiser to decide.
    """
    wins = session.scalars(select(Campaign.wins).where(Campaign.id == campaign_id)).one()
    if wins == "any":
        return []
    living = func.coalesce(Person.merged_into_id, Person.id)
    several = session.scalars(
        select(living)
        .join(Award, Award.person_id == Person.id)
        .where(Award.campaign_id == campaign_id, Award.state == "awarded")
        .group_by(living)
        .having(func.count() > 1)
    ).all()
    if not several:
        return []
    theirs = Award.person_id.in_(
        select(Person.id).where(or_(Person.id.in_(several), Person.merged_into_id.in_(several)))
    )
    live = [one for one in _lines(session, _of(campaign_id, Which.ALL, (), None).where(theirs)) if one.is_live]
    where = {one.id: (one.person_id or 0, one.group_id if wins == "group" else 0) for one in live}
    counts = Counter(where.values())
    return sorted((one for one in live if counts[where[one.id]] > 1), key=lambda one: (where[one.id], one.id))


def successors_of(session: Session, lines: Sequence[AwardLine]) -> dict[int, AwardLine]:
    """Who has the prizes of forfeited awards now, by the forfeited one's id."""
    lost = [one for one in lines if one.state == "forfeited"]
    if not lost:
        return {}
    earlier = aliased(Award)
    query = (
        select(Award.id, earlier.id.label("lost_id"))
        .join(
            earlier,
            or_(
                Award.replaces_id == earlier.id,
                and_(Award.draw_id == earlier.draw_id, Award.replaces == earlier.sequence),
            ),
        )
        .where(earlier.id.in_([one.id for one in lost]))
    )
    pairs = {row.id: row.lost_id for row in session.execute(query)}
    heirs = award_lines(session, lost[0].campaign_id, list(pairs))
    return {pairs[award_id]: line for award_id, line in heirs.items()}


def table_of(lines: Sequence[AwardLine], zone: str, now: int, *, full: bool) -> TextTable:
    """The list as offices keep it: names in full, or masked."""
    header = (
        "奖项组", "奖品", "姓名", "单位", "抽奖编号", "名次", "状态", "获奖时间", "领取截止", "登记时间", "发放时间",
        "发放人", "快递单号", "说明",
    )  # fmt: skip
    rows = [
        (
            one.group,
            one.prize,
            one.called(full=full) or "（空缺）",
            one.unit,
            one.entrant or "",
            one.rank,
            one.progress(now),
            in_words(one.awarded_ms, zone),
            _moment(one.last_ms, zone),
            _moment(one.claimed_ms, zone),
            _moment(one.redeemed_ms, zone),
            one.redeemed_by,
            one.shipment,
            one.reason,
        )
        for one in lines
    ]
    return TextTable("获奖名单", header, rows)


def _moment(ms: int | None, zone: str) -> str:
    return "" if ms is None else in_words(ms, zone)


def _of(campaign_id: int, which: Which, overdue: Collection[int], group_id: int | None) -> Select[Any]:
    query = (
        select(Award.id)
        .join(Prize, Prize.id == Award.prize_id)
        .join(PrizeGroup, PrizeGroup.id == Prize.group_id)
        .outerjoin(Claim, Claim.award_id == Award.id)
        .where(Award.campaign_id == campaign_id, _is(which, overdue))
    )
    return query if group_id is None else query.where(PrizeGroup.id == group_id)


def _is(which: Which, overdue: Collection[int]) -> ColumnElement[bool]:
    waiting = and_(Award.state == "awarded", Award.redeemed_ms.is_(None), PrizeGroup.collecting != "none")
    match which:
        case Which.ALL:
            return Award.id > 0
        case Which.OVERDUE:
            return Award.id.in_(overdue) if overdue else false()
        case Which.UNCLAIMED:
            return and_(waiting, PrizeGroup.collecting == "post", Claim.award_id.is_(None))
        case Which.WAITING:
            return waiting
        case Which.HANDED_OUT:
            return Award.redeemed_ms.is_not(None)
        case Which.FORFEITED:
            return Award.state == "forfeited"


def _lines(session: Session, query: Select[Any]) -> list[AwardLine]:
    said, lives = aliased(Person), aliased(Person)
    rows: Sequence[Any] = session.execute(
        query.outerjoin(said, said.id == Award.person_id)
        .outerjoin(lives, lives.id == func.coalesce(said.merged_into_id, said.id))
        .outerjoin(Unit, Unit.id == lives.unit_id)
        .with_only_columns(
            Award.id,
            Award.campaign_id,
            PrizeGroup.id,
            PrizeGroup.name,
            PrizeGroup.kind,
            PrizeGroup.collecting,
            Award.prize,
            lives.id,
            func.coalesce(lives.name, ""),
            func.coalesce(Unit.name, ""),
            Award.entrant,
            Award.rank,
            Award.draw_id,
            Award.sequence,
            Award.state,
            Award.reason,
            Award.awarded_ms,
            Award.claim_until_ms,
            Claim.claimed_ms,
            func.coalesce(Claim.way, ""),
            Award.redeemed_ms,
            Award.redeemed_by,
            func.coalesce(Claim.shipment, ""),
            Award.replaces_id,
            maintain_column_froms=True,
        )
    ).all()
    return [AwardLine(*row) for row in rows]
