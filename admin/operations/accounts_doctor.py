"""`lvda doctor` on the platforms' accounts: what is set, what the platform says to it, and whether it finds us.

What is asked of the platforms changes nothing there. Every check ends in time, also where there is no network: all
run beside each other, in threads that nobody waits for longer than they are given.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

from admin.operations.findings import Finding
from campaigns.clock import SECOND
from campaigns.errors import StoreUnavailable
from campaigns.notices import NOTICES
from campaigns.store import Store
from platforms import handshakes
from platforms.accounts import WechatAccount, WecomAccount
from platforms.deadlines import within
from platforms.errors import PlatformError
from platforms.guarded import GuardedWecom
from platforms.handshakes import Visit
from platforms.wechat.official import OfficialAccount, Quota, open_account
from platforms.wechat.quotas import INTERFACES
from settings import Settings, SettingsError

CHECK_S = 5.0
CHECKS_S = 15.0
"""For all that one platform is asked; where it does not answer, the first question is the last."""
LOW = 10
"""Percent of a day's calls left, below which it is worth a word."""
UNAUTHORISED = 48001

T = TypeVar("T")
Check = Callable[[], list[Finding]]

PAGE = "微信开发者平台（developers.weixin.qq.com/platform）“我的业务—公众号/服务号—消息与事件推送”"
NOTHING_SET = Finding(False, f"没有接公众号：请在{PAGE}里填 Token，并设 LVDA_WECHAT_TOKEN、LVDA_WECHAT_APP_ID。")


def examine_accounts(settings: Settings, store: Store | None, visit: Visit, clock: Callable[[], int]) -> list[Finding]:
    """Everything about every account. Without a `store` the platforms are not asked: tokens are kept there."""
    try:
        accounts = settings.accounts()
    except SettingsError as error:
        return [Finding(False, str(error))]
    findings: list[Finding] = []
    checks: dict[str, Check] = {}
    for account in accounts.wechat.values():
        findings += [*_official_set(account, settings), *_templates(account)]
        checks |= _official_checks(account, settings, store, visit, clock)
    if accounts.wecom is not None:
        findings.append(_wecom_set(accounts.wecom, settings))
        checks |= _wecom_checks(accounts.wecom, settings, store, visit, clock)
    return [*(findings or [NOTHING_SET]), *_beside_each_other(checks)]


def _beside_each_other(checks: Mapping[str, Check]) -> list[Finding]:
    """What the checks find, by what they are called, in their order; one that hangs is left behind."""
    found: dict[str, list[Finding]] = {}

    def run(called: str, check: Check) -> None:
        found[called] = check()

    threads = {
        called: threading.Thread(target=run, args=(called, check), daemon=True) for called, check in checks.items()
    }
    for thread in threads.values():
        thread.start()
    deadline = time.monotonic() + CHECKS_S
    for thread in threads.values():
        thread.join(max(0.0, deadline - time.monotonic()))
    hung = "{}：{:.0f} 秒内没有查完，请检查本机的网络和域名解析（DNS）。"
    return [
        finding for called in checks for finding in found.get(called, [Finding(False, hung.format(called, CHECKS_S))])
    ]


# --- official accounts -------------------------------------------------------------------------------------------


def _official_set(account: WechatAccount, settings: Settings) -> list[Finding]:
    called, where = _called(account), _where(account)
    if not account.token:
        return [NOTHING_SET]
    if not account.aes_key:
        to_do = f"请在{PAGE}里选“安全模式”，并把 EncodingAESKey 填到 {where('aes_key')}。"
        return [Finding(False, f"{called}是明文模式：{to_do}")]
    if not account.app_id:
        return [Finding(False, f"{called}用安全模式需要 AppID：请把它填到 {where('app_id')}。")]
    address = _callback(settings, "wechat", account.name)
    well = Finding(True, f"{called.strip()} {account.app_id} 已配置为安全模式；回调地址 {address}。")
    if account.may_call and account.oauth:
        host = urlsplit(settings.public_url).netloc
        to_do = f"请确认平台上的“网页授权域名”是 {host}，否则在微信里打不开答题页。"
        return [well, Finding(True, f"{called}会识别打开网页的人：{to_do}")]
    if account.may_call:
        return [well]
    to_do = f"要发通知、建菜单、做二维码，请把它填到 {where('secret')}。"
    return [well, Finding(True, f"{called}没有填 AppSecret，只在对话里回复：{to_do}")]


def _templates(account: WechatAccount) -> list[Finding]:
    """Of templates that no notice would ever use, or could not fill: nobody else says so before it is too late."""
    wrong = []
    for wording, template in account.templates.items():
        values = NOTICES.get(wording)
        if values is None:
            to_do = f"请改成 {'、'.join(NOTICES)} 中的一个。"
            wrong.append(Finding(False, f"{_called(account)}的模板写给了“{wording}”，没有这种通知：{to_do}"))
            continue
        for name in sorted(set(template.fields.values()) - set(values)):
            to_do = f"请在账号文件里改成 {'、'.join(values)} 中的一个。"
            wrong.append(Finding(False, f"{_called(account)}的模板 {wording} 要填“{name}”，没有这一项：{to_do}"))
    return wrong


def _official_checks(
    account: WechatAccount, settings: Settings, store: Store | None, visit: Visit, clock: Callable[[], int]
) -> dict[str, Check]:
    called = _called(account)
    checks: dict[str, Check] = {}
    if store is not None and account.may_call:
        official = open_account(account, store, settings.secret(), clock)
        checks[f"{called}的平台接口"] = partial(_ask_wechat, official, called)
    if settings.base_url and account.token:
        address = _callback(settings, "wechat", account.name)
        shake = partial(handshakes.with_official_account, account, address, clock() // SECOND, CHECK_S, visit)
        checks[f"{called}的回调地址"] = partial(_handshake, f"{called}的回调地址", address, shake)
    return checks


def _ask_wechat(official: OfficialAccount, called: str) -> list[Finding]:
    """A token first: without one nothing else can be asked."""
    token = _asked(f"{called}取访问凭证", lambda: official.client.fetch_token(False, CHECK_S))
    if isinstance(token, Finding):
        return [token]
    return [
        Finding(True, f"{called}的 AppID、AppSecret 和 IP 白名单都对，取得到访问凭证。"),
        _menu(official, called),
        *_quotas(official, called),
    ]


def _menu(official: OfficialAccount, called: str) -> Finding:
    menu = _asked(f"{called}查菜单", official.menu)
    if isinstance(menu, Finding):
        return menu
    if not menu or not menu.get("button"):
        option = f" --account {official.name}" if official.name else ""
        return Finding(False, f"{called}没有菜单：用 lvda wechat menu push{option} 建一个。")
    return Finding(True, f"{called}有菜单（{len(menu['button'])} 项）。")


def _quotas(official: OfficialAccount, called: str) -> list[Finding]:
    """What is left of the day's calls: in one line where there is enough, and what is not well by itself."""
    enough, others = [], []
    for path, name in INTERFACES.items():
        quota = _asked(f"{called}查“{name}”的次数", partial(official.quota, path))
        if isinstance(quota, Finding):
            others.append(quota)
            if not quota.well:
                break  # the others would only say the same
        elif _is_low(quota):
            left = f"{called}今天只能再调用“{name}” {quota.left} 次（共 {quota.limit} 次）"
            others.append(Finding(False, f"{left}，零点恢复：请检查是不是别的系统也在用这个公众号。"))
        else:
            enough.append(f"{name} {quota.left}")
    well = [Finding(True, f"{called}今天还能调用（次）：{'、'.join(enough)}。")] if enough else []
    return [*well, *others]


def _is_low(quota: Quota) -> bool:
    return quota.limit > 0 and quota.left * 100 < quota.limit * LOW


def _called(account: WechatAccount) -> str:
    return f"公众号 {account.name} " if account.name else "公众号"


def _where(account: WechatAccount) -> Callable[[str], str]:
    """Where a value of an account is set."""
    if account.name:
        return lambda key: f"账号文件 [wechat.{account.name}] 的 {key}"
    return lambda key: f"LVDA_WECHAT_{key.upper()}"


# --- WeCom -------------------------------------------------------------------------------------------------------


def _wecom_set(account: WecomAccount, settings: Settings) -> Finding:
    missing = [
        f"LVDA_WECOM_{key.upper()}"
        for key in ("corp_id", "agent_id", "secret", "token", "aes_key")
        if not getattr(account, key)
    ]
    if missing:
        return Finding(False, f"企业微信还缺 {'、'.join(missing)}：请从管理后台“应用管理→自建应用”的应用详情里复制。")
    return Finding(True, f"企业微信应用 {account.agent_id} 已配置；回调地址 {_callback(settings, 'wecom', '')}。")


def _wecom_checks(
    account: WecomAccount, settings: Settings, store: Store | None, visit: Visit, clock: Callable[[], int]
) -> dict[str, Check]:
    checks: dict[str, Check] = {}
    if store is not None and account.may_call:
        client = GuardedWecom(account, store, settings.secret(), clock)
        checks["企业微信的平台接口"] = partial(_ask_wecom, client)
    if settings.base_url and account.corp_id and account.token and account.aes_key:
        address = _callback(settings, "wecom", "")
        shake = partial(handshakes.with_wecom, account, address, clock() // SECOND, CHECK_S, visit)
        checks["企业微信的回调地址"] = partial(_handshake, "企业微信的回调地址", address, shake)
    return checks


def _ask_wecom(client: GuardedWecom) -> list[Finding]:
    token = _asked("企业微信取访问凭证", lambda: client.fetch_token(False, CHECK_S))
    if isinstance(token, Finding):
        return [token]
    well = Finding(True, "企业微信的企业 ID 和 Secret 都对，取得到访问凭证。")
    agent = _asked("企业微信查应用", lambda: client.agent.get(client.account.agent_id))
    return [well, agent if isinstance(agent, Finding) else _scope(agent)]


def _scope(agent: Mapping[str, Any]) -> Finding:
    """Who sees the application. Source: 获取指定的应用详情 (agent/get)."""
    if agent.get("close"):
        return Finding(False, "企业微信应用已停用：请在管理后台的应用详情里启用。")
    users = len((agent.get("allow_userinfos") or {}).get("user") or [])
    parties = len((agent.get("allow_partys") or {}).get("partyid") or [])
    tags = len((agent.get("allow_tags") or {}).get("tagid") or [])
    if not users + parties + tags:
        return Finding(
            False, "企业微信应用的可见范围是空的，没有人看得到：请在管理后台的应用详情“可见范围”里添加部门。"
        )
    return Finding(True, f"企业微信应用的可见范围：{parties} 个部门、{users} 名成员、{tags} 个标签。")


# --- both --------------------------------------------------------------------------------------------------------


def _asked(what: str, ask: Callable[[], T]) -> T | Finding:
    """What a platform answers within its time, or the finding that it does not.

    That an account may not use an interface is well: without verification some have hardly any, and need none.
    """
    try:
        with within(CHECK_S):
            return ask()
    except PlatformError as error:
        if error.code == UNAUTHORISED:
            return Finding(True, f"{what}：没有这个接口的权限（一般要先认证），用不到就不用管。")
        return Finding(False, f"{what}：{error}")
    except StoreUnavailable as error:
        return Finding(False, f"{what}：{error}")


def _handshake(called: str, address: str, shake: Callable[[], str]) -> list[Finding]:
    wrong = shake()
    return [
        Finding(False, f"{called}（{address}）：{wrong}") if wrong else Finding(True, f"{called}能访问，握手成功。")
    ]


def _callback(settings: Settings, platform: str, name: str) -> str:
    return f"{settings.public_url}/{platform}{f'/{name}' if name else ''}"
