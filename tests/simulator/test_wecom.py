"""The simulator's WeCom, as far as other tests rely on it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import requests
from flask import Flask, Response, request
from werkzeug.serving import make_server

from simulator import Simulator, running_simulator
from simulator.deliveries import cdata
from simulator.members import NO_ANSWER

Answer = Callable[[ET.Element], str]
"""A message → what stands in the reply after its time; empty: nothing is answered."""

BUTTONS = {
    "card_type": "button_interaction",
    "task_id": "7_1",
    "main_title": {"title": "第1/2题"},
    "sub_title_text": "夏季空调不低于多少度？",
    "button_list": [{"text": "A. 24 ℃", "key": "A"}, {"text": "B. 26 ℃", "key": "B"}],
}
VOTE = {
    "card_type": "vote_interaction",
    "task_id": "7_2",
    "main_title": {"title": "第2/2题"},
    "checkbox": {
        "question_key": "q",
        "mode": 1,
        "option_list": [{"id": "A", "text": "A. 关灯"}, {"id": "B", "text": "B. 开窗"}, {"id": "C", "text": "C. 关机"}],
    },
    "submit_button": {"text": "提交", "key": "submit"},
}


@contextmanager
def product(simulator: Simulator, answer: Answer) -> Iterator[list[ET.Element]]:
    """Answers each message by `answer`, and gives what it was sent."""
    app, got = Flask("product"), []
    seal = simulator.corp.seal

    @app.post("/wecom")
    def callback() -> Response:
        envelope = (
            f"<xml><Encrypt>{ET.fromstring(request.get_data()).findtext('Encrypt')}</Encrypt>"
            f"<MsgSignature>{request.args['msg_signature']}</MsgSignature>"
            f"<TimeStamp>{request.args['timestamp']}</TimeStamp><Nonce>{request.args['nonce']}</Nonce></xml>"
        )
        got.append(message := seal.opened(envelope.encode()))
        inner = answer(message)
        reply = (
            f"<xml><ToUserName>{message.findtext('FromUserName')}</ToUserName><FromUserName>"
            f"{message.findtext('ToUserName')}</FromUserName><CreateTime>1</CreateTime>{inner}</xml>"
        )
        return Response(seal._crypto().encrypt_message(reply, "n", "1") if inner else b"")

    @app.get("/wecom")
    def handshake() -> str:
        given = (request.args[name] for name in ("msg_signature", "timestamp", "nonce", "echostr"))
        return str(seal._crypto().check_signature(*given))

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


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with running_simulator(patience_s=0.3) as running:
        yield running


class Api:
    """Calls as the product makes them."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.base = simulator.settings()["wecom_api_base"]
        self.token = self.fetch()["access_token"]

    def fetch(self, **more: str) -> dict[str, Any]:
        known = self.simulator.settings()
        query = {"corpid": known["wecom_corp_id"], "corpsecret": known["wecom_secret"]} | more
        answered: dict[str, Any] = requests.get(f"{self.base}/cgi-bin/gettoken", params=query, timeout=10).json()
        return answered

    def get(self, path: str, **query: str) -> dict[str, Any]:
        query["access_token"] = self.token
        answered: dict[str, Any] = requests.get(f"{self.base}/cgi-bin/{path}", params=query, timeout=10).json()
        return answered

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        body = {"agentid": int(self.simulator.settings()["wecom_agent_id"])} | body
        query = {"access_token": self.token}
        answered: dict[str, Any] = requests.post(
            f"{self.base}/cgi-bin/{path}", params=query, json=body, timeout=10
        ).json()
        return answered

    def sends_card(self, card: dict[str, Any], to: str = "zhangsan") -> dict[str, Any]:
        return self.post("message/send", {"touser": to, "msgtype": "template_card", "template_card": card})


@pytest.fixture
def api(simulator: Simulator) -> Api:
    simulator.member()
    return Api(simulator)


def text_reply(text: str) -> str:
    return f"<MsgType>text</MsgType><Content>{cdata(text)}</Content>"


def test_a_member_types_and_is_answered(simulator: Simulator) -> None:
    with product(simulator, lambda message: text_reply(f"您说{message.findtext('Content')}")) as got:
        assert simulator.corp.greets()
        assert simulator.member().says("答题") == "您说答题"
    assert [got[0].findtext(name) for name in ("FromUserName", "AgentID")] == ["zhangsan", "1000002"]


def test_an_answer_of_nothing_shows_nothing_and_no_answer_is_remarked(simulator: Simulator) -> None:
    with product(simulator, lambda message: ""):
        assert simulator.member().enters() == ""
    assert simulator.member().says("在吗") == NO_ANSWER
    assert len(simulator.deliveries[-1].attempts) == 4


def test_tokens_are_kept_and_wrong_secrets_refused(simulator: Simulator, api: Api) -> None:
    assert api.fetch()["access_token"] == api.token
    assert api.fetch(corpsecret="other")["errcode"] == 40001
    assert api.fetch(corpid="other")["errcode"] == 40013
    simulator.faults.invalidate_tokens()
    assert api.get("getcallbackip")["errcode"] == 40014
    api.token = api.fetch()["access_token"]
    simulator.pass_time(7_200)
    assert api.get("getcallbackip")["errcode"] == 42001


def test_a_message_reaches_who_can_be_seen(simulator: Simulator, api: Api) -> None:
    body = {"touser": "ZhangSan|nobody", "msgtype": "text", "text": {"content": "开始了"}}
    assert api.post("message/send", body)["invaliduser"] == "nobody"
    assert [bubble.text for bubble in simulator.member().received] == ["开始了"]
    assert api.post("message/send", body | {"touser": "nobody"})["errcode"] == 81013
    assert api.post("message/send", body | {"agentid": 1})["errcode"] == 40056


def test_the_same_message_is_sent_once_while_duplicates_are_checked(simulator: Simulator, api: Api) -> None:
    body = {"touser": "zhangsan", "msgtype": "text", "text": {"content": "开始了"}}
    checked = body | {"enable_duplicate_check": 1, "duplicate_check_interval": 600}
    assert [api.post("message/send", checked)["errcode"] for _ in range(3)] == [0, 0, 0]
    simulator.pass_time(601)
    api.post("message/send", checked)
    assert len(simulator.member().received) == 2


def test_a_tapped_card_is_changed_by_the_answer(simulator: Simulator, api: Api) -> None:
    changed = (
        "<MsgType>update_template_card</MsgType><TemplateCard><CardType>button_interaction</CardType>"
        "<MainTitle><Title>✅ 回答正确</Title></MainTitle><TaskId>7_1</TaskId><ButtonList><Text>B</Text><Key>B</Key>"
        "</ButtonList><ReplaceText>已答</ReplaceText></TemplateCard>"
    )
    with product(simulator, lambda message: changed) as got:
        member = simulator.member()
        assert api.sends_card(BUTTONS)["response_code"]
        member.taps_card("B")
        with pytest.raises(LookupError):
            member.taps_card("B")
    assert [got[0].findtext(name) for name in ("EventKey", "TaskId", "CardType")] == ["B", "7_1", "button_interaction"]
    assert member.cards[0].text == "✅ 回答正确"
    assert member.cards[0].card["replaced"] == "已答"


def test_a_vote_names_every_option_that_was_ticked(simulator: Simulator, api: Api) -> None:
    replaced = "<MsgType>update_button</MsgType><Button><ReplaceName>已提交</ReplaceName></Button>"
    with product(simulator, lambda message: replaced) as got:
        api.sends_card(VOTE)
        simulator.member().votes("A", "C")
    assert [option.text for option in got[0].iterfind("SelectedItems/SelectedItem/OptionIds/OptionId")] == ["A", "C"]
    assert simulator.member().cards[0].card["replaced"] == "已提交"


def test_a_card_is_updated_by_its_code_once_and_within_72_hours(simulator: Simulator, api: Api) -> None:
    code = api.sends_card(BUTTONS)["response_code"]
    update = {"userids": ["zhangsan"], "response_code": code, "button": {"replace_name": "已结束"}}
    assert api.post("message/update_template_card", update)["errcode"] == 0
    assert simulator.member().cards[0].card["replaced"] == "已结束"
    assert api.post("message/update_template_card", update)["errcode"] == 40058
    late = api.sends_card(BUTTONS | {"task_id": "8_1"})["response_code"]
    simulator.pass_time(72 * 3_600 + 1)
    api.token = api.fetch()["access_token"]
    assert api.post("message/update_template_card", update | {"response_code": late})["errcode"] == 40058


def test_a_card_has_limits(api: Api) -> None:
    buttons = [{"text": f"{n}", "key": f"{n}"} for n in range(7)]
    assert api.sends_card(BUTTONS | {"button_list": buttons})["errcode"] == 40058
    assert api.sends_card(BUTTONS | {"task_id": "7:1"})["errcode"] == 40058
    assert [api.sends_card(BUTTONS)["errcode"] for _ in range(2)] == [0, 40058]


def test_the_directory_tells_name_and_department(simulator: Simulator, api: Api) -> None:
    member = simulator.member("lisi", "李四", "后勤中心")
    found = api.get("user/get", userid="lisi")
    assert found["name"] == "李四"
    assert api.get("department/get", id=str(found["main_department"]))["department"]["name"] == "后勤中心"
    assert "后勤中心" in [each["name"] for each in api.get("department/list")["department"]]
    assert api.get("user/get", userid="nobody")["errcode"] == 60111
    member.visible = False
    assert api.get("user/get", userid="lisi")["errcode"] == 60011
    assert api.get("agent/get", agentid="1000002")["allow_userinfos"]["user"] == [{"userid": "zhangsan"}]


def test_a_sign_in_code_is_good_once(simulator: Simulator, api: Api) -> None:
    for path, name in (("auth/getuserinfo", "userid"), ("user/getuserinfo", "UserId")):
        code = simulator.corp.sign_in("zhangsan")
        assert api.get(path, code=code)[name] == "zhangsan"
        assert api.get(path, code=code)["errcode"] == 40029
    assert "openid" in api.get("auth/getuserinfo", code=simulator.corp.sign_in(""))
