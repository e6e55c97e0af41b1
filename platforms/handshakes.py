"""Whether our own callbacks are where a platform will look for them: the handshake, done as the platform does it.

The platform's own check (``/cgi-bin/callback/check``) only resolves the name and sends a ping, which proxies and
certificates do not hear; so it is asked here what the platform asks when the address is saved: a signed GET, whose
echo must come back. Sources: the pages 接入指南 (official accounts) and 回调配置 (WeCom).
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Mapping

import requests
from wechatpy.crypto import PrpCrypto
from wechatpy.utils import WeChatSigner

from platforms.accounts import WechatAccount, WecomAccount
from platforms.deadlines import PlatformAdapter, ask, within

Visit = Callable[[str, Mapping[str, str], float], tuple[int, str]]
"""GETs an address with a query within so many seconds; gives status and text. Raises requests' errors and OSError."""

SENTENCES = {
    403: "签名对不上：运行中的服务用的不是这个 Token，或本机时钟差了五分钟以上；改过设置要重启 lvda serve。",
    404: "这个地址上没有回调：请检查反向代理是否把它原样转给了 lvda serve，LVDA_BASE_URL 是否就是那个域名。",
    503: "运行中的服务还不认识这个账号：改过设置要重启 lvda serve。",
}


def visit(address: str, query: Mapping[str, str], seconds: float) -> tuple[int, str]:
    """The visit over HTTP; no redirect is followed, since the platforms follow none."""
    with requests.Session() as session, within(seconds):
        for scheme in ("http://", "https://"):
            session.mount(scheme, PlatformAdapter())
        answer = ask(session, "GET", address, params=dict(query))
    return answer.status_code, answer.text


def with_official_account(
    account: WechatAccount, address: str, now_s: int, seconds: float, visit: Visit = visit
) -> str:
    """What is wrong with the callback of an official account, one sentence; empty: nothing."""
    echo, nonce = secrets.token_hex(8), secrets.token_hex(8)
    query = {"timestamp": str(now_s), "nonce": nonce, "echostr": echo}
    signature = _signature(account.token, str(now_s), nonce)
    return _shaken(address, {**query, "signature": signature}, echo, seconds, visit)


def with_wecom(account: WecomAccount, address: str, now_s: int, seconds: float, visit: Visit = visit) -> str:
    """The same of a WeCom application, whose echo is encrypted."""
    echo, nonce = secrets.token_hex(8), secrets.token_hex(8)
    sealed = PrpCrypto(base64.b64decode(account.aes_key + "=")).encrypt(echo, account.corp_id).decode()
    query = {"timestamp": str(now_s), "nonce": nonce, "echostr": sealed}
    signature = _signature(account.token, str(now_s), nonce, sealed)
    return _shaken(address, {**query, "msg_signature": signature}, echo, seconds, visit)


def _signature(*parts: str) -> str:
    signer = WeChatSigner()
    signer.add_data(*parts)
    return str(signer.signature)


def _shaken(address: str, query: Mapping[str, str], echo: str, seconds: float, visit: Visit) -> str:
    try:
        status, text = visit(address, query, seconds)
    except requests.exceptions.SSLError:
        return "https 证书不受信任：请检查证书是否过期、是否包含中间证书、域名是否写对。"
    except (requests.RequestException, OSError):
        return (
            "从本机连不上：请检查域名解析、防火墙和反向代理；"
            "如果本机所在的网络不允许访问自己的公网地址，请以平台上点“提交”的结果为准。"
        )
    if status == 200:
        return "" if text == echo else "回答的不是平台要的内容：请检查反向代理有没有改动或缓存回答。"
    if 300 <= status < 400:
        return "被转向了别的地址，平台不跟随转向：请在反向代理里取消，或改 LVDA_BASE_URL。"
    return SENTENCES.get(status, f"回答了 HTTP {status}：请检查反向代理和 lvda serve 是否在运行。")
