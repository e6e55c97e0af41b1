"""The way by which an application's messages go out."""

from __future__ import annotations

from collections.abc import Mapping

from platforms.deadlines import within
from platforms.errors import Misconfigured, Refused
from platforms.outgoing import Outgoing, Way
from platforms.wecom.application import Application
from platforms.wecom.messages import DESCRIPTION_BYTES, send_card, send_text, send_text_card

CARD = "card"
"""The value of an outbox row that holds a template card; its text, if there is one, says the same in words."""


def ways(application: Application) -> Mapping[str, Way]:
    """``wecom``: a message of the application. The platform sends what is sent again within ten minutes once."""

    def wecom(outgoing: Outgoing, seconds: float) -> None:
        with within(seconds):
            if outgoing.values.get(CARD) is None:
                _send_words(application, outgoing)
            else:
                _send_card(application, outgoing)

    return {"wecom": wecom}


def _send_card(application: Application, outgoing: Outgoing) -> None:
    """The card; or the words, when the platform takes no such card."""
    try:
        send_card(application, outgoing.recipient, outgoing.values[CARD])
    except Refused as error:
        if isinstance(error, Misconfigured) or not outgoing.text:
            raise
        _send_words(application, outgoing)


def _send_words(application: Application, outgoing: Outgoing) -> None:
    fits = len(outgoing.text.encode()) <= DESCRIPTION_BYTES
    if outgoing.title and outgoing.url and fits:
        send_text_card(application, outgoing.recipient, outgoing.title, outgoing.text, outgoing.url)
        return
    lines = (outgoing.title, outgoing.text, outgoing.url)
    send_text(application, outgoing.recipient, "\n".join(line for line in lines if line))
