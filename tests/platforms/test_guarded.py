from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from platform_stub import OK, Answer, Call, Raw, Stub, running_stub

from campaigns.clock import HOUR, MINUTE, SECOND
from campaigns.store import Store, open_store
from platforms import circuits
from platforms.accounts import WechatAccount, WecomAccount
from platforms.deadlines import within
from platforms.errors import (
    Busy,
    CircuitOpen,
    CodeSpent,
    Misconfigured,
    PlatformError,
    Refused,
    Unreachable,
    Unwelcome,
)
from platforms.guarded import Guarded, GuardedWechat, GuardedWecom

NOON = 1_795_233_600_000  # 2026-11-21 12:00 in Shanghai
SEND = "/cgi-bin/message/custom/send"
STABLE = "/cgi-bin/stable_token"


@dataclass
class Clock:
    now: int = NOON

    def __call__(self) -> int:
        return self.now


@dataclass
class Scripted:
    """Gives tokens, and answers every other call as the test says."""

    valid: set[str] = field(default_factory=lambda: {"token-1"})
    number: int = 1
    answers: list[Answer] = field(default_factory=list)
    """Of the next calls with a good token; then OK."""
    token_answer: Answer | None = None

    def __call__(self, call: Call) -> Answer:
        if call.path in {STABLE, "/cgi-bin/gettoken"}:
            if call.body.get("force_refresh"):
                self.number += 1
                self.valid = {f"token-{self.number}"}
            return self.token_answer or {"access_token": f"token-{self.number}", "expires_in": 7200}
        if call.path.startswith("/cgi-bin") and call.args.get("access_token") not in self.valid:
            return {"errcode": 40001, "errmsg": "invalid credential"}
        return self.answers.pop(0) if self.answers else OK


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(circuits, "_REMEMBERED_S", 0.0)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def script() -> Scripted:
    return Scripted()


@pytest.fixture
def stub(script: Scripted) -> Iterator[Stub]:
    with running_stub(script) as stub:
        yield stub


@pytest.fixture
def local_store(sqlite_url: str) -> Iterator[Store]:
    store = open_store(sqlite_url)
    yield store
    store.close()


@pytest.fixture
def client(stub: Stub, local_store: Store, clock: Clock) -> GuardedWechat:
    account = WechatAccount("", "wx1", "hush-secret", "token", "", stub.url)
    return GuardedWechat(account, local_store, "secret", clock)


@pytest.fixture
def work(stub: Stub, local_store: Store, clock: Clock) -> GuardedWecom:
    return GuardedWecom(WecomAccount("", "ww1", "1000002", "hush-secret", "t", "", stub.url), local_store, "s", clock)


def say(client: GuardedWechat) -> dict[str, Any]:
    answer: dict[str, Any] = client.message.send_text("oWang", "你好")
    return answer


def refused(client: GuardedWechat) -> PlatformError:
    with pytest.raises(PlatformError) as caught:
        say(client)
    return caught.value


def test_a_call_goes_to_the_address_that_is_set_with_the_shared_token(client: GuardedWechat, stub: Stub) -> None:
    assert say(client) == OK
    assert [call.path for call in stub.calls] == [STABLE, SEND]
    (call,) = stub.asked(SEND)
    assert call.args == {"access_token": "token-1"}
    assert call.body["text"] == {"content": "你好"}


def test_whatever_wechatpy_calls_a_host_the_call_goes_to_the_address_that_is_set(
    client: GuardedWechat, stub: Stub
) -> None:
    client.get("https://api.weixin.qq.com/datacube/getusersummary")
    client.customservice.get_session("oWang")
    client._http.get("https://mp.weixin.qq.com/cgi-bin/showqrcode", params={"ticket": "t"})
    assert [call.path for call in stub.calls[1:]] == [
        "/datacube/getusersummary",
        "/customservice/kfsession/getsession",
        "/cgi-bin/showqrcode",
    ]


def test_the_path_of_the_address_that_is_set_comes_first(local_store: Store, clock: Clock, stub: Stub) -> None:
    account = WechatAccount("", "wx1", "hush", "token", "", f"{stub.url}/wechat-api")
    with pytest.raises(CircuitOpen):
        GuardedWechat(account, local_store, "secret", clock).menu.get()
    assert stub.calls[0].path == "/wechat-api/cgi-bin/stable_token"


def test_wechatpys_own_token_is_never_asked_for(client: GuardedWechat, stub: Stub) -> None:
    with pytest.raises(NotImplementedError):
        client.fetch_access_token()
    assert client.access_token == "token-1"
    assert [call.path for call in stub.calls] == [STABLE]


def test_a_refused_token_costs_one_renewal_and_one_repetition(
    client: GuardedWechat, stub: Stub, script: Scripted, clock: Clock
) -> None:
    say(client)
    clock.now += HOUR
    script.valid, script.number = {"token-5"}, 5
    say(client)
    assert [call.args["access_token"] for call in stub.asked(SEND)] == ["token-1", "token-1", "token-5"]
    assert len(stub.asked(STABLE)) == 2


def test_a_token_that_is_refused_for_ever_is_not_asked_for_for_ever(
    client: GuardedWechat, stub: Stub, script: Scripted, clock: Clock
) -> None:
    say(client)
    clock.now += HOUR
    script.valid = {"none"}
    script.number = 2
    error = refused(client)
    assert isinstance(error, CircuitOpen)
    asked = len(stub.calls)
    assert isinstance(refused(client), CircuitOpen)
    assert len(stub.calls) == asked == 5
    clock.now = error.until_ms
    script.valid = {"token-2"}
    assert say(client) == OK


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (-1, Busy),
        (45011, Busy),
        (40029, CodeSpent),
        (40163, CodeSpent),
        (45009, CircuitOpen),
        (45015, Unwelcome),
        (45047, Unwelcome),
        (43101, Unwelcome),
        (43004, Refused),
        (48001, Refused),
        (48002, Refused),
        (50002, Refused),
        (40003, Refused),
        (40013, Misconfigured),
        (40125, Misconfigured),
        (40164, Misconfigured),
        (41004, Misconfigured),
        (99999, Refused),
    ],
)
def test_every_refusal_is_of_its_kind(
    client: GuardedWechat, script: Scripted, stub: Stub, code: int, kind: type[PlatformError]
) -> None:
    script.answers = [{"errcode": code, "errmsg": "about oWang, token-1"}]
    error = refused(client)
    assert type(error) is kind
    assert error.code == code
    assert str(error).endswith("。")
    assert len(stub.asked(SEND)) == 1


def test_a_busy_platform_says_how_long_to_wait(client: GuardedWechat, script: Scripted) -> None:
    script.answers = [Raw(429, b"", {"Retry-After": "7"}), {"errcode": -1}]
    for expected in (7 * SECOND, 5 * SECOND):
        error = refused(client)
        assert isinstance(error, Busy)
        assert error.after_ms == expected


def test_a_quota_that_is_used_up_costs_no_calls_until_midnight_in_shanghai(
    client: GuardedWechat, script: Scripted, stub: Stub, clock: Clock
) -> None:
    script.answers = [{"errcode": 45009}]
    error = refused(client)
    assert isinstance(error, CircuitOpen)
    assert error.until_ms == NOON + 12 * HOUR
    for _ in range(5):
        refused(client)
    assert len(stub.asked(SEND)) == 1
    client.menu.create({"button": []})  # another interface has a quota of its own
    clock.now = NOON + 12 * HOUR
    assert say(client) == OK


def test_who_is_refused_by_address_is_told_the_address_that_the_platform_saw(
    client: GuardedWechat, script: Scripted
) -> None:
    script.token_answer = {"errcode": 40164, "errmsg": "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in"}
    error = refused(client)
    assert isinstance(error, Misconfigured)
    assert "203.0.113.7" in str(error)
    assert "IP 白名单" in str(error)


@pytest.mark.parametrize("code", [40001, 40125])
def test_a_wrong_secret_is_told_as_one(client: GuardedWechat, script: Scripted, stub: Stub, code: int) -> None:
    script.token_answer = {"errcode": code, "errmsg": "invalid appsecret"}
    error = refused(client)
    assert isinstance(error, Misconfigured)
    assert "AppSecret" in str(error)
    assert len(stub.calls) == 1


@pytest.mark.parametrize(
    "answer",
    [
        Raw(502, b"<html>Bad Gateway</html>"),
        Raw(500, b'{"errcode": 0}'),
        Raw(200, b"<html>"),
        Raw(200, b"[1]"),
        Raw(200, b""),
        Raw(302, b"", {"Location": "http://127.0.0.1:1/"}),
        Raw(404, b"not here"),
    ],
)
def test_what_is_no_answer_of_the_platform_is_unreachable(client: GuardedWechat, script: Scripted, answer: Raw) -> None:
    script.answers = [answer]
    assert isinstance(refused(client), Unreachable)


@pytest.mark.parametrize("answer", [{}, {"access_token": ""}, {"access_token": "t"}, {"access_token": 5}])
def test_an_answer_without_a_token_is_none(client: GuardedWechat, script: Scripted, answer: dict[str, Any]) -> None:
    script.token_answer = answer | {"more": 1}
    with pytest.raises(Unreachable):
        client.fetch_token(False, 5)


def test_a_platform_that_is_dead_costs_little(
    local_store: Store, clock: Clock, script: Scripted, stub: Stub, client: GuardedWechat
) -> None:
    say(client)
    script.answers = [Raw(503)] * 4
    for _ in range(3):
        assert isinstance(refused(client), Unreachable)
    for _ in range(5):
        assert isinstance(refused(client), CircuitOpen)
    assert len(stub.asked(SEND)) == 4
    clock.now += 10 * SECOND
    assert isinstance(refused(client), Unreachable)  # the probe
    assert isinstance(refused(client), CircuitOpen)
    clock.now += MINUTE
    assert say(client) == OK
    assert say(client) == OK


def test_where_nobody_listens_nothing_can_have_been_done(
    local_store: Store, clock: Clock, client: GuardedWechat, stub: Stub
) -> None:
    """So a message that was to go is no message that perhaps went."""
    account = WechatAccount("west", "wx1", "hush-secret", "token", "", "http://127.0.0.1:9")
    west = GuardedWechat(account, local_store, "secret", clock)
    with pytest.raises(CircuitOpen, match="连不上平台"):
        west.exchange("post", "https://api.weixin.qq.com/cgi-bin/menu/create")
    assert isinstance(refused(west), CircuitOpen)


def test_a_message_for_which_there_was_no_token_certainly_did_not_go(client: GuardedWechat, script: Scripted) -> None:
    script.token_answer = Raw(503)
    error = refused(client)
    assert isinstance(error, CircuitOpen)
    assert error.until_ms == NOON + 5 * SECOND


def hanging(stub: Stub) -> Callable[[Call], Answer]:
    def answer(call: Call) -> Answer:
        stub.over.wait(30)
        return OK

    return answer


@pytest.mark.parametrize("kind", ["hangs", "trickles"])
@pytest.mark.parametrize("path", [STABLE, SEND])
def test_a_call_ends_in_its_time_token_and_all(
    client: GuardedWechat, stub: Stub, script: Scripted, kind: str, path: str
) -> None:
    def answer(call: Call) -> Answer:
        if call.path != path:
            return script(call)
        return hanging(stub)(call) if kind == "hangs" else Raw(200, b" " * 1_000, trickled=True)

    stub.answer = answer
    begun = time.monotonic()
    with within(0.5):
        assert isinstance(refused(client), Unreachable if path == SEND else CircuitOpen)
    assert time.monotonic() - begun < 5  # and not the hundred seconds of the trickle, or the stub's thirty


def test_an_answer_without_an_end_is_not_kept(client: GuardedWechat, script: Scripted) -> None:
    script.answers = [Raw(200, b" " * 5_000_000)]
    assert isinstance(refused(client), Unreachable)


def test_what_is_raised_and_logged_holds_no_secret_and_nobody(
    local_store: Store, clock: Clock, stub: Stub, script: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    account = WechatAccount("", "wx1", "hush-secret", "token", "", stub.url)
    client = GuardedWechat(account, local_store, "secret", clock)
    say(client)
    script.answers = [Raw(500), {"errcode": 43101, "errmsg": "oWang"}, {"errcode": 77777, "errmsg": "oWang token-1"}]
    errors = [refused(client) for _ in range(3)]
    dead = GuardedWechat(
        WechatAccount("x", "wx2", "hush-secret", "token", "", "http://127.0.0.1:9"), local_store, "s", clock
    )
    errors.append(refused(dead))
    told = "".join("".join(traceback.format_exception(error)) for error in errors) + caplog.text
    for word in ("hush-secret", "token-1", "oWang", "你好"):
        assert word not in told.replace('"oWang"', "").replace('"你好"', "")  # but in this file's own lines


def test_an_account_without_a_secret_cannot_call(local_store: Store, clock: Clock) -> None:
    with pytest.raises(Misconfigured):
        GuardedWechat(WechatAccount("", "wx1", "", "token", ""), local_store, "secret", clock)
    with pytest.raises(Misconfigured):
        GuardedWecom(WecomAccount("", "ww1", "", "hush", "", ""), local_store, "secret", clock)


def test_a_new_secret_is_another_accounts_token(
    local_store: Store, clock: Clock, stub: Stub, client: GuardedWechat
) -> None:
    say(client)
    other = WechatAccount("", "wx2", "other", "token", "", stub.url)
    say(GuardedWechat(other, local_store, "secret", clock))
    assert [call.body["appid"] for call in stub.asked(STABLE)] == ["wx1", "wx2"]


def test_wecom_has_the_same_guards(work: GuardedWecom, stub: Stub, script: Scripted, clock: Clock) -> None:
    assert work.message.send_text("1000002", "wang", "你好") == OK
    clock.now += HOUR
    script.valid, script.number = {"token-3"}, 3
    work.message.send_text("1000002", "wang", "你好")
    sent, fetched = "/cgi-bin/message/send", "/cgi-bin/gettoken"
    assert [call.path for call in stub.calls] == [fetched, sent, sent, fetched, sent]
    assert stub.calls[0].args == {"corpid": "ww1", "corpsecret": "hush-secret"}


@pytest.mark.parametrize(
    ("code", "kind"),
    [(60020, Misconfigured), (40056, Misconfigured), (81013, Refused), (45009, Busy), (45033, Busy), (72023, Refused)],
)
def test_wecoms_refusals_are_its_own(
    work: GuardedWecom, script: Scripted, code: int, kind: type[PlatformError]
) -> None:
    script.answers = [{"errcode": code, "errmsg": "not allow to access from your ip, from ip: 198.51.100.4"}]
    with pytest.raises(kind) as caught:
        work.message.send_text("1000002", "wang", "你好")
    assert type(caught.value) is kind
    assert ("198.51.100.4" in str(caught.value)) == (code == 60020)


def test_wecoms_minute_is_over_after_a_minute(work: GuardedWecom, script: Scripted, stub: Stub, clock: Clock) -> None:
    script.answers = [{"errcode": 45009}]
    for kind in (Busy, CircuitOpen):
        with pytest.raises(kind):
            work.user.get("wang")
    assert len(stub.asked("/cgi-bin/user/get")) == 1
    clock.now += MINUTE
    work.user.get("wang")


def test_a_client_needs_no_connection_to_be_made(local_store: Store, clock: Clock) -> None:
    client = GuardedWechat(WechatAccount("", "wx1", "hush", "token", ""), local_store, "secret", clock)
    assert isinstance(client, Guarded)
