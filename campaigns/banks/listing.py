"""Banks as they are now: the list, one with its questions, search, facets."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, Text, cast, func, select
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.banks.storable import Status, natural
from campaigns.editions import SAID, question_of
from campaigns.errors import NotFound
from campaigns.matching import folded
from campaigns.pictures import pictures_of
from questions.model import Kind, Problem, Question
from questions.review import review, review_bank
from questions.writers import WRITERS

PAGE = 50
NAMED_AT_ONCE = 500
"""Rows that one statement names: databases allow some ten thousand parameters."""


@dataclass(frozen=True, slots=True)
class BankSummary:
    slug: str
    name: str
    counts: Mapping[Kind, int]
    """Questions that are not retired, by kind; kinds without any are missing."""
    playable: int
    changed_ms: int
    statuses: Mapping[Status, int]
    """All questions by status; statuses without any are missing."""

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Entry:
    """A question as its bank keeps it."""

    id: int
    revision: int
    """What to name when it is edited, so that nobody else's edit is lost."""
    revision_id: int
    status: Status
    question: Question
    problems: Sequence[Problem] = ()
    """What `questions.review` says about it, where that was asked for."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which questions of a bank are meant: those of which all of this is true."""

    text: str = ""
    """Number, stem, options, category or tags hold it."""
    kind: Kind | None = None
    category: str | None = None
    """Empty: those without."""
    difficulty: str | None = None
    tag: str = ""
    status: Status | None = None
    """None: all but the retired ones."""
    numbers: Collection[str] | None = None
    doubtful: bool = False
    """Only those that `questions.review` finds something about."""


ALL = Selection()


@dataclass(frozen=True, slots=True)
class Page:
    entries: Sequence[Entry]
    found: int
    """How many questions the search finds on all pages."""
    number: int
    pages: int

    @property
    def questions(self) -> Sequence[Question]:
        return [entry.question for entry in self.entries]


@dataclass(frozen=True, slots=True)
class Facets:
    """What there is to choose by, each with how many questions; most first. Retired ones count only as such."""

    kinds: Mapping[Kind, int]
    categories: Mapping[str, int]
    difficulties: Mapping[str, int]
    tags: Mapping[str, int]
    statuses: Mapping[Status, int]


def list_banks(session: Session) -> list[BankSummary]:
    """All banks by name, with their questions counted."""
    counts: dict[int, Counter[Kind]] = defaultdict(Counter)
    statuses: dict[int, Counter[Status]] = defaultdict(Counter)
    playable: dict[int, int] = defaultdict(int)
    answered = cast(tables.QuestionRevision.answer, Text) != "[]"
    for bank_id, kind, status, total, with_answer in session.execute(
        select(
            tables.Question.bank_id,
            tables.QuestionRevision.kind,
            tables.Question.status,
            func.count(),
            func.count().filter(answered, tables.QuestionRevision.kind != Kind.ESSAY.value),
        )
        .join(tables.QuestionRevision, is_current())
        .group_by(tables.Question.bank_id, tables.QuestionRevision.kind, tables.Question.status)
    ):
        statuses[bank_id][Status(status)] += total
        if status != Status.RETIRED:
            counts[bank_id][Kind(kind)] += total
            playable[bank_id] += with_answer
    banks = session.scalars(select(tables.Bank).order_by(tables.Bank.name, tables.Bank.slug))
    return [
        BankSummary(
            bank.slug,
            bank.name,
            {kind: counts[bank.id][kind] for kind in Kind if kind in counts[bank.id]},
            playable[bank.id],
            bank.changed_ms,
            {status: statuses[bank.id][status] for status in Status if status in statuses[bank.id]},
        )
        for bank in banks
    ]


def find_bank(session: Session, slug: str) -> tables.Bank:
    """Raises NotFound for a slug that no bank has."""
    bank = session.scalars(select(tables.Bank).where(tables.Bank.slug == slug)).one_or_none()
    if bank is None:
        raise NotFound(f"没有代号为 {slug} 的题库，请到题库列表里核对。")
    return bank


def find_question(session: Session, slug: str, number: str) -> Entry:
    """One question of a bank, whatever its status. Raises NotFound."""
    found = entries(session, find_bank(session, slug).id, tables.Question.number == number)
    if not found:
        raise NotFound(f"题库 {slug} 里没有编号为 {number} 的题，请核对编号。")
    return found[0]


def entries(session: Session, bank_id: int, *conditions: ColumnElement[bool]) -> list[Entry]:
    """The questions of a bank as they are now, retired ones too, by number."""
    question, revision = tables.Question, tables.QuestionRevision
    rows = session.execute(
        select(question.id, question.number, question.revision, question.status, revision.id, *SAID)
        .join(revision, is_current())
        .where(question.bank_id == bank_id, *conditions)
    )
    found = [Entry(row[0], row[2], row[4], Status(row[3]), question_of(row, row[1])) for row in rows]
    return sorted(found, key=lambda entry: natural(entry.question.number))


def current_questions(session: Session, bank_id: int, *, reviewed_only: bool = False) -> list[tuple[int, Question]]:
    """The questions of a bank as they are now, retired ones left out: (revision id, question), by number."""
    status = tables.Question.status
    meant = status == Status.REVIEWED if reviewed_only else status != Status.RETIRED
    return [(entry.revision_id, entry.question) for entry in entries(session, bank_id, meant)]


def select_entries(session: Session, bank_id: int, chosen: Selection = ALL) -> list[Entry]:
    """The questions of a bank that are meant, by number, each with its problems where `chosen.doubtful`."""
    found = entries(session, bank_id, *_conditions(chosen))
    if wanted := folded(chosen.text):
        found = [entry for entry in found if wanted in _searched(entry.question)]
    if chosen.tag:
        found = [entry for entry in found if chosen.tag in entry.question.tags]
    if chosen.numbers is not None:
        found = [entry for entry in found if entry.question.number in chosen.numbers]
    if chosen.doubtful:
        found = [entry for entry in _reviewed_together(found) if entry.problems]
    return found


def _conditions(chosen: Selection) -> list[ColumnElement[bool]]:
    question, revision = tables.Question, tables.QuestionRevision
    wanted: list[ColumnElement[bool]] = [
        question.status != Status.RETIRED if chosen.status is None else question.status == chosen.status
    ]
    for column, value in (
        (revision.kind, chosen.kind),
        (revision.category, chosen.category),
        (revision.difficulty, chosen.difficulty),
    ):
        if value is not None:
            wanted.append(column == value)
    return wanted


def search(
    session: Session, slug: str, text: str = "", number: int = 1, size: int = PAGE, *, chosen: Selection = ALL
) -> Page:
    """One page of the questions of a bank that are meant and hold a text, by number, with what is doubtful about each.

    A page number outside the pages gives the nearest page. Raises NotFound for a slug that no bank has.
    """
    chosen = replace(chosen, text=text or chosen.text)
    bank_id = find_bank(session, slug).id
    # Some things only looking into every question can tell.
    whole = bool(chosen.text or chosen.tag or chosen.doubtful) or size > NAMED_AT_ONCE
    found = select_entries(session, bank_id, chosen) if whole else []
    ids = [entry.id for entry in found] if whole else _ids(session, bank_id, chosen)
    pages = max(1, -(-len(ids) // size))
    number = min(max(number, 1), pages)
    place = slice((number - 1) * size, number * size)
    shown = found[place] if whole else entries(session, bank_id, tables.Question.id.in_(ids[place]))
    if not chosen.doubtful:
        shown = [replace(entry, problems=tuple(review(entry.question))) for entry in shown]
    return Page(shown, len(ids), number, pages)


def _ids(session: Session, bank_id: int, chosen: Selection) -> list[int]:
    """The ids of the questions that are meant, by number."""
    question = tables.Question
    rows = session.execute(
        select(question.id, question.number)
        .join(tables.QuestionRevision, is_current())
        .where(question.bank_id == bank_id, *_conditions(chosen))
    )
    meant = [row for row in rows if chosen.numbers is None or row.number in chosen.numbers]
    return [row.id for row in sorted(meant, key=lambda row: natural(row.number))]


def facets(session: Session, slug: str) -> Facets:
    """What a bank's questions can be chosen by. Raises NotFound for a slug that no bank has."""
    question, revision = tables.Question, tables.QuestionRevision
    rows = session.execute(
        select(question.status, revision.kind, revision.category, revision.difficulty, revision.tags)
        .join(revision, is_current())
        .where(question.bank_id == find_bank(session, slug).id)
    ).all()
    asked = [row for row in rows if row.status != Status.RETIRED]
    return Facets(
        kinds={Kind(kind): number for kind, number in _counted(row.kind for row in asked).items()},
        categories=_counted(row.category for row in asked),
        difficulties=_counted(row.difficulty for row in asked),
        tags=_counted(tag for row in asked for tag in row.tags),
        statuses={Status(status): number for status, number in _counted(row.status for row in rows).items()},
    )


def _counted(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items(), key=lambda pair: (-pair[1], pair[0])))


def export(session: Session, slug: str, form: str = "csv") -> bytes:
    """A bank as a file of one of the formats in `questions.writers.WRITERS`.

    Raises NotFound for a slug that no bank has, and UnwritableBank for a bank that the format cannot hold.
    """
    bank = find_bank(session, slug)
    questions = [question for _, question in current_questions(session, bank.id)]
    return WRITERS[form].write(questions, pictures_of(session, questions), bank.name)


def is_current() -> ColumnElement[bool]:
    """Joins a question with the revision that counts."""
    return (tables.QuestionRevision.question_id == tables.Question.id) & (
        tables.QuestionRevision.revision == tables.Question.revision
    )


def _searched(question: Question) -> str:
    texts = (
        question.number,
        question.stem,
        question.category,
        *question.tags,
        *(option.text for option in question.options),
    )
    return "\n".join(map(folded, texts))


def _reviewed_together(found: Sequence[Entry]) -> list[Entry]:
    """Each with what is wrong or doubtful in itself, and between it and the others."""
    placed = [replace(entry.question, where=f"编号为 {entry.question.number} 的题") for entry in found]
    said: dict[str, list[Problem]] = defaultdict(list)
    for problem in review_bank(placed):
        said[problem.where].append(problem)
    return [replace(entry, problems=tuple(said[question.where])) for entry, question in zip(found, placed, strict=True)]
