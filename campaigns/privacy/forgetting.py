"""One person's data, deleted on request (PIPL, art. 47): what they did stays counted, and nobody can tell whose it was.

Their attempts, standings and awards stay with an empty row, so that figures, ranks and draws come out as before, and
a draw's evidence still holds together. Name, staff number, phone, identities, consents, claims and origins are gone.
They may win nothing that is drawn or settled later: nobody would be there to have it.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import Session

from campaigns import audit, people, tables
from campaigns.banks.storable import cleaned, line
from campaigns.errors import NotFound, Refused
from campaigns.privacy.clearing import clear_identities, clear_messages_to, clear_persons, delete_claims
from campaigns.prizes.awards import to_be_collected
from campaigns.store import insertion

LONGEST_REASON = 500
DONE = "已经删除。"
FORGOTTEN = "本人要求删除了个人信息"


@dataclass(frozen=True, slots=True)
class Forgotten:
    person_id: int
    identities: int
    attempts: int
    claims: int


def obstacles(session: Session, person_id: int) -> list[str]:
    """What should be done before: a sentence each."""
    selves = people.selves(session, person_id)
    return [
        sentence
        for sentence in (_prizes(session, selves), _draws(session, selves), _asked(session, selves))
        if sentence
    ]


def _prizes(session: Session, person_ids: list[int]) -> str:
    waiting = to_be_collected(session, tables.Award.person_id.in_(person_ids))
    return f"有 {waiting} 份奖品还没有领，删除以后不再知道该给谁：请先发放或者作废。" if waiting else ""


def _draws(session: Session, person_ids: list[int]) -> str:
    draw, standing = tables.Draw, tables.Standing
    takes_part = exists().where(standing.campaign_id == draw.campaign_id, standing.person_id.in_(person_ids))
    found = session.scalars(select(draw.id).where(draw.state.in_(("frozen", "entered")), takes_part)).all()
    return f"抽奖 {'、'.join(found)} 的名单已经冻结，里面可能有这个人：最好等开奖以后再删除。" if found else ""


def _asked(session: Session, person_ids: list[int]) -> str:
    request = tables.DataRequest
    asked = session.scalar(
        select(func.count())
        .select_from(request)
        .where(request.person_id.in_(person_ids), request.state == "open", request.kind != "delete")
    )
    return "这个人还要副本或更正，没有办：请先办好。" if asked else ""


def forget(session: Session, person_id: int, by: str, now: int, reason: str = "") -> Forgotten:
    """Delete what leads to a person, whoever was merged into them included; their request for it is done by that.

    Raises NotFound; Refused for whoever was merged, and without a `reason` while something should be done before.
    """
    reason = cleaned(reason).strip()
    if len(reason) > LONGEST_REASON:
        raise Refused(f"原因最多 {LONGEST_REASON} 个字，请写短一些。")
    person = session.get(tables.Person, person_id, with_for_update=True)
    if person is None:
        raise NotFound(f"没有编号为 {person_id} 的人，请查找以后再试。")
    if person.merged_into_id is not None:
        raise Refused(f"编号 {person_id} 的人已经并入编号 {person.merged_into_id}，请用后一个编号。")
    found = obstacles(session, person_id)
    if found and not reason:
        raise Refused("\n".join(found) + "\n一定要现在删除的，请写明原因。")
    return _forget(session, people.selves(session, person_id), by, now, reason)


def _forget(session: Session, selves: list[int], by: str, now: int, reason: str) -> Forgotten:
    attempt, award, standing = tables.Attempt, tables.Award, tables.Standing
    attempt_ids = session.scalars(select(attempt.id).where(attempt.person_id.in_(selves))).all()
    award_ids = session.scalars(select(award.id).where(award.person_id.in_(selves))).all()
    is_counted = bool(session.scalar(select(exists().where(standing.person_id.in_(selves)))))
    session.execute(
        update(attempt)
        .where(attempt.id.in_(attempt_ids), attempt.state == "open")
        .values(state="superseded", finished_ms=now, used_ms=0)
        .execution_options(synchronize_session=False)
    )
    session.execute(delete(tables.AttemptOrigin).where(tables.AttemptOrigin.attempt_id.in_(attempt_ids)))
    _let_win_nothing(session, selves, by, now)
    session.execute(update(tables.Certificate).where(tables.Certificate.person_id.in_(selves)).values(name=""))
    session.execute(update(award).where(award.id.in_(award_ids)).values(code_hash=None, code_sealed=None))
    _end_requests(session, selves, by, now, reason)
    done = Forgotten(
        person_id=selves[0],
        identities=clear_identities(session, selves),
        attempts=len(attempt_ids),
        claims=delete_claims(session, award_ids),
    )
    clear_messages_to(session, selves)
    clear_persons(session, selves, units_too=not is_counted)
    counts = {"identities": done.identities, "attempts": done.attempts, "claims": done.claims}
    audit.record(session, by, "person.forgotten", f"person:{done.person_id}", now, after=counts, note=reason)
    return done


def _let_win_nothing(session: Session, selves: list[int], by: str, now: int) -> None:
    """Whoever was excluded stays so, without the note; and nobody who is nobody wins a prize that is drawn later."""
    exclusion, standing = tables.Exclusion, tables.Standing
    session.execute(update(exclusion).where(exclusion.person_id.in_(selves)).values(note=""))
    ranked = session.execute(
        select(standing.campaign_id, standing.person_id)
        .join(tables.Campaign, tables.Campaign.id == standing.campaign_id)
        .where(standing.person_id.in_(selves), tables.Campaign.purged_ms.is_(None))
    ).all()
    for campaign_id, person_id in ranked:
        session.execute(
            insertion(session.get_bind(), exclusion)
            .values(campaign_id=campaign_id, person_id=person_id, why="other", note=FORGOTTEN, by=line(by), at_ms=now)
            .on_conflict_do_nothing()
        )


def _end_requests(session: Session, selves: list[int], by: str, now: int, reason: str) -> None:
    request = tables.DataRequest
    own = (request.person_id.in_(selves), request.state == "open")
    for kinds, state, answer in ((("delete",), "done", DONE), (("copy", "correct"), "refused", reason)):
        session.execute(
            update(request)
            .where(*own, request.kind.in_(kinds))
            .values(state=state, answer=answer, by=by, ended_ms=now)
            .execution_options(synchronize_session=False)
        )
