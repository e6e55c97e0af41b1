"""What would go wrong with a campaign's prizes: nobody who could win them, or more of them than people."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from campaigns import tables
from campaigns.clock import in_words, minute_of_day
from campaigns.keeping.findings import ERROR, WARNING, Finding
from campaigns.prizes import groups as prize_groups
from campaigns.prizes.planning import MOST_TICKETS
from campaigns.prizes.rules import PlannedGroup, PlannedPrize, TicketRule, ticket_rule
from campaigns.units.tree import takes_part

GROUPS, TICKETS = "prize_groups", "tickets"
"""The fields of `Plan` that all of this is about."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How far anybody can come in a campaign."""

    days: int | None
    """On how many days one can play; None: no end of them."""
    attempt: int | None
    """The points of one attempt; None, as in the following: nobody knows."""
    standing: int | None
    usable: Callable[[int], int]
    """For how many ms the campaign can be played from a moment on."""


def prize_findings(session: Session, campaign: tables.Campaign, reach: Reach) -> Iterator[Finding]:
    groups = prize_groups.planned(session, campaign.id)
    yield from _tickets(campaign, ticket_rule(campaign.tickets), reach)
    for group in groups:
        yield from _points(campaign, group, reach)
        yield from _collecting(group)
        for prize in group.prizes:
            yield from _releases(campaign, prize, reach)
    yield from _kinds(campaign, {group.kind for group in groups})
    yield from _people(campaign, groups, _headcount(session, campaign))


def _tickets(campaign: tables.Campaign, rule: TicketRule, reach: Reach) -> Iterator[Finding]:
    days = reach.days if campaign.attempts_in_all is None else min(reach.days or 1_000, campaign.attempts_in_all)
    if rule.counts_days and days == 1:
        yield Finding(WARNING, "每多答一天加抽奖券，而每人只有一天可以答，谁也加不到：请去掉这一条。", TICKETS)
    if reach.standing is None:
        return
    above = reach.standing - campaign.draw_points
    if 0 <= above < rule.per_points:
        yield Finding(
            WARNING,
            f"比抽奖分每多 {rule.per_points} 分加一张券，而满分只比抽奖分多 {above} 分，谁也加不到：请改小一些。",
            TICKETS,
        )
    most = rule.tickets(reach.standing, campaign.draw_points, days or 366)
    if most > MOST_TICKETS:
        yield Finding(
            ERROR, f"一个人最多能有 {most} 张抽奖券，抽奖和核验会太慢：请写上不超过 {MOST_TICKETS} 的上限。", TICKETS
        )


def _points(campaign: tables.Campaign, group: PlannedGroup, reach: Reach) -> Iterator[Finding]:
    called, reachable = ("一份试卷", reach.attempt) if group.kind == "instant" else ("满分", reach.standing)
    if reachable is not None and group.least_points > reachable:
        yield Finding(
            ERROR,
            f"奖项“{group.name}”要 {group.least_points} 分，而{called}只有 {reachable} 分，没有人能得：请改低一些。",
            GROUPS,
        )
    if group.kind == "passed" and not (group.least_points or campaign.pass_points):
        yield Finding(
            WARNING, f"“{group.name}”没有写要的分数，活动也没有合格分，答完的人都有证书：请看是不是这样。", GROUPS
        )


def _collecting(group: PlannedGroup) -> Iterator[Finding]:
    if group.collecting == "pickup" and not group.place:
        yield Finding(
            WARNING, f"奖项“{group.name}”要自己来领，而没有写地点，中奖的人不知道去哪里：请写上地点和时间。", GROUPS
        )


def _releases(campaign: tables.Campaign, prize: PlannedPrize, reach: Reach) -> Iterator[Finding]:
    since, until = campaign.hours_from or 0, 1440 if campaign.hours_until is None else campaign.hours_until
    for release in prize.releases:
        at = in_words(release.at_ms, campaign.timezone)
        if reach.usable(release.at_ms) == 0:
            yield Finding(
                ERROR, f"“{prize.name}”在 {at} 放出 {release.count} 份，而此后没有人能答题：请改早一些。", GROUPS
            )
        elif not since <= minute_of_day(release.at_ms, campaign.timezone) < until:
            yield Finding(
                WARNING,
                f"“{prize.name}”在 {at} 放出 {release.count} 份，这时不在答题时段里，到时段开始才有人能中。",
                GROUPS,
            )


def _kinds(campaign: tables.Campaign, kinds: set[str]) -> Iterator[Finding]:
    if "draw" in kinds and not campaign.two_person:
        yield Finding(WARNING, "有抽奖而开奖只要一个人：可以改成一人录入号码、另一人确认，更让人信服。", "two_person")
    if "instant" in kinds and campaign.attempts_per_day is None and campaign.attempts_in_all is None:
        yield Finding(WARNING, "答完就能当场抽奖，而答题次数不限，有人会一直答到中奖：请限制每天或一共的次数。", GROUPS)
    if "rank" in kinds and campaign.closes_ms is None:
        yield Finding(WARNING, "按名次的奖项要等活动结束才能评，而活动没有结束时间：请写上，或者记得手工结束。", GROUPS)


def _people(campaign: tables.Campaign, groups: Sequence[PlannedGroup], people: int | None) -> Iterator[Finding]:
    """A person has at most one prize of a rank or a draw, and where wins are limited, of all that they count for."""
    if people is None:
        return
    stocks = {group.name: sum(prize.stock for prize in group.prizes) for group in groups}
    if campaign.wins == "campaign" and sum(stocks.values()) > people:
        yield Finding(
            WARNING,
            f"奖品一共 {sum(stocks.values())} 份，每人只能中一次，而能参加的只有 {people} 人，有些会发不出去。",
            GROUPS,
        )
        return
    for group in groups:
        if stocks[group.name] > people and (campaign.wins == "group" or group.kind != "instant"):
            yield Finding(
                WARNING,
                f"奖项“{group.name}”有 {stocks[group.name]} 份，而能参加的只有 {people} 人，有些会发不出去。",
                GROUPS,
            )


def _headcount(session: Session, campaign: tables.Campaign) -> int | None:
    """How many people can take part at all; None: nobody knows."""
    match campaign.admission:
        case "roster":
            return _rostered(session, campaign.id)
        case "unit":
            return _told_by_units(session, campaign.id)
    return None


def _rostered(session: Session, campaign_id: int) -> int:
    person, unit = tables.Person, tables.Unit
    return session.execute(
        select(func.count())
        .select_from(person)
        .join(unit, unit.id == person.unit_id)
        .where(person.rostered, person.merged_into_id.is_(None), takes_part(campaign_id))
    ).scalar_one()


def _told_by_units(session: Session, campaign_id: int) -> int | None:
    """As many as the units that take part have, those without any below them; None unless all have told."""
    unit, below = tables.Unit, aliased(tables.Unit)
    lowest = ~exists().where(below.parent_id == unit.id, below.level != "department")
    told = session.scalars(
        select(unit.headcount).where(~unit.retired, unit.level != "department", lowest, takes_part(campaign_id))
    ).all()
    return None if not told or None in told else sum(count or 0 for count in told)
