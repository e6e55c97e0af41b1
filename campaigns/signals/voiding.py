"""Attempts declared void by a person, for a reason that their participants read; and declared good again.

A void attempt makes no standing, enters no list of a draw that is frozen later, and is in no figures of questions or
units; its answers stay. It was one of those allowed: the allowance is not given back. What was decided before stays
decided: whoever is on the list of a draw that waits for its numbers, or holds a prize, is refused, and is told what to
do instead.

Locks are taken in the order of `campaigns.merging`: persons, attempts, the campaign, standings.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from campaigns import audit, tables
from campaigns.banks.storable import line
from campaigns.counting import recount
from campaigns.draws import scheme
from campaigns.draws.pseudonyms import pseudonym
from campaigns.draws.waiting import PENDING
from campaigns.errors import Moved, NotFound, Refused
from campaigns.keeping.changes import What, note_down
from campaigns.merging import OneAttempt, states_after
from campaigns.privacy.purged import refuse_purged
from campaigns.prizes.awards import take_turn
from campaigns.signals.kinds import State
from campaigns.standings import Ranking, Standing
from questions.papers import load

LONGEST_REASON = 200
MOST_AT_ONCE = 500
_CANNOT = {
    "open": "还没有答完，请等它答完或到时以后再作废",
    "superseded": "超出了次数，本来就不计成绩，不用作废",
    "void": "已经作废了，不用再作废",
}


@dataclass(frozen=True, slots=True)
class Voided:
    """What came of it."""

    campaign_id: int
    attempts: tuple[int, ...]
    persons: int
    standings: Sequence[Standing]
    """Those that changed, to be pushed once they are committed: see `push`."""


@dataclass(frozen=True, slots=True)
class OwnVoid:
    """A void attempt as its participant is told of it."""

    attempt_id: int
    number: int
    """The how-manieth of theirs."""
    reason: str


@dataclass(frozen=True, slots=True)
class VoidAttempt:
    """A void attempt as the organiser's list shows it."""

    attempt_id: int
    person_id: int
    name: str
    """As the roster has it; empty for guests: mask it where others look."""
    unit: str
    number: int
    score: int
    reason: str
    by: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class _Meant:
    """The attempts that it is about, locked, and their campaign."""

    campaign: tables.Campaign
    rows: Sequence[tables.Attempt]

    @property
    def ids(self) -> tuple[int, ...]:
        return tuple(row.id for row in self.rows)

    @property
    def person_ids(self) -> set[int]:
        return {row.person_id for row in self.rows}


def void(
    session: Session, attempt_ids: Iterable[int], reason: str, by: str, now: int, *, signal_id: int | None = None
) -> Voided:
    """Declare finished attempts of one campaign void; `reason` as the participants read it.

    The signal that led to it is settled by it, as is every other one all of whose attempts are void by now. Raises
    NotFound, Refused with what to do, and Moved when somebody was quicker.
    """
    reason = _stated(reason)
    meant = _meant(session, attempt_ids)
    for row in meant.rows:
        if row.state in _CANNOT:
            raise Refused(f"答卷 #{row.id} {_CANNOT[row.state]}。")
    _check_lists(session, meant)
    _check_awards(session, meant)
    states = dict.fromkeys(meant.ids, "void")
    _set_states(session, states, was="finished")
    session.execute(
        insert(tables.AttemptVoid),
        [
            {"attempt_id": one, "campaign_id": meant.campaign.id, "reason": reason, "by": line(by), "at_ms": now}
            for one in meant.ids
        ],
    )
    _settle_signals(session, meant, signal_id, reason, by, now)
    note_down(session, meant.campaign.id, What.ATTEMPTS_VOIDED, by, now, said={"attempts": len(states)})
    return _counted_anew(session, meant, "attempt.voided", "finished", states, reason, by, now)


def restore(session: Session, attempt_ids: Iterable[int], reason: str, by: str, now: int) -> Voided:
    """Let void attempts of one campaign count again; signals that were settled by them alone are open again.

    One that is beyond the allowance by now, since persons were merged, is superseded instead. Raises as `void`.
    """
    reason = _stated(reason)
    meant = _meant(session, attempt_ids)
    for row in meant.rows:
        if row.state != "void":
            raise Refused(f"答卷 #{row.id} 没有作废，不用恢复。")
    states = _states_restored(session, meant)
    _set_states(session, states, was="void")
    session.execute(delete(tables.AttemptVoid).where(tables.AttemptVoid.attempt_id.in_(meant.ids)))
    _reopen_signals(session, meant)
    note_down(session, meant.campaign.id, What.ATTEMPTS_RESTORED, by, now, said={"attempts": len(states)})
    return _counted_anew(session, meant, "attempt.restored", "void", states, reason, by, now)


def push(ranking: Ranking, voided: Voided) -> None:
    """Tell the copies of the standings, after the commit; the worker would, a little later."""
    ranking.place_all(voided.campaign_id, voided.standings)


def own_voids(session: Session, campaign_id: int, person_id: int) -> list[OwnVoid]:
    """A person's void attempts in a campaign, in their order, with the reasons."""
    attempt, declared = tables.Attempt, tables.AttemptVoid
    rows = session.execute(
        select(attempt.id, attempt.ordinal, declared.reason)
        .join(declared, declared.attempt_id == attempt.id)
        .where(attempt.campaign_id == campaign_id, attempt.person_id == person_id, attempt.state == "void")
        .order_by(attempt.ordinal)
    )
    return [OwnVoid(*row) for row in rows]


def void_attempts(session: Session, campaign_id: int) -> list[VoidAttempt]:
    """All void attempts of a campaign, the latest decision first."""
    attempt, declared, person, unit = tables.Attempt, tables.AttemptVoid, tables.Person, tables.Unit
    rows = session.execute(
        select(
            attempt.id,
            attempt.person_id,
            person.name,
            unit.name,
            attempt.ordinal,
            attempt.score,
            declared.reason,
            declared.by,
            declared.at_ms,
        )
        .join(declared, declared.attempt_id == attempt.id)
        .join(person, person.id == attempt.person_id)
        .outerjoin(unit, unit.id == person.unit_id)
        .where(declared.campaign_id == campaign_id)
        .order_by(declared.at_ms.desc(), attempt.id)
    )
    return [
        VoidAttempt(one, person_id, name, unit_name or "", number, score, reason, by, at_ms)
        for one, person_id, name, unit_name, number, score, reason, by, at_ms in rows
    ]


# --- what may be voided -----------------------------------------------------------------------------------------------


def _stated(reason: str) -> str:
    """Raises Refused for none, and for one that is no single line."""
    reason = reason.strip().removesuffix("。")  # sentences are made of it
    if not reason or len(reason) > LONGEST_REASON or not reason.isprintable():
        raise Refused(f"请写明原因，参与者会看到，不超过 {LONGEST_REASON} 字且不换行。")
    return reason


def _meant(session: Session, attempt_ids: Iterable[int]) -> _Meant:
    """Lock the attempts and whose they are, so that nobody merges, parts or decides meanwhile."""
    wanted = sorted(set(attempt_ids))
    if not wanted:
        raise Refused("请先勾选答卷。")
    if len(wanted) > MOST_AT_ONCE:
        raise Refused(f"一次最多 {MOST_AT_ONCE} 份答卷，请分几次办。")
    attempt = tables.Attempt
    found = session.execute(select(attempt.id, attempt.person_id).where(attempt.id.in_(wanted))).all()
    persons = {one.id: one.person_id for one in found}
    for one in wanted:
        if one not in persons:
            raise NotFound(f"没有编号为 {one} 的答卷，请核对编号。")
    person = tables.Person
    everyone = select(person.id).where(person.id.in_(set(persons.values())))
    session.execute(everyone.order_by(person.id).with_for_update(key_share=True)).all()
    rows = session.scalars(
        select(attempt)
        .where(attempt.id.in_(wanted))
        .order_by(attempt.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if {row.id: row.person_id for row in rows} != persons:
        raise Moved("这些答卷的参与者刚刚有变动（合并或解除绑定），什么也没有改：请重新看一下再决定。")
    campaign_ids = {row.campaign_id for row in rows}
    if len(campaign_ids) > 1:
        raise Refused("这些答卷不是同一个活动的，请分开办。")
    (campaign_id,) = campaign_ids
    _shut_gates(session, campaign_id, set(persons.values()))
    take_turn(session, campaign_id)
    campaign = session.get_one(tables.Campaign, campaign_id, populate_existing=True)
    if campaign.state == "archived":
        raise Refused(f"活动 {campaign.slug} 已经归档，成绩不再改变。")
    refuse_purged(session, campaign_id, "作废或者恢复答卷")
    return _Meant(campaign, rows)


def _shut_gates(session: Session, campaign_id: int, person_ids: Collection[int]) -> None:
    """Let nobody finish an attempt who began to when these were other than they will be.

    The row is rewritten as it is: see `_PG_UNMOVED` in `campaigns.play_statements`.
    """
    attempt = tables.Attempt
    session.execute(
        update(attempt)
        .where(attempt.campaign_id == campaign_id, attempt.person_id.in_(person_ids), attempt.state == "open")
        .values(ordinal=attempt.ordinal)
        .execution_options(synchronize_session=False)
    )


def _check_lists(session: Session, meant: _Meant) -> None:
    """Raises Refused where somebody is on the list of a draw that waits for its numbers."""
    draw = tables.Draw
    pending = session.execute(
        select(draw.id, draw.entrants).where(draw.campaign_id == meant.campaign.id, draw.state.in_(PENDING))
    ).all()
    everybody = _selves(session, meant.person_ids) if pending else {}
    for draw_id, entrants in pending:
        for row in meant.rows:
            names = [pseudonym(meant.campaign.salt, one) for one in everybody[row.person_id]]
            if any(scheme.find_entrant(entrants, name) for name in names):
                raise Refused(
                    f"答卷 #{row.id} 的参与者在抽奖 {draw_id} 已经公布的名单里，名单不能再改："
                    "请等开奖以后再作废；如果中了奖，先把奖品作废，由下一位递补。"
                )


def _check_awards(session: Session, meant: _Meant) -> None:
    """Raises Refused where somebody holds a prize: by a draw or a rank, or won at the end of one of these attempts."""
    award, everybody = tables.Award, _selves(session, meant.person_ids)
    held = session.execute(
        select(award.person_id, award.attempt_id, award.prize, award.redeemed_ms)
        .where(
            award.campaign_id == meant.campaign.id,
            award.person_id.in_({one for selves in everybody.values() for one in selves}),
            award.state == "awarded",
        )
        .order_by(award.id)
    ).all()
    ids = set(meant.ids)
    weighty = {one.person_id: one for one in held if one.attempt_id is None or one.attempt_id in ids}
    for row in meant.rows if weighty else ():
        found = next((weighty[one] for one in everybody[row.person_id] if one in weighty), None)
        if found is None:
            continue
        if found.redeemed_ms is not None:
            raise Refused(
                f"答卷 #{row.id} 的参与者已经领走奖品“{found.prize}”，不能再作废：请与本人联系，按活动规则另行处理。"
            )
        raise Refused(
            f"答卷 #{row.id} 的参与者已经获奖“{found.prize}”："
            "请先在“获奖”里把这份奖品作废（由下一位递补），再作废答卷。"
        )


def _selves(session: Session, person_ids: Collection[int]) -> dict[int, list[int]]:
    """Of each of these persons they themselves and whoever turned out to be them, as `campaigns.people.selves`."""
    person, found = tables.Person, {one: [one] for one in person_ids}
    former = select(person.merged_into_id, person.id).where(person.merged_into_id.in_(person_ids)).order_by(person.id)
    for into_id, former_id in session.execute(former):
        assert into_id is not None
        found[into_id].append(former_id)
    return found


# --- what is written --------------------------------------------------------------------------------------------------


def _set_states(session: Session, states: Mapping[int, str], *, was: str) -> None:
    """Raises Moved if any of the attempts is not as it was."""
    attempt = tables.Attempt
    for state in sorted(set(states.values())):
        wanted = [one for one, becomes in states.items() if becomes == state]
        done = session.scalars(
            update(attempt)
            .where(attempt.id.in_(wanted), attempt.state == was)
            .values(state=state)
            .returning(attempt.id)
            .execution_options(synchronize_session=False)
        ).all()
        if len(done) != len(wanted):
            raise Moved("这些答卷刚刚有变动，什么也没有改：请重新看一下再决定。")


def _states_restored(session: Session, meant: _Meant) -> dict[int, str]:
    """What each of the attempts would be, had it never been void."""
    attempt, campaign, restored = tables.Attempt, meant.campaign, set(meant.ids)
    states: dict[int, str] = {}
    for person_id in sorted(meant.person_ids):
        rows = session.execute(
            select(
                attempt.id,
                attempt.day,
                attempt.begun_ms,
                attempt.state,
                attempt.timed_out,
                attempt.position,
                attempt.paper,
            )
            .where(attempt.campaign_id == campaign.id, attempt.person_id == person_id)
            .order_by(attempt.begun_ms, attempt.id)
        )
        of_person = [
            OneAttempt(
                row.id,
                row.day,
                row.begun_ms,
                "finished" if row.id in restored else row.state,
                row.timed_out or row.position > len(load(row.paper)),
            )
            for row in rows
        ]
        after = states_after(of_person, campaign.attempts_in_all, campaign.attempts_per_day)
        states |= {one: state for one, state in after.items() if one in restored}
    return states


def _settle_signals(session: Session, meant: _Meant, signal_id: int | None, reason: str, by: str, now: int) -> None:
    """The signal that led to it; and those of which nothing is left."""
    signal = tables.Signal
    rows = session.execute(
        select(signal.id, signal.attempts).where(signal.campaign_id == meant.campaign.id, signal.state == State.OPEN)
    ).all()
    touched = [row for row in rows if set(row.attempts) & set(meant.ids)]
    gone = _void_among(session, {one for row in touched for one in row.attempts})
    settled = [row.id for row in touched if row.id == signal_id or set(row.attempts) <= gone]
    session.execute(
        update(signal)
        .where(signal.id.in_(settled), signal.state == State.OPEN)
        .values(state=State.VOIDED.value, note=reason, by=line(by), decided_ms=now)
    )


def _reopen_signals(session: Session, meant: _Meant) -> None:
    signal = tables.Signal
    rows = session.execute(
        select(signal.id, signal.attempts).where(signal.campaign_id == meant.campaign.id, signal.state == State.VOIDED)
    ).all()
    touched = [row for row in rows if set(row.attempts) & set(meant.ids)]
    gone = _void_among(session, {one for row in touched for one in row.attempts})
    session.execute(
        update(signal)
        .where(signal.id.in_([row.id for row in touched if not set(row.attempts) & gone]))
        .values(state=State.OPEN.value, note="", by="", decided_ms=None)
    )


def _void_among(session: Session, attempt_ids: Collection[int]) -> set[int]:
    attempt = tables.Attempt
    return set(session.scalars(select(attempt.id).where(attempt.id.in_(attempt_ids), attempt.state == "void")))


def _counted_anew(
    session: Session, meant: _Meant, deed: str, was: str, states: Mapping[int, str], reason: str, by: str, now: int
) -> Voided:
    """The standings that follow; and in the audit log the reasons, which are personal and for nobody else."""
    standings = recount(session, meant.campaign.id, meant.person_ids, now)
    slug = meant.campaign.slug
    changes = {f"attempt:{one}": ({"state": was}, {"state": state, "campaign": slug}) for one, state in states.items()}
    audit.record_each(session, by, deed, changes, now, note=reason)
    return Voided(meant.campaign.id, meant.ids, len(meant.person_ids), standings)
