"""A campaign's plan as a file that people write: TOML 1.0, one key a decision.

`write_plan` writes every key, so that what it wrote is also a list of all there is to decide; `read_plan` needs only
slug, name, bank, opens, and questions or parts.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from datetime import date
from typing import Any

from campaigns.errors import PlanRefused
from campaigns.keeping.plans import CHOICES, FIRST_MS, MARKED_KINDS, POINTS, Part, Plan, faults, is_zone, settled
from campaigns.keeping.prize_files import GROUP_CHOICES, group_values, read_groups, read_tickets
from campaigns.keeping.written_times import closing, moment, moment_text
from campaigns.keeping.written_values import TEXT, WHOLE, YES_OR_NO, fits, nearest, shown
from questions.model import Kind

KEYS: Mapping[str, tuple[str, str]] = {
    "slug": ("slug", TEXT),
    "name": ("name", TEXT),
    "theme": ("theme", TEXT),
    "brand": ("brand", TEXT),
    "organiser": ("organiser", TEXT),
    "picture": ("picture_sha256", TEXT),
    "keyword": ("keyword", TEXT),
    "mode": ("mode", TEXT),
    "bank": ("bank", TEXT),
    "reviewed_only": ("reviewed_only", YES_OR_NO),
    "questions": ("questions_per_paper", WHOLE),
    "same_paper": ("same_paper", YES_OR_NO),
    "shuffle_questions": ("shuffle_questions", YES_OR_NO),
    "shuffle_options": ("shuffle_options", YES_OR_NO),
    "partial": ("partial", TEXT),
    "seconds_per_question": ("seconds_per_question", WHOLE),
    "seconds_per_attempt": ("seconds_per_attempt", WHOLE),
    "grace_seconds": ("grace_seconds", WHOLE),
    "least_ms_per_question": ("least_ms_per_question", WHOLE),
    "attempts_per_day": ("attempts_per_day", WHOLE),
    "attempts_in_all": ("attempts_in_all", WHOLE),
    "counts": ("counts", TEXT),
    "reveals": ("reveals", TEXT),
    "pass_points": ("pass_points", WHOLE),
    "draw_points": ("draw_points", WHOLE),
    "two_person": ("two_person", YES_OR_NO),
    "wins": ("wins", TEXT),
    "admission": ("admission", TEXT),
    "unit_ranking": ("unit_ranking", TEXT),
    "least_headcount": ("least_headcount", WHOLE),
    "reminder_hour": ("reminder_hour", WHOLE),
    "notices_per_day": ("notices_per_day", WHOLE),
    "privacy_notice": ("privacy_notice", TEXT),
    "keep_days": ("keep_days", WHOLE),
}
"""The plain ones: key, the plan's field, and what it must be."""
_OTHERS = ("opens", "closes", "timezone", "hours", "units", "quiet", "points", "part", "tickets", "prize_group")
_PART_KEYS = ("count", "bank", "kind", "category", "difficulty")
_WRONG = Part(0)
_COULD_BE: dict[str, Any] = {"slug": "x", "name": "x", "bank": "x", "questions_per_paper": 1}
_NEEDED = ("slug", "name", "bank", "opens")
_ORDER = (
    "slug", "name", "theme", "brand", "organiser", "picture", "keyword", "mode",
    "opens", "closes", "hours", "timezone",
    "bank", "reviewed_only", "questions", "same_paper", "shuffle_questions", "shuffle_options", "partial",
    "seconds_per_question", "seconds_per_attempt", "grace_seconds", "least_ms_per_question",
    "attempts_per_day", "attempts_in_all", "counts", "reveals", "pass_points", "draw_points", "two_person",
    "wins",
    "admission", "units", "unit_ranking", "least_headcount",
    "reminder_hour", "notices_per_day", "quiet", "privacy_notice", "keep_days", "points", "part",
    "tickets", "prize_group",
)  # fmt: skip
"""In which a file has them."""
_FIELD_KEYS = {field: key for key, (field, _) in KEYS.items()} | {
    "opens_ms": "opens",
    "closes_ms": "closes",
    "quiet_from": "quiet",
    "quiet_until": "quiet",
    "recipe": "part",
}
_HOURS = re.compile(r"(\d{1,2}):(\d\d)\s*[-–—~至]\s*(\d{1,2}):(\d\d)")
_QUIET = re.compile(r"(\d{1,2})\s*[-–—~至]\s*(\d{1,2})")


# --- plan → text -------------------------------------------------------------------------------------------------


def write_plan(plan: Plan) -> str:
    """A plan as TOML that `read_plan` reads as the same plan; behind what is one of few words, all of them."""
    values = plan_values(plan)
    points, parts = values.pop("points"), values.pop("part", [])
    tickets, groups = values.pop("tickets"), values.pop("prize_group", [])
    lines = [f"{key} = {_toml(value)}{_choices(key)}" for key, value in values.items() if value is not None]
    lines += ["", "[points]", *(f"{kind} = {worth}" for kind, worth in points.items())]
    for part in parts:
        lines += ["", "[[part]]", *(f"{key} = {_toml(value)}" for key, value in part.items())]
    lines += ["", "[tickets]", *(f"{key} = {value}" for key, value in tickets.items())]
    for group in groups:
        prizes = group.pop("prize", [])
        lines += ["", "[[prize_group]]"]
        lines += [f"{key} = {_toml(value)}{_choices(key, GROUP_CHOICES)}" for key, value in group.items()]
        for prize in prizes:
            lines += ["", "[[prize_group.prize]]", *(f"{key} = {_toml(value)}" for key, value in prize.items())]
    return "\n".join(lines) + "\n"


def _choices(key: str, among: Mapping[str, tuple[str, ...]] = CHOICES) -> str:
    return f"  # {', '.join(among[key])}" if key in among else ""


def plan_values(plan: Plan) -> dict[str, Any]:
    """A plan by the keys of its file, in their order; None: not set, and not in the file."""
    plan = settled(plan)
    values = {key: getattr(plan, field) for key, (field, _) in KEYS.items()} | {
        "opens": moment_text(plan.opens_ms, plan.timezone),
        "closes": None if plan.closes_ms is None else moment_text(plan.closes_ms, plan.timezone),
        "timezone": plan.timezone,
        "hours": None if plan.hours is None else "-".join(f"{at // 60:02d}:{at % 60:02d}" for at in plan.hours),
        "units": list(plan.units),
        "quiet": f"{plan.quiet_from}-{plan.quiet_until}",
        "points": {kind.value: points for kind, points in plan.points.items()},
        "tickets": plan.tickets.as_json(),
    }
    if plan.prize_groups:
        values["prize_group"] = [group_values(group, plan.timezone) for group in plan.prize_groups]
    if plan.recipe:
        values["questions"] = None
        values["part"] = [{key: value for key, value in _part_values(part).items() if value} for part in plan.recipe]
    return {key: values[key] for key in _ORDER if key in values}


def _part_values(part: Part) -> dict[str, Any]:
    kind = "" if part.kind is None else part.kind.value
    return {
        "count": part.count,
        "bank": part.bank,
        "kind": kind,
        "category": part.category,
        "difficulty": part.difficulty,
    }


def _toml(value: object) -> str:
    """JSON's strings are TOML's, but for the delete character, which TOML wants escaped, too."""
    if isinstance(value, str) and "\n" in value:
        lines = [json.dumps(line, ensure_ascii=False)[1:-1] for line in value.split("\n")]
        return '"""\n' + "\n".join(lines).replace("\x7f", "\\u007f") + '"""'
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


# --- text → plan -------------------------------------------------------------------------------------------------


def read_plan(text: str, zone: str) -> Plan:
    """The plan that a TOML text says; `zone` is for one that names none.

    Raises PlanRefused with everything that is wrong in it, by key: each sentence names its key.
    """
    return plan_from(values_in(text), zone)


def values_in(text: str) -> dict[str, Any]:
    """What a TOML text says, whatever its keys are. Raises PlanRefused for what is no TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PlanRefused(
            {"": f'活动计划不是 TOML 格式（{error}）：文字和时间要加英文引号，如 name = "节能答题"。'}
        ) from error
    except RecursionError as error:
        raise PlanRefused({"": "活动计划不是 TOML 格式：括号套得太深。"}) from error


def plan_from(values: Mapping[str, Any], zone: str) -> Plan:
    """The plan that values by the keys of a file say, None as if the key were not there. Raises as `read_plan`."""
    reader = _Reader({key: value for key, value in values.items() if value is not None})
    plan = settled(reader.plan(zone))
    keys = {_FIELD_KEYS.get(field, field): sentence for field, sentence in faults(plan).items()}
    if wrong := {key: f"{key}：{sentence}" for key, sentence in keys.items()} | reader.wrong:
        raise PlanRefused(wrong)
    return plan


class _Reader:
    """Takes values by key, and remembers what is wrong with which."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values
        self.wrong: dict[str, str] = {}

    def plan(self, zone: str) -> Plan:
        """What could be read; in place of what is wrong, something that could be."""
        known = {*KEYS, *_OTHERS}
        for key in sorted(self._values.keys() - known):
            self.wrong[key] = f"{key}：没有这个项目{nearest(key, known)}"
        for key in _NEEDED:
            if key not in self._values:
                self.wrong[key] = f"{key}：必须写上。"
        if not {"questions", "part"} & self._values.keys():
            self.wrong["questions"] = "questions：必须写上每份试卷的题数，或者用 [[part]] 写各部分。"
        plain = {field: self._typed(key, kind) for key, (field, kind) in KEYS.items() if key in self._values}
        zone = self._zone(zone)
        opens, closes = self._time("opens", zone), self._time("closes", zone)
        rest = {
            "timezone": zone,
            "opens_ms": FIRST_MS if opens is None else opens,
            "closes_ms": closes,
            "hours": self._hours(),
            "units": self._units(),
            "points": self._points(),
            "recipe": self._recipe(),
            "tickets": read_tickets(self._values.get("tickets", {}), self.wrong),
            "prize_groups": read_groups(self._values.get("prize_group", []), zone, self.wrong),
        } | self._quiet()
        return Plan(**_COULD_BE | {name: value for name, value in plain.items() if value is not None} | rest)

    def _typed(self, key: str, kind: str) -> Any:  # noqa: ANN401 — what the key says it is
        value = self._values[key]
        if fits(value, kind):
            return value
        self.wrong[key] = f"{key}：要写成{kind}，现在是 {shown(value)}。"
        return None

    def _text(self, key: str) -> str | None:
        return self._typed(key, TEXT) if key in self._values else None

    def _zone(self, otherwise: str) -> str:
        zone = self._text("timezone")
        if zone is not None and not is_zone(zone):
            self.wrong["timezone"] = f"timezone：没有 {shown(zone)} 这个时区，应当像 Asia/Shanghai。"
            zone = None
        return otherwise if zone is None else zone

    def _time(self, key: str, zone: str) -> int | None:
        value = self._values.get(key)
        if value is None:
            return None
        text = str(value) if isinstance(value, date) else value  # a time of TOML's own, unquoted
        read = closing if key == "closes" else moment
        found = read(text, zone) if isinstance(text, str) else None
        if found is None:
            self.wrong[key] = f'{key}：要写成 "2026-07-04 09:00" 这样的时间，现在是 {shown(value)}。'
        return found

    def _hours(self) -> tuple[int, int] | None:
        text = self._text("hours")
        if not text:
            return None
        found = _HOURS.fullmatch(text.strip())
        numbers = [int(number) for number in found.groups()] if found else []
        if not numbers or max(numbers[1], numbers[3]) > 59:
            self.wrong["hours"] = f'hours：要写成 "09:00-17:00" 这样的时段，现在是 {shown(text)}。'
            return None
        return numbers[0] * 60 + numbers[1], numbers[2] * 60 + numbers[3]

    def _quiet(self) -> dict[str, int]:
        text = self._text("quiet")
        if text is None:
            return {}
        found = _QUIET.fullmatch(text.strip())
        if found is None:
            self.wrong["quiet"] = f'quiet：要写成 "21-8" 这样的钟点，现在是 {shown(text)}。'
            return {}
        return {"quiet_from": int(found[1]), "quiet_until": int(found[2])}

    def _units(self) -> tuple[str, ...]:
        codes = self._values.get("units", [])
        if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
            self.wrong["units"] = f'units：要写成 ["U01", "U02"] 这样的单位代码，现在是 {shown(codes)}。'
            return ()
        return tuple(codes)

    def _points(self) -> dict[Kind, int]:
        points: dict[Kind, int] = dict.fromkeys(MARKED_KINDS, POINTS)
        given = self._values.get("points", {})
        if not isinstance(given, dict):
            self.wrong["points"] = f"points：要写成 [points] 一节，每种题型一行，现在是 {shown(given)}。"
            return points
        kinds = {kind.value: kind for kind in MARKED_KINDS}
        for name, value in given.items():
            key = f"points.{name}"
            if name not in kinds:
                self.wrong[key] = f"{key}：没有这种题型，只有 {'、'.join(kinds)}。"
            elif type(value) is not int or abs(value) > 2**31:
                self.wrong[key] = f"{key}：要写成整数，现在是 {shown(value)}。"
            else:
                points[kinds[name]] = value
        return points

    def _recipe(self) -> tuple[Part, ...]:
        given = self._values.get("part", [])
        if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
            self.wrong["part"] = "part：试卷的每一部分要写成 [[part]] 一节。"
            return ()
        parts = tuple(self._part(ordinal, one) for ordinal, one in enumerate(given, start=1))
        told, count = self._values.get("questions"), sum(part.count for part in parts)
        if _WRONG in parts:
            return ()
        if parts and type(told) is int and told != count:
            self.wrong["questions"] = f"questions：写的是 {told}，而各部分合起来是 {count}。"
        return parts

    def _part(self, ordinal: int, given: Mapping[str, Any]) -> Part:
        lead = f"part 第 {ordinal} 节的 "
        kinds = {kind.value: kind for kind in MARKED_KINDS}
        for key, value in given.items():
            what = f"part.{ordinal}.{key}"
            if key not in _PART_KEYS:
                self.wrong[what] = f"{lead}{key}：没有这个项目{nearest(key, set(_PART_KEYS))}"
            elif key == "count" and (type(value) is not int or not 1 <= value <= 1_000):
                self.wrong[what] = f"{lead}{key}：要写成 1 到 1000 的整数，现在是 {shown(value)}。"
            elif key != "count" and not isinstance(value, str):
                self.wrong[what] = f"{lead}{key}：要写成{TEXT}，现在是 {shown(value)}。"
            elif key == "kind" and value not in {"", *kinds}:
                self.wrong[what] = f"{lead}{key}：没有这种题型，只有 {'、'.join(kinds)}。"
        if "count" not in given:
            self.wrong[f"part.{ordinal}.count"] = f"{lead}count：必须写上。"
        if any(key.startswith(f"part.{ordinal}.") for key in self.wrong):
            return _WRONG
        return Part(
            given["count"],
            given.get("bank", ""),
            kinds.get(given.get("kind", "")),
            given.get("category", ""),
            given.get("difficulty", ""),
        )
