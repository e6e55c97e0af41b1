"""Tables of those who take part: persons, attempts, answers, standings, and who has not come yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session

from campaigns import absentees, tables
from campaigns.exports.scopes import AT_ONCE, Dataset, Placed, Rows, Scope, batches, people_of
from campaigns.standings import TIE_RULE
from campaigns.stores import Stores
from campaigns.units.tree import takes_part
from questions.model import TRUE_FALSE_TEXTS, Kind

CHANNELS = {"wechat": "公众号", "wecom": "企业微信", "h5": "网页", "web": "网页", "api": "接口", "terminal": "命令行"}
STATES = {"open": "没有答完", "finished": "完成", "superseded": "不计（超出次数）", "void": "作废"}
_WHO = ("人员编号", "姓名", "工号", "单位", "单位代码", "上级单位")
ATTEMPTS_AT_ONCE = 100
"""Whose answers are read in one go."""


def _who(person_id: int, person: Placed) -> tuple[int, str, str, str, str, str]:
    return person_id, person.name, person.staff_number, person.unit, person.unit_code, person.above


# --- persons ------------------------------------------------------------------------------------------------------


def _is_entrant(scope: Scope) -> ColumnElement[bool]:
    """Who has begun an attempt, and who is on a roster of a unit that takes part."""
    person, attempt = tables.Person, tables.Attempt
    has_come = exists().where(attempt.campaign_id == scope.edition.id, attempt.person_id == person.id)
    is_expected = person.rostered & person.unit_id.is_not(None) & takes_part(scope.edition.id)
    return person.merged_into_id.is_(None) & or_(has_come, is_expected) & scope.is_inside()


def count_people(session: Session, scope: Scope) -> int:
    person, unit = tables.Person, tables.Unit
    query = select(func.count(person.id)).outerjoin(unit, unit.id == person.unit_id).where(_is_entrant(scope))
    return session.execute(query).scalar_one()


def people(stores: Stores, scope: Scope) -> Iterator[Rows]:
    def read(session: Session, after: int) -> tuple[Rows, int | None]:
        person, unit = tables.Person, tables.Unit
        found = session.execute(
            select(person.id, person.rostered)
            .outerjoin(unit, unit.id == person.unit_id)
            .where(person.id > after, _is_entrant(scope))
            .order_by(person.id)
            .limit(AT_ONCE)
        ).all()
        ids = [row.id for row in found]
        placed, results, played = (
            people_of(session, scope, ids),
            _results(session, scope, ids),
            _played(session, scope, ids),
        )
        rows = [
            (
                *_who(one, placed[one]),
                "是" if rostered else "否",
                *played.get(one, _NOT_PLAYED),
                *results.get(one, (None, None)),
            )
            for one, rostered in found
        ]
        return rows, ids[-1] if len(ids) == AT_ONCE else None

    return batches(stores, read)


_NOT_PLAYED = ("未参加", 0, "")


def _played(session: Session, scope: Scope, person_ids: Sequence[int]) -> dict[int, tuple[str, int, str]]:
    """How far persons have got, in how many attempts, by which doors."""
    attempt, identity = tables.Attempt, tables.Identity
    rows = session.execute(
        select(attempt.person_id, attempt.state, identity.channel)
        .outerjoin(identity, identity.id == attempt.identity_id)
        .where(attempt.campaign_id == scope.edition.id, attempt.person_id.in_(person_ids))
        .order_by(attempt.id)
    )
    states: dict[int, list[str]] = defaultdict(list)
    doors: dict[int, dict[str, None]] = defaultdict(dict)
    for person_id, state, channel in rows:
        states[person_id].append(state)
        if channel:
            doors[person_id][CHANNELS.get(channel, channel)] = None
    return {one: (_progress(found), len(found), "、".join(doors[one])) for one, found in states.items()}


def _progress(states: Sequence[str]) -> str:
    if "finished" in states:
        return "已完成"
    if "open" in states:
        return "未答完"
    return "作废" if "void" in states else "不计"


def _results(session: Session, scope: Scope, person_ids: Sequence[int]) -> dict[int, tuple[int, float]]:
    standing = tables.Standing
    rows = session.execute(
        select(standing.person_id, standing.points, standing.used_ms).where(
            standing.campaign_id == scope.edition.id, standing.person_id.in_(person_ids)
        )
    )
    return {row.person_id: (row.points, _seconds(row.used_ms)) for row in rows}


def _seconds(ms: int) -> float:
    return round(ms / 1_000, 1)


# --- attempts and answers -----------------------------------------------------------------------------------------


def _attempts(scope: Scope) -> Any:  # noqa: ANN401 — a Select
    attempt, person, unit = tables.Attempt, tables.Person, tables.Unit
    query = select(attempt).where(attempt.campaign_id == scope.edition.id)
    if scope.path:
        query = query.join(person, person.id == attempt.person_id).join(unit, unit.id == person.unit_id)
        query = query.where(scope.is_inside())
    return query


def count_attempts(session: Session, scope: Scope) -> int:
    found: int = session.execute(_attempts(scope).with_only_columns(func.count(tables.Attempt.id))).scalar_one()
    return found


def _in_turn(stores: Stores, scope: Scope, most: int) -> Iterator[tuple[Session, Sequence[tables.Attempt]]]:
    """Attempts person by person, some at a time, each time with a session that is theirs."""
    attempt = tables.Attempt
    after = (0, 0)
    while True:
        with stores.sql.reading() as session:
            key = tuple_(attempt.person_id, attempt.ordinal)
            found = session.scalars(
                _attempts(scope).where(key > after).order_by(attempt.person_id, attempt.ordinal).limit(most)
            ).all()
            if found:
                after = (found[-1].person_id, found[-1].ordinal)
            yield session, found
        if len(found) < most:
            return


def attempts(stores: Stores, scope: Scope) -> Iterator[Rows]:
    for session, found in _in_turn(stores, scope, AT_ONCE):
        placed = people_of(session, scope, [one.person_id for one in found])
        ids = [one.id for one in found]
        counted = set(
            session.scalars(
                select(tables.Standing.attempt_id).where(
                    tables.Standing.campaign_id == scope.edition.id,
                    tables.Standing.person_id.in_({one.person_id for one in found}),
                )
            )
        )
        reasons = _reasons(session, ids)
        channels = _channels(session, [one.identity_id for one in found if one.identity_id is not None])
        yield [
            (
                one.id,
                *_who(one.person_id, placed[one.person_id]),
                one.ordinal,
                STATES[one.state],
                "是" if one.id in counted else "否",
                one.score,
                None if one.used_ms is None else _seconds(one.used_ms),
                scope.moment(one.begun_ms),
                scope.moment(one.finished_ms),
                "是" if one.timed_out else "否",
                channels.get(one.identity_id or 0, ""),
                reasons.get(one.id, ""),
            )
            for one in found
        ]


def _reasons(session: Session, attempt_ids: Sequence[int]) -> dict[int, str]:
    """Why attempts were voided."""
    void = tables.AttemptVoid
    rows = session.execute(select(void.attempt_id, void.reason).where(void.attempt_id.in_(attempt_ids)))
    return {row.attempt_id: row.reason for row in rows}


def _channels(session: Session, identity_ids: Sequence[int]) -> dict[int, str]:
    identity = tables.Identity
    rows = session.execute(select(identity.id, identity.channel).where(identity.id.in_(set(identity_ids))))
    return {row.id: CHANNELS.get(row.channel, row.channel) for row in rows}


def answers(stores: Stores, scope: Scope) -> Iterator[Rows]:
    questions, answer = scope.edition.questions, tables.Answer
    for session, found in _in_turn(stores, scope, ATTEMPTS_AT_ONCE):
        placed = people_of(session, scope, [one.person_id for one in found])
        theirs = {one.id: one for one in found}
        given = session.scalars(
            select(answer).where(answer.attempt_id.in_(theirs)).order_by(answer.attempt_id, answer.position)
        )
        rows = []
        for one in given:
            attempt, question = theirs[one.attempt_id], questions[one.revision_id]
            person = placed[attempt.person_id]
            rows.append(
                (
                    attempt.id, attempt.person_id, person.name, person.unit, STATES[attempt.state], one.position,
                    question.number, question.kind.label, question.stem, _told(question.kind, one.given),
                    "；".join(_told(question.kind, part) for part in question.answer)
                    if question.kind is not Kind.MULTIPLE
                    else "".join(question.answer),
                    one.points, scope.moment(one.answered_ms),
                )
            )  # fmt: skip
        yield rows


def count_answers(session: Session, scope: Scope) -> int:
    """As many as there would be if every paper was answered to its end: to count them takes longer than it is worth."""
    return count_attempts(session, scope) * scope.edition.questions_per_paper


def _told(kind: Kind, given: str) -> str:
    """As people read it; letters are those of the bank's own order."""
    return TRUE_FALSE_TEXTS.get(given, given) if kind is Kind.TRUE_FALSE else given


# --- standings ----------------------------------------------------------------------------------------------------


def standings(stores: Stores, scope: Scope) -> Iterator[Rows]:
    """In the order of the ranks; those of others are counted and left out."""
    standing, person, unit = tables.Standing, tables.Person, tables.Unit
    behind: ColumnElement[bool] | None = None
    rank = inside = 0
    while True:
        query = (
            select(standing, unit.path)
            .join(person, person.id == standing.person_id)
            .outerjoin(unit, unit.id == person.unit_id)
            .where(standing.campaign_id == scope.edition.id)
            .order_by(*TIE_RULE)
            .limit(AT_ONCE)
        )
        with stores.sql.reading() as session:
            found = session.execute(query if behind is None else query.where(behind)).all()
            ours = [one.person_id for one, path in found if (path or "").startswith(scope.path)]
            placed = people_of(session, scope, ours)
            rows = []
            for one, _ in found:
                rank += 1
                if one.person_id in placed:
                    inside += 1
                    who = _who(one.person_id, placed[one.person_id])
                    rows.append((rank, inside, *who, one.points, _seconds(one.used_ms), scope.moment(one.finished_ms)))
        yield rows
        if len(found) < AT_ONCE:
            return
        behind = _behind(found[-1][0])


def _behind(last: tables.Standing) -> ColumnElement[bool]:
    standing = tables.Standing
    place = tuple_(standing.used_ms, standing.finished_ms, standing.person_id)
    is_behind = (standing.points < last.points) | (place > (last.used_ms, last.finished_ms, last.person_id))
    return (standing.points <= last.points) & is_behind  # by the first, an index is entered where it goes on


def count_standings(session: Session, scope: Scope) -> int:
    standing, person, unit = tables.Standing, tables.Person, tables.Unit
    query = select(func.count()).select_from(standing).where(standing.campaign_id == scope.edition.id)
    if scope.path:
        query = query.join(person, person.id == standing.person_id).join(unit, unit.id == person.unit_id)
        query = query.where(scope.is_inside())
    return session.execute(query).scalar_one()


# --- who has not come ---------------------------------------------------------------------------------------------


def missing(stores: Stores, scope: Scope) -> Iterator[Rows]:
    with stores.sql.reading() as session:
        found = absentees.of(session, scope.edition, scope.unit_id)
    for start in range(0, len(found), AT_ONCE):
        yield [
            (
                one.person_id, scope.name(one.person_id, one.name), scope.number(one.staff_number), one.unit, one.above,
                one.state,
            )
            for one in found[start : start + AT_ONCE]
        ]  # fmt: skip


_ATTEMPTS = (
    "答卷编号", *_WHO, "第几次", "状态", "计入成绩", "得分", "用时（秒）", "开始", "完成", "到时收卷", "渠道",
    "作废原因",
)  # fmt: skip
_ANSWERS = (
    "答卷编号", "人员编号", "姓名", "单位", "答卷状态", "第几题", "题库编号", "题型", "题目", "作答",
    "正确答案", "得分", "作答时间",
)  # fmt: skip

DATASETS = (
    Dataset(
        "people",
        "参与人员",
        "答过题的人和花名册上应当参加的人，一人一行：参加到哪一步、计入的成绩。",
        (*_WHO, "花名册", "参加情况", "答卷数", "渠道", "得分", "用时（秒）"),
        ("see_people",),
        people,
        count_people,
        names=True,
        by_unit=True,
    ),
    Dataset(
        "attempts",
        "答卷",
        "每份答卷一行：得分、用时、起止时间、渠道、是否计入成绩，作废的写明原因。",
        _ATTEMPTS,
        ("see_people",),
        attempts,
        count_attempts,
        names=True,
        by_unit=True,
    ),
    Dataset(
        "answers",
        "逐题作答",
        "每份答卷的每道题一行：答了什么、正确答案、得分。选项字母按题库里的顺序。",
        _ANSWERS,
        ("see_people", "see_banks"),
        answers,
        count_answers,
        names=True,
        by_unit=True,
    ),
    Dataset(
        "standings",
        "个人排名",
        "按排名规则排好的成绩：总名次、所选单位内的名次、得分、用时。",
        ("总名次", "所选范围内名次", *_WHO, "得分", "用时（秒）", "完成"),
        ("see_standings",),
        standings,
        count_standings,
        names=True,
        by_unit=True,
    ),
    Dataset(
        "absentees",
        "未参加人员",
        "花名册上还没有答完的人，供联络员提醒。",
        ("人员编号", "姓名", "工号", "单位", "上级单位", "状态"),
        ("see_people",),
        missing,
        names=True,
        by_unit=True,
    ),
)
