from __future__ import annotations

import contextlib
import time
from typing import Any
from xml.sax.saxutils import escape

import pytest
from campaign_made import OPENS, make_campaign
from flask import Flask
from follower import ACCOUNT, AES_KEY, APP_ID, TOKEN, Follower, deliver, event_xml, sealed, signed, text_xml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from bot.channels.callback_crypto import AccountCipher, Undecipherable, is_signed, signature
from bot.channels.callback_xml import Malformed, read_fields, text_reply
from campaigns.store import Store

NOW_S = OPENS // 1_000


def query(now_s: int = NOW_S, **over: str) -> dict[str, str]:
    return {"timestamp": str(now_s), "nonce": "n0nce", "signature": signed(now_s), **over}


def refused(app: Flask, reason: str) -> float:
    registry: CollectorRegistry = app.extensions["lvda.registry"]
    return registry.get_sample_value("lvda_callbacks_refused_total", {"reason": reason}) or 0.0


def ignored(app: Flask) -> float:
    registry: CollectorRegistry = app.extensions["lvda.registry"]
    return sum(
        sample.value
        for metric in registry.collect()
        if metric.name == "lvda_messages_ignored"
        for sample in metric.samples
        if sample.name.endswith("_total")
    )


# --- the handshake and the signature -----------------------------------------------------------------------------


def test_the_handshake_says_back_what_the_platform_sends(app: Flask) -> None:
    response = app.test_client().get("/wechat", query_string=query(echostr="5927782489442352469"))
    assert (response.status_code, response.get_data(as_text=True)) == (200, "5927782489442352469")


@pytest.mark.parametrize(
    "wrong",
    [
        {"signature": "0" * 40},
        {"signature": ""},
        {"signature": "签名"},
        {"nonce": "another"},
        {"timestamp": "yesterday"},
        {"timestamp": ""},
    ],
)
def test_a_request_that_the_platform_did_not_sign_is_refused(app: Flask, wrong: dict[str, str]) -> None:
    client = app.test_client()
    assert client.get("/wechat", query_string=query(**wrong)).status_code == 403
    assert client.post("/wechat", query_string=query(**wrong), data=b"<xml></xml>").status_code == 403
    assert refused(app, "signature") == 2


@pytest.mark.parametrize("off", [-301, 301])
def test_a_request_signed_more_than_five_minutes_off_our_clock_is_refused_and_counted(app: Flask, off: int) -> None:
    response = app.test_client().post("/wechat", query_string=query(NOW_S + off), data=b"<xml></xml>")
    assert response.status_code == 403
    assert refused(app, "clock") == 1


def test_a_late_delivery_that_is_freshly_signed_is_played(app: Flask, store: Store) -> None:
    make_campaign(store)
    sent = text_xml("oLate", "答题", NOW_S - 3_600, 41)
    assert deliver(app.test_client(), sent, NOW_S).startswith("【第1/4题")


def test_an_account_that_is_not_configured_is_said_to_be_so(app: Flask) -> None:
    assert app.test_client().post("/wechat/another", query_string=query(), data=b"<xml></xml>").status_code == 503


def test_the_signature_is_looked_at_before_the_body(app: Flask) -> None:
    unsigned = query(signature="0" * 40)
    assert app.test_client().post("/wechat", query_string=unsigned, data=b"x" * 100_000).status_code == 403


@pytest.mark.parametrize("ahead_s", [30, 290, -30])
def test_a_clock_that_is_not_the_platforms_does_not_make_every_text_too_early(
    app: Flask, store: Store, clock: Any, ahead_s: int
) -> None:
    make_campaign(store)
    clock.pass_seconds(max(ahead_s, 0))
    follower = Follower(app.test_client(), "oAhead", lambda: clock() - ahead_s * 1_000)
    for text, told in (
        ("答题", "【第1/4题"),
        ("C", "✅"),
        ("错", "✅"),
        ("abd", "✅"),
        ("1000", "🎉 答题完成！得分 40"),
    ):
        assert told in follower.says(text)
        clock.pass_seconds(7)


# --- bodies ------------------------------------------------------------------------------------------------------


def test_a_body_over_64_kib_is_refused(app: Flask, store: Store) -> None:
    make_campaign(store)
    client = app.test_client()
    message = text_xml("oLong", "长" * 10_000, NOW_S, 1).encode()
    assert (
        client.post("/wechat", query_string=query(), data=message + b" " * (65_536 - len(message))).status_code == 200
    )
    assert (
        client.post("/wechat", query_string=query(), data=message + b" " * (65_537 - len(message))).status_code == 413
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"<xml>",
        b"\xff\xfe\x00",
        b'{"ToUserName": "x"}',
        b"<xml></xml>",
        b"<xml><FromUserName>o</FromUserName><MsgType>text</MsgType></xml>",
        b"<xml><FromUserName>o</FromUserName><MsgType>text</MsgType><CreateTime>now</CreateTime></xml>",
        b"<xml><FromUserName>o</FromUserName><FromUserName>p</FromUserName></xml>",
        b"<!DOCTYPE xml><xml><FromUserName>o</FromUserName></xml>",
        b'<!DOCTYPE xml [<!ENTITY a "b">]><xml><FromUserName>&a;</FromUserName></xml>',
        b"<?xml version='1.0' encoding='utf-16'?><xml/>",
        b"<?xml version='1.0' encoding='no-such'?><xml/>",
    ],
)
def test_a_malformed_body_is_refused(app: Flask, body: bytes) -> None:
    assert app.test_client().post("/wechat", query_string=query(), data=body).status_code == 400
    assert refused(app, "malformed") == 1


@given(body=st.binary(max_size=300) | st.text(max_size=200).map(lambda text: f"<xml><a>{text}</a></xml>".encode()))
def test_any_body_is_fields_or_malformed_and_nothing_else(body: bytes) -> None:
    with contextlib.suppress(Malformed):
        assert all(isinstance(value, str) for value in read_fields(body).values())


@given(text=st.text())
def test_no_text_breaks_out_of_a_reply(text: str) -> None:
    body = text_reply("oTo", "gh_from", 1, text + "]]><MsgType>news</MsgType><![CDATA[")
    fields = read_fields(body)
    assert fields["MsgType"] == "text"
    assert fields["Content"].endswith("]]><MsgType>news</MsgType><![CDATA[")


# --- what is not used --------------------------------------------------------------------------------------------

UNUSED_MESSAGES = ["image", "video", "shortvideo", "location", "link", "file", "device_text", "a_kind_of_next_year"]
UNUSED_EVENTS = [
    "LOCATION", "VIEW", "TEMPLATESENDJOBFINISH", "scancode_push", "pic_weixin", "user_pay_from_pay_cell",
    "kf_create_session", "poi_check_notify", "an_event_of_next_year",
]  # fmt: skip


@pytest.mark.parametrize("kind", UNUSED_MESSAGES)
def test_messages_of_kinds_we_do_not_use_are_answered_success_and_counted(app: Flask, kind: str) -> None:
    xml = text_xml("oAny", "x", NOW_S, 5).replace("[text]", f"[{kind}]")
    assert deliver(app.test_client(), xml, NOW_S) == "success"
    assert ignored(app) == 1


@pytest.mark.parametrize("event", UNUSED_EVENTS)
def test_events_we_do_not_use_are_answered_success_and_counted(app: Flask, event: str) -> None:
    xml = event_xml("oAny", event, "key", NOW_S).replace(
        "</xml>", "<ScanCodeInfo><ScanType>qrcode</ScanType><ScanResult>1</ScanResult></ScanCodeInfo></xml>"
    )
    assert deliver(app.test_client(), xml, NOW_S) == "success"
    assert ignored(app) == 1


def test_a_menu_key_of_another_program_is_answered_success(app: Flask, store: Store, clock: object) -> None:
    make_campaign(store)
    follower = Follower(app.test_client(), "oMenu", clock)  # type: ignore[arg-type]
    follower.says("答题")
    assert follower.clicks("B") == "success"
    assert follower.clicks("成绩").startswith("正在答第1/4题")


# --- safe mode ---------------------------------------------------------------------------------------------------


def test_safe_mode_speaks_with_wechatpys_own_cipher(safe_app: Flask, store: Store, clock: object) -> None:
    make_campaign(store)
    follower = Follower(safe_app.test_client(), "oSafe", clock, safe=True)  # type: ignore[arg-type]
    assert follower.says("答题").startswith("【第1/4题")


def test_in_safe_mode_an_unencrypted_post_is_refused(safe_app: Flask) -> None:
    body = text_xml("oPlain", "答题", NOW_S, 7).encode()
    assert safe_app.test_client().post("/wechat", query_string=query(), data=body).status_code == 403


def test_in_safe_mode_a_body_with_another_signature_is_refused(safe_app: Flask) -> None:
    body, signed_query = sealed(text_xml("oX", "答题", NOW_S, 8), NOW_S)
    signed_query["msg_signature"] = "0" * 40
    assert safe_app.test_client().post("/wechat", query_string=signed_query, data=body).status_code == 403


def test_in_safe_mode_a_cipher_text_for_another_account_is_refused(safe_app: Flask) -> None:
    encrypted = AccountCipher(AES_KEY, "wxanother").encrypt(b"<xml></xml>", bytes)
    response = safe_app.test_client().post(
        "/wechat",
        query_string=query(msg_signature=signature(TOKEN, str(NOW_S), "n0nce", encrypted)),
        data=f"<xml><Encrypt>{encrypted}</Encrypt></xml>",
    )
    assert response.status_code == 400


@given(message=st.binary(max_size=200))
def test_what_is_encrypted_is_what_is_decrypted(message: bytes) -> None:
    cipher = AccountCipher(AES_KEY, APP_ID)
    assert cipher.decrypt(cipher.encrypt(message, lambda count: b"7" * count)) == message


@given(data=st.binary(max_size=96) | st.text(max_size=64).map(str.encode))
def test_any_cipher_text_is_a_message_or_undecipherable_and_nothing_else(data: bytes) -> None:
    with pytest.raises(Undecipherable):
        AccountCipher(AES_KEY, APP_ID).decrypt(data)


def test_signatures_are_those_of_the_platforms_documentation() -> None:
    """The worked example of the handshake on the platform's page 消息推送."""
    assert is_signed("f464b24fc39322e44b38aa78f5edd27bd1441696", "AAAAA", "1714036504", "1514711492")


# --- what is echoed ----------------------------------------------------------------------------------------------


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=100))
def test_whatever_is_typed_is_answered_with_words(app: Flask, text: str) -> None:
    xml = text_xml("oAnyText", escape(text), NOW_S, time.time_ns())
    assert deliver(app.test_client(), xml, NOW_S) not in {"", "success"}


def test_the_reply_goes_back_to_whom_it_came_from(app: Flask) -> None:
    body = text_xml("oSender", "帮助", NOW_S, 9).encode()
    response = app.test_client().post("/wechat", query_string=query(), data=body)
    fields = read_fields(response.get_data())
    assert (fields["ToUserName"], fields["FromUserName"], fields["MsgType"]) == ("oSender", ACCOUNT, "text")
    assert response.mimetype == "application/xml"


def test_a_failure_of_ours_is_a_kind_word_and_a_log_without_the_sender(
    app: Flask, store: Store, clock: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    make_campaign(store)
    follower = Follower(app.test_client(), "oSecretSender", clock)

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr("campaigns.play.begin", broken)
        assert follower.says("答题") == "现在人多，请稍等几秒再发一次，您的成绩不会丢失。"
    assert "ZeroDivisionError" in caplog.text
    assert "oSecretSender" not in caplog.text
    assert follower.retried().startswith("【第1/4题")
