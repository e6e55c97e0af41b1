"""What the callbacks of both platforms have in common: how they refuse, how messages are told apart, how we answer.

Answers: 403 a refused signature, 400 a malformed body, 413 one that is too large, 503 an account that is not
configured; 200 for everything else, whatever happens to us.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import IO

from flask import Response

from bot.dialogue import Desk, respond
from bot.messages import Inbound, Reply
from bot.metrics import Counts
from bot.wording import say

log = logging.getLogger(__name__)

LARGEST_BODY = 64 * 1024
CLOCK_TOLERANCE_S = 300
REASONS = {400: "malformed", 403: "signature", 413: "too_large", 503: "not_configured"}


def refuse(counts: Counts, status: int, reason: str = "") -> Response:
    """A refusal, counted by its reason."""
    counts.refused.labels(reason=reason or REASONS[status]).inc()
    return Response(status=status, mimetype="text/plain")


def plain(body: bytes) -> Response:
    return Response(body, mimetype="text/plain")


def is_timely(timestamp: str, now_s: int) -> bool:
    """Whether a request was signed within five minutes by our clock."""
    return is_seconds(timestamp) and abs(int(timestamp[:12]) - now_s) <= CLOCK_TOLERANCE_S


def is_seconds(text: str) -> bool:
    """Whether a text is a time as the platforms write it: ASCII digits alone."""
    return text.isascii() and text.isdigit()


def read_body(length: int, stream: IO[bytes]) -> bytes | None:
    """The body, of a length that was announced; None when it is too large, which is found out before all is read."""
    body = b"" if length > LARGEST_BODY else stream.read(LARGEST_BODY + 1)
    return None if length > LARGEST_BODY or len(body) > LARGEST_BODY else body


def message_key(fields: Mapping[str, str], created: str) -> str:
    """Messages by MsgId; events, which have none, by time, kind and key, as the platforms' documentation says."""
    if message_id := fields.get("MsgId", ""):
        return f"m:{message_id}"[:255]
    return f"e:{created}:{fields.get('Event', '')}:{fields.get('EventKey', '')}"[:255]


def kind_counted(fields: Mapping[str, str]) -> str:
    """The kind of an unused message, for counting; a label must not grow with what strangers send."""
    return "event" if fields.get("MsgType") == "event" else "message"


def answer(desk: Desk, inbound: Inbound) -> Reply:
    """What the dialogue answers, or a kind word when it fails."""
    try:
        return respond(inbound, desk)
    except Exception:  # whatever it is, the sender must not be told that the account is out of order
        log.exception("a message could not be played")
        return Reply(say("busy"))
