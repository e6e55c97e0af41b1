"""What mending a question would do, told before it is done."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.counting import Result, counted, finished_attempts
from campaigns.editions import Edition, load_edition
from campaigns.keeping.listing import find
from campaigns.regrade.questions import Asked, find_question, key_shown
from campaigns.regrade.scoring import attempts_holding, in_parts, read_attempts, scored
from campaigns.standings import TIE_RULE

BATCH = 500
TOLD = 100
"""So many first ranks are compared by person."""

Key = tuple[int, int, int, int]
"""A standing as it is ordered: -points, used ms, finish ms, person."""


@dataclass(frozen=True, slots=True)
class Shift:
    """Somebody among the first hundred, before or after."""

    person_id: int
    points_before: int | None
    rank_before: int | None
    """None: behind the hundredth."""
    points_after: int | None
    rank_after: int | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """What would change. Who answers meanwhile may add to it."""

    number: str
    stem: str
    key: str
    """The right answer as it is now, as a person reads it."""
    new_key: str | None
    """None: the question is withdrawn."""
    attempts: int
    """Whose paper holds the question."""
    open_attempts: int
    """Of these, those that are not finished."""
    changed_attempts: int
    """Whose score changes."""
    persons_up: int
    persons_down: int
    """Whose standing gets more points, or fewer."""
    shifts: Sequence[Shift]
    """Who of the first hundred, before or after, would have another rank, in the order of the ranks after."""
    draws: Sequence[str]
    """The ids of the draws whose lists are frozen: they stay as they are."""
    settled: Sequence[str]
    """The names of the groups by rank that were settled: their awards stay, too."""
    won_at_once: int
    """Live awards that were won at the end of an attempt: by the scores of then."""

    def shifted(self, among: int) -> int:
        """How many would move within the first so many, into them, or out of them."""
        return sum(
            1
            for one in self.shifts
            if any(rank is not None and rank <= among for rank in (one.rank_before, one.rank_after))
        )

    @property
    def sentences(self) -> list[str]:
        """The same in Chinese, a line each, for whoever decides."""
        change = "作废，含有它的答卷都得满分" if self.new_key is None else f"答案由 {self.key} 改为 {self.new_key}"
        lines = [
            f"编号为 {self.number} 的题（{self.stem}）{change}。",
            f"含有这道题的答卷 {self.attempts} 份（其中 {self.open_attempts} 份还没答完），"
            f"得分会变的 {self.changed_attempts} 份。",
            f"成绩提高的 {self.persons_up} 人，降低的 {self.persons_down} 人。",
            f"前 10 名里名次会变的 {self.shifted(10)} 人，前 {TOLD} 名里 {self.shifted(TOLD)} 人。",
        ]
        if self.draws:
            names = "、".join(self.draws)
            lines.append(f"已经冻结的抽奖 {names} 不受影响：名单和结果保持不变，请自行决定是否另作说明。")
        if self.settled:
            names = "、".join(f"“{name}”" for name in self.settled)
            lines.append(
                f"已经评定的名次奖{names}不受影响：获奖的人不变，此后作废的由新的名次递补，请自行决定是否另作说明。"
            )
        if self.won_at_once:
            lines.append(f"已经当场中出的即时奖品 {self.won_at_once} 份不受影响，也不会因为得分提高再抽一次。")
        return lines


@dataclass
class _Tally:
    """What is found attempt by attempt."""

    attempts: int = 0
    open_attempts: int = 0
    changed_attempts: int = 0
    scores: dict[int, int] = field(default_factory=dict)
    """The new score of each finished attempt that changes."""
    person_ids: set[int] = field(default_factory=set)


def forecast(session: Session, slug: str, number: str, key: Sequence[str] | None) -> Forecast:
    """What withdrawing a question would do (`key` None), or a new key of it.

    Reads all attempts that hold it: seconds, where they are a hundred thousand. Raises NotFound, Refused as
    `find_question`.
    """
    campaign = find(session, slug)
    asked = find_question(session, campaign.id, number)
    edition = _as_it_would_be(load_edition(session, campaign.id), asked, key)
    tally = _attempts(session, edition, asked.revision_id)
    before, results = _standings(session, edition, tally)
    up = sum(1 for person_id, result in results.items() if result.points > before[person_id].points)
    down = sum(1 for person_id, result in results.items() if result.points < before[person_id].points)
    draws = session.scalars(
        select(tables.Draw.id).where(tables.Draw.campaign_id == campaign.id).order_by(tables.Draw.ordinal)
    )
    return Forecast(
        number=asked.number,
        stem=asked.question.stem,
        key=key_shown(asked.question, asked.question.answer),
        new_key=None if key is None else key_shown(asked.question, key),
        attempts=tally.attempts,
        open_attempts=tally.open_attempts,
        changed_attempts=tally.changed_attempts,
        persons_up=up,
        persons_down=down,
        shifts=_shifts(session, campaign.id, results),
        draws=tuple(draws),
        settled=_settled(session, campaign.id),
        won_at_once=_won_at_once(session, campaign.id),
    )


def _settled(session: Session, campaign_id: int) -> tuple[str, ...]:
    group = tables.PrizeGroup
    own = group.campaign_id == campaign_id, group.settled_ms.is_not(None)
    return tuple(session.scalars(select(group.name).where(*own).order_by(group.ordinal)))


def _won_at_once(session: Session, campaign_id: int) -> int:
    award = tables.Award
    own = award.campaign_id == campaign_id, award.attempt_id.is_not(None), award.state == "awarded"
    return session.scalars(select(func.count()).where(*own)).one()


def _as_it_would_be(edition: Edition, asked: Asked, key: Sequence[str] | None) -> Edition:
    if key is None:
        return replace(edition, withdrawn=edition.withdrawn | {asked.revision_id})
    question = replace(asked.question, answer=tuple(key))
    return replace(edition, questions={**edition.questions, asked.revision_id: question})


def _attempts(session: Session, edition: Edition, revision_id: int) -> _Tally:
    tally, after = _Tally(), 0
    while True:
        holding = attempts_holding(edition.id, revision_id, after)
        attempt_ids = list(session.scalars(holding.limit(BATCH)))
        if not attempt_ids:
            return tally
        after = attempt_ids[-1]
        for held in read_attempts(session, attempt_ids):
            if held.state in {"superseded", "void"} or all(place.revision != revision_id for place in held.paper):
                continue
            tally.attempts += 1
            tally.open_attempts += held.state == "open"
            should = scored(edition, held).score
            if should == held.score:
                continue
            tally.changed_attempts += 1
            if held.state == "finished":
                tally.scores[held.id] = should
                tally.person_ids.add(held.person_id)


def _standings(session: Session, edition: Edition, tally: _Tally) -> tuple[dict[int, Result], dict[int, Result]]:
    """Of the persons whose finished attempts change, the standings now and then, where they differ."""
    before: dict[int, Result] = {}
    after: dict[int, Result] = {}
    if not edition.ranks:
        return before, after
    for some in in_parts(tally.person_ids, BATCH):
        for person_id, attempts in finished_attempts(session, edition.id, some).items():
            mended = [replace(one, score=tally.scores.get(one.id, one.score)) for one in attempts]
            was, becomes = counted(attempts, edition.counts), counted(mended, edition.counts)
            if was is not None and becomes is not None and was != becomes:
                before[person_id], after[person_id] = was, becomes
    return before, after


def _shifts(session: Session, campaign_id: int, results: Mapping[int, Result]) -> tuple[Shift, ...]:
    """Compare the first hundred before and after, without ranking everybody."""
    before: dict[int, Key] = {}
    unchanged: list[Key] = []
    for key in _in_order(session, campaign_id):
        if len(before) < TOLD:
            before[key[3]] = key
        if key[3] not in results:
            unchanged.append(key)
        if len(before) == TOLD and len(unchanged) == TOLD:
            break
    changed = heapq.nsmallest(
        TOLD, ((-one.points, one.used_ms, one.finished_ms, person_id) for person_id, one in results.items())
    )
    after = {key[3]: key for key in sorted([*unchanged, *changed])[:TOLD]}
    ranks_before, ranks_after = _ranks(before), _ranks(after)
    shifts = (
        Shift(
            person_id,
            -before[person_id][0] if person_id in before else None,
            ranks_before.get(person_id),
            -after[person_id][0] if person_id in after else None,
            ranks_after.get(person_id),
        )
        for person_id in {**after, **before}
    )
    return tuple(one for one in shifts if one.rank_before != one.rank_after)


def _ranks(keys: Mapping[int, Key]) -> dict[int, int]:
    return {person_id: rank for rank, person_id in enumerate(keys, start=1)}


def _in_order(session: Session, campaign_id: int) -> Iterator[Key]:
    standing = tables.Standing
    rows = session.execute(
        select(standing.points, standing.used_ms, standing.finished_ms, standing.person_id)
        .where(standing.campaign_id == campaign_id)
        .order_by(*TIE_RULE)
        .execution_options(yield_per=BATCH)
    )
    for points, used_ms, finished_ms, person_id in rows:
        yield (-points, used_ms, finished_ms, person_id)
