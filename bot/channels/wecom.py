"""WeCom's callback (企业微信): the official account's dialogue for the members of a company.

Everything is encrypted, the handshake too, and comes as XML or as JSON; the reply is of the same kind. The signature
is the body's. Answers: as in `bot.channels.callbacks`, and an empty 200 where there is nothing to say.

Questions go out as template cards where they fit one and the application may send messages (`wecom_cards`). A passive
reply can hold no card, only change the one that was tapped: the next question leaves through the outbox, so nothing
here waits for the platform. What a person types is answered in words, which are complete by themselves.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import IO

from flask import Blueprint, Response, request

from bot.channels import callback_json, callback_xml, callbacks, wecom_cards
from bot.channels.callback_crypto import AccountCipher, Undecipherable, is_signed, signature
from bot.channels.callback_xml import Malformed, Written
from bot.channels.lag import Lag
from bot.dialogue import Desk, respond
from bot.messages import Inbound, Reply, Said
from bot.metrics import Counts
from bot.wording import CHATS
from campaigns import outbox, play
from campaigns.clock import MINUTE
from campaigns.editions import current_campaign
from campaigns.people import Sender
from platforms.accounts import WecomAccount

log = logging.getLogger(__name__)

CHANNEL = WAY = "wecom"
CARD_KEPT_MS = 30 * MINUTE
"""After how long a question that could not be sent is of no use any more."""
_A_QUESTION = CHATS["question.header"].partition("{")[0]


@dataclass(frozen=True)
class Callback:
    """The application and its cipher, made once."""

    account: WecomAccount
    cipher: AccountCipher


def callback_of(account: WecomAccount | None) -> Callback | None:
    """What the callback of an application needs; None where its company, its token or its key is not set.

    What is addressed to nobody is ours too: so the platform seals for applications that belong to no company.
    """
    if account is None or not (account.corp_id and account.token and account.aes_key):
        return None
    return Callback(account, AccountCipher(account.aes_key, account.corp_id, ""))


@dataclass(frozen=True)
class Reception:
    """What the callback works with; made once by the wiring."""

    callback: Callback | None
    desk: Desk
    counts: Counts
    clock: Callable[[], int]
    """UTC milliseconds."""
    cards: bool = False
    """Whether questions go out as cards."""
    lag: Lag = field(default_factory=Lag)

    def refuse(self, status: int, reason: str = "") -> Response:
        return callbacks.refuse(self.counts, status, reason)

    def ignore(self, fields: Mapping[str, str]) -> Response:
        self.counts.ignored.labels(kind=callbacks.kind_counted(fields)).inc()
        return callbacks.plain(b"")


@dataclass(frozen=True)
class Delivery:
    """One message, opened."""

    fields: Mapping[str, str]
    chosen: tuple[str, ...]
    """The options that were ticked on a card."""
    envelope_json: bool
    json: bool


def make_blueprint(reception: Reception) -> Blueprint:
    """The callback's address."""
    blueprint = Blueprint("wecom", __name__)

    @blueprint.get("/wecom")
    def handshake() -> Response:
        return shake_hands(reception, request.args)

    @blueprint.post("/wecom")
    def delivery() -> Response:
        return receive(reception, request.args, request.content_length or 0, request.stream)

    return blueprint


def shake_hands(reception: Reception, args: Mapping[str, str]) -> Response:
    """The platform asks once whether the address is ours: say what it has sealed, bare."""
    callback, echo = reception.callback, args.get("echostr", "")
    if callback is None:
        return reception.refuse(503)
    refused = _refused_signature(reception, callback, echo, args, reception.clock() // 1_000)
    if refused is not None:
        return refused
    try:
        return callbacks.plain(callback.cipher.decrypt(echo))
    except Undecipherable:
        return reception.refuse(400)


def receive(reception: Reception, args: Mapping[str, str], length: int, stream: IO[bytes]) -> Response:
    """One delivery of one message."""
    received, callback = reception.clock(), reception.callback
    if callback is None:
        return reception.refuse(503)
    body = callbacks.read_body(length, stream)
    if body is None:
        return reception.refuse(413)
    try:
        envelope = _read_envelope(body)
        refused = _refused_signature(reception, callback, envelope.get("Encrypt", ""), args, received // 1_000)
        if refused is not None:
            return refused
        delivery = _open(callback.cipher.decrypt(envelope["Encrypt"]), envelope_json=_is_json(body))
        if not _is_for(callback.account, delivery.fields, envelope):
            return reception.ignore(delivery.fields)
        inbound = read_message(delivery, received, reception.lag)
    except (Malformed, Undecipherable):
        return reception.refuse(400)
    if inbound is not None and _merely_enters(delivery.fields):
        inbound = _greeted(reception.desk, inbound)
    if inbound is None:
        return reception.ignore(delivery.fields)
    reception.counts.messages.labels(channel=CHANNEL, said=inbound.said.value).inc()
    if _is_card(delivery.fields):
        return _answer_card(reception, callback, delivery, inbound)
    reply = callbacks.answer(reception.desk, inbound)
    _post_card(reception, inbound, reply)
    return _say(callback, delivery, reply.text, received)


# --- what was said ---------------------------------------------------------------------------------------------


def read_message(delivery: Delivery, received_ms: int, lag: Lag) -> Inbound | None:
    """What a message says; None for the kinds that we do not use. Raises Malformed when it lacks what all have."""
    fields = delivery.fields
    sender, kind, created = fields.get("FromUserName"), fields.get("MsgType"), fields.get("CreateTime", "")
    if not sender or len(sender) > 255 or not kind or not callbacks.is_seconds(created):
        raise Malformed("a message names its sender, its type and its time")
    heard = _event(delivery) if kind == "event" else _message(kind, fields)
    if heard is None:
        return None
    said, text, tap = heard
    sent_s = int(created[:12])
    key = callbacks.message_key(fields, created)
    return Inbound(
        sender=Sender(CHANNEL, "", sender),
        key=f"{key}:{fields.get('TaskId', '')}:{text}"[:255] if tap else key,
        said=said,
        sent_s=sent_s + lag.seconds_ahead(sent_s, received_ms),
        received_ms=received_ms,
        text=text,
        tap=tap,
        links=True,
    )


Heard = tuple[Said, str, str]


def _message(kind: str, fields: Mapping[str, str]) -> Heard | None:
    if kind == "text":
        return Said.TEXT, fields.get("Content", ""), ""
    return (Said.UNHEARD, "", "") if kind == "voice" else None


def _event(delivery: Delivery) -> Heard | None:
    fields = delivery.fields
    match fields.get("Event", "").lower():
        case "subscribe" | "enter_agent":
            return Said.FOLLOW, "", ""
        case "unsubscribe":
            return Said.UNFOLLOW, "", ""
        case "click":
            return Said.MENU, fields.get("EventKey", ""), ""
        case "template_card_event":
            return _tap(delivery)
        case _:
            return None


def _tap(delivery: Delivery) -> Heard | None:
    """A tap on a card of ours; one that names no option is as good as an answer that nobody understands."""
    key = delivery.fields.get("EventKey", "")
    task = wecom_cards.read_task_id(delivery.fields.get("TaskId", ""))
    if task is None:
        return None
    letters = "".join(sorted(delivery.chosen)) if key == wecom_cards.SUBMIT else key
    attempt, position = task
    return (Said.TAP, letters, f"{attempt}.{position}.{letters}") if letters else (Said.TEXT, "", "")


def _is_card(fields: Mapping[str, str]) -> bool:
    return fields.get("Event", "").lower() == "template_card_event"


def _merely_enters(fields: Mapping[str, str]) -> bool:
    return fields.get("Event", "").lower() == "enter_agent"


def _greeted(desk: Desk, inbound: Inbound) -> Inbound | None:
    """The greeting of whoever opens the application; None: they have been told all, since every opening is an event.

    They are greeted when we never heard of them, and when a campaign is on while theirs is over.
    """
    with desk.stores.sql.direct() as direct:
        turn = play.look(direct, desk.stores, inbound.sender, inbound.key)
    known = turn is not None and turn.effect is None
    edition, now = None if turn is None else turn.edition, inbound.received_ms
    if known and edition is not None and not edition.is_over(now):
        return None
    with desk.stores.sql.reading() as session:
        current = current_campaign(session, now)
    if current is None:
        return None if known else inbound
    if known and edition is not None and edition.id == current[0]:
        return None
    return replace(inbound, scene=desk.stores.editions.get(desk.stores.sql, *current).slug)


# --- what is answered ------------------------------------------------------------------------------------------


def _answer_card(reception: Reception, callback: Callback, delivery: Delivery, inbound: Inbound) -> Response:
    """Change the card that was tapped, and let what comes next leave through the outbox.

    When anything fails the platform is told so, and delivers the tap again: what is done by then is found done, and
    what is not posted yet is posted. In words nothing could be said here.
    """
    stores = reception.desk.stores
    try:
        reply = respond(inbound, reception.desk)
        tapped = wecom_cards.read_task_id(delivery.fields.get("TaskId", ""))
        assert tapped is not None
        turn = _turn(reception, inbound)
        _post(reception, turn, inbound, reply.text, _next_card(turn, tapped, inbound) if reception.cards else None)
        with stores.sql.reading() as session:
            settled = wecom_cards.settled_card(
                session, stores, reception.desk.links, turn.person_id, *tapped, now=inbound.received_ms
            )
    except Exception:  # whatever it is, the platform shall try again
        log.exception("a card could not be answered")
        return Response(status=500, mimetype="text/plain")
    if settled is None:
        return callbacks.plain(b"")
    return _seal(callback, delivery, {"MsgType": "update_template_card", "TemplateCard": settled}, inbound.received_ms)


def _next_card(turn: play.Turn, tapped: tuple[int, int], inbound: Inbound) -> wecom_cards.Card | None:
    """The card of the question behind the one that was tapped, if that is the one that waits now."""
    edition, attempt = turn.edition, turn.attempt
    if edition is None or attempt is None or (attempt.id, attempt.position - 1) != tapped:
        return None
    return wecom_cards.waiting_card(edition, attempt, _card_key(turn, inbound))


def _post_card(reception: Reception, inbound: Inbound, reply: Reply) -> None:
    """Let a card follow words that ask a question, so that it may be tapped instead of typed.

    One follows when an attempt begins, and behind a question that did not fit a card. Whoever types an answer to a card
    goes on in words alone.
    """
    if not reception.cards or _A_QUESTION not in reply.text:
        return
    try:
        turn = _turn(reception, inbound)
        card = _first_card(turn, inbound)
        if card is not None:
            _post(reception, turn, inbound, "", card)
    except Exception:  # the words are complete
        log.exception("a card could not be posted")


def _first_card(turn: play.Turn, inbound: Inbound) -> wecom_cards.Card | None:
    edition, attempt = turn.edition, turn.attempt
    if edition is None or attempt is None or attempt.shown_ms != inbound.received_ms:
        return None
    before = attempt.position - 1
    if before and wecom_cards.question_card(edition, attempt, before, "") is not None:
        return None
    return wecom_cards.waiting_card(edition, attempt, _card_key(turn, inbound))


def _turn(reception: Reception, inbound: Inbound) -> play.Turn:
    stores = reception.desk.stores
    with stores.sql.direct() as direct:
        turn = play.look(direct, stores, inbound.sender)
    assert turn is not None
    return turn


def _card_key(turn: play.Turn, inbound: Inbound) -> str:
    return f"{turn.identity_id}:{inbound.key}:card"[-255:]


def _post(reception: Reception, turn: play.Turn, inbound: Inbound, text: str, card: wecom_cards.Card | None) -> None:
    """Let a message follow this one, once however often it is delivered: a card, or where that does not do a text."""
    values = {"text": text} if card is None else {"text": text, "card": card}
    with reception.desk.stores.sql.transaction() as session:
        outbox.post(
            session,
            key=_card_key(turn, inbound),
            wording="chat.text",
            values=values,
            now=inbound.received_ms,
            person_id=turn.person_id,
            way=WAY,
            recipient=inbound.sender.sender,
            must=True,
            expires_ms=inbound.received_ms + CARD_KEPT_MS,
        )


def _say(callback: Callback, delivery: Delivery, text: str, now_ms: int) -> Response:
    return _seal(callback, delivery, {"MsgType": "text", "Content": text}, now_ms) if text else callbacks.plain(b"")


def _seal(callback: Callback, delivery: Delivery, content: Written, now_ms: int) -> Response:
    """A passive reply, of the kind that the message was of."""
    fields = delivery.fields
    addressed = {"ToUserName": fields["FromUserName"], "FromUserName": fields.get("ToUserName", "")}
    reply = {**addressed, "CreateTime": now_ms // 1_000, **content}
    body = callback_json.written(reply) if delivery.json else callback_xml.written(reply)
    encrypted = callback.cipher.encrypt(body, secrets.token_bytes)
    timestamp, nonce = str(now_ms // 1_000), secrets.token_hex(8)
    signed = signature(callback.account.token, timestamp, nonce, encrypted)
    if delivery.envelope_json:
        sealed = {"encrypt": encrypted, "msgsignature": signed, "timestamp": timestamp, "nonce": nonce}
        return Response(callback_json.written(sealed), mimetype="application/json")
    return Response(callback_xml.encrypted_envelope(encrypted, signed, timestamp, nonce), mimetype="application/xml")


# --- opening a delivery ----------------------------------------------------------------------------------------


def _is_json(body: bytes) -> bool:
    return body.lstrip()[:1] == b"{"


def _read_envelope(body: bytes) -> Mapping[str, str]:
    return callback_json.read_envelope(body) if _is_json(body) else callback_xml.read_fields(body)


def _open(message: bytes, *, envelope_json: bool) -> Delivery:
    in_json = _is_json(message)
    reader = callback_json if in_json else callback_xml
    fields = reader.read_fields(message)
    chosen = reader.read_texts(message, "OptionId") if "TaskId" in fields else ()
    return Delivery(fields, chosen, envelope_json, in_json)


def _is_for(account: WecomAccount, fields: Mapping[str, str], envelope: Mapping[str, str]) -> bool:
    """Whether a message is for our application and not for another one of the company."""
    agent = fields.get("AgentID", "") or envelope.get("AgentID", "")
    return not agent or not account.agent_id or agent == account.agent_id


def _refused_signature(
    reception: Reception, callback: Callback, encrypted: str, args: Mapping[str, str], now_s: int
) -> Response | None:
    """The refusal of a request that the platform did not sign, or not within five minutes by our clock."""
    timestamp, nonce = args.get("timestamp", ""), args.get("nonce", "")
    signed = args.get("msg_signature", "")
    if not encrypted or not is_signed(signed, callback.account.token, timestamp, nonce, encrypted):
        return reception.refuse(403)
    return None if callbacks.is_timely(timestamp, now_s) else reception.refuse(403, "clock")
