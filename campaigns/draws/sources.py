"""The public numbers that a draw's seed is made of: named before anyone can know them, typed in afterwards.

A source is named ``kind:which``: ``ssq:2026130`` is the 双色球 issue 2026130, ``sse:20261130`` the close of the
SSE Composite on that day, ``secret:<SHA-256>`` a secret whose hash is published at the freeze. Other kinds are
allowed: the draw's page then says that readers must find out for themselves where the number comes from.

A value has one spelling, since every other one would make another seed, and whoever types it in could choose among
them. Those of ``ssq`` and ``sse`` are part of the scheme; that of another kind is published at the freeze as a
*format*: in it ``#`` stands for one digit, ``x`` for one digit or letter a to f, every other character for itself.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from itertools import pairwise

from campaigns.clock import local
from campaigns.errors import DrawRefused

_SECRET = re.compile(r"secret:[0-9a-f]{64}")
_ISSUE = re.compile(r"ssq:([0-9]{4})[0-9]{3}")
_DAY = re.compile(r"[0-9]{8}")
_BALL = "(?:0[1-9]|[12][0-9]|3[0-3])"
_LOTTERY = re.compile(rf"{_BALL}(?:\.{_BALL}){{5}}\+(?:0[1-9]|1[0-6])")
_INDEX = re.compile(r"[1-9][0-9]{0,9}\.[0-9]{2}")
_FORMAT = re.compile(r"(?=.*[#x])[!-.0-~]+")
"""Printable ASCII, but the slash that joins values in the seed; with a place that is not known yet."""
_PLACES = {"#": "0123456789", "x": "0123456789abcdef"}
ZONE = "Asia/Shanghai"
"""Where issues are counted and trading days end, whatever a campaign's own zone is."""
NAME_LIMIT = 80
VALUE_LIMIT = 200


class SourceKind(StrEnum):
    LOTTERY = "ssq"
    INDEX = "sse"
    SECRET = "secret"
    OTHER = "other"


DEFAULT_FALLBACKS = {
    SourceKind.LOTTERY: "双色球该期停开的，改用其后最近一期的开奖号码，写法不变。",
    SourceKind.INDEX: "上证综指当日休市的，改用其后最近一个交易日的收盘点数，写法不变。",
    SourceKind.SECRET: "密语未能公开的，本次抽奖作废，另行公布原因后重新冻结。",
    SourceKind.OTHER: "其他来源未能公布的，改用同一发布者其后最近一次公布的数值，写法不变。",
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


def check_unknown(sources: Sequence[str], now: int) -> None:
    """Refuse a number that may be known by `now`: whoever knows it could still choose the list, and so the winners.

    An issue of this year is taken, since only its publisher knows when it is drawn. Raises DrawRefused.
    """
    today = local(now, ZONE)
    for source in sources:
        match kind_of(source):
            case SourceKind.LOTTERY:
                issue = _ISSUE.fullmatch(source)
                if issue is None:
                    raise DrawRefused(f"双色球来源请写作 ssq:年份加三位期号，例如 ssq:{today.year}130。")
                if int(issue[1]) < today.year:
                    raise DrawRefused(f"来源 {source} 是往年的期号，号码早已公布，请改用还没有开奖的一期。")
            case SourceKind.INDEX:
                if _day_of(source) <= f"{today:%Y%m%d}":
                    raise DrawRefused(f"来源 {source} 不是以后的日期，数值可能已经知道，请改用明天起的某个交易日。")


def _day_of(source: str) -> str:
    """The day of a close as ``20261130``. Raises DrawRefused where the name holds none."""
    day = source.removeprefix("sse:")
    if not _is_day(day):
        raise DrawRefused("上证综指来源请写作 sse:年月日，例如 sse:20261130。")
    return day


def _is_day(text: str) -> bool:
    if not _DAY.fullmatch(text):  # other spellings of a day, such as 2026W485, would be taken too
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_name(source: str) -> bool:
    kind, colon, which = source.partition(":")
    plain = source.isprintable() and not any(character in " /=\u3000" for character in source)
    return bool(kind and colon and which) and plain and len(source) <= NAME_LIMIT


def check_formats(sources: Sequence[str], formats: Mapping[str, str]) -> dict[str, str]:
    """The formats as they will be announced: one for each source of a kind of its own, and for no other.

    Raises DrawRefused.
    """
    if unknown := [source for source in formats if source not in sources]:
        raise DrawRefused(f"写法所指的来源 {unknown[0]} 不在本次抽奖的来源之列，请核对来源名。")
    if fixed := [source for source in formats if kind_of(source) is not SourceKind.OTHER]:
        raise DrawRefused(f"来源 {fixed[0]} 的数值写法是固定的，请不要另行指定。")
    return {source: _format(source, formats) for source in sources if kind_of(source) is SourceKind.OTHER}


def _format(source: str, formats: Mapping[str, str]) -> str:
    folded = _folded(formats.get(source, ""))
    if not _FORMAT.fullmatch(folded) or len(folded) > VALUE_LIMIT:
        raise DrawRefused(
            f"来源 {source} 须指定数值的写法，例如 {source}=##.#：# 代表一位数字，x 代表一位数字或小写字母 a–f，"
            f"其余照写，不用空格、斜线和汉字，不超过 {VALUE_LIMIT} 字。"
        )
    return folded


def check_values(sources: Sequence[str], values: Mapping[str, str], formats: Mapping[str, str]) -> dict[str, str]:
    """The value of each announced source, in the announced order, as it goes into the seed.

    Full-width characters are folded and space around is dropped; secrets stay as they are. Raises DrawRefused for
    a source that is missing or was never announced, and for a value that is not in its one spelling.
    """
    if unknown := [source for source in values if source not in sources]:
        raise DrawRefused(f"来源 {unknown[0]} 不在公告之列，只能录入：{'、'.join(sources)}。")
    if missing := [source for source in sources if source not in values]:
        raise DrawRefused(f"还缺来源 {missing[0]} 的数值，公告的来源须一次录全。")
    return {source: _checked(source, values[source], formats) for source in sources}


def _checked(source: str, value: str, formats: Mapping[str, str]) -> str:
    if kind_of(source) is SourceKind.SECRET:
        if len(value) > VALUE_LIMIT or not value.isprintable():
            raise DrawRefused(f"密语不能超过 {VALUE_LIMIT} 字，也不能换行。")
        if not secret_matches(source, value):
            raise DrawRefused("密语与冻结时公布的哈希不符，请核对后重新录入。")
        return value
    folded = _folded(value)
    if problem := value_problem(source, folded, formats):
        raise DrawRefused(problem)
    return folded


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def value_problem(source: str, value: str, formats: Mapping[str, str]) -> str | None:
    """One sentence about a value that is not in the one spelling of its source; verify.html says the same."""
    kind = kind_of(source)
    if kind is SourceKind.SECRET:
        return None if secret_matches(source, value) else "公开的密语与冻结时公布的哈希不符。"
    if kind is SourceKind.OTHER and source not in formats:
        return f"公告没有写明来源 {source} 的数值写法，不同的写法会得出不同的结果。"
    if _is_canonical(kind, value, formats.get(source, "")):
        return None
    return f"来源 {source} 的数值写法不对，应写作：{spelling(source, formats)}。"


def _is_canonical(kind: SourceKind, value: str, form: str) -> bool:
    if kind is SourceKind.LOTTERY:
        return bool(_LOTTERY.fullmatch(value)) and all(a < b for a, b in pairwise(value.partition("+")[0].split(".")))
    if kind is SourceKind.INDEX:
        return bool(_INDEX.fullmatch(value))
    return len(form) == len(value) and all(
        character in _PLACES.get(place, place) for place, character in zip(form, value, strict=True)
    )


def spelling(source: str, formats: Mapping[str, str]) -> str:
    """The one way to write a value of the source, for people; follows “应写作：”. Empty where there is none to tell."""
    match kind_of(source):
        case SourceKind.LOTTERY:
            return "六个红球由小到大用点相连，再接加号和蓝球，都是两位，如 03.08.15.22.27.31+09"
        case SourceKind.INDEX:
            return "不带逗号、正负号和前导零的点数，小数正好两位，如 3857.93"
        case SourceKind.OTHER if source in formats:
            return f"{formats[source]}（# 是一位数字，x 是一位数字或小写字母 a–f，位数不足的前面补零，其余照写）"
    return ""


def secret_matches(source: str, value: str) -> bool:
    """Whether a revealed secret is the one whose hash names the source."""
    return hashlib.sha256(value.encode()).hexdigest() == source.removeprefix("secret:")


def seed_text(source: str, value: str) -> str:
    return f"{source}:{value}"
