"""What a menu may be, on both platforms. Source: 公众号 自定义菜单, 创建接口; 企业微信 创建菜单."""

from __future__ import annotations

import re
from typing import Any

from simulator.refusals import Refusal
from simulator.requests_in import JSON, text

NAME_BYTES, SUB_NAME_BYTES = 16, 60
CLICKED = {"click", "scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album", "pic_weixin"}


def check_buttons(buttons: Any, *, sub_name_bytes: int = SUB_NAME_BYTES) -> None:
    """At most three entries of five; refused with the platform's numbers for what is wrong."""
    for button in _entries(buttons, 3, 40016):
        _check_name(button, NAME_BYTES, 40018)
        if not button.get("sub_button"):
            _check_action(button)
            continue
        for inner in _entries(button["sub_button"], 5, 40023):
            _check_name(inner, sub_name_bytes, 40025)
            _check_action(inner)


def _entries(buttons: Any, most: int, code: int) -> list[JSON]:
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= most:
        raise Refusal(code)
    if not all(isinstance(button, dict) for button in buttons):
        raise Refusal(47001)
    return buttons


def _check_name(button: JSON, most_bytes: int, code: int) -> None:
    if not 1 <= len(text(button, "name").encode()) <= most_bytes:
        raise Refusal(code)


def _check_action(button: JSON) -> None:
    kind = button.get("type")
    if kind in CLICKED:
        if not 1 <= len(text(button, "key").encode()) <= 128:
            raise Refusal(40019)
    elif kind in {"view", "miniprogram"}:
        url = text(button, "url")
        if len(url.encode()) > 1_024 or not re.match("https?://", url):
            raise Refusal(40020)
    else:
        raise Refusal(40017)
