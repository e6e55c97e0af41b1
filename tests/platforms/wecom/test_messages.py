from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from platform_stub import OK, Answer, Call, Raw, Stub, running_stub

from campaigns.store import Store, open_store
from platforms.accounts import WecomAccount
from platforms.errors import Misconfigured, Refused, Unreachable
from platforms.outgoing import Outgoing
from platforms.wecom.application import Application, open_application
from platforms.wecom.ways import ways

NOON = 1_795_233_600_000  # 2026-11-21 12:00 in Shanghai
SEND = "/cgi-bin/message/send"
CARD = {"card_type": "button_interaction", "task_id": "q-1-1-00000000"}


class Platform:
    """Gives a token, and answers messages as the test says."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        """Of the next messages; then all goes well."""

    def __call__(self, call: Call) -> Answer:
        if call.path == "/cgi-bin/gettoken":
            return {"access_token": "token-1", "expires_in": 7200}
        return self.answers.pop(0) if self.answers else OK


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def stub(platform: Platform) -> Iterator[Stub]:
    with running_stub(platform) as running:
        yield running


@pytest.fixture
def application(stub: Stub, sqlite_url: str) -> Iterator[Application]:
    store: Store = open_store(sqlite_url)
    account = WecomAccount("", "ww1", "1000007", "s3cret", "t", "k", stub.url)
    yield open_application(account, store, "installation", lambda: NOON)
    store.close()


def send(application: Application, **over: Any) -> None:
    outgoing = {"key": "k", "wording": "chat.text", "recipient": "ZhangSan", "text": "您好", **over}
    ways(application)["wecom"](Outgoing(**outgoing), 2.0)


def sent(stub: Stub) -> list[dict[str, Any]]:
    return [call.body for call in stub.asked(SEND)]


def test_a_text_is_sent_to_the_member_by_the_application_and_checked_for_repetition(
    application: Application, stub: Stub
) -> None:
    send(application)
    (body,) = sent(stub)
    assert (body["touser"], body["agentid"], body["msgtype"]) == ("ZhangSan", 1000007, "text")
    assert body["text"] == {"content": "您好"}
    assert (body["enable_duplicate_check"], body["duplicate_check_interval"]) == (1, 600)


def test_a_text_longer_than_the_platform_takes_loses_its_end(application: Application, stub: Stub) -> None:
    send(application, text="长" * 900)
    content = sent(stub)[0]["text"]["content"]
    assert len(content.encode()) <= 2_048
    assert content.endswith("长…")


def test_what_has_a_headline_and_leads_to_a_page_is_a_text_card(application: Application, stub: Stub) -> None:
    send(application, title="答题开始了", url="https://quiz.example.gov.cn/q/week")
    assert sent(stub)[0]["textcard"] == {
        "title": "答题开始了",
        "description": "您好",
        "url": "https://quiz.example.gov.cn/q/week",
    }


def test_a_text_too_long_for_a_text_card_is_sent_whole(application: Application, stub: Stub) -> None:
    send(application, title="答题开始了", text="长" * 200, url="https://quiz.example.gov.cn")
    assert sent(stub)[0]["text"]["content"] == f"答题开始了\n{'长' * 200}\nhttps://quiz.example.gov.cn"


def test_a_card_is_sent_as_it_is(application: Application, stub: Stub) -> None:
    send(application, values={"text": "您好", "card": CARD})
    assert sent(stub)[0]["template_card"] == CARD


def test_a_card_that_the_platform_refuses_is_told_in_words(
    application: Application, stub: Stub, platform: Platform
) -> None:
    platform.answers = [{"errcode": 40058, "errmsg": "task_id"}]
    send(application, values={"text": "您好", "card": CARD})
    assert [body["msgtype"] for body in sent(stub)] == ["template_card", "text"]


def test_a_card_beside_words_that_are_said_already_is_refused(
    application: Application, stub: Stub, platform: Platform
) -> None:
    platform.answers = [{"errcode": 40058, "errmsg": "task_id"}]
    with pytest.raises(Refused):
        send(application, text="", values={"text": "", "card": CARD})
    assert len(sent(stub)) == 1


def test_a_card_that_may_have_gone_out_is_not_followed_by_words(
    application: Application, stub: Stub, platform: Platform
) -> None:
    platform.answers = [Raw(502)]
    with pytest.raises(Unreachable):
        send(application, values={"text": "您好", "card": CARD})
    assert len(sent(stub)) == 1


def test_an_administrators_mistake_is_not_taken_for_a_bad_card(
    application: Application, stub: Stub, platform: Platform
) -> None:
    platform.answers = [{"errcode": 60020, "errmsg": "not allow to access from your ip, from ip: 192.0.2.7"}]
    with pytest.raises(Misconfigured, match=r"192\.0\.2\.7.*企业可信 IP"):
        send(application, values={"text": "您好", "card": CARD})
    assert len(sent(stub)) == 1


@pytest.mark.parametrize("key", ["invaliduser", "unlicenseduser"])
def test_a_message_that_reached_nobody_is_refused_although_the_platform_calls_it_sent(
    application: Application, platform: Platform, key: str
) -> None:
    platform.answers = [{"errcode": 0, "errmsg": "ok", key: "zhangsan"}]
    with pytest.raises(Refused):
        send(application)
