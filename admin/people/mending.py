"""A wrong binding undone, and two persons merged who are one: first what would happen, then done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.console import console
from admin.context import me, now, stores
from admin.people.person_pages import (
    STATES,
    AttemptLine,
    attempts_of,
    find_person,
    hidden,
    name_of,
    person_page,
)
from admin.rights import Action, needs
from campaigns import merging, tables
from campaigns.errors import Moved, NotFound, Refused
from campaigns.merging import Regrouped
from campaigns.people import living


@dataclass(frozen=True, slots=True)
class Side:
    """A person as the question shows them."""

    id: int
    name: str
    staff_number: str
    unit: str
    identities: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What would become of the attempts."""

    before: Sequence[AttemptLine]
    after: dict[int, AttemptLine]

    @property
    def lost(self) -> int:
        """How many would not count any more."""
        return sum(one.state != "superseded" and self.after[one.id].state == "superseded" for one in self.before)


class _OnlyLooking(Exception):
    """Ends a transaction in which something was done to see what comes of it."""


@console.get("/people/<int:person_id>/merge")
@needs(Action.EDIT_PEOPLE)
def ask_merge(person_id: int) -> str | tuple[str, int]:
    """What it would do to let this person be the one of ``?into=``."""
    into = request.args.get("into", "").strip().removeprefix("#")
    try:
        with stores().sql.reading() as session:
            into_id = find_person(session, _number(into)).id
        outcome = _foreseen(lambda session: merging.merge(session, person_id, into_id, now()), (person_id, into_id))
    except (Refused, NotFound) as error:
        with stores().sql.reading() as session:
            return person_page(session, find_person(session, person_id), str(error), into), 422
    with stores().sql.reading() as session:
        gone, stays = _side(session, person_id), _side(session, into_id)
    return render_template("admin/person_merge.html", gone=gone, stays=stays, outcome=outcome, states=STATES)


@console.post("/people/<int:person_id>/merge")
@needs(Action.EDIT_PEOPLE)
def merge_person(person_id: int) -> Response | tuple[str, int]:
    into = request.form.get("into", "")
    try:
        into_id = _number(into)
        with stores().sql.transaction() as session:
            done = merging.merge(session, person_id, into_id, now(), me())
    except (Refused, NotFound, Moved) as error:
        with stores().sql.reading() as session:
            return person_page(session, find_person(session, person_id), str(error), into), 422
    merging.push(stores().ranking, done)
    flash("已合并成一个人，成绩已重新计算。", "success")
    return redirect(url_for("admin.person", person_id=into_id))


@console.get("/people/identities/<int:identity_id>/unbind")
@needs(Action.EDIT_PEOPLE)
def ask_unbind(identity_id: int) -> str | tuple[str, int]:
    with stores().sql.reading() as session:
        person_id = _holder(session, identity_id)
    try:
        outcome = _foreseen(lambda session: merging.unbind(session, identity_id, now()), (person_id,))
    except Refused as error:
        with stores().sql.reading() as session:
            return person_page(session, find_person(session, person_id), str(error)), 422
    with stores().sql.reading() as session:
        side = _side(session, person_id)
        began = set(session.scalars(select(tables.Attempt.id).where(tables.Attempt.identity_id == identity_id)))
    return render_template(
        "admin/person_unbind.html",
        identity_id=identity_id,
        person=side,
        outcome=outcome,
        going=[one for one in outcome.before if one.id in began],
        states=STATES,
    )


@console.post("/people/identities/<int:identity_id>/unbind")
@needs(Action.EDIT_PEOPLE)
def unbind_identity(identity_id: int) -> Response | tuple[str, int]:
    with stores().sql.reading() as session:
        person_id = _holder(session, identity_id)
    try:
        with stores().sql.transaction() as session:
            done = merging.unbind(session, identity_id, now(), me())
    except (Refused, Moved) as error:
        with stores().sql.reading() as session:
            sentence = str(error) or "刚刚有人动过这个身份，请看一下现在的样子再决定。"
            return person_page(session, find_person(session, person_id), sentence), 422
    merging.push(stores().ranking, done)
    flash("已解除绑定：这个身份现在是另一个人，它自己答的题跟着它走，成绩已重新计算。", "success")
    return redirect(url_for("admin.person", person_id=done.person_id))


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise Refused("请填写要并入的那个人的编号，例如 12；编号在查找结果里。")
    return int(text)


def _holder(session: Session, identity_id: int) -> int:
    """Raises NotFound."""
    identity = session.get(tables.Identity, identity_id)
    if identity is None:
        raise NotFound("没有这个身份，可能已经变了，请重新查找这个人。")
    return identity.person_id


def _foreseen(deed: Callable[[Session], Regrouped], person_ids: Sequence[int]) -> Outcome:
    """Done in a transaction that is given up: what is told is what would happen."""
    seen: list[Outcome] = []
    try:
        with stores().sql.transaction() as session:
            before = attempts_of(session, person_ids)
            done = deed(session)
            session.flush()
            after = attempts_of(session, (*person_ids, done.person_id))
            seen.append(Outcome(before, {one.id: one for one in after}))
            raise _OnlyLooking
    except _OnlyLooking:
        return seen[0]


def _side(session: Session, person_id: int) -> Side:
    found = find_person(session, living(session, person_id))
    unit = session.get(tables.Unit, found.unit_id) if found.unit_id else None
    identities = session.scalars(select(tables.Identity.id).where(tables.Identity.person_id == found.id)).all()
    return Side(
        id=found.id,
        name=name_of(found.name),
        staff_number=hidden(found.staff_number),
        unit=unit.name if unit else "",
        identities=len(identities),
        attempts=len(attempts_of(session, [found.id])),
    )
