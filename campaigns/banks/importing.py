"""Bringing a file's questions into a bank: compared first, then written, all of them or none."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count, islice
from operator import attrgetter

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaigns import pictures, tables
from campaigns.banks import staging
from campaigns.banks.changes import OTHERWISE_BY_NOW, Change, What, claim, note
from campaigns.banks.listing import Entry, entries
from campaigns.banks.storable import SLUG, Numbers, Status, line, natural, storable
from campaigns.errors import Moved, Refused
from campaigns.matching import match, only_counts
from campaigns.store import Store
from questions.duplicates import duplicates_against
from questions.model import EXPLANATION, Bank, Picture, Problem, Question, Severity

_SHEET = re.compile("工作表“.*”")
_MAY_BE_MISSING = ("explanation", "category", "difficulty", "source", "tags", "pictures")
"""What a file may not have a place for; the bank's own then stays."""

_WHAT_IT_SAYS = attrgetter("kind", "stem", "options", "answer", *_MAY_BE_MISSING)

Progress = Callable[[int, int], None]
"""Is told how many of how many questions are written."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, or would do, in questions."""

    added: int
    changed: int
    unchanged: int
    left_out: int
    """Questions of the file of which nothing is kept: they cannot be used as they stand, or are not wanted."""
    renamed_from: str = ""
    """What the bank was called until then, where the import gives it another name."""


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import will do to a bank as it was when the plan was made; made without holding up any writer."""

    slug: str
    name: str
    """What the bank will be called; empty: as it is called now."""
    called: str | None
    """What the bank is called now; None while there is no bank of that slug."""
    added: Sequence[Question]
    """Under the numbers that the bank gives them; `where` is their place in the file."""
    changed: Sequence[tuple[Entry, Question]]
    """What the bank has, and what it will say instead."""
    outcome: Imported
    basis: tuple[int, int]
    """The bank's id and version; both 0 while there is none of that slug."""
    kept: Sequence[Question] = ()
    """All questions that the bank has, retired ones too, by number."""
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    """Those that are to be kept besides, by hash."""

    @property
    def changes_nothing(self) -> bool:
        return not (self.added or self.changed or self.outcome.renamed_from)


def import_bank(
    store: Store,
    slug: str,
    name: str,
    bank: Bank,
    now: int,
    *,
    permit: Callable[[ImportPlan], None] | None = None,
    by: str = "",
    file: str = "",
    status: Status = Status.DRAFT,
    leave_out: Collection[str] = (),
    progress: Progress | None = None,
) -> Imported:
    """Bring the usable questions of a file into a bank, making the bank if there is none of that slug.

    Questions that a problem calls an error are left out and counted, as are those whose `where` is in `leave_out`.
    Essays are kept, and never drawn. Nothing is ever removed: what the file does not mention stays, and so does what
    it has no place for (pictures, say, where none of its questions shows one). The same file again changes nothing.
    An empty name leaves the bank's name as it is.

    A question of the file is the one that says the same; else the one of its number, where the file has numbers of
    its own and the stems are alike; where numbers only count 1, 2, 3…, the one alike between the same neighbours,
    so that a row inserted in the middle makes one new question and not a hundred changed ones.

    `permit` looks at what will be done, and raises to have nothing done: what it saw is what is carried out. `by` and
    `file` go into the bank's history; `status` is what new questions get, those that are there keep theirs.

    All questions become visible together, or none does. Takes a store, since it writes in many short transactions.

    Raises Refused for a slug that cannot stand in an address, or a file without a usable question; Moved when other
    changes of the same bank were quicker every time; and what `permit` raises.
    """
    for last_try in (False, False, False, False, True):
        with store.reading() as session:
            plan = plan_import(session, slug, name, bank, leave_out=leave_out)
        if permit is not None:
            permit(plan)
        if plan.changes_nothing:
            return plan.outcome
        try:
            write(store, plan, Change(What.IMPORT, by, now, file), lambda _: status, progress)
            return plan.outcome
        except Moved:
            if last_try:
                raise
    raise AssertionError("the last try returns or raises")


def plan_import(session: Session, slug: str, name: str, bank: Bank, *, leave_out: Collection[str] = ()) -> ImportPlan:
    """Decide what `import_bank` will do; writes nothing. Raises Refused as it does."""
    if not SLUG.fullmatch(slug):
        raise Refused("题库代号只能用小写字母、数字和连字符（最多 64 个），例如 energy-2026。")
    questions = [storable(question) for question in bank.questions]
    unread = _unread(bank, leave_out)
    usable = len(questions) - len(unread)
    if not usable:
        raise Refused("这个文件里没有可以使用的题目，没有导入。请按提示改好后再试。")
    found = session.execute(
        select(tables.Bank.id, tables.Bank.version, tables.Bank.name).where(tables.Bank.slug == slug)
    ).one_or_none()
    held = [] if found is None else entries(session, found.id)
    called = None if found is None else found.name
    name = line(name)
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
        basis=(0, 0) if found is None else (found.id, found.version),
        kept=[entry.question for entry in held],
        pictures=_pictures(session, bank, [*added, *(question for _, question in changed)]),
    )


def carry_out(
    session: Session,
    plan: ImportPlan,
    now: int,
    *,
    by: str = "",
    file: str = "",
    status: Status = Status.DRAFT,
    what: What = What.IMPORT,
) -> Imported:
    """Do what was planned, in one transaction: for small banks, and within something larger.

    Raises Moved when the bank has changed since the plan was made.
    """
    if plan.changes_nothing:
        return plan.outcome
    staging_id = staging.begin(session, now)
    staging.stage(session, staging_id, list(_rows(plan, lambda _: status)))
    pictures.keep(session, plan.pictures.items(), now)
    _publish(session, plan, staging_id, Change(what, by, now, file))
    staging.discard_within(session, staging_id)
    return plan.outcome


def compare(session: Session, slug: str, bank: Bank) -> list[Problem]:
    """Where a file's questions say the same, or nearly, as questions that the bank has under other numbers.

    Empty for a bank that does not exist. Raises Refused as `import_bank` does.
    """
    return likenesses(plan_import(session, slug, "", bank))


def likenesses(plan: ImportPlan) -> list[Problem]:
    """The same of what a plan would add: what it would change, or finds unchanged, is the bank's own question."""
    return duplicates_against(plan.added, plan.kept)


def problems_by_place(bank: Bank) -> tuple[Problem, ...]:
    """What is wrong or doubtful in a file, in the order of the file: first what concerns all of it, then sheet by
    sheet, each by its rows. Several problems of one place keep their order.
    """
    sheets = {"": 0}
    for where in (*(one.where for one in bank.questions), *(one.where for one in bank.problems)):
        sheets.setdefault(_sheet(where), len(sheets))
    return tuple(sorted(bank.problems, key=lambda one: (sheets[_sheet(one.where)], natural(one.where))))


def _sheet(where: str) -> str:
    """The sheet that a place is in, as readers write it: 工作表“单选”第5行; empty where a file has no sheets."""
    named = _SHEET.match(where)
    return named[0] if named else ""


# --- what will be done ----------------------------------------------------------------------------------------------


def _unread(bank: Bank, leave_out: Collection[str]) -> set[int]:
    """The places of the questions that a problem calls an error, or that are not wanted."""
    faulty = {problem.where for problem in bank.problems if problem.severity is Severity.ERROR}
    return {
        place
        for place, one in enumerate(bank.questions)
        if one.where and (one.where in faulty or one.where in leave_out)
    }


def _compare(
    held: Sequence[Entry], questions: Sequence[Question], unread: set[int], *, counted: bool
) -> tuple[list[Question], list[tuple[Entry, Question]]]:
    """What is new, under numbers that are free, and what has changed."""
    added, changed = [], []
    matched = match([one.question for one in held], questions, counted=counted, unread=unread)
    numbers = Numbers(one.question.number for one in held)
    left_open = [name for name in _MAY_BE_MISSING if not any(getattr(question, name) for question in questions)]
    for place, question in enumerate(questions):
        if place in unread:
            continue
        if place not in matched:
            number = numbers.take(question.number)
            added.append(question if number == question.number else replace(question, number=number))
            continue
        entry = held[matched[place]]
        mended = _with_what_stays(entry.question, question, left_open)
        if _WHAT_IT_SAYS(mended) != _WHAT_IT_SAYS(entry.question):
            changed.append((entry, mended))
    return added, changed


def _with_what_stays(old: Question, new: Question, left_open: Sequence[str]) -> Question:
    """What a question will say: as the file has it, but for its number and what the file has no place for."""
    stays = {name: getattr(old, name) for name in left_open if getattr(old, name)}
    if "pictures" in stays:
        stays["pictures"] = tuple(_moved_with_their_options(old, new))
    return replace(new, number=old.number, **stays) if stays or new.number != old.number else new


def _moved_with_their_options(old: Question, new: Question) -> Iterator[Picture]:
    """An option's picture goes where that option is now, and goes away with it."""
    letters = {option.text: option.letter for option in new.options}
    texts = {option.letter: option.text for option in old.options}
    for picture in old.pictures:
        if picture.place in {"", EXPLANATION}:
            yield picture
        elif texts.get(picture.place) in letters:
            yield replace(picture, place=letters[texts[picture.place]])


def _pictures(session: Session, bank: Bank, questions: Sequence[Question]) -> dict[str, bytes]:
    """The bytes that are to be kept so that these questions can show their pictures."""
    wanted = {one.sha256 for question in questions for one in question.pictures}
    missing = pictures.missing(session, wanted) if wanted else set()
    if missing - set(bank.pictures):
        raise Refused("有的图片没有读到，没有导入：请重新上传文件，再试一次。")
    return {sha256: bank.pictures[sha256] for sha256 in missing}


# --- writing it -----------------------------------------------------------------------------------------------------


def write(
    store: Store,
    plan: ImportPlan,
    change: Change,
    status_of: Callable[[Question], Status],
    progress: Progress | None = None,
) -> None:
    """Carry a plan out in short transactions, of which the last lets everything be seen. Raises Moved."""
    staging.sweep(store, change.now)
    with store.transaction() as session:
        staging_id = staging.begin(session, change.now)
    try:
        done, total = 0, len(plan.added) + len(plan.changed)
        rows = _rows(plan, status_of)
        while batch := list(islice(rows, staging.BATCH)):
            with store.transaction() as session:
                staging.stage(session, staging_id, batch)
            done += len(batch)
            if progress is not None:
                progress(done, total)
        for portion in pictures.portions(plan.pictures):
            with store.transaction() as session:
                pictures.keep(session, portion, change.now)
        with store.transaction() as session:
            _publish(session, plan, staging_id, change)
    finally:
        staging.discard_if_possible(store, staging_id)


def _rows(plan: ImportPlan, status_of: Callable[[Question], Status]) -> Iterator[dict[str, object]]:
    ordinals = count(1)
    for question in plan.added:
        yield staging.row(next(ordinals), question, added=True, status=status_of(question))
    for _, question in plan.changed:
        yield staging.row(next(ordinals), question, added=False)


def _publish(session: Session, plan: ImportPlan, staging_id: int, change: Change) -> None:
    before = plan.outcome.renamed_from
    change = replace(
        change,
        added=len(plan.added),
        changed=len(plan.changed),
        detail={**change.detail, **({"before": before, "name": plan.name} if before else {})},
    )
    bank_id, version = plan.basis
    if bank_id:
        change_id = claim(session, bank_id, version, change)
        if before:
            session.execute(update(tables.Bank).where(tables.Bank.id == bank_id).values(name=plan.name))
    else:
        bank_id = _new_bank(session, plan, change.now)
        change_id = note(session, bank_id, change)
    staging.publish(session, staging_id, bank_id, change_id)


def _new_bank(session: Session, plan: ImportPlan, now: int) -> int:
    """Raises Moved when another import has just made it."""
    bank = tables.Bank
    values = {"slug": plan.slug, "name": plan.name or plan.slug, "version": 0, "created_ms": now, "changed_ms": now}
    try:
        with session.begin_nested():
            return session.execute(insert(bank).values(values).returning(bank.id)).scalar_one()
    except IntegrityError as error:
        raise Moved(OTHERWISE_BY_NOW) from error
