"""Mending a bank by hand: one question, the status of some, its name. Each is one small transaction of the caller's."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from campaigns import audit, pictures, tables
from campaigns.banks.changes import Change, What, note, said
from campaigns.banks.history import question_at
from campaigns.banks.listing import NAMED_AT_ONCE, find_bank, find_question
from campaigns.banks.storable import LINE_LENGTH, Numbers, Status, cleaned, storable
from campaigns.errors import Moved, NotFound, Refused
from questions.model import Question, Severity
from questions.review import review

_NO_PICTURES: Mapping[str, bytes] = {}
_EDITED = "编号 {number} 的题刚刚被别人改过，没有保存；请看一下现在的样子再改。"


def edit(
    session: Session,
    slug: str,
    number: str,
    question: Question,
    seen: int,
    by: str,
    now: int,
    *,
    added_pictures: Mapping[str, bytes] = _NO_PICTURES,
) -> int:
    """Let a question say something else; gives its latest revision, which is `seen` if it says the same.

    `seen` is the revision that the person had before them. The question keeps its number and its status; pictures
    that it is to show are there already or among `added_pictures` (hash → bytes). Raises NotFound; Refused for a
    question with an error, whose sentence says what; Moved when somebody else has changed it since.
    """
    return _revise(session, slug, number, question, seen, Change(What.EDIT, by, now, changed=1), added_pictures)


def restore(session: Session, slug: str, number: str, revision: int, seen: int, by: str, now: int) -> int:
    """Let a question say what it said at an earlier revision, as a new one; gives its number.

    Raises NotFound for a revision that there is not, Refused and Moved as `edit` does.
    """
    earlier = question_at(session, find_question(session, slug, number).id, revision)
    change = Change(What.RESTORE, by, now, changed=1)
    return _revise(session, slug, number, earlier, seen, change, _NO_PICTURES)


def add(
    session: Session,
    slug: str,
    question: Question,
    by: str,
    now: int,
    *,
    status: Status = Status.DRAFT,
    added_pictures: Mapping[str, bytes] = _NO_PICTURES,
) -> str:
    """Add a question written by hand; gives its number: its own if that is free, otherwise the next one.

    Raises NotFound for a slug that no bank has, Refused for a question with an error.
    """
    bank_id = _bank_in_turn(session, slug).id
    question = _usable(session, question, added_pictures, now)
    taken = session.scalars(select(tables.Question.number).where(tables.Question.bank_id == bank_id))
    number = Numbers(taken).take(question.number)
    question_id = session.execute(
        insert(tables.Question)
        .values(bank_id=bank_id, number=number, revision=1, status=status.value)
        .returning(tables.Question.id)
    ).scalar_one()
    _write_revision(
        session,
        bank_id,
        question_id,
        1,
        question,
        Change(What.ADD, by, now, added=1, after={"number": number, "stem": question.stem}),
    )
    return number


def set_status(session: Session, slug: str, numbers: Collection[str] | None, status: Status, by: str, now: int) -> int:
    """Give questions another status, all of the bank's that are not retired where no numbers are given.

    Gives how many had another one. Raises NotFound for a number that no question of the bank has.
    """
    bank_id = _bank_in_turn(session, slug).id
    if numbers is not None and (unknown := _unknown(session, bank_id, numbers)):
        raise NotFound(f"题库 {slug} 里没有编号为 {'、'.join(unknown[:5])} 的题，没有改动。请核对编号。")
    others = [Status.DRAFT, Status.REVIEWED] if numbers is None else list(Status)
    was: dict[str, list[int]] = {}
    for before in others:
        if before is not status and (ids := _move_status(session, bank_id, numbers, before, status)):
            was[before.value] = ids
    if total := sum(map(len, was.values())):
        note(session, bank_id, Change(What.STATUS, by, now, changed=total, detail={"status": status.value, "was": was}))
    return total


def _unknown(session: Session, bank_id: int, numbers: Collection[str]) -> list[str]:
    question = tables.Question
    return sorted(set(numbers) - set(session.scalars(select(question.number).where(question.bank_id == bank_id))))


def _move_status(
    session: Session, bank_id: int, numbers: Collection[str] | None, before: Status, after: Status
) -> list[int]:
    """The ids of the questions that had one status and now have the other."""
    question = tables.Question
    having = (
        update(question)
        .where(question.bank_id == bank_id, question.status == before.value)
        .values(status=after.value)
        .returning(question.id)
        .execution_options(synchronize_session=False)
    )
    if numbers is None:
        return sorted(session.scalars(having))
    wanted = sorted(numbers)
    ids: list[int] = []
    for start in range(0, len(wanted), NAMED_AT_ONCE):
        ids += session.scalars(having.where(question.number.in_(wanted[start : start + NAMED_AT_ONCE])))
    return sorted(ids)


def rename(session: Session, slug: str, name: str, by: str, now: int) -> None:
    """Call a bank something else. Raises NotFound, and Refused for a name that cannot be."""
    bank = _bank_in_turn(session, slug)
    name, before = cleaned(name).strip(), bank.name
    if not 0 < len(name) <= LINE_LENGTH:
        raise Refused(f"题库名称不能为空，最多 {LINE_LENGTH} 个字。")
    if name == before:
        return
    session.execute(update(tables.Bank).where(tables.Bank.id == bank.id).values(name=name))
    note(session, bank.id, Change(What.RENAME, by, now, detail={"before": before, "name": name}))


def _bank_in_turn(session: Session, slug: str) -> tables.Bank:
    """The bank, its row locked until the end of the transaction: changes of one bank take turns.

    All lock it before they touch a question, lest two wait for each other.
    """
    session.execute(select(tables.Bank.id).where(tables.Bank.slug == slug).with_for_update())
    return find_bank(session, slug)


def _revise(
    session: Session,
    slug: str,
    number: str,
    question: Question,
    seen: int,
    change: Change,
    added_pictures: Mapping[str, bytes],
) -> int:
    bank_id = _bank_in_turn(session, slug).id
    entry = find_question(session, slug, number)
    question = _usable(session, replace(question, number=entry.question.number), added_pictures, change.now)
    if entry.revision == seen and question == entry.question:
        return seen
    row = tables.Question
    revised = session.execute(
        update(row)
        .where(row.id == entry.id, row.revision == seen)
        .values(revision=seen + 1)
        .returning(row.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if revised is None:
        raise Moved(_EDITED.format(number=number))
    before, after = audit.changed(said(entry.question), said(question))
    change = replace(change, before={"number": number, **before}, after=after)
    _write_revision(session, bank_id, entry.id, seen + 1, question, change)
    return seen + 1


def _usable(session: Session, question: Question, added_pictures: Mapping[str, bytes], now: int) -> Question:
    """The question as it is kept, with its pictures. Raises Refused where it could not be used as it stands."""
    question = replace(storable(question), where="")
    errors = [problem.message for problem in review(question) if problem.severity is Severity.ERROR]
    if errors:
        raise Refused("没有保存：" + "".join(errors))
    wanted = {one.sha256 for one in question.pictures}
    missing = pictures.missing(session, wanted) if wanted else set()
    if missing - set(added_pictures):
        raise Refused("没有保存：有的图片没有收到，请重新选一次图片。")
    pictures.keep(session, [(sha256, added_pictures[sha256]) for sha256 in missing], now)
    return question


def _write_revision(
    session: Session, bank_id: int, question_id: int, revision: int, question: Question, change: Change
) -> None:
    change_id = note(session, bank_id, change)
    session.execute(
        insert(tables.QuestionRevision).values(
            question_id=question_id, revision=revision, change_id=change_id, **said(question)
        )
    )
