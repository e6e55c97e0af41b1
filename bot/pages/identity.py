"""Who is behind a browser: a token in a signed cookie, which leads to a person once they begin.

Merely opening a page writes no rows, so that crawlers and link previews make no persons. A link from a chat leads the
browser to the chat's person, so that an attempt begun there goes on here.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

from flask import Response, after_this_request, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import Session

from campaigns import people, play, tables
from campaigns.clock import DAY, SECOND
from campaigns.editions import Edition
from campaigns.errors import Moved, NotFound
from campaigns.people import Sender
from campaigns.stores import Stores

CHANNEL = "h5"
COOKIE = "lvda_h5"
KEPT_S = 180 * DAY // SECOND
TOKEN_BYTES = 16
UNIT_CODE_LENGTH = 64
LOOKS = 3
"""How often a browser whose tabs play two campaigns at once is looked at before it is told to try again."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """What a browser's cookie says."""

    token: str = ""
    """Empty: this browser has none yet."""
    unit: str = ""
    """The code of the unit that a link named before there was a person to join it."""


def read_visitor() -> Visitor:
    """The visitor of this request; a cookie that is not ours counts as none."""
    try:
        kept = _signer().loads(request.cookies.get(COOKIE, ""))
    except BadSignature:
        return Visitor()
    return Visitor(kept["token"], kept["unit"])


def remember(visitor: Visitor) -> None:
    """Let the browser keep the cookie from this response on."""
    value = _signer().dumps({"token": visitor.token, "unit": visitor.unit})

    @after_this_request
    def keep(response: Response) -> Response:
        response.set_cookie(
            COOKIE, value, max_age=KEPT_S, path="/q/", secure=_over_https(), httponly=True, samesite="Lax"
        )
        return response


def look(stores: Stores, visitor: Visitor, edition: Edition) -> play.Turn | None:
    """Where a visitor stands in the page's campaign; None: they have not begun anything yet.

    Raises Moved when another tab of the same browser keeps entering another campaign.
    """
    if not visitor.token:
        return None
    for _ in range(LOOKS):
        with stores.sql.direct() as direct:
            turn = play.look(direct, stores, _sender(visitor))
        if turn is None or (turn.edition is not None and turn.edition.id == edition.id):
            return turn
        with stores.sql.transaction() as session:
            people.enter(session, turn.identity_id, edition.id)
    raise Moved


def meet(stores: Stores, visitor: Visitor, now: int) -> Visitor:
    """Make a guest of a visitor who begins; whoever calls lets them join the unit that their link named."""
    visitor = Visitor(visitor.token or _new_token())
    people.meet(stores.sql, _sender(visitor), now)
    remember(visitor)
    return visitor


def become(stores: Stores, visitor: Visitor, person_id: int, now: int) -> bool:
    """Let this browser be the person that a chat's link was made for; False: there is no such person any more.

    An identity that leads to another person is left to them: the browser gets a new one.
    """
    with stores.sql.reading() as session:
        if session.get(tables.Person, person_id) is None:
            return False
        known = people.find_identity(session, _sender(visitor)) if visitor.token else None
    if known is not None and known.person_id == person_id:
        return True
    fresh = Visitor(_new_token())
    people.meet(stores.sql, _sender(fresh), now, person_id=person_id)
    remember(fresh)
    return True


def represent(stores: Stores, visitor: Visitor, turn: play.Turn | None, unit_code: str) -> Visitor:
    """Join the unit that a link names, or keep its code until there is a person to join it; gives the visitor since.

    Raises NotFound for a code that no unit has.
    """
    if len(unit_code) > UNIT_CODE_LENGTH or not unit_code.isprintable():
        raise NotFound(unit_code)
    with stores.sql.reading() as session:
        unit_id = people.find_unit(session, unit_code).id
        person = None if turn is None else session.get_one(tables.Person, turn.person_id)
    if person is None:
        visitor = replace(visitor, unit=unit_code)
        remember(visitor)
    elif person.unit_id != unit_id:
        with stores.sql.transaction() as session:
            people.join_unit(session, person.id, unit_code)
    return visitor


def represented(session: Session, visitor: Visitor, turn: play.Turn | None) -> str:
    """The name of the unit that a visitor stands for, or will; empty when there is none."""
    if turn is not None:
        return people.unit_name(session, turn.person_id)
    try:
        return people.find_unit(session, visitor.unit).name if visitor.unit else ""
    except NotFound:
        return ""


def _sender(visitor: Visitor) -> Sender:
    return Sender(CHANNEL, "", visitor.token)


def _new_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def _over_https() -> bool:
    return request.is_secure or bool(current_app.config["SESSION_COOKIE_SECURE"])


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="lvda-h5")
