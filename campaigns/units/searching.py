"""A unit found as people look for one: by part of its name, its pinyin, or the initials; above it, where that helps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Row, case, func, literal, select
from sqlalchemy.orm import Session

from campaigns.matching import folded
from campaigns.tables import Unit
from campaigns.units.tree import ids_in, names_above, takes_part, within

MOST = 8
"""Units of one list: what a chat can show."""
_LONGEST = 60
"""Characters of a text that anybody looks for a unit by."""
_MOST_WORDS = 4


@dataclass(frozen=True, slots=True)
class FoundUnit:
    id: int
    code: str
    name: str
    above: str
    """The names of what is above it, from the top, as ``江苏省·苏州市``; empty at the top."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The first of the units that were found, the likeliest first."""

    units: tuple[FoundUnit, ...]
    total: int


def search(session: Session, text: str, campaign_id: int | None = None, most: int = MOST) -> list[FoundUnit]:
    """The likeliest units of what was typed: see `look_up`."""
    return list(look_up(session, text, campaign_id, most).units)


def look_up(
    session: Session, text: str, campaign_id: int | None = None, most: int = MOST, *, under: str = ""
) -> Listing:
    """The units that a campaign is for (every one, without a campaign) whose name, pinyin or initials hold the text.

    Several words, or names run together (``财政局 办公室``, ``财政局办公室``), are of the unit and of what is above it.
    Units that are retired are not found, nor, with `under`, the path of a unit, those that are not below that one.
    """
    words = [word for word in map(folded, text[:_LONGEST].split()) if word][:_MOST_WORDS]
    if not words:
        return Listing((), 0)
    offered = _offered(campaign_id) & within(under) if under else _offered(campaign_id)
    if len(words) == 1:
        word = words[0]
        found = _listed(session, (offered, _holds(word)), word, most)
        return found if found.total else _under_named(session, word, offered, most)
    return _of_words(session, words, offered, most)


def _offered(campaign_id: int | None) -> ColumnElement[bool]:
    alive = Unit.retired.is_(False)
    return alive if campaign_id is None else alive & takes_part(campaign_id)


def _holds(word: str) -> ColumnElement[bool]:
    return Unit.sought.contains(word, autoescape=True)


def _listed(session: Session, where: Sequence[ColumnElement[bool]], word: str, most: int) -> Listing:
    total = session.scalar(select(func.count()).select_from(Unit).where(*where)) or 0
    likeliest = case(
        (Unit.sought.startswith(f"{word} ", autoescape=True), 0),
        (Unit.sought.startswith(word, autoescape=True), 1),
        (Unit.sought.contains(f" {word}", autoescape=True), 2),
        else_=3,
    )
    rows = session.execute(
        select(Unit.id, Unit.code, Unit.name, Unit.path)
        .where(*where)
        .order_by(likeliest, func.length(Unit.name), Unit.path)
        .limit(most)
    ).all()
    return Listing(_with_above(session, rows), total)


def _with_above(session: Session, rows: Sequence[Row[int, str, str, str]]) -> tuple[FoundUnit, ...]:
    above = names_above(session, (row.path for row in rows))
    return tuple(FoundUnit(row.id, row.code, row.name, above[row.path]) for row in rows)


def _of_words(session: Session, words: Sequence[str], offered: ColumnElement[bool], most: int) -> Listing:
    """Those that the last word is of, and every other one is of or of something above."""
    *outer, last = words
    above = [_ids(session, _holds(word)) for word in outer]
    rows = session.execute(
        select(Unit.id, Unit.code, Unit.name, Unit.path).where(offered, _holds(last)).order_by(Unit.path)
    ).all()
    fitting = [row for row in rows if all(ids.intersection(ids_in(row.path)) for ids in above)]
    return Listing(_with_above(session, fitting[:most]), len(fitting))


def _under_named(session: Session, word: str, offered: ColumnElement[bool], most: int) -> Listing:
    """Those whose whole name ends the text, while what is before it is of something above: ``财政局办公室``."""
    named = literal(word).like(literal("%") + func.lower(Unit.name)) & (func.length(Unit.name) < len(word))
    rows = session.execute(select(Unit.id, Unit.code, Unit.name, Unit.path).where(offered, named)).all()
    fitting = []
    for begun in {word.removesuffix(folded(row.name)) for row in rows} - {word}:
        ids = _ids(session, _holds(begun))
        fitting += [row for row in rows if word == begun + folded(row.name) and ids.intersection(ids_in(row.path))]
    fitting.sort(key=lambda row: str(row.path))
    return Listing(_with_above(session, fitting[:most]), len(fitting))


def _ids(session: Session, where: ColumnElement[bool]) -> set[int]:
    return set(session.scalars(select(Unit.id).where(where)))
