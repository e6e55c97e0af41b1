"""A campaign as its pages tell it: whether one may play now, its rules, what was changed."""

from __future__ import annotations

from dataclasses import dataclass

from bot.pages.moments import duration, minute_of_the_day, moment
from bot.pages.views.prizes import draw_rule, wins_rule
from bot.wording import tell
from campaigns.clock import SECOND
from campaigns.editions import Edition
from questions.model import Kind


@dataclass(frozen=True, slots=True)
class State:
    """Whether one may play now."""

    code: str
    """``open``, ``early``, ``paused``, ``resting`` (not at this hour) or ``over``."""
    label: str
    sentence: str


Rule = tuple[str, str]
"""A heading and what stands under it."""


def state(edition: Edition, now: int) -> State:
    """Whether one may play now, and why not."""
    code, sentence = _state(edition, now)
    return State(code, tell(f"state.{code}"), sentence)


def _state(edition: Edition, now: int) -> tuple[str, str]:
    closes = None if edition.closes_ms is None else moment(edition.closes_ms, edition.timezone)
    if edition.is_over(now):
        by_the_clock = edition.closes_ms is not None and now >= edition.closes_ms
        return "over", tell("state.over.sentence", closes=closes) if by_the_clock else tell("state.closed.sentence")
    if edition.state == "paused":
        return "paused", tell("state.paused.sentence")
    if now < edition.opens_ms:
        return "early", tell("state.early.sentence", opens=moment(edition.opens_ms, edition.timezone))
    if not edition.is_within_hours(now):
        return "resting", tell("state.resting.sentence", **_hours(edition))
    if closes is None:
        return "open", tell("state.open.endless")
    return "open", tell("state.open.until", closes=closes)


def _hours(edition: Edition) -> dict[str, str]:
    since, until = edition.hours or (0, 0)
    return {"since": minute_of_the_day(since), "until": minute_of_the_day(until)}


def main_rules(edition: Edition) -> list[Rule]:
    """What everybody wants to know before they begin."""
    rules = [
        (tell("rules.window"), _window(edition)),
        (tell("rules.questions"), _paper_rule(edition)),
        (tell("rules.limit"), _limit_rule(edition)),
        (tell("rules.attempts"), _attempts_rule(edition)),
        (tell("rules.draw"), draw_rule(edition)),
    ]
    return [rule for rule in rules if rule[1]]


def rules(edition: Edition) -> list[Rule]:
    """All the rules as headings and sentences."""
    mode = "" if edition.mode == "formal" else tell(f"rules.mode.{edition.mode}")
    all_rules = [
        (tell("rules.window"), _window(edition)),
        (tell("rules.mode"), mode),
        (tell("rules.admission"), tell(f"rules.admission.{edition.admission}")),
        (tell("rules.questions"), _joined(_paper_rule(edition), _same_rule(edition))),
        (tell("rules.partial"), _partial_rule(edition)),
        (tell("rules.limit"), _joined(_limit_rule(edition), _grace_rule(edition))),
        (tell("rules.answering"), _joined(tell("rules.answering.sentence"), _least_rule(edition))),
        (tell("rules.attempts"), _attempts_rule(edition)),
        (tell("rules.reveals"), tell(f"rules.reveals.{edition.reveals}")),
        (tell("rules.pass"), tell("rules.pass.sentence", points=edition.pass_points) if edition.pass_points else ""),
        (tell("rules.ties"), tie_rule(edition)),
        (tell("rules.units"), unit_rule(edition)),
        (tell("rules.draw"), draw_rule(edition)),
        (tell("rules.wins"), wins_rule(edition)),
    ]
    return [rule for rule in all_rules if rule[1]]


def tie_rule(edition: Edition) -> str:
    """What decides between persons; empty in practice."""
    return tell("rules.ties.sentence") if edition.ranks else ""


def unit_rule(edition: Edition) -> str:
    """By what units are ranked, and which are not; empty in practice."""
    if not edition.ranks:
        return ""
    least = tell("rules.units.least", count=edition.least_headcount) if edition.least_headcount else ""
    return _joined(tell(f"rules.units.{edition.unit_ranking}"), least)


def _joined(*sentences: str) -> str:
    return tell("list.space").join(filter(None, sentences))


def _window(edition: Edition) -> str:
    opens = moment(edition.opens_ms, edition.timezone)
    if edition.closes_ms is None:
        window = tell("rules.window.endless", opens=opens)
    else:
        window = tell("rules.window.sentence", opens=opens, closes=moment(edition.closes_ms, edition.timezone))
    if edition.hours is None:
        return window
    return tell("list.semicolon").join((window, tell("rules.hours", **_hours(edition))))


def _paper_rule(edition: Edition) -> str:
    points = {kind: edition.points_for(kind) for kind in _kinds(edition)}
    length = edition.questions_per_paper
    if len(set(points.values())) == 1:
        each = next(iter(points.values()))
        return tell("rules.questions.same", length=length, points=each, full=each * length)
    by_kind = [tell("rules.kind", kind=tell(f"kind.{kind.value}"), points=each) for kind, each in points.items()]
    return tell("rules.questions.by_kind", length=length, by_kind=tell("list.comma").join(by_kind))


def _kinds(edition: Edition) -> list[Kind]:
    asked = {question.kind for question in edition.questions.values() if question.playable}
    return [kind for kind in Kind if kind in asked]


def _same_rule(edition: Edition) -> str:
    return tell("rules.paper.one" if edition.same_paper else "rules.paper.each")


def _partial_rule(edition: Edition) -> str:
    return tell(f"rules.partial.{edition.partial}") if Kind.MULTIPLE in _kinds(edition) else ""


def _limit_rule(edition: Edition) -> str:
    each = edition.seconds_per_question
    whole = edition.seconds_per_attempt
    return _joined(
        "" if each is None else tell("rules.limit.question", seconds=each),
        "" if whole is None else tell("rules.limit.attempt", limit=duration(whole * SECOND)),
    )


def _grace_rule(edition: Edition) -> str:
    is_limited = edition.seconds_per_question is not None or edition.seconds_per_attempt is not None
    if not is_limited or not edition.grace_seconds:
        return ""
    return tell("rules.limit.grace", seconds=edition.grace_seconds)


def _least_rule(edition: Edition) -> str:
    if not edition.least_ms_per_question:
        return ""
    return tell("rules.limit.least", seconds=f"{edition.least_ms_per_question / SECOND:g}")


def _attempts_rule(edition: Edition) -> str:
    if edition.attempts_in_all == 1:
        return tell("rules.attempts.once")
    counts = edition.counts if edition.ranks else "only"
    return tell(f"rules.attempts.{counts}", allowed=attempts_allowed(edition))


def attempts_allowed(edition: Edition) -> str:
    """How many attempts a person has: ``每天 1 次，共 3 次``."""
    limits = []
    if edition.attempts_per_day is not None:
        limits.append(tell("rules.attempts.per_day", limit=edition.attempts_per_day))
    if edition.attempts_in_all is not None:
        limits.append(tell("rules.attempts.in_all", limit=edition.attempts_in_all))
    return tell("list.comma").join(limits) or tell("rules.attempts.free")


def left(edition: Edition, attempts: int | None) -> str:
    """How many attempts are left; empty when they are not counted."""
    if attempts is None:
        return ""
    if attempts:
        return tell("entry.left", left=attempts)
    key = "entry.none_left" if edition.attempts_per_day is None else "entry.none_left_now"
    return tell(key, allowed=attempts_allowed(edition))
