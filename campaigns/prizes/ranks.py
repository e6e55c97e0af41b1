"""Prizes by rank (名次奖): proposed from the final ranking, settled once, handed on when an award is forfeited.

The order is that of the ranking: points, time used, earlier finish, person. Who may not win is passed over, and the
next one moves up. Where not all of those who are level at the last place can have a prize, they are listed: whoever
settles chooses among them, for a reason that is published, or raises the stock first; nobody else's place is touched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaigns.draws.pseudonyms import pseudonym
from campaigns.draws.waiting import is_pending, waits_for_scores
from campaigns.errors import Moved, NotFound, Refused
from campaigns.keeping.changes import What, note_down
from campaigns.keeping.listing import find
from campaigns.privacy.purged import refuse_purged
from campaigns.prizes.awards import Winner, put_on_record, served_units, take_back, take_turn, terms_of, winners_of
from campaigns.prizes.exclusions import excluded_ids
from campaigns.prizes.reasons import stated
from campaigns.standings import TIE_RULE
from campaigns.tables import Award, Campaign, Person, Prize, PrizeGroup, Standing, Unit

EXCLUDED = "在排除名单中"
WON = "在本活动中已经获奖"
HAD_ONE = "在这一组中得过奖"
UNIT_FULL = "单位的名额已满"
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody in the ranking, as the organiser reads it: full names, not for participants."""

    rank: int
    """In the whole ranking, from 1."""
    person_id: int
    name: str
    """Empty for a guest."""
    unit: str
    """Its name; empty: none."""
    points: int
    used_ms: int
    prize: str
    """What they get; empty: nothing, or nothing is decided yet."""
    entrant: str
    """Their pseudonym in the campaign."""
    finished_ms: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """Who gets what if it were settled now."""

    places: tuple[Place, ...]
    """Those whose prize is certain."""
    level: tuple[Place, ...]
    """Level at the last place, among whom `to_choose` must be chosen; empty: there is nothing to choose."""
    seats: int
    """The prizes that there are."""
    passed_over: tuple[tuple[Place, str], ...]
    """Who stands before the last that gets a prize and gets none, and why."""

    @property
    def to_choose(self) -> int:
        """How many of those who are level get a prize."""
        return self.seats - len(self.places) if self.level else 0


@dataclass(frozen=True, slots=True)
class Contender:
    """A standing, as far as it matters for prizes."""

    rank: int
    person_id: int
    unit_id: int | None
    points: int
    used_ms: int
    finished_ms: int


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for the prizes of a group."""

    ties: str
    """Who is level: ``time``: those with equal points and times; ``points``: all with equal points."""
    quota: int | None
    """The most of one unit; None: no limit."""
    barred: Mapping[int, str]
    """Who may have none, and why."""
    served: Mapping[int, int]
    """How many the persons of each unit have already."""

    def level(self, one: Contender) -> tuple[int, ...]:
        """Those for whom this is the same are level."""
        return (one.points,) if self.ties == "points" else (one.points, one.used_ms, one.finished_ms)


@dataclass(frozen=True, slots=True)
class Seating:
    seated: tuple[Contender, ...]
    level: tuple[Contender, ...]
    passed_over: tuple[tuple[Contender, str], ...]


def seat(contenders: Iterable[Contender], seats: int, rule: Rule) -> Seating:
    """Give so many seats to contenders, who come in the order of the ranking, as far as it decides."""
    seated: list[Contender] = []
    passed_over: list[tuple[Contender, str]] = []
    level: list[Contender] = []
    served = Counter(rule.served)
    for _, equal in groupby(contenders, key=rule.level):
        if len(seated) == seats:
            break
        able = []
        for one in equal:
            full = UNIT_FULL if _is_full(one, served, rule) else ""
            why = rule.barred.get(one.person_id, full)
            passed_over += [(one, why)] if why else []
            able += [] if why else [one]
        fitting = _fitting(able, served, rule)
        if len(seated) + len(fitting) > seats:
            level = able
            break
        sits = {one.rank for one in fitting}
        passed_over += [(one, UNIT_FULL) for one in able if one.rank not in sits]
        seated += fitting
        served.update(one.unit_id for one in fitting if one.unit_id is not None)
    return Seating(tuple(seated), tuple(level), tuple(sorted(passed_over, key=lambda found: found[0].rank)))


def propose(session: Session, slug: str, group_name: str, now: int) -> Proposal:
    """Who would get the prizes of a group by the ranking as it is.

    Raises NotFound, and Refused while the ranking may still change or the group cannot be settled: the text says why.
    """
    campaign, group = _find(session, slug, group_name)
    _check(session, campaign, group, now)
    prizes, seating = _seating(session, campaign, group)
    names = _Names(session, campaign.salt, [*seating.seated, *seating.level, *(one for one, _ in seating.passed_over)])
    return Proposal(
        places=tuple(names.place(one, prize) for one, prize in zip(seating.seated, prizes, strict=False)),
        level=tuple(names.place(one) for one in seating.level),
        seats=len(prizes),
        passed_over=tuple((names.place(one), why) for one, why in seating.passed_over),
    )


def settle(
    session: Session,
    slug: str,
    group_name: str,
    chosen: Sequence[int],
    reason: str,
    by: str,
    now: int,
    *,
    seen: Sequence[int] | None = None,
) -> tuple[Place, ...]:
    """Award the prizes of a group, once and for good; gives who has them. What nobody can have stays unfilled.

    `chosen` are the persons who get a prize of those who are level at the last place, with the `reason` for it, which
    is published. `seen` are the persons of the places as the organiser was shown them.

    Raises NotFound; Refused as `propose`, and for a choice that cannot be; Moved when the places are others by now.
    """
    campaign, group = _find(session, slug, group_name)
    take_turn(session, campaign.id)
    session.refresh(campaign)
    session.refresh(group)
    _check(session, campaign, group, now)
    settled = (
        update(PrizeGroup)
        .where(PrizeGroup.id == group.id, PrizeGroup.settled_ms.is_(None))
        .values(settled_ms=now)
        .returning(PrizeGroup.id)
        .execution_options(synchronize_session=False)
    )
    if session.execute(settled).one_or_none() is None:
        raise _settled(group)
    prizes, seating = _seating(session, campaign, group)
    if seen is not None and [one.person_id for one in seating.seated] != list(seen):
        raise Moved("名单和您看到的不一样了（成绩、排除名单或单位有变动），请重新核对后再确认。")
    reason = stated(reason) if seating.level or reason.strip() else ""
    winners = [*seating.seated, *_chosen(seating, chosen, len(prizes), _rule(session, campaign, group))]
    names = _Names(session, campaign.salt, winners)
    places = tuple(names.place(one, prize) for one, prize in zip(winners, prizes, strict=False))
    _record(
        session,
        group,
        [
            *(Winner(place.prize, place.entrant, place.person_id, rank=place.rank) for place in places),
            *(Winner(prize, None, None) for prize in prizes[len(places) :]),
        ],
        now,
    )
    said = {"group": group.name, "awards": len(places)}
    note_down(session, campaign.id, What.RANKS_SETTLED, by, now, said=said, note=reason)
    return places


def replace(session: Session, award_id: int, reason: str, by: str, now: int) -> Place | None:
    """Forfeit an award by rank: its prize goes to the next in the ranking who may have it and never had one of the
    group. Gives who that is; None: nobody is left, and that is on record.

    Raises NotFound, and Refused where there is nothing to forfeit, without a reason, or while the ranking may change.
    """
    reason = stated(reason)
    row = session.execute(
        select(Award.prize, Prize.group_id, Award.campaign_id)
        .join(Prize, Prize.id == Award.prize_id)
        .where(Award.id == award_id)
    ).one_or_none()
    if row is None:
        raise NotFound(f"没有编号为 {award_id} 的中奖记录，请核对编号。")
    take_turn(session, row.campaign_id)
    campaign = session.get_one(Campaign, row.campaign_id, populate_existing=True)
    group = session.get_one(PrizeGroup, row.group_id)
    if group.kind != "rank":
        raise Refused("这份奖品不是按名次得的，没有下一名。")
    _check_final(session, campaign, now)
    if not take_back(session, award_id, reason, now):
        raise Refused("这份奖品已经领走或者已经作废，不能再作废。")
    had_one = session.scalars(
        select(Award.person_id)
        .join(Prize, Prize.id == Award.prize_id)
        .where(Prize.group_id == group.id, Award.person_id.is_not(None))
    )
    barred = dict.fromkeys(_living(session, [one for one in had_one if one is not None]), HAD_ONE)
    rule = _rule(session, campaign, group, barred)
    with closing(_contenders(session, campaign.id, group.least_points)) as contenders:
        able = (one for one in contenders if one.person_id not in rule.barred and not _is_full(one, rule.served, rule))
        successor = next(able, None)
    place = None if successor is None else _Names(session, campaign.salt, [successor]).place(successor, row.prize)
    winner = (
        Winner(row.prize, None, None, replaces_id=award_id)
        if place is None
        else Winner(row.prize, place.entrant, place.person_id, rank=place.rank, replaces_id=award_id)
    )
    _record(session, group, [winner], now)
    note_down(session, campaign.id, What.FORFEITED, by, now, said={"prize": row.prize}, note=reason)
    return place


# --- seats -----------------------------------------------------------------------------------------------------


def _served(seated: Iterable[Contender], rule: Rule) -> Counter[int]:
    return Counter(rule.served) + Counter(one.unit_id for one in seated if one.unit_id is not None)


def _is_full(one: Contender, served: Mapping[int, int], rule: Rule) -> bool:
    return rule.quota is not None and one.unit_id is not None and served.get(one.unit_id, 0) >= rule.quota


def _fitting(able: Iterable[Contender], served: Mapping[int, int], rule: Rule) -> list[Contender]:
    """As many as the quota lets pass, in their order."""
    counts, fitting = Counter(served), []
    for one in able:
        if not _is_full(one, counts, rule):
            fitting.append(one)
            counts.update([one.unit_id] if one.unit_id is not None else [])
    return fitting


def _chosen(seating: Seating, chosen: Sequence[int], seats: int, rule: Rule) -> list[Contender]:
    """Those of the level who were chosen, in the order of the ranking. Raises Refused."""
    wanted = set(chosen)
    if not seating.level:
        if wanted:
            raise Refused("最后一名没有并列，不用挑选：请重新核对名单后再确认。")
        return []
    left = seats - len(seating.seated)
    if len(wanted) != len(chosen) or len(wanted) != left or wanted - {one.person_id for one in seating.level}:
        raise Refused(f"请在最后一名并列的 {len(seating.level)} 人中恰好选 {left} 人，或者先增加奖品。")
    found = [one for one in seating.level if one.person_id in wanted]
    if len(_fitting(found, _served(seating.seated, rule), rule)) < len(found):
        raise Refused(f"选中的人里有单位超过了每单位 {rule.quota} 份的名额，请换人。")
    return found


# --- what is on record -----------------------------------------------------------------------------------------


def _find(session: Session, slug: str, group_name: str) -> tuple[Campaign, PrizeGroup]:
    campaign = find(session, slug)
    own = (PrizeGroup.campaign_id == campaign.id, PrizeGroup.name == group_name.strip())
    group = session.scalars(select(PrizeGroup).where(*own)).one_or_none()
    if group is None:
        raise NotFound(f"活动 {slug} 没有名为“{group_name[:64]}”的奖项，请核对名称。")
    if group.kind != "rank":
        raise Refused(f"“{group.name}”不是名次奖，不按名次评定。")
    return campaign, group


def _check(session: Session, campaign: Campaign, group: PrizeGroup, now: int) -> None:
    """Raises Refused."""
    if group.settled_ms is not None:
        raise _settled(group)
    if campaign.mode == "practice":
        raise Refused("练习活动不排名次，没有名次奖。")
    _check_final(session, campaign, now)


def _check_final(session: Session, campaign: Campaign, now: int) -> None:
    """Raises Refused while the ranking may still change, or awards wait for a draw."""
    is_over = campaign.state in {"closed", "archived"} or (campaign.closes_ms is not None and campaign.closes_ms <= now)
    if campaign.state == "draft" or not is_over:
        raise Refused(f"活动 {campaign.slug} 还没有结束，名次还会变，请在结束以后再办。")
    refuse_purged(session, campaign.id, "评定名次")
    if waits := waits_for_scores(session, campaign.id, now):
        raise Refused(waits)
    if campaign.wins == "campaign" and is_pending(session, campaign.id):
        raise Refused("有一次抽奖已经冻结名单、还没有开奖，而本活动每人只能得一次奖：请先开奖。")


def _settled(group: PrizeGroup) -> Refused:
    return Refused(f"“{group.name}”已经评定过了，不能再评；有人不能领奖时，请把那一份作废，由下一名递补。")


def _seating(session: Session, campaign: Campaign, group: PrizeGroup) -> tuple[list[str], Seating]:
    """The prizes that are there, one by one in their order, and who gets them."""
    rows = session.execute(
        select(Prize.name, Prize.stock - Prize.given).where(Prize.group_id == group.id).order_by(Prize.ordinal)
    )
    prizes = [name for name, left in rows for _ in range(left)]
    rule = _rule(session, campaign, group)
    with closing(_contenders(session, campaign.id, group.least_points)) as contenders:
        return prizes, seat(contenders, len(prizes), rule)


def _rule(session: Session, campaign: Campaign, group: PrizeGroup, barred: Mapping[int, str] | None = None) -> Rule:
    winners = winners_of(session, campaign.id) if campaign.wins == "campaign" else frozenset()
    return Rule(
        ties=group.ties,
        quota=group.unit_quota,
        barred={
            **(barred or {}),
            **dict.fromkeys(winners, WON),
            **dict.fromkeys(excluded_ids(session, campaign.id), EXCLUDED),
        },
        served={} if group.unit_quota is None else served_units(session, group.id),
    )


def _contenders(session: Session, campaign_id: int, least_points: int) -> Generator[Contender]:
    """The ranking, as far down as there are points enough; read as it is asked for."""
    query = (
        select(Standing.person_id, Person.unit_id, Standing.points, Standing.used_ms, Standing.finished_ms)
        .join(Person, Person.id == Standing.person_id)
        .where(Standing.campaign_id == campaign_id, Standing.points >= least_points)
        .order_by(*TIE_RULE)
    )
    rows = session.execute(query, execution_options={"yield_per": AT_ONCE})
    try:
        for rank, row in enumerate(rows, start=1):
            yield Contender(rank, *row)
    finally:
        rows.close()


def _living(session: Session, person_ids: Sequence[int]) -> set[int]:
    """These persons, and who they are by now."""
    found = set(person_ids)
    for begin in range(0, len(person_ids), AT_ONCE):
        own = Person.id.in_(person_ids[begin : begin + AT_ONCE])
        merged = session.scalars(select(Person.merged_into_id).where(own, Person.merged_into_id.is_not(None)))
        found.update(one for one in merged if one is not None)
    return found


def _record(session: Session, group: PrizeGroup, winners: Sequence[Winner], now: int) -> None:
    try:
        put_on_record(session, terms_of(session, group.id), winners, now)
    except IntegrityError as error:
        raise Moved("奖品或者获奖人刚刚有了变动，什么也没有改：请重新核对后再确认。") from error


class _Names:
    """What contenders are called."""

    def __init__(self, session: Session, salt: str, contenders: Sequence[Contender]) -> None:
        self._salt = salt
        self._found: dict[int, tuple[str, str]] = {}
        ids = [one.person_id for one in contenders]
        for begin in range(0, len(ids), AT_ONCE):
            rows = session.execute(
                select(Person.id, Person.name, Unit.name)
                .outerjoin(Unit, Unit.id == Person.unit_id)
                .where(Person.id.in_(ids[begin : begin + AT_ONCE]))
            )
            self._found |= {person_id: (name, unit or "") for person_id, name, unit in rows}

    def place(self, one: Contender, prize: str = "") -> Place:
        name, unit = self._found[one.person_id]
        return Place(
            rank=one.rank,
            person_id=one.person_id,
            name=name,
            unit=unit,
            points=one.points,
            used_ms=one.used_ms,
            prize=prize,
            entrant=pseudonym(self._salt, one.person_id),
            finished_ms=one.finished_ms,
        )
