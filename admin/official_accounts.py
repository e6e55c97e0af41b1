"""An official account by the name that an organiser calls it."""

from __future__ import annotations

from collections.abc import Callable

from campaigns.errors import NotFound
from campaigns.store import Store
from platforms.wechat.official import OfficialAccount, open_account
from settings import Settings


def official_account(settings: Settings, store: Store, name: str, clock: Callable[[], int]) -> OfficialAccount:
    """The client of the account of this name; empty: of the default one.

    Raises NotFound; platforms.errors.Misconfigured when it has no AppID or AppSecret.
    """
    accounts = settings.accounts().wechat
    if name not in accounts:
        if not name:
            raise NotFound(
                "没有设置默认公众号：请设置 LVDA_WECHAT_APP_ID、LVDA_WECHAT_SECRET 后重新启动，"
                "或者指明账号文件里的一个。"
            )
        known = "、".join(sorted(filter(None, accounts))) or "没有"
        raise NotFound(f"账号文件里没有名为 {name} 的公众号，有的是：{known}。")
    return open_account(accounts[name], store, settings.secret(), clock)
