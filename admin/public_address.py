"""Whether what is printed in codes leads anywhere: the public address, looked at and tried."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

import requests

from platforms import handshakes
from platforms.handshakes import Visit
from settings import Settings

SECONDS = 3.0
"""For the one request; who waits for it looks at a page."""


def trouble_with_address(settings: Settings, visit: Visit = handshakes.visit) -> str:
    """What keeps phones from reaching the public address, one sentence; empty: nothing was found.

    One GET of its ``/healthz``, where the address can be a public one at all.
    """
    return trouble_as_written(settings) or _tried(settings.base_url, visit)


def trouble_as_written(settings: Settings) -> str:
    """The same as far as the setting itself tells, with nothing asked of anybody."""
    if not settings.base_url:
        return f"没有设置 LVDA_BASE_URL：二维码里会写 {settings.public_url}，手机打不开；请填公网 https 地址。"
    if not settings.base_url.startswith("https://"):
        return "LVDA_BASE_URL 不是 https 地址：微信里会提示不安全，登录状态也不受保护；请换成 https。"
    host = urlsplit(settings.base_url).hostname or ""
    if not _is_public(host):
        return f"LVDA_BASE_URL 的 {host} 不是公网地址：外面的手机打不开；请换成公网域名。"
    return ""


def _is_public(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith((".local", ".lan", ".internal", ".localhost"))


def _tried(base_url: str, visit: Visit) -> str:
    address = f"{base_url.rstrip('/')}/healthz"
    try:
        status, _ = visit(address, {}, SECONDS)
    except requests.exceptions.SSLError:
        return f"{base_url} 的 https 证书不受信任：请检查证书是否过期、是否包含中间证书、域名是否写对。"
    except (requests.RequestException, OSError):
        return (
            f"从本机连不上 {base_url}：请检查域名解析、防火墙、反向代理和 lvda serve；"
            "如果本机所在的网络不允许访问自己的公网地址，请用手机打开看一下。"
        )
    return "" if status == 200 else f"{base_url} 回答了 HTTP {status}：请检查反向代理和 lvda serve 是否在运行。"
