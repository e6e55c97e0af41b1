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
        "🎁 恭喜！您在“{campaign}”的抽奖中获得 {prize}。领奖的时间和地点，请留意主办单位的通知。",
    ),
}
"""Where it leads follows the text, by the way that it takes."""
