"""The notice about personal data that a campaign shows, and agreeing to it: the same for pages and chats."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.wording import tell
from campaigns import consents
from campaigns.editions import Edition


def notice_of(edition: Edition) -> str:
    """The organiser's own text, else the one that ships, with their name in it; paragraphs apart by blank lines."""
    if edition.privacy_notice:
        return edition.privacy_notice
    return tell("privacy.text", organiser=edition.organiser or tell("privacy.organiser"), campaign=edition.name)


def version_of(edition: Edition) -> str:
    """Which wording of the notice somebody agrees to now."""
    return consents.version_of(notice_of(edition))


def is_agreed(session: Session, identity_id: int, edition: Edition) -> bool:
    """Whether somebody agreed to the notice as it is now."""
    return consents.is_given(session, identity_id, edition.id, version_of(edition))


def agree(session: Session, identity_id: int, edition: Edition, now: int) -> None:
    """Record that somebody agreed to the notice as it is now; who did before is left as they are."""
    if not is_agreed(session, identity_id, edition):
        consents.give(session, identity_id, edition.id, version_of(edition), now)
