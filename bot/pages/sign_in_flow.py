"""To a platform that says who opened a page, and back: what the ways to sign in have in common.

Where a visitor comes back to waits under a state in their session: it is used once, so that nobody is made to come back
with another one's code, and a page that is opened again by Back begins anew.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Semaphore

from flask import current_app, redirect, request
from flask import session as cookies
from werkzeug.wrappers import Response

from bot.links import Links
from bot.pages import identity
from bot.pages.visits import Visit
from campaigns.people import Sender
from platforms.deadlines import within
from platforms.errors import Busy, CodeSpent, PlatformError, Unwelcome

log = logging.getLogger(__name__)

PATIENCE_S = 3.0
"""How long a visitor waits for the platform, at most."""
AT_ONCE, TURN_S = 8, 0.1
"""So many visitors of one process wait for a platform at the same time, and the next so long for their turn.

They are half of its threads: callbacks must be answered while a platform hangs and a crowd comes back from it.
"""
AGAIN = "again"
_KEPT = "sign_ins"
MOST = 4
"""Tabs that may be on their way at the same time."""


def leave(back_to: str) -> str:
    """Keep where a visitor comes back to; the state to send along."""
    state = secrets.token_urlsafe(16)
    waiting: dict[str, str] = cookies.get(_KEPT, {})
    cookies[_KEPT] = dict([*waiting.items(), (state, back_to)][-MOST:])
    return state


def come_back(state: str) -> str | None:
    """Where the visitor whom this state was sent along with comes back to, once; None: it is none, or was used."""
    waiting: dict[str, str] = dict(cookies.get(_KEPT, {}))
    back_to = waiting.pop(state, None)
    if back_to is not None:
        cookies[_KEPT] = waiting
    return back_to


@dataclass(frozen=True, slots=True)
class Way:
    """How a platform is asked who opened a page."""

    name: str
    """Ends the address that the platform sends visitors back to, and that of the note that it did not work out."""
    authorize_url: Callable[[str, str], str]
    """Where to send a visitor so that they come back to an address with a code and a state."""
    sender_of: Callable[[str], Sender]
    """Whose code it is. Raises PlatformError; CodeSpent: begin anew; Unwelcome: that is nobody who may take part."""


def begin(visit: Visit, way: Way) -> Response | None:
    """The way to the platform for whoever has not begun anything in this browser; None: they stay, as who they are."""
    if visit.turn is not None or "note" in request.args:
        return None
    return _leave(visit, way, request.full_path.rstrip("?"), "")


def back(visit: Visit, way: Way) -> Response:
    """Where the platform sends the visitor to. A code or a state that was used begins anew, once.

    Raises Unwelcome. Whatever else fails leads back to the entry page, with one sentence.
    """
    back_to = come_back(request.args.get("state", ""))
    if visit.turn is not None:  # Back, or a second tab: they are signed in
        return redirect(back_to) if back_to else visit.to("entry")
    try:
        if back_to is None:
            raise CodeSpent("the state was used")
        with _place(), within(PATIENCE_S):
            sender = way.sender_of(request.args.get("code", ""))
    except CodeSpent:
        if AGAIN in request.args:
            return visit.to("entry", note=way.name)
        return _leave(visit, way, back_to or f"/q/{visit.edition.slug}", f"?{AGAIN}=1")
    except Unwelcome:
        raise
    except PlatformError as error:
        log.warning("a visitor could not sign in by %s: %s", way.name, error)
        return visit.to("entry", note=way.name)
    identity.become(visit.stores, visit.edition, visit.visitor, sender, visit.now)
    return redirect(back_to)


@contextmanager
def _place() -> Iterator[None]:
    """One of the places for those who wait. Raises Busy."""
    places: Semaphore = current_app.extensions["lvda.sign_ins"]
    if not places.acquire(timeout=TURN_S):
        raise Busy("同时登录的人太多。")
    try:
        yield
    finally:
        places.release()


def _leave(visit: Visit, way: Way, back_to: str, query: str) -> Response:
    links: Links = current_app.extensions["lvda.links"]
    here = f"{links.entry(visit.edition.slug)}/{way.name}{query}"
    return redirect(way.authorize_url(here, leave(back_to)))
