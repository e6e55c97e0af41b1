"""One request to a campaign's pages: to which campaign, by whom, when."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, redirect, url_for
from werkzeug.wrappers import Response

from bot.pages import identity
from campaigns import play
from campaigns.banks import SLUG
from campaigns.editions import Edition
from campaigns.errors import Moved, NotFound
from campaigns.stores import Stores

LOOKS = 3
"""How often it is looked what ran out of time, when other requests find the same at the same moment."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request: which campaign, who, when."""

    stores: Stores
    edition: Edition
    visitor: identity.Visitor
    turn: play.Turn | None
    """None: this browser has not begun anything yet."""
    now: int
    expired: play.Expired | None = None
    """What was found to have run out of time by this request."""

    @property
    def person_id(self) -> int:
        """0: nobody yet."""
        return 0 if self.turn is None else self.turn.person_id

    @property
    def attempt(self) -> play.Attempt | None:
        """The open one."""
        return None if self.turn is None else self.turn.attempt

    def to(self, page: str, *, after: int | None = None, note: str | None = None, **values: object) -> Response:
        """Go to another page of this campaign, by GET."""
        address = url_for(f"pages.{page}", slug=self.edition.slug, after=after, note=note, **values)  # type: ignore[arg-type]
        return redirect(address, 303)


def received() -> int:
    """When this request came, by the application's clock: UTC milliseconds."""
    moment: int = current_app.extensions["lvda.clock"]()
    return moment


def read_visit(slug: str, now: int) -> Visit:
    """Who comes to which campaign, after what ran out of time by now was recorded.

    Raises NotFound for a campaign that does not exist, or that nobody may see yet.
    """
    stores: Stores = current_app.extensions["lvda"]
    if not SLUG.fullmatch(slug):
        raise NotFound(slug)
    edition = stores.editions.by_slug(stores.sql, slug)
    if edition.state == "draft":
        raise NotFound(slug)
    visitor = identity.read_visitor()
    turn, expired = identity.look(stores, visitor, edition), None
    for _ in range(LOOKS):
        if turn is None or turn.attempt is None:
            break
        try:
            with stores.sql.direct() as direct:
                found = play.expire(direct, turn, now)
        except Moved:
            found = None
        else:
            if found is None:
                break
            expired = found
            if found.standing is not None:
                stores.ranking.place(edition.id, found.standing)
        turn = identity.look(stores, visitor, edition)
    current = edition if turn is None or turn.edition is None else turn.edition
    return Visit(stores, current, visitor, turn, now, expired)
