"""How a platform brings a message to the product's callback.

Source: 公众号 接收普通消息 and 接收事件推送; 企业微信 回调配置. Five seconds for an answer, then up to three more
deliveries of the same message, each on a connection of its own, freshly signed. Only HTTP 200 counts.
"""

from __future__ import annotations

import secrets
import socket
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree as ET

from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import WeChatSigner
from wechatpy.work.crypto import WeChatCrypto as WorkCrypto

PATIENCE_S = 5.0
DELIVERIES = 4


@dataclass(frozen=True)
class Attempt:
    """One delivery of a message."""

    milliseconds: float
    status: int
    """HTTP's; 0: no answer in time, or no connection."""
    body: bytes


@dataclass
class Delivery:
    """A message on its way to the product."""

    kind: str
    """``text``, ``voice``, or an event's name."""
    sender: str
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def answered(self) -> bool:
        return bool(self.attempts) and self.attempts[-1].status == 200

    @property
    def milliseconds(self) -> float:
        """Of the first delivery: what the sender would have waited, had it been answered."""
        return self.attempts[0].milliseconds


@dataclass(frozen=True)
class Posting:
    """What one attempt sends."""

    query: Mapping[str, str]
    body: bytes
    content_type: str = "text/xml"


class Postman:
    """Brings messages, and keeps a record of how that went."""

    def __init__(self, patience_s: float = PATIENCE_S) -> None:
        self.patience_s = patience_s
        self.record: list[Delivery] = []
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(8, "simulator-events")
        self._under_way: list[Future[None]] = []

    def deliver(self, address: str, delivery: Delivery, prepared: Callable[[], Posting]) -> Delivery:
        """Deliver until it is answered, four times at most; `prepared` signs anew for each."""
        for _ in range(DELIVERIES):
            delivery.attempts.append(post(address, prepared(), self.patience_s))
            if delivery.answered:
                break
        with self._lock:
            self.record.append(delivery)
        return delivery

    def later(self, send: Callable[[], object]) -> None:
        """Have an event delivered in the background, as the platform does with those that nobody waits for."""

        def quietly() -> None:
            send()

        with self._lock:
            self._under_way = [*(future for future in self._under_way if not future.done()), self._pool.submit(quietly)]

    def settle(self, seconds: float = 30) -> None:
        """Wait until what was sent in the background has arrived, or failed; raises what went wrong with it."""
        with self._lock:
            under_way = list(self._under_way)
        for future in under_way:
            future.result(seconds)

    def end(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


def post(address: str, posting: Posting, patience_s: float) -> Attempt:
    """One POST on a connection of its own."""
    headers = {"Content-Type": posting.content_type, "User-Agent": "Mozilla/4.0", "Accept": "*/*"}
    return exchange("POST", address, posting.query, posting.body, headers, patience_s)


def exchange(
    method: str, address: str, query: Mapping[str, str], body: bytes, headers: Mapping[str, str], patience_s: float
) -> Attempt:
    parts = urlsplit(address)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=patience_s)
    status, answer, began = 0, b"", time.perf_counter()
    try:
        connection.request(method, f"{parts.path}?{urlencode(query)}", body, {**headers, "Connection": "close"})
        response = connection.getresponse()
        answer, status = response.read(), response.status
    except (OSError, HTTPException):
        status = 0
    finally:
        connection.close()
    seconds = time.perf_counter() - began
    return Attempt(seconds * 1_000, status if seconds <= patience_s else 0, answer)


def greet(address: str, seal: Seal, patience_s: float = PATIENCE_S) -> bool:
    """Whether the callback answers the handshake, as when its address is filled in on the platform's page."""
    query, expected = seal.greeting()
    attempt = exchange("GET", address, query, b"", {}, patience_s)
    return (attempt.status, attempt.body) == (200, expected.encode())


def reachable(address: str) -> bool:
    parts = urlsplit(address)
    try:
        socket.create_connection((parts.hostname or "", parts.port or 80), 1).close()
    except OSError:
        return False
    return True


@dataclass(frozen=True)
class Seal:
    """Signs and seals for one account, and opens its answers; all of it by wechatpy, so not by the product's code."""

    token: str
    aes_key: str
    """Empty: plain mode."""
    receiver: str
    """The app id or corp id inside a sealed message."""
    addressee: str
    """What stands beside the cipher text as ``ToUserName``."""
    work: bool = False
    agent_id: str = ""

    def posting(self, xml: str, openid: str = "") -> Posting:
        timestamp, nonce = str(int(time.time())), str(secrets.randbelow(10**10))
        query = {"timestamp": timestamp, "nonce": nonce}
        if not self.work:
            query |= {"signature": self.signature(timestamp, nonce), "openid": openid}
        if not self.aes_key:
            return Posting(query, xml.encode())
        envelope = ET.fromstring(self._crypto().encrypt_message(xml, nonce, timestamp))
        query["msg_signature"] = envelope.findtext("MsgSignature") or ""
        if not self.work:
            query["encrypt_type"] = "aes"
        agent = f"<AgentID><![CDATA[{self.agent_id}]]></AgentID>" if self.work else ""
        sealed = (
            f"<xml><ToUserName><![CDATA[{self.addressee}]]></ToUserName>{agent}"
            f"<Encrypt><![CDATA[{envelope.findtext('Encrypt')}]]></Encrypt></xml>"
        )
        return Posting(query, sealed.encode())

    def opened(self, body: bytes) -> ET.Element:
        """The answer's fields. Raises whatever wechatpy and the XML parser raise at an answer that is none."""
        found = ET.fromstring(body)
        if self.aes_key:
            signature, stamp, nonce = (found.findtext(name) or "" for name in ("MsgSignature", "TimeStamp", "Nonce"))
            found = ET.fromstring(self._crypto().decrypt_message(body, signature, stamp, nonce))
        return found

    def greeting(self) -> tuple[dict[str, str], str]:
        """The query of the handshake, and what it must be answered with."""
        timestamp, nonce, echo = str(int(time.time())), str(secrets.randbelow(10**10)), str(secrets.randbelow(10**19))
        query = {"timestamp": timestamp, "nonce": nonce}
        if not self.work:
            return query | {"signature": self.signature(timestamp, nonce), "echostr": echo}, echo
        envelope = ET.fromstring(self._crypto().encrypt_message(echo, nonce, timestamp))
        sealed = envelope.findtext("Encrypt") or ""
        return query | {"msg_signature": envelope.findtext("MsgSignature") or "", "echostr": sealed}, echo

    def signature(self, *parts: str) -> str:
        signer = WeChatSigner()
        signer.add_data(self.token, *parts)
        return str(signer.signature)

    def _crypto(self) -> WeChatCrypto | WorkCrypto:
        return (WorkCrypto if self.work else WeChatCrypto)(self.token, self.aes_key, self.receiver)


def cdata(text: str) -> str:
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"
