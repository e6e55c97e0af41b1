"""A campaign's plan as a form holds it, half filled in perhaps: shown, changed in shape, and turned into a plan.

Everything stays as it was typed until all of it can be read; what cannot is told beside its field.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from campaigns.clock import local
from campaigns.errors import Refused
from campaigns.keeping import MARKED_KINDS, Part, Plan, plan_values, settled
from campaigns.keeping.plans import faults
from campaigns.keeping.prize_files import read_groups, read_tickets
from campaigns.prizes.rules import WINS

_TIMES = ("%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S")
_MIDNIGHT = 24 * 60
_APART = re.compile(r"[\s、，,；;]+")

_PRIZE_KEYS = ("tickets", "wins", "prize_group")

TICKS = ("reviewed_only", "same_paper", "shuffle_questions", "shuffle_options", "two_person")
ZONES = ("Asia/Shanghai", "Asia/Urumqi")


@dataclass(frozen=True, slots=True)
class Choice:
    label: str
    meaning: str = ""


CHOICES: Mapping[str, Mapping[str, Choice]] = MappingProxyType(
    {
        "mode": {
            "formal": Choice("正式答题", "计成绩、排名，可以抽奖"),
            "daily": Choice("每日答题", "每天重新答，每天一次（可改）"),
            "practice": Choice("练习", "不计成绩，不排名，不抽奖"),
        },
        "partial": {
            "none": Choice("不给分", "必须全部选对"),
            "half": Choice("给一半", "没有选错、只是没选全"),
            "each": Choice("选对几项给几份", "没有选错、只是没选全"),
        },
        "counts": {
            "best": Choice("最好的一次"),
            "first": Choice("第一次"),
            "last": Choice("最后一次"),
            "sum": Choice("每天最好成绩相加"),
        },
        "reveals": {
            "at_once": Choice("答完一题就公布", "当场告诉对错和解析"),
            "at_end": Choice("交卷后公布", "答完整份才告诉对错和得分"),
            "after_close": Choice("活动结束后公布", "结束前看不到对错、得分和排名"),
        },
        "admission": {
            "open": Choice("任何人", "不用先说自己是谁"),
            "unit": Choice("选了单位的人", "先选单位再答题"),
            "roster": Choice("花名册上的人", "姓名、工号和花名册对得上才能答题"),
        },
        "unit_ranking": {
            "participation": Choice("参与率"),
            "average": Choice("平均分"),
            "total": Choice("总分"),
            "pass_rate": Choice("合格率"),
        },
    }
)
"""What may be chosen for a rule, the usual one first."""

SECTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "name": ("name", "slug", "theme", "brand", "organiser", "keyword", "picture"),
        "time": ("opens", "closes", "timezone", "hours_from", "hours_until"),
        "paper": ("bank", "parts", *(f"points_{kind.value}" for kind in MARKED_KINDS), "partial"),
        "rules": (
            "mode", "counts", "attempts_per_day", "attempts_in_all", "reveals", "seconds_per_question",
            "seconds_per_attempt", "grace_seconds", "least_seconds_per_question",
        ),
        "people": ("admission", "units", "privacy_notice", "keep_days"),
        "ranking": ("unit_ranking", "least_headcount", "pass_points", "draw_points"),
        "notices": ("reminder_hour", "notices_per_day", "quiet_from", "quiet_until"),
    }
)  # fmt: skip
"""Which fields stand in which section, so that one with an error is shown open."""
_FIELDS = tuple(name for names in SECTIONS.values() for name in names if name not in {"picture", "parts"})


@dataclass(frozen=True, slots=True)
class PartRow:
    """A line of the recipe as it was typed."""

    count: str = "10"
    bank: str = ""
    kind: str = ""
    category: str = ""
    difficulty: str = ""


@dataclass(frozen=True, slots=True)
class CampaignForm:
    texts: Mapping[str, str]
    """What stands in each field, by its name."""
    ticks: frozenset[str] = frozenset()
    parts: tuple[PartRow, ...] = (PartRow(),)
    picture: str = ""
    """The hash of the picture that heads the entry page; empty: none."""
    version: int = 0
    """Of the campaign as the person saw it; 0: there is none yet."""
    prizes: str = ""
    """What a file says of prizes and tickets, as the JSON of its keys, until there is a draft that has them."""

    def __getitem__(self, name: str) -> str:
        return self.texts.get(name, "")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a form says: the plan, or what keeps it from being one, by field."""

    plan: Plan | None
    errors: Mapping[str, str] = field(default_factory=dict)


# --- plan → form -------------------------------------------------------------------------------------------------


def empty_form(now: int, zone: str, bank: str, organiser: str = "") -> CampaignForm:
    """What is right for most: a week of formal answering that begins tomorrow morning."""
    tomorrow = (local(now, zone) + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)
    closes = (tomorrow + timedelta(days=6)).replace(hour=17)
    plan = Plan(
        slug="",
        name="",
        bank=bank,
        opens_ms=int(tomorrow.timestamp()) * 1_000,
        closes_ms=int(closes.timestamp()) * 1_000,
        timezone=zone,
        questions_per_paper=10,
        organiser=organiser,
    )
    return form_of(plan, 0)


def form_of(plan: Plan, version: int) -> CampaignForm:
    """A plan, laid out to be edited."""
    return CampaignForm(
        texts={
            "name": plan.name,
            "slug": plan.slug,
            "theme": plan.theme,
            "brand": plan.brand,
            "organiser": plan.organiser,
            "keyword": plan.keyword,
            "opens": _moment_text(plan.opens_ms, plan.timezone),
            "closes": "" if plan.closes_ms is None else _moment_text(plan.closes_ms, plan.timezone),
            "timezone": plan.timezone,
            "hours_from": "" if plan.hours is None else _minute_text(plan.hours[0]),
            "hours_until": "" if plan.hours is None else _minute_text(plan.hours[1]),
            "bank": plan.bank,
            **{f"points_{kind.value}": str(plan.points.get(kind, 0)) for kind in MARKED_KINDS},
            "partial": plan.partial,
            "mode": plan.mode,
            "counts": plan.counts,
            "attempts_per_day": _number_text(plan.attempts_per_day),
            "attempts_in_all": _number_text(plan.attempts_in_all),
            "reveals": plan.reveals,
            "seconds_per_question": _number_text(plan.seconds_per_question),
            "seconds_per_attempt": _number_text(plan.seconds_per_attempt),
            "grace_seconds": str(plan.grace_seconds),
            "least_seconds_per_question": f"{plan.least_ms_per_question / 1_000:g}",
            "admission": plan.admission,
            "units": "\n".join(plan.units),
            "privacy_notice": plan.privacy_notice,
            "keep_days": _number_text(plan.keep_days),
            "unit_ranking": plan.unit_ranking,
            "least_headcount": str(plan.least_headcount),
            "pass_points": str(plan.pass_points),
            "draw_points": str(plan.draw_points),
            "reminder_hour": _number_text(plan.reminder_hour),
            "notices_per_day": str(plan.notices_per_day),
            "quiet_from": str(plan.quiet_from),
            "quiet_until": str(plan.quiet_until),
        },
        ticks=frozenset(name for name in TICKS if getattr(plan, name)),
        parts=tuple(_row(part) for part in plan.recipe or (Part(plan.questions_per_paper),)),
        picture=plan.picture_sha256 or "",
        version=version,
        prizes="" if version else _prizes_text(plan),
    )


def _prizes_text(plan: Plan) -> str:
    values = plan_values(plan)
    return json.dumps({key: values[key] for key in _PRIZE_KEYS if key in values}, ensure_ascii=False)


def _row(part: Part) -> PartRow:
    kind = "" if part.kind is None else part.kind.value
    return PartRow(str(part.count), part.bank, kind, part.category, part.difficulty)


def _number_text(number: int | None) -> str:
    return "" if number is None else str(number)


def _moment_text(ms: int, zone: str) -> str:
    return local(ms, zone).strftime("%Y-%m-%dT%H:%M")


def _minute_text(minute: int) -> str:
    """The end of the day is written as its beginning: no field for times holds 24:00."""
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


# --- what was sent → form ----------------------------------------------------------------------------------------


def read_form(sent: MultiDict[str, str]) -> CampaignForm:
    """What the person has sent, whatever it is worth."""
    version = sent.get("version", "")
    return CampaignForm(
        texts={name: _tidy(sent.get(name, "")) for name in _FIELDS},
        ticks=frozenset(name for name in TICKS if sent.get(name)),
        parts=tuple(
            PartRow(*(_tidy(text) for text in row))
            for row in zip(
                *(sent.getlist(f"part_{name}") for name in ("count", "bank", "kind", "category", "difficulty")),
                strict=False,
            )
        ),
        picture="" if sent.get("drop_picture") else _tidy(sent.get("picture_sha256", "")),
        version=int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0,
        prizes=sent.get("prizes", ""),
    )


def _tidy(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def reshaped(form: CampaignForm, do: str) -> CampaignForm:
    """The form after one of the recipe's own buttons: ``add``, or ``remove-2`` (from 0); anything else: as it is."""
    what, _, place = do.partition("-")
    rows = list(form.parts)
    if what == "add":
        rows.append(PartRow(count=""))
    elif what == "remove" and place.isascii() and place.isdigit() and int(place) < len(rows):
        del rows[int(place)]
    return replace(form, parts=tuple(rows) or (PartRow(),))


# --- form → plan -------------------------------------------------------------------------------------------------


class _Fields:
    """Reads fields one by one, and remembers which hold what cannot be read; what cannot be is for `faults` to say."""

    def __init__(self, form: CampaignForm) -> None:
        self.form = form
        self.errors: dict[str, str] = {}

    def number(self, name: str, otherwise: int = 0) -> int:
        """`otherwise` stands in where nothing can be read."""
        number = whole(self.form[name])
        if number is None:
            self.errors[name] = "请填整数。"
            return otherwise
        return number

    def number_if_any(self, name: str) -> int | None:
        return self.number(name, 1) if self.form[name] else None

    def moment(self, name: str, zone: str) -> int:
        moment = read_moment(self.form[name], zone)
        if moment is None:
            self.errors[name] = "请填写日期和时间，例如 2026-07-04 09:00。"
        return moment or 0

    def minute(self, name: str) -> int:
        match = re.fullmatch(r"([01]?\d|2[0-3])[:：]([0-5]\d)(?::00)?", self.form[name], re.ASCII)
        if match is None:
            self.errors[name] = "请填写时间，例如 09:00。"
            return 0
        return int(match[1]) * 60 + int(match[2])


def read_moment(text: str, zone: str) -> int | None:
    """A moment as a form's field holds it, in a zone, as UTC milliseconds; None for anything else."""
    for written in _TIMES:
        try:
            return int(datetime.strptime(text.strip(), written).replace(tzinfo=ZoneInfo(zone)).timestamp()) * 1_000
        except (ValueError, OverflowError):
            continue
    return None


def read_units(text: str) -> tuple[str, ...]:
    """Codes of units, however they stand apart; none twice."""
    return tuple(dict.fromkeys(code for code in _APART.split(text) if code))


def whole(text: str) -> int | None:
    """A number that is written with digits alone, of whatever width; None for anything else."""
    text = text.strip()
    return int(text) if text.isdecimal() and len(text) <= 9 else None


def read_plan_of(form: CampaignForm, slug: str = "", draft: Plan | None = None) -> Reading:
    """The plan that a form says; `slug` is that of a campaign which exists, and keeps it.

    Prizes and tickets have a page of their own: they are those of the `draft`, or of the file that the form was made
    from.
    """
    fields = _Fields(form)
    zone = _zone(fields)
    parts = _parts(fields)
    plan = Plan(
        slug=slug or form["slug"],
        name=form["name"],
        bank=form["bank"],
        opens_ms=fields.moment("opens", zone),
        closes_ms=fields.moment("closes", zone) if form["closes"] else None,
        timezone=zone,
        questions_per_paper=sum(part.count for part in parts),
        recipe=parts,
        theme=form["theme"],
        brand=form["brand"],
        organiser=form["organiser"],
        keyword=form["keyword"],
        picture_sha256=form.picture or None,
        hours=_hours(fields),
        points={kind: fields.number(f"points_{kind.value}", 1) for kind in MARKED_KINDS},
        partial=form["partial"],
        mode=form["mode"],
        counts=form["counts"],
        attempts_per_day=fields.number_if_any("attempts_per_day"),
        attempts_in_all=fields.number_if_any("attempts_in_all"),
        reveals=form["reveals"],
        seconds_per_question=fields.number_if_any("seconds_per_question"),
        seconds_per_attempt=fields.number_if_any("seconds_per_attempt"),
        grace_seconds=fields.number("grace_seconds"),
        least_ms_per_question=_least_ms(fields),
        admission=form["admission"],
        units=read_units(form["units"]),
        privacy_notice=form["privacy_notice"],
        keep_days=fields.number_if_any("keep_days"),
        unit_ranking=form["unit_ranking"],
        least_headcount=fields.number("least_headcount"),
        pass_points=fields.number("pass_points"),
        draw_points=fields.number("draw_points"),
        reminder_hour=fields.number_if_any("reminder_hour"),
        notices_per_day=fields.number("notices_per_day"),
        quiet_from=fields.number("quiet_from"),
        quiet_until=fields.number("quiet_until"),
        **_prizes(form, draft, zone),
        **{name: name in form.ticks for name in TICKS},  # type: ignore[arg-type]
    )
    found = errors_of(faults(settled(plan)))
    unread = fields.errors
    if {"opens", "closes"} & unread.keys():  # one that stands in for what was not read proves nothing of the other
        found = {name: sentence for name, sentence in found.items() if name not in {"opens", "closes"}}
    errors = {**found, **unread}
    return Reading(None if errors else settled(plan), errors)


def _prizes(form: CampaignForm, draft: Plan | None, zone: str) -> dict[str, Any]:
    if draft is not None:
        return {"tickets": draft.tickets, "wins": draft.wins, "prize_groups": draft.prize_groups}
    if not form.prizes:
        return {}
    wrong: dict[str, str] = {}
    try:
        values = json.loads(form.prizes)
        found = {
            "tickets": read_tickets(values.get("tickets", {}), wrong),
            "wins": str(values.get("wins", WINS[0])),
            "prize_groups": read_groups(values.get("prize_group", []), zone, wrong),
        }
    except (ValueError, AttributeError, RecursionError):
        wrong["prizes"] = "not JSON"
    if wrong:  # nobody types this: the form has been tampered with, or cut short on its way
        raise Refused("方案文件里的奖品没有收全，请重新读入方案文件。")
    return found


def errors_of(found: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with a plan, by the form's fields instead of the plan's."""
    return {_FIELD_OF.get(name, name): sentence for name, sentence in found.items()}


_FIELD_OF = {
    "opens_ms": "opens",
    "closes_ms": "closes",
    "hours": "hours_until",
    "recipe": "parts",
    "questions_per_paper": "parts",
    "points": "points_single",
    "picture_sha256": "picture",
    "least_ms_per_question": "least_seconds_per_question",
}


def elsewhere(errors: Mapping[str, str]) -> list[str]:
    """What is wrong with prizes: they are on a page of their own."""
    return [sentence for name, sentence in errors.items() if name.startswith(("prize_group", "tickets", "wins"))]


def _zone(fields: _Fields) -> str:
    name = fields.form["timezone"]
    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError):
        fields.errors["timezone"] = "没有这个时区，请选一个。"
        return ZONES[0]


def _hours(fields: _Fields) -> tuple[int, int] | None:
    if not fields.form["hours_from"] and not fields.form["hours_until"]:
        return None
    start, end = fields.minute("hours_from"), fields.minute("hours_until")
    if {"hours_from", "hours_until"} & fields.errors.keys():
        return None
    return start, end or _MIDNIGHT


def _least_ms(fields: _Fields) -> int:
    text = fields.form["least_seconds_per_question"]
    if not re.fullmatch(r"\d{1,5}(\.\d{1,3})?", text, re.ASCII):
        fields.errors["least_seconds_per_question"] = "请填秒数，例如 2 或 1.5；不限请填 0。"
        return 0
    return round(float(text) * 1_000)


def _parts(fields: _Fields) -> tuple[Part, ...]:
    kinds = {kind.value: kind for kind in MARKED_KINDS}
    parts = []
    for place, row in enumerate(fields.form.parts, start=1):
        count = whole(row.count)
        if not count:
            fields.errors.setdefault("parts", f"第 {place} 行的题数请填整数；用不着的行请去掉。")
        if row.kind not in {"", *kinds}:
            fields.errors.setdefault("parts", f"第 {place} 行的题型请选一种。")
        parts.append(Part(count or 1, row.bank, kinds.get(row.kind), row.category, row.difficulty))
    if not parts:
        fields.errors["parts"] = "至少要有一行题目，请点“加一行”。"
    return tuple(parts) or (Part(1),)


# --- what is chosen, in a line -----------------------------------------------------------------------------------


def summaries(form: CampaignForm) -> dict[str, str]:
    """What the folded sections hold just now, so that nobody has to open them to see."""
    per_day, in_all = form["attempts_per_day"], form["attempts_in_all"]
    limits = [f"每天 {per_day} 次" if per_day else "", f"一共 {in_all} 次" if in_all else ""]
    seconds = [
        f"整份限时 {form['seconds_per_attempt']} 秒" if form["seconds_per_attempt"] else "",
        f"每题限时 {form['seconds_per_question']} 秒" if form["seconds_per_question"] else "",
    ]
    said = {
        "rules": [
            _label(form, "mode"),
            "，".join(filter(None, limits)) or "次数不限",
            f"取{_label(form, 'counts')}",
            _label(form, "reveals"),
            "，".join(filter(None, seconds)) or "不限时",
        ],
        "people": [
            f"{_label(form, 'admission')}可以答题",
            "指定了单位" if form["units"] else "所有单位",
            "自己写的告知" if form["privacy_notice"] else "自带的告知",
            f"结束 {form['keep_days']} 天后清除个人信息" if form["keep_days"] else "",
        ],
        "ranking": [
            f"单位按{_label(form, 'unit_ranking')}排名",
            f"合格 {form['pass_points']} 分" if whole(form["pass_points"]) else "答完就合格",
            f"抽奖至少 {form['draw_points']} 分" if whole(form["draw_points"]) else "答完就可以抽奖",
        ],
        "notices": [
            f"每天最多 {form['notices_per_day']} 条" if whole(form["notices_per_day"]) else "不发通知",
            f"{form['reminder_hour']} 点提醒" if form["reminder_hour"] else "不提醒",
            f"{form['quiet_from']} 点到 {form['quiet_until']} 点不打扰" * (form["quiet_from"] != form["quiet_until"]),
        ],
    }
    return {section: " · ".join(filter(None, parts)) for section, parts in said.items()}


def _label(form: CampaignForm, name: str) -> str:
    chosen = CHOICES[name].get(form[name])
    return "" if chosen is None else chosen.label
