"""What the parts of a campaign's figures hold: whole numbers, no persons. Kept as JSON of the same shape.

Counted are attempts that are open or finished; superseded and void ones count nowhere but under `void`. A result is
what a person's standing says; where a campaign ranks nobody, the best of their finished attempts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

Part = Literal["overview", "questions"]
OVERVIEW: Literal["overview"] = "overview"
QUESTIONS: Literal["questions"] = "questions"
PARTS: tuple[Part, ...] = (OVERVIEW, QUESTIONS)

Values_co = TypeVar("Values_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of the campaign's zone in which something happened."""

    at_ms: int
    """When it begins."""
    hour: str
    """The same as people in the zone write it: ``2026-07-04 09:00``."""
    people: int
    """Who began their first attempt in it."""
    begun: int
    finished: int


@dataclass(frozen=True, slots=True)
class ScoreBand:
    """How many persons' results lie between two numbers of points, both included."""

    least: int
    most: int
    people: int


@dataclass(frozen=True, slots=True)
class Door:
    """Where attempts were begun."""

    channel: str
    """``wechat``, ``wecom``, ``h5``, ``api``, ``terminal``; empty: not known."""
    attempts: int
    people: int


@dataclass(frozen=True, slots=True)
class MessageCount:
    way: str
    """That it took, or is asked for: ``custom`` and ``subscription`` of an official account, ``wecom``, ``sms``,
    ``mail``; empty: not chosen yet."""
    state: str
    """``waiting``, ``sent``, ``dead``, ``dropped``."""
    count: int


@dataclass(frozen=True, slots=True)
class Burst:
    """Many attempts that were begun behind one address within `overviews.BURST_MS`."""

    network: str
    attempts: int
    people: int


@dataclass(frozen=True, slots=True)
class Overview:
    """A campaign in numbers."""

    timezone: str
    people: int
    """Persons with an attempt that counts."""
    attempts: int
    open: int
    """Attempts that wait for an answer."""
    online: int
    """Persons who did something within the last five minutes."""
    finished: int
    timed_out: int
    """Of those finished: by the clock."""
    void: int
    """Attempts that a person declared void; in no other figure."""
    results: int
    """Persons with a result; `average`, `passed` and `scores` are of these."""
    average: float | None
    """Points; None without results."""
    passed: int
    average_used_ms: int | None
    """Of finished attempts."""
    last_ms: int | None
    """When somebody last did something; None: nobody ever did."""
    hours: tuple[Hour, ...]
    """In order; hours without anything are left out."""
    scores: tuple[ScoreBand, ...]
    """From 0 points to the highest result, without gaps."""
    doors: tuple[Door, ...]
    messages: tuple[MessageCount, ...]
    bursts: tuple[Burst, ...]


@dataclass(frozen=True, slots=True)
class ChosenWrong:
    chosen: str
    """Letters of the question as the bank has it; 正确 or 错误 for true/false."""
    count: int


@dataclass(frozen=True, slots=True)
class Item:
    """How one question of a campaign fared; see `campaigns.item_statistics` for what the figures mean."""

    ordinal: int
    revision_id: int
    number: str
    """Of its bank."""
    kind: str
    category: str
    stem: str
    withdrawn: bool
    answered: int
    right: int
    right_permille: int | None
    """None while nobody has answered."""
    most_chosen_wrong: ChosenWrong | None
    """None for blanks, and while nobody was wrong."""
    discrimination: float | None
    """-1 to 1; None where it is undefined."""
    judged: int
    """The finished attempts that the discrimination is of."""
    flags: tuple[str, ...]
    """What a person should know about it, in Chinese."""


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions that a campaign was published with, in their order."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Figures(Generic[Values_co]):
    """One part of a campaign's figures, and when and how long it was added up."""

    values: Values_co
    made_ms: int
    took_ms: int


SHAPES: Mapping[Part, type[Any]] = {OVERVIEW: Overview, QUESTIONS: Questions}
