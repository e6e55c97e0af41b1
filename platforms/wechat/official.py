"""An official account that we speak for: its client, and the few things about the account that are asked and set.

Every call ends within `platforms.guarded.CALL_S` seconds, or within those of `platforms.deadlines.within` around it,
and raises PlatformError (`platforms.errors`); StoreUnavailable passes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from campaigns.store import Store
from platforms.accounts import WechatAccount
from platforms.deadlines import within
from platforms.errors import Refused, Unreachable
from platforms.guarded import GuardedWechat, fetched_ticket
from platforms.tokens import Fetched, Tokens
from platforms.wechat.codes import Made

CUSTOM_SEND = "/cgi-bin/message/custom/send"
SUBSCRIPTION_SEND = "/cgi-bin/message/subscribe/bizsend"
TEMPLATE_SEND = "/cgi-bin/message/template/send"
_NO_MENU = 46003


@dataclass(frozen=True, slots=True)
class Quota:
    """How often an interface may be called on a day of the platform's, and how often it was today."""

    limit: int
    used: int
    left: int


@dataclass(frozen=True, slots=True)
class OfficialAccount:
    account: WechatAccount
    client: GuardedWechat
    tickets: Tokens
    """Of the JS-SDK."""

    @property
    def name(self) -> str:
        return self.account.name

    def menu(self) -> Mapping[str, Any] | None:
        """The menu as it is, ``{"button": […]}``; None: there is none. Source: 查询自定义菜单."""
        try:
            answer = self.client.get("menu/get")
        except Refused as refused:
            if refused.code == _NO_MENU:
                return None
            raise
        menu: Mapping[str, Any] = answer.get("menu") or {}
        return menu

    def set_menu(self, menu: Mapping[str, Any]) -> None:
        """Replace the menu by ``{"button": […]}``. Source: 创建自定义菜单."""
        self.client.menu.create(dict(menu))

    def make_code(self, scene: str, seconds: int | None) -> Made:
        """A parametric code that lives so many seconds; None: for ever. Source: 生成带参数的二维码."""
        asked: dict[str, Any] = {
            "action_name": "QR_LIMIT_STR_SCENE" if seconds is None else "QR_STR_SCENE",
            "action_info": {"scene": {"scene_str": scene}},
        }
        if seconds is not None:
            asked["expire_seconds"] = seconds
        answer = self.client.qrcode.create(asked)
        ticket, url = answer.get("ticket"), answer.get("url")
        if not ticket or not url:
            raise Unreachable("平台的回答里没有二维码，稍后会再试。")
        return Made(str(ticket), str(url), None if seconds is None else int(answer.get("expire_seconds", seconds)))

    def quota(self, path: str) -> Quota:
        """Of an interface such as ``/cgi-bin/menu/create``. Source: 查询API调用额度."""
        given = self.client.post("openapi/quota/get", data={"cgi_path": path}).get("quota") or {}
        return Quota(*(int(given.get(key) or 0) for key in ("daily_limit", "used", "remain")))

    def clear_quota(self) -> None:
        """Begin the day's counts anew, for all interfaces; ten times a month. Source: 清空API调用额度."""
        self.client.post("clear_quota", data={"appid": self.account.app_id})
        self.client.circuits.close()


def open_account(account: WechatAccount, store: Store, secret: str, clock: Callable[[], int]) -> OfficialAccount:
    """An account's client; nothing is asked of the platform yet.

    `secret` is the installation's, `clock` gives UTC milliseconds. Raises Misconfigured when the account has no secret.
    """
    client = GuardedWechat(account, store, secret, clock)

    def fetch(force: bool, seconds: float) -> Fetched:
        with within(seconds):
            return fetched_ticket(client.jsapi.get_ticket("jsapi"))

    return OfficialAccount(account, client, client.tokens_for("jsapi", fetch))
