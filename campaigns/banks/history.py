"""What became of a question, and of a bank: who changed what, when, and what differed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.banks.changes import What
from campaigns.banks.listing import find_bank, find_question
from campaigns.banks.storable import Status
from campaigns.editions import SAID, question_of
from campaigns.errors import NotFound
from questions.model import EXPLANATION, TRUE_FALSE_TEXTS, Kind, Picture, Question

_MOVES = (What.STATUS, What.SPLIT, What.MERGE)
_SIDES = {"from": "题目来自", "to": "题目去向"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is other than before, as people read it."""

    what: str
    """题干, 选项A, 答案, 状态…"""
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a question."""

    at_ms: int
    what: What
    by: str
    """Whoever made it; empty: the program, or nobody that is known."""
    file: str
    differences: Sequence[Difference]
    """From the step before; empty for the first."""
    revision: int = 0
    """What it said from then on; 0 where only its status or its bank changed."""
    question: Question | None = None

    @property
    def whose(self) -> str:
        """Who made it, as people read it."""
        return _whose(self.what, self.by)


@dataclass(frozen=True, slots=True)
class BankStep:
    """One change of a bank, in questions."""

    at_ms: int
    what: What
    by: str
    file: str
    added: int
    changed: int
    differences: Sequence[Difference]

    @property
    def whose(self) -> str:
        """Who made it, as people read it."""
        return _whose(self.what, self.by)


def _whose(what: What, by: str) -> str:
    return by or ("程序" if what is What.SHIPPED else "（没有记录）")


def history(session: Session, slug: str, number: str) -> list[Step]:
    """Everything that became of a question, the first first. Raises NotFound."""
    entry = find_question(session, slug, number)
    said = _revisions(session, entry.id)
    steps = [(change_id, step) for change_id, step in said] + _moves(session, entry.id)
    return [step for _, step in sorted(steps, key=lambda pair: pair[0])]


def question_at(session: Session, question_id: int, revision: int) -> Question:
    """What a question said at a revision. Raises NotFound."""
    found = [step for _, step in _revisions(session, question_id) if step.revision == revision]
    if not found or found[0].question is None:
        raise NotFound(f"这道题没有第 {revision} 版，请看一下它的历史。")
    return found[0].question


def bank_history(session: Session, slug: str) -> list[BankStep]:
    """Everything that was done to a bank, the last first. Raises NotFound."""
    change = tables.BankChange
    found = session.scalars(
        select(change).where(change.bank_id == find_bank(session, slug).id).order_by(change.id.desc())
    )
    return [
        BankStep(one.at_ms, What(one.what), one.by, one.file, one.added, one.changed, tuple(_of_the_bank(one.detail)))
        for one in found
    ]


def differences(before: Question, after: Question) -> list[Difference]:
    """What one of two questions says otherwise than the other, part by part."""
    letters = sorted({option.letter for option in (*before.options, *after.options)})
    pairs = zip(_parts(before, letters), _parts(after, letters), strict=True)
    return [Difference(what, mine, theirs) for (what, mine), (_, theirs) in pairs if mine != theirs]


def _revisions(session: Session, question_id: int) -> list[tuple[int, Step]]:
    """The question's revisions in their order, each with the id of the change that brought it."""
    revision, change = tables.QuestionRevision, tables.BankChange
    rows = session.execute(
        select(
            revision.revision, revision.change_id, change.at_ms, change.what, change.by, change.file,
            tables.Question.number, *SAID,
        )
        .join(change, change.id == revision.change_id)
        .join(tables.Question, tables.Question.id == revision.question_id)
        .where(revision.question_id == question_id)
        .order_by(revision.revision)
    ).all()  # fmt: skip
    said = [question_of(row, row.number) for row in rows]
    differed = [[], *(differences(before, after) for before, after in pairwise(said))]
    return [
        (
            row.change_id,
            Step(row.at_ms, What(row.what), row.by, row.file, tuple(differs), row.revision, question),
        )
        for row, question, differs in zip(rows, said, differed, strict=True)
    ]


def _moves(session: Session, question_id: int) -> list[tuple[int, Step]]:
    """Changes of the question's status, and its ways from bank to bank."""
    change = tables.BankChange
    rows = session.execute(
        select(change.id, change.at_ms, change.what, change.by, change.file, change.detail, tables.Bank.name)
        .join(tables.Bank, tables.Bank.id == change.bank_id)
        .where(change.what.in_([what.value for what in _MOVES]))
        .order_by(change.id)
    )
    return [
        (row.id, Step(row.at_ms, What(row.what), row.by, row.file, (moved,)))
        for row in rows
        if (moved := _moved(row, question_id)) is not None
    ]


def _moved(row: Row[*tuple[Any, ...]], question_id: int) -> Difference | None:
    for before, ids in row.detail.get("was", {}).items():
        if question_id in ids:
            return Difference("状态", Status(before).label, Status(row.detail["status"]).label)
    if question_id in row.detail.get("questions", ()):
        return Difference("题库", row.detail["from"], row.name)
    return None


def _of_the_bank(detail: dict[str, Any]) -> list[Difference]:
    found = []
    if "name" in detail:
        found.append(Difference("题库名称", detail["before"], detail["name"]))
    found += [Difference(what, "", detail[side]) for side, what in _SIDES.items() if side in detail]
    found += [
        Difference("状态", f"{Status(before).label} {len(ids)} 题", Status(detail["status"]).label)
        for before, ids in detail.get("was", {}).items()
    ]
    return found


def _parts(question: Question, letters: Sequence[str]) -> list[tuple[str, str]]:
    """What a question says, part by part, as people read it; options under all of these letters."""
    texts = {option.letter: option.text for option in question.options}
    return [
        ("题型", question.kind.label),
        ("题干", question.stem),
        *((f"选项{letter}", texts.get(letter, "")) for letter in letters),
        ("答案", _answer(question)),
        ("解析", question.explanation),
        ("分类", question.category),
        ("难度", question.difficulty),
        ("来源", question.source),
        ("标签", "、".join(question.tags)),
        ("图片", "；".join(map(_picture, question.pictures))),
    ]


def _answer(question: Question) -> str:
    if question.kind is Kind.TRUE_FALSE:
        return "".join(TRUE_FALSE_TEXTS[answer] for answer in question.answer)
    return ("；" if question.kind is Kind.BLANK else "").join(question.answer)


def _picture(picture: Picture) -> str:
    place = {"": "题干", EXPLANATION: "解析"}.get(picture.place, f"选项{picture.place}")
    return f"{place}：{picture.alt or picture.sha256[:8]}"
