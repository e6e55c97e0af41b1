"""What an application may send by itself to a member: texts, text cards, template cards. Source: 发送应用消息.

Of one application a member gets 30 messages a minute and 1,000 an hour at most; what is beyond the platform drops, and
tells nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from platforms.errors import Refused
from platforms.wecom.application import Application

TEXT_BYTES, TITLE_BYTES, DESCRIPTION_BYTES = 2_048, 128, 512
CHECKED_S = 600
"""Within how many seconds the platform takes the same message for a repetition, and sends it once.

Long enough for a worker that died to be replaced; and short enough that a member who is told the same twice, an hour
apart, hears it twice.
"""


def send_text(application: Application, userid: str, text: str) -> None:
    """A text; links in it may be markup. Raises PlatformError."""
    _send(application, userid, {"msgtype": "text", "text": {"content": cut(text, TEXT_BYTES)}})


def send_text_card(application: Application, userid: str, title: str, text: str, url: str) -> None:
    """A headline over a text, which leads to a page. Raises PlatformError."""
    card = {"title": cut(title, TITLE_BYTES), "description": cut(text, DESCRIPTION_BYTES), "url": url}
    _send(application, userid, {"msgtype": "textcard", "textcard": card})


def send_card(application: Application, userid: str, card: Mapping[str, Any]) -> None:
    """A template card, as the platform has it. Raises PlatformError; Refused for a task id that was used before."""
    _send(application, userid, {"msgtype": "template_card", "template_card": card})


def _send(application: Application, userid: str, message: Mapping[str, Any]) -> None:
    checked = {"enable_duplicate_check": 1, "duplicate_check_interval": CHECKED_S}
    agent = int(application.account.agent_id)
    answer = application.client.message.send(agent, userid, msg={**message, **checked})
    for key, sentence in _UNREACHED.items():
        if answer.get(key):
            raise Refused(sentence)


_UNREACHED = {
    "invaliduser": "收件人不在应用的可见范围里，请在企业微信管理后台的应用详情里扩大可见范围。",
    "unlicenseduser": "收件人没有企业微信的基础接口许可，请在企业微信管理后台分配。",
}
"""What an answer that is no error names whoever was not reached by."""


def cut(text: str, most: int) -> str:
    """A text of at most so many bytes of UTF-8."""
    if len(text.encode()) <= most:
        return text
    return text.encode()[: most - len("…".encode())].decode(errors="ignore") + "…"
