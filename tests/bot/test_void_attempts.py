"""What participants read of an attempt that was declared void: on the pages and in the chat."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from campaign_made import OPENS, make_campaign
from flask import Flask
from follower import Follower
from phone import Phone
from sqlalchemy import select

from campaigns import signals, tables
from campaigns.store import Store

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
FIELDS: list[dict[str, str | list[str]]] = [
    {"option": "C"},
    {"option": "B"},
    {"option": ["A", "B", "D"]},
    {"blank": "1000"},
]


def void_all(store: Store, reason: str) -> None:
    with store.transaction() as session:
        attempts = session.scalars(select(tables.Attempt.id).where(tables.Attempt.state == "finished")).all()
        signals.void(session, attempts, reason, "wang", OPENS + 60_000)


def play(phone: Phone) -> None:
    page = phone.begin("/q/week")
    for fields in FIELDS:
        page = phone.submit(page.form, **fields)


def test_on_the_pages_it_is_void_for_a_reason_and_tells_no_result(app: Flask, store: Store) -> None:
    make_campaign(store)
    phone = Phone(app)
    play(phone)
    void_all(store, "一人代多人答题。")
    page = phone.open("/q/week/result")
    assert page.path == "/q/week/record", "there is no result to show"
    assert "第 1 次 已作废" in page.text
    assert "不计成绩和名次，次数不退。原因：一人代多人答题。有异议请联系活动主办方。" in page.text
    assert "/review?" not in page.html
    assert "经公平核查作废答卷 1 份" in phone.open("/q/week/rules").text
    play(phone)
    page = phone.open("/q/week/result")
    assert "第 1 次答卷已作废，不计成绩：一人代多人答题。" in page.text
    assert "个人第 1 名（共 1 人）" in page.text
    assert "This attempt was declared void" in phone.open("/q/week/record?lang=en").text


def test_in_the_chat_the_result_says_so(app: Flask, store: Store, clock: Callable[[], int]) -> None:
    make_campaign(store)
    chat = Follower(app.test_client(), "oVoid", clock)
    for text in ("答题", "C", "错", "ABD", "1000"):
        chat.says(text)
    assert "得分 40" in chat.says("成绩")
    void_all(store, "因" * 200)
    told = chat.says("成绩")
    assert told.startswith("第 1 次答卷已作废，不计成绩：因")
    assert "因……。有异议请联系活动主办方。" in told
    assert "得分" not in told
