"""What the platforms' error numbers mean to us: a number → the kind of error, and a sentence that says what to do.

Sources: the pages 全局返回码说明 of official accounts, 全局错误码 of WeCom, and those of the single calls. What a
platform writes beside its number is shown to nobody: it may hold whom a call was about.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from campaigns.clock import MINUTE, SECOND
from platforms.errors import Busy, CodeSpent, Misconfigured, PlatformError, Refused, Unwelcome

QUOTA_REACHED = 45009
_ADDRESS = re.compile(r"invalid ip ([0-9a-fA-F.:]+)|from ip: ([0-9a-fA-F.:]+)")


@dataclass(frozen=True, slots=True)
class Meaning:
    kind: type[PlatformError]
    sentence: str
    """``{ip}`` stands for the address that the platform saw."""
    after_ms: int = 0
    """Of Busy."""


_TRY_LATER = Meaning(Busy, "平台说它正忙，稍后会再试。", 5 * SECOND)
_TOO_FAST = Meaning(Busy, "调用平台接口太频繁，一分钟后会再试。", MINUTE)
_CODE_SPENT = Meaning(CodeSpent, "这次授权已经用过或过期，请重新打开页面。")
_PAGE = "微信开发者平台（developers.weixin.qq.com/platform）“我的业务—公众号/服务号—基础信息”"
_WRONG_SECRET = Meaning(Misconfigured, f"AppSecret 不对，请在{_PAGE}的“开发密钥”里重置，并改好设置。")
_NOT_LISTED = Meaning(
    Misconfigured, f"服务器地址{{ip}}不在 IP 白名单里，请在{_PAGE}的“开发信息”里找到“API IP 白名单”，加上它。"
)

WECHAT: Mapping[int, Meaning] = {
    -1: _TRY_LATER,
    45011: _TOO_FAST,
    40029: _CODE_SPENT,
    40163: _CODE_SPENT,
    42003: _CODE_SPENT,
    41008: _CODE_SPENT,
    45015: Meaning(Unwelcome, "对方 48 小时内没有和公众号说过话，平台不让发客服消息。"),
    45047: Meaning(Unwelcome, "发给对方的客服消息已到平台的条数上限，要等对方再说话。"),
    43101: Meaning(Unwelcome, "对方没有订阅这种通知，或已关闭接收。"),
    43004: Meaning(Refused, "对方没有关注公众号。"),
    40003: Meaning(Refused, "平台不认识这个收件人，可能是别的公众号的关注者。"),
    48001: Meaning(Refused, "公众号没有这个接口的权限，请在公众平台“设置与开发—接口权限”里查看。"),
    48002: Meaning(Refused, "对方关闭了公众号消息的接收。"),
    48004: Meaning(Refused, "这个接口被平台封禁，请登录公众平台查看站内信。"),
    50002: Meaning(Refused, "公众号或对方的账号受限，请登录公众平台查看站内信。"),
    40037: Meaning(Misconfigured, "模板编号不对，请在公众平台“订阅通知”或“模板消息”里重新复制模板 ID。"),
    47003: Meaning(Misconfigured, "通知的内容与模板不符，请检查账号文件里模板的 fields。"),
    40013: Meaning(Misconfigured, f"AppID 不对，请在{_PAGE}里重新复制。"),
    40001: _WRONG_SECRET,  # where it is not a token that was refused
    40125: _WRONG_SECRET,
    41004: Meaning(Misconfigured, f"没有填 AppSecret，请在{_PAGE}的“开发密钥”里取得。"),
    40243: Meaning(Misconfigured, f"AppSecret 被冻结了，请在{_PAGE}的“开发密钥”里解冻，大约十分钟后生效。"),
    40164: _NOT_LISTED,
    61004: _NOT_LISTED,
    45029: Meaning(Refused, "公众号的永久二维码已到平台的个数上限，请改用临时的。"),
}
WECOM: Mapping[int, Meaning] = {
    -1: _TRY_LATER,
    45009: _TOO_FAST,
    45033: Meaning(Busy, "同时调用企业微信接口太多，稍后会再试。", 5 * SECOND),
    40029: _CODE_SPENT,
    42003: _CODE_SPENT,
    42022: _CODE_SPENT,
    50001: Meaning(
        Misconfigured, "网页的域名不是应用的可信域名，请在企业微信管理后台的应用详情“网页授权及 JS-SDK”里填上。"
    ),
    60111: Meaning(Refused, "企业微信里没有这个成员。"),
    60011: Meaning(Misconfigured, "应用无权查看这个成员或部门，请在企业微信管理后台的应用详情里扩大可见范围。"),
    81013: Meaning(Refused, "收件人不在应用的可见范围里，请在企业微信管理后台的应用详情里扩大可见范围。"),
    82001: Meaning(Refused, "收件人不在应用的可见范围里，请在企业微信管理后台的应用详情里扩大可见范围。"),
    48002: Meaning(Refused, "应用没有这个接口的权限，请在企业微信管理后台的应用详情里查看。"),
    72023: Meaning(Refused, "卡片已经更新过，或已超过 72 小时，不能再更新。"),
    40013: Meaning(Misconfigured, "企业 ID 不对，请在企业微信管理后台“我的企业—企业信息”最下方重新复制。"),
    40001: Meaning(Misconfigured, "应用的 Secret 不对，请在企业微信管理后台的应用详情里重新查看。"),
    40091: Meaning(Misconfigured, "应用的 Secret 不对，请在企业微信管理后台的应用详情里重新查看。"),
    40056: Meaning(Misconfigured, "应用的 AgentId 不对，请在企业微信管理后台的应用详情里重新复制。"),
    301002: Meaning(Misconfigured, "应用的 AgentId 与 Secret 不是同一个应用的，请在企业微信管理后台的应用详情里核对。"),
    60020: Meaning(
        Misconfigured, "服务器地址{ip}不在企业可信 IP 里，请在企业微信管理后台的应用详情“企业可信 IP”里加上它。"
    ),
}


def refusal(meanings: Mapping[int, Meaning], code: int, message: str) -> PlatformError:
    """The error that an answer's number stands for; an unknown one is Refused: it shows itself, and is not repeated."""
    meaning = meanings.get(code)
    if meaning is None:
        return Refused(f"平台拒绝了这次请求（错误码 {code}）。", code)
    found = _ADDRESS.search(message)
    sentence = meaning.sentence.replace("{ip}", f" {found[1] or found[2]} " if found else "")
    if issubclass(meaning.kind, Busy):
        return meaning.kind(sentence, code, meaning.after_ms)
    return meaning.kind(sentence, code)
