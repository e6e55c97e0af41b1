"""The same dialogue in a terminal: a line in, a reply out."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator

from bot.dialogue import Desk, respond
from bot.messages import Inbound, Said
from campaigns.people import Sender

CHANNEL = "terminal"


def enter(name: str, scene: str, desk: Desk, clock: Callable[[], int]) -> str:
    """Enter a campaign as if its code had been scanned; the welcome."""
    return _reply(Said.SCAN, "", scene, name, desk, clock())


def converse(lines: Iterable[str], name: str, desk: Desk, clock: Callable[[], int]) -> Iterator[str]:
    """The replies to the lines that a person types."""
    for line in lines:
        if line.strip():
            yield _reply(Said.TEXT, line.rstrip("\r\n"), "", name, desk, clock())


def _reply(said: Said, text: str, scene: str, name: str, desk: Desk, now: int) -> str:
    inbound = Inbound(
        sender=Sender(CHANNEL, "", name),
        key=f"t:{now}:{secrets.token_hex(8)}",
        said=said,
        sent_s=now // 1_000,
        received_ms=now,
        text=text,
        scene=scene,
    )
    return respond(inbound, desk).text
