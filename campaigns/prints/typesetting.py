"""Chinese text into lines: no line begins with a closing mark or ends with an opening one, words stay whole.

Widths are in ems (the font size is 1) and add up: no kerning. Everything here is pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

Measure = Callable[[str], float]
"""The width of a text, in ems."""

OPENING = "（〈《「『【〔〖“‘(\\[{"
CLOSING = "，。、；：？！）〉》」』】〕〗”’…—–·,.;:?!)\\]}%％℃°"
WHOLE = (
    "全国(?:节能宣传周|低碳日|生态日|城市节水宣传周)|节能宣传周|节水宣传周|低碳日|公共机构|节能降碳|节能减排|绿色低碳|碳达峰|碳中和|有奖竞答|有奖答题|"
    "有奖问答|知识(?:答题|竞赛|竞答|问答|挑战赛)|线上答题|宣传周|宣传月|有奖|问答|知识|答题|竞赛|竞答|比赛|大赛|挑战|活动|节能|节约|节水|节电|"
    "用能|能源|低碳|绿色|减排|降碳|双碳|环保|生态|文明|资源|机关|学校|医院|单位|干部|职工|线上|参加|参与|抽奖|点击|开始|完成|微信"
)
"""Words of our titles that a line break would spoil; there is no dictionary behind this."""
ITEM = re.compile(
    rf"[{OPENING}]*(?:{WHOLE}|[0-9]+[年月日号时点分届期]|[0-9A-Za-z/&#@+=_'²³₀-₉⁰-⁹.:%-]*[0-9A-Za-z²³₀-₉⁰-⁹]|\S)"
    rf"[{CLOSING}]*"
)
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
VARIATION_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
POINT = 25.4 / 72
"""Millimetres."""
ROUNDING = 1e-9
"""Ems: so that a line as wide as its place is not too wide for it."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A text as it will stand: its lines and one size in points for all of them."""

    lines: tuple[str, ...]
    size: float


def plain(text: str) -> str:
    """`text` composed (NFC), white space collapsed to single spaces, and nothing invisible left."""
    spaced = " ".join(VARIATION_SELECTORS.sub("", unicodedata.normalize("NFC", text)).split())
    return "".join(character for character in spaced if unicodedata.category(character) not in INVISIBLE)


def fit(
    text: str, measure: Measure, *, width: float, height: float, size: float, smallest: float, leading: float
) -> Setting | None:
    """The largest type from `size` down to `smallest` points in which `text` fits `width` × `height` millimetres.

    `leading` is the distance of baselines in ems. None when even the smallest does not fit.
    """
    halves = range(round(size * 2), round(smallest * 2) - 1, -1)
    for points in (half / 2 for half in halves):
        em = points * POINT
        limit = width / em + ROUNDING
        items = _items(text, measure, limit)
        breaks = _greedy(items, limit)
        if len(breaks) - 1 <= height / (em * leading) and all(item.width <= limit for item in items):
            return Setting(_lines(items, _balanced(items, limit, len(breaks) - 1)), points)
    return None


@dataclass(frozen=True, slots=True)
class _Item:
    """What no line break may divide, with the space that stands before it unless it begins a line."""

    text: str
    width: float
    gap: float


def _items(text: str, measure: Measure, limit: float) -> list[_Item]:
    items: list[_Item] = []
    space = measure(" ")
    end = 0
    for match in ITEM.finditer(text):
        gap = space if match.start() > end else 0.0
        end = match.end()
        word = match.group()
        parts = [word] if measure(word) <= limit else list(word)
        items += [_Item(part, measure(part), 0.0 if place else gap) for place, part in enumerate(parts)]
    return items


def _greedy(items: Sequence[_Item], limit: float) -> list[int]:
    """Where lines begin, and the end: the fewest lines there can be."""
    breaks = [0]
    used = 0.0
    for place, item in enumerate(items):
        if place > breaks[-1] and used + item.gap + item.width > limit:
            breaks.append(place)
        used = item.width if place == breaks[-1] else used + item.gap + item.width
    return [*breaks, len(items)] if items else [0]


def _balanced(items: Sequence[_Item], limit: float, count: int) -> list[int]:
    """Breaks into exactly `count` lines of lengths as equal as can be; breaks at spaces and marks are preferred."""
    ends = [0.0, *accumulate(item.gap + item.width for item in items)]

    def welcome(stop: int) -> float:
        if stop == len(items) or items[stop].gap > 0:
            return limit
        return limit / 2 * (items[stop - 1].text[-1] in CLOSING or items[stop].text[0] in OPENING)

    def cost(start: int, stop: int) -> float:
        length = ends[stop] - ends[start] - items[start].gap
        return float("inf") if length > limit + ROUNDING else (limit - length) ** 2 - welcome(stop)

    best = [(0.0, [0]), *((float("inf"), [0]) for _ in items)]
    for _ in range(count):
        longer = [(float("inf"), [0])]
        for stop in range(1, len(items) + 1):
            # of equal breaks the one with the longer lines first; rounded, or noise would choose
            total, later = min((round(best[start][0] + cost(start, stop), 6), -start) for start in range(stop))
            longer.append((total, [*best[-later][1], stop]))
        best = longer
    return best[-1][1]


def _lines(items: Sequence[_Item], breaks: Sequence[int]) -> tuple[str, ...]:
    def line(start: int, stop: int) -> str:
        rest = (" " * (item.gap > 0) + item.text for item in items[start + 1 : stop])
        return items[start].text + "".join(rest)

    return tuple(line(start, stop) for start, stop in pairwise(breaks))
