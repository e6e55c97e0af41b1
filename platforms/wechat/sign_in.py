"""Who opened a page in WeChat: OAuth of an official account. Source: the pages 网页授权 and 换取用户授权凭证."""

from __future__ import annotations

from urllib.parse import quote

from platforms.accounts import WechatAccount
from platforms.deadlines import within_at_most
from platforms.errors import Unreachable, Unwelcome
from platforms.guarded import CALL_S
from platforms.wechat.official import OfficialAccount

_AUTHORIZE = "https://open.weixin.qq.com"
_EXCHANGE = "https://api.weixin.qq.com/sns/oauth2/access_token"


def authorize_url(account: WechatAccount, back_to: str, state: str) -> str:
    """Where to send a visitor so that they come back to an address with ``code`` and `state`, unasked (snsapi_base).

    The platform insists on this order of the parameters.
    """
    return (
        f"{account.api_base or _AUTHORIZE}/connect/oauth2/authorize?appid={account.app_id}"
        f"&redirect_uri={quote(back_to, safe='')}&response_type=code&scope=snsapi_base&state={quote(state, safe='')}"
        "#wechat_redirect"
    )


def openid_of(official: OfficialAccount, code: str) -> str:
    """Whose code it is.

    Raises CodeSpent for one that was used or is too old: begin anew. Raises Unwelcome for the made-up visitor of a
    snapshot page, who is nobody. Raises other PlatformErrors.
    """
    client = official.client
    path = "/sns/oauth2/access_token"
    asked = {
        "appid": official.account.app_id,
        "secret": official.account.secret,
        "code": code,
        "grant_type": "authorization_code",
    }
    with within_at_most(CALL_S):
        client.circuits.check(path)
        answer = client.accepted(path, client.exchange("get", _EXCHANGE, params=asked))
    if answer.get("is_snapshotuser"):
        raise Unwelcome("现在打开的是网页快照，请点右下角的“使用完整服务”再参加。")
    openid = answer.get("openid")
    if not isinstance(openid, str) or not openid:
        raise Unreachable("平台没有说明是谁打开了页面，请稍后再试。")
    return openid
