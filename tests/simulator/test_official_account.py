"""The simulator's own rules, those that other tests rely on. A product of a few lines answers its deliveries."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import requests
from flask import Flask, Response, request
from werkzeug.serving import make_server

from simulator import Simulator, running_simulator
from simulator.chats import OUT_OF_ORDER
from simulator.deliveries import cdata

Answer = Callable[[ET.Element], str | None]


@contextmanager
def product(simulator: Simulator, answer: Answer) -> Iterator[list[ET.Element]]:
    """Answers each message by `answer` (None: an HTTP 500), and gives what it was sent."""
    app, got = Flask("product"), []
    seal = simulator.account().seal

    @app.post("/wechat")
    def callback() -> Response:
        assert seal.signature(request.args["timestamp"], request.args["nonce"]) == request.args["signature"]
        got.append(message := _opened(simulator, request.args.get("msg_signature", ""), request.get_data()))
        text = answer(message)
        if text is None:
            return Response(status=500)
        reply = (
            f"<xml><ToUserName>{message.findtext('FromUserName')}</ToUserName><FromUserName>"
            f"{message.findtext('ToUserName')}</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType>"
            f"<Content>{cdata(text)}</Content></xml>"
        )
        return Response(_sealed(simulator, reply) if text else "success")

    @app.get("/wechat")
    def handshake() -> str:
        return request.args["echostr"]

    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    simulator.connect(f"http://127.0.0.1:{server.server_port}")
    try:
        yield got
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _opened(simulator: Simulator, signature: str, body: bytes) -> ET.Element:
    if not signature:
        return ET.fromstring(body)
    encrypted = ET.fromstring(body).findtext("Encrypt")
    envelope = (
        f"<xml><Encrypt>{encrypted}</Encrypt><MsgSignature>{signature}</MsgSignature>"
        f"<TimeStamp>{request.args['timestamp']}</TimeStamp><Nonce>{request.args['nonce']}</Nonce></xml>"
    )
    return simulator.account().seal.opened(envelope.encode())


def _sealed(simulator: Simulator, reply: str) -> bytes:
    if not simulator.account().aes_key:
        return reply.encode()
    envelope: str = simulator.account().seal._crypto().encrypt_message(reply, "n", "1")
    return envelope.encode()


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with running_simulator(patience_s=0.3) as running:
        yield running


class Api:
    """Calls as the product makes them."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.base = simulator.settings()["wechat_api_base"]
        self.token = ""

    def fetch(self, **more: Any) -> dict[str, Any]:
        known = self.simulator.settings()
        body = {"appid": known["wechat_app_id"], "secret": known["wechat_secret"], "grant_type": "client_credential"}
        answered: dict[str, Any] = requests.post(
            f"{self.base}/cgi-bin/stable_token", json=body | more, timeout=10
        ).json()
        self.token = answered.get("access_token", self.token)
        return answered

    def post(self, path: str, body: dict[str, Any], timeout: float = 10) -> dict[str, Any]:
        query = {"access_token": self.token}
        answered: dict[str, Any] = requests.post(
            f"{self.base}/cgi-bin/{path}", params=query, json=body, timeout=timeout
        ).json()
        return answered

    def get(self, path: str, **query: str) -> dict[str, Any]:
        query["access_token"] = self.token
        answered: dict[str, Any] = requests.get(f"{self.base}/cgi-bin/{path}", params=query, timeout=10).json()
        return answered

    def says(self, openid: str, text: str = "好") -> int:
        body = {"touser": openid, "msgtype": "text", "text": {"content": text}}
        return int(self.post("message/custom/send", body)["errcode"])


@pytest.fixture
def api(simulator: Simulator) -> Api:
    api = Api(simulator)
    api.fetch()
    return api


def silent(message: ET.Element) -> str:
    return ""


def test_a_message_is_delivered_sealed_and_its_answer_shown(simulator: Simulator) -> None:
    with product(simulator, lambda message: f"您说{message.findtext('Content')}") as got:
        follower = simulator.follower("张三")
        assert simulator.account().greets()
        assert follower.says("答题]]>") == "您说答题]]>"
    assert [got[0].findtext(name) for name in ("FromUserName", "MsgType")] == [follower.openid, "text"]
    assert [bubble.who for bubble in follower.chat] == ["me", "account"]


def test_in_plain_mode_nothing_is_sealed() -> None:
    with running_simulator(safe=False) as simulator:
        with product(simulator, lambda message: "好") as got:
            assert simulator.follower().says("在吗") == "好"
        assert simulator.settings()["wechat_aes_key"] == ""
    assert got[0].findtext("Content") == "在吗"


def test_a_message_is_delivered_four_times_and_then_the_account_is_out_of_order(simulator: Simulator) -> None:
    with product(simulator, lambda message: None) as got:
        assert simulator.follower().says("在吗") == OUT_OF_ORDER
    assert len(got) == 4
    assert len({message.findtext("MsgId") for message in got}) == 1
    assert [attempt.status for attempt in simulator.deliveries[0].attempts] == [500] * 4


def test_who_answers_too_late_is_asked_again(simulator: Simulator) -> None:
    late = iter([True, True, False])

    def answer(message: ET.Element) -> str:
        if next(late):
            time.sleep(0.5)
        return "好"

    with product(simulator, answer):
        assert simulator.follower().says("在吗") == "好"
        assert [attempt.status for attempt in simulator.deliveries[0].attempts] == [0, 0, 200]


def test_an_answer_that_no_phone_could_show_is_an_account_out_of_order(simulator: Simulator) -> None:
    with product(simulator, lambda message: "长" * 601):
        assert simulator.follower().says("在吗") == OUT_OF_ORDER


def test_a_tap_comes_back_as_a_text_that_names_it(simulator: Simulator) -> None:
    link = '<a href="weixin://bizmsgmenu?msgmenucontent=B&msgmenuid=1.2.B">B. 24 ℃</a>'
    with product(simulator, lambda message: link) as got:
        follower = simulator.follower()
        follower.says("答题")
        follower.taps("B")
    assert [got[-1].findtext(name) for name in ("Content", "bizmsgmenuid")] == ["B", "1.2.B"]


def test_a_strangers_scan_is_a_follow_and_a_followers_a_scan(simulator: Simulator) -> None:
    with product(simulator, silent) as got:
        follower = simulator.follower()
        follower.scans("demo:west")
        follower.scans("demo:west")
        follower.unfollows()
    told = [(message.findtext("Event"), message.findtext("EventKey")) for message in got]
    assert told == [("subscribe", "qrscene_demo:west"), ("SCAN", "demo:west"), ("unsubscribe", "")]


def test_five_messages_may_follow_a_text_within_48_hours(simulator: Simulator, api: Api) -> None:
    with product(simulator, silent):
        follower = simulator.follower()
        follower.follows()
        simulator.pass_time(61)
        assert api.says(follower.openid) == 45015
        follower.says("答题")
        assert [api.says(follower.openid) for _ in range(6)] == [0, 0, 0, 0, 0, 45047]
        follower.says("答题")
        simulator.pass_time(48 * 3_600)
        api.fetch()
        assert api.says(follower.openid) == 45015
    assert [bubble.text for bubble in follower.received] == ["好"] * 5


def test_three_messages_may_follow_a_click_within_a_minute(simulator: Simulator, api: Api) -> None:
    with product(simulator, silent):
        follower = simulator.follower()
        follower.follows()
        follower.clicks("play")
        assert [api.says(follower.openid) for _ in range(4)] == [0, 0, 0, 45047]


def test_one_grant_is_good_for_one_notice(simulator: Simulator, api: Api) -> None:
    with product(simulator, silent) as got:
        follower = simulator.follower()
        follower.grants("T1")
        notice = {"touser": follower.openid, "template_id": "T1", "data": {"thing1": {"value": "开始了"}}}
        assert api.post("message/subscribe/bizsend", notice)["errcode"] == 0
        assert api.post("message/subscribe/bizsend", notice)["errcode"] == 43101
        simulator.settle()
    assert [message.findtext("Event") for message in got] == ["subscribe_msg_popup_event", "subscribe_msg_sent_event"]
    assert follower.received[0].values == {"thing1": "开始了"}


def test_a_template_message_is_sent_once_within_ten_minutes(simulator: Simulator, api: Api) -> None:
    simulator.account().templates["T2"] = ("thing1",)
    with product(simulator, silent):
        follower = simulator.follower()
        follower.follows()
        notice = {"touser": follower.openid, "template_id": "T2", "data": {"thing1": {"value": "中奖"}}}
        first = api.post("message/template/send", notice | {"client_msg_id": "k"})
        assert api.post("message/template/send", notice | {"client_msg_id": "k"}) == first
        assert api.post("message/template/send", notice | {"data": {}})["errcode"] == 47003
        simulator.settle()
    assert len(follower.received) == 1


def test_a_token_stays_until_its_last_five_minutes_when_both_work(simulator: Simulator, api: Api) -> None:
    first = api.fetch()["access_token"]
    assert api.fetch()["access_token"] == first
    simulator.pass_time(7_000)
    second = api.fetch()["access_token"]
    assert second != first
    for each in (first, second):
        api.token = each
        assert api.get("menu/get")["errcode"] == 46003
    simulator.pass_time(300)
    api.token = first
    assert api.get("menu/get")["errcode"] == 42001


def test_a_forced_token_kills_the_last_one_twenty_times_a_day_and_thirty_seconds_apart(
    simulator: Simulator, api: Api
) -> None:
    first = api.token
    second = api.fetch(force_refresh=True)["access_token"]
    assert api.fetch(force_refresh=True)["access_token"] == second
    api.token = first
    assert api.get("menu/get")["errcode"] == 40001
    for _ in range(19):
        simulator.pass_time(30)
        assert "access_token" in api.fetch(force_refresh=True)
    simulator.pass_time(30)
    assert api.fetch(force_refresh=True)["errcode"] == 45009


def test_wrong_credentials_are_told_apart(simulator: Simulator) -> None:
    api = Api(simulator)
    assert api.fetch(appid="wxother")["errcode"] == 40013
    assert api.fetch(secret="other")["errcode"] == 40125
    assert api.fetch(secret="")["errcode"] == 41004


def test_a_menu_has_limits(api: Api) -> None:
    button = {"type": "click", "name": "答题", "key": "答题"}
    assert api.post("menu/create", {"button": [button] * 4})["errcode"] == 40016
    assert api.post("menu/create", {"button": [button | {"name": "太长的菜单名"}]})["errcode"] == 40018
    assert api.post("menu/create", {"button": [{"name": "更多", "sub_button": [button] * 6}]})["errcode"] == 40023
    assert api.get("menu/get")["errcode"] == 46003
    assert api.post("menu/create", {"button": [{"name": "更多", "sub_button": [button] * 5}]})["errcode"] == 0
    assert len(api.get("menu/get")["menu"]["button"][0]["sub_button"]) == 5


def test_a_code_expires_and_its_picture_is_served(simulator: Simulator, api: Api) -> None:
    scene = {"scene": {"scene_str": "demo"}}
    body = {"expire_seconds": 100, "action_name": "QR_STR_SCENE", "action_info": scene}
    assert api.post("qrcode/create", body | {"expire_seconds": 2_592_001})["errcode"] == 40097
    made = api.post("qrcode/create", body)
    picture = requests.get(f"{api.base}/cgi-bin/showqrcode", params={"ticket": made["ticket"]}, timeout=10)
    assert picture.headers["Content-Type"] == "image/png"
    with product(simulator, silent) as got:
        simulator.follower().scans(made["url"])
        assert got[0].findtext("Ticket") == made["ticket"]
        simulator.pass_time(101)
        assert simulator.follower().scans(made["url"]) == "二维码已过期"


def test_a_sign_in_code_is_good_once_and_for_five_minutes(simulator: Simulator, api: Api) -> None:
    known, account = simulator.settings(), simulator.account()
    query = {"appid": known["wechat_app_id"], "secret": known["wechat_secret"], "grant_type": "authorization_code"}

    def exchange(code: str) -> dict[str, Any]:
        answered: dict[str, Any] = requests.get(
            f"{api.base}/sns/oauth2/access_token", params={**query, "code": code}, timeout=10
        ).json()
        return answered

    follower = simulator.follower()
    code = account.authorize(follower.openid, "snsapi_base")
    assert exchange(code)["openid"] == follower.openid
    assert exchange(code)["errcode"] == 40163
    assert exchange(account.authorize("o", "snsapi_base", snapshot=True))["is_snapshotuser"] == 1
    late = account.authorize(follower.openid, "snsapi_base")
    simulator.pass_time(301)
    assert exchange(late)["errcode"] == 40029


def test_who_is_known_is_signed_in_without_a_question(simulator: Simulator) -> None:
    follower = simulator.follower()
    simulator.connect("http://quiz.example")
    query = {"appid": simulator.account().app_id, "response_type": "code", "scope": "snsapi_base", "state": "s"}
    there = requests.get(
        f"{simulator.url}/wechat-api/connect/oauth2/authorize",
        params=query | {"redirect_uri": "http://quiz.example/q/demo?u=1"},
        cookies={"simulator_visitor": follower.openid},
        allow_redirects=False,
        timeout=10,
    )
    assert there.headers["Location"].startswith("http://quiz.example/q/demo?u=1&code=")
    assert there.headers["Location"].endswith("&state=s")


def test_faults_befall_the_calls_that_they_are_for(simulator: Simulator, api: Api) -> None:
    faults = simulator.faults
    faults.answer(-1, times=2, path="menu")
    assert [api.get("menu/get")["errcode"] for _ in range(3)] == [-1, -1, 46003]
    faults.quota("menu")
    assert api.get("menu/get")["errcode"] == 45009
    assert api.post("clear_quota", {"appid": simulator.account().app_id})["errcode"] == 0
    faults.invalidate_tokens()
    assert api.get("menu/get")["errcode"] == 40001
    api.fetch()
    faults.drop()
    with pytest.raises(requests.ConnectionError):
        api.get("menu/get")
    faults.status(503)
    with pytest.raises(requests.JSONDecodeError):
        api.get("menu/get")
    assert [call.status for call in simulator.calls.of("menu/get")[-2:]] == [0, 503]


def test_a_call_may_take_effect_though_its_answer_is_lost(simulator: Simulator, api: Api) -> None:
    with product(simulator, silent):
        follower = simulator.follower()
        follower.follows()
        body = {"touser": follower.openid, "msgtype": "text", "text": {"content": "好"}}
        for done in (False, True):
            simulator.faults.hang(30, done=done)
            with pytest.raises(requests.Timeout):
                api.post("message/custom/send", body, timeout=0.2)
    assert len(follower.received) == 1


def test_an_answer_may_come_a_byte_at_a_time(simulator: Simulator, api: Api) -> None:
    simulator.faults.trickle(0.3)
    began = time.monotonic()
    assert api.get("menu/get")["errcode"] == 46003
    assert time.monotonic() - began > 0.25


def test_the_log_of_calls_holds_no_secret(simulator: Simulator, api: Api) -> None:
    api.says("oNobody", "秘密")
    told = repr(simulator.calls.all())
    assert [call.code for call in simulator.calls.all()] == [0, 40003]
    assert not any(secret in told for secret in (api.token, simulator.account().secret, "oNobody", "秘密"))


def test_accounts_beside_each_other_know_nothing_of_each_other() -> None:
    with running_simulator(accounts=("", "west")) as simulator:
        assert simulator.settings()["wechat_app_id"] != simulator.settings("west")["wechat_app_id"]
        assert simulator.follower("张三").account is not simulator.follower("张三", "west").account
        assert "[wechat.west]" in simulator.accounts_toml()
