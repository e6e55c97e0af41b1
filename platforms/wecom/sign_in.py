"""Who opened a page in WeCom: OAuth of an application. Source: the pages 构造网页授权链接 and 获取访问用户身份."""

from __future__ import annotations

from urllib.parse import quote

from platforms.accounts import WecomAccount
from platforms.errors import Unwelcome
from platforms.wecom.application import Application

_AUTHORIZE = "https://open.weixin.qq.com"


def authorize_url(account: WecomAccount, back_to: str, state: str) -> str:
    """Where to send a member so that they come back to an address with ``code`` and `state`, unasked (snsapi_base)."""
    return (
        f"{account.api_base or _AUTHORIZE}/connect/oauth2/authorize?appid={account.corp_id}"
        f"&redirect_uri={quote(back_to, safe='')}&response_type=code&scope=snsapi_base&state={quote(state, safe='')}"
        f"&agentid={account.agent_id}#wechat_redirect"
    )


def userid_of(application: Application, code: str) -> str:
    """Whose code it is.

    Raises CodeSpent for one that was used or is too old: begin anew. Raises Unwelcome for somebody who is no member of
    the company. Raises other PlatformErrors.
    """
    answer = application.client.get("auth/getuserinfo", params={"code": code})
    userid = answer.get("userid") or answer.get("UserId")
    if not isinstance(userid, str) or not userid:
        raise Unwelcome("没有在企业微信里认出您是本单位成员。")
    return userid
