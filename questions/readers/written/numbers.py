"""Numbers in front of questions: what may be one, and which of them are."""

from __future__ import annotations

import re
from dataclasses import dataclass

from questions.readers.meaning.kinds import kind_named


@dataclass(frozen=True, slots=True)
class Number:
    """What may be the number of a question."""

    value: int
    family: str
    """Numbers of one look continue each other: ``1.`` and ``2、`` do, ``1.`` and ``(2)`` do not."""
    start: int
    """Where it begins, after an answer in front of it."""
    end: int
    """Where the question begins."""
    weak: bool
    """Whether it may as well be a number that the text begins with: ``2.5 米``, ``5月``, ``3 个``…"""
    given: str = ""
    """The answer in a bracket in front of the number: ``（ B ）1.``"""
    kind: str = ""
    """The kind that stands in front of the number: ``单选题 1.``"""
    decimal: bool = False
    """…and that as the whole part of a decimal."""
    doubtful: bool = False
    """Whether it is glued to a text that begins with a number itself."""


_DIGITS = "零一二三四五六七八九"
_HAN = r"[一二三四五六七八九十百]{1,5}"
_SIGNED = re.compile(r"([√×✓✗✔✘✖❌✅])\s*+(?=\d{1,4}\s*+[.、)])")
_GIVEN = re.compile(
    r"[*\s]*\(\s*+([A-Ja-j][A-Ja-j\s,、]{0,14}|[√×✓✗✔✘✖❌❎✅对错TFtf]|正确|错误)?\s*+\)\s*+(?=\d{1,4}\s*+[.、,:)])"
)
_YEAR = r"(?=(?:19|20)\d\d\s*+(?:年|[-.]\s*+\d))"
_UNITS = (
    "年|月|日|号(?!召)|时(?!代)|点|分(?![类别享布析工])|秒|个|名(?![词称])|人(?![民类们工大才与])|条|款|项(?!目)|种(?![植子])|次|级|度|[℃%‰°天届]|"
    "周(?!边)|岁|位(?!于)|件|只(?!有)|元|万|亿|千|百|米|公[斤里顷]|克|吨|毫|平方?米|立方|世纪|多|余|倍|成|折|座|台|辆|本(?![题次月着条法])|"
    "页|股|层|楼|瓦|[kKmMgGcC/+~-]"
)
_STRONG = (
    (
        "plain",
        re.compile(rf"(\d{{1,4}})\s*+(?:、\s*+|[.。](?:\s++|(?!\d))|[.]{_YEAR}|[,:]\s*+(?!\d)|\)\s*+[.、:,]?\s*+)"),
    ),
    ("paren", re.compile(r"\(\s*+(\d{1,4})\s*+\)\s*+[.、:,]?\s*+")),
    ("square", re.compile(r"\[\s*+(\d{1,4})\s*+\]\s*+[.、:,]?\s*+")),
)
_NAMED = re.compile(
    rf"[\[(]?(?:第\s*+(?P<ordinal>\d{{1,4}}|{_HAN})\s*+[题问道]题?|(?:题号|序号|编号)\s*+:?\s*+(?P<id>\d{{1,4}})(?!\d)"
    r"|(?:试题|题目|问题|题|question|no\.?|q)\s*+(?P<plain>\d{1,4})(?=[\s\].、:,)\[(]|$)"
    r"|(?P<kind>[单多判填选简问是][\u4e00-\u9fff]{1,4}?题?)\s*+[\])]?\s*+(?P<kinded>\d{1,4})(?=\s*+(?:[、:)]|\.(?!\d))))"
    r"\s*+[\].、:,)]?\s*+[.、:]?\s*+",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"(\d{1,4})\s*+题\s*+[.、:,]?\s*+")
_DECIMAL = re.compile(r"(\d{1,4})\s*+\.(?=\d)")
_QUANTITY = re.compile(r"\d{1,4}\.\d{1,4}[^\d]{0,4}")
_SPACE = re.compile(r"(\d{1,4})[ \t]++(?=\S)")
_GLUED = re.compile(rf"(\d{{1,4}})(?=[^\x00-\x7f]|[(\[“\"])(?!{_UNITS})")
_ALONE = re.compile(r"(\d{1,4})\s*+$")
_HAN_NUMBER = re.compile(rf"({_HAN})\s*+[、.,:]\s*+")
_DATE = re.compile(r"(?:19|20)\d\d\s*+[.、-]\s*+\d{1,2}(?:\s*+[.、-]\s*+\d{1,2})?(?!\d)")


def number_in(text: str) -> Number | None:
    """The number that a folded line may begin with."""
    start = _begin(text)
    given = ""
    if text[start : start + 1] == "(" and (found := _GIVEN.match(text)):
        start, given = found.end(), found[1] or ""
    elif found := _SIGNED.match(text, start):
        start, given = found.end(), found[1]
    first = text[start : start + 1]
    if not first:
        return None
    if first.isdigit() and first.isascii():
        return _numeric(text, start, given)
    if first in "([":
        return _bracketed(text, start)
    if "\u2474" <= first <= "\u249b":
        code = ord(first)
        family, value = ("paren", code - 0x2473) if code < 0x2488 else ("plain", code - 0x2487)
        return Number(value, family, start, _skip(text, start + 1), False, given)
    if first in "第试题问qQnN序编单多判填选简是":
        return _worded(text, start)
    if first in "一二三四五六七八九十" and (found := _HAN_NUMBER.match(text, start)):
        return Number(_value(found[1]), "han", start, found.end(), True)
    return None


def _begin(text: str) -> int:
    """Behind spaces, stars and list marks."""
    return len(text) - len(text.lstrip(" \t*●•◆■▲★☆※△#>"))


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t.、":
        at += 1
    return at


def _numeric(text: str, start: int, given: str) -> Number | None:
    if _DATE.match(text, start):
        return None
    family, pattern = _STRONG[0]
    if found := pattern.match(text, start):
        return Number(int(found[1]), family, start, found.end(), False, given)
    if found := _COUNTED.match(text, start):
        return Number(int(found[1]), "named", start, found.end(), True, given)
    if _QUANTITY.fullmatch(text, start):
        return None
    for pattern in (_DECIMAL, _SPACE, _GLUED, _ALONE):
        if found := pattern.match(text, start):
            return Number(int(found[1]), "plain", start, found.end(), True, given, decimal=pattern is _DECIMAL)
    return None


def _bracketed(text: str, start: int) -> Number | None:
    for family, pattern in _STRONG[1:]:
        if found := pattern.match(text, start):
            return Number(int(found[1]), family, start, found.end(), False)
    return _worded(text, start)


def _worded(text: str, start: int) -> Number | None:
    found = _NAMED.match(text, start)
    if found is None or (found["kind"] and kind_named(found["kind"]) is None):
        return None
    value = found["ordinal"] or found["id"] or found["plain"] or found["kinded"]
    return Number(_value(value), "named", start, found.end(), False, "", found["kind"] or "")


def _value(text: str) -> int:
    """一 … 九百九十九, or digits."""
    if text.isdigit():
        return int(text)
    total = digit = 0
    for character in text:
        if character in "十百":
            total += (digit or 1) * (10 if character == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS.index(character)
    return total + digit
