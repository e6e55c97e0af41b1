"""What a person decides about a signal, but for declaring attempts void: see `campaigns.signals.voiding`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from campaigns import audit, tables
from campaigns.banks.storable import line
from campaigns.errors import Moved, NotFound, Refused
from campaigns.signals.kinds import State

LONGEST_NOTE = 200


def dismiss(session: Session, signal_id: int, note: str, by: str, now: int) -> None:
    """Say why a signal is nothing; found again it stays so. Raises NotFound, Refused without a note, Moved."""
    note = note.strip()
    if not note or len(note) > LONGEST_NOTE or not note.isprintable():
        raise Refused(f"请写一句为什么没有问题，不超过 {LONGEST_NOTE} 字且不换行，以后核对时要看。")
    decided = {"note": note, "by": line(by), "decided_ms": now}
    _move(session, signal_id, State.OPEN, State.DISMISSED, decided, "signal.dismissed", by, now)


def reopen(session: Session, signal_id: int, by: str, now: int) -> None:
    """Look at a dismissed signal again. Raises NotFound, Moved."""
    undecided = {"note": "", "by": "", "decided_ms": None}
    _move(session, signal_id, State.DISMISSED, State.OPEN, undecided, "signal.reopened", by, now)


def _move(
    session: Session, signal_id: int, was: State, becomes: State, values: dict[str, Any], deed: str, by: str, now: int
) -> None:
    signal = tables.Signal
    found = session.get(signal, signal_id)
    if found is None:
        raise NotFound(f"没有编号为 {signal_id} 的线索，请到公平核查的列表里看。")
    note = str(values["note"]) or found.note
    moved = session.execute(
        update(signal)
        .where(signal.id == signal_id, signal.state == was)
        .values(state=becomes.value, **values)
        .returning(signal.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if moved is None:
        raise Moved("这条线索刚刚有人处理过，请看一下现在的样子再决定。")
    audit.record(
        session,
        by,
        deed,
        f"signal:{signal_id}",
        now,
        before={"state": was.value},
        after={"state": becomes.value},
        note=note,
    )
