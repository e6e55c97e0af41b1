"""From the records to what a report says. Figures of the whole are those of `campaigns.figures`, added up at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import figures, tables
from campaigns.clock import in_words, local
from campaigns.editions import Edition
from campaigns.errors import NotFound, Refused
from campaigns.figures import Overview, Questions
from campaigns.item_statistics import FEWEST
from campaigns.keeping.listing import closed_by_hand
from campaigns.prizes import listing, results
from campaigns.reports import photos, unit_turnouts
from campaigns.reports.content import (
    Content,
    Order,
    OwnPlace,
    PrizeLine,
    QuestionLine,
    Turnout,
    UnitLine,
    Winner,
)
from campaigns.stores import Stores
from campaigns.unit_standings import UnitPlace
from campaigns.units.tree import LEVELS, called, takes_part, within

MEASURES = {"participation": "参与率", "average": "平均分", "total": "总分", "pass_rate": "合格率"}
STEPS = 3
"""How many steps the gathering has."""
Said = Callable[[int], None]
"""Is told how many steps are done."""


def gather(stores: Stores, slug: str, order: Order, now: int, said: Said = lambda done: None) -> Content:
    """All that a report says by now. Takes seconds where there are a million attempts.

    Raises NotFound for an unknown campaign or unit, Refused for a draft and for a unit that takes no part.
    """
    edition = stores.editions.by_slug(stores.sql, slug)
    if edition.state == "draft":
        raise Refused("这个活动还没有发布，没有可以报告的内容：请先发布。")
    with stores.sql.reading() as session:
        unit = _unit(session, edition, order)
        path, name = (unit.path, called(session, unit)) if unit else ("", "")
    units, own = _places(stores, edition, unit, now)
    counts_units = edition.mode != "practice"  # who practises has no standing, which is what units are counted by
    said(1)
    with stores.sql.reading() as session:
        turnout, questions = _turnout(session, edition, path, own, now)
        said(2)
        awards = [one for one in _awards(session, edition.id, path) if one.is_live]
        stock = () if unit else tuple(_prize(one) for one in listing.stock_of(session, edition.id))
        shown = photos.chosen(session, edition.id, order.photos)
        closed_ms = closed_by_hand(session, [edition.id]).get(edition.id)
    said(STEPS)
    day = local(now, edition.timezone)
    return Content(
        kind=order.kind,
        title=order.title,
        sender=order.sender or name or edition.organiser,
        issue=order.issue,
        issued=_date(day),
        year=day.year,
        as_of=in_words(now, edition.timezone),
        campaign=edition.name,
        theme=edition.theme,
        brand=edition.brand,
        organiser=edition.organiser,
        days=days_of(edition, closed_ms),
        is_over=edition.is_over(now),
        mode=edition.mode,
        questions_per_paper=edition.questions_per_paper,
        pass_points=edition.pass_points,
        measure=MEASURES[edition.unit_ranking],
        turnout=turnout,
        headcount=(own.headcount if own else _sum(units)) if counts_units else None,
        entrants=own.entrants if own else sum(one.entrants for one in units),
        unit=_own_place(stores, edition, own, name, now) if own else None,
        units=tuple(map(_unit_line, _told(stores, edition, units, now))) if counts_units else (),
        questions=questions,
        prizes=stock,
        winners=tuple(Winner(one.group, one.prize, one.name, one.unit) for one in awards),
        remarks=paragraphs_of(order.remarks),
        photos=shown,
    )


def paragraphs_of(text: str) -> tuple[str, ...]:
    """What was typed, one paragraph a line."""
    return tuple(filter(None, (" ".join(line.split()) for line in text.splitlines())))


def days_of(edition: Edition, closed_ms: int | None) -> str:
    """The days of the window, up to when somebody closed it; a close at midnight belongs to the day before."""
    first = local(edition.opens_ms, edition.timezone)
    ends_ms = min((one for one in (edition.closes_ms, closed_ms) if one is not None), default=None)
    if ends_ms is None:
        return f"自{_date(first)}起"
    last = local(max(ends_ms - 1, edition.opens_ms), edition.timezone)
    if first.date() == last.date():
        return _date(first)
    until = f"{last.month}月{last.day}日" if first.year == last.year else _date(last)
    return f"{_date(first)}至{until}"


def _date(day: datetime) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


# --- units ------------------------------------------------------------------------------------------------------------


def _unit(session: Session, edition: Edition, order: Order) -> tables.Unit | None:
    if order.unit_id is None:
        return None
    unit = session.get(tables.Unit, order.unit_id)
    if unit is None:
        raise NotFound("没有这个单位，请重新选择。")
    if session.scalar(select(tables.Unit.id).where(tables.Unit.id == unit.id, takes_part(edition.id))) is None:
        raise Refused(f"{unit.name}不在这个活动的参加范围里，没有可以报告的内容。")
    return unit


def _places(
    stores: Stores, edition: Edition, unit: tables.Unit | None, now: int
) -> tuple[Sequence[UnitPlace], UnitPlace | None]:
    """The units below the one reported of, or the tops; and that unit itself."""
    if unit is None:
        return stores.units.table(edition, now=now), None
    around = [*stores.units.table(edition, unit.parent_id, now=now), *stores.units.table(edition, now=now)]
    own = next((one for one in around if one.unit_id == unit.id), None)
    if own is None:
        raise Refused(f"{unit.name}不在这个活动的参加范围里，没有可以报告的内容。")
    return stores.units.table(edition, unit.id, now=now), own


def _told(stores: Stores, edition: Edition, units: Sequence[UnitPlace], now: int) -> Sequence[UnitPlace]:
    """The units worth a table: where a single one heads the tree, those below it."""
    while len(units) == 1 and units[0].units_below:
        units = stores.units.table(edition, units[0].unit_id, now=now)
    return units


def _sum(units: Sequence[UnitPlace]) -> int | None:
    """Of all the tops; None where one of them is not told."""
    counts = [one.headcount for one in units]
    known = [one for one in counts if one is not None]
    return sum(known) if known and len(known) == len(counts) else None


def _own_place(stores: Stores, edition: Edition, own: UnitPlace, name: str, now: int) -> OwnPlace:
    alike = stores.units.table(edition, None, own.level, now=now)
    rank = next((one.rank for one in alike if one.unit_id == own.unit_id), None)
    among = sum(one.rank is not None for one in alike)
    return OwnPlace(name, LEVELS[own.level], rank, among)


def _unit_line(one: UnitPlace) -> UnitLine:
    return UnitLine(
        rank=one.rank,
        code=one.code,
        name=one.name,
        headcount=one.headcount,
        entrants=one.entrants,
        rate=one.rate,
        average=one.average,
        total=one.total,
        passed=one.passed,
        pass_rate=one.pass_rate,
    )


# --- figures ----------------------------------------------------------------------------------------------------------


def _turnout(
    session: Session, edition: Edition, path: str, own: UnitPlace | None, now: int
) -> tuple[Turnout, tuple[QuestionLine, ...]]:
    if own is None:
        whole = figures.compute(session, edition.id, "overview", now).values
        asked = figures.compute(session, edition.id, "questions", now).values
        return _of_whole(whole), _questions(asked)
    if session.get_one(tables.Campaign, edition.id).purged_ms is not None:
        return _what_is_left(own), ()  # attempts are gone, and what they came to is kept
    return unit_turnouts.of_unit(session, edition, path), ()


def _of_whole(found: Overview) -> Turnout:
    return Turnout(
        people=found.people,
        finished=found.finished,
        ranked=found.results,
        average=found.average,
        passed=found.passed,
        histogram=unit_turnouts.by_points(found.scores),
        days=unit_turnouts.by_day(found.hours),
        doors=unit_turnouts.by_door(found.doors),
    )


def _what_is_left(own: UnitPlace) -> Turnout:
    return Turnout(people=own.entrants, finished=None, ranked=own.entrants, average=own.average, passed=own.passed)


def _questions(found: Questions) -> tuple[QuestionLine, ...]:
    lines = [
        QuestionLine(
            number=one.number,
            stem=" ".join(one.stem.split()),
            answered=one.answered,
            right_permille=one.right_permille,
            most_chosen_wrong=f"选{one.most_chosen_wrong.chosen}" if one.most_chosen_wrong else "",
        )
        for one in found.items
        if one.right_permille is not None and one.answered >= FEWEST and not one.withdrawn
    ]
    return tuple(sorted(lines, key=lambda one: (one.right_permille, one.number)))


# --- prizes -----------------------------------------------------------------------------------------------------------


def _prize(one: listing.Stocked) -> PrizeLine:
    return PrizeLine(one.group, one.kind_name, one.prize, one.stock, one.live, one.handed_out)


def _awards(session: Session, campaign_id: int, path: str) -> list[results.WinnerLine]:
    """Winners, masked; of a unit those who are its people by now."""
    found = results.winners(session, campaign_id)
    if not path:
        return found
    award, person, unit = tables.Award, tables.Person, tables.Unit
    former = select(person.id, person.merged_into_id).subquery()
    theirs = set(
        session.scalars(
            select(award.id)
            .join(former, former.c.id == award.person_id)
            .join(person, (person.id == former.c.merged_into_id) | (person.id == former.c.id))
            .join(unit, unit.id == person.unit_id)
            .where(award.campaign_id == campaign_id, person.merged_into_id.is_(None), within(path))
        )
    )
    return [one for one in found if one.award_id in theirs]
