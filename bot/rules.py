"""The rules of a campaign in the sentences of a chat. Reads, never writes."""

from __future__ import annotations

from collections.abc import Mapping

from bot.wording import say
from campaigns.clock import SECOND, duration_in_words, in_words
from campaigns.editions import Edition
from campaigns.keeping.changes import Change, What
from campaigns.prizes.rules import ONE_TICKET
from questions.model import Kind


def rules(edition: Edition, change: Change | None = None) -> str:
    """All rules that differ from what everybody would expect; `change` is the last one that concerns participants."""
    lines = [
        say("rules.title", name=edition.name),
        _mode(edition),
        say("rules.window.line", window=_window(edition)),
        say("rules.paper", length=edition.questions_per_paper, full=full_points(edition)),
        _partial(edition),
        *_limits(edition),
        say("rules.attempts", attempts=attempts_allowed(edition)),
        *_said(_REVEALS, edition.reveals),
        say("rules.pass", points=edition.pass_points) if edition.pass_points else "",
        *_said(_ADMISSION, edition.admission),
        _draw(edition),
        _prizes(edition),
        say("rules.order", counts=say(_COUNTS[edition.counts])) if edition.ranks else "",
        say("rules.first_answer"),
        "" if change is None else _change(edition, change),
    ]
    return "\n".join(line for line in lines if line)


def attempts_allowed(edition: Edition) -> str:
    limits = []
    if edition.attempts_per_day is not None:
        limits.append(say("rules.attempts.per_day", limit=edition.attempts_per_day))
    if edition.attempts_in_all is not None:
        limits.append(say("rules.attempts.in_all", limit=edition.attempts_in_all))
    return "，".join(limits) or say("rules.attempts.free")


def hours(edition: Edition) -> tuple[str, str]:
    """The hours of the day as ``09:00`` and ``17:00``; of a campaign that has some."""
    assert edition.hours is not None
    since, until = (f"{minute // 60:02d}:{minute % 60:02d}" for minute in edition.hours)
    return since, until


def full_points(edition: Edition) -> int:
    """The most points that a paper of a campaign can have."""
    full = 0
    for part in edition.parts:
        points = (edition.points_for(edition.questions[revision].kind) for revision in part.among)
        full += sum(sorted(points, reverse=True)[: part.count])
    return full


_COUNTS = {
    "best": "rules.counts.best",
    "first": "rules.counts.first",
    "last": "rules.counts.last",
    "sum": "rules.counts.sum",
}
_WINS = {
    "campaign": "rules.prizes.campaign",
    "group": "rules.prizes.group",
    "any": "rules.prizes",
}
_REVEALS = {
    "at_end": "rules.reveals.at_end",
    "after_close": "rules.reveals.after_close",
}
_ADMISSION = {
    "unit": "rules.admission.unit",
    "roster": "rules.admission.roster",
}


def _said(keys: Mapping[str, str], rule: str) -> list[str]:
    """A line about a rule; none about what everybody would expect."""
    return [say(keys[rule])] if rule in keys else []


def _mode(edition: Edition) -> str:
    if edition.mode == "practice":
        return say("rules.mode.practice")
    return say("rules.mode.daily") if edition.mode == "daily" else ""


def _window(edition: Edition) -> str:
    opens = in_words(edition.opens_ms, edition.timezone)
    window = (
        say("rules.window.endless", opens=opens)
        if edition.closes_ms is None
        else say("rules.window", opens=opens, closes=in_words(edition.closes_ms, edition.timezone))
    )
    if edition.hours is None:
        return window
    since, until = hours(edition)
    return window + say("rules.window.hours", since=since, until=until)


def _partial(edition: Edition) -> str:
    if not any(question.kind is Kind.MULTIPLE for question in edition.questions.values()):
        return ""
    match edition.partial:
        case "half":
            return say("rules.partial.half")
        case "each":
            return say("rules.partial.each")
        case _:
            return ""


def _limits(edition: Edition) -> list[str]:
    lines = []
    if edition.seconds_per_question is not None:
        lines.append(say("rules.limit.question", seconds=edition.seconds_per_question, grace=edition.grace_seconds))
    if edition.seconds_per_attempt is not None:
        limit = duration_in_words(edition.seconds_per_attempt * SECOND)
        lines.append(say("rules.limit.attempt", limit=limit, grace=edition.grace_seconds))
    if edition.least_ms_per_question:
        lines.append(say("rules.least", seconds=f"{edition.least_ms_per_question / SECOND:g}"))
    return lines


def _draw(edition: Edition) -> str:
    if not edition.draws:
        return ""
    rule = say("rules.draw", points=edition.draw_points) if edition.draw_points else say("rules.draw.all")
    tickets = edition.tickets
    if tickets == ONE_TICKET:
        return rule
    more = [
        say("rules.tickets.points", points=tickets.per_points) if tickets.per_points else "",
        say("rules.tickets.days", tickets=tickets.per_day) if tickets.per_day else "",
        say("rules.tickets.most", most=tickets.most) if tickets.most else "",
    ]
    return say("rules.tickets", rule=rule, base=tickets.base, more="".join(more))


def _prizes(edition: Edition) -> str:
    """The way to the prizes, and how often one may win."""
    if not edition.prize_kinds:
        return ""
    if edition.prize_kinds == {"passed"}:
        return say("rules.prizes")
    return say(_WINS[edition.wins])


def _change(edition: Edition, change: Change) -> str:
    said = change.sentence
    if change.note and change.what is not What.NOTICE:
        said = say("rules.change.reason", said=said, reason=change.note)
    return say("rules.change", at=in_words(change.at_ms, edition.timezone), said=said)
