"""What is published when a draw is frozen, and cannot be changed afterwards."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from campaigns.draws.scheme import SCHEME, Prize, Rules
from campaigns.errors import Unverifiable

PRIZE_LIMIT = 100_000
"""Prizes that one draw may have."""
_ODD = "公告的奖项组、抽奖券规则或排除原因写法不对。"


@dataclass(frozen=True, slots=True)
class Announcement:
    id: str
    list_hash: str
    frozen_at: str
    """``2026-07-04T01:00:00Z``"""
    count: int
    """Entrants on the list."""
    prizes: tuple[Prize, ...]
    """In the order in which they are drawn."""
    quotas: dict[str, int]
    """Unit code → the most live awards it may have. Every unit that has a quota is named: nothing is implied."""
    exclusions: tuple[str, ...]
    sources: tuple[str, ...]
    """In the order in which their values go into the seed."""
    fallback: str
    reason: str
    """Why there is another draw of the same campaign; empty for the first."""
    campaign: str
    """The campaign's name at the freeze."""
    formats: dict[str, str] = field(default_factory=dict)
    """How the value of a source of a kind of its own is written: see `campaigns.draws.sources`."""
    group: str = ""
    """The planned group of prizes that is drawn; empty: the prizes were named at the freeze."""
    tickets: dict[str, int] = field(default_factory=dict)
    """By what the tickets of the list were counted: see `campaigns.prizes.rules.TicketRule`, with ``draw_points``."""
    excluded_by: dict[str, int] = field(default_factory=dict)
    """How many are excluded for which reason: see `campaigns.draws.excluding`."""

    @property
    def rules(self) -> Rules:
        return Rules(self.prizes, self.quotas, frozenset(self.exclusions))

    def as_json(self) -> dict[str, Any]:
        return {
            "scheme": SCHEME,
            "id": self.id,
            "list_hash": self.list_hash,
            "frozen_at": self.frozen_at,
            "count": self.count,
            "prizes": [{"prize": prize.name, "count": prize.count} for prize in self.prizes],
            "quotas": dict(sorted(self.quotas.items())),
            "exclusions": list(self.exclusions),
            "sources": list(self.sources),
            "fallback": self.fallback,
            "reason": self.reason,
            "campaign": self.campaign,
            **({"formats": self.formats} if self.formats else {}),
            **({"group": self.group} if self.group else {}),
            **({"tickets": self.tickets} if self.tickets else {}),
            **({"excluded_by": self.excluded_by} if self.excluded_by else {}),
        }

    def as_bytes(self) -> bytes:
        return json_bytes(self.as_json())

    @property
    def sha256(self) -> str:
        """Published beside the list's hash, since the list alone says nothing of prizes, quotas and exclusions."""
        return hashlib.sha256(self.as_bytes()).hexdigest()


def json_bytes(value: dict[str, Any]) -> bytes:
    """JSON for people, in one spelling only: the same value gives the same bytes."""
    return (json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def announcement_of(value: object) -> Announcement:
    """The announcement that `Announcement.as_json` wrote. Raises Unverifiable when it is not one."""
    match value:
        case {
            "scheme": scheme,
            "id": str(draw_id),
            "list_hash": str(list_hash),
            "frozen_at": str(frozen_at),
            "count": int(count),
            "prizes": [*prizes],
            "quotas": dict(quotas),
            "exclusions": [*exclusions],
            "sources": [*sources],
            "fallback": str(fallback),
            "reason": str(reason),
            "campaign": str(campaign),
            **others,
        }:
            formats, group = others.get("formats", {}), others.get("group", "")
            tickets, excluded_by = others.get("tickets", {}), others.get("excluded_by", {})
        case _:
            raise Unverifiable("公告 announcement.json 缺项，或写法不对。")
    if scheme != SCHEME:
        raise Unverifiable(f"公告所用的规则不是 {SCHEME}，请用与之相应的程序核验。")
    if not all(isinstance(text, str) for text in (*exclusions, *sources)):
        raise Unverifiable("公告的排除名单或来源写法不对。")
    if not all(isinstance(unit, str) and _is_number(quota) for unit, quota in quotas.items()):
        raise Unverifiable("公告的单位名额写法不对。")
    if not isinstance(formats, dict) or not all(isinstance(form, str) for form in formats.values()):
        raise Unverifiable("公告的来源数值写法不对。")
    if not isinstance(group, str):
        raise Unverifiable(_ODD)
    drawn = tuple(_prize_of(prize) for prize in prizes)
    if sum(prize.count for prize in drawn) > PRIZE_LIMIT:
        raise Unverifiable(f"公告的奖品超过 {PRIZE_LIMIT} 份，无法核验。")
    return Announcement(
        id=draw_id,
        list_hash=list_hash,
        frozen_at=frozen_at,
        count=count,
        prizes=drawn,
        quotas=quotas,
        exclusions=tuple(exclusions),
        sources=tuple(sources),
        fallback=fallback,
        reason=reason,
        campaign=campaign,
        formats=formats,
        group=group,
        tickets=_counts(tickets),
        excluded_by=_counts(excluded_by),
    )


def _prize_of(value: object) -> Prize:
    match value:
        case {"prize": str(name), "count": count} if _is_number(count) and count:
            return Prize(name, count)
    raise Unverifiable("公告的奖品写法不对。")


def _counts(value: object) -> dict[str, int]:
    if isinstance(value, dict) and all(_is_number(count) for count in value.values()):
        return value
    raise Unverifiable(_ODD)


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
