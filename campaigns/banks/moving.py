"""Splitting a bank, and merging one into another. Nothing is deleted by either.

Questions *move*: a question's id goes with it, and with it its revisions, its history and its statistics. Published
campaigns refer to revisions and not to banks, so they notice nothing. Only drafts of campaigns draw from what a bank
holds when they are published.

Both take a store: what is to be done is decided in a session that only reads, and done in short transactions, if the
banks are still what it was decided on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Table, bindparam, insert, inspect, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.banks.changes import Change, What, claim, note
from campaigns.banks.importing import Imported, ImportPlan, write
from campaigns.banks.listing import Entry, Selection, entries, find_bank, select_entries
from campaigns.banks.storable import LINE_LENGTH, SLUG, Numbers, Status, cleaned
from campaigns.errors import Moved, NotFound, Refused
from campaigns.matching import folded, match
from campaigns.store import Store
from questions.duplicates import duplicates_against
from questions.model import Problem, Question, Severity

_OTHERWISE = "与对方题库里编号 {number} 的题是同一道题，选项或答案却不同，没有合并；请改好或停用其中一道，再合并一次。"
_QUESTIONS: Table = inspect(tables.Question).local_table  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Split:
    """What came into the new bank."""

    questions: int
    copied: bool


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of the questions of a bank that was merged into another."""

    moved: int
    same: int
    """The other bank had them already: retired where they were."""
    kept_apart: int
    """The other bank has them with other options or another answer: they stay where they were."""
    problems: Sequence[Problem]
    """What a person should look at: those, and such as moved and are nearly like one that was there."""
    drafts: Sequence[str]
    """Campaigns not yet published that draw from the bank which was merged."""


def split(
    store: Store, slug: str, chosen: Selection, new_slug: str, name: str, by: str, now: int, *, copy: bool = False
) -> Split:
    """Let a new bank have those of a bank's questions that are chosen, under their numbers and with their statuses.

    They move, retired ones only where `chosen` asks for them; with `copy` they stay as well, and what the new bank has
    are questions of their own, whose history begins here. Raises NotFound; Refused when nothing is chosen, or when
    there is a bank of the new slug; Moved when the bank has changed meanwhile.
    """
    if not SLUG.fullmatch(new_slug):
        raise Refused("新题库的代号只能用小写字母、数字和连字符（最多 64 个），例如 energy-2026。")
    name = cleaned(name).strip()[:LINE_LENGTH] or new_slug
    with store.reading() as session:
        source = find_bank(session, slug)
        found = select_entries(session, source.id, chosen)
        if session.scalar(select(tables.Bank.id).where(tables.Bank.slug == new_slug)) is not None:
            raise Refused(f"代号 {new_slug} 已有题库，请给新题库换一个代号。")
    if unknown := sorted(set(chosen.numbers or ()) - {entry.question.number for entry in found}):
        raise NotFound(f"题库 {slug} 里没有符合条件、编号为 {'、'.join(unknown[:5])} 的题，没有拆分。请核对编号。")
    if not found:
        raise Refused("没有符合条件的题目，没有拆分。请换一个条件。")
    if copy:
        _copy(store, source, found, new_slug, name, by, now)
    else:
        with store.transaction() as session:
            _move_out(session, source, found, new_slug, name, by, now)
    return Split(len(found), copy)


def _copy(
    store: Store, source: tables.Bank, found: Sequence[Entry], new_slug: str, name: str, by: str, now: int
) -> None:
    questions = [entry.question for entry in found]
    statuses = {entry.question.number: entry.status for entry in found}
    plan = ImportPlan(new_slug, name, None, questions, [], Imported(len(found), 0, 0, 0), (0, 0))
    change = Change(What.SPLIT, by, now, detail={"from": source.name})
    write(store, plan, change, lambda question: statuses[question.number])


def _move_out(
    session: Session, source: tables.Bank, found: Sequence[Entry], new_slug: str, name: str, by: str, now: int
) -> None:
    left = Change(What.SPLIT, by, now, changed=len(found), detail={"to": name})
    claim(session, source.id, source.version, left)
    bank = tables.Bank
    try:
        target_id = session.execute(
            insert(bank).values(slug=new_slug, name=name, version=0, created_ms=now, changed_ms=now).returning(bank.id)
        ).scalar_one()
    except IntegrityError as error:
        raise Moved(f"代号 {new_slug} 刚刚被别的题库用了，请换一个。") from error
    _move(session, target_id, [(entry.id, entry.question.number) for entry in found])
    came = {"from": source.name, "questions": [entry.id for entry in found]}
    note(session, target_id, Change(What.SPLIT, by, now, added=len(found), detail=came))


def merge(store: Store, slug: str, into: str, by: str, now: int) -> Merged:
    """Let a bank have the questions of another, each once.

    What the other bank has and this one lacks moves, with its history, under its number where that is free. What both
    say alike (the same stem and the same options, in whatever order, with the same answer) is retired in the bank that
    is merged. What both ask with different options or answers stays there as it is and is reported: correct or retire
    one of the two, and merge again. The bank that was merged stays, with what is left in it; retired questions of
    either are not looked at. Raises NotFound; Refused for a bank and itself; Moved when either has changed meanwhile.
    """
    if slug == into:
        raise Refused("一个题库不能合并到它自己，请换一个题库。")
    with store.reading() as session:
        source, target = find_bank(session, slug), find_bank(session, into)
        theirs = select_entries(session, source.id)
        everything = entries(session, target.id)
        drafts = session.scalars(
            select(tables.Campaign.slug)
            .where(tables.Campaign.bank_id == source.id, tables.Campaign.state == "draft")
            .order_by(tables.Campaign.slug)
        ).all()
    ours = [entry for entry in everything if entry.status is not Status.RETIRED]
    moving, same, problems = _sorted_out(theirs, ours)
    if moving or same:
        numbers = Numbers(entry.question.number for entry in everything)
        moves = [(entry.id, numbers.take(entry.question.number)) for entry in moving]
        with store.transaction() as session:
            _move_over(session, source, target, moves, same, by, now)
    return Merged(len(moving), len(same), len(theirs) - len(moving) - len(same), problems, drafts)


def _sorted_out(theirs: Sequence[Entry], ours: Sequence[Entry]) -> tuple[list[Entry], list[Entry], list[Problem]]:
    """What moves, what is there already, and what a person is to look at: some of it moves, some stays."""
    kept = [entry.question for entry in ours]
    # Numbers of two banks have nothing to do with each other.
    matched = match(kept, [replace(entry.question, number="") for entry in theirs], counted=False)
    moving, same, problems = [], [], []
    for place, entry in enumerate(theirs):
        if place not in matched:
            moving.append(entry)
        elif _says_the_same(entry.question, kept[matched[place]]):
            same.append(entry)
        else:
            other = kept[matched[place]].number
            problems.append(Problem(_place(entry), Severity.ERROR, _OTHERWISE.format(number=other)))
    for problem in duplicates_against([replace(entry.question, where=_place(entry)) for entry in moving], kept):
        problems.append(problem)
        if problem.severity is Severity.ERROR:
            moving = [entry for entry in moving if _place(entry) != problem.where]
    return moving, same, problems


def _place(entry: Entry) -> str:
    return f"编号 {entry.question.number}"


def _says_the_same(question: Question, other: Question) -> bool:
    """Whether the options are the same, in whatever order, and the answer is the same by what it says."""
    return question.kind is other.kind and _substance(question) == _substance(other)


def _substance(question: Question) -> tuple[frozenset[str], frozenset[str]]:
    texts = {option.letter: folded(option.text) for option in question.options}
    return frozenset(texts.values()), frozenset(texts.get(part, folded(part)) for part in question.answer)


def _move_over(
    session: Session,
    source: tables.Bank,
    target: tables.Bank,
    moves: Sequence[tuple[int, str]],
    same: Sequence[Entry],
    by: str,
    now: int,
) -> None:
    was: dict[str, list[int]] = {}
    for entry in same:
        was.setdefault(entry.status.value, []).append(entry.id)
    left = {"to": target.name, **({"status": Status.RETIRED.value, "was": was} if was else {})}
    came = {"from": source.name, "questions": [question_id for question_id, _ in moves]}
    noted = (
        (source, Change(What.MERGE, by, now, changed=len(moves) + len(same), detail=left)),
        (target, Change(What.MERGE, by, now, added=len(moves), detail=came)),
    )
    for bank, change in sorted(noted, key=lambda pair: pair[0].id):  # two merges must not wait for each other
        claim(session, bank.id, bank.version, change)
    _move(session, target.id, moves)
    if same:
        session.connection().execute(
            update(_QUESTIONS).where(_QUESTIONS.c.id == bindparam("question")).values(status=Status.RETIRED.value),
            [{"question": entry.id} for entry in same],
        )


def _move(session: Session, bank_id: int, moves: Sequence[tuple[int, str]]) -> None:
    """Let questions belong to a bank, each under a number that is free in it."""
    if moves:
        session.connection().execute(
            update(_QUESTIONS)
            .where(_QUESTIONS.c.id == bindparam("question"))
            .values(bank_id=bank_id, number=bindparam("its_number")),
            [{"question": question_id, "its_number": number} for question_id, number in moves],
        )
