"""What persons ask for about their own data (PIPL, art. 44 to 47), when it is due, and what came of it.

The law sets no number of days. Fifteen working days are the most that the regulators' own measure allows for work by
hand (App违法违规收集使用个人信息行为认定方法, 国信办秘字〔2019〕191号, art. 6), and what this product promises.
Working days are counted from Monday to Friday without regard to holidays: what is due so is never due too late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from campaigns import audit, consents, people, tables
from campaigns.banks.storable import cleaned
from campaigns.clock import DAY, SECOND, local
from campaigns.errors import NotFound, Refused
from campaigns.store import insertion
from campaigns.stores import Stores

KINDS = {"copy": "完整副本", "correct": "更正", "delete": "删除"}
STATES = {"open": "待办", "done": "已办结", "refused": "没有同意", "withdrawn": "本人撤销"}
WORKING_DAYS = 15
LONGEST_TEXT = 1_000
KEPT_MS = 3 * 365 * DAY
"""How long one that has ended is kept: as long as PIPL, art. 56, asks of records of how data are handled."""
WITHDRAWN = "撤回同意，请删除。"
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Request:
    id: int
    person_id: int
    """Who asked, or who they turned out to be."""
    name: str
    """In full; empty: a guest."""
    kind: str
    text: str
    state: str
    answer: str
    by: str
    asked_ms: int
    due_ms: int
    ended_ms: int | None

    @property
    def kind_name(self) -> str:
        return KINDS[self.kind]

    @property
    def state_name(self) -> str:
        return STATES[self.state]

    def is_late(self, now: int) -> bool:
        return self.state == "open" and self.due_ms <= now


def due_ms(asked_ms: int, zone: str) -> int:
    """When the fifteenth working day after the one of the request is over, in a zone: UTC milliseconds."""
    day = local(asked_ms, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    left = WORKING_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < _SATURDAY
    return int((day + timedelta(days=1)).timestamp()) * SECOND


def ask(session: Session, person_id: int, kind: str, text: str, now: int) -> int:
    """Take a request down; gives its id. Raises Refused for one that waits already, or does not say what is wrong."""
    text = cleaned(text).strip()
    if kind not in KINDS:
        raise Refused("请选择要副本、更正还是删除。")
    if kind == "correct" and not text:
        raise Refused("请写明哪里不对、应当是什么。")
    if len(text) > LONGEST_TEXT:
        raise Refused(f"说明最多 {LONGEST_TEXT} 个字，请写短一些。")
    person_id = people.held_living(session, person_id)
    request = tables.DataRequest
    made: int | None = session.scalar(
        insertion(session.get_bind(), request)
        .values(person_id=person_id, kind=kind, text=text, state="open", answer="", by="", asked_ms=now)
        .on_conflict_do_nothing()
        .returning(request.id)
    )
    if made is None:
        raise Refused(f"您的{KINDS[kind]}申请已经在办理，不用再提；要改说明，请先撤销再提。")
    audit.record(session, "", "request.asked", f"request:{made}", now, after={"kind": kind, "person": person_id})
    return made


def withdraw(session: Session, person_id: int, request_id: int, now: int) -> None:
    """Take one's own request back. Raises NotFound for somebody else's; Refused for one that has ended."""
    request = tables.DataRequest
    own = session.get(request, request_id)
    if own is None or own.person_id not in people.selves(session, person_id):
        raise NotFound("没有这个申请，请刷新页面。")
    _end(session, request_id, "withdrawn", "", "", now)


def withdraw_consent(session: Session, person_id: int, campaign_id: int, now: int) -> None:
    """Take back a person's consent to a campaign's notice, stop notices to them, and ask for their data to be deleted,
    which follows from it (PIPL, art. 15 and 47).

    Whoever goes on afterwards agrees anew by that.
    """
    person_id = people.held_living(session, person_id)
    consents.take_back(session, people.selves(session, person_id), campaign_id)
    people.mute(session, person_id, now)
    audit.record(session, "", "consent.withdrawn", f"person:{person_id}", now, after={"campaign": campaign_id})
    waits = select(tables.DataRequest.id).where(
        tables.DataRequest.person_id == person_id,
        tables.DataRequest.kind == "delete",
        tables.DataRequest.state == "open",
    )
    if session.scalar(waits) is None:
        ask(session, person_id, "delete", WITHDRAWN, now)


def finish(session: Session, request_id: int, answer: str, by: str, now: int) -> None:
    """It was done. Raises NotFound, Refused for one that has ended."""
    _end(session, request_id, "done", answer, by, now)


def refuse(session: Session, request_id: int, answer: str, by: str, now: int) -> None:
    """It cannot be done, for a reason that the person reads (PIPL, art. 50). Raises as `finish`; Refused without."""
    if not answer.strip():
        raise Refused("不能办的，要写明理由，申请人会看到。")
    _end(session, request_id, "refused", answer, by, now)


def _end(session: Session, request_id: int, state: str, answer: str, by: str, now: int) -> None:
    request = tables.DataRequest
    answer = cleaned(answer).strip()
    if len(answer) > LONGEST_TEXT:
        raise Refused(f"答复最多 {LONGEST_TEXT} 个字，请写短一些。")
    ended = session.execute(
        update(request)
        .where(request.id == request_id, request.state == "open")
        .values(state=state, answer=answer, by=by, ended_ms=now)
        .returning(request.kind)
    ).one_or_none()
    if ended is None:
        if session.get(request, request_id) is None:
            raise NotFound("没有这个申请，请刷新列表。")
        raise Refused("这个申请已经办结或者撤销了，请刷新页面看看。")
    audit.record(session, by, f"request.{state}", f"request:{request_id}", now, after={"kind": ended.kind})


def find(session: Session, request_id: int, zone: str) -> Request:
    """Raises NotFound."""
    found = _read(session, zone, tables.DataRequest.id == request_id)
    if not found:
        raise NotFound("没有这个申请，请刷新列表。")
    return found[0]


def of_person(session: Session, person_id: int, zone: str) -> list[Request]:
    """What a person has asked for, the latest first."""
    selves = people.selves(session, people.living(session, person_id))
    return _read(session, zone, tables.DataRequest.person_id.in_(selves))[::-1]


def waiting(session: Session, zone: str) -> list[Request]:
    """What is to be done, what is due first at the top."""
    return _read(session, zone, tables.DataRequest.state == "open")


def ended(session: Session, zone: str, most: int, skipped: int = 0) -> list[Request]:
    """What has ended, the latest first."""
    request = tables.DataRequest
    return _read(session, zone, request.state != "open", latest=True, most=most, skipped=skipped)


def how_many_ended(session: Session) -> int:
    request = tables.DataRequest
    return session.scalar(select(func.count()).select_from(request).where(request.state != "open")) or 0


def _read(
    session: Session, zone: str, where: object, *, latest: bool = False, most: int | None = None, skipped: int = 0
) -> list[Request]:
    request, asker, person = tables.DataRequest, tables.Person, tables.Person.__table__.alias("living")
    order = (request.ended_ms.desc(), request.id.desc()) if latest else (request.asked_ms, request.id)
    rows = session.execute(
        select(request, person.c.id, person.c.name)
        .join(asker, asker.id == request.person_id)
        .join(person, person.c.id == func.coalesce(asker.merged_into_id, asker.id))
        .where(where)  # type: ignore[arg-type]
        .order_by(*order)
        .offset(skipped)
        .limit(most)
    )
    return [
        Request(
            row.id,
            person_id,
            name,
            row.kind,
            row.text,
            row.state,
            row.answer,
            row.by,
            row.asked_ms,
            due_ms(row.asked_ms, zone),
            row.ended_ms,
        )
        for row, person_id, name in rows
    ]


def forget_old(stores: Stores, now: int) -> int:
    """Forget requests that ended long ago: a worker's tick. Gives how many."""
    request = tables.DataRequest
    with stores.sql.transaction() as session:
        gone = session.execute(delete(request).where(request.ended_ms < now - KEPT_MS).returning(request.id)).all()
    return len(gone)
