from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import member
import pytest
from campaign_made import OPENS, PLAN, make_campaign
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from member import AGENT, CORP, Member, sealed, xml_of
from prometheus_client import CollectorRegistry
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from bot.channels.callback_crypto import signature
from bot.channels.callback_json import read_fields, read_texts
from bot.channels.callback_xml import Malformed
from campaigns import keeping, tables
from campaigns.store import Store

NOW_S = OPENS // 1_000


def refused(app: Flask, reason: str) -> float:
    registry: CollectorRegistry = app.extensions["lvda.registry"]
    return registry.get_sample_value("lvda_callbacks_refused_total", {"reason": reason}) or 0.0


def ignored(app: Flask, kind: str) -> float:
    registry: CollectorRegistry = app.extensions["lvda.registry"]
    return registry.get_sample_value("lvda_messages_ignored_total", {"kind": kind}) or 0.0


def text(content: str = "答题", **over: Any) -> dict[str, Any]:
    sent = {"ToUserName": CORP, "FromUserName": "ZhangSan", "CreateTime": NOW_S, "MsgType": "text"}
    return {**sent, "Content": content, "MsgId": 41, "AgentID": int(AGENT), **over}


def post(app: Flask, message: str, *, now_s: int = NOW_S, corp: str = CORP, **over: str) -> TestResponse:
    body, query = sealed(message, now_s, corp=corp)
    return app.test_client().post("/wecom", query_string={**query, **over}, data=body.encode())


@pytest.fixture
def zhang(wecom_app: Flask, store: Store, clock: Any) -> Member:
    return Member(wecom_app.test_client(), store, "ZhangSan", clock)


# --- the handshake and the signature -----------------------------------------------------------------------------


def echo(plain: str = "5927782489442352469", *, corp: str = CORP, **over: str) -> dict[str, str]:
    body, query = sealed(plain, NOW_S, in_json=True, corp=corp)
    return {**query, "echostr": json.loads(body)["encrypt"], **over}


@pytest.mark.parametrize("corp", [CORP, ""])
def test_the_handshake_says_bare_what_the_platform_has_sealed(wecom_app: Flask, corp: str) -> None:
    response = wecom_app.test_client().get("/wecom", query_string=echo(corp=corp))
    assert (response.status_code, response.get_data(as_text=True)) == (200, "5927782489442352469")


@pytest.mark.parametrize(
    "wrong",
    [
        {"msg_signature": "0" * 40},
        {"msg_signature": ""},
        {"msg_signature": "签名"},
        {"nonce": "another"},
        {"timestamp": "yesterday"},
        {"timestamp": ""},
    ],
)
def test_a_request_that_the_platform_did_not_sign_is_refused(wecom_app: Flask, wrong: dict[str, str]) -> None:
    assert wecom_app.test_client().get("/wecom", query_string=echo(**wrong)).status_code == 403
    assert post(wecom_app, xml_of(text()), **wrong).status_code == 403
    assert refused(wecom_app, "signature") == 2


def test_a_handshake_without_anything_to_say_is_refused(wecom_app: Flask) -> None:
    assert wecom_app.test_client().get("/wecom").status_code == 403


@pytest.mark.parametrize("off", [-301, 301])
def test_a_request_signed_more_than_five_minutes_off_our_clock_is_refused_and_counted(
    wecom_app: Flask, off: int
) -> None:
    assert post(wecom_app, xml_of(text()), now_s=NOW_S + off).status_code == 403
    assert refused(wecom_app, "clock") == 1


def test_what_is_sealed_for_another_company_is_refused(wecom_app: Flask) -> None:
    assert wecom_app.test_client().get("/wecom", query_string=echo(corp="wwanother")).status_code == 400
    assert post(wecom_app, xml_of(text()), corp="wwanother").status_code == 400


def test_without_an_application_the_callback_says_so(app: Flask) -> None:
    assert app.test_client().get("/wecom", query_string=echo()).status_code == 503
    assert post(app, xml_of(text())).status_code == 503
    assert refused(app, "not_configured") == 2


# --- bodies ------------------------------------------------------------------------------------------------------


def test_a_body_over_64_kib_is_refused(wecom_app: Flask) -> None:
    assert wecom_app.test_client().post("/wecom", data=b" " * 65_537).status_code == 413


@pytest.mark.parametrize(
    "envelope", [b"", b"hello", b"{", b"[]", b'{"encrypt": "a", "encrypt": "b"}', b"[" * 60_000, b"<xml>", b"\xff\xfe"]
)
def test_a_malformed_envelope_is_refused(wecom_app: Flask, envelope: bytes) -> None:
    assert wecom_app.test_client().post("/wecom", data=envelope).status_code == 400
    assert refused(wecom_app, "malformed") == 1


@pytest.mark.parametrize("envelope", [b"<xml></xml>", b"{}", b'{"encrypt": 1}', b'{"encrypt": ["a"]}'])
def test_an_envelope_without_a_signed_content_is_refused(wecom_app: Flask, envelope: bytes) -> None:
    assert wecom_app.test_client().post("/wecom", data=envelope).status_code == 403


@pytest.mark.parametrize(
    "message",
    [
        "hello",
        "{",
        "[]",
        "<xml></xml>",
        "<!DOCTYPE xml><xml><FromUserName>o</FromUserName></xml>",
        '{"FromUserName": "o", "MsgType": "text", "CreateTime": "now"}',
        '{"FromUserName": "o", "FromUserName": "p"}',
        xml_of({"FromUserName": "o" * 256, "MsgType": "text", "CreateTime": 1}),
    ],
)
def test_a_malformed_message_is_refused(wecom_app: Flask, message: str) -> None:
    assert post(wecom_app, message).status_code == 400


def test_a_cipher_text_that_is_none_is_refused(wecom_app: Flask) -> None:
    signed = signature(member.TOKEN, str(NOW_S), "n0nce", "no cipher")
    response = wecom_app.test_client().post(
        "/wecom",
        query_string={"timestamp": str(NOW_S), "nonce": "n0nce", "msg_signature": signed},
        data="<xml><Encrypt>no cipher</Encrypt></xml>",
    )
    assert response.status_code == 400


@pytest.mark.parametrize("depth", [900, 5_000, 20_000])
def test_json_of_any_depth_is_read_or_malformed_and_never_a_failure(wecom_app: Flask, depth: int) -> None:
    message = '{"TaskId": "q", "a": ' + "[" * depth + "]" * depth + "}"
    assert post(wecom_app, message).status_code == 400


@given(body=st.binary(max_size=300) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=9,
).map(lambda found: json.dumps(found).encode()))  # fmt: skip
def test_any_json_is_fields_or_malformed_and_nothing_else(body: bytes) -> None:
    try:
        fields, texts = read_fields(body), read_texts(body, "OptionId")
    except Malformed:
        return
    for value in (*fields.values(), *texts):
        assert "\0" not in value
        value.encode()


# --- what is said ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("in_json", [False, True], ids=["xml", "json"])
def test_the_reply_goes_back_to_whom_it_came_from_sealed_and_of_the_same_kind(
    wecom_app: Flask, store: Store, clock: Any, in_json: bool
) -> None:
    make_campaign(store)
    zhang = Member(wecom_app.test_client(), store, "ZhangSan", clock, in_json=in_json)
    assert zhang.says("答题").startswith("【第1/4题")
    passive = zhang.passive
    assert (passive["ToUserName"], passive["FromUserName"], passive["MsgType"]) == ("ZhangSan", CORP, "text")
    assert isinstance(passive["CreateTime"], int) is in_json


def test_members_of_one_company_are_themselves_and_nobody_of_another_channel(zhang: Member, store: Store) -> None:
    make_campaign(store)
    zhang.says("答题")
    with store.reading() as session:
        (identity,) = session.scalars(select(tables.Identity))
    assert (identity.channel, identity.account, identity.sender) == ("wecom", "", "ZhangSan")


def test_a_retry_gets_the_same_reply_and_acts_once(zhang: Member, store: Store) -> None:
    make_campaign(store)
    zhang.says("答题")
    assert zhang.says("C") == zhang.retried()
    with store.reading() as session:
        assert session.scalar(select(func.count()).select_from(tables.Answer)) == 1


@pytest.mark.parametrize("kind", ["image", "video", "location", "link", "notsure", "a_kind_of_next_year"])
def test_messages_of_kinds_we_do_not_use_get_an_empty_200_and_are_counted(wecom_app: Flask, kind: str) -> None:
    response = post(wecom_app, xml_of(text(MsgType=kind)))
    assert (response.status_code, response.get_data()) == (200, b"")
    assert ignored(wecom_app, "message") == 1


@pytest.mark.parametrize(
    "event",
    ["LOCATION", "view", "batch_job_result", "change_contact", "add_schedule", "taskcard_click", "of_next_year"],
)
def test_events_we_do_not_use_get_an_empty_200_and_are_counted(wecom_app: Flask, event: str) -> None:
    message = text(MsgType="event", Event=event, EventKey="k", BatchJob={"JobId": "j", "ErrCode": 0})
    response = post(wecom_app, xml_of(message))
    assert (response.status_code, response.get_data()) == (200, b"")
    assert ignored(wecom_app, "event") == 1


def test_a_message_for_another_application_of_the_company_is_none_of_ours(wecom_app: Flask, store: Store) -> None:
    make_campaign(store)
    response = post(wecom_app, xml_of(text(AgentID=1000008)))
    assert (response.status_code, response.get_data()) == (200, b"")
    with store.reading() as session:
        assert session.scalars(select(tables.Identity)).all() == []


def test_a_menu_key_of_another_program_gets_an_empty_200(zhang: Member, store: Store) -> None:
    make_campaign(store)
    zhang.says("答题")
    assert zhang.clicks("B") == ""
    assert zhang.clicks("成绩").startswith("正在答第1/4题")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(typed=st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=100))
def test_whatever_is_typed_is_answered_with_words(zhang: Member, typed: str) -> None:
    assert zhang.says(typed)


def test_a_failure_of_ours_is_a_kind_word_and_a_log_without_the_sender(
    zhang: Member, store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    make_campaign(store)

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr("campaigns.play.begin", broken)
        assert zhang.says("答题") == "现在人多，请稍等几秒再发一次，您的成绩不会丢失。"
    assert "ZeroDivisionError" in caplog.text
    assert "ZhangSan" not in caplog.text
    assert zhang.retried().startswith("【第1/4题")


# --- opening the application -------------------------------------------------------------------------------------


def test_whoever_opens_the_application_for_the_first_time_is_greeted_and_then_left_alone(
    zhang: Member, store: Store, clock: Any
) -> None:
    make_campaign(store)
    assert zhang.enters().startswith("欢迎参加“节能宣传周有奖答题”！")
    assert zhang.retried().startswith("欢迎参加")
    clock.pass_seconds(60)
    assert zhang.enters() == ""
    zhang.says("答题")
    clock.pass_seconds(60)
    assert zhang.enters() == ""


def test_opening_the_application_is_answered_again_when_another_campaign_is_on(
    zhang: Member, store: Store, clock: Any
) -> None:
    make_campaign(store)
    zhang.says("答题")
    with store.transaction() as session:
        keeping.close(session, PLAN.slug, OPENS)
    clock.pass_seconds(60)
    assert zhang.enters() == ""
    make_campaign(store, replace(PLAN, slug="autumn", name="秋季答题"))
    clock.pass_seconds(60)
    assert zhang.enters().startswith("欢迎参加“秋季答题”！")
    clock.pass_seconds(60)
    assert zhang.enters() == ""
    assert zhang.says("答题").startswith("【第1/4题")


def test_without_a_campaign_whoever_opens_the_application_is_told_so_once(zhang: Member, clock: Any) -> None:
    assert "现在没有进行中的答题活动" in zhang.enters()
    clock.pass_seconds(60)
    assert zhang.enters() == ""


def test_whoever_leaves_the_application_is_not_reached_until_they_are_back(zhang: Member, store: Store) -> None:
    make_campaign(store)

    def unfollowed() -> int | None:
        with store.reading() as session:
            return session.scalars(select(tables.Identity.unfollowed_ms)).one()

    zhang.says("帮助")
    assert zhang.send({"MsgType": "event", "Event": "unsubscribe"}) == ""
    assert unfollowed() == OPENS
    assert zhang.follows().startswith("欢迎参加")
    assert unfollowed() is None
