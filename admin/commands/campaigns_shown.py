"""How ``lvda campaign`` shows a campaign."""

from __future__ import annotations

import click

from admin.commands.options import print_json
from admin.commands.sessions import opened
from campaigns import keeping
from campaigns.clock import iso, now_ms
from campaigns.keeping import Overview
from settings import Settings

PHASES = {
    "draft": "草稿",
    "coming": "未开始",
    "open": "进行中",
    "paused": "已暂停",
    "over": "已结束",
    "archived": "已归档",
}


def tell(settings: Settings, slug: str, sentence: str, as_json: bool) -> None:
    """Say what was done, or for a program how the campaign is now."""
    if not as_json:
        click.echo(sentence)
        return
    with opened(settings) as stores, stores.sql.reading() as session:
        print_json(as_json_values(keeping.overview(session, slug), now_ms()))


def as_json_values(one: Overview, now: int) -> dict[str, object]:
    return {
        "id": one.id,
        "slug": one.slug,
        "name": one.name,
        "theme": one.theme,
        "organiser": one.organiser,
        "mode": one.mode,
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
