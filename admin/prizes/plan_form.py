"""A campaign's prizes and tickets as a form holds them: shown, changed in shape, and turned into what is planned.

Everything stays as it was typed until all of it can be read. The fields of a group are named ``g0-name``, those of its
prizes ``g0-p1-stock``, both from 0; the plan's own keys count from 1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from werkzeug.datastructures import MultiDict

from admin.campaigns.campaign_form import Choice, whole
from campaigns.keeping import Plan, settled
from campaigns.keeping.plans import faults
from campaigns.keeping.prize_files import odds_text, read_odds, read_release
from campaigns.keeping.written_times import moment_text
from campaigns.prizes.planning import MOST_GROUPS, MOST_PRIZES
from campaigns.prizes.rules import ONE_TICKET, PlannedGroup, PlannedPrize, Release, TicketRule

TICKETS = ("base", "per_points", "per_day", "most")
GROUP_FIELDS = ("name", "kind", "least_points", "unit_quota", "ties", "collecting", "place", "claim_days")
PRIZE_FIELDS = ("name", "stock", "odds", "releases")
CHOICES: Mapping[str, Mapping[str, Choice]] = MappingProxyType(
    {
        "kind": {
            "draw": Choice("抽奖", "活动结束后公开抽，人人可以核验；要的分数是活动的“抽奖至少”"),
            "rank": Choice("按名次", "活动结束后按个人排名从高到低发"),
            "instant": Choice("即时抽奖", "答完一次当场抽一次"),
            "passed": Choice("证书", "达到分数的人都可以下载一张，编号可以查验"),
        },
        "ties": {
            "time": Choice("分数和用时都相同才算并列"),
            "points": Choice("分数相同就算并列"),
        },
        "collecting": {
            "pickup": Choice("自己来领"),
            "post": Choice("邮寄"),
            "none": Choice("不用领"),
        },
        "wins": {
            "campaign": Choice("整个活动只中一次", "中过奖的人不再中别的奖"),
            "group": Choice("每组奖项各中一次", "可以既得名次奖又被抽中"),
            "any": Choice("不限"),
        },
    }
)
_NAME = re.compile(r"g(\d{1,3})-(?:p(\d{1,3})-)?(\w+)")
_KEY = re.compile(r"prize_group\.(\d+)\.(?:prize\.(\d+)\.)?(\w+)")


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group as it was typed."""

    fields: Mapping[str, str]
    prizes: tuple[Mapping[str, str], ...] = ({},)

    @property
    def kind(self) -> str:
        return self.fields.get("kind", "")

    @property
    def name(self) -> str:
        return self.fields.get("name", "")


NEW_GROUP = GroupRow({"kind": "draw", "ties": "time", "collecting": "pickup"})


@dataclass(frozen=True, slots=True)
class PrizeForm:
    groups: tuple[GroupRow, ...] = ()
    tickets: Mapping[str, str] = field(default_factory=dict)
    wins: str = "campaign"
    version: int = 0
    """Of the campaign as the person saw it."""

    def __getitem__(self, name: str) -> str:
        """What stands in a field."""
        match = _NAME.fullmatch(name)
        if match is None:
            return self.wins if name == "wins" else self.tickets.get(name.removeprefix("tickets_"), "")
        group = self.groups[int(match[1])]
        fields = group.fields if match[2] is None else group.prizes[int(match[2])]
        return fields.get(match[3], "")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a form says, and what keeps it from being planned, by field."""

    groups: tuple[PlannedGroup, ...]
    tickets: TicketRule
    wins: str
    errors: Mapping[str, str]


# --- plan → form -------------------------------------------------------------------------------------------------


def form_of(plan: Plan, version: int) -> PrizeForm:
    """A plan's prizes, laid out to be edited."""
    return PrizeForm(
        groups=tuple(_group_row(group, plan.timezone) for group in plan.prize_groups),
        tickets={name: str(number) for name, number in plan.tickets.as_json().items()},
        wins=plan.wins,
        version=version,
    )


def _group_row(group: PlannedGroup, zone: str) -> GroupRow:
    fields = {
        "name": group.name,
        "kind": group.kind,
        "least_points": str(group.least_points or ""),
        "unit_quota": "" if group.unit_quota is None else str(group.unit_quota),
        "ties": group.ties,
        "collecting": group.collecting,
        "place": group.place,
        "claim_days": "" if group.claim_days is None else str(group.claim_days),
    }
    return GroupRow(fields, tuple(_prize_row(prize, zone) for prize in group.prizes) or ({},))


def _prize_row(prize: PlannedPrize, zone: str) -> dict[str, str]:
    return {
        "name": prize.name,
        "stock": str(prize.stock),
        "odds": odds_text(prize.odds_ppm).removesuffix("%") if prize.odds_ppm else "",
        "releases": "\n".join(f"{moment_text(one.at_ms, zone)} = {one.count}" for one in prize.releases),
    }


# --- what was sent → form ----------------------------------------------------------------------------------------


def read_form(sent: MultiDict[str, str]) -> PrizeForm:
    """What the person has sent, whatever it is worth; no more groups and prizes than there may be, and one."""
    prizes: dict[int, int] = {}
    for match in filter(None, map(_NAME.fullmatch, sent)):
        group = int(match[1])
        prizes[group] = max(prizes.get(group, 0), 0 if match[2] is None else int(match[2]) + 1)
    count = min(max(prizes, default=-1) + 1, MOST_GROUPS + 1)
    version = sent.get("version", "")
    return PrizeForm(
        groups=tuple(
            GroupRow(
                {name: _tidy(sent.get(f"g{group}-{name}", "")) for name in GROUP_FIELDS},
                tuple(
                    {name: _tidy(sent.get(f"g{group}-p{prize}-{name}", "")) for name in PRIZE_FIELDS}
                    for prize in range(min(prizes.get(group, 0), MOST_PRIZES + 1))
                )
                or ({},),
            )
            for group in range(count)
        ),
        tickets={name: _tidy(sent.get(f"tickets_{name}", "")) for name in TICKETS},
        wins=sent.get("wins", "campaign"),
        version=int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0,
    )


def _tidy(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def reshaped(form: PrizeForm, do: str) -> PrizeForm:
    """The form after one of its own buttons, places from 0; anything else: as it is.

    ``add`` and ``remove-1``: a group; ``up-1``: before the one that it follows; ``more-1``: a prize for a group,
    ``less-1-2``: without one.
    """
    what, *told = do.split("-")
    places = [int(place) for place in told if place.isascii() and place.isdigit() and len(place) < 4]
    groups = list(form.groups)
    match what, places:
        case "add", []:
            groups.append(NEW_GROUP)
        case "remove", [group] if group < len(groups):
            del groups[group]
        case "up", [group] if 0 < group < len(groups):
            groups.insert(group - 1, groups.pop(group))
        case "more", [group] if group < len(groups):
            groups[group] = replace(groups[group], prizes=(*groups[group].prizes, {}))
        case "less", [group, prize] if group < len(groups):
            kept = tuple(one for place, one in enumerate(groups[group].prizes) if place != prize)
            groups[group] = replace(groups[group], prizes=kept or ({},))
    return replace(form, groups=tuple(groups))


# --- form → plan -------------------------------------------------------------------------------------------------


class _Fields:
    """Reads fields one by one, and remembers which hold what cannot be read; what cannot be is for `faults` to say."""

    def __init__(self, form: PrizeForm, zone: str) -> None:
        self.form = form
        self.zone = zone
        self.errors: dict[str, str] = {}

    def number(self, name: str, empty: int = 0) -> int:
        """`empty` is what an empty field says, and what stands in where nothing can be read."""
        number = whole(self.form[name]) if self.form[name] else empty
        if number is None:
            self.errors[name] = "请填整数。"
            return empty
        return number

    def number_if_any(self, name: str) -> int | None:
        return self.number(name, 1) if self.form[name] else None

    def odds(self, name: str) -> int:
        text = self.form[name].rstrip("%％ ")
        ppm = read_odds(f"{text}%") if text else 0
        if ppm is None:
            self.errors[name] = "请填百分数，例如 2.5，最多四位小数。"
        return ppm or 0

    def releases(self, name: str) -> tuple[Release, ...]:
        lines = [line for line in self.form[name].split("\n") if line.strip()]
        found = [read_release(line, self.zone) for line in lines]
        if None in found:
            self.errors[name] = "请一行写一次，例如 2026-07-04 09:00 = 10。"
        return tuple(one for one in found if one is not None)


def read_prizes(form: PrizeForm, plan: Plan) -> Reading:
    """What a form says of the prizes of a campaign that is otherwise planned so."""
    fields = _Fields(form, plan.timezone)
    groups = tuple(_group(fields, place, row) for place, row in enumerate(form.groups))
    tickets = ONE_TICKET
    if form.tickets:
        tickets = TicketRule(**{name: fields.number(f"tickets_{name}", int(name == "base")) for name in TICKETS})
    planned = settled(replace(plan, prize_groups=groups, tickets=tickets, wins=form.wins))
    return Reading(planned.prize_groups, tickets, form.wins, {**errors_of(faults(planned)), **fields.errors})


def _group(fields: _Fields, place: int, row: GroupRow) -> PlannedGroup:
    """With what groups of its kind have, and nothing else."""
    lead, kind = f"g{place}-", row.kind
    if kind == "passed":
        return PlannedGroup(row.name, kind, least_points=fields.number(f"{lead}least_points"), collecting="none")
    collecting = fields.form[f"{lead}collecting"]
    return PlannedGroup(
        name=row.name,
        kind=kind,
        prizes=tuple(_prize(fields, f"{lead}p{prize}-", kind) for prize in range(len(row.prizes))),
        least_points=0 if kind == "draw" else fields.number(f"{lead}least_points"),
        unit_quota=fields.number_if_any(f"{lead}unit_quota"),
        ties=fields.form[f"{lead}ties"] or "time" if kind == "rank" else "time",
        collecting=collecting or "pickup",
        place=fields.form[f"{lead}place"],
        claim_days=fields.number_if_any(f"{lead}claim_days"),
    )


def _prize(fields: _Fields, lead: str, kind: str) -> PlannedPrize:
    instant = kind == "instant"
    return PlannedPrize(
        name=fields.form[f"{lead}name"],
        stock=fields.number(f"{lead}stock"),
        odds_ppm=fields.odds(f"{lead}odds") if instant else 0,
        releases=fields.releases(f"{lead}releases") if instant else (),
    )


def errors_of(found: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with a plan, by the form's fields instead of the plan's keys."""
    return {_field_of(key): sentence for key, sentence in found.items()}


def _field_of(key: str) -> str:
    match = _KEY.fullmatch(key)
    if match is None:
        return key.replace(".", "_")
    inner = "" if match[2] is None else f"p{int(match[2]) - 1}-"
    return f"g{int(match[1]) - 1}-{inner}{match[3]}"
