"""Consents to notices, following and unfollowing, as the platform's events tell of them."""

from __future__ import annotations

from typing import Any

import pytest
from campaign_made import make_campaign
from flask import Flask
from follower import ACCOUNT, Follower, signed
from sqlalchemy import select

from campaigns import tables
from campaigns.store import Store


def consent_xml(sender: str, event: str, parent: str, sent_s: int, *statuses: tuple[str, str]) -> str:
    lists = "".join(
        f"<List><TemplateId><![CDATA[{template}]]></TemplateId>"
        f"<SubscribeStatusString><![CDATA[{status}]]></SubscribeStatusString><PopupScene>2</PopupScene></List>"
        for template, status in statuses
    )
    return (
        f"<xml><ToUserName><![CDATA[{ACCOUNT}]]></ToUserName><FromUserName><![CDATA[{sender}]]></FromUserName>"
        f"<CreateTime>{sent_s}</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[{event}]]></Event>"
        f"<{parent}>{lists}</{parent}></xml>"
    )


def popup(sender: str, sent_s: int, *statuses: tuple[str, str]) -> str:
    return consent_xml(sender, "subscribe_msg_popup_event", "SubscribeMsgPopupEvent", sent_s, *statuses)


def change(sender: str, sent_s: int, *statuses: tuple[str, str]) -> str:
    return consent_xml(sender, "subscribe_msg_change_event", "SubscribeMsgChangeEvent", sent_s, *statuses)


def unspent(store: Store) -> list[str]:
    with store.reading() as session:
        return sorted(session.scalars(select(tables.SubscriptionGrant.template_id)))


def identity(store: Store) -> tables.Identity:
    with store.reading() as session:
        return session.scalars(select(tables.Identity)).one()


@pytest.fixture(params=["plain", "safe"])
def follower(request: pytest.FixtureRequest, clock: Any) -> Follower:
    safe = request.param == "safe"
    app: Flask = request.getfixturevalue("safe_app" if safe else "app")
    return Follower(app.test_client(), "oWang", clock, safe=safe)


def test_each_consent_is_recorded_once_however_often_it_is_delivered(
    follower: Follower, store: Store, clock: Any
) -> None:
    second = clock() // 1_000
    assert follower.send(popup("oWang", second, ("t-opens", "accept"), ("t-won", "reject"))) == "success"
    assert follower.retried() == "success"
    assert unspent(store) == ["t-opens"]
    follower.send(popup("oWang", second + 1, ("t-opens", "accept")))
    assert unspent(store) == ["t-opens", "t-opens"]


def test_consents_that_are_taken_back_are_forgotten(follower: Follower, store: Store, clock: Any) -> None:
    second = clock() // 1_000
    follower.send(popup("oWang", second, ("t-opens", "accept"), ("t-won", "accept")))
    assert follower.send(change("oWang", second + 1, ("t-opens", "reject"))) == "success"
    assert unspent(store) == ["t-won"]


def test_an_event_without_a_list_says_nothing(follower: Follower, store: Store, clock: Any) -> None:
    assert follower.send(popup("oWang", clock() // 1_000)) == "success"
    assert follower.send(consent_xml("oWang", "subscribe_msg_sent_event", "SubscribeMsgSentEvent", 1)) == "success"
    assert unspent(store) == []


def test_a_consent_to_no_template_is_malformed(app: Flask, clock: Any) -> None:
    second = clock() // 1_000
    for xml in (
        popup("oWang", second, ("", "accept")),
        popup("oWang", second, ("t", "accept")).replace("PopupScene>", "TemplateId>"),
    ):
        signature = {"timestamp": str(second), "nonce": "n0nce", "signature": signed(second)}
        assert app.test_client().post("/wechat", query_string=signature, data=xml.encode()).status_code == 400


def test_who_unfollows_is_not_reached_until_they_follow_again(follower: Follower, store: Store, clock: Any) -> None:
    make_campaign(store)
    follower.follows("week")
    left = follower.unfollows()
    assert left == "success"
    assert identity(store).unfollowed_ms == clock()
    clock.pass_seconds(60)
    follower.follows()
    assert identity(store).unfollowed_ms is None


def test_a_retried_unfollow_changes_nothing_after_they_came_back(follower: Follower, store: Store, clock: Any) -> None:
    make_campaign(store)
    follower.follows("week")
    follower.unfollows()
    delivered = follower.last
    clock.pass_seconds(5)
    follower.follows("week")
    assert follower.send(delivered) == "success"
    assert identity(store).unfollowed_ms is None


def test_who_wants_no_notices_says_so_and_may_change_their_mind(follower: Follower, store: Store, clock: Any) -> None:
    make_campaign(store)
    assert "不再给您发活动通知" in follower.says("退订")
    assert identity(store).muted_ms == clock()
    assert "不再给您发活动通知" in follower.retried()
    assert "已恢复" in follower.says("恢复通知")
    assert identity(store).muted_ms is None


def test_the_wish_is_understood_while_a_question_waits_and_costs_nothing(follower: Follower, store: Store) -> None:
    make_campaign(store)
    follower.says("答题")
    assert "不再给您发活动通知" in follower.says("退订。")
    assert follower.says("C").startswith("✅")
