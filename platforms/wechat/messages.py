"""What an official account may send by itself: customer-service messages, subscription notices, template messages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from platforms.accounts import Template
from platforms.errors import Misconfigured
from platforms.wechat.official import OfficialAccount

LONGEST_VALUES = {"thing": 20, "name": 10, "phrase": 5, "character_string": 32, "symbol": 5}
"""Characters of a notice's value, by the kind that its name begins with; beyond them the platform refuses the whole.

Source: the page 发送订阅通知 (sendNewSubscribeMsg).
"""


def send_text(official: OfficialAccount, openid: str, text: str) -> None:
    """A customer-service message. Raises PlatformError. Source: 发送客服消息."""
    official.client.message.send_text(openid, text)


def send_menu(
    official: OfficialAccount, openid: str, head: str, options: Sequence[tuple[str, str]], tail: str = ""
) -> None:
    """A question with options (id, text) to tap; a tap comes back as a text with ``bizmsgmenuid``.

    Raises PlatformError. Source: 发送客服消息, 菜单消息.
    """
    listed = [{"id": key, "content": content} for key, content in options]
    official.client.message.send_msg_menu(openid, {"head_content": head, "list": listed, "tail_content": tail})


def send_subscription(
    official: OfficialAccount, openid: str, wording: str, values: Mapping[str, Any], url: str = ""
) -> None:
    """A subscription notice, which uses up one grant. Raises PlatformError. Source: 发送订阅通知."""
    template = template_of(official, wording)
    data = filled(template, values)
    official.client.message.send_subscribe_message(openid, template.id, data, page=url or None)


def send_template(
    official: OfficialAccount, openid: str, wording: str, values: Mapping[str, Any], key: str, url: str = ""
) -> None:
    """A template message; of one `key` a person gets one within ten minutes, however often it is sent.

    Raises PlatformError. Source: 发送模板消息, ``client_msg_id``.
    """
    template = template_of(official, wording)
    asked = {
        "touser": openid,
        "template_id": template.id,
        "client_msg_id": sha256(key.encode()).hexdigest()[:32],
        "data": filled(template, values),
    }
    official.client.post("message/template/send", data=asked | ({"url": url} if url else {}))


def template_of(official: OfficialAccount, wording: str) -> Template:
    """The template of a notice. Raises Misconfigured when the account names none."""
    template = official.account.templates.get(wording)
    if template is None:
        raise Misconfigured(f"公众号没有给通知 {wording} 指定模板，请在账号文件的 templates 里填上。")
    return template


def filled(template: Template, values: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """A template's data as the platform takes them. Raises Misconfigured when a value is not among the notice's."""
    data = {}
    for field, name in template.fields.items():
        if name not in values:
            raise Misconfigured(f"模板的 {field} 要填 {name}，但这种通知没有这一项，请检查账号文件里模板的 fields。")
        data[field] = {"value": _fitted(field, " ".join(str(values[name]).split()))}
    return data


def _fitted(field: str, value: str) -> str:
    longest = LONGEST_VALUES.get(re.sub(r"\d+$", "", field))
    if longest is None or len(value) <= longest:
        return value
    return f"{value[: longest - 1]}…"
