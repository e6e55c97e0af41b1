"""Two persons who turn out to be one, and an identity that led to the wrong one.

Whoever was merged keeps an empty row that says who they are now (`Person.merged_into_id`); their identities, with what
those agreed to and may be told, lead to the other person. Attempts keep the order in which they were begun; those
beyond what the campaign allows are kept as ``superseded`` and not counted, as is the later of two open ones. An
identity that is led away takes the attempts along that it began, with what was won at their ends, and what was
superseded only because of them counts again.

A draw that was frozen before keeps its list, which names the pseudonyms of then, so that each can still be checked,
and both of the two stay entrants of it. What one of them wins there is the person's whom they became; whoever wins
twice so is for the organiser to decide (forfeit), since the list was public when it happened.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from campaigns import audit, tables
from campaigns.counting import recount
from campaigns.errors import Moved, NotFound, Refused
from campaigns.standings import Ranking, Standing
from campaigns.unit_sums import outdate_for
from questions.papers import load

_DOUBLED = "两个人合并成一个，同样的通知只发一次。"


@dataclass(frozen=True, slots=True)
class Regrouped:
    """What came of it."""

    person_id: int
    """Who the identity, or identities, lead to now."""
    standings: Mapping[int, Sequence[Standing]]
    """Campaign → the standings that changed, to be pushed once they are committed: see `push`."""


@dataclass(frozen=True, slots=True)
class OneAttempt:
    """An attempt, as far as it matters whether it counts."""

    id: int
    day: int
    begun_ms: int
    state: str
    whole: bool
    """Whether it was played to its end, or until its time was up."""


def merge(session: Session, from_id: int, into_id: int, now: int, by: str | None = None) -> Regrouped:
    """Let one person be another: everything of the first belongs to the second from now on.

    What the second has not told (name, unit, phone) is taken from the first. `by` is the account's name; None: they
    did it themselves, and it is no deed of the staff's. Raises NotFound, and Refused for a person
    who was merged already, or for one and the same.
    """
    if from_id == into_id:
        raise Refused("这是同一个人，不用合并。")
    persons = _locked(session, (from_id, into_id))
    gone, stays = persons[from_id], persons[into_id]
    identity, outbox = tables.Identity, tables.OutboxMessage
    session.execute(update(identity).where(identity.person_id == from_id).values(person_id=into_id))
    session.execute(update(outbox).where(outbox.person_id == from_id).values(person_id=into_id))
    _drop_doubled(session, into_id)
    former = update(tables.Person).where(tables.Person.merged_into_id == from_id).values(merged_into_id=into_id)
    session.execute(former)
    _take_over(session, gone, stays)
    standings = {}
    for campaign_id in _campaigns(session, from_id):
        attempts = _attempts(session, campaign_id, (from_id, into_id))
        _regroup(session, campaign_id, {into_id: [one for _, one in attempts]}, now)
        standings[campaign_id] = recount(session, campaign_id, (from_id, into_id), now)
    outdate_for(session, [into_id])  # of another unit now, perhaps
    if by is not None:
        audit.record(session, by, "person.merged", f"person:{from_id}", now, after={"into": into_id})
    return Regrouped(into_id, standings)


def unbind(session: Session, identity_id: int, now: int, by: str | None = None) -> Regrouped:
    """Let an identity lead to a new person, with the attempts that it began; name, unit and all else stay behind.

    `by` as of `merge`. Raises NotFound, and Refused where there is nothing to part: the identity is all that its
    person is.
    """
    from campaigns.prizes import lots  # noqa: PLC0415 — they ask who people are, and so this module

    identity = session.get(tables.Identity, identity_id)
    if identity is None:
        raise NotFound("没有这样的身份，请用 lvda people find 查一查编号。")
    former_id = identity.person_id
    former = _locked(session, (former_id,))[former_id]
    session.refresh(identity)
    if identity.person_id != former_id:
        raise Moved
    others = select(tables.Identity.id).where(tables.Identity.person_id == former_id, tables.Identity.id != identity_id)
    if not former.rostered and session.scalar(others.limit(1)) is None:
        raise Refused("这个身份没有和别的身份或花名册绑在一起，不用解除。")
    person = tables.Person(name="", unit_id=None, created_ms=now)
    session.add(person)
    session.flush()
    identity.person_id = person.id
    session.execute(delete(tables.Binding).where(tables.Binding.identity_id == identity_id))
    session.flush()
    standings = {}
    for campaign_id in _campaigns(session, former_id, identity_id):
        attempts = _attempts(session, campaign_id, (former_id,))
        own = [one for began, one in attempts if began == identity_id]
        _regroup(
            session,
            campaign_id,
            {person.id: own, former_id: [one for began, one in attempts if began != identity_id]},
            now,
        )
        lots.follow(session, [one.id for one in own], person.id, now)
        standings[campaign_id] = recount(session, campaign_id, (former_id, person.id), now)
    if by is not None:
        told = {"identity": identity_id, "person": former_id}, {"identity": identity_id, "person": person.id}
        audit.record(session, by, "person.unbound", f"person:{former_id}", now, before=told[0], after=told[1])
    return Regrouped(person.id, standings)


def push(ranking: Ranking, regrouped: Regrouped) -> None:
    """Tell the copies of the standings, after the commit; the worker would, a little later."""
    for campaign_id, standings in regrouped.standings.items():
        ranking.place_all(campaign_id, standings)


def states_after(attempts: Sequence[OneAttempt], in_all: int | None, per_day: int | None) -> dict[int, str]:
    """Attempt → its state, for all attempts of one person in one campaign, in the order in which they were begun.

    Whole attempts within the allowance are finished, those beyond it superseded; of open ones the first within it
    stays open. One that was superseded half-way, or declared void, stays so, and was one of those allowed all the same.
    """
    states: dict[int, str] = {}
    days: dict[int, int] = {}
    open_one = False
    for number, attempt in enumerate(attempts, start=1):
        days[attempt.day] = days.get(attempt.day, 0) + 1
        allowed = (in_all is None or number <= in_all) and (per_day is None or days[attempt.day] <= per_day)
        if attempt.state == "void":
            states[attempt.id] = "void"
        elif attempt.state == "open" and allowed and not open_one:
            open_one = True
            states[attempt.id] = "open"
        else:
            states[attempt.id] = "finished" if allowed and attempt.whole else "superseded"
    return states


def _locked(session: Session, person_ids: Collection[int]) -> dict[int, tables.Person]:
    """The persons, ours until the transaction ends. Raises NotFound; Refused for one that was merged."""
    rows = session.scalars(
        select(tables.Person)
        .where(tables.Person.id.in_(person_ids))
        .order_by(tables.Person.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    persons = {person.id: person for person in rows}
    for person_id in person_ids:
        if person_id not in persons:
            raise NotFound(f"没有编号为 {person_id} 的人，请用 lvda people find 查一查编号。")
        if (other := persons[person_id].merged_into_id) is not None:
            raise Refused(f"编号 {person_id} 的人已经并入编号 {other}，请用后一个编号。")
    return persons


def _drop_doubled(session: Session, person_id: int) -> None:
    """Of equal notices that wait for both of two who became one, let the first go out; what must be said stays."""
    outbox = tables.OutboxMessage
    waiting = session.execute(
        select(outbox.id, outbox.campaign_id, outbox.wording)
        .where(outbox.person_id == person_id, outbox.state == "waiting", outbox.must.is_(False), outbox.lease.is_(None))
        .order_by(outbox.id)
    )
    first: dict[tuple[int | None, str], int] = {}
    doubled = [row.id for row in waiting if first.setdefault((row.campaign_id, row.wording), row.id) != row.id]
    session.execute(update(outbox).where(outbox.id.in_(doubled)).values(state="dropped", reason=_DOUBLED))


def _take_over(session: Session, gone: tables.Person, stays: tables.Person) -> None:
    """The emptied row first: only one living person of a unit may have a staff number."""
    gone.merged_into_id = stays.id
    was_rostered, gone.rostered = gone.rostered, False
    session.flush()
    stays.name = stays.name or gone.name
    stays.phone = stays.phone or gone.phone
    if stays.unit_id is None:
        stays.unit_id = gone.unit_id
    if not stays.staff_number and stays.unit_id == gone.unit_id:
        stays.staff_number = gone.staff_number
    stays.rostered = stays.rostered or was_rostered
    session.flush()


def _campaigns(session: Session, person_id: int, identity_id: int | None = None) -> list[int]:
    """The campaigns in which a person has attempts, or has begun some by an identity."""
    attempt = tables.Attempt
    query = select(attempt.campaign_id).where(attempt.person_id == person_id).distinct().order_by(attempt.campaign_id)
    return list(session.scalars(query if identity_id is None else query.where(attempt.identity_id == identity_id)))


def _attempts(session: Session, campaign_id: int, person_ids: Collection[int]) -> list[tuple[int | None, OneAttempt]]:
    """The attempts of persons in the order in which they were begun, each with the identity that began it; locked, so
    that an answer that is being given waits, and then finds where its attempt belongs.
    """
    attempt = tables.Attempt
    rows = session.execute(
        select(
            attempt.id,
            attempt.identity_id,
            attempt.day,
            attempt.begun_ms,
            attempt.state,
            attempt.position,
            attempt.paper,
            attempt.timed_out,
        )
        .where(attempt.campaign_id == campaign_id, attempt.person_id.in_(person_ids))
        .order_by(attempt.begun_ms, attempt.id)
        .with_for_update()
    )
    return [
        (
            row.identity_id,
            OneAttempt(row.id, row.day, row.begun_ms, row.state, row.timed_out or row.position > len(load(row.paper))),
        )
        for row in rows
    ]


def _regroup(session: Session, campaign_id: int, groups: Mapping[int, Sequence[OneAttempt]], now: int) -> None:
    """Let persons have these attempts, numbered in their order.

    In three steps, since the schema lets nobody have two open attempts or two of a number, even for a moment.
    """
    campaign = session.get_one(tables.Campaign, campaign_id)
    states: dict[int, str] = {}
    for attempts in groups.values():
        states |= states_after(attempts, campaign.attempts_in_all, campaign.attempts_per_day)
    everyone = [(person_id, place, one) for person_id, group in groups.items() for place, one in enumerate(group, 1)]
    _change(
        session,
        (
            {"id": one.id, "state": "superseded", "finished_ms": now, "used_ms": max(0, now - one.begun_ms)}
            for _, _, one in everyone
            if one.state == "open" and states[one.id] != "open"
        ),
    )
    _change(session, ({"id": one.id, "person_id": person, "ordinal": -place} for person, place, one in everyone))
    _change(session, ({"id": one.id, "state": states[one.id], "ordinal": place} for _, place, one in everyone))


def _change(session: Session, rows: Iterable[Mapping[str, object]]) -> None:
    if changes := list(rows):
        session.execute(update(tables.Attempt), changes)
