"""One request to a campaign's pages: to which campaign, by whom, when."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, redirect, url_for
from werkzeug.wrappers import Response

from bot.pages import identity
from campaigns import play
from campaigns.banks import SLUG
from campaigns.editions import Edition
from campaigns.errors import NotFound
from campaigns.stores import Stores


@dataclass(frozen=True, slots=True)
class Visit:
    """One request: which campaign, who, when."""

    stores: Stores
    edition: Edition
    visitor: identity.Visitor
    turn: play.Turn | None
    """None: this browser has not begun anything yet."""
    now: int

    @property
    def person_id(self) -> int:
        """0: nobody yet."""
        return 0 if self.turn is None else self.turn.person_id

    def to(self, page: str, *, after: int | None = None, note: str | None = None) -> Response:
        """Go to another page of this campaign, by GET."""
        return redirect(url_for(f"pages.{page}", slug=self.edition.slug, after=after, note=note), 303)


def received() -> int:
    """When this request came, by the application's clock: UTC milliseconds."""
    moment: int = current_app.extensions["lvda.clock"]()
    return moment


def read_visit(slug: str, now: int) -> Visit:
    """Raises NotFound for a campaign that does not exist, or that nobody may see yet."""
    stores: Stores = current_app.extensions["lvda"]
    if not SLUG.fullmatch(slug):
        raise NotFound(slug)
    edition = stores.editions.by_slug(stores.sql, slug)
    if edition.state == "draft":
        raise NotFound(slug)
    visitor = identity.read_visitor()
    turn = identity.look(stores, visitor, edition)
    return Visit(stores, edition if turn is None or turn.edition is None else turn.edition, visitor, turn, now)
