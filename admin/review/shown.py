"""What the pages of the review show alike: whose attempts they are, and the evidence."""

from __future__ import annotations

from flask_login import current_user

from admin.people.person_pages import CHANNELS
from admin.rights import Action, may
from campaigns import tables
from campaigns.draws import pseudonym
from campaigns.privacy import shown
from campaigns.signals import Column, Evidence, VoidAttempt


def called(name: str, person_id: int, campaign: tables.Campaign) -> str:
    """A participant as this role may see them; a guest by their pseudonym."""
    if name and may(current_user.account.role, Action.SEE_NAMES):
        return name
    return shown(name, pseudonym(campaign.salt, person_id))


def names_of(attempts: Evidence | list[VoidAttempt], campaign: tables.Campaign) -> dict[int, str]:
    """The same by person."""
    rows = attempts.columns if isinstance(attempts, Evidence) else attempts
    return {one.person_id: called(one.name, one.person_id, campaign) for one in rows}


def door(column: Column) -> str:
    """By what an attempt was begun; empty: not known."""
    return CHANNELS.get(column.channel, column.channel)
