"""What a chat's binding leaves on record; the conversations themselves are transcripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from campaign_made import OPENS, PLAN, make_campaign
from flask import Flask
from follower import Follower
from sqlalchemy import select, update

from bot import privacy_notices
from campaigns import tables, units
from campaigns.editions import load_edition
from campaigns.store import Store


@pytest.fixture
def follower(app: Flask, store: Store, clock: Callable[[], int]) -> Follower:
    make_campaign(store, PLAN)
    with store.transaction() as session:
        unit_id = units.find(session, "U01").id
        session.add(tables.Person(unit_id=unit_id, name="张三", staff_number="1", rostered=True, created_ms=OPENS))
    return Follower(app.test_client(), "oBound", clock)


def consents(store: Store) -> list[tuple[str, int]]:
    with store.reading() as session:
        rows = session.execute(select(tables.Consent.version, tables.Consent.given_ms))
        return [(row.version, row.given_ms) for row in rows]


def version(store: Store) -> str:
    with store.reading() as session:
        return privacy_notices.version_of(load_edition(session, 1))


def test_beginning_in_a_chat_is_agreeing_to_the_notice_as_it_is_then(follower: Follower, store: Store) -> None:
    follower.follows("week")
    assert consents(store) == [], "to follow is not to agree"
    follower.says("答题")
    assert consents(store) == [(version(store), OPENS)]


def test_a_name_is_only_taken_with_the_consent_that_was_asked_for(follower: Follower, store: Store) -> None:
    for text in ("绑定", "市财政局"):
        assert consents(store) == []
        reply = follower.says(text)
    assert "/q/week/privacy" in reply
    follower.says("张三")
    assert consents(store) == [(version(store), OPENS)]


def test_a_retry_of_the_message_that_bound_somebody_says_so_again(follower: Follower, store: Store) -> None:
    with store.transaction() as session:
        session.execute(update(tables.Campaign).values(admission="roster"))
    for text in ("答题", "市财政局", "张三"):
        follower.says(text)
    assert "已绑定：市财政局 张*。" in follower.says("1")
    assert "已绑定：市财政局 张*。" in follower.retried()
    with store.reading() as session:
        assert len(session.scalars(select(tables.Attempt.id)).all()) == 1
        assert session.scalars(select(tables.Binding)).all() == []
