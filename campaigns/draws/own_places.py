"""Where somebody stands in a draw, before it is held and after: for themselves alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.draws.kept_files import entrant_of
from campaigns.draws.pseudonyms import pseudonym
from campaigns.draws.records import DrawRecord
from campaigns.people import selves
from campaigns.tables import Campaign


@dataclass(frozen=True, slots=True)
class OwnPlace:
    pseudonym: str
    """Under which the person is on the list, or would be."""
    tickets: int
    """0 where they are not on the list."""
    excluded: bool
    """Whether they are on the list and passed over, as was announced."""

    @property
    def is_listed(self) -> bool:
        return self.tickets > 0


def own_place(session: Session, folder: Path, draw: DrawRecord, person: int) -> OwnPlace:
    """A living person's place on a draw's frozen list; of several, since they were merged, that of their own name.

    `folder` is where `campaigns.draws.kept_files` keeps lists. Raises as `entrant_of`.
    """
    salt = session.execute(select(Campaign.salt).where(Campaign.id == draw.campaign_id)).scalar_one()
    for self_id in selves(session, person):
        name = pseudonym(salt, self_id)
        if found := entrant_of(session, folder, draw, name):
            return OwnPlace(name, found.tickets, name in draw.announcement.exclusions)
    return OwnPlace(pseudonym(salt, person), 0, False)
