"""The ways by which an official account's messages go out."""

from __future__ import annotations

from collections.abc import Mapping

from platforms.deadlines import within
from platforms.outgoing import Outgoing, Way
from platforms.wechat.messages import send_subscription, send_template, send_text
from platforms.wechat.official import OfficialAccount


def ways(official: OfficialAccount) -> Mapping[str, Way]:
    """``custom``: a customer-service message; ``subscription``: a notice for a grant; ``template``: a template message.

    Of these only ``template`` has an idempotency key: an `Outgoing.resent` by another way may come twice.
    """

    def custom(outgoing: Outgoing, seconds: float) -> None:
        text = f"{outgoing.text}\n{outgoing.url}" if outgoing.url else outgoing.text
        with within(seconds):
            send_text(official, outgoing.recipient, text)

    def subscription(outgoing: Outgoing, seconds: float) -> None:
        with within(seconds):
            send_subscription(official, outgoing.recipient, outgoing.wording, outgoing.values, outgoing.url)

    def template(outgoing: Outgoing, seconds: float) -> None:
        with within(seconds):
            send_template(official, outgoing.recipient, outgoing.wording, outgoing.values, outgoing.key, outgoing.url)

    return {"custom": custom, "subscription": subscription, "template": template}
