"""The official accounts and the WeCom application that we speak for: who they are, never what they said.

The default official account comes from LVDA_WECHAT_*, further ones from a TOML file (LVDA_ACCOUNTS_FILE):

    [wechat.west]                            # its callback is /wechat/west
    app_id = "wx…"
    secret = "…"
    token = "…"
    aes_key = "…"                            # with one: safe mode
    [wechat.west.templates."notice.opens"]   # a notice, by its wording's key
    id = "…"                                 # of the template on the platform
    fields = { thing1 = "campaign" }         # what the template calls it = what the wording calls it

    [default]                                # what LVDA_WECHAT_* do not say of the default account
    oauth = true
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from platforms.errors import Misconfigured

AES_KEY = re.compile("[A-Za-z0-9]{43}")
CALLBACK_TOKEN = re.compile("[A-Za-z0-9]{3,32}")
_WEB_ADDRESS = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+(/[A-Za-z0-9._~/\-]*)?")
_NAME = re.compile("[a-z0-9][a-z0-9-]{0,31}")
_APP_ID = re.compile("[A-Za-z0-9_-]{3,64}")


@dataclass(frozen=True, slots=True)
class Template:
    """A notice's template on the platform."""

    id: str
    fields: Mapping[str, str]
    """What the template calls a value (``thing1``) → what the wording calls it."""


@dataclass(frozen=True, slots=True)
class WechatAccount:
    """An official account. Empty strings: not set."""

    name: str
    """How settings and addresses call it; the default account's is empty."""
    app_id: str
    secret: str = field(repr=False)
    token: str = field(repr=False)
    """Signs the platform's callbacks; not to be confused with access tokens."""
    aes_key: str = field(repr=False)
    api_base: str = ""
    """``https://host/path`` in front of ``/cgi-bin/…``; empty: the platform's own."""
    original_id: str = ""
    """``gh_…``, as callbacks address it."""
    oauth: bool = False
    """Whether it may ask a page's visitor who they are: verified service accounts may."""
    templates: Mapping[str, Template] = field(default_factory=dict)
    """By wording key."""

    @property
    def may_call(self) -> bool:
        """Whether it has what a call to the platform needs."""
        return bool(self.app_id and self.secret)


@dataclass(frozen=True, slots=True)
class WecomAccount:
    """A self-built application of a company in WeCom. Empty strings: not set."""

    name: str
    corp_id: str
    agent_id: str
    """Digits."""
    secret: str = field(repr=False)
    token: str = field(repr=False)
    aes_key: str = field(repr=False)
    api_base: str = ""

    @property
    def may_call(self) -> bool:
        """Whether it has what a call to the platform needs."""
        return bool(self.corp_id and self.agent_id and self.secret)


@dataclass(frozen=True, slots=True)
class Accounts:
    wechat: Mapping[str, WechatAccount]
    """By name, the default one (where there is one) first."""
    wecom: WecomAccount | None


def is_web_address(text: str) -> bool:
    """Whether a text is the whole address of a host, perhaps with a port and a path, and no more."""
    try:
        return bool(_WEB_ADDRESS.fullmatch(text)) and bool(urlsplit(text).hostname) and urlsplit(text).port != 0
    except ValueError:  # of brackets, or of a port, that cannot be
        return False


def read_accounts(text: str, default: WechatAccount | None = None) -> dict[str, WechatAccount]:
    """The official accounts of a TOML text and `default`, completed by the text, by name; the default one first.

    Raises Misconfigured, one sentence that names the account and the key, and never a value.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        place = f"第 {line[1]} 行" if line else "末尾"
        raise Misconfigured(f"账号文件{place}不符合 TOML 的写法，请检查引号和括号。") from error
    for key in document.keys() - {"wechat", "default"}:
        raise Misconfigured(f"账号文件里不认识 {key}，最外层只能有 [wechat.名称] 和 [default]。")
    further = _table(document.get("wechat", {}), "账号文件的 wechat")
    accounts = [*_completed(default, document.get("default")), *(_account(*item) for item in further.items())]
    _tell_apart(accounts)
    return {account.name: account for account in accounts}


def _completed(default: WechatAccount | None, given: object) -> list[WechatAccount]:
    if given is None:
        return [default] if default else []
    if default is None:
        raise Misconfigured("账号文件有 [default]，但默认公众号还没有设置：请先填 LVDA_WECHAT_APP_ID 等。")
    return [replace(default, **_values(_table(given, "默认公众号"), "默认公众号", _DEFAULT_ADDS))]


def _account(name: str, given: object) -> WechatAccount:
    if not _NAME.fullmatch(name):
        raise Misconfigured(f"公众号名称 {name} 不能用作网址的一段，只能用小写字母、数字和短横线，最多 32 个字符。")
    called = f"公众号 {name}"
    values = _values(_table(given, called), called, _KEYS)
    for key in ("app_id", "token"):
        if key not in values:
            raise Misconfigured(f"{called} 没有填 {key}，请从微信开发者平台的“基础信息”里复制。")
    return WechatAccount(**({"secret": "", "aes_key": ""} | values), name=name)


def _tell_apart(accounts: list[WechatAccount]) -> None:
    by_app_id: dict[str, WechatAccount] = {}
    for account in accounts:
        other = by_app_id.setdefault(account.app_id, account)
        if account.app_id and other is not account:
            called = f"公众号 {other.name}" if other.name else "默认公众号"
            raise Misconfigured(f"公众号 {account.name} 的 app_id 与{called}相同，一个公众号只能写一次。")


def _values(given: Mapping[str, Any], called: str, keys: Mapping[str, _Reader]) -> dict[str, Any]:
    for key in given.keys() - keys.keys():
        raise Misconfigured(f"{called} 里不认识 {key}，可以写的有 {'、'.join(keys)}。")
    return {key: keys[key](value, f"{called} 的 {key}") for key, value in given.items()}


def _table(value: object, called: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Misconfigured(f"{called} 应当是一个表，像 [wechat.名称]。")
    return value


_Reader = Callable[[object, str], Any]


def _text(pattern: re.Pattern[str], should: str) -> _Reader:
    def read(value: object, called: str) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise Misconfigured(f"{called} {should}。")
        return value

    return read


def _flag(value: object, called: str) -> bool:
    if not isinstance(value, bool):
        raise Misconfigured(f"{called} 只能是 true 或 false。")
    return value


def _address(value: object, called: str) -> str:
    if not isinstance(value, str) or not is_web_address(value):
        raise Misconfigured(f"{called} 应当是完整的网址，像 https://api.weixin.qq.com。")
    return value.rstrip("/")


_SOME_TEXT = _text(re.compile(r"\S+"), "应当是一段不带空格的文字，请从公众平台重新复制")


def _templates(value: object, called: str) -> dict[str, Template]:
    return {
        wording: _template(_table(given, f"{called}.{wording}"), f"{called}.{wording}")
        for wording, given in _table(value, called).items()
    }


def _template(given: Mapping[str, Any], called: str) -> Template:
    values = _values(given, called, {"id": _SOME_TEXT, "fields": _table})
    for key in ("id", "fields"):
        if key not in values:
            raise Misconfigured(f"{called} 没有填 {key}。")
    named = {key: _SOME_TEXT(name, f"{called} 的 fields.{key}") for key, name in values["fields"].items()}
    return Template(values["id"], named)


_DEFAULT_ADDS: dict[str, _Reader] = {"original_id": _SOME_TEXT, "oauth": _flag, "templates": _templates}
_KEYS: dict[str, _Reader] = {
    "app_id": _text(_APP_ID, "应当像 wx 开头的 18 个字符，请从微信开发者平台的“基础信息”里复制"),
    "secret": _SOME_TEXT,
    "token": _text(CALLBACK_TOKEN, "应当是 3 到 32 个字母和数字，与公众平台上填的一样"),
    "aes_key": _text(AES_KEY, "应当正好 43 个字符，只有字母和数字，请从公众平台重新复制"),
    "api_base": _address,
    **_DEFAULT_ADDS,
}
