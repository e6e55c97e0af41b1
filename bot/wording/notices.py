"""Every notice that leaves by itself, by the key of its outbox row: a headline, and the message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple


class Words(NamedTuple):
    title: str
    text: str


NOTICES: Final[Mapping[str, Words]] = {
    "notice.opens": Words(
        "答题活动开始了",
        "📣 “{campaign}”现在开始了，发送 答题 就可以参加。\n不想再收到通知，请发送 退订。",
    ),
    "notice.closes": Words(
        "答题活动即将结束",
        "⏰ “{campaign}”将于 {closes} 结束，您还没有完成答题，发送 答题 就可以接着答。\n不想再收到通知，请发送 退订。",
    ),
    "notice.reminder": Words(
        "今天还没有答题",
        "📝 今天还没有答“{campaign}”，发送 答题 开始，约需两分钟。\n不想再收到通知，请发送 退订。",
    ),
    "notice.won": Words(
        "恭喜您中奖了",
        "🎁 恭喜！您在“{campaign}”中获得 {prize}。怎么领、什么时候领，请看奖品页面，或者发送 奖品 查看。",
    ),
    "notice.claim": Words(
        "奖品还没有领取",
        "🎁 您在“{campaign}”中获得的 {prize} 还没有领，请在 {until} 前办理，过时可能由别人递补。",
    ),
}
"""Where it leads follows the text, by the way that it takes."""
