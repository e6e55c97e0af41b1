"""The options of ``lvda campaign create`` and ``edit``: each is one key of a plan's file, and is read as that is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from campaigns.keeping import CHOICES, MARKED_KINDS, POINTS
from campaigns.keeping.plans import is_zone
from campaigns.keeping.written_times import moment
from campaigns.prizes.rules import ONE_TICKET

Command = TypeVar("Command", bound=Callable[..., Any])
KINDS = tuple(kind.value for kind in MARKED_KINDS)
UNSET = object()
"""Of an option that takes a key back: the plan is as if it had never been there."""


def _or_none(name: str, least: int, most: int, help: str | None = None) -> Callable[[Command], Command]:
    """An option for a number, or ``none`` for without."""

    def read(context: click.Context, parameter: click.Parameter, given: str | None) -> object:
        if given in {None, "none"}:
            return None if given is None else UNSET
        return click.IntRange(least, most).convert(given, parameter, context)  # type: ignore[arg-type,unused-ignore]

    return click.option(f"--{name}", metavar="N|none", callback=read, help=help)


def _time(context: click.Context, parameter: click.Parameter, given: str | None) -> object:
    if given is None or given == "never":
        return None if given is None else UNSET
    if moment(given, "UTC") is None:
        raise click.BadParameter(f'{given} is not a time such as "2026-07-04 09:00"', context, parameter)
    return given


def _zone(context: click.Context, parameter: click.Parameter, given: str | None) -> str | None:
    if given is not None and not is_zone(given):
        raise click.BadParameter(f"{given} is not a time zone such as Asia/Shanghai", context, parameter)
    return given


def _hours(context: click.Context, parameter: click.Parameter, given: str | None) -> object:
    if given is None or given == "none":
        return None if given is None else UNSET
    if not re.fullmatch(r"\d{1,2}:\d\d-\d{1,2}:\d\d", given):
        raise click.BadParameter(f"{given} is not FROM-UNTIL, such as 09:00-17:00", context, parameter)
    return given


def _quiet(context: click.Context, parameter: click.Parameter, given: str | None) -> str | None:
    if given is None:
        return None
    start, _, end = given.partition("-")
    if not (start.isdecimal() and end.isdecimal()):
        raise click.BadParameter(f"{given} is not FROM-UNTIL, such as 21-8", context, parameter)
    if max(int(start), int(end)) > 23:
        raise click.BadParameter(f"{given}: hours are from 0 to 23", context, parameter)
    return f"{int(start)}-{int(end)}"


def _points(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, int] | None:
    points = {}
    for text in given:
        kind, _, number = text.partition("=")
        if kind not in KINDS or not number.isdecimal() or len(number) > 6:
            raise click.BadParameter(f"{text} is not KIND=POINTS, such as multiple=15", context, parameter)
        points[kind] = int(number)
    return points or None


def _tickets(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, int] | None:
    rule = {}
    for text in given:
        key, _, number = text.partition("=")
        if key not in ONE_TICKET.as_json() or not number.isdecimal() or len(number) > 7:
            raise click.BadParameter(f"{text} is not KEY=N, such as per_day=1", context, parameter)
        rule[key] = int(number)
    return rule or None


def _parts(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> list[dict[str, Any]] | None:
    return [_part(context, parameter, text) for text in given] or None


def _part(context: click.Context, parameter: click.Parameter, text: str) -> dict[str, Any]:
    count, *pairs = [piece.strip() for piece in text.split(",")]
    part: dict[str, Any] = {"count": int(count) if count.isdecimal() and len(count) < 5 else 0}
    for pair in pairs:
        key, _, value = pair.partition("=")
        part[key.strip()] = value.strip()
    if not part["count"] or not part.keys() <= {"count", "bank", "kind", "category", "difficulty"}:
        raise click.BadParameter(
            f"{text} is not COUNT,KEY=VALUE… such as 5,kind=single,category=节水", context, parameter
        )
    if part.get("kind", KINDS[0]) not in KINDS:
        raise click.BadParameter(f"{part['kind']} is none of {', '.join(KINDS)}", context, parameter)
    return part


def _units(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> list[str] | None:
    return [code for code in given if code != "none"] if given else None


def _choice(name: str, help: str) -> Callable[[Command], Command]:
    return click.option(f"--{name.replace('_', '-')}", name, type=click.Choice(CHOICES[name]), help=help)


OPTIONS = (
    click.option("--name"),
    click.option("--theme"),
    click.option("--brand", help="The organiser's brand line of such weeks."),
    click.option("--organiser"),
    click.option(
        "--picture", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="What heads its entry page."
    ),
    click.option("--keyword", help="What participants may send to enter this campaign."),
    _choice("mode", "practice ranks nobody, daily is played anew each day."),
    click.option("--bank", help="The bank's slug."),
    click.option(
        "--opens",
        metavar="TIME",
        callback=_time,
        help='Such as "2026-07-04 09:00", in the campaign\'s zone; a date alone: from its beginning.',
    ),
    click.option(
        "--closes",
        metavar="TIME",
        callback=_time,
        help='The first moment at which it is over; a date alone: after that day; "never", as if not given.',
    ),
    click.option("--hours", metavar="FROM-UNTIL", callback=_hours, help="Of each day, such as 09:00-17:00; none: all."),
    click.option("--timezone", callback=_zone, help="Such as Asia/Shanghai; the server's LVDA_TIMEZONE, if not given."),
    click.option("--questions", type=click.IntRange(1, 1_000), help="How many a paper has, of any kind."),
    click.option(
        "--part",
        multiple=True,
        metavar="COUNT,KEY=VALUE…",
        callback=_parts,
        help="Instead of --questions: 5,bank=water,kind=single,category=节水,difficulty=易; again for each part.",
    ),
    click.option("--same-paper/--own-papers", default=None, help="Everybody is asked the same."),
    click.option("--reviewed-only/--with-drafts", default=None, help="Publish it without the banks' drafts."),
    click.option("--fixed-order/--shuffled-order", default=None, help="Do not shuffle questions."),
    click.option("--fixed-options/--shuffled-options", default=None, help="Do not shuffle options."),
    click.option(
        "--points",
        multiple=True,
        metavar="KIND=N",
        callback=_points,
        help=f"For a right answer of a kind ({', '.join(KINDS)}); {POINTS}, if not given; 0: not asked.",
    ),
    _choice("partial", "What a multiple choice gets of which only right options were chosen, and not all."),
    _or_none("seconds-per-question", 1, 3_600),
    _or_none("seconds-per-attempt", 1, 86_400),
    click.option("--grace-seconds", type=click.IntRange(0, 60), help="How much later an answer may arrive; 3."),
    click.option("--least-ms-per-question", type=click.IntRange(0, 60_000), help="Quicker answers are not taken."),
    _or_none("attempts-in-all", 1, 1_000, "For one person; any number, if not given."),
    _or_none("attempts-per-day", 1, 1_000, "For one person; any number, if not given."),
    _choice("counts", "Which attempt counts, or the sum of each day's best."),
    _choice("reveals", "When verdicts, scores and right answers are told."),
    click.option("--pass-points", type=click.IntRange(0, 1_000_000), help="What it takes to pass."),
    click.option("--draw-points", type=click.IntRange(0, 1_000_000), help="What it takes to be in a draw."),
    click.option(
        "--two-person/--one-person", default=None, help="A draw's numbers, typed in by one, are confirmed by another."
    ),
    click.option(
        "--tickets",
        multiple=True,
        metavar="KEY=N",
        callback=_tickets,
        help=f"In a draw, of whoever has its points ({', '.join(ONE_TICKET.as_json())}); base=1, if not given.",
    ),
    _choice("wins", "Where whoever has an award may have no other one. The prizes themselves come from --file."),
    _choice("admission", "Who may take part: anybody, who has chosen a unit, who is on the roster."),
    click.option(
        "--unit",
        "units",
        multiple=True,
        metavar="CODE",
        callback=_units,
        help="That takes part with all below it; again for each; all units, if not given, or none.",
    ),
    _choice("unit_ranking", "By what units are ranked."),
    click.option("--least-headcount", type=click.IntRange(0, 1_000_000), help="Smaller units are not ranked."),
    _or_none("reminder-hour", 0, 23, "When those who have not played today are reminded; none: never."),
    click.option(
        "--notices-per-day", type=click.IntRange(0, 20), help="To one person, but for those that must be; 2. 0: none."
    ),
    click.option(
        "--quiet",
        metavar="FROM-UNTIL",
        callback=_quiet,
        help="The hours, in the campaign's zone, between which no notices go out; 21-8. 0-0: at any time.",
    ),
    _or_none("keep-days", 1, 3_650, "After its close, before its personal data are purged; none: by hand."),
    click.option(
        "--privacy-notice",
        type=click.File(encoding="utf-8-sig"),
        metavar="FILE",
        help="A text file: what people are told about their personal data, instead of what ships with the program.",
    ),
)
_TURNED = {"fixed_order": "shuffle_questions", "fixed_options": "shuffle_options"}


def plan_options(command: Command) -> Command:
    """Gives a command all of them."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def with_options(values: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a plan's file, changed as the options say."""
    changed = dict(values)
    for name, value in given.items():
        if value is UNSET:
            changed.pop(name, None)
        elif name in _TURNED and value is not None:
            changed[_TURNED[name]] = not value
        elif name == "points" and value is not None:
            changed["points"] = {**values.get("points", {}), **value}
        elif name == "tickets" and value is not None:
            changed["tickets"] = {**values.get("tickets", {}), **value}
        elif name == "privacy_notice" and value is not None:
            changed[name] = value.read()
        elif value is not None:
            changed[name] = value
    if given.get("part") is not None and given.get("questions") is None:
        changed.pop("questions", None)
    elif given.get("questions") is not None and given.get("part") is None:
        changed.pop("part", None)
    return changed
