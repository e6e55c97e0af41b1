"""The interfaces whose daily calls an organiser may run out of, and what they are called.

Who asks for them asks for each by itself: that is how the platform answers (查询API调用额度, getApiQuota).
"""

from __future__ import annotations

from collections.abc import Mapping

from platforms.wechat.official import CUSTOM_SEND, SUBSCRIPTION_SEND, TEMPLATE_SEND

INTERFACES: Mapping[str, str] = {
    CUSTOM_SEND: "客服消息",
    SUBSCRIPTION_SEND: "订阅通知",
    TEMPLATE_SEND: "模板消息",
    "/cgi-bin/qrcode/create": "带参数二维码",
    "/cgi-bin/menu/create": "自定义菜单",
}
"""By address."""
