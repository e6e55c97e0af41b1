"""Signals as lists show them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.errors import NotFound
from campaigns.signals.kinds import Kind, State

LARGEST_ID = 2**63 - 1
NAMED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Listed:
    id: int
    kind: Kind
    state: State
    attempts: tuple[int, ...]
    values: Mapping[str, Any]
    """What is said of it: see `sentence`."""
    found_ms: int
    note: str
    """Why it was dismissed, or attempts were voided; empty while it is open."""
    by: str
    decided_ms: int | None

    @property
    def sentence(self) -> str:
        """What is odd, in Chinese, for whoever judges it; no name and no address."""
        return sentence(self.kind, self.values)


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose an attempt is, and how it stands with it."""

    person_id: int
    name: str
    """As the roster has it; empty for guests: mask it where others look."""
    unit: str
    state: str


@dataclass(frozen=True, slots=True)
class Counts:
    open: int
    dismissed: int
    voided: int


def sentence(kind: Kind, values: Mapping[str, Any]) -> str:
    """What a signal says."""
    match kind:
        case Kind.SPEED:
            seconds = values["ms_per_question"] / 1_000
            return (
                f"{values['questions']} 道题平均每题 {seconds:.1f} 秒，"
                f"得 {values['score']} 分（满分 {values['full']} 分）。"
            )
        case Kind.SAME_ANSWERS:
            order = "，出题顺序也一样" if values["same_order"] else ""
            return (
                f"{values['persons']} 个人答的 {values['questions']} 道题相同{order}，"
                f"其中 {values['wrong']} 道错得完全一样；"
                f"照其他人的选择情况，凭巧合预计{_count(values['expected'])} 份这样的答卷。"
            )
        case Kind.DEVICE:
            units = f"，来自 {values['units']} 个单位" if values["units"] else ""
            return f"{values['persons']} 个人用同一个浏览器答了 {values['attempts']} 次{units}。"


def listing(session: Session, campaign_id: int, state: State | None = None, kind: Kind | None = None) -> list[Listed]:
    """A campaign's signals, the open ones first, then the latest."""
    signal = tables.Signal
    query = select(signal).where(signal.campaign_id == campaign_id)
    if state is not None:
        query = query.where(signal.state == state)
    if kind is not None:
        query = query.where(signal.kind == kind)
    rows = session.scalars(
        query.order_by((signal.state == State.OPEN).desc(), signal.found_ms.desc(), signal.id.desc())
    )
    return [_listed(row) for row in rows]


def counts(session: Session, campaign_id: int) -> Counts:
    """How many signals of a campaign there are, by what became of them."""
    signal = tables.Signal
    rows = session.execute(
        select(signal.state, func.count()).where(signal.campaign_id == campaign_id).group_by(signal.state)
    )
    by_state = {row.state: row[1] for row in rows}
    return Counts(*(by_state.get(state.value, 0) for state in (State.OPEN, State.DISMISSED, State.VOIDED)))


def find(session: Session, campaign_id: int, signal_id: int) -> Listed:
    """Raises NotFound, also for a signal of another campaign."""
    row = session.get(tables.Signal, signal_id) if 0 < signal_id <= LARGEST_ID else None
    if row is None or row.campaign_id != campaign_id:
        raise NotFound(f"没有编号为 {signal_id} 的线索，请到公平核查的列表里看。")
    return _listed(row)


def check_attempts(session: Session, campaign_id: int, attempt_ids: Collection[int]) -> None:
    """Raises NotFound unless all of these attempts are of the campaign."""
    attempt = tables.Attempt
    own = set(
        session.scalars(select(attempt.id).where(attempt.campaign_id == campaign_id, attempt.id.in_(attempt_ids)))
    )
    for one in attempt_ids:
        if one not in own:
            raise NotFound(f"这个活动没有编号为 {one} 的答卷，请核对编号。")


def whose(session: Session, attempt_ids: Collection[int]) -> dict[int, Whose]:
    """By attempt, ascending; those that are no more are left out."""
    attempt, person, unit = tables.Attempt, tables.Person, tables.Unit
    found: dict[int, Whose] = {}
    in_order = sorted(attempt_ids)
    for start in range(0, len(in_order), NAMED_AT_ONCE):
        rows = session.execute(
            select(attempt.id, attempt.person_id, person.name, unit.name, attempt.state)
            .join(person, person.id == attempt.person_id)
            .outerjoin(unit, unit.id == person.unit_id)
            .where(attempt.id.in_(in_order[start : start + NAMED_AT_ONCE]))
            .order_by(attempt.id)
        )
        for attempt_id, person_id, name, unit_name, state in rows:
            found[attempt_id] = Whose(person_id, name, unit_name or "", state)
    return found


def _listed(row: tables.Signal) -> Listed:
    return Listed(
        id=row.id,
        kind=Kind(row.kind),
        state=State(row.state),
        attempts=tuple(row.attempts),
        values=row.values,
        found_ms=row.found_ms,
        note=row.note,
        by=row.by,
        decided_ms=row.decided_ms,
    )


def _count(expected: float) -> str:
    return "不到 0.001" if expected < 0.001 else f"有 {expected:.2g}"
