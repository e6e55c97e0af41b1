"""``lvda campaign``: list, create, publish, close, extend."""

from __future__ import annotations

import json
import secrets
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from admin.commands.sessions import opened, reading, transaction
from campaigns import keeping
from campaigns.clock import in_words, iso, now_ms
from campaigns.keeping import Overview, Plan
from questions.model import Kind
from settings import Settings

DAY_FORMAT = "%Y-%m-%d"
TIME_FORMATS = ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", DAY_FORMAT)
PHASES = {
    "draft": "草稿",
    "coming": "未开始",
    "open": "进行中",
    "paused": "已暂停",
    "over": "已结束",
    "archived": "已归档",
}
HOUR = click.IntRange(0, 23)
json_option = click.option("--json", "as_json", is_flag=True)


def _hours(context: click.Context, parameter: click.Parameter, given: str) -> tuple[int, int]:
    """``21-8``."""
    start, _, end = given.partition("-")
    if not (start.isdecimal() and end.isdecimal()):
        raise click.BadParameter(f"{given} is not FROM-UNTIL, such as 21-8", context, parameter)
    return HOUR.convert(int(start), parameter, context), HOUR.convert(int(end), parameter, context)


@click.group()
def campaign() -> None:
    """Campaigns."""


@campaign.command("list")
@json_option
@click.pass_obj
def list_(settings: Settings, as_json: bool) -> None:
    """All campaigns, with how many took part."""
    with reading(settings) as session:
        found = keeping.list_campaigns(session)
    now = now_ms()
    if as_json:
        _print_json([_as_json(one, now) for one in found])
        return
    if not found:
        click.echo("还没有活动；用 lvda campaign create 新建一个。", err=True)
    for one in found:
        closes = "长期开放" if one.closes_ms is None else f"至 {in_words(one.closes_ms, one.timezone)}"
        window = f"{in_words(one.opens_ms, one.timezone)} 起，{closes}"
        click.echo(
            f"{one.slug}\t{PHASES[one.phase(now)]}\t{one.name}\t{window}\t"
            f"{one.people} 人参与，完成 {one.finished}/{one.attempts} 次"
        )


@campaign.command()
@click.argument("slug")
@click.option("--name", required=True)
@click.option("--theme", default="")
@click.option("--organiser", default="")
@click.option("--bank", required=True, help="The bank's slug.")
@click.option(
    "--opens",
    required=True,
    metavar="TIME",
    help='Such as "2026-07-04 09:00", in the campaign\'s zone; a date alone: from its beginning.',
)
@click.option(
    "--closes",
    metavar="TIME",
    help="The first moment at which it is over; a date alone: after that day; never, if not given.",
)
@click.option("--timezone", help="Such as Asia/Shanghai; the server's LVDA_TIMEZONE, if not given.")
@click.option("--questions", type=click.IntRange(1, 1_000), required=True, help="How many a paper has.")
@click.option("--attempts-in-all", type=click.IntRange(1, 1_000), help="For one person; any number, if not given.")
@click.option("--attempts-per-day", type=click.IntRange(1, 1_000), help="For one person; any number, if not given.")
@click.option(
    "--points",
    multiple=True,
    metavar="KIND=N",
    help=f"For a right answer of a kind (single, multiple, true_false, blank); {keeping.POINTS}, if not given.",
)
@click.option("--draw-points", type=click.IntRange(0, 1_000_000), default=0, help="What it takes to be in a draw.")
@click.option("--two-person", is_flag=True, help="A draw's numbers, typed in by one, are confirmed by another.")
@click.option("--keyword", default="", help="What participants may send to enter this campaign.")
@click.option("--reviewed-only", is_flag=True, help="Publish it without the bank's drafts.")
@click.option("--reminder-hour", type=HOUR, help="When those who have not played today are reminded; never, otherwise.")
@click.option(
    "--notices-per-day",
    type=click.IntRange(0, 20),
    default=2,
    show_default=True,
    help="To one person, but for those that must be; 0: none.",
)
@click.option(
    "--quiet",
    default="21-8",
    show_default=True,
    metavar="FROM-UNTIL",
    callback=_hours,
    help="The hours, in the campaign's zone, between which no notices go out; 0-0: at any time.",
)
@click.option("--fixed-order", is_flag=True, help="Do not shuffle questions.")
@click.option("--fixed-options", is_flag=True, help="Do not shuffle options.")
@json_option
@click.pass_obj
def create(
    settings: Settings,
    slug: str,
    name: str,
    theme: str,
    organiser: str,
    bank: str,
    opens: str,
    closes: str | None,
    timezone: str | None,
    questions: int,
    attempts_in_all: int | None,
    attempts_per_day: int | None,
    points: tuple[str, ...],
    draw_points: int,
    two_person: bool,
    keyword: str,
    reviewed_only: bool,
    reminder_hour: int | None,
    notices_per_day: int,
    quiet: tuple[int, int],
    fixed_order: bool,
    fixed_options: bool,
    as_json: bool,
) -> None:
    """Lay a campaign down as a draft; `lvda campaign publish` lets it be played."""
    zone = _zone(timezone or settings.timezone)
    plan = Plan(
        slug=slug,
        name=name,
        bank=bank,
        opens_ms=moment(opens, zone),
        closes_ms=None if closes is None else closing(closes, zone),
        timezone=zone,
        questions_per_paper=questions,
        theme=theme,
        organiser=organiser,
        points=_points(points),
        shuffle_questions=not fixed_order,
        shuffle_options=not fixed_options,
        attempts_in_all=attempts_in_all,
        attempts_per_day=attempts_per_day,
        draw_points=draw_points,
        two_person=two_person,
        keyword=keyword,
        reviewed_only=reviewed_only,
        reminder_hour=reminder_hour,
        notices_per_day=notices_per_day,
        quiet_from=quiet[0],
        quiet_until=quiet[1],
    )
    with transaction(settings) as session:
        keeping.create(session, plan, secrets.token_hex(32), now_ms())
    _tell(settings, slug, f"已建好草稿 {slug}。核对以后用 lvda campaign publish {slug} 发布。", as_json)


@campaign.command()
@click.argument("slug")
@json_option
@click.pass_obj
def publish(settings: Settings, slug: str, as_json: bool) -> None:
    """Freeze a draft's questions and rules, and let it be played from its opening on."""
    with transaction(settings) as session:
        published = keeping.publish(session, slug, now_ms())
    if published.left_out:
        click.echo(f"只用已审的题：{published.left_out} 道草稿没有用。", err=True)
    _tell(settings, slug, f"活动 {slug} 已发布，题目 {published.questions} 道，从此不再改变。", as_json)


@campaign.command()
@click.argument("slug")
@json_option
@click.pass_obj
def close(settings: Settings, slug: str, as_json: bool) -> None:
    """End a campaign now."""
    with transaction(settings) as session:
        keeping.close(session, slug)
    _tell(settings, slug, f"活动 {slug} 已结束。", as_json)


@campaign.command()
@click.argument("slug")
@click.option(
    "--closes", required=True, metavar="TIME", help="Later than before, in the campaign's zone; a date alone: after it."
)
@json_option
@click.pass_obj
def extend(settings: Settings, slug: str, closes: str, as_json: bool) -> None:
    """Let a published campaign close later."""
    with transaction(settings) as session:
        zone = keeping.find(session, slug).timezone
        closes_ms = closing(closes, zone)
        keeping.extend(session, slug, closes_ms, now_ms())
    _tell(settings, slug, f"活动 {slug} 延到 {in_words(closes_ms, zone)}。", as_json)


def moment(text: str, zone: str) -> int:
    """``2026-07-04 09:00``, or ``2026-07-04`` for that day's beginning, in a zone, as UTC milliseconds.

    Raises click.BadParameter.
    """
    return _in_zone(_read_time(text)[0], zone)


def closing(text: str, zone: str) -> int:
    """The same for the first moment at which something is over: who names a day alone means all of it."""
    local, day_alone = _read_time(text)
    return _in_zone(local + timedelta(days=1) if day_alone else local, zone)


def _read_time(text: str) -> tuple[datetime, bool]:
    """The time, and whether it is a day alone."""
    for form in TIME_FORMATS:
        try:
            return datetime.strptime(text.strip(), form), form == DAY_FORMAT
        except ValueError:
            continue
    raise click.BadParameter(f'{text} is not a time such as "2026-07-04 09:00"')


def _in_zone(local: datetime, zone: str) -> int:
    return int(local.replace(tzinfo=ZoneInfo(zone)).timestamp()) * 1_000


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise click.BadParameter(f"{name} is not a time zone such as Asia/Shanghai") from error


def _points(given: tuple[str, ...]) -> dict[Kind, int]:
    points: dict[Kind, int] = {kind: keeping.POINTS for kind in Kind if kind is not Kind.ESSAY}
    for text in given:
        kind, _, number = text.partition("=")
        if kind not in set(points) or not number.isdecimal() or len(number) > 6:
            raise click.BadParameter(f"{text} is not KIND=POINTS, such as multiple=15")
        points[Kind(kind)] = int(number)
    return points


def _tell(settings: Settings, slug: str, sentence: str, as_json: bool) -> None:
    if not as_json:
        click.echo(sentence)
        return
    with opened(settings) as stores, stores.sql.reading() as session:
        _print_json(_as_json(keeping.overview(session, slug), now_ms()))


def _as_json(one: Overview, now: int) -> dict[str, object]:
    return {
        "id": one.id,
        "slug": one.slug,
        "name": one.name,
        "theme": one.theme,
        "organiser": one.organiser,
        "state": one.state,
        "phase": one.phase(now),
        "timezone": one.timezone,
        "opens_at": iso(one.opens_ms),
        "closes_at": None if one.closes_ms is None else iso(one.closes_ms),
        "questions": one.questions_per_paper,
        "reminder_hour": one.reminder_hour,
        "notices_per_day": one.notices_per_day,
        "quiet_hours": [one.quiet_from, one.quiet_until],
        "people": one.people,
        "attempts": one.attempts,
        "finished": one.finished,
    }


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
