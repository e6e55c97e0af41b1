"""What was changed since a campaign was published, as participants read it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from bot.pages.moments import duration, moment
from bot.wording import tell
from campaigns.editions import Edition
from campaigns.keeping.changes import Change, What, changes_of

NOTICES = 3
"""So many notices stand on the entry page."""
NAMED = 5
"""So many units are named; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Told:
    when: str
    title: str
    text: str
    """The reason, or the notice itself."""
    notice: bool


def changes(session: Session, edition: Edition) -> list[Told]:
    """Everything that participants are to know, the latest first."""
    return [_told(one, edition) for one in changes_of(session, edition.id, public=True)]


def notices(session: Session, edition: Edition) -> list[Told]:
    """The latest notices, and what was mended; while a campaign is paused, why it is, before all else."""
    shown = {What.NOTICE, What.QUESTION_WITHDRAWN, What.KEY_CORRECTED, What.EXTENDED}
    told = changes_of(session, edition.id, public=True)
    pauses = [one for one in told if one.what is What.PAUSED] if edition.state == "paused" else []
    found = [*pauses[:1], *(one for one in told if one.what in shown)]
    return [_told(one, edition) for one in found[:NOTICES]]


def _told(change: Change, edition: Edition) -> Told:
    return Told(moment(change.at_ms, edition.timezone), _title(change), change.note, change.what is What.NOTICE)


def _title(change: Change) -> str:
    """Without what could tell an answer while others still play."""
    match change.what:
        case What.EXTENDED:
            before, after = (
                moment(ms, change.timezone) if ms is not None else tell("change.endless")
                for ms in change.values["closes_ms"]
            )
            return tell("change.extended", before=before, after=after)
        case What.RESUMED:
            return tell("change.resumed", lasted=duration(change.values["paused_ms"]))
        case What.KEPT_FOR:
            return tell("change.kept_for", days=change.values["keep_days"][1])
        case What.UNITS_ADDED:
            names: list[str] = change.values["units"]
            named = tell("list.and").join(names[:NAMED])
            return tell("change.units" if len(names) <= NAMED else "change.units.many", units=named, count=len(names))
        case _:
            return tell(f"change.{change.what.value}", **change.values)
