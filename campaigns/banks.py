"""Banks in SQL: import, listing, export.

A question's identity outlives what it says: every import that changes it writes a new revision and lets the question
point at it; revisions are never touched again, since papers refer to them.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from sqlalchemy import ColumnElement, Table, Text, cast, exists, func, insert, inspect, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.editions import question_of
from campaigns.errors import Moved, NotFound, Refused
from campaigns.matching import folded, match, only_counts
from campaigns.store import Store
from questions import model
from questions.writers.csv import write_csv

NUMBER_LENGTH = 64
LINE_LENGTH = 255
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
PAGE = 50
_SHEET = re.compile("工作表“.*”")

_QUESTIONS: Table = inspect(tables.Question).local_table  # type: ignore[assignment]
_REVISIONS: Table = inspect(tables.QuestionRevision).local_table  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, or would do, in questions."""

    added: int
    changed: int
    unchanged: int
    left_out: int
    """Questions of the file that cannot be used as they stand: nothing of them is kept."""
    renamed_from: str = ""
    """What the bank was called until then, where the import gives it another name."""


@dataclass(frozen=True, slots=True)
class BankSummary:
    slug: str
    name: str
    counts: Mapping[model.Kind, int]
    """Questions that are not retired, by kind; kinds without any are missing."""
    playable: int
    changed_ms: int

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Page:
    questions: Sequence[model.Question]
    found: int
    """How many questions the search finds on all pages."""
    number: int
    pages: int


@dataclass(frozen=True, slots=True)
class _Held:
    """A question as the store has it."""

    id: int
    revision: int
    question: model.Question


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import will do to a bank as it was when the plan was made; made without holding up any writer."""

    slug: str
    name: str
    """What the bank will be called; empty: as it is called now."""
    called: str | None
    """What the bank is called now; None while there is no bank of that slug."""
    added: Sequence[model.Question]
    changed: Sequence[tuple[_Held, model.Question]]
    outcome: Imported
    basis: tuple[int, int]
    """How many questions the bank had, and the sum of their revisions: every import raises one of the two."""


def import_bank(
    store: Store,
    slug: str,
    name: str,
    bank: model.Bank,
    now: int,
    *,
    permit: Callable[[ImportPlan], None] | None = None,
) -> Imported:
    """Bring the usable questions of a file into a bank, making the bank if there is none of that slug.

    Questions that a problem calls an error are left out and counted. Essays are kept, and never drawn. Nothing is
    ever removed: what the file does not mention stays. The same file again changes nothing. An empty name leaves
    the bank's name as it is.

    A question of the file is the one that says the same; else the one of its number, where the file has numbers of
    its own and the stems are alike; where numbers only count 1, 2, 3…, the one alike between the same neighbours,
    so that a row inserted in the middle makes one new question and not a hundred changed ones.

    `permit` looks at what will be done, and raises to have nothing done: what it saw is what is carried out.

    Raises Refused for a slug that cannot stand in an address, or a file without a usable question; Moved when other
    imports of the same bank were quicker every time; and what `permit` raises.
    """
    for last_try in (False, False, False, False, True):
        with store.reading() as session:
            plan = plan_import(session, slug, name, bank)
        if permit is not None:
            permit(plan)
        try:
            with store.transaction() as session:
                return carry_out(session, plan, now)
        except Moved:
            if last_try:
                raise
    raise AssertionError("the last try returns or raises")


def plan_import(session: Session, slug: str, name: str, bank: model.Bank) -> ImportPlan:
    """Decide what `import_bank` will do; writes nothing. Raises Refused as it does."""
    if not SLUG.fullmatch(slug):
        raise Refused("题库代号只能用小写字母、数字和连字符（最多 64 个），例如 energy-2026。")
    questions = [_storable(question) for question in bank.questions]
    unread = _unread(bank)
    usable = len(questions) - len(unread)
    if not usable:
        raise Refused("这个文件里没有可以使用的题目，没有导入。请按提示改好后再试。")
    found = session.execute(select(tables.Bank.id, tables.Bank.name).where(tables.Bank.slug == slug)).one_or_none()
    held = [] if found is None else _held(session, found.id)
    called = None if found is None else found.name
    name = _line(name)
    added, changed = _compare(held, questions, unread, counted=only_counts(bank.questions))
    return ImportPlan(
        slug,
        name,
        called,
        added,
        changed,
        outcome=Imported(
            added=len(added),
            changed=len(changed),
            unchanged=usable - len(added) - len(changed),
            left_out=len(unread),
            renamed_from=called if called and name and name != called else "",
        ),
        basis=(len(held), sum(one.revision for one in held)),
    )


def carry_out(session: Session, plan: ImportPlan, now: int) -> Imported:
    """Do what was planned. Raises Moved when the bank has changed since the plan was made."""
    bank_id = _bank_for_update(session, plan.slug, plan.name, now)
    if _basis(session, bank_id) != plan.basis:
        raise Moved("这个题库刚刚有别人在导入，请重新导入一次。")
    _add(session, bank_id, plan.added, now)
    _change(session, bank_id, plan.changed, now)
    if plan.added or plan.changed:
        session.execute(update(tables.Bank).where(tables.Bank.id == bank_id).values(changed_ms=now))
    return plan.outcome


def problems_by_place(bank: model.Bank) -> tuple[model.Problem, ...]:
    """What is wrong or doubtful in a file, in the order of the file: first what concerns all of it, then sheet by
    sheet, each by its rows. Several problems of one place keep their order.
    """
    sheets = {"": 0}
    for where in (*(one.where for one in bank.questions), *(one.where for one in bank.problems)):
        sheets.setdefault(_sheet(where), len(sheets))
    return tuple(sorted(bank.problems, key=lambda one: (sheets[_sheet(one.where)], _natural(one.where))))


def _sheet(where: str) -> str:
    """The sheet that a place is in, as readers write it: 工作表“单选”第5行; empty where a file has no sheets."""
    named = _SHEET.match(where)
    return named[0] if named else ""


def list_banks(session: Session) -> list[BankSummary]:
    """All banks by name, with their questions counted."""
    counts: dict[int, dict[model.Kind, int]] = defaultdict(dict)
    playable: dict[int, int] = defaultdict(int)
    answered = cast(tables.QuestionRevision.answer, Text) != "[]"
    for bank_id, kind, total, with_answer in session.execute(
        select(
            tables.Question.bank_id,
            tables.QuestionRevision.kind,
            func.count(),
            func.count().filter(answered, tables.QuestionRevision.kind != model.Kind.ESSAY.value),
        )
        .join(tables.QuestionRevision, _current())
        .where(tables.Question.retired.is_(False))
        .group_by(tables.Question.bank_id, tables.QuestionRevision.kind)
    ):
        counts[bank_id][model.Kind(kind)] = total
        playable[bank_id] += with_answer
    banks = session.scalars(select(tables.Bank).order_by(tables.Bank.name, tables.Bank.slug))
    return [
        BankSummary(
            bank.slug,
            bank.name,
            {kind: counts[bank.id][kind] for kind in model.Kind if kind in counts[bank.id]},
            playable[bank.id],
            bank.changed_ms,
        )
        for bank in banks
    ]


def find_bank(session: Session, slug: str) -> tables.Bank:
    """Raises NotFound for a slug that no bank has."""
    bank = session.scalars(select(tables.Bank).where(tables.Bank.slug == slug)).one_or_none()
    if bank is None:
        raise NotFound(f"没有代号为 {slug} 的题库，请到题库列表里核对。")
    return bank


def current_questions(session: Session, bank_id: int) -> list[tuple[int, model.Question]]:
    """The questions of a bank as they are now, retired ones left out: (revision id, question), by number."""
    rows = session.execute(
        select(tables.QuestionRevision, tables.Question.number)
        .join(tables.Question, _current())
        .where(tables.Question.bank_id == bank_id, tables.Question.retired.is_(False))
    )
    found = [(revision.id, question_of(revision, number)) for revision, number in rows]
    return sorted(found, key=lambda pair: _natural(pair[1].number))


def search(session: Session, slug: str, text: str = "", number: int = 1, size: int = PAGE) -> Page:
    """One page of a bank's questions, by number; with a text those whose number, stem, options or category hold it.

    A page number outside the pages gives the nearest page. Raises NotFound for a slug that no bank has.
    """
    questions = [question for _, question in current_questions(session, find_bank(session, slug).id)]
    if wanted := folded(text):
        questions = [question for question in questions if wanted in _searched(question)]
    pages = max(1, -(-len(questions) // size))
    number = min(max(number, 1), pages)
    return Page(questions[(number - 1) * size : number * size], len(questions), number, pages)


def export(session: Session, slug: str) -> bytes:
    """A bank as a CSV file in our template. Raises NotFound for a slug that no bank has."""
    return write_csv([question for _, question in current_questions(session, find_bank(session, slug).id)])


def _current() -> ColumnElement[bool]:
    return (tables.QuestionRevision.question_id == tables.Question.id) & (
        tables.QuestionRevision.revision == tables.Question.revision
    )


def _searched(question: model.Question) -> str:
    texts = (question.number, question.stem, question.category, *(option.text for option in question.options))
    return "\n".join(folded(text) for text in texts)


def _unread(bank: model.Bank) -> set[int]:
    """The places of the questions that a problem calls an error."""
    faulty = {problem.where for problem in bank.problems if problem.severity is model.Severity.ERROR}
    return {place for place, one in enumerate(bank.questions) if one.where and one.where in faulty}


def _storable(question: model.Question) -> model.Question:
    """The question as the columns can hold it; the same for the same question, so that it is found again."""
    return replace(
        question,
        number=_short(_clean(question.number)),
        stem=_clean(question.stem),
        options=tuple(model.Option(option.letter, _clean(option.text)) for option in question.options),
        answer=tuple(map(_clean, question.answer)),
        explanation=_clean(question.explanation),
        category=_line(question.category),
        difficulty=_line(question.difficulty),
        source=_clean(question.source),
        where="",
    )


def _clean(text: str) -> str:
    """Without what PostgreSQL cannot store: NUL, and halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode()


def _line(text: str) -> str:
    return _clean(text)[:LINE_LENGTH]


def _short(number: str) -> str:
    """A number that fits its column; one that was cut still differs from its like."""
    if len(number) <= NUMBER_LENGTH:
        return number
    return f"{number[: NUMBER_LENGTH - 17]}-{hashlib.sha256(number.encode()).hexdigest()[:16]}"


def _bank_for_update(session: Session, slug: str, name: str, now: int) -> int:
    """The bank's row, locked until the end of the transaction, so that imports of one bank take turns."""
    found = select(tables.Bank.id).where(tables.Bank.slug == slug).with_for_update()
    bank_id = session.scalar(found)
    if bank_id is not None:
        if name:
            session.execute(update(tables.Bank).where(tables.Bank.id == bank_id).values(name=name))
        return bank_id
    try:
        with session.begin_nested():
            session.execute(insert(tables.Bank).values(slug=slug, name=name or slug, created_ms=now, changed_ms=now))
    except IntegrityError:
        pass  # another import made it between the two statements
    return session.execute(found).scalar_one()


def _held(session: Session, bank_id: int) -> list[_Held]:
    """All questions of a bank, retired ones too: an import must not bring those back under another number."""
    rows = session.execute(
        select(tables.Question, tables.QuestionRevision)
        .join(tables.QuestionRevision, _current())
        .where(tables.Question.bank_id == bank_id)
    )
    held = [_Held(row.id, row.revision, question_of(revision, row.number)) for row, revision in rows]
    return sorted(held, key=lambda one: _natural(one.question.number))


def _natural(number: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts 2 before 10, and 2-1 before 2-10."""
    parts = re.findall(r"[0-9]+|[^0-9]+", number)
    return tuple((0, int(part), "") if part[0] in "0123456789" else (1, 0, part) for part in parts)


def _basis(session: Session, bank_id: int) -> tuple[int, int]:
    questions, revisions = session.execute(
        select(func.count(), func.coalesce(func.sum(tables.Question.revision), 0)).where(
            tables.Question.bank_id == bank_id
        )
    ).one()
    return questions, int(revisions)


def _compare(
    held: list[_Held], questions: list[model.Question], unread: set[int], *, counted: bool
) -> tuple[list[model.Question], list[tuple[_Held, model.Question]]]:
    """What is new, under numbers that are free, and what has changed."""
    added, changed = [], []
    matched = match([one.question for one in held], questions, counted=counted, unread=unread)
    numbers = _Numbers({one.question.number for one in held})
    for place, question in enumerate(questions):
        if place in unread:
            continue
        if place not in matched:
            added.append(replace(question, number=numbers.take(question.number)))
            continue
        old = held[matched[place]]
        if replace(old.question, number="") != replace(question, number=""):
            changed.append((old, question))
    return added, changed


class _Numbers:
    """Gives each new question a number that no other has: the wanted one if it is free."""

    def __init__(self, taken: set[str]) -> None:
        self._taken = taken
        self._largest = max((int(number) for number in taken if number.isdecimal()), default=0)

    def take(self, wanted: str) -> str:
        number = wanted if wanted and wanted not in self._taken else self._free(wanted)
        self._taken.add(number)
        if number.isdecimal():
            self._largest = max(self._largest, int(number))
        return number

    def _free(self, wanted: str) -> str:
        if not wanted or wanted.isdecimal():
            return str(self._largest + 1)
        head = wanted[: NUMBER_LENGTH - 8]
        return next(number for n in count(2) if (number := f"{head}-{n}") not in self._taken)


def _add(session: Session, bank_id: int, questions: Sequence[model.Question], now: int) -> None:
    """Plain executemany: on SQLite nobody else writes meanwhile, and ORM inserts would take three times as long."""
    if not questions:
        return
    rows = [{"bank_id": bank_id, "number": one.number, "revision": 1, "retired": False} for one in questions]
    connection = session.connection()
    connection.execute(insert(_QUESTIONS), rows)
    ids = {
        number: question_id
        for question_id, number in connection.execute(
            select(_QUESTIONS.c.id, _QUESTIONS.c.number).where(_QUESTIONS.c.bank_id == bank_id)
        )
    }
    connection.execute(insert(_REVISIONS), [_revision(ids[one.number], 1, one, now) for one in questions])


def _change(session: Session, bank_id: int, changed: Sequence[tuple[_Held, model.Question]], now: int) -> None:
    if not changed:
        return
    connection = session.connection()
    connection.execute(
        insert(_REVISIONS), [_revision(old.id, old.revision + 1, question, now) for old, question in changed]
    )
    newer = exists().where(
        _REVISIONS.c.question_id == _QUESTIONS.c.id, _REVISIONS.c.revision == _QUESTIONS.c.revision + 1
    )
    connection.execute(
        update(_QUESTIONS).where(_QUESTIONS.c.bank_id == bank_id, newer).values(revision=_QUESTIONS.c.revision + 1)
    )


def _revision(question_id: int, revision: int, question: model.Question, now: int) -> dict[str, object]:
    return {
        "question_id": question_id,
        "revision": revision,
        "kind": question.kind.value,
        "stem": question.stem,
        "options": [option.text for option in question.options],
        "answer": list(question.answer),
        "explanation": question.explanation,
        "category": question.category,
        "difficulty": question.difficulty,
        "source": question.source,
        "created_ms": now,
    }
