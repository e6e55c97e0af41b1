"""What a page needs to use WeChat's JS-SDK. Source: the page JS-SDK说明文档, 附录1."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha1

from platforms.guarded import CALL_S
from platforms.wechat.official import OfficialAccount


@dataclass(frozen=True, slots=True)
class PageConfig:
    """The arguments of ``wx.config``."""

    app_id: str
    timestamp: int
    """Seconds."""
    nonce: str
    signature: str


def page_config(official: OfficialAccount, url: str, nonce: str, now_s: int, seconds: float = CALL_S) -> PageConfig:
    """For the page at `url`, as the browser shows it. Raises PlatformError when there is no ticket to be had."""
    ticket = official.tickets.get(seconds).value
    return PageConfig(official.account.app_id, now_s, nonce, signature(ticket, url, nonce, now_s))


def signature(ticket: str, url: str, nonce: str, timestamp: int) -> str:
    """Of a page; what follows a ``#`` in its address does not count."""
    signed = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url.partition('#')[0]}"
    return sha1(signed.encode()).hexdigest()
