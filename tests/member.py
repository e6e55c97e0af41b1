"""A member of a company in WeCom, as the platform would deliver what they send: sealed, signed, by POST, retried."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from xml.etree import ElementTree as ET

from flask.testing import FlaskClient
from sqlalchemy import select
from wechatpy.work.crypto import WeChatCrypto
from werkzeug.test import TestResponse

from campaigns import people, tables
from campaigns.people import Sender
from campaigns.store import Store

CORP, AGENT, SECRET = "ww0123456789abcdef", "1000007", "a-secret-of-tests"
TOKEN, AES_KEY = "wecomtesttoken", "GFEDCBA9876543210zyxwvutsrqponmlkjihgfedcba"
_MESSAGE_IDS = count(7_000_000_000_000_000)

Fields = dict[str, Any]


def crypto(corp: str = CORP) -> WeChatCrypto:
    return WeChatCrypto(TOKEN, AES_KEY, corp)


def sealed(message: str, now_s: int, *, in_json: bool = False, corp: str = CORP) -> tuple[str, dict[str, str]]:
    """A message as it is posted, sealed by wechatpy, and its query."""
    found = ET.fromstring(crypto(corp).encrypt_message(message, "n0nce", str(now_s)))
    encrypted, signature = (found.findtext(name) or "" for name in ("Encrypt", "MsgSignature"))
    query = {"timestamp": str(now_s), "nonce": "n0nce", "msg_signature": signature}
    if in_json:
        return json.dumps({"tousername": CORP, "encrypt": encrypted, "agentid": AGENT}), query
    return (
        f"<xml><ToUserName><![CDATA[{CORP}]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt>"
        f"<AgentID><![CDATA[{AGENT}]]></AgentID></xml>"
    ), query


def opened(response: TestResponse) -> Fields:
    """The fields of a passive reply, opened by wechatpy; empty when there is none."""
    body = response.get_data()
    if not body:
        return {}
    if response.mimetype == "application/json":
        found = json.loads(body)
        parts = [found[name] for name in ("encrypt", "msgsignature", "timestamp", "nonce")]
    else:
        root = ET.fromstring(body)
        parts = [root.findtext(name) or "" for name in ("Encrypt", "MsgSignature", "TimeStamp", "Nonce")]
    encrypted, *signed = parts
    plain = crypto().decrypt_message(f"<xml><Encrypt>{encrypted}</Encrypt></xml>", *signed)
    return dict(json.loads(plain)) if plain.startswith("{") else fields_of(ET.fromstring(plain))


def fields_of(root: ET.Element) -> Fields:
    found: Fields = {}
    for child in root:
        value = fields_of(child) if len(child) else child.text or ""
        found[child.tag] = [*found[child.tag], value] if child.tag in found else [value]
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def xml_of(fields: Mapping[str, Any]) -> str:
    return f"<xml>{_elements(fields)}</xml>"


def _elements(fields: Mapping[str, Any]) -> str:
    return "".join(
        f"<{name}>{_elements(one) if isinstance(one, dict) else _cdata(one)}</{name}>"
        for name, value in fields.items()
        for one in (value if isinstance(value, list) else [value])
    )


def _cdata(value: object) -> str:
    return str(value) if isinstance(value, int) else f"<![CDATA[{str(value).replace(']]>', ']]]]><![CDATA[>')}]]>"


@dataclass
class Member:
    """Sends and remembers; `send` gives the text of the reply, or of what follows a tap on a card, or nothing."""

    client: FlaskClient
    store: Store
    name: str = "ZhangSan"
    clock: Callable[[], int] = lambda: time.time_ns() // 1_000_000
    in_json: bool = False
    replies: list[str] = field(default_factory=list)
    last: Fields = field(default_factory=dict)
    """What was sent last, for a retry."""
    passive: Fields = field(default_factory=dict)
    """The passive reply to it."""

    def says(self, text: str, *, sent_s: int | None = None) -> str:
        return self.send({"MsgType": "text", "Content": text, "MsgId": next(_MESSAGE_IDS)}, sent_s)

    def speaks(self, recognition: str) -> str:
        """WeCom recognises no speech for us: whoever wants to be understood dictates to their keyboard."""
        if recognition:
            return self.says(recognition)
        return self.send({"MsgType": "voice", "MediaId": "m", "Format": "amr", "MsgId": next(_MESSAGE_IDS)})

    def follows(self, scene: str = "") -> str:
        assert not scene, "an application has no codes of its own"
        return self.send({"MsgType": "event", "Event": "subscribe"})

    def enters(self) -> str:
        return self.send({"MsgType": "event", "Event": "enter_agent", "EventKey": ""})

    def clicks(self, key: str) -> str:
        return self.send({"MsgType": "event", "Event": "click", "EventKey": key})

    def taps(self, letter: str, *, of: str = "") -> str:
        """What a tap on an official account is: a typed letter; on an older reply, a tap on its question's card."""
        if not of:
            return self.says(letter)
        found = re.search(r"第(\d+)/", of)
        assert found is not None
        return self.taps_card(letter, f"q-{self._attempt()}-{found[1]}-00000000")

    def taps_card(self, letter: str, task: str) -> str:
        """Taps a button of a card."""
        return self.send(self._card_event(task, letter, "button_interaction"))

    def ticks(self, letters: Sequence[str], task: str) -> str:
        """Ticks boxes of a card and hands them in."""
        chosen = {"QuestionKey": "answer", "OptionIds": {"OptionId": list(letters)}}
        event = self._card_event(task, "submit", "vote_interaction")
        return self.send({**event, "SelectedItems": {"SelectedItem": chosen}} if letters else event)

    def _card_event(self, task: str, key: str, kind: str) -> Fields:
        return {
            "MsgType": "event",
            "Event": "template_card_event",
            "EventKey": key,
            "TaskId": task,
            "CardType": kind,
            "ResponseCode": "r3sp0nse",
        }

    def retried(self) -> str:
        """The platform delivers the last message again, freshly signed."""
        return self._deliver()

    def send(self, fields: Fields, sent_s: int | None = None) -> str:
        created = self.clock() // 1_000 if sent_s is None else sent_s
        addressed = {"ToUserName": CORP, "FromUserName": self.name, "CreateTime": created}
        self.last = {**addressed, **fields, "AgentID": int(AGENT)}
        return self._deliver()

    def _deliver(self) -> str:
        message = json.dumps(self.last) if self.in_json else xml_of(self.last)
        body, query = sealed(message, self.clock() // 1_000, in_json=self.in_json)
        response = self.client.post("/wecom", query_string=query, data=body.encode())
        assert response.status_code == 200, (response.status_code, response.get_data(as_text=True))
        self.passive = opened(response)
        is_tap = self.last.get("Event") == "template_card_event"
        self.replies.append(self.posted[-1]["text"] if is_tap and self.posted else self.passive.get("Content", ""))
        return self.replies[-1]

    @property
    def posted(self) -> list[Fields]:
        """What was posted for this member to be sent by the application, oldest first."""
        outbox = tables.OutboxMessage
        with self.store.reading() as session:
            rows = session.scalars(select(outbox).where(outbox.recipient == self.name).order_by(outbox.id))
            return [dict(row.values) for row in rows]

    @property
    def card(self) -> Fields:
        """The card that was posted last."""
        return dict(self.posted[-1]["card"])

    def _attempt(self) -> int:
        """The attempt that this member began last."""
        attempt = tables.Attempt
        with self.store.reading() as session:
            identity = people.find_identity(session, Sender("wecom", "", self.name))
            assert identity is not None
            begun = select(attempt.id).where(attempt.person_id == identity.person_id).order_by(attempt.id.desc())
            return session.scalars(begun).all()[0]
