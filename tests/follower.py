"""A follower of the official account, as the platform would deliver what they send: signed, by POST, retried."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from xml.etree import ElementTree as ET

from flask.testing import FlaskClient
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import WeChatSigner

TOKEN, AES_KEY, APP_ID = "lvdatesttoken", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wx1234567890abcdef"
ACCOUNT = "gh_lvda"
_MESSAGE_IDS = count(23_000_000_000_000_000)


def signed(timestamp: int, nonce: str = "n0nce", *more: str, token: str = TOKEN) -> str:
    signer = WeChatSigner()
    signer.add_data(token, str(timestamp), nonce, *more)
    return str(signer.signature)


def text_xml(sender: str, content: str, sent_s: int, message_id: int | None, extra: str = "") -> str:
    content = content.replace("]]>", "]]]]><![CDATA[>")
    return (
        f"<xml><ToUserName><![CDATA[{ACCOUNT}]]></ToUserName><FromUserName><![CDATA[{sender}]]></FromUserName>"
        f"<CreateTime>{sent_s}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content><![CDATA[{content}]]></Content><MsgId>{message_id}</MsgId>{extra}</xml>"
    )


def voice_xml(sender: str, recognition: str, sent_s: int, message_id: int) -> str:
    return (
        f"<xml><ToUserName><![CDATA[{ACCOUNT}]]></ToUserName><FromUserName><![CDATA[{sender}]]></FromUserName>"
        f"<CreateTime>{sent_s}</CreateTime><MsgType><![CDATA[voice]]></MsgType><MediaId><![CDATA[m]]></MediaId>"
        f"<Format><![CDATA[amr]]></Format><Recognition><![CDATA[{recognition}]]></Recognition>"
        f"<MsgId>{message_id}</MsgId></xml>"
    )


def event_xml(sender: str, event: str, key: str, sent_s: int) -> str:
    return (
        f"<xml><ToUserName><![CDATA[{ACCOUNT}]]></ToUserName><FromUserName><![CDATA[{sender}]]></FromUserName>"
        f"<CreateTime>{sent_s}</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[{event}]]></Event>"
        f"<EventKey><![CDATA[{key}]]></EventKey></xml>"
    )


@dataclass
class Follower:
    """Sends and remembers; `send` gives the text of the reply, or ``success``."""

    client: FlaskClient
    name: str = "oFollower"
    clock: Callable[[], int] = lambda: time.time_ns() // 1_000_000
    safe: bool = False
    replies: list[str] = field(default_factory=list)
    last: str = ""
    """The XML sent last, for a retry."""

    def says(self, text: str, *, sent_s: int | None = None) -> str:
        return self.send(text_xml(self.name, text, self._now(sent_s), next(_MESSAGE_IDS)))

    def speaks(self, recognition: str) -> str:
        return self.send(voice_xml(self.name, recognition, self._now(None), next(_MESSAGE_IDS)))

    def scans(self, scene: str) -> str:
        return self.send(event_xml(self.name, "SCAN", scene, self._now(None)))

    def follows(self, scene: str = "") -> str:
        return self.send(event_xml(self.name, "subscribe", f"qrscene_{scene}" if scene else "", self._now(None)))

    def unfollows(self) -> str:
        return self.send(event_xml(self.name, "unsubscribe", "", self._now(None)))

    def clicks(self, key: str) -> str:
        return self.send(event_xml(self.name, "CLICK", key, self._now(None)))

    def taps(self, letter: str, *, of: str = "") -> str:
        """Taps an option of the last reply, or of an older one."""
        tap = dict(re.findall(r"msgmenucontent=(\w)&msgmenuid=([\w.]+)", of or self.replies[-1]))[letter]
        extra = f"<bizmsgmenuid>{tap}</bizmsgmenuid>"
        return self.send(text_xml(self.name, letter, self._now(None), next(_MESSAGE_IDS), extra))

    def retried(self) -> str:
        """The platform delivers the last message again, freshly signed."""
        return self.send(self.last)

    def send(self, xml: str) -> str:
        self.last = xml
        text = deliver(self.client, xml, self.clock() // 1_000, safe=self.safe)
        self.replies.append(text)
        return text

    def _now(self, sent_s: int | None) -> int:
        return self.clock() // 1_000 if sent_s is None else sent_s


def deliver(client: FlaskClient, xml: str, now_s: int, *, safe: bool = False, path: str = "/wechat") -> str:
    """One delivery; the text of the reply, or the bare body when it is no XML."""
    query = {"timestamp": str(now_s), "nonce": "n0nce", "signature": signed(now_s)}
    body = xml
    if safe:
        body, query = sealed(xml, now_s)
    response = client.post(path, query_string=query, data=body.encode(), content_type="text/xml")
    assert response.status_code == 200, (response.status_code, response.get_data(as_text=True))
    return reply_text(response.get_data(), safe=safe)


def sealed(xml: str, now_s: int) -> tuple[str, dict[str, str]]:
    """A message in safe mode, sealed by wechatpy, and its query."""
    crypto = WeChatCrypto(TOKEN, AES_KEY, APP_ID)
    envelope = crypto.encrypt_message(xml, "n0nce", str(now_s))
    found = ET.fromstring(envelope)
    encrypted = found.findtext("Encrypt") or ""
    return (
        f"<xml><ToUserName><![CDATA[{ACCOUNT}]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>",
        {
            "timestamp": str(now_s),
            "nonce": "n0nce",
            "signature": signed(now_s),
            "msg_signature": found.findtext("MsgSignature") or "",
            "encrypt_type": "aes",
        },
    )


def reply_text(body: bytes, *, safe: bool = False) -> str:
    """The text inside a passive reply, opened by wechatpy in safe mode."""
    if not body.startswith(b"<xml>"):
        return body.decode()
    if safe:
        found = ET.fromstring(body)
        crypto = WeChatCrypto(TOKEN, AES_KEY, APP_ID)
        signature, stamp, nonce = (found.findtext(name) or "" for name in ("MsgSignature", "TimeStamp", "Nonce"))
        body = crypto.decrypt_message(body, signature, stamp, nonce).encode()
    return ET.fromstring(body).findtext("Content") or ""


def without_markup(text: str) -> str:
    """What a person sees of a reply."""
    return re.sub(r"<a [^>]*>(.*?)</a>", r"\1", text)
