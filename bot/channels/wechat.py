"""The official account's callback: bytes in → `Inbound`; `Reply` → bytes out.

The signature is looked at before anything else. Answers: 403 a refused signature, 400 a malformed body, 413 one
that is too large, 503 an account that is not configured. Every message and event that we do not use is answered
``success``: anything else makes the platform tell the sender that the account is out of order.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO

from flask import Blueprint, Response, request

from bot.channels import callbacks
from bot.channels.callback_crypto import AccountCipher, Undecipherable, is_signed, signature
from bot.channels.callback_xml import Malformed, encrypted_envelope, read_fields, text_reply
from bot.channels.lag import Lag
from bot.channels.wechat_consents import note_consents, read_consents
from bot.dialogue import Desk
from bot.messages import Inbound, Reply, Said
from bot.metrics import Counts
from campaigns.people import Sender

CHANNEL = "wechat"
SUCCESS = b"success"
_OUR_TAP = re.compile(r"\d{1,18}\.\d{1,4}\.[A-Z]", re.ASCII)


@dataclass(frozen=True)
class Account:
    """An official account as its callback needs it."""

    name: str
    """How settings and addresses call it; the default account's is empty."""
    app_id: str
    token: str
    aes_key: str = ""
    """With one, the account is in safe mode, and an unencrypted body is refused."""

    def cipher(self) -> AccountCipher | None:
        return AccountCipher(self.aes_key, self.app_id) if self.aes_key else None


@dataclass(frozen=True)
class Callback:
    """An account and its cipher, made once."""

    account: Account
    cipher: AccountCipher | None


@dataclass(frozen=True)
class Reception:
    """What the callbacks work with; made once by the wiring."""

    callbacks: Mapping[str, Callback]
    """By account name."""
    desk: Desk
    counts: Counts
    clock: Callable[[], int]
    """UTC milliseconds."""
    lag: Lag = field(default_factory=Lag)

    def refuse(self, status: int, reason: str = "") -> Response:
        return callbacks.refuse(self.counts, status, reason)


def make_blueprint(reception: Reception) -> Blueprint:
    """The callbacks' addresses."""
    blueprint = Blueprint("wechat", __name__)

    @blueprint.get("/wechat", defaults={"account": ""})
    @blueprint.get("/wechat/<account>")
    def handshake(account: str) -> Response:
        return shake_hands(reception, account, request.args)

    @blueprint.post("/wechat", defaults={"account": ""})
    @blueprint.post("/wechat/<account>")
    def delivery(account: str) -> Response:
        return receive(reception, account, request.args, request.content_length or 0, request.stream)

    return blueprint


def shake_hands(reception: Reception, account: str, args: Mapping[str, str]) -> Response:
    """The platform asks once whether the address is ours: say back what it sends."""
    callback = reception.callbacks.get(account)
    if callback is None:
        return reception.refuse(503)
    refused = _refused_signature(reception, callback.account.token, args, reception.clock() // 1_000)
    return refused or callbacks.plain(args.get("echostr", "").encode())


def receive(reception: Reception, account: str, args: Mapping[str, str], length: int, stream: IO[bytes]) -> Response:
    """One delivery of one message."""
    received = reception.clock()
    callback = reception.callbacks.get(account)
    if callback is None:
        return reception.refuse(503)
    refused = _refused_signature(reception, callback.account.token, args, received // 1_000)
    if refused is not None:
        return refused
    body = callbacks.read_body(length, stream)
    if body is None:
        return reception.refuse(413)
    try:
        fields = read_fields(body)
        if callback.cipher is not None:
            encrypted = fields.get("Encrypt", "")
            if not _is_ours(callback.account.token, encrypted, args):
                return reception.refuse(403)
            body = callback.cipher.decrypt(encrypted)
            fields = read_fields(body)
        inbound = read_message(fields, account, received, reception.lag)
        consents = None if inbound else read_consents(fields, body)
    except (Malformed, Undecipherable):
        return reception.refuse(400)
    if consents is not None:
        sender = Sender(CHANNEL, account, fields["FromUserName"])
        key = callbacks.message_key(fields, fields["CreateTime"])
        note_consents(reception.desk.stores.sql, sender, key, consents, received)
        return callbacks.plain(SUCCESS)
    if inbound is None:
        reception.counts.ignored.labels(kind=callbacks.kind_counted(fields)).inc()
        return callbacks.plain(SUCCESS)
    reception.counts.messages.labels(channel=CHANNEL, said=inbound.said.value).inc()
    return _reply(callback, fields, callbacks.answer(reception.desk, inbound), received // 1_000)


def read_message(fields: Mapping[str, str], account: str, received_ms: int, lag: Lag) -> Inbound | None:
    """What a message says; None for the kinds that we do not use. Raises Malformed when it lacks what all have."""
    sender, kind, created = fields.get("FromUserName"), fields.get("MsgType"), fields.get("CreateTime", "")
    if not sender or len(sender) > 255 or not kind or not callbacks.is_seconds(created):
        raise Malformed("a message names its sender, its type and its time")
    event = fields.get("Event", "").upper() if kind == "event" else ""
    heard = _event(event, fields) if event else _message(kind, fields)
    if heard is None:
        return None
    said, text, tap, scene = heard
    sent_s = int(created[:12])
    return Inbound(
        sender=Sender(CHANNEL, account, sender),
        key=callbacks.message_key(fields, created),
        said=said,
        sent_s=sent_s + lag.seconds_ahead(sent_s, received_ms),
        received_ms=received_ms,
        text=text,
        tap=tap,
        scene=scene,
        taps=True,
    )


Heard = tuple[Said, str, str, str]


def _message(kind: str, fields: Mapping[str, str]) -> Heard | None:
    if kind == "text":
        tap = fields.get("bizmsgmenuid", "")
        if _OUR_TAP.fullmatch(tap):
            return Said.TAP, fields.get("Content", ""), tap, ""
        return Said.TEXT, fields.get("Content", ""), "", ""
    if kind == "voice":
        heard = fields.get("Recognition", "").strip()
        return (Said.TEXT, heard, "", "") if heard else (Said.UNHEARD, "", "", "")
    return None


def _event(event: str, fields: Mapping[str, str]) -> Heard | None:
    key = fields.get("EventKey", "")
    match event:
        case "SUBSCRIBE":
            return Said.FOLLOW, "", "", key.removeprefix("qrscene_")
        case "SCAN":
            return Said.SCAN, "", "", key
        case "CLICK":
            return Said.MENU, key, "", ""
        case "UNSUBSCRIBE":
            return Said.UNFOLLOW, "", "", ""
        case _:
            return None


def _reply(callback: Callback, fields: Mapping[str, str], reply: Reply, now_s: int) -> Response:
    if not reply.text:
        return callbacks.plain(SUCCESS)
    body = text_reply(fields["FromUserName"], fields.get("ToUserName", ""), now_s, reply.text)
    if callback.cipher is not None:
        encrypted = callback.cipher.encrypt(body, secrets.token_bytes)
        timestamp, nonce = str(now_s), secrets.token_hex(8)
        signed = signature(callback.account.token, timestamp, nonce, encrypted)
        body = encrypted_envelope(encrypted, signed, timestamp, nonce)
    return Response(body, mimetype="application/xml")


def _refused_signature(reception: Reception, token: str, args: Mapping[str, str], now_s: int) -> Response | None:
    """The refusal of a request that the platform did not sign, or not within five minutes by our clock."""
    timestamp, nonce = args.get("timestamp", ""), args.get("nonce", "")
    if not is_signed(args.get("signature", ""), token, timestamp, nonce):
        return reception.refuse(403)
    if not callbacks.is_timely(timestamp, now_s):
        return reception.refuse(403, "clock")
    return None


def _is_ours(token: str, encrypted: str, args: Mapping[str, str]) -> bool:
    return bool(encrypted) and is_signed(
        args.get("msg_signature", ""), token, args.get("timestamp", ""), args.get("nonce", ""), encrypted
    )
