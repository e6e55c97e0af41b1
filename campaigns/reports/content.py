"""All that a report says, as data. Templates, spreadsheets and PDFs are filled with this and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

KINDS: Mapping[str, str] = {"bulletin": "工作简讯", "summary": "总结"}
"""What a report may be, and what it is called."""


@dataclass(frozen=True, slots=True)
class Counted:
    """How many of something: of a range of points, a day, a door."""

    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants reported."""

    kind: str
    """See `KINDS`."""
    title: str
    sender: str = ""
    """The office that it is signed by; empty: the unit that it is of, or the campaign's organiser."""
    unit_id: int | None = None
    """Of a unit and those below it; None: of the whole campaign."""
    issue: int | None = None
    """第几期; None: not counted."""
    remarks: str = ""
    """Paragraphs in the office's own words, divided by line ends."""
    photos: tuple[int, ...] = ()
    """Ids, in order."""


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many took part, and what they reached."""

    people: int
    """Who began at least one attempt that counts."""
    finished: int | None
    """Attempts; None: not known any more."""
    ranked: int
    """Persons with a result."""
    average: float | None
    """Points of those with a result; None without any."""
    passed: int
    histogram: tuple[Counted, ...] = ()
    """Persons by points."""
    days: tuple[Counted, ...] = ()
    """Attempts that were finished, by the day."""
    doors: tuple[Counted, ...] = ()
    """Persons by the door that they came in by."""

    @property
    def pass_rate(self) -> float | None:
        return self.passed / self.ranked if self.ranked else None


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit of the table."""

    rank: int | None
    code: str
    name: str
    headcount: int | None
    entrants: int
    rate: float | None
    average: float | None
    total: int
    """Points of all together."""
    passed: int
    pass_rate: float | None


@dataclass(frozen=True, slots=True)
class OwnPlace:
    """Where the unit that is reported of stands among its like."""

    name: str
    level: str
    """What units of its level are called, as 县."""
    rank: int | None
    among: int
    """So many of its level are ranked."""


@dataclass(frozen=True, slots=True)
class QuestionLine:
    number: str
    stem: str
    answered: int
    right_permille: int
    most_chosen_wrong: str
    """Empty: nothing was."""


@dataclass(frozen=True, slots=True)
class PrizeLine:
    group: str
    way: str
    """How it is won: 抽奖, 名次奖…"""
    prize: str
    stock: int
    given: int
    handed_out: int


@dataclass(frozen=True, slots=True)
class Winner:
    group: str
    prize: str
    name: str
    """Masked."""
    unit: str


@dataclass(frozen=True, slots=True)
class Photo:
    data: bytes
    """PNG, JPEG or GIF."""
    caption: str


@dataclass(frozen=True, slots=True)
class Content:
    kind: str
    title: str
    sender: str
    issue: int | None
    issued: str
    """The day that it bears, ``2026年7月10日``."""
    year: int
    as_of: str
    """Up to when its figures are, ``2026年7月10日 09:00``."""
    campaign: str
    theme: str
    brand: str
    organiser: str
    days: str
    """From when to when it is played, ``2026年7月4日至7月10日``; ``自2026年7月4日起`` for one that never closes."""
    is_over: bool
    mode: str
    questions_per_paper: int
    pass_points: int
    """0: whoever finished has passed."""
    measure: str
    """By what units are ranked, in its words: 参与率."""
    turnout: Turnout
    headcount: int | None
    """How many should have taken part; None: not known."""
    entrants: int
    """How many of those have a result: what the rate counts."""
    unit: OwnPlace | None = None
    """None: of the whole campaign."""
    units: tuple[UnitLine, ...] = ()
    questions: tuple[QuestionLine, ...] = ()
    """Those that enough people answered, the least known first."""
    prizes: tuple[PrizeLine, ...] = ()
    winners: tuple[Winner, ...] = ()
    remarks: tuple[str, ...] = ()
    photos: tuple[Photo, ...] = ()

    @property
    def rate(self) -> float | None:
        """Of those who should take part, 1 at most; None: their number is not known."""
        return min(1.0, self.entrants / self.headcount) if self.headcount else None

    @property
    def subject(self) -> str:
        """Whom it is about: a unit, or nobody in particular."""
        return self.unit.name if self.unit else ""

    @property
    def kind_name(self) -> str:
        return KINDS[self.kind]

    @property
    def issue_line(self) -> str:
        """``2026年第9期``; empty for one that is not counted."""
        return f"{self.year}年第{self.issue}期" if self.issue is not None else ""


def suggested_title(kind: str, campaign: str, unit: str) -> str:
    """What a report is called unless somebody calls it otherwise; `unit` is empty for the whole."""
    if kind == "summary":
        return f"{unit}关于“{campaign}”的总结" if unit else f"关于“{campaign}”活动的总结"
    return f"{unit}“{campaign}”参与情况" if unit else f"“{campaign}”活动进展情况"


def percent(share: float | None) -> str:
    """``41.2%``, ``100%`` for all alone; a dash for what is not known."""
    if share is None:
        return "—"
    tenths = round(1000 * share)
    if 0 < share < 1:
        tenths = min(max(tenths, 1), 999)  # nobody is nobody, and all are all
    return f"{tenths / 10:.1f}".removesuffix(".0") + "%"


def points(value: float | None) -> str:
    """``82.3``, ``80``; a dash for what is not known."""
    return "—" if value is None else f"{value:.1f}".removesuffix(".0")
