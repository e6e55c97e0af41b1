"""Tables of what somebody has to look after: signals of unfair play, messages that go out, what was changed."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns import tables
from campaigns.exports.scopes import AT_ONCE, Dataset, Rows, Scope, batches, people_of
from campaigns.outbox import WAYS, WORDINGS
from campaigns.outbox import State as MessageState
from campaigns.signals.kinds import Kind, State
from campaigns.stores import Stores

SIGNALS = {kind.value: kind.label for kind in Kind}
SIGNAL_STATES = {state.value: state.label for state in State}


def signals(stores: Stores, scope: Scope) -> Iterator[Rows]:
    """A row a signal and attempt."""

    def read(session: Session, after: int) -> tuple[Rows, int | None]:
        signal, attempt = tables.Signal, tables.Attempt
        found = session.scalars(
            select(signal)
            .where(signal.campaign_id == scope.edition.id, signal.id > after)
            .order_by(signal.id)
            .limit(AT_ONCE // 10)
        ).all()
        ids = {attempt_id for one in found for attempt_id in one.attempts}
        meant = {
            row.id: row
            for row in session.execute(
                select(attempt.id, attempt.person_id, attempt.score, attempt.used_ms).where(attempt.id.in_(ids))
            )
        }
        placed = people_of(session, scope, {row.person_id for row in meant.values()})
        rows = [
            (
                one.id, SIGNALS.get(one.kind, one.kind), SIGNAL_STATES[one.state], scope.moment(one.found_ms),
                row.id, row.person_id, placed[row.person_id].name, placed[row.person_id].unit, row.score,
                None if row.used_ms is None else round(row.used_ms / 1_000, 1), one.by, one.note,
                scope.moment(one.decided_ms),
            )
            for one in found
            for row in (meant[attempt_id] for attempt_id in one.attempts if attempt_id in meant)
        ]  # fmt: skip
        return rows, found[-1].id if len(found) == AT_ONCE // 10 else None

    return batches(stores, read)


def messages(stores: Stores, scope: Scope) -> Iterator[Rows]:
    def read(session: Session, after: int) -> tuple[Rows, int | None]:
        message = tables.OutboxMessage
        found = session.scalars(
            select(message)
            .where(message.campaign_id == scope.edition.id, message.id > after)
            .order_by(message.id)
            .limit(AT_ONCE)
        ).all()
        placed = people_of(session, scope, {one.person_id for one in found if one.person_id is not None})
        rows = [
            (
                one.id, WORDINGS.get(one.wording, one.wording),
                placed[one.person_id].name if one.person_id in placed else "",
                placed[one.person_id].unit if one.person_id in placed else "",
                MessageState(one.state).label, WAYS.get(one.sent_by or one.way, one.sent_by or one.way), one.tries,
                one.reason, scope.moment(one.created_ms), scope.moment(one.sent_ms),
            )
            for one in found
        ]  # fmt: skip
        return rows, found[-1].id if len(found) == AT_ONCE else None

    return batches(stores, read)


def count_messages(session: Session, scope: Scope) -> int:
    message = tables.OutboxMessage
    return session.execute(select(func.count()).where(message.campaign_id == scope.edition.id)).scalar_one()


_SIGNALS = (
    "线索编号", "类别", "状态", "发现时间", "答卷编号", "人员编号", "姓名", "单位", "得分", "用时（秒）",
    "处理人", "处理说明", "处理时间",
)  # fmt: skip

DATASETS = (
    Dataset(
        "signals",
        "公平核查",
        "可疑的答卷和处理结果，一条线索的每份答卷一行。",
        _SIGNALS,
        ("review_attempts", "see_people"),
        signals,
        names=True,
    ),
    Dataset(
        "messages",
        "通知",
        "每条通知一行：给谁、怎样发的、结果和原因；不含电话。",
        ("通知编号", "通知", "姓名", "单位", "状态", "方式", "试过几次", "说明", "写下时间", "发出时间"),
        ("handle_messages", "see_people"),
        messages,
        count_messages,
        names=True,
    ),
)
