from __future__ import annotations

from collections.abc import Callable

import pytest
from campaign_made import OPENS, PLAN, make_campaign
from flask import Flask
from forms_sent import fields_of
from visitors import NOW, Visitor

from campaigns import keeping, regrade
from campaigns.regrade import Mender
from campaigns.staff import Role
from campaigns.store import Store

PAGE = f"/admin/campaigns/{PLAN.slug}"
MEND = f"{PAGE}/questions/mend"


@pytest.fixture
def running(records: Store) -> Store:
    make_campaign(records)
    return records


def key_of(records: Store, number: str) -> tuple[str, ...]:
    with records.reading() as session:
        return regrade.find_question(session, keeping.find(session, PLAN.slug).id, number).question.answer


def test_a_question_is_found_by_number_and_by_text(running: Store, owner: Visitor) -> None:
    assert "这个活动的 4 题" in owner.get(f"{PAGE}/questions")
    shown = owner.get(f"{PAGE}/questions?search=空调")
    assert "找到 1 题" in shown
    assert "公共建筑夏季空调温度" in shown
    shown = owner.get(f"{PAGE}/questions?search=2")
    assert shown.index("电器待机不耗电") < shown.index("公共建筑夏季空调温度")  # which has 22 ℃ to choose from


def test_what_would_change_is_shown_and_only_then_done(app: Flask, running: Store, owner: Visitor) -> None:
    owner.get(f"{MEND}?number=1")
    sent = {**fields_of(owner.page, 'id="answer"'), "how": "correct", "answer": "b", "reason": "标准改了"}
    shown = owner.post(MEND, **sent)
    assert "答案由 C 改为 B" in shown.replace("C. 26 ℃", "C").replace("B. 24 ℃", "B")
    assert key_of(running, "1") == ("C",)
    shown = owner.post(MEND, **fields_of(owner.page, 'name="sure"'))
    assert key_of(running, "1") == ("B",)
    assert "更正已经生效" in shown
    for _ in range(3):
        Mender().carry_on_all(app.extensions["lvda"], NOW)
    assert "全部重新计算" in owner.get(owner.address)
    assert "标准改了" in owner.get(f"{PAGE}/questions")
    assert "标准改了" in owner.get(PAGE)


def test_a_question_is_withdrawn(running: Store, owner: Visitor) -> None:
    owner.get(f"{MEND}?number=2")
    sent = {**fields_of(owner.page, 'id="answer"'), "how": "withdraw", "reason": "有争议"}
    assert "作废" in owner.post(MEND, **sent)
    owner.post(MEND, **fields_of(owner.page, 'name="sure"'))
    assert "已作废" in owner.get(f"{PAGE}/questions")


@pytest.mark.parametrize(
    ("number", "changed", "sentence"),
    [
        ("1", {"answer": "Z"}, "选项字母"),
        ("1", {"answer": "B", "reason": ""}, "写明原因"),
        ("2", {"answer": "也许"}, "正确 或 错误"),
    ],
)
def test_what_cannot_be_is_said_and_stays_typed(
    running: Store, owner: Visitor, number: str, changed: dict[str, str], sentence: str
) -> None:
    owner.get(f"{MEND}?number={number}")
    sent = {**fields_of(owner.page, 'id="answer"'), "how": "correct", "reason": "原因", **changed}
    assert sentence in owner.post(MEND, 422, **sent)
    assert fields_of(owner.page, 'id="answer"')["answer"] == [changed["answer"]]


def test_a_question_that_is_not_there_is_said_to_be_missing(running: Store, owner: Visitor) -> None:
    assert "没有编号为 99 的题" in owner.get(f"{MEND}?number=99", 404)


def test_somebody_was_quicker_and_nothing_is_done(running: Store, owner: Visitor) -> None:
    owner.get(f"{MEND}?number=1")
    sent = {**fields_of(owner.page, 'id="answer"'), "how": "correct", "answer": "B", "reason": "改"}
    owner.post(MEND, **sent)
    confirmed = fields_of(owner.page, 'name="sure"')
    with running.transaction() as session:
        keeping.add_notice(session, PLAN.slug, "公告", "别人", OPENS)
    assert "刚刚被别人改过" in owner.post(MEND, 409, **confirmed)
    assert key_of(running, "1") == ("C",)


def test_only_who_runs_campaigns_mends(running: Store, signed_in: Callable[[Role], Visitor]) -> None:
    for role in (Role.VIEWER, Role.EDITOR):
        signed_in(role).get(f"{PAGE}/questions", 403)
