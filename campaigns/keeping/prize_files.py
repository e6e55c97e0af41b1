"""Prizes and tickets in a plan's file: ``[tickets]``, and ``[[prize_group]]`` with its ``[[prize_group.prize]]``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from campaigns.keeping.written_times import moment, moment_text
from campaigns.keeping.written_values import TEXT, WHOLE, checked, shown
from campaigns.prizes.rules import COLLECTING, KINDS, TIES, PlannedGroup, PlannedPrize, Release, TicketRule

GROUP_CHOICES = {"kind": KINDS, "ties": TIES, "collecting": COLLECTING}
_TICKET_KEYS = {"base": WHOLE, "per_points": WHOLE, "per_day": WHOLE, "most": WHOLE}
_GROUP_KEYS = {
    "name": TEXT,
    "kind": TEXT,
    "least_points": WHOLE,
    "unit_quota": WHOLE,
    "ties": TEXT,
    "collecting": TEXT,
    "place": TEXT,
    "claim_days": WHOLE,
}
_PRIZE_KEYS = {"name": TEXT, "stock": WHOLE, "odds": TEXT}
_PPM = 10_000
"""Millionths in a hundredth."""
_ODDS = re.compile(r"(\d{1,3}(?:\.\d{1,4})?)\s*[%％]")
_RELEASE = re.compile(r"(.+)[=＝]\s*(\d{1,9})\s*")


# --- plan → values -----------------------------------------------------------------------------------------------


def group_values(group: PlannedGroup, zone: str) -> dict[str, Any]:
    """A group by the keys of its section, without what is not set."""
    values: dict[str, Any] = {"name": group.name, "kind": group.kind}
    if group.least_points:
        values["least_points"] = group.least_points
    if group.unit_quota is not None:
        values["unit_quota"] = group.unit_quota
    if group.kind == "rank":
        values["ties"] = group.ties
    if group.kind != "passed":
        values["collecting"] = group.collecting
    if group.place:
        values["place"] = group.place
    if group.claim_days is not None:
        values["claim_days"] = group.claim_days
    if group.prizes:
        values["prize"] = [_prize_values(prize, zone) for prize in group.prizes]
    return values


def _prize_values(prize: PlannedPrize, zone: str) -> dict[str, Any]:
    values: dict[str, Any] = {"name": prize.name, "stock": prize.stock}
    if prize.odds_ppm:
        values["odds"] = odds_text(prize.odds_ppm)
    if prize.releases:
        values["releases"] = [f"{moment_text(one.at_ms, zone)} = {one.count}" for one in prize.releases]
    return values


def odds_text(ppm: int) -> str:
    """Millionths as people write them: ``2.5%``."""
    return f"{(Decimal(ppm) / _PPM).normalize():f}%"


# --- values → plan -----------------------------------------------------------------------------------------------


def read_odds(text: str) -> int | None:
    """``2.5%`` in millionths; None for what is no such share."""
    found = _ODDS.fullmatch(text.strip())
    return None if found is None else int(Decimal(found[1]) * _PPM)


def read_release(text: str, zone: str) -> Release | None:
    """``2026-07-04 09:00 = 10``; None for what is no such line."""
    found = _RELEASE.fullmatch(text)
    at_ms = None if found is None else moment(found[1], zone)
    return None if found is None or at_ms is None else Release(at_ms, int(found[2]))


def read_tickets(given: object, wrong: dict[str, str]) -> TicketRule:
    """What is wrong is told in `wrong`, here and in the following, by the keys of what it is about."""
    if not isinstance(given, dict):
        wrong["tickets"] = f"tickets：要写成 [tickets] 一节，现在是 {shown(given)}。"
        return TicketRule()
    return TicketRule(**checked(given, _TICKET_KEYS, "tickets", "tickets 的 ", wrong))


def read_groups(given: object, zone: str, wrong: dict[str, str]) -> tuple[PlannedGroup, ...]:
    """Empty where anything is wrong: what it is then about cannot be told."""
    if not _is_sections(given):
        wrong["prize_group"] = "prize_group：每组奖项要写成 [[prize_group]] 一节。"
        return ()
    read = [_read_group(place, values, zone, wrong) for place, values in enumerate(given, start=1)]  # type: ignore[arg-type,var-annotated]
    return () if any(key.startswith("prize_group.") for key in wrong) else tuple(read)


def _read_group(place: int, given: Mapping[str, Any], zone: str, wrong: dict[str, str]) -> PlannedGroup:
    path, lead = f"prize_group.{place}", f"prize_group 第 {place} 节的 "
    values = checked({key: value for key, value in given.items() if key != "prize"}, _GROUP_KEYS, path, lead, wrong)
    for key in ("name", "kind"):
        if key not in given:
            wrong[f"{path}.{key}"] = f"{lead}{key}：必须写上。"
    prizes = given.get("prize", [])
    if not _is_sections(prizes):
        wrong[f"{path}.prize"] = f"{lead}prize：每种奖品要写成 [[prize_group.prize]] 一节。"
        prizes = []
    read = tuple(
        _read_prize(f"{path}.prize.{n}", f"{lead}第 {n} 种奖品的 ", one, zone, wrong)
        for n, one in enumerate(prizes, start=1)
    )
    return PlannedGroup(**{"name": "", "kind": "", **values}, prizes=read)


def _read_prize(path: str, lead: str, given: Mapping[str, Any], zone: str, wrong: dict[str, str]) -> PlannedPrize:
    values = checked({key: value for key, value in given.items() if key != "releases"}, _PRIZE_KEYS, path, lead, wrong)
    for key in ("name", "stock"):
        if key not in given:
            wrong[f"{path}.{key}"] = f"{lead}{key}：必须写上。"
    odds = values.get("odds", "0%")
    ppm = read_odds(odds)
    if ppm is None:
        wrong[f"{path}.odds"] = f'{lead}odds：要写成 "2.5%" 这样的百分数，最多四位小数，现在是 {shown(odds)}。'
    lines = given.get("releases", [])
    releases = [read_release(one, zone) for one in lines if isinstance(one, str)] if isinstance(lines, list) else [None]
    told = [one for one in releases if one is not None]
    if not isinstance(lines, list) or len(told) != len(lines):
        wrong[f"{path}.releases"] = (
            f'{lead}releases：要写成 ["2026-07-04 09:00 = 10"]，每次何时起放出几份，现在是 {shown(lines)}。'
        )
    return PlannedPrize(values.get("name", ""), values.get("stock", 0), ppm or 0, tuple(told))


def _is_sections(given: object) -> bool:
    return isinstance(given, list) and all(isinstance(one, dict) for one in given)
