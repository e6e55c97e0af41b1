"""The public numbers that a draw's seed is made of: named before anyone can know them, typed in afterwards.

A source is named ``kind:which``: ``ssq:2026130`` is the 双色球 issue 2026130, ``sse:20261130`` the close of the
SSE Composite on that day, ``secret:<SHA-256>`` a secret whose hash is published at the freeze. Other kinds are
allowed: the draw's page then says that readers must find out for themselves where the number comes from.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum

from campaigns.errors import DrawRefused

_SECRET = re.compile(r"secret:[0-9a-f]{64}")
NAME_LIMIT = 80
VALUE_LIMIT = 200


class SourceKind(StrEnum):
    LOTTERY = "ssq"
    INDEX = "sse"
    SECRET = "secret"
    OTHER = "other"


DEFAULT_FALLBACKS = {
    SourceKind.LOTTERY: "双色球该期停开的，改用其后最近一期的开奖号码，写作“期号.号码”。",
    SourceKind.INDEX: "上证综指当日休市的，改用其后最近一个交易日的收盘点数，写作“日期.点数”。",
    SourceKind.SECRET: "密语未能公开的，本次抽奖作废，另行公布原因后重新冻结。",
    SourceKind.OTHER: "其他来源未能公布的，改用同一发布者其后最近一次公布的数值，并写明日期。",
}


def kind_of(source: str) -> SourceKind:
    prefix = source.partition(":")[0]
    return next((kind for kind in SourceKind if kind == prefix), SourceKind.OTHER)


def default_fallback(sources: Sequence[str]) -> str:
    """What happens when an announced number does not appear, for draws that announce nothing else."""
    kinds = {kind_of(source) for source in sources}
    return "".join(text for kind, text in DEFAULT_FALLBACKS.items() if kind in kinds)


def check_names(sources: Sequence[str]) -> tuple[str, ...]:
    """The names as they will be announced. Raises DrawRefused when one cannot be used."""
    if not sources:
        raise DrawRefused("请至少指定一个尚未公布的公开数字作为来源，例如 ssq:2026130。")
    for source in sources:
        if not _is_name(source):
            raise DrawRefused(f"来源“{source[:NAME_LIMIT]}”写法不对，请写作“种类:期号”，例如 ssq:2026130。")
        if kind_of(source) is SourceKind.SECRET and not _SECRET.fullmatch(source):
            raise DrawRefused("密语来源请写作 secret:加密语的 SHA-256（64 位小写十六进制）。")
    if len(set(sources)) != len(sources):
        raise DrawRefused("同一个来源写了两次，请只写一次。")
    return tuple(sources)


def _is_name(source: str) -> bool:
    kind, colon, which = source.partition(":")
    plain = source.isprintable() and not any(character in " /=\u3000" for character in source)
    return bool(kind and colon and which) and plain and len(source) <= NAME_LIMIT


def check_values(sources: Sequence[str], values: Mapping[str, str]) -> dict[str, str]:
    """The value of each announced source, in the announced order, as it goes into the seed.

    Full-width characters are folded, since they look the same and would make another seed; secrets stay as they
    are. Raises DrawRefused for a source that is missing or was never announced, and for a value that cannot be.
    """
    if unknown := [source for source in values if source not in sources]:
        raise DrawRefused(f"来源 {unknown[0]} 不在公告之列，只能录入：{'、'.join(sources)}。")
    if missing := [source for source in sources if source not in values]:
        raise DrawRefused(f"还缺来源 {missing[0]} 的数值，公告的来源须一次录全。")
    return {source: _checked(source, values[source]) for source in sources}


def _checked(source: str, value: str) -> str:
    if kind_of(source) is SourceKind.SECRET:
        if not secret_matches(source, value):
            raise DrawRefused("密语与冻结时公布的哈希不符，请核对后重新录入。")
        if len(value) > VALUE_LIMIT or not value.isprintable():
            raise DrawRefused(f"密语不能超过 {VALUE_LIMIT} 字，也不能换行。")
        return value
    folded = unicodedata.normalize("NFKC", value).strip()
    if not folded or len(folded) > VALUE_LIMIT or not folded.isprintable() or " " in folded or "/" in folded:
        raise DrawRefused(f"来源 {source} 的数值不能为空，也不能含空格、斜线或超过 {VALUE_LIMIT} 字。")
    return folded


def secret_matches(source: str, value: str) -> bool:
    """Whether a revealed secret is the one whose hash names the source."""
    return hashlib.sha256(value.encode()).hexdigest() == source.removeprefix("secret:")


def seed_text(source: str, value: str) -> str:
    return f"{source}:{value}"
