"""What is typed for a new draw: kept as it is until all of it can be read; what cannot is told beside its field."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from campaigns.draws import Prize
from campaigns.draws.sources import VALUE_LIMIT

_PRIZE = re.compile(r"(.*?)\s*[=＝×xX*：:，,\s]\s*([0-9]{1,6})\s*(?:名|份|个|人)?", re.DOTALL)
_QUOTA = re.compile(r"(\S+?)\s*[=＝：:，,\s]\s*([0-9]{1,6})")
_ISSUE = re.compile(r"[0-9]{7}")
_HASH = re.compile(r"[0-9a-f]{64}")
SHORTEST_SECRET = 12


@dataclass(frozen=True, slots=True)
class FreezeForm:
    group: str = ""
    """The name of a planned group; empty: the prizes are typed in."""
    prizes: str = ""
    """A prize a line: ``一等奖 1``."""
    issue: str = ""
    """Of 双色球: ``2026130``."""
    day: str = ""
    """Of the SSE Composite's close: ``2026-11-30``."""
    secret: str = ""
    """A phrase as it was typed, which is never sent back but on the page that shows it once."""
    secret_hash: str = ""
    others: str = ""
    """Sources of other kinds with their formats, one a line: ``weather:20261130 ##.#``."""
    default_quota: str = ""
    quotas: str = ""
    """A unit's code and its quota a line."""
    exclusions: str = ""
    fallback: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """What a form asks for, read."""

    prizes: tuple[Prize, ...]
    sources: tuple[str, ...]
    formats: Mapping[str, str]
    quotas: Mapping[str, int]
    default_quota: int | None
    exclusions: tuple[str, ...]


@dataclass
class _Reading:
    errors: dict[str, str] = field(default_factory=dict)

    def counts(self, name: str, text: str, pattern: re.Pattern[str], sentence: str) -> dict[str, int]:
        found: dict[str, int] = {}
        for line in filter(None, map(str.strip, text.splitlines())):
            read = pattern.fullmatch(line)
            if read is None or not read[1]:
                self.errors[name] = f"“{line[:40]}”读不懂：{sentence}"
            elif read[1] in found:
                self.errors[name] = f"“{read[1][:40]}”写了两次，请只写一次。"
            else:
                found[read[1]] = int(read[2])
        return found


def form_of(sent: Mapping[str, str]) -> FreezeForm:
    """The form as it was sent; of a phrase that is typed anew the hash is computed, and kept instead of it."""
    names = (one for one in FreezeForm.__dataclass_fields__ if one != "secret")
    form = FreezeForm(**{name: sent.get(name, "").replace("\r\n", "\n").strip() for name in names})
    secret = sent.get("secret", "")  # not stripped: every character counts
    if not secret:
        return form
    return replace(form, secret=secret, secret_hash=hashlib.sha256(secret.encode()).hexdigest())


def read_order(form: FreezeForm) -> tuple[Order, dict[str, str]]:
    """The order, and a sentence by each field that could not be read."""
    reading = _Reading()
    prizes: dict[str, int] = {}
    if not form.group:
        prizes = reading.counts("prizes", form.prizes, _PRIZE, "请一行写一种，先写名称，再写数量，例如 一等奖 1。")
        if not prizes and "prizes" not in reading.errors:
            reading.errors["prizes"] = "请至少写一种奖品，例如 一等奖 1。"
    formats = _others(form.others, reading)
    sources = (*_public(form, reading), *_secret(form, reading), *formats)
    if not sources and not reading.errors.keys() & {"issue", "day", "secret", "others"}:
        reading.errors["issue"] = "请至少选一种来源：还没有公布的双色球一期，或者以后的某个交易日。"
    quota = form.default_quota
    if quota and not (quota.isascii() and quota.isdigit() and len(quota) <= 6):
        reading.errors["default_quota"] = "请写一个整数，或者留空。"
        quota = ""
    order = Order(
        prizes=tuple(Prize(name, count) for name, count in prizes.items()),
        sources=sources,
        formats=formats,
        quotas=reading.counts("quotas", form.quotas, _QUOTA, "请一行写一个单位，先写单位代码，再写名额，例如 U01 2。"),
        default_quota=int(quota) if quota else None,
        exclusions=tuple(dict.fromkeys(re.findall(r"[^\s,，、;；]+", form.exclusions.lower()))),
    )
    return order, reading.errors


def _public(form: FreezeForm, reading: _Reading) -> list[str]:
    found = []
    if form.issue:
        if _ISSUE.fullmatch(form.issue):
            found.append(f"ssq:{form.issue}")
        else:
            reading.errors["issue"] = "期号是七位数字：四位年份加三位期号，例如 2026130。"
    if form.day:
        try:
            found.append(f"sse:{date.fromisoformat(form.day):%Y%m%d}")
        except ValueError:
            reading.errors["day"] = "请写成 年-月-日，例如 2026-11-30。"
    return found


def _secret(form: FreezeForm, reading: _Reading) -> list[str]:
    if form.secret:
        if len(form.secret) < SHORTEST_SECRET:
            reading.errors["secret"] = f"密语太短，别人可以逐个试出来：请至少写 {SHORTEST_SECRET} 个字，越随意越好。"
            return []
        if len(form.secret) > VALUE_LIMIT or not form.secret.isprintable():
            reading.errors["secret"] = f"密语不能超过 {VALUE_LIMIT} 字，也不能换行。"
            return []
    if form.secret_hash and not _HASH.fullmatch(form.secret_hash):
        reading.errors["secret"] = "密语的哈希写法不对，请重新填写密语。"
        return []
    return [f"secret:{form.secret_hash}"] if form.secret_hash else []


def _others(text: str, reading: _Reading) -> dict[str, str]:
    found = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        match line.split():
            case [source, form]:
                found[source] = form
            case _:
                reading.errors["others"] = (
                    f"“{line[:40]}”读不懂：请一行写一个来源和它的写法，中间空格，例如 weather:20261130 ##.#。"
                )
    return found
