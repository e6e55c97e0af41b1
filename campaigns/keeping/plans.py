"""What is decided about a campaign before it is published."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from campaigns import banks
from campaigns.prizes.planning import prize_faults, settled_groups
from campaigns.prizes.rules import ONE_TICKET, WINS, PlannedGroup, TicketRule
from questions.grading import folded
from questions.model import Kind

POINTS = 10
KEYWORD_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Part:
    """One line of a paper's recipe: so many questions, of a bank, a kind, a category, a difficulty."""

    count: int
    bank: str = ""
    """The bank's slug; empty: the plan's own."""
    kind: Kind | None = None
    """None, as empty in the following: any."""
    category: str = ""
    difficulty: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that is decided about a campaign before it is published."""

    slug: str
    name: str
    bank: str
    """The bank's slug."""
    opens_ms: int
    closes_ms: int | None
    """The first millisecond in which nothing is accepted any more; None: never closes."""
    timezone: str
    questions_per_paper: int
    theme: str = ""
    organiser: str = ""
    points: Mapping[Kind, int] = field(
        default_factory=lambda: {kind: POINTS for kind in Kind if kind is not Kind.ESSAY}
    )
    """For a right answer; a kind that is missing is not asked."""
    shuffle_questions: bool = True
    shuffle_options: bool = True
    attempts_in_all: int | None = None
    """None: as many as one likes."""
    attempts_per_day: int | None = None
    draw_points: int = 0
    two_person: bool = False
    keyword: str = ""
    """What a participant may send to enter this campaign; empty: it has none."""
    reviewed_only: bool = False
    """Whether the bank's drafts are left out when it is published."""
    reminder_hour: int | None = None
    """From 0 to 23, in the campaign's zone; None: nobody is reminded."""
    notices_per_day: int = 2
    """To one person, but for those they must have; 0: the campaign sends no notices."""
    quiet_from: int = 21
    quiet_until: int = 8
    """The hours between which no notices go out; the same hour twice: at any time."""
    brand: str = ""
    picture_sha256: str | None = None
    mode: str = "formal"
    """``practice``: ranks nobody; ``formal``; ``daily``: anew each day."""
    hours: tuple[int, int] | None = None
    """The minutes of each day, from and until, between which answers are accepted; None: all day."""
    recipe: tuple[Part, ...] = ()
    """Empty: `questions_per_paper` of the bank, of any kind; else these, which then make up `questions_per_paper`."""
    same_paper: bool = False
    partial: str = "none"
    """Of a multiple choice of which only right options were chosen, and not all: ``none``, ``half``, ``each``."""
    seconds_per_question: int | None = None
    seconds_per_attempt: int | None = None
    grace_seconds: int = 3
    least_ms_per_question: int = 0
    counts: str = "best"
    """Which attempt is the standing: ``best``, ``first``, ``last``, or the ``sum`` of each day's best."""
    reveals: str = "at_once"
    """When verdicts and scores are told: ``at_once``, ``at_end`` of the attempt, ``after_close``."""
    pass_points: int = 0
    admission: str = "open"
    """Who may take part: anybody (``open``), who has chosen a ``unit``, who is on the ``roster``."""
    units: tuple[str, ...] = ()
    """The codes of the units that take part, with all below them; empty: all."""
    unit_ranking: str = "participation"
    """By what units are ranked: ``participation``, ``average``, ``total``, ``pass_rate``."""
    least_headcount: int = 0
    privacy_notice: str = ""
    keep_days: int | None = None
    """How many days after its close its personal data are purged; None: when somebody does it."""
    tickets: TicketRule = ONE_TICKET
    """How many tickets those who have the `draw_points` have in its draws."""
    wins: str = "campaign"
    """Whoever has an award may have no other one of the whole ``campaign``, of the same ``group``; ``any``: may."""
    prize_groups: tuple[PlannedGroup, ...] = ()
    """In the order in which they are listed and given."""


@dataclass(frozen=True, slots=True)
class _Bounds:
    least: int
    most: int
    sentence: str


MODES = ("practice", "formal", "daily")
PARTIALS = ("none", "half", "each")
COUNTS = ("best", "first", "last", "sum")
REVEALS = ("at_once", "at_end", "after_close")
ADMISSIONS = ("open", "unit", "roster")
UNIT_RANKINGS = ("participation", "average", "total", "pass_rate")
CHOICES: Mapping[str, tuple[str, ...]] = {
    "mode": MODES,
    "partial": PARTIALS,
    "counts": COUNTS,
    "reveals": REVEALS,
    "admission": ADMISSIONS,
    "unit_ranking": UNIT_RANKINGS,
    "wins": WINS,
}
"""What each field that is one of few words may be."""
MARKED_KINDS = tuple(kind for kind in Kind if kind is not Kind.ESSAY)
"""The kinds that a machine can mark, and that campaigns ask."""
LARGEST_POINTS = 1_000_000
LONGEST_NOTICE = 20_000
_LINES = (("name", "活动名称"), ("theme", "主题"), ("brand", "品牌语"), ("organiser", "主办单位"))
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
"""Control characters but tabs and ends of lines, and halves of surrogate pairs."""
FIRST_MS, LAST_MS = 946_684_800_000, 4_102_444_800_000
"""2000 to 2100: what lies outside is a slip of the pen."""
_HOUR = "钟点只能是 0 到 23 的整数。"
_ALLOWED = "答题次数至少一次，最多 1000 次；不限次数就不要填。"
_BOUNDS = {
    "questions_per_paper": _Bounds(1, 1_000, "每份试卷至少一道题，最多 1000 道。"),
    "attempts_in_all": _Bounds(1, 1_000, _ALLOWED),
    "attempts_per_day": _Bounds(1, 1_000, _ALLOWED),
    "draw_points": _Bounds(0, LARGEST_POINTS, f"参加抽奖要的分数在 0 到 {LARGEST_POINTS} 之间；0 表示答完就能参加。"),
    "pass_points": _Bounds(0, LARGEST_POINTS, f"合格分在 0 到 {LARGEST_POINTS} 之间；0 表示不设合格分。"),
    "reminder_hour": _Bounds(0, 23, "提醒的" + _HOUR),
    "quiet_from": _Bounds(0, 23, "免打扰开始的" + _HOUR),
    "quiet_until": _Bounds(0, 23, "免打扰结束的" + _HOUR),
    "notices_per_day": _Bounds(0, 20, "每天的通知数在 0 到 20 之间；不发通知请填 0。"),
    "seconds_per_question": _Bounds(1, 3_600, "每题限时在 1 到 3600 秒之间；不限时就不要填。"),
    "seconds_per_attempt": _Bounds(1, 86_400, "每次答题限时在 1 到 86400 秒之间；不限时就不要填。"),
    "grace_seconds": _Bounds(0, 60, "限时的宽限在 0 到 60 秒之间。"),
    "least_ms_per_question": _Bounds(0, 60_000, "每题最短用时在 0 到 60000 毫秒之间；不设就填 0。"),
    "keep_days": _Bounds(1, 3_650, "个人信息的保存期限在 1 到 3650 天之间；由人来清除就不要填。"),
    "least_headcount": _Bounds(0, LARGEST_POINTS, f"参加排名的最少人数在 0 到 {LARGEST_POINTS} 之间。"),
}


def settled(plan: Plan) -> Plan:
    """The plan as it is kept: one spelling of what can be said in several.

    Texts without spaces around them, the keyword folded, every kind with its points (0: not asked), the recipe only
    where it says more than a number of questions, one attempt a day where each day is played anew.
    """
    recipe = tuple(_settled_part(part, plan.bank.strip()) for part in plan.recipe)
    count = sum(part.count for part in recipe) if recipe else plan.questions_per_paper
    return replace(
        plan,
        **{name: getattr(plan, name).strip() for name in ("slug", "name", "bank", "theme", "brand", "organiser")},
        privacy_notice=plan.privacy_notice.replace("\r\n", "\n").strip(),
        keyword=folded(plan.keyword),
        points={kind: plan.points.get(kind, 0) for kind in MARKED_KINDS}
        | {kind: points for kind, points in plan.points.items() if kind not in MARKED_KINDS and points},
        questions_per_paper=count,
        recipe=() if recipe == (Part(count),) else recipe,
        units=tuple(dict.fromkeys(code.strip() for code in plan.units if code.strip())),
        attempts_per_day=1 if plan.mode == "daily" and plan.attempts_per_day is None else plan.attempts_per_day,
        prize_groups=settled_groups(plan.prize_groups),
    )


def _settled_part(part: Part, bank: str) -> Part:
    own = part.bank.strip()
    return replace(
        part,
        bank="" if own == bank else own,
        category=part.category.strip(),
        difficulty=part.difficulty.strip(),
    )


def faults(plan: Plan) -> dict[str, str]:
    """What in a plan cannot be, one sentence by the name of its field; no campaign is looked at, and no bank.

    What cannot be of prizes is told by the keys of `campaigns.prizes.planning.prize_faults`.
    """
    found = _unfit_texts(plan)
    for name, bounds in _BOUNDS.items():
        value = getattr(plan, name)
        if value is not None and not bounds.least <= value <= bounds.most:
            found[name] = bounds.sentence
    for name, choices in CHOICES.items():
        if getattr(plan, name) not in choices:
            found[name] = f"{name} 只能是 {'、'.join(choices)} 中的一个。"
    if sentence := _unfit_points(plan.points):
        found["points"] = sentence
    if sentence := _unfit_recipe(plan):
        found["recipe"] = sentence
    prizes = prize_faults(
        plan.prize_groups,
        plan.tickets,
        mode=plan.mode,
        opens_ms=plan.opens_ms,
        closes_ms=plan.closes_ms,
    )
    return found | _unfit_times(plan) | {key: sentence for key, sentence in prizes.items() if key not in found}


def _unfit_texts(plan: Plan) -> dict[str, str]:
    found = {}
    if not banks.SLUG.fullmatch(plan.slug):
        found["slug"] = "活动代号只能用小写字母、数字和连字符（最多 64 个），例如 energy-week-2026。"
    if not plan.bank:
        found["bank"] = "请写明用哪个题库（题库代号）。"
    for name, called in _LINES:
        if len(getattr(plan, name)) > banks.LINE_LENGTH:
            found[name] = f"{called}最多 {banks.LINE_LENGTH} 个字。"
    if not plan.name.strip():
        found["name"] = f"活动名称不能为空，最多 {banks.LINE_LENGTH} 个字。"
    if len(folded(plan.keyword)) > KEYWORD_LENGTH:
        found["keyword"] = f"口令最多 {KEYWORD_LENGTH} 个字。"
    if len(plan.privacy_notice) > LONGEST_NOTICE:
        found["privacy_notice"] = f"个人信息处理告知最多 {LONGEST_NOTICE} 个字。"
    for name, called in (*_LINES, ("keyword", "口令"), ("privacy_notice", "个人信息处理告知")):
        if _UNSTORABLE.search(getattr(plan, name)):
            found[name] = f"{called}里有看不见的控制字符，请重新输入。"
    return found


def _unfit_points(points: Mapping[Kind, int]) -> str:
    if points.get(Kind.ESSAY):
        return "问答题不能自动判分，请去掉它的分值。"
    if not all(0 <= value <= LARGEST_POINTS for value in points.values()) or not any(points.values()):
        return f"每题分值在 0 到 {LARGEST_POINTS} 之间，并且至少有一种题型要有分值。"
    return ""


def _unfit_recipe(plan: Plan) -> str:
    for ordinal, part in enumerate(plan.recipe, start=1):
        if not 1 <= part.count <= 1_000:
            return f"第 {ordinal} 部分的题数在 1 到 1000 之间。"
        if part.kind is Kind.ESSAY:
            return f"第 {ordinal} 部分是问答题，不能自动判分，请换成别的题型。"
        if max(len(part.category), len(part.difficulty)) > banks.LINE_LENGTH:
            return f"第 {ordinal} 部分的分类和难度最多 {banks.LINE_LENGTH} 个字。"
        if _UNSTORABLE.search(part.category + part.difficulty):
            return f"第 {ordinal} 部分的分类或难度里有看不见的控制字符，请重新输入。"
    return ""


def _unfit_times(plan: Plan) -> dict[str, str]:
    found = {}
    if not is_zone(plan.timezone):
        found["timezone"] = f"没有 {plan.timezone} 这个时区，应当像 Asia/Shanghai。"
    if not FIRST_MS <= plan.opens_ms <= LAST_MS:
        found["opens_ms"] = "开始时间要在 2000 年到 2100 年之间。"
    if plan.closes_ms is not None and not FIRST_MS <= plan.closes_ms <= LAST_MS:
        found["closes_ms"] = "结束时间要在 2000 年到 2100 年之间。"
    elif plan.closes_ms is not None and plan.closes_ms <= plan.opens_ms:
        found["closes_ms"] = "结束时间要晚于开始时间，请改一下。"
    if plan.hours is not None and not 0 <= plan.hours[0] < plan.hours[1] <= 1440:
        found["hours"] = "每天的时段要写成 09:00-17:00，结束晚于开始，不能跨过零点。"
    return found


def is_zone(name: str) -> bool:
    """Whether this is the name of a time zone, such as Asia/Shanghai."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # the last: a folder of zones
        return False
    return True
