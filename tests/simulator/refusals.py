"""What the platforms refuse with: their numbers and their words.

Source: the pages 公众号/服务号「全局返回码说明」 and 企业微信「全局错误码」, and the pages of the single calls.
"""

from __future__ import annotations

MESSAGES = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40008: "invalid message type",
    40013: "invalid appid",
    40014: "invalid access_token",
    40015: "invalid menu type",
    40016: "invalid button size",
    40017: "invalid button type",
    40018: "invalid button name size",
    40019: "invalid button key size",
    40020: "invalid button url size",
    40023: "invalid sub button size",
    40025: "invalid sub button name size",
    40029: "invalid code",
    40035: "invalid argument",
    40037: "invalid template_id",
    40053: "invalid action info",
    40058: "invalid parameter",
    40056: "invalid agentid",
    40063: "invalid userid",
    40091: "secret is invalid",
    40097: "invalid args",
    40125: "invalid appsecret",
    40163: "code been used",
    40164: "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist",
    41001: "access_token missing",
    41002: "appid missing",
    41004: "appsecret missing",
    41008: "missing code",
    42001: "access_token expired",
    43002: "require POST method",
    43004: "require subscribe",
    43101: "user refuse to accept the msg",
    44001: "empty media data",
    44004: "empty content",
    45002: "content size out of limit",
    45009: "reach max api daily quota limit",
    45011: "api freq out of limit",
    45015: "response out of time limit or subscription is canceled",
    45029: "qrcode count out of limit",
    45033: "api concurrent out of limit",
    45047: "out of response count limit",
    46003: "menu no exist",
    47001: "data format error",
    47003: "argument invalid!",
    48001: "api unauthorized",
    48002: "api forbidden for the user's settings",
    48006: "forbid to clear quota because of reaching the limit",
    50001: "redirect_uri unauthorized",
    50002: "user is limited",
    60011: "no privilege to access/modify contact/party/agent",
    60020: "not allow to access from your ip",
    60111: "userid not found",
    60123: "invalid party id",
    76021: "cgi_path not found",
    81013: "user & party & tag all invalid",
    82001: "all target user, party and tag are invalid",
}


class Refusal(Exception):
    """An answer that is no success; `code` is the platform's own number."""

    def __init__(self, code: int, message: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.message = message or MESSAGES.get(code, "refused")
