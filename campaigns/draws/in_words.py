"""What was announced about a draw, in words that everybody knows: for its pages, its screen, and notices."""

from __future__ import annotations

from collections.abc import Mapping

from campaigns.clock import in_words
from campaigns.draws.announcement import Announcement
from campaigns.draws.records import DrawRecord
from campaigns.draws.sources import SourceKind, kind_of
from campaigns.prizes.rules import TicketRule

_WHY = {
    "named": "另外指定",
    "organiser": "主办人员",
    "won_before": "往期获奖者",
    "won": "本活动已获奖",
    "other": "其他原因",
}


def source_in_words(source: str) -> str:
    """``双色球第 2026130 期开奖号码``; a source of a kind of its own by its name."""
    which = source.partition(":")[2]
    match kind_of(source):
        case SourceKind.LOTTERY:
            return f"双色球第 {which} 期开奖号码"
        case SourceKind.INDEX:
            day = f"{which[:4]}年{which[4:6].lstrip('0')}月{which[6:].lstrip('0')}日"
            return f"上证综合指数 {day} 收盘点数"
        case SourceKind.SECRET:
            return "主办方的密语"
    return source


def exclusions_in_words(announcement: Announcement) -> str:
    """``3 人（主办人员 2 人、往期获奖者 1 人），在名单中，但不得奖``."""
    if not announcement.exclusions:
        return "无"
    kinds = "、".join(f"{_WHY.get(why, why)} {count} 人" for why, count in announcement.excluded_by.items())
    return f"{len(announcement.exclusions)} 人{f'（{kinds}）' if kinds else ''}，在名单中，但不得奖"


def quotas_in_words(quotas: Mapping[str, int]) -> str:
    """For those who need not know which units."""
    if not quotas:
        return "不限"
    if len(set(quotas.values())) == 1:
        return f"每个单位最多 {next(iter(quotas.values()))} 份"
    return f"{len(quotas)} 个单位各有名额，见公示页"


def tickets_in_words(announcement: Announcement) -> str:
    """Empty where the announcement does not say by which rule tickets were counted."""
    told = dict(announcement.tickets)
    if not told:
        return ""
    asked = told.pop("draw_points", 0)
    rule = TicketRule(**told)
    who = f"得分达到 {asked} 分的" if asked else "完成答题的"
    more = f"，每多 {rule.per_points} 分加 1 张" * bool(rule.per_points)
    more += f"，每多一天完成答题加 {rule.per_day} 张" * bool(rule.per_day)
    more += f"，最多 {rule.most} 张" * bool(rule.most and more)
    return f"{who}每人 {rule.base} 张{more}"


def announcement_text(draw: DrawRecord, page: str) -> str:
    """The announcement as one pastes it into a notice or a chat group; `page` is the draw's public address."""
    told = draw.announcement
    tickets = tickets_in_words(told)
    lines = [
        f"【{told.campaign} 抽奖公告】",
        f"抽奖编号：{draw.id}",
        f"奖品：{'、'.join(f'{prize.name} {prize.count} 份' for prize in told.prizes)}",
        f"名单：共 {told.count} 人，{in_words(draw.frozen_ms, draw.timezone)} 冻结，不再改变",
        *([f"抽奖券：{tickets}"] if tickets else []),
        f"排除：{exclusions_in_words(told)}",
        f"单位名额：{quotas_in_words(told.quotas)}",
        "中奖者由以下公开号码算出：",
        *(f"{number}. {source_in_words(source)}（{source}）" for number, source in enumerate(told.sources, start=1)),
        f"后备办法：{told.fallback}",
        *([f"再次抽奖的原因：{told.reason}"] if told.reason else []),
        "名单哈希（SHA-256）：",
        told.list_hash,
        "公告哈希（SHA-256）：",
        told.sha256,
        "查自己的编号、看结果、自己核验：",
        page,
    ]
    return "\n".join(lines)
