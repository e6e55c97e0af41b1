"""What play says about each question of a bank: classical item analysis.

Difficulty is the share of right answers (p), discrimination the point-biserial correlation of the item's score, 0 or
1, with the rest score: what the same attempt got for its other questions, so that an item is not correlated with
itself. L. Crocker and J. Algina, *Introduction to Classical and Modern Test Theory* (1986), chapter 14.

Counted are the answers of attempts that are open or finished, and neither superseded nor void; for discrimination those
of finished ones. An item is a question as it asks now: answers to earlier revisions with another stem, other options or
another answer are answers to another item. Attempts of several campaigns are each compared with the mean of their own
campaign (the pooled within-group correlation), since papers of different lengths and points have different totals.

SQL adds up, one row a revision, campaign and wrong choice; the rest is pure.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Float, Select, case, cast, func, literal_column, select
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.banks.listing import NAMED_AT_ONCE, Entry, entries, find_bank
from campaigns.editions import SAID, question_of
from campaigns.errors import NotFound
from questions.model import TRUE_FALSE_TEXTS, Kind, Question

FEWEST = 30
"""Answers from which on a question is judged: fewer say little."""
NEARLY_ALL = 950
"""‰ right from which on nearly everybody knows it."""
BEYOND_CHANCE = 2.0
"""How many standard errors (1/√n) below 0 a discrimination must be to count as negative."""

COUNTED = ("open", "finished")
"""States of attempts whose answers count."""
_WITH_CHOICES = (Kind.SINGLE.value, Kind.MULTIPLE.value, Kind.TRUE_FALSE.value)

TOO_EASY = "几乎人人答对"
MOSTLY_WRONG = "多数人答错，请核对答案"
NEGATIVE = "区分度为负，请核对答案"


@dataclass(frozen=True, slots=True)
class Sums:
    """Of the finished attempts of one campaign that hold an item: x is its score, y the rest score in points."""

    n: int
    x: int
    y: float
    xy: float
    yy: float


@dataclass(frozen=True, slots=True)
class WrongChoice:
    chosen: str
    """The letter of the question as it is now, several for multiple choice; 正确 or 错误 for true/false."""
    count: int


@dataclass(frozen=True, slots=True)
class ItemStatistics:
    number: str
    stem: str
    answered: int
    right: int
    right_permille: int | None
    """None while nobody has answered."""
    most_chosen_wrong: WrongChoice | None
    """None for blanks, whose wrong answers are what people typed, and while nobody was wrong."""
    discrimination: float | None
    """-1 to 1; None where all were right, all were wrong, or all others scored alike."""
    judged: int
    """The finished attempts that the discrimination is of."""
    earlier: int
    """Answers to it while it asked something else; counted in nothing above."""
    flags: Sequence[str]
    """What a person should know about it, in Chinese."""


def item_statistics(session: Session, slug: str, campaign: str = "") -> list[ItemStatistics]:
    """One row a question of a bank, retired ones too, by number: from all campaigns, or one of a slug.

    Raises NotFound for a bank or a campaign that does not exist.
    """
    bank_id = find_bank(session, slug).id
    campaign_id = _campaign_id(session, campaign) if campaign else None
    kept = entries(session, bank_id)
    tallies = _tallies(session, bank_id, campaign_id)
    asked = _asked(session, sorted(tallies))
    return [_statistics(entry, asked[entry.id], tallies) for entry in kept]


def discrimination(groups: Iterable[Sums]) -> float | None:
    """The point-biserial correlation of item and rest score, pooled within groups; None where it is undefined."""
    covariance = variance_x = variance_y = 0.0
    for one in groups:
        if one.n:
            covariance += one.xy - one.x * one.y / one.n
            variance_x += one.x - one.x * one.x / one.n
            variance_y += one.yy - one.y * one.y / one.n
    # Of sums of floats nothing but noise may be left.
    if variance_x < 1e-9 or variance_y < 1e-9 * max(1.0, abs(variance_x)):
        return None
    return max(-1.0, min(1.0, covariance / math.sqrt(variance_x * variance_y)))


def flags(answered: int, right: int, r: float | None, judged: int) -> tuple[str, ...]:
    """What figures say in words; nothing while they are of few."""
    found = []
    if answered >= FEWEST:
        if right * 1000 >= NEARLY_ALL * answered:
            found.append(TOO_EASY)
        if 2 * right < answered:
            found.append(MOSTLY_WRONG)
    if r is not None and judged >= FEWEST and r * math.sqrt(judged) <= -BEYOND_CHANCE:
        found.append(NEGATIVE)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Tally:
    campaign_id: int
    wrong: str
    """The wrong choice that all of these answers were; empty: the right one, or what was typed into blanks."""
    answered: int
    right: int
    finished: Sums


def _statistics(entry: Entry, asked: Mapping[int, Question], tallies: Mapping[int, Sequence[_Tally]]) -> ItemStatistics:
    same = [revision_id for revision_id, question in asked.items() if _asks_the_same(question, entry.question)]
    counted = [tally for revision_id in same for tally in tallies.get(revision_id, ())]
    answered, right = sum(one.answered for one in counted), sum(one.right for one in counted)
    everything = sum(tally.answered for revision_id in asked for tally in tallies.get(revision_id, ()))
    r = discrimination(_by_campaign(counted))
    judged = sum(one.finished.n for one in counted)
    return ItemStatistics(
        number=entry.question.number,
        stem=entry.question.stem,
        answered=answered,
        right=right,
        right_permille=round(1000 * right / answered) if answered else None,
        most_chosen_wrong=_most_chosen(entry.question, counted),
        discrimination=r,
        judged=judged,
        earlier=everything - answered,
        flags=flags(answered, right, r, judged),
    )


def _asks_the_same(question: Question, now: Question) -> bool:
    return (question.kind, question.stem, question.options, question.answer) == (
        now.kind,
        now.stem,
        now.options,
        now.answer,
    )


def _by_campaign(tallies: Iterable[_Tally]) -> Iterable[Sums]:
    groups: dict[int, list[Sums]] = defaultdict(list)
    for one in tallies:
        groups[one.campaign_id].append(one.finished)
    return [
        Sums(
            sum(one.n for one in group),
            sum(one.x for one in group),
            sum(one.y for one in group),
            sum(one.xy for one in group),
            sum(one.yy for one in group),
        )
        for group in groups.values()
    ]


def _most_chosen(question: Question, tallies: Iterable[_Tally]) -> WrongChoice | None:
    counts: Counter[str] = Counter()
    for one in tallies:
        if one.wrong:
            counts[one.wrong] += one.answered
    if not counts:
        return None
    chosen, count = min(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return WrongChoice(TRUE_FALSE_TEXTS.get(chosen, chosen) if question.kind is Kind.TRUE_FALSE else chosen, count)


# --- what SQL adds up -------------------------------------------------------------------------------------------------


def _campaign_id(session: Session, slug: str) -> int:
    found = session.scalar(select(tables.Campaign.id).where(tables.Campaign.slug == slug))
    if found is None:
        raise NotFound(f"没有代号为 {slug} 的活动，请到活动列表里核对。")
    return found


def _asked(session: Session, revision_ids: Sequence[int]) -> dict[int, dict[int, Question]]:
    """What questions said at these of their revisions: question id → revision id → question."""
    revision = tables.QuestionRevision
    asked: dict[int, dict[int, Question]] = defaultdict(dict)
    for start in range(0, len(revision_ids), NAMED_AT_ONCE):
        rows = session.execute(
            select(revision.question_id, revision.id, *SAID).where(
                revision.id.in_(revision_ids[start : start + NAMED_AT_ONCE])
            )
        )
        for row in rows:
            asked[row.question_id][row.id] = question_of(row, "")
    return asked


def _tallies(session: Session, bank_id: int, campaign_id: int | None) -> dict[int, list[_Tally]]:
    """Revision id → one tally a campaign and wrong choice, in one pass over the answers."""
    question = tables.Question
    query = added_up().join(question, question.id == tables.QuestionRevision.question_id)
    query = query.where(question.bank_id == bank_id)
    if campaign_id is not None:
        query = query.where(tables.Attempt.campaign_id == campaign_id)
    found: dict[int, list[_Tally]] = defaultdict(list)
    for revision_id, campaign, chosen, answered, right, *sums in session.execute(query):
        found[revision_id].append(_Tally(campaign, chosen, answered, int(right), sums_of(*sums)))
    return found


def added_up() -> Select[Any]:
    """One row a revision, campaign and wrong choice, of the answers that count; whoever asks narrows it down.

    Columns: revision, campaign, the choice (empty: the right one, or what was typed into blanks), how many answers,
    how many right ones, and n, x, y, xy, yy of the finished attempts (see `Sums`).
    """
    answer, attempt, revision = tables.Answer, tables.Attempt, tables.QuestionRevision
    x = case((answer.points > 0, 1), else_=0)
    y = cast(attempt.score - answer.points, BigInteger)
    done = attempt.state == "finished"
    # What people typed into blanks is no choice, and of as many kinds as there are people.
    wrong = case(((answer.points == 0) & revision.kind.in_(_WITH_CHOICES), answer.given), else_="")
    return (
        select(
            answer.revision_id,
            attempt.campaign_id,
            wrong.label("wrong"),
            func.count(),
            func.sum(x),
            func.sum(case((done, 1), else_=0)),
            func.sum(case((done, x), else_=0)),
            func.sum(case((done, y), else_=0)),
            func.sum(case((done, x * y), else_=0)),
            # As a float: squares of large points would leave 64 bits.
            func.sum(case((done, cast(y, Float(53)) * y), else_=0.0)),
        )
        .join_from(answer, attempt, attempt.id == answer.attempt_id)
        .join(revision, revision.id == answer.revision_id)
        .where(attempt.state.in_(COUNTED))
        .group_by(answer.revision_id, attempt.campaign_id, literal_column("wrong"))
    )


def sums_of(n: Any, x: Any, y: Any, xy: Any, yy: Any) -> Sums:  # noqa: ANN401 — databases have numbers of their own
    """The last five columns of a row of `added_up`."""
    return Sums(int(n), int(x), float(y), float(xy), float(yy))
