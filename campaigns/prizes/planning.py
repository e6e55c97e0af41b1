"""What of a campaign's prizes cannot be, before any bank, unit or person is looked at."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace

from campaigns.prizes.rules import COLLECTING, KINDS, MILLION, TIES, PlannedGroup, PlannedPrize, TicketRule

NAME_LENGTH = 100
PLACE_LENGTH = 500
MOST_GROUPS = MOST_PRIZES = 50
"""Groups of a campaign, and prizes of a group: more is a slip of the pen."""
MOST_STOCK = 100_000
"""Of one prize; and of all prizes of a draw, which its public list can hold."""
MOST_TICKETS = 1_000
"""Of one person: every ticket is hashed, on organisers' phones, too."""
LARGEST_POINTS = 1_000_000
LONGEST_CLAIM = 365

KIND_NAMES = {"rank": "按名次", "draw": "抽奖", "instant": "即时抽奖", "passed": "证书"}


def settled_groups(groups: Sequence[PlannedGroup]) -> tuple[PlannedGroup, ...]:
    """Groups as they are kept: texts tidied, releases in their order; of certificates nothing is handed out."""
    return tuple(
        replace(
            group,
            name=_tidy(group.name),
            place=group.place.replace("\r\n", "\n").strip(),
            collecting="none" if group.kind == "passed" and group.collecting == "pickup" else group.collecting,
            prizes=tuple(
                replace(
                    prize,
                    name=_tidy(prize.name),
                    releases=tuple(sorted(prize.releases, key=lambda release: release.at_ms)),
                )
                for prize in group.prizes
            ),
        )
        for group in groups
    )


def _tidy(name: str) -> str:
    return " ".join(name.split())


def prize_faults(
    groups: Sequence[PlannedGroup],
    tickets: TicketRule,
    *,
    mode: str,
    opens_ms: int,
    closes_ms: int | None,
) -> dict[str, str]:
    """One sentence by what it is about.

    ``tickets.base``, ``prize_group`` for all groups, and for a single one ``prize_group.2.name``,
    ``prize_group.2.prize.1.stock`` (both from 1), by the names of their fields.
    """
    found = dict(_of_tickets(tickets))
    if groups and mode == "practice":
        found["prize_group"] = "练习不计成绩，不能设奖项：请去掉奖项，或者改成正式答题。"
    elif len(groups) > MOST_GROUPS:
        found["prize_group"] = f"奖项最多 {MOST_GROUPS} 组，请合并一些。"
    names: set[str] = set()
    for place, group in enumerate(groups, start=1):
        lead = f"prize_group.{place}"
        if group.name and group.name in names:
            found[f"{lead}.name"] = f"奖项“{group.name}”写了两次，请换一个名称。"
        names.add(group.name)
        if group.kind == "passed" and any(one.kind == "passed" for one in groups[: place - 1]):
            found[f"{lead}.kind"] = "证书只能有一组，请去掉多的。"
        for key, sentence in _of_group(group, place, opens_ms, closes_ms):
            found.setdefault(f"{lead}.{key}", sentence)
    return found


def _of_tickets(tickets: TicketRule) -> Iterator[tuple[str, str]]:
    if not 1 <= tickets.base <= MOST_TICKETS:
        yield "tickets.base", f"每人的抽奖券至少 1 张，最多 {MOST_TICKETS} 张。"
    if not 0 <= tickets.per_points <= LARGEST_POINTS:
        yield "tickets.per_points", f"每多几分加一张券，在 0 到 {LARGEST_POINTS} 分之间；0 表示不按分数加。"
    if not 0 <= tickets.per_day <= MOST_TICKETS:
        yield "tickets.per_day", f"每多答一天加的券在 0 到 {MOST_TICKETS} 张之间；0 表示不按天数加。"
    if not 0 <= tickets.most <= MOST_TICKETS:
        yield "tickets.most", f"每人最多的券数在 1 到 {MOST_TICKETS} 张之间；0 表示不设上限。"
    elif tickets.most and tickets.most < tickets.base:
        yield "tickets.most", f"每人最多 {tickets.most} 张券，比每人都有的 {tickets.base} 张还少，请改大一些。"


def _of_group(group: PlannedGroup, place: int, opens_ms: int, closes_ms: int | None) -> Iterator[tuple[str, str]]:
    """By the names of the group's fields."""
    called = f"奖项“{group.name}”" if group.name else f"第 {place} 组奖项"
    if sentence := _unfit_name(group.name, called):
        yield "name", sentence
    if group.kind not in KINDS:
        yield "kind", f"{called}的 kind 只能是 {'、'.join(KINDS)} 中的一个。"
        return
    if not 0 <= group.least_points <= LARGEST_POINTS:
        yield "least_points", f"{called}要的分数在 0 到 {LARGEST_POINTS} 之间；0 表示答完就算。"
    elif group.kind == "draw" and group.least_points:
        yield "least_points", f"{called}是抽奖，要的分数是活动的抽奖分，不能另写。"
    if group.unit_quota is not None and not 1 <= group.unit_quota <= MOST_STOCK:
        yield "unit_quota", f"{called}的单位名额在 1 到 {MOST_STOCK} 之间；不限就不要填。"
    if group.ties not in TIES:
        yield "ties", f"{called}的 ties 只能是 {'、'.join(TIES)} 中的一个。"
    elif group.ties != "time" and group.kind != "rank":
        yield "ties", f"{called}不是按名次，没有并列，不能写并列的规则。"
    if group.collecting not in COLLECTING:
        yield "collecting", f"{called}的 collecting 只能是 {'、'.join(COLLECTING)} 中的一个。"
    if len(group.place) > PLACE_LENGTH or not _is_storable(group.place):
        yield "place", f"{called}的领奖地点最多 {PLACE_LENGTH} 个字，不能有看不见的字符。"
    if group.claim_days is not None and not 1 <= group.claim_days <= LONGEST_CLAIM:
        yield "claim_days", f"{called}的领奖期限在 1 到 {LONGEST_CLAIM} 天之间；不限就不要填。"
    yield from (
        _of_certificates(group, called) if group.kind == "passed" else _of_prizes(group, called, opens_ms, closes_ms)
    )


def _of_certificates(group: PlannedGroup, called: str) -> Iterator[tuple[str, str]]:
    if group.prizes:
        yield "prize", f"{called}是证书，每个合格的人都有，不能写奖品：请去掉奖品，或者换一种奖项。"
    for name in ("unit_quota", "claim_days"):
        if getattr(group, name) is not None:
            yield name, f"{called}是证书，没有名额和期限，请去掉。"
    if group.collecting != "none" or group.place:
        yield "collecting", f"{called}是证书，自己下载，不用写怎么领。"


def _of_prizes(group: PlannedGroup, called: str, opens_ms: int, closes_ms: int | None) -> Iterator[tuple[str, str]]:
    """By the names of the prizes' fields."""
    if not group.prizes:
        yield "prize", f"{called}还没有奖品，请至少写一种。"
    elif len(group.prizes) > MOST_PRIZES:
        yield "prize", f"{called}的奖品最多 {MOST_PRIZES} 种，请分成几组。"
    elif group.kind == "draw" and sum(prize.stock for prize in group.prizes) > MOST_STOCK:
        yield "prize", f"{called}的奖品一共不能超过 {MOST_STOCK} 份。"
    names: set[str] = set()
    for place, prize in enumerate(group.prizes, start=1):
        lead = f"prize.{place}"
        named = f"{called}的“{prize.name}”" if prize.name else f"{called}的第 {place} 种奖品"
        if prize.name and prize.name in names:
            yield f"{lead}.name", f"{named}写了两次，请合并数量。"
        names.add(prize.name)
        for key, sentence in _of_prize(prize, named, group.kind, opens_ms, closes_ms):
            yield f"{lead}.{key}", sentence


def _of_prize(
    prize: PlannedPrize, named: str, kind: str, opens_ms: int, closes_ms: int | None
) -> Iterator[tuple[str, str]]:
    if sentence := _unfit_name(prize.name, named):
        yield "name", sentence
    if not 1 <= prize.stock <= MOST_STOCK:
        yield "stock", f"{named}的数量在 1 到 {MOST_STOCK} 之间。"
    if kind != "instant":
        if prize.odds_ppm:
            yield "odds", f"{named}不是即时抽奖的奖品，没有中奖机会可写，请去掉。"
        if prize.releases:
            yield "releases", f"{named}不是即时抽奖的奖品，不能分时段放出，请去掉。"
        return
    if not 0 < prize.odds_ppm <= MILLION:
        yield "odds", f"{named}的中奖机会要大于 0，最多 100%，例如 2.5%。"
    if prize.releases:
        yield from _of_releases(prize, named, opens_ms, closes_ms)


def _of_releases(prize: PlannedPrize, named: str, opens_ms: int, closes_ms: int | None) -> Iterator[tuple[str, str]]:
    released = sum(one.count for one in prize.releases)
    if any(one.count < 1 for one in prize.releases):
        yield "releases", f"{named}每次放出的份数至少 1 份。"
    elif any(one.at_ms < opens_ms or (closes_ms is not None and one.at_ms >= closes_ms) for one in prize.releases):
        yield "releases", f"{named}的放出时间要在活动的起止时间之内。"
    elif released != prize.stock:
        yield "releases", f"{named}各时段合起来放出 {released} 份，而数量是 {prize.stock} 份，请改成一样。"


def _is_storable(text: str) -> bool:
    """Whether it has no control characters but tabs and ends of lines, and no halves of surrogate pairs."""
    return all(letter in "\n\t" or unicodedata.category(letter) not in {"Cc", "Cs"} for letter in text)


def _unfit_name(name: str, called: str) -> str:
    if not name:
        return f"{called}要有名称。"
    if len(name) > NAME_LENGTH or not name.isprintable():
        return f"{called}的名称最多 {NAME_LENGTH} 个字，不能有看不见的字符。"
    return ""
