"""A large made-up campaign in the settings' own database, to look at screens and speeds with.

    python -m bench.devdata --persons 20000 --units 300

Everything in it is consistent: an attempt's score is the sum of its answers' points, a standing is the best finished
attempt. Person n of a campaign is always the same, so that a second run adds only those who are missing.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, NamedTuple

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from campaigns import banks, keeping, tables, units
from campaigns.clock import DAY, HOUR, MINUTE, SECOND, day_number, now_ms
from campaigns.editions import Edition, load_edition
from campaigns.errors import CampaignsError, Refused
from campaigns.keeping import Plan
from campaigns.play import paper_for
from campaigns.store import Store, open_store
from questions import grading
from questions.model import FALSE, TRUE, Kind, Question
from questions.papers import dump
from questions.shipped import SHIPPED_NAME, SHIPPED_SLUG, energy_bank
from settings import SettingsError, read_settings

ORGANISER = "虚构数据"
"""Marks a campaign as ours: made-up people must never be poured into a real one."""
BATCH = 200
"""Persons a transaction, so that a server that runs over the same SQLite file is never kept waiting for long."""
UNIT_NAMES = (
    "机关事务管理局",
    "财政局",
    "教育局",
    "水务局",
    "第一中学",
    "人民医院",
    "图书馆",
    "税务局",
    "统计局",
    "档案馆",
)
Values = dict[str, Any]


class Made(NamedTuple):
    """What one run added."""

    persons: int
    attempts: int
    answers: int


@dataclass
class Rows:
    """What is to be inserted for one batch of persons, whose attempts are numbered as in `attempts`."""

    attempts: list[Values] = field(default_factory=list)
    answers: list[list[Values]] = field(default_factory=list)
    standings: list[tuple[int, Values]] = field(default_factory=list)
    """The counted attempt's place in `attempts`, and the row but for its attempt's id."""


def pour(store: Store, slug: str, persons: int, units: int, now: int) -> Made:
    """Bring the made-up campaign up to so many persons in so many units; `now` is UTC milliseconds.

    Raises Refused when the slug belongs to a real campaign.
    """
    with store.transaction() as session:
        edition = _campaign(session, slug, now)
        unit_ids = _units(session, units, persons)
    with store.reading() as session:
        known = set(session.scalars(select(tables.Identity.sender).where(tables.Identity.sender.like(f"{slug}/%"))))
    missing = [number for number in range(persons) if _sender(slug, number) not in known]
    made = Made(0, 0, 0)
    for start in range(0, len(missing), BATCH):
        numbers = missing[start : start + BATCH]
        with store.transaction() as session:
            made = Made(*map(sum, zip(made, _pour_batch(session, edition, numbers, unit_ids, now), strict=True)))
    return made


def _campaign(session: Session, slug: str, now: int) -> Edition:
    found = session.scalars(select(tables.Campaign).where(tables.Campaign.slug == slug)).one_or_none()
    if found is not None:
        if found.organiser != ORGANISER:
            raise Refused(f"活动 {slug} 不是虚构的，不能往里面加虚构的人：请用 --slug 换一个代号。")
        return load_edition(session, found.id)
    if session.scalar(select(tables.Bank.id).where(tables.Bank.slug == SHIPPED_SLUG)) is None:
        banks.carry_out(session, banks.plan_import(session, SHIPPED_SLUG, SHIPPED_NAME, energy_bank()), now)
    plan = Plan(
        slug=slug,
        name="节能知识答题（虚构数据）",
        organiser=ORGANISER,
        bank=SHIPPED_SLUG,
        opens_ms=now - 7 * DAY,
        closes_ms=now + 365 * DAY,
        timezone="Asia/Shanghai",
        questions_per_paper=10,
        attempts_in_all=2,
        draw_points=60,
    )
    campaign_id = keeping.create(session, plan, f"{Random(slug).getrandbits(256):064x}", now)
    keeping.publish(session, slug, Random(slug), now)
    return load_edition(session, campaign_id)


def _units(session: Session, count: int, persons: int) -> list[int]:
    """The units by code; of more people than take part, some more than others."""
    codes = {f"DEV{n:04d}": f"第{n // len(UNIT_NAMES) + 1}区{UNIT_NAMES[n % len(UNIT_NAMES)]}" for n in range(count)}
    unit = tables.Unit
    held = set(session.scalars(select(unit.code).where(unit.code.like("DEV%"))))
    for n, (code, name) in enumerate(codes.items()):
        if code not in held:
            come = persons * (((n + 1) / count) ** 0.5 - (n / count) ** 0.5)  # as `_person` chooses
            units.add(session, code, name, headcount=int(come * (11 + n % 7) / 10) + 9)
    return list(session.scalars(select(unit.id).where(unit.code.in_(codes)).order_by(unit.code)))


def _pour_batch(session: Session, edition: Edition, numbers: Sequence[int], unit_ids: Sequence[int], now: int) -> Made:
    randoms = [Random(_sender(edition.slug, number)) for number in numbers]
    person_ids = _insert(session, tables.Person, [_person(random, unit_ids, now) for random in randoms])
    identities = [
        {"channel": "wechat", "account": "", "sender": _sender(edition.slug, number)}
        | {"person_id": person_id, "campaign_id": edition.id, "created_ms": now}
        for number, person_id in zip(numbers, person_ids, strict=True)
    ]
    identity_ids = _insert(session, tables.Identity, identities)
    rows = Rows()
    for random, person_id, identity_id in zip(randoms, person_ids, identity_ids, strict=True):
        _play(rows, edition, random, person_id, identity_id, now)
    attempt_ids = _insert(session, tables.Attempt, rows.attempts)
    answers = [
        {"attempt_id": attempt_id, **answer}
        for attempt_id, given in zip(attempt_ids, rows.answers, strict=True)
        for answer in given
    ]
    _insert_plainly(session, tables.Answer, answers)
    standings = [{"attempt_id": attempt_ids[place], **standing} for place, standing in rows.standings]
    _insert_plainly(session, tables.Standing, standings)
    return Made(len(numbers), len(attempt_ids), len(answers))


def _sender(slug: str, number: int) -> str:
    """Like no real sender: the platform's ids hold no slash."""
    return f"{slug}/{number:06d}"


def _person(random: Random, unit_ids: Sequence[int], now: int) -> Values:
    """Few units are large; one person in twenty is of none."""
    at_home = unit_ids and random.random() > 0.05
    unit_id = unit_ids[int(len(unit_ids) * random.random() ** 2)] if at_home else None
    return {"name": "", "unit_id": unit_id, "created_ms": now}


def _play(rows: Rows, edition: Edition, random: Random, person_id: int, identity_id: int, now: int) -> None:
    """One or two finished attempts, or one that was left in the middle."""
    skill = random.betavariate(5, 2)
    leaves = random.random() < 0.04
    count = 1 if leaves or random.random() < 0.8 else 2
    begins = sorted(random.randrange(now - 6 * DAY, now - 2 * HOUR) for _ in range(count))
    if count == 2:
        begins[1] = max(begins[1], begins[0] + 30 * MINUTE)
    finished = []
    for ordinal, begun in enumerate(begins, start=1):
        stop = random.randrange(edition.questions_per_paper) if leaves else None
        attempt, answers = _attempt(edition, random, skill, begun, stop)
        attempt |= {"person_id": person_id, "ordinal": ordinal, "shown_identity_id": identity_id if leaves else None}
        if not leaves:
            finished.append((-attempt["score"], attempt["used_ms"], attempt["finished_ms"], len(rows.attempts)))
        rows.attempts.append(attempt)
        rows.answers.append(answers)
    if finished:
        points, used_ms, finished_ms, place = min(finished)
        standing = {"campaign_id": edition.id, "person_id": person_id, "points": -points, "used_ms": used_ms}
        # Changed now, whenever it was finished: that is how a worker that runs meanwhile finds it.
        rows.standings.append((place, standing | {"finished_ms": finished_ms, "version": 1, "changed_ms": now}))


def _attempt(
    edition: Edition, random: Random, skill: float, begun: int, stop: int | None
) -> tuple[Values, list[Values]]:
    """An attempt, left after `stop` answers or finished, and its answers."""
    paper = paper_for(edition, random)
    answers: list[Values] = []
    moment = begun
    for position, place in enumerate(paper[:stop], start=1):
        question = edition.questions[place.revision]
        given = _given(question, random, right=random.random() < skill)
        points = edition.points_for(question.kind) if grading.mark(question, given) else 0
        moment += random.randrange(3 * SECOND, 40 * SECOND)
        answer = {"position": position, "revision_id": place.revision, "given": given}
        answers.append(answer | {"points": points, "answered_ms": moment})
    finished = stop is None
    return {
        "campaign_id": edition.id,
        "day": day_number(begun, edition.timezone),
        "state": "finished" if finished else "open",
        "paper": dump(paper),
        "position": len(answers) + 1,
        "score": sum(answer["points"] for answer in answers),
        "begun_ms": begun,
        "shown_ms": moment,
        "finished_ms": moment if finished else None,
        "used_ms": moment - begun if finished else None,
    }, answers


def _given(question: Question, random: Random, *, right: bool) -> str:
    """An answer in the bank's own terms: see `questions.grading`."""
    if question.kind is Kind.BLANK:
        return grading.BLANK_SEPARATOR.join(b.split(" | ")[0] if right else "不知道" for b in question.answer)
    if right:
        return "".join(question.answer)
    if question.kind is Kind.TRUE_FALSE:
        return FALSE if question.answer == (TRUE,) else TRUE
    if question.kind is Kind.MULTIPLE:
        return "".join(question.answer[1:])
    return random.choice([option.letter for option in question.options if (option.letter,) != question.answer])


def _insert(session: Session, table: type[tables.Table], rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert, and give the new ids in the rows' order."""
    if not rows:
        return []
    statement = insert(table).returning(table.__table__.c.id, sort_by_parameter_order=True)
    return list(session.scalars(statement, rows))


def _insert_plainly(session: Session, table: type[tables.Table], rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        session.execute(insert(table), rows)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make devdata", description=__doc__.partition("\n")[0])
    parser.add_argument("--slug", default="devdata", help="the campaign's (devdata)")
    parser.add_argument("--persons", type=int, default=5_000)
    parser.add_argument("--units", type=int, default=100)
    options = parser.parse_args()
    try:
        settings = read_settings()
        store = open_store(settings.sql_url)
        try:
            store.migrate()
            made = pour(store, options.slug, options.persons, options.units, now_ms())
        finally:
            store.close()
    except (SettingsError, CampaignsError) as error:
        sys.exit(str(error))
    print(f"{options.slug}: {made.persons} persons, {made.attempts} attempts, {made.answers} answers added.")
    print(f"{settings.public_url}/q/{options.slug}")


if __name__ == "__main__":
    main()
